#include "code_object_file.h"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace rdna1conv {
namespace {

using Bytes = std::span<const std::byte>;

Bytes part(Bytes bytes, std::uint64_t offset, std::uint64_t size) {
  if (offset > bytes.size() || size > bytes.size() - offset)
    throw std::runtime_error("a part reaches beyond the end of the file");
  return bytes.subspan(offset, size);
}

template <class T>
T read(Bytes bytes, std::uint64_t offset) {
  T value;
  std::memcpy(&value, part(bytes, offset, sizeof(T)).data(), sizeof(T));
  return value;
}

std::string_view text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::vector<Elf64_Shdr> sections_of(const CodeObjectFile& file) {
  const auto header = read<Elf64_Ehdr>(file.elf, 0);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
    throw std::runtime_error("a code object is no ELF file");
  std::vector<Elf64_Shdr> sections;
  for (std::uint64_t i = 0; i < header.e_shnum; ++i)
    sections.push_back(read<Elf64_Shdr>(file.elf, header.e_shoff + i * sizeof(Elf64_Shdr)));
  return sections;
}

Bytes content(const CodeObjectFile& file, const Elf64_Shdr& section) {
  return part(file.elf, section.sh_offset, section.sh_size);
}

std::string name_at(Bytes strings, std::uint64_t offset) {
  const std::string_view all = text(part(strings, offset, strings.size() - offset));
  return std::string(all.substr(0, all.find('\0')));
}

}  // namespace

std::vector<CodeObjectFile> code_objects_of(Bytes fat_binary) {
  constexpr std::string_view kMagic = "__CLANG_OFFLOAD_BUNDLE__";
  if (text(fat_binary).substr(0, kMagic.size()) != kMagic)
    throw std::runtime_error("the fat binary is no offload bundle");
  std::vector<CodeObjectFile> files;
  std::uint64_t at = kMagic.size() + sizeof(std::uint64_t);
  for (std::uint64_t left = read<std::uint64_t>(fat_binary, kMagic.size()); left > 0; --left) {
    const auto offset = read<std::uint64_t>(fat_binary, at),
               size = read<std::uint64_t>(fat_binary, at + 8),
               name_size = read<std::uint64_t>(fat_binary, at + 16);
    const std::string_view name = text(part(fat_binary, at + 24, name_size));
    at += 24 + name_size;
    if (name.starts_with("host-")) continue;
    // "hipv4-amdgcn-amd-amdhsa--gfx1010", features behind a colon.
    const std::string_view target = name.substr(name.rfind('-') + 1);
    files.push_back(
        {std::string(target.substr(0, target.find(':'))), part(fat_binary, offset, size)});
  }
  return files;
}

std::vector<CodeSection> code_of(const CodeObjectFile& file) {
  std::vector<CodeSection> code;
  for (const Elf64_Shdr& section : sections_of(file)) {
    if ((section.sh_flags & SHF_EXECINSTR) == 0) continue;
    CodeSection& part = code.emplace_back();
    part.address = section.sh_addr;
    const Bytes bytes = content(file, section);
    part.words.resize(bytes.size() / 4);
    std::memcpy(part.words.data(), bytes.data(), part.words.size() * 4);
  }
  return code;
}

std::vector<Symbol> symbols_of(const CodeObjectFile& file) {
  std::vector<Symbol> symbols;
  const std::vector<Elf64_Shdr> sections = sections_of(file);
  for (const Elf64_Shdr& section : sections) {
    if (section.sh_type != SHT_DYNSYM) continue;
    const Bytes strings = content(file, sections.at(section.sh_link));
    for (std::uint64_t i = 1; i < section.sh_size / sizeof(Elf64_Sym); ++i) {
      const auto symbol = read<Elf64_Sym>(file.elf, section.sh_offset + i * sizeof(Elf64_Sym));
      symbols.push_back({name_at(strings, symbol.st_name), symbol.st_value, symbol.st_size,
                         symbol.st_shndx == SHN_UNDEF});
    }
  }
  return symbols;
}

std::vector<KernelDescriptor> kernels_of(const CodeObjectFile& file) {
  constexpr std::string_view kSuffix = ".kd";
  constexpr std::uint64_t kScratchOffset = 4;
  constexpr std::uint64_t kPropertiesOffset = 56;
  std::vector<KernelDescriptor> kernels;
  const std::vector<Elf64_Shdr> sections = sections_of(file);
  for (const Symbol& symbol : symbols_of(file)) {
    if (!symbol.name.ends_with(kSuffix)) continue;
    const auto section = std::find_if(sections.begin(), sections.end(), [&](const Elf64_Shdr& s) {
      return s.sh_type == SHT_PROGBITS && symbol.address >= s.sh_addr &&
             symbol.address + symbol.bytes <= s.sh_addr + s.sh_size;
    });
    if (section == sections.end())
      throw std::runtime_error("descriptor " + symbol.name + " lies in no section");
    const std::uint64_t at = section->sh_offset + symbol.address - section->sh_addr;
    kernels.push_back({symbol.name.substr(0, symbol.name.size() - kSuffix.size()),
                       read<std::uint32_t>(file.elf, at + kScratchOffset),
                       read<std::uint16_t>(file.elf, at + kPropertiesOffset)});
  }
  return kernels;
}

std::string compiler_of(const CodeObjectFile& file) {
  const std::vector<Elf64_Shdr> sections = sections_of(file);
  const Bytes names = content(file, sections.at(read<Elf64_Ehdr>(file.elf, 0).e_shstrndx));
  for (const Elf64_Shdr& section : sections) {
    if (name_at(names, section.sh_name) != ".comment") continue;
    // Strings that end with zeros, also of the linker.
    const Bytes strings = content(file, section);
    for (std::uint64_t at = 0; at < strings.size();) {
      const std::string string = name_at(strings, at);
      if (string.find("clang") != std::string::npos) return string;
      at += string.size() + 1;
    }
  }
  return "";
}

std::string_view metadata_of(const CodeObjectFile& file) {
  constexpr std::uint32_t kMetadata = 32;  // NT_AMDGPU_METADATA
  for (const Elf64_Shdr& section : sections_of(file)) {
    if (section.sh_type != SHT_NOTE) continue;
    const Bytes notes = content(file, section);
    for (std::uint64_t at = 0; at < notes.size();) {
      const auto note = read<Elf64_Nhdr>(notes, at);
      const auto aligned = [](std::uint64_t size) { return (size + 3) / 4 * 4; };
      const std::uint64_t data = at + sizeof note + aligned(note.n_namesz);
      if (note.n_type == kMetadata) return text(part(notes, data, note.n_descsz));
      at = data + aligned(note.n_descsz);
    }
  }
  throw std::runtime_error("the code object has no metadata");
}

}  // namespace rdna1conv
