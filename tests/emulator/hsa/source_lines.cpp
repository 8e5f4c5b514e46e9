#include "hsa/source_lines.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <libelf.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "hsa/elf_file.h"

namespace emulator::hsa {
namespace {

struct ElfEnd {
  void operator()(Elf* elf) const { elf_end(elf); }
};
struct DwarfEnd {
  void operator()(Dwarf* dwarf) const { dwarf_end(dwarf); }
};
struct Free {
  void operator()(void* memory) const { std::free(memory); }
};

std::string text_of(const char* file, int line) {
  if (file == nullptr || line <= 0) return {};
  // Paths are as the compiler was given them, folder and file put together: build/../kernels/a.h.
  return std::filesystem::path(file).lexically_normal().string() + ":" + std::to_string(line);
}

std::string line_at(Dwarf_Die* unit, std::uint64_t address) {
  Dwarf_Line* const line = dwarf_getsrc_die(unit, address);
  int number = 0;
  if (line == nullptr || dwarf_lineno(line, &number) != 0) return {};
  return text_of(dwarf_linesrc(line, nullptr, nullptr), number);
}

// Where the function that `scope` is an inlined copy of is called.
std::string call_of(Dwarf_Die* unit, Dwarf_Die* scope) {
  Dwarf_Attribute attribute;
  Dwarf_Word file = 0;
  Dwarf_Word line = 0;
  Dwarf_Files* files = nullptr;
  std::size_t count = 0;
  if (dwarf_formudata(dwarf_attr(scope, DW_AT_call_file, &attribute), &file) != 0 ||
      dwarf_formudata(dwarf_attr(scope, DW_AT_call_line, &attribute), &line) != 0 ||
      dwarf_getsrcfiles(unit, &files, &count) != 0 || file >= count) {
    return {};
  }
  return text_of(dwarf_filesrc(files, file, nullptr, nullptr), static_cast<int>(line));
}

std::string calls_around(Dwarf_Die* unit, std::uint64_t address) {
  // Of these scopes, the ones around the innermost inlined function are those of its definition;
  // where it was inlined into tell the scopes of its DIE.
  Dwarf_Die* found = nullptr;
  if (dwarf_getscopes(unit, address, &found) <= 0) return {};
  const std::unique_ptr<Dwarf_Die, Free> innermost(found);
  const int count = dwarf_getscopes_die(innermost.get(), &found);
  if (count <= 0) return {};
  const std::unique_ptr<Dwarf_Die, Free> scopes(found);
  std::string text;
  for (int i = 0; i < count; ++i) {
    Dwarf_Die* const scope = scopes.get() + i;
    if (dwarf_tag(scope) != DW_TAG_inlined_subroutine) continue;
    const std::string call = call_of(unit, scope);
    if (!call.empty()) text += ", inlined at " + call;
  }
  return text;
}

}  // namespace

struct SourceLines::Parsed {
  Parsed(std::byte* elf_bytes, std::size_t bytes) {
    elf_version(EV_CURRENT);
    elf.reset(elf_memory(reinterpret_cast<char*>(elf_bytes), bytes));
    if (elf != nullptr) dwarf.reset(dwarf_begin_elf(elf.get(), DWARF_C_READ, nullptr));
  }
  std::unique_ptr<Elf, ElfEnd> elf;
  std::unique_ptr<Dwarf, DwarfEnd> dwarf;
};

SourceLines::SourceLines(std::span<const std::byte> elf)
    : elf_(std::make_unique<std::byte[]>(elf.size())), bytes_(elf.size()) {
  std::ranges::copy(elf, elf_.get());
}

SourceLines::~SourceLines() = default;

std::shared_ptr<const SourceLines> SourceLines::of(const ElfFile& file,
                                                   std::span<const std::byte> elf) {
  const auto has_lines = [&](const Elf64_Shdr& section) {
    return file.name(file.header().e_shstrndx, section.sh_name) == ".debug_line";
  };
  try {
    if (std::ranges::none_of(file.sections(), has_lines)) return nullptr;
  } catch (const StatusError&) {
    // The names of sections are no part of what is loaded: without them there are no lines.
    return nullptr;
  }
  return std::shared_ptr<const SourceLines>(new SourceLines(elf));
}

std::string SourceLines::at(std::uint64_t address) const {
  const std::lock_guard lock(mutex_);
  if (parsed_ == nullptr) parsed_ = std::make_unique<const Parsed>(elf_.get(), bytes_);
  Dwarf* const dwarf = parsed_->dwarf.get();
  if (dwarf == nullptr) return {};
  // Compilers leave out the index of addresses (.debug_aranges): each unit is asked.
  Dwarf_CU* unit = nullptr;
  Dwarf_Die die;
  while (dwarf_get_units(dwarf, unit, &unit, nullptr, nullptr, &die, nullptr) == 0) {
    std::string text = line_at(&die, address);
    if (!text.empty()) return text + calls_around(&die, address);
  }
  return {};
}

}  // namespace emulator::hsa
