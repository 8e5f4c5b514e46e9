#include "elf_file.h"

#include <elf.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>

namespace {

class Image {
 public:
  explicit Image(const std::string& path) : path_(path) {
    std::ifstream file(path, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(file), {});
    header_ = at<Elf64_Ehdr>(0);
    if (std::memcmp(header_.e_ident, ELFMAG, SELFMAG) != 0 ||
        header_.e_ident[EI_CLASS] != ELFCLASS64) {
      throw std::runtime_error(path + " is not a 64-bit ELF file");
    }
  }

  template <class T>
  T at(std::size_t offset) const {
    if (offset + sizeof(T) > bytes_.size()) throw std::runtime_error(path_ + " is truncated");
    T value;
    std::memcpy(&value, bytes_.data() + offset, sizeof value);
    return value;
  }

  std::string text(const Elf64_Shdr& strings, std::size_t offset) const {
    return &bytes_.at(strings.sh_offset + offset);
  }

  Elf64_Shdr section(std::size_t index) const {
    return at<Elf64_Shdr>(header_.e_shoff + index * sizeof(Elf64_Shdr));
  }

  // The first section of this type; of size 0 if there is none.
  Elf64_Shdr section_of_type(Elf64_Word type) const {
    for (std::size_t i = 0; i < header_.e_shnum; ++i) {
      if (const Elf64_Shdr candidate = section(i); candidate.sh_type == type) return candidate;
    }
    return {};
  }

 private:
  std::string path_;
  std::vector<char> bytes_;
  Elf64_Ehdr header_;
};

std::map<unsigned, std::string> version_nodes(const Image& image) {
  std::map<unsigned, std::string> names;
  const Elf64_Shdr table = image.section_of_type(SHT_GNU_verdef);
  if (table.sh_size == 0) return names;
  const Elf64_Shdr strings = image.section(table.sh_link);
  for (std::size_t offset = table.sh_offset;;) {
    const auto definition = image.at<Elf64_Verdef>(offset);
    const auto name = image.at<Elf64_Verdaux>(offset + definition.vd_aux);
    if ((definition.vd_flags & VER_FLG_BASE) == 0) {
      names[definition.vd_ndx] = image.text(strings, name.vda_name);
    }
    if (definition.vd_next == 0) return names;
    offset += definition.vd_next;
  }
}

}  // namespace

SharedLibrary read_shared_library(const std::string& path) {
  const Image image(path);
  SharedLibrary library;

  const Elf64_Shdr dynamic = image.section_of_type(SHT_DYNAMIC);
  for (std::size_t i = 0; i < dynamic.sh_size / sizeof(Elf64_Dyn); ++i) {
    const auto entry = image.at<Elf64_Dyn>(dynamic.sh_offset + i * sizeof(Elf64_Dyn));
    const auto text = [&] { return image.text(image.section(dynamic.sh_link), entry.d_un.d_val); };
    if (entry.d_tag == DT_SONAME) library.soname = text();
    if (entry.d_tag == DT_NEEDED) library.needed.push_back(text());
  }

  const auto nodes = version_nodes(image);
  const Elf64_Shdr symbols = image.section_of_type(SHT_DYNSYM);
  const Elf64_Shdr versions = image.section_of_type(SHT_GNU_versym);
  const Elf64_Shdr strings = image.section(symbols.sh_link);
  for (std::size_t i = 1; i < symbols.sh_size / sizeof(Elf64_Sym); ++i) {
    const auto symbol = image.at<Elf64_Sym>(symbols.sh_offset + i * sizeof(Elf64_Sym));
    if (symbol.st_shndx == SHN_UNDEF || symbol.st_shndx == SHN_ABS) continue;
    DynamicSymbol found{.name = image.text(strings, symbol.st_name),
                        .version = "",
                        .is_function = ELF64_ST_TYPE(symbol.st_info) == STT_FUNC};
    if (versions.sh_size != 0) {
      // The highest bit marks versions that only programs linked earlier ask for.
      constexpr unsigned kHidden = 0x8000;
      const unsigned version = image.at<Elf64_Half>(versions.sh_offset + i * sizeof(Elf64_Half));
      if (const auto node = nodes.find(version & ~kHidden); node != nodes.end()) {
        found.version = node->second;
        found.is_default = (version & kHidden) == 0;
      }
    }
    library.defined.push_back(found);
  }
  return library;
}
