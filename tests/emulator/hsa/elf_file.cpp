#include "hsa/elf_file.h"

#include <algorithm>

namespace emulator::hsa {
namespace {

[[noreturn]] void invalid(const char* text) {
  throw StatusError(HSA_STATUS_ERROR_INVALID_CODE_OBJECT, text);
}

}  // namespace

ElfFile::ElfFile(std::span<const std::byte> bytes) : bytes_(bytes) {
  header_ = copy<Elf64_Ehdr>(0, 1).front();
  if (std::memcmp(header_.e_ident, ELFMAG, SELFMAG) != 0) invalid("the file is not ELF");
  if (header_.e_ident[EI_CLASS] != ELFCLASS64 || header_.e_ident[EI_DATA] != ELFDATA2LSB) {
    invalid("the file is not 64-bit little-endian ELF");
  }
  if (header_.e_phnum > 0 && header_.e_phentsize != sizeof(Elf64_Phdr)) invalid("e_phentsize");
  if (header_.e_shnum > 0 && header_.e_shentsize != sizeof(Elf64_Shdr)) invalid("e_shentsize");
  segments_ = copy<Elf64_Phdr>(header_.e_phoff, header_.e_phnum);
  sections_ = copy<Elf64_Shdr>(header_.e_shoff, header_.e_shnum);
}

std::span<const std::byte> ElfFile::bytes_at(std::uint64_t offset, std::uint64_t size) const {
  if (offset > bytes_.size() || size > bytes_.size() - offset) {
    invalid("the file ends before a part that its headers name");
  }
  return bytes_.subspan(offset, size);
}

std::string ElfFile::name(std::uint32_t link, std::uint32_t offset) const {
  if (link >= sections_.size()) invalid("a symbol table names no string table");
  const auto strings = bytes_at(sections_[link].sh_offset, sections_[link].sh_size);
  if (offset >= strings.size()) invalid("a name lies outside its string table");
  const auto rest = strings.subspan(offset);
  const auto end = std::find(rest.begin(), rest.end(), std::byte{0});
  if (end == rest.end()) invalid("a name has no end");
  return {reinterpret_cast<const char*>(rest.data()), static_cast<std::size_t>(end - rest.begin())};
}

}  // namespace emulator::hsa
