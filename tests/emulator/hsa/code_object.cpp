#include "hsa/code_object.h"

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "hsa/elf_file.h"
#include "hsa/kernel_metadata.h"
#include "hsa/pose.h"
#include "hsa/status.h"
#include "machine/format.h"

namespace emulator::hsa {
namespace {

// LLVM's AMDGPU usage guide, "Header" and "Relocation Records". The header's ABI version is the
// code object's less 2.
constexpr unsigned char kOsAbiHsa = 64;
constexpr unsigned kOldestVersion = 3;
constexpr unsigned kNewestVersion = 6;
constexpr std::uint32_t kFlagsMachineMask = 0xff;
constexpr std::uint32_t kFlagsXnackOnV3 = 0x100;
constexpr std::uint32_t kFlagsXnackMaskV4 = 0x300;
constexpr std::uint32_t kFlagsXnackOnV4 = 0x300;

// Processors by their number in the header's flags; those of another name than the card shows are
// there to be named when they are refused. Code of a generic processor runs on each whose name
// begins as its family's, from version 6 of code objects on.
struct Processor {
  std::uint32_t number;
  std::string_view name;
  std::string_view family = {};  // of a generic processor

  bool runs_on(std::string_view shown, unsigned version) const {
    constexpr unsigned kGenericFrom = 6;
    if (family.empty()) return name == shown;
    return version >= kGenericFrom && shown.starts_with(family);
  }
};
constexpr Processor kProcessors[] = {
    {0x2a, "gfx803"},
    {0x2c, "gfx900"},
    {0x2f, "gfx906"},
    {0x30, "gfx908"},
    {0x3f, "gfx90a"},
    {0x4c, "gfx942"},
    {0x33, "gfx1010"},
    {0x34, "gfx1011"},
    {0x35, "gfx1012"},
    {0x42, "gfx1013"},
    {0x36, "gfx1030"},
    {0x37, "gfx1031"},
    {0x38, "gfx1032"},
    {0x41, "gfx1100"},
    {0x46, "gfx1101"},
    {0x47, "gfx1102"},
    {0x48, "gfx1200"},
    {0x4e, "gfx1201"},
    {0x51, "gfx9-generic"},
    {0x52, "gfx10-1-generic", "gfx101"},
    {0x53, "gfx10-3-generic", "gfx103"},
    {0x54, "gfx11-generic"},
};

enum RelocationType : std::uint32_t {
  kAbs32Lo = 1,
  kAbs32Hi = 2,
  kAbs64 = 3,
  kRel32 = 4,
  kRel64 = 5,
  kAbs32 = 6,
  kRel32Lo = 10,
  kRel32Hi = 11,
  kRelative64 = 13,
};

// LLVM's AMDGPU usage guide, "Kernel Descriptor".
struct KernelDescriptor {
  std::uint32_t group_segment_bytes;
  std::uint32_t private_segment_bytes;
  std::uint32_t kernarg_bytes;
  std::uint32_t reserved0;
  std::int64_t entry_offset;
  std::uint8_t reserved1[20];
  std::uint32_t rsrc3;
  std::uint32_t rsrc1;
  std::uint32_t rsrc2;
  std::uint16_t properties;
  std::uint8_t reserved2[6];
};
constexpr std::uint16_t kUsesDynamicStack = 1u << 11;  // of properties
static_assert(sizeof(KernelDescriptor) == 64);
static_assert(offsetof(KernelDescriptor, rsrc3) == 44);

constexpr std::string_view kDescriptorSuffix = ".kd";

void check_processor(const Elf64_Ehdr& header) {
  if (header.e_type != ET_DYN || header.e_machine != EM_AMDGPU ||
      header.e_ident[EI_OSABI] != kOsAbiHsa) {
    throw StatusError(HSA_STATUS_ERROR_INVALID_CODE_OBJECT, "the file is no HSA code object");
  }
  const unsigned version = header.e_ident[EI_ABIVERSION] + 2u;
  if (version < kOldestVersion || version > kNewestVersion) {
    throw StatusError(HSA_STATUS_ERROR_INVALID_CODE_OBJECT,
                      format("its version is %u, and those from %u to %u are known", version,
                             kOldestVersion, kNewestVersion));
  }
  const std::uint32_t number = header.e_flags & kFlagsMachineMask;
  const auto processor = std::ranges::find(kProcessors, number, &Processor::number);
  const ShownArchitecture& shown = shown_architecture();
  if (processor == std::end(kProcessors) || !processor->runs_on(shown.name, version)) {
    const std::string name = processor == std::end(kProcessors) ? format("processor 0x%x", number)
                                                                : std::string(processor->name);
    throw StatusError(HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS,
                      "it is for " + name + ", and this is a " + shown.name);
  }
  if (!shown.has_xnack && version > 3 && (header.e_flags & kFlagsXnackMaskV4) != 0) {
    throw StatusError(HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS,
                      "its header speaks of XNACK, which a " + shown.name + " does not have");
  }
  const bool xnack_on = version == 3 ? (header.e_flags & kFlagsXnackOnV3) != 0
                                     : (header.e_flags & kFlagsXnackMaskV4) == kFlagsXnackOnV4;
  if (xnack_on) {
    throw StatusError(HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS,
                      "it needs XNACK, which RX 5700 XT cards run without");
  }
}

// Size of the block of addresses that all loaded segments span, from address 0.
std::uint64_t image_bytes(const ElfFile& file) {
  constexpr std::uint64_t kLargest = std::uint64_t{1} << 32;
  std::uint64_t end = 0;
  for (const Elf64_Phdr& segment : file.segments()) {
    if (segment.p_type != PT_LOAD) continue;
    if (segment.p_filesz > segment.p_memsz || segment.p_memsz > kLargest ||
        segment.p_vaddr > kLargest) {
      throw StatusError(HSA_STATUS_ERROR_INVALID_CODE_OBJECT, "a segment's sizes are invalid");
    }
    end = std::max(end, segment.p_vaddr + segment.p_memsz);
  }
  if (end == 0) throw StatusError(HSA_STATUS_ERROR_INVALID_CODE_OBJECT, "nothing to load");
  return end;
}

// The writable image of a code object: link-time addresses begin at 0.
class Image {
 public:
  explicit Image(const DeviceRange& range) : range_(range) {}

