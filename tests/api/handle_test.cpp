#include <hip/hip_runtime_api.h>

#include <map>

#include "api_convolution.h"
#include "core/error.h"
#include "dispatch/scratch_memory.h"
#include "expect_failure.h"

namespace rdna1conv {
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

void* no_memory(void*, std::size_t) { return nullptr; }
void release_nothing(void*, void*) {}

TEST(HandleApi, RefusesBadInput) {
  const ScopedHandle handle;
  hipStream_t stream = nullptr;
  float time = 0;
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
  refused("handle is null", [&] { return miopenSetTuningPolicy(none, miopenTuningPolicyNone); });
  for (const int value : {0, 6, -1}) {
    refused(("newValue " + std::to_string(value) + " is not a miopenTuningPolicy_t").c_str(), [&] {
      return miopenSetTuningPolicy(handle, static_cast<miopenTuningPolicy_t>(value));
    });
  }
  miopenTuningPolicy_t policy{};
  refused("handle is null", [&] { return miopenGetTuningPolicy(none, &policy); });
  refused("value is null", [&] { return miopenGetTuningPolicy(handle, nullptr); });
  refused("handle is null",
          [&] { return miopenSetAllocator(none, no_memory, release_nothing, nullptr); });
  refused("deallocator is null, the other is not",
          [&] { return miopenSetAllocator(handle, no_memory, nullptr, nullptr); });
  refused("allocator is null, the other is not",
          [&] { return miopenSetAllocator(handle, nullptr, release_nothing, nullptr); });
}

// What the library itself allocates comes from the client's functions and goes back there.
TEST(HandleApi, AllocatorIsUsed) {
  const ScopedHandle handle;
  const Handle& object = *reinterpret_cast<Handle*>(static_cast<miopenHandle_t>(handle));
  std::map<void*, std::size_t> allocated;
  const auto allocate = [](void* context, std::size_t bytes) {
    void* memory = nullptr;
    EXPECT_EQ(hipMalloc(&memory, bytes), hipSuccess);
    static_cast<decltype(allocated)*>(context)->emplace(memory, bytes);
    return memory;
  };
  const auto release = [](void* context, void* memory) {
    EXPECT_EQ(static_cast<decltype(allocated)*>(context)->erase(memory), 1u);
    EXPECT_EQ(hipFree(memory), hipSuccess);
  };
  ASSERT_EQ(miopenSetAllocator(handle, allocate, release, &allocated), miopenStatusSuccess);
  {
    const ScratchMemory memory(object, 1000), nothing(object, 0);
    EXPECT_EQ(allocated, (std::map<void*, std::size_t>{{memory.get(), 1000}}));
    EXPECT_EQ(nothing.get(), nullptr);
  }
  EXPECT_TRUE(allocated.empty());

  ASSERT_EQ(miopenSetAllocator(handle, no_memory, release_nothing, nullptr), miopenStatusSuccess);
  try {
    const ScratchMemory memory(object, 16);
    ADD_FAILURE() << "an allocator without memory gave some";
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), Status::kAllocFailed);
  }
  ASSERT_EQ(miopenSetAllocator(handle, nullptr, nullptr, nullptr), miopenStatusSuccess);
  EXPECT_NE(ScratchMemory(object, 16).get(), nullptr);
}

// Destroying the last handle unloads the kernels, which may be running: nothing is lost.
TEST(HandleApi, MayBeDestroyedWhileItsWorkIsUnderWay) {
  for (int i = 0; i < 3; ++i) {
    ApiConvolution conv("conv -n 2 -c 32 -H 20 -W 20 -k 32 -p 1 -q 1 -F 1");
    ASSERT_EQ(conv.call(kRun, conv.arguments()), miopenStatusSuccess);
    conv.destroy_handle();
    EXPECT_TRUE(conv.is_correct());
  }
}

}  // namespace
}  // namespace rdna1conv
