#include "device_fixture.h"
#include "expect_failure.h"

namespace {

TEST(HandleApi, StreamIsKept) {
  miopenHandle_t handle = nullptr;
  ASSERT_EQ(miopenCreate(&handle), miopenStatusSuccess) << rdna1convLastErrorText();
  hipStream_t stream = nullptr, got = reinterpret_cast<hipStream_t>(1);
  EXPECT_EQ(miopenGetStream(handle, &got), miopenStatusSuccess);
  EXPECT_EQ(got, nullptr);
  ASSERT_EQ(hipStreamCreate(&stream), hipSuccess);
  EXPECT_EQ(miopenSetStream(handle, stream), miopenStatusSuccess);
  EXPECT_EQ(miopenGetStream(handle, &got), miopenStatusSuccess);
  EXPECT_EQ(got, stream);
  EXPECT_EQ(miopenDestroy(handle), miopenStatusSuccess);
  ASSERT_EQ(miopenCreateWithStream(&handle, stream), miopenStatusSuccess);
  EXPECT_EQ(miopenGetStream(handle, &got), miopenStatusSuccess);
  EXPECT_EQ(got, stream);
  EXPECT_EQ(miopenDestroy(handle), miopenStatusSuccess);
  EXPECT_EQ(hipStreamDestroy(stream), hipSuccess);
}

TEST(HandleApi, RefusesBadInput) {
  miopenHandle_t handle = nullptr;
  hipStream_t stream = nullptr;
  float time = 0;
  ASSERT_EQ(miopenCreate(&handle), miopenStatusSuccess) << rdna1convLastErrorText();
  const auto none = static_cast<miopenHandle_t>(nullptr);
  const auto refused = [](const char* text, auto&& call) {
    expect_failure(text, miopenStatusBadParm, text, call);
  };
  refused("handle is null", [] { return miopenCreate(nullptr); });
  refused("handle is null", [] { return miopenCreateWithStream(nullptr, nullptr); });
  refused("handle is null", [&] { return miopenDestroy(none); });
  refused("handle is null", [&] { return miopenSetStream(none, nullptr); });
  refused("handle is null", [&] { return miopenGetStream(none, &stream); });
  refused("streamID is null", [&] { return miopenGetStream(handle, nullptr); });
  refused("handle is null", [&] { return miopenEnableProfiling(none, true); });
  refused("handle is null", [&] { return miopenGetKernelTime(none, &time); });
  refused("time is null", [&] { return miopenGetKernelTime(handle, nullptr); });
  EXPECT_EQ(miopenDestroy(handle), miopenStatusSuccess);
}

TEST(HandleApi, ProfilingGivesTheTimeOfTheLastRun) {
  Convolution conv{Shape{}};
  float time = -1;
  EXPECT_EQ(miopenGetKernelTime(conv.handle, &time), miopenStatusSuccess);
  EXPECT_EQ(time, 0);
  ASSERT_EQ(miopenEnableProfiling(conv.handle, true), miopenStatusSuccess);
  ASSERT_EQ(conv.forward(nullptr, 0), miopenStatusSuccess);
  EXPECT_EQ(miopenGetKernelTime(conv.handle, &time), miopenStatusSuccess);
  EXPECT_GT(time, 0);
  conv.expect_correct("profiled");
}

}  // namespace
