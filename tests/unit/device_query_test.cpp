#include "device/device_query.h"

#include <gtest/gtest.h>

#include <string>

#include "core/error.h"

namespace rdna1conv {
namespace {

TEST(DeviceQuery, TakesTheRdna1FamilyAndNothingElse) {
  DeviceFacts facts = rx_5700_xt();
  for (const char* architecture : {"gfx1010", "gfx1011", "gfx1012", "gfx1013"}) {
    facts.architecture = architecture;
    EXPECT_NO_THROW(require_supported(facts)) << architecture;
  }
  for (const char* architecture : {"gfx906", "gfx1030", "gfx1100", "gfx101", "gfx10100", ""}) {
    facts.architecture = architecture;
    facts.name = "Some Card";
    try {
      require_supported(facts);
      ADD_FAILURE() << "accepted: " << architecture;
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), Status::kUnsupportedOp);
      const std::string text = error.what();
      EXPECT_NE(text.find(std::string("device is ") + architecture + " (Some Card)"),
                std::string::npos)
          << text;
      EXPECT_NE(text.find("gfx1010"), std::string::npos) << text;
    }
  }
}

}  // namespace
}  // namespace rdna1conv