  template <class T>
  T read(std::uint64_t offset) const {
    T value;
    std::memcpy(&value, at(offset, sizeof value), sizeof value);
    return value;
  }
  template <class T>
  void write(std::uint64_t offset, T value) {
    std::memcpy(at(offset, sizeof value), &value, sizeof value);
  }
  std::byte* at(std::uint64_t offset, std::uint64_t bytes) const {
    if (offset > range_.bytes() || bytes > range_.bytes() - offset) {
      throw StatusError(HSA_STATUS_ERROR_INVALID_CODE_OBJECT, "an address lies outside the image");
    }
    return range_.data() + offset;
  }

 private:
  const DeviceRange& range_;
};

void apply_relocation(Image& image, std::uint64_t load_address, const Elf64_Rela& relocation,
                      std::uint64_t symbol) {
  const std::uint64_t target = symbol + static_cast<std::uint64_t>(relocation.r_addend);
  const std::uint64_t relative = target - (load_address + relocation.r_offset);
  const std::uint64_t place = relocation.r_offset;
  switch (ELF64_R_TYPE(relocation.r_info)) {
    case kAbs32Lo:
    case kAbs32:
      return image.write(place, static_cast<std::uint32_t>(target));
    case kAbs32Hi:
      return image.write(place, static_cast<std::uint32_t>(target >> 32));
    case kAbs64:
      return image.write(place, target);
    case kRel32:
    case kRel32Lo:
      return image.write(place, static_cast<std::uint32_t>(relative));
    case kRel32Hi:
      return image.write(place, static_cast<std::uint32_t>(relative >> 32));
    case kRel64:
      return image.write(place, relative);
    case kRelative64:
      return image.write(place, load_address + static_cast<std::uint64_t>(relocation.r_addend));
    default:
      throw StatusError(HSA_STATUS_ERROR_INVALID_CODE_OBJECT,
                        "relocation type " + std::to_string(ELF64_R_TYPE(relocation.r_info)) +
                            " is not one of a loaded code object");
  }
}

std::string demangled(const std::string& name) {
  int status = 0;
  char* const text = abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status);
  std::string result = status == 0 ? text : name;
  std::free(text);
  return result;
}

}  // namespace

