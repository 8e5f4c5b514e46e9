#include "installation.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "scratch_folder.h"

namespace rdna1conv::tool {
namespace {

namespace fs = std::filesystem;

const std::string kLibraries = "bin/" RDNA1CONV_LIBDIR_FROM_BINDIR "/rdna1conv/";

TEST(Installation, IsFoundBesideTheProgram) {
  const ScratchFolder prefix;
  const fs::path program = prefix.write("bin/rdna1conv", "");
  EXPECT_THROW(find_installation(program), std::runtime_error);
  for (const char* const name : {"libMIOpen.so.1", "librdna1conv-redirect.so", "rdna1conv-probe"}) {
    fs::create_directories(prefix.path() / "bin" / RDNA1CONV_LIBDIR_FROM_BINDIR);
    prefix.write(fs::path(kLibraries + name).lexically_normal().string(), "");
  }
  Installation found = find_installation(program);
  EXPECT_EQ(found.miopen.filename(), "libMIOpen.so.1");
  EXPECT_TRUE(found.miopen.is_absolute());
  EXPECT_EQ(found.probe.parent_path(), found.miopen.parent_path());
  EXPECT_EQ(found.software_card, "") << "may be missing";
  prefix.write(
      fs::path(kLibraries + "software-rx5700xt/libhsa-runtime64.so.1").lexically_normal().string(),
      "");
  EXPECT_EQ(find_installation(program).software_card.filename(), "software-rx5700xt");
  // Through a link elsewhere, too.
  const ScratchFolder elsewhere;
  fs::create_symlink(program, elsewhere.path() / "rdna1conv");
  found = find_installation(elsewhere.path() / "rdna1conv");
  EXPECT_EQ(found.probe.filename(), "rdna1conv-probe");
}

// As ld.so does, whose word it is held against: it lists the levels of this processor.
TEST(Installation, TakesTheSoftwareCardOfTheProcessorsLevel) {
  const ScratchFolder folder;
  const std::string name = "libhsa-runtime64.so.1";
  EXPECT_EQ(software_card_library(folder.path()), folder.path() / name);
  std::string highest;
  for (const char* const level : {"x86-64-v3", "x86-64-v4"}) {
    folder.write("glibc-hwcaps/" + std::string(level) + "/" + name, "");
    const std::string ask = "/lib64/ld-linux-x86-64.so.2 --help | grep -q '" + std::string(level) +
                            " (supported, searched)'";
    if (std::system(ask.c_str()) == 0) highest = "glibc-hwcaps/" + std::string(level) + "/";
  }
  EXPECT_EQ(software_card_library(folder.path()), folder.path() / (highest + name));
}

}  // namespace
}  // namespace rdna1conv::tool
