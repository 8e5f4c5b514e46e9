// The built libraries' dynamic symbols against the table of MIOpen's functions.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <string>

#include "elf_file.h"

namespace {

const std::set<std::string>& abi_functions() {
  static const std::set<std::string> names{
#define ABI_FUNCTION(group, name, ...) #name,
#include "functions.inc"
#undef ABI_FUNCTION
  };
  return names;
}

struct LibraryCase {
  const char* name;
  const char* path;
  const char* soname;
};
void PrintTo(const LibraryCase& library, std::ostream* out) { *out << library.path; }

class Exports : public testing::TestWithParam<LibraryCase> {};

TEST_P(Exports, AreTheWholeAbiUnderItsVersionNode) {
  const SharedLibrary library = read_shared_library(GetParam().path);
  EXPECT_EQ(library.soname, GetParam().soname);

  std::map<std::string, const DynamicSymbol*> found;
  for (const DynamicSymbol& symbol : library.defined) {
    EXPECT_TRUE(found.emplace(symbol.name, &symbol).second) << symbol.name << " is defined twice";
  }
  int rows = 0;
  for (const std::string& name : abi_functions()) {
    const auto symbol = found.find(name);
    if (symbol == found.end()) {
      ADD_FAILURE() << name << " is missing";
      continue;
    }
    EXPECT_TRUE(symbol->second->is_function) << name;
    EXPECT_EQ(symbol->second->version, "MIOPEN_HIP_1") << name;
    EXPECT_TRUE(symbol->second->is_default) << name;
    ++rows;
  }
  std::printf("%s: %d functions @@MIOPEN_HIP_1\n", GetParam().path, rows);
  EXPECT_EQ(rows, 272) << "MIOpen 3.4.0 has 258 + 4, later versions have 10 more";
}

// Whatever else the library exported could clash with symbols of the program.
TEST_P(Exports, AreNothingElse) {
  for (const DynamicSymbol& symbol : read_shared_library(GetParam().path).defined) {
    if (abi_functions().count(symbol.name) != 0) continue;
    EXPECT_EQ(symbol.name.rfind("rdna1conv", 0), 0u) << symbol.name;
    EXPECT_EQ(symbol.version, "RDNA1CONV_0") << symbol.name;
  }
}

// AMD's library brings rocBLAS, SQLite and Boost; ours must load where only HIP is.
TEST_P(Exports, NeedHipAndTheSystemOnly) {
  const char* const kAllowed[] = {"libamdhip64.so", "libstdc++.so",      "libm.so",
                                  "libgcc_s.so",    "libc.so",           "ld-linux-x86-64.so",
                                  "libpthread.so",  "libclang_rt.asan",  "libasan.so",
                                  "libubsan.so",    "libc++.so",         "libc++abi.so",
                                  "libdl.so",       "libclang_rt.ubsan", "libunwind.so"};
  for (const std::string& needed : read_shared_library(GetParam().path).needed) {
    EXPECT_TRUE(std::any_of(std::begin(kAllowed), std::end(kAllowed), [&](const char* name) {
      return needed.rfind(name, 0) == 0;
    })) << needed;
  }
}

INSTANTIATE_TEST_SUITE_P(Libraries, Exports,
                         testing::Values(LibraryCase{"libMIOpen", MIOPEN_LIBRARY, "libMIOpen.so.1"},
                                         LibraryCase{"librdna1conv", RDNA1CONV_LIBRARY,
                                                     "librdna1conv.so." RDNA1CONV_SOVERSION}),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
