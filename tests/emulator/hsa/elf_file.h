// Bounds-checked view of an ELF file in memory. Every look-up throws
// HSA_STATUS_ERROR_INVALID_CODE_OBJECT when the file does not hold what it promises.
#pragma once

#include <elf.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "hsa/status.h"

namespace emulator::hsa {

class ElfFile {
 public:
  explicit ElfFile(std::span<const std::byte> bytes);

  const Elf64_Ehdr& header() const { return header_; }
  const std::vector<Elf64_Phdr>& segments() const { return segments_; }
  const std::vector<Elf64_Shdr>& sections() const { return sections_; }

  std::span<const std::byte> bytes_at(std::uint64_t offset, std::uint64_t size) const;

  // The entries of a section that is a table of T.
  template <class T>
  std::vector<T> table(const Elf64_Shdr& section) const {
    return copy<T>(section.sh_offset, section.sh_size / sizeof(T));
  }

  // A zero-terminated name in the string table that section `link` is.
  std::string name(std::uint32_t link, std::uint32_t offset) const;

 private:
  // Copies, because an ELF file in memory need not be aligned.
  template <class T>
  std::vector<T> copy(std::uint64_t offset, std::uint64_t count) const {
    if (count > bytes_.size() / sizeof(T)) {
      throw StatusError(HSA_STATUS_ERROR_INVALID_CODE_OBJECT, "a table is larger than the file");
    }
    const auto source = bytes_at(offset, count * sizeof(T));
    std::vector<T> copied(count);
    if (count > 0) std::memcpy(copied.data(), source.data(), source.size());
    return copied;
  }

  std::span<const std::byte> bytes_;
  Elf64_Ehdr header_{};
  std::vector<Elf64_Phdr> segments_;
  std::vector<Elf64_Shdr> sections_;
};

}  // namespace emulator::hsa
