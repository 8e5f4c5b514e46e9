// Source lines from the debug information of code objects, whole and damaged.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>
#include <regex>

#include "hsa/elf_file.h"
#include "hsa/source_lines.h"

// The HSA layer's status texts ask for it; there is no HSA runtime here.
bool emulator::hsa::runtime_is_initialised() { return true; }

namespace emulator::hsa {
namespace {

using Image = std::vector<std::byte>;

Image read_image(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  const auto all = std::as_bytes(std::span(bytes));
  return {all.begin(), all.end()};
}

std::shared_ptr<const SourceLines> lines_of(const Image& image) {
  return SourceLines::of(ElfFile(image), image);
}

struct Range {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

// Link-time addresses of a function of the code object.
Range function(const Image& image, std::string_view name) {
  const ElfFile file(image);
  for (const Elf64_Shdr& section : file.sections()) {
    if (section.sh_type != SHT_DYNSYM) continue;
    for (const Elf64_Sym& symbol : file.table<Elf64_Sym>(section)) {
      if (file.name(section.sh_link, symbol.st_name) != name) continue;
      return {symbol.st_value, symbol.st_value + symbol.st_size};
    }
  }
  ADD_FAILURE() << "no function " << name;
  return {};
}

// Where sections of debug information lie in the file.
std::vector<Elf64_Shdr> debug_sections(const Image& image) {
  const ElfFile file(image);
  std::vector<Elf64_Shdr> found;
  for (const Elf64_Shdr& section : file.sections()) {
    if (file.name(file.header().e_shstrndx, section.sh_name).starts_with(".debug_")) {
      found.push_back(section);
    }
  }
  return found;
}

// Asks for addresses all over a kernel; the answers are of no interest.
void ask(const Image& image, const SourceLines& lines) {
  constexpr std::uint64_t kQuestions = 8;
  const Range kernel = function(image, "scratch");
  for (std::uint64_t i = 0; i < kQuestions; ++i) {
    (void)lines.at(kernel.begin + (kernel.end - kernel.begin) * i / kQuestions / 4 * 4);
  }
}

class CodeObject : public testing::TestWithParam<const char*> {
 protected:
  const Image image_ = read_image(GetParam());
};

TEST_P(CodeObject, NamesTheLinesOfAKernel) {
  const auto lines = lines_of(image_);
  ASSERT_NE(lines, nullptr);
  // The kernel's lines in the source.
  std::ifstream source(MODULE_KERNELS_SOURCE);
  int first = 0;
  int last = 0;
  int number = 1;
  for (std::string line; std::getline(source, line); ++number) {
    if (line.find("void scratch(") != std::string::npos) first = number;
    if (first != 0 && last == 0 && line == "}") last = number;
  }
  ASSERT_GT(first, 0);
  const std::regex pattern("/.*/module_kernels\\.hip:([0-9]+)(, inlined at .*)?");
  const Range kernel = function(image_, "scratch");
  unsigned in_kernel = 0;
  for (std::uint64_t at = kernel.begin; at < kernel.end; at += 4) {
    const std::string text = lines->at(at);
    std::smatch match;
    if (!std::regex_match(text, match, pattern)) continue;
    EXPECT_GE(std::stoi(match[1]), first) << text;
    EXPECT_LE(std::stoi(match[1]), last) << text;
    ++in_kernel;
  }
  EXPECT_GT(in_kernel, 20u);
}

TEST_P(CodeObject, NamesNothingElsewhere) {
  const auto lines = lines_of(image_);
  ASSERT_NE(lines, nullptr);
  EXPECT_EQ(lines->at(0), "");
  EXPECT_EQ(lines->at(std::uint64_t{1} << 40), "");
  EXPECT_EQ(lines->at(~std::uint64_t{0}), "");
}

// Compilers and linkers have no reason to write what follows; a broken file must do no harm.
TEST_P(CodeObject, DamagedBytesDoNoHarm) {
  const std::vector<Elf64_Shdr> sections = debug_sections(image_);
  ASSERT_FALSE(sections.empty());
  for (unsigned seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    Image image = image_;
    const Elf64_Shdr& section = sections[seed % sections.size()];
    for (unsigned i = 0; i <= seed % 8; ++i) {
      image[section.sh_offset + random() % section.sh_size] = static_cast<std::byte>(random());
    }
    const auto lines = lines_of(image);
    ASSERT_NE(lines, nullptr);
    ask(image_, *lines);
  }
}

TEST_P(CodeObject, TruncatedSectionsDoNoHarm) {
  const ElfFile file(image_);
  for (std::size_t i = 0; i < file.sections().size(); ++i) {
    const Elf64_Shdr& section = file.sections()[i];
    if (!file.name(file.header().e_shstrndx, section.sh_name).starts_with(".debug_")) continue;
    for (unsigned part = 0; part < 16; ++part) {
      Image image = image_;
      Elf64_Shdr cut = section;
      cut.sh_size = section.sh_size * part / 16;
      std::memcpy(image.data() + file.header().e_shoff + i * sizeof cut, &cut, sizeof cut);
      const auto lines = lines_of(image);
      ASSERT_NE(lines, nullptr);
      ask(image_, *lines);
    }
  }
}

TEST_P(CodeObject, SectionsBehindTheEndDoNoHarm) {
  const ElfFile file(image_);
  for (std::size_t i = 0; i < file.sections().size(); ++i) {
    const Elf64_Shdr& section = file.sections()[i];
    if (!file.name(file.header().e_shstrndx, section.sh_name).starts_with(".debug_")) continue;
    for (const std::uint64_t offset : {std::uint64_t{1} << 20, ~std::uint64_t{0} - 8}) {
      Image image = image_;
      Elf64_Shdr moved = section;
      moved.sh_offset = offset;
      std::memcpy(image.data() + file.header().e_shoff + i * sizeof moved, &moved, sizeof moved);
      const auto lines = lines_of(image);
      ASSERT_NE(lines, nullptr);
      ask(image_, *lines);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Dwarf, CodeObject,
                         testing::Values(MODULE_KERNELS_DWARF4, MODULE_KERNELS_DWARF5),
                         [](const auto& info) { return info.index == 0 ? "Dwarf4" : "Dwarf5"; });

TEST(CodeObjectWithoutDebugInformation, HasNoLines) {
  EXPECT_EQ(lines_of(read_image(MODULE_KERNELS)), nullptr);
}

}  // namespace
}  // namespace emulator::hsa