CodeObject::CodeObject(std::span<const std::byte> elf, const ExternalVariables& externals)
    : elf_(elf) {
  const ElfFile file(elf);
  check_processor(file.header());
  range_ = std::make_unique<DeviceRange>(image_bytes(file), MemoryKind::kCode);
  source_lines_ = SourceLines::of(file, elf);
  const std::uint64_t load_address = range_->address();
  Image image(*range_);

  for (const Elf64_Phdr& segment : file.segments()) {
    if (segment.p_type != PT_LOAD) continue;
    const auto content = file.bytes_at(segment.p_offset, segment.p_filesz);
    if (!content.empty()) {
      std::memcpy(image.at(segment.p_vaddr, segment.p_memsz), content.data(), content.size());
    }
    if ((segment.p_flags & PF_X) != 0) {
      texts_.push_back({.address = load_address + segment.p_vaddr, .bytes = segment.p_filesz});
    }
  }

  std::vector<std::vector<Elf64_Sym>> symbol_tables(file.sections().size());
  const auto symbols_of = [&](std::uint32_t section) -> const std::vector<Elf64_Sym>& {
    if (section >= symbol_tables.size()) {
      throw StatusError(HSA_STATUS_ERROR_INVALID_CODE_OBJECT, "no such symbol table");
    }
    if (symbol_tables[section].empty()) {
      symbol_tables[section] = file.table<Elf64_Sym>(file.sections()[section]);
    }
    return symbol_tables[section];
  };

  // Hand-written code objects leave the size of the arguments to their metadata.
  const auto argument_bytes = kernel_argument_bytes(file);
  for (std::uint32_t index = 0; index < file.sections().size(); ++index) {
    const Elf64_Shdr& section = file.sections()[index];
    if (section.sh_type != SHT_DYNSYM && section.sh_type != SHT_SYMTAB) continue;
    for (const Elf64_Sym& symbol : symbols_of(index)) {
      if (symbol.st_shndx == SHN_UNDEF || symbol.st_shndx >= file.sections().size()) continue;
      const std::uint64_t address = load_address + symbol.st_value;
      const unsigned type = ELF64_ST_TYPE(symbol.st_info);
      if (type == STT_FUNC) functions_.push_back(address);
      if (type != STT_OBJECT || section.sh_type != SHT_DYNSYM) continue;
      std::string name = file.name(section.sh_link, symbol.st_name);
      image.at(symbol.st_value, symbol.st_size);
      if (name.ends_with(kDescriptorSuffix) && symbol.st_size == sizeof(KernelDescriptor)) {
        const auto descriptor = image.read<KernelDescriptor>(symbol.st_value);
        const auto in_metadata = argument_bytes.find(name);
        const bool from_metadata =
            descriptor.kernarg_bytes == 0 && in_metadata != argument_bytes.end();
        const std::uint64_t entry = address + static_cast<std::uint64_t>(descriptor.entry_offset);
        functions_.push_back(entry);
        kernels_.push_back({
            .name = std::move(name),
            .descriptor = address,
            .entry = entry,
            .group_segment_bytes = descriptor.group_segment_bytes,
            .private_segment_bytes = descriptor.private_segment_bytes,
            .kernarg_bytes = from_metadata ? in_metadata->second : descriptor.kernarg_bytes,
            .dynamic_stack = (descriptor.properties & kUsesDynamicStack) != 0,
        });
      } else {
        const bool is_const = (file.sections()[symbol.st_shndx].sh_flags & SHF_WRITE) == 0;
        variables_.push_back({std::move(name), address, symbol.st_size, is_const});
      }
    }
  }

  for (const Elf64_Shdr& section : file.sections()) {
    if (section.sh_type != SHT_RELA || (section.sh_flags & SHF_ALLOC) == 0) continue;
    for (const Elf64_Rela& relocation : file.table<Elf64_Rela>(section)) {
      std::uint64_t target = 0;
      if (const auto number = ELF64_R_SYM(relocation.r_info); number != 0) {
        const auto& symbols = symbols_of(section.sh_link);
        if (number >= symbols.size()) {
          throw StatusError(HSA_STATUS_ERROR_INVALID_CODE_OBJECT, "a relocation names no symbol");
        }
        const Elf64_Sym& symbol = symbols[number];
        if (symbol.st_shndx != SHN_UNDEF) {
          target = load_address + symbol.st_value;
        } else {
          const std::string name =
              file.name(file.sections()[section.sh_link].sh_link, symbol.st_name);
          const auto external = externals(name);
          if (!external && ELF64_ST_BIND(symbol.st_info) != STB_WEAK) {
            throw StatusError(HSA_STATUS_ERROR_VARIABLE_UNDEFINED, name + " is not defined");
          }
          target = external.value_or(0);
        }
      }
      apply_relocation(image, load_address, relocation, target);
    }
  }
  std::ranges::sort(functions_);
  functions_.erase(std::unique(functions_.begin(), functions_.end()), functions_.end());
}

