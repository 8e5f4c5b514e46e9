#include <gtest/gtest.h>

#include "expect_failure.h"

namespace {

TEST(NoDevice, CreateSaysWhatIsNeeded) {
  miopenHandle_t handle = nullptr;
  const auto expect = [&](auto&& call) {
    expect_failure("no device", miopenStatusNotInitialized, "HIP found no device", call);
    for (const char* family : {"gfx1010", "gfx1011", "gfx1012", "gfx1013"}) {
      EXPECT_NE(std::string(rdna1convLastErrorText()).find(family), std::string::npos);
    }
    EXPECT_EQ(handle, nullptr);
  };
  expect([&] { return miopenCreate(&handle); });
  expect([&] { return miopenCreateWithStream(&handle, nullptr); });
}

}  // namespace
