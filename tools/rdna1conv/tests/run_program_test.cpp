#include "run_program.h"

#include <gtest/gtest.h>

#include <map>

#include "scratch_folder.h"

namespace rdna1conv::tool {
namespace {

const Installation kInstallation{"/p/lib/libMIOpen.so.1", "/p/lib/redirect.so", "/p/lib/probe",
                                 "/p/lib/card"};

std::map<std::string, std::string> environment_of(const RunOptions& options,
                                                  const Installation& installation) {
  const auto list = run_environment(installation, options);
  return {list.begin(), list.end()};
}

TEST(RunProgram, AsksTheLoaderForOurLibraries) {
  auto variables = environment_of({}, kInstallation);
  EXPECT_EQ(variables["LD_AUDIT"], "/p/lib/redirect.so");
  EXPECT_EQ(variables["RDNA1CONV_REDIRECT"], "libMIOpen=/p/lib/libMIOpen.so.1");
  EXPECT_EQ(variables["RDNA1CONV_REDIRECT_SAYS"], "1");
  variables = environment_of({.software_card = true, .quiet = true}, kInstallation);
  EXPECT_EQ(variables["RDNA1CONV_REDIRECT"],
            "libMIOpen=/p/lib/libMIOpen.so.1\n"
            "libhsa-runtime64=/p/lib/card/libhsa-runtime64.so.1");
  EXPECT_EQ(variables["RDNA1CONV_REDIRECT_SAYS"], "0");
  Installation without_card = kInstallation;
  without_card.software_card.clear();
  EXPECT_THROW(environment_of({.software_card = true}, without_card), std::runtime_error);
}

TEST(RunProgram, SeesWhatTheLoaderWillIgnore) {
  const ScratchFolder folder;
  EXPECT_EQ(obstacle_to_redirection("/bin/sh"), "");
  EXPECT_EQ(obstacle_to_redirection(folder.write("script", "#!/bin/sh\n", true)), "");
  EXPECT_EQ(obstacle_to_redirection("/nowhere"), "");
  const auto other_user = folder.write("other_user", "#!/bin/sh\n", true);
  std::filesystem::permissions(other_user, std::filesystem::perms::set_uid,
                               std::filesystem::perm_options::add);
  EXPECT_NE(obstacle_to_redirection(other_user).find("rights of its owner"), std::string::npos);
}

}  // namespace
}  // namespace rdna1conv::tool
