// From the code of a code object back to its source, by the debug information that compilers leave
// there (-gline-tables-only is enough).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>

namespace emulator::hsa {

class ElfFile;

class SourceLines {
 public:
  // Null if `elf` has no line table. Copies `elf`; nothing is parsed before the first look-up.
  static std::shared_ptr<const SourceLines> of(const ElfFile& file, std::span<const std::byte> elf);
  ~SourceLines();
  SourceLines(const SourceLines&) = delete;
  SourceLines& operator=(const SourceLines&) = delete;

  // "file:line" of the instruction at a link-time address, and ", inlined at file:line" for each
  // call around it that was inlined, the innermost first. Empty where nothing is known, as with
  // damaged debug information. Thread-safe.
  std::string at(std::uint64_t address) const;

 private:
  struct Parsed;
  explicit SourceLines(std::span<const std::byte> elf);

  mutable std::mutex mutex_;
  mutable std::unique_ptr<std::byte[]> elf_;
  std::size_t bytes_;
  mutable std::unique_ptr<const Parsed> parsed_;
};

}  // namespace emulator::hsa
