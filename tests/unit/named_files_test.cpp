// Comments send readers to other files: a file that one names is there.
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

constexpr std::array kFolders{"bench", "include", "kernels", "src", "tests"};
const std::set<std::string> kSources{".cpp", ".h", ".hip", ".inc"};

// Files of other projects, and some that are examples.
const std::set<std::string> kElsewhere{
    "mix_kernels_hip_ro.cpp",  // mixbench
    "naive_conv.cpp",          // MIOpen
    "hsa_ext_amd.h",           // ROCm
    "aco_statistics.cpp",      // Mesa
    "aco_ir.cpp",              // Mesa
    "a.h",                     // nobody's
    "gone.h",                  // nobody's
    "x-y.cpp",                 // nobody's
};

std::vector<fs::path> all_files() {
  std::vector<fs::path> files;
  for (const char* const folder : kFolders) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(REPOSITORY) / folder)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  for (const char* const folder : {".", "docs"}) {
    for (const auto& entry : fs::directory_iterator(fs::path(REPOSITORY) / folder)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  return files;
}

// The names of files in a line's comment, without their folders.
std::vector<std::string> named_in(const std::string& line) {
  // As this project spells names: those with capitals are others', mostly LLVM's.
  static const std::regex name(R"((?:^|[^\w-])([a-z0-9_-]+\.(?:h|cpp|hip|md|tsv|inc))(?!\w))");
  std::vector<std::string> names;
  const std::size_t comment = line.find("//");
  if (comment == std::string::npos || line.find("http", comment) != std::string::npos) return names;
  const std::string text = line.substr(comment);
  for (std::sregex_iterator match(text.begin(), text.end(), name), end; match != end; ++match) {
    names.push_back((*match)[1]);
  }
  return names;
}

TEST(NamedFiles, AreThere) {
  const std::vector<fs::path> files = all_files();
  std::set<std::string> there;
  for (const fs::path& file : files) there.insert(file.filename().string());
  std::set<std::string> used_exceptions;
  std::size_t named = 0;
  for (const fs::path& file : files) {
    if (!kSources.contains(file.extension().string())) continue;
    std::ifstream in(file);
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
      for (const std::string& name : named_in(line)) {
        ++named;
        if (kElsewhere.contains(name)) {
          used_exceptions.insert(name);
        } else if (!there.contains(name)) {
          ADD_FAILURE_AT(file.c_str(), number) << "names " << name << ", which is not there";
        }
      }
    }
  }
  EXPECT_GT(named, 50u);
  EXPECT_EQ(used_exceptions, kElsewhere) << "an exception that no comment needs";
}

TEST(NamedFiles, AreFoundInComments) {
  const std::vector<std::string> two{"gone.h", "x-y.cpp"};
  EXPECT_EQ(named_in("int a;  // see isa/gone.h and x-y.cpp."), two);
  EXPECT_EQ(named_in("#include \"gone.h\""), std::vector<std::string>());
  EXPECT_EQ(named_in("// LLVM's AMDGPUBaseInfo.cpp"), std::vector<std::string>());
  EXPECT_EQ(named_in("// https://example.org/gone.h"), std::vector<std::string>());
}

}  // namespace
