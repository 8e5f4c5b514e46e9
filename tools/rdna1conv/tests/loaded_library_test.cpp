#include "loaded_library.h"

#include <gtest/gtest.h>

#include "scratch_folder.h"

namespace rdna1conv::tool {
namespace {

TEST(LoadedLibrary, IsReadOffTheLoadersList) {
  const std::string list =
      "\tlinux-vdso.so.1 (0x00007fff)\n"
      "\tlibMIOpen.so.1 => /opt/rocm/lib/libMIOpen.so.1 (0x00007f01)\n"
      "\t/home/me/torch/lib/libMIOpen-0a1b.so (0x00007f02)\n"
      "\tlibMIOpen.so.2 => not found\n"
      "\tlibc.so.6 => /lib/libMIOpenNot/libc.so.6 (0x00007f03)\n";
  EXPECT_EQ(miopen_in_list(list),
            (std::vector<std::string>{"/opt/rocm/lib/libMIOpen.so.1",
                                      "/home/me/torch/lib/libMIOpen-0a1b.so", "not found"}));
  EXPECT_TRUE(miopen_in_list("not a dynamic executable\n").empty());
}

TEST(LoadedLibrary, OfAnotherMakeIsAProblem) {
  const ScratchFolder folder;
  const std::string other = folder.write("libMIOpen.so.1", "\177ELF...miopenCreate...").string();
  const std::string ours =
      folder.write("ours/libMIOpen.so.1", "\177ELF..rdna1convLastErrorText..").string();
  EXPECT_FALSE(is_ours(other));
  EXPECT_TRUE(is_ours(ours));
  EXPECT_FALSE(is_ours("/nowhere"));
}

TEST(LoadedLibrary, OfPythonIsLookedForInItsPackages) {
  const ScratchFolder folder;
  const auto library = folder.write("site/torch/lib/libMIOpen.so", "miopenCreate");
  folder.write("site/numpy/lib/libopenblas.so", "");
  const auto python = folder.write(
      "python3", "#!/bin/sh\necho\necho " + (folder.path() / "site").string() + "\n", true);
  EXPECT_EQ(miopen_libraries_of(python.string()), std::vector<std::string>{library.string()});
  const auto findings = examine_program(python.string());
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].level, Level::kProblem);
  EXPECT_EQ(findings[0].next, "rdna1conv run " + python.string());
}

TEST(LoadedLibrary, OfWhatIsNotThere) {
  EXPECT_EQ(examine_program("/nowhere/program")[0].level, Level::kProblem);
  EXPECT_EQ(examine_program("/bin/sh")[0].level, Level::kNote);
}

}  // namespace
}  // namespace rdna1conv::tool
