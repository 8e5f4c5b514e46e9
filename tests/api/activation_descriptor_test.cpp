#include <miopen/miopen.h>

#include "expect_failure.h"

namespace {

class ActivationDescriptor : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(miopenCreateActivationDescriptor(&descriptor), miopenStatusSuccess);
  }
  void TearDown() override {
    EXPECT_EQ(miopenDestroyActivationDescriptor(descriptor), miopenStatusSuccess);
  }
  void expect(miopenActivationMode_t mode, double alpha, double beta, double gamma) {
    miopenActivationMode_t got = miopenActivationCLAMP;
    double a = -1, b = -1, c = -1;
    EXPECT_EQ(miopenGetActivationDescriptor(descriptor, &got, &a, &b, &c), miopenStatusSuccess);
    EXPECT_EQ(got, mode);
    EXPECT_EQ(a, alpha);
    EXPECT_EQ(b, beta);
    EXPECT_EQ(c, gamma);
  }
  miopenActivationDescriptor_t descriptor = nullptr;
};

TEST_F(ActivationDescriptor, KeepsWhatIsSet) {
  expect(miopenActivationPASTHRU, 0, 0, 0);
  for (int mode = 0; mode <= miopenActivationCLAMP; ++mode) {
    const auto value = static_cast<miopenActivationMode_t>(mode);
    ASSERT_EQ(miopenSetActivationDescriptor(descriptor, value, 1 + mode, 0.5, -2),
              miopenStatusSuccess);
    expect(value, 1 + mode, 0.5, -2);
  }
  EXPECT_EQ(miopenGetActivationDescriptor(descriptor, nullptr, nullptr, nullptr, nullptr),
            miopenStatusSuccess);
}

TEST_F(ActivationDescriptor, RefusesWrongArguments) {
  ASSERT_EQ(miopenSetActivationDescriptor(descriptor, miopenActivationELU, 3, 0, 0),
            miopenStatusSuccess);
  for (const int mode : {-1, 11, 1000}) {
    expect_failure("mode", miopenStatusBadParm, "is not a miopenActivationMode_t", [&] {
      return miopenSetActivationDescriptor(descriptor, static_cast<miopenActivationMode_t>(mode), 0,
                                           0, 0);
    });
  }
  expect(miopenActivationELU, 3, 0, 0);
  expect_failure("create", miopenStatusBadParm, "activDesc is null",
                 [] { return miopenCreateActivationDescriptor(nullptr); });
  expect_failure("set", miopenStatusBadParm, "activDesc is null", [] {
    return miopenSetActivationDescriptor(nullptr, miopenActivationELU, 0, 0, 0);
  });
  expect_failure("destroy", miopenStatusBadParm, "activDesc is null",
                 [] { return miopenDestroyActivationDescriptor(nullptr); });
}

}  // namespace
