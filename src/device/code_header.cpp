#include "device/code_header.h"

#include <elf.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <string>

#include "core/error.h"

namespace rdna1conv {
namespace {

// LLVM's AMDGPU usage guide, "Header": the low byte of the flags is the processor; 0x100 says that
// the code runs with XNACK on or off, which gfx103x have not.
struct Processor {
  std::string_view name;
  std::uint32_t flags;
  bool is_rdna1;
};
constexpr Processor kProcessors[] = {
    {"gfx1010", 0x133, true}, {"gfx1011", 0x134, true}, {"gfx1012", 0x135, true},
    {"gfx1013", 0x142, true}, {"gfx1030", 0x36, false}, {"gfx1031", 0x37, false},
    {"gfx1032", 0x38, false}, {"gfx1033", 0x39, false}, {"gfx1034", 0x3e, false},
    {"gfx1035", 0x3d, false}, {"gfx1036", 0x45, false},
};

const Processor* find_processor(std::string_view architecture) {
  const auto* const found = std::ranges::find(kProcessors, architecture, &Processor::name);
  return found == std::end(kProcessors) ? nullptr : found;
}

std::uint64_t read_u64(std::span<const std::byte> bytes, std::size_t at) {
  std::uint64_t value = 0;
  if (at > bytes.size() || bytes.size() - at < sizeof value) {
    throw Error(Status::kInternalError, "a fat binary of the library ends too early");
  }
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

// clang's documentation, "Clang Offload Bundler": a magic text, the number of entries, and of each
// its offset, its size and the length and text of its target.
std::span<const std::byte> code_in(std::span<const std::byte> fat_binary) {
  constexpr std::string_view kMagic = "__CLANG_OFFLOAD_BUNDLE__";
  if (fat_binary.size() < kMagic.size() ||
      std::memcmp(fat_binary.data(), kMagic.data(), kMagic.size()) != 0) {
    throw Error(Status::kInternalError, "a fat binary of the library is not in clang's format");
  }
  const std::string ending = "--" + std::string(kCompiledFor);
  std::size_t at = kMagic.size();
  const std::uint64_t entries = read_u64(fat_binary, at);
  at += sizeof(std::uint64_t);
  for (std::uint64_t i = 0; i < entries; ++i) {
    const std::uint64_t offset = read_u64(fat_binary, at), size = read_u64(fat_binary, at + 8),
                        length = read_u64(fat_binary, at + 16);
    at += 3 * sizeof(std::uint64_t);
    if (length > fat_binary.size() - at || offset > fat_binary.size() ||
        size > fat_binary.size() - offset) {
      throw Error(Status::kInternalError, "a fat binary of the library ends too early");
    }
    const std::string_view target(reinterpret_cast<const char*>(fat_binary.data() + at), length);
    at += length;
    if (target.substr(0, target.find(':')).ends_with(ending)) {
      return fat_binary.subspan(offset, size);
    }
  }
  throw Error(Status::kInternalError, "a fat binary of the library has no code for gfx1010");
}

}  // namespace

bool executes_kernels(std::string_view architecture) {
  const Processor* const processor = find_processor(architecture);
  return processor != nullptr && processor->is_rdna1;
}

bool can_pose_as(std::string_view architecture) {
  const Processor* const processor = find_processor(architecture);
  return processor != nullptr && !processor->is_rdna1;
}

std::vector<std::byte> code_object_with_header(std::span<const std::byte> fat_binary,
                                               std::string_view architecture) {
  const Processor* const processor = find_processor(architecture);
  if (processor == nullptr) {
    throw Error(Status::kInternalError,
                "no code for RDNA1 can have the header of " + std::string(architecture));
  }
  const std::span<const std::byte> entry = code_in(fat_binary);
  std::vector<std::byte> code(entry.begin(), entry.end());
  Elf64_Ehdr header;
  if (code.size() < sizeof header || std::memcmp(code.data(), ELFMAG, SELFMAG) != 0) {
    throw Error(Status::kInternalError, "a code object of the library is no ELF file");
  }
  std::memcpy(&header, code.data(), sizeof header);
  header.e_flags = processor->flags;
  std::memcpy(code.data(), &header, sizeof header);
  // The metadata name the target, too. All these names have the same length.
  const std::string before = "amdgcn-amd-amdhsa--" + std::string(kCompiledFor);
  const std::string_view text(reinterpret_cast<const char*>(code.data()), code.size());
  for (std::size_t at = 0; (at = text.find(before, at)) != std::string_view::npos;
       at += before.size()) {
    std::memcpy(code.data() + at + before.size() - architecture.size(), architecture.data(),
                architecture.size());
  }
  return code;
}

}  // namespace rdna1conv
