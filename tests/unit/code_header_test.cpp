// The kernels' code with the header that a runtime asks for.
#include "device/code_header.h"

#include <elf.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "core/error.h"
#include "device/code_objects.h"

namespace rdna1conv {
namespace {

struct Header {
  const char* architecture;
  std::uint32_t flags;
};
constexpr Header kHeaders[] = {{"gfx1010", 0x133}, {"gfx1011", 0x134}, {"gfx1012", 0x135},
                               {"gfx1013", 0x142}, {"gfx1030", 0x36},  {"gfx1032", 0x38}};

TEST(CodeHeader, IsTheOneThatTheRuntimeAsksFor) {
  for (const std::string_view family : code_object_families()) {
    for (const Header& row : kHeaders) {
      SCOPED_TRACE(std::string(family) + " for " + row.architecture);
      const auto code = code_object_with_header(code_object(family), row.architecture);
      Elf64_Ehdr header{};
      ASSERT_GE(code.size(), sizeof header);
      std::memcpy(&header, code.data(), sizeof header);
      EXPECT_EQ(std::memcmp(header.e_ident, ELFMAG, SELFMAG), 0);
      EXPECT_EQ(header.e_flags, row.flags);
      const std::string_view text(reinterpret_cast<const char*>(code.data()), code.size());
      EXPECT_NE(text.find(std::string("amdhsa--") + row.architecture), std::string_view::npos);
      EXPECT_EQ(text.find("amdhsa--gfx1010") != std::string_view::npos,
                row.architecture == kCompiledFor);
    }
  }
}

TEST(CodeHeader, IsAllThatChanges) {
  for (const std::string_view family : code_object_families()) {
    const auto fat_binary = code_object(family);
    const auto code = code_object_with_header(fat_binary, "gfx1030");
    const auto* const begin = std::search(fat_binary.data(), fat_binary.data() + fat_binary.size(),
                                          code.begin(), code.begin() + EI_NIDENT);
    std::size_t changed = 0;
    for (std::size_t i = 0; i < code.size(); ++i) changed += begin[i] != code[i];
    EXPECT_GT(changed, 0u);
    EXPECT_LE(changed, 16u) << family << ": more than flags and a name";

    // As clang wrote it.
    const auto own = code_object_with_header(fat_binary, kCompiledFor);
    EXPECT_TRUE(std::equal(own.begin(), own.end(), begin)) << family;
  }
}

TEST(CodeHeader, IsNotThereForOtherGenerations) {
  for (const char* architecture : {"gfx906", "gfx1100", "gfx101", "gfx10100", ""}) {
    EXPECT_FALSE(executes_kernels(architecture)) << architecture;
    EXPECT_FALSE(can_pose_as(architecture)) << architecture;
    EXPECT_THROW(code_object_with_header(code_object(code_object_families().front()), architecture),
                 Error)
        << architecture;
  }
  EXPECT_FALSE(executes_kernels("gfx1030"));
  EXPECT_FALSE(can_pose_as("gfx1010"));
}

TEST(CodeHeader, IsNotMadeForABrokenFatBinary) {
  const auto whole = code_object(code_object_families().front());
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{10}, std::size_t{24}, std::size_t{30},
                                  std::size_t{40}, std::size_t{90}, whole.size() / 2}) {
    EXPECT_THROW(code_object_with_header(whole.first(bytes), "gfx1012"), Error) << bytes;
  }
}

}  // namespace
}  // namespace rdna1conv