std::shared_ptr<const Program> CodeObject::program_at(std::uint64_t entry) {
  for (Text& text : texts_) {
    if (entry < text.address || entry - text.address >= text.bytes) continue;
    const std::lock_guard lock(decode_mutex_);
    if (text.program == nullptr) {
      std::vector<std::uint64_t> entries;
      for (const std::uint64_t function : functions_) {
        if (function >= text.address && function - text.address < text.bytes) {
          entries.push_back(function - text.address);
        }
      }
      const std::byte* const code = range_->data() + (text.address - range_->address());
      SourceLookup source;
      if (source_lines_ != nullptr) {
        source = [lines = source_lines_, load_address = range_->address()](std::uint64_t address) {
          return lines->at(address - load_address);
        };
      }
      text.program = std::make_shared<const Program>(std::span(code, text.bytes), text.address,
                                                     std::span<const std::uint64_t>(entries),
                                                     std::move(source));
    }
    return text.program;
  }
  throw StatusError(HSA_STATUS_ERROR_INVALID_CODE_OBJECT, "a kernel begins outside the code");
}

std::shared_ptr<const Kernel> CodeObject::make_kernel(const KernelSymbol& symbol) {
  const auto descriptor =
      Image(*range_).read<KernelDescriptor>(symbol.descriptor - range_->address());
  auto kernel = std::make_shared<Kernel>();
  kernel->name = demangled(symbol.name.substr(0, symbol.name.size() - kDescriptorSuffix.size()));
  kernel->program = program_at(symbol.entry);
  kernel->entry = symbol.entry;
  kernel->group_segment_bytes = descriptor.group_segment_bytes;
  kernel->private_segment_bytes = descriptor.private_segment_bytes;
  kernel->kernarg_bytes = symbol.kernarg_bytes;
  kernel->rsrc1 = descriptor.rsrc1;
  kernel->rsrc2 = descriptor.rsrc2;
  kernel->rsrc3 = descriptor.rsrc3;
  kernel->properties = descriptor.properties;
  return kernel;
}

}  // namespace emulator::hsa
