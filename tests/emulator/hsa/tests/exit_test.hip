// Processes that end with work, streams and memory left over end all the same, and at once.
#include <cstdlib>

#include "hip_handles.h"

namespace emulator::tests {
namespace {

__global__ void busy(int* out, int rounds) {
  int value = 0;
  for (int i = 0; i < rounds; ++i) value = value * 3 + i;
  out[threadIdx.x] = value;
}

void expect_exit(void (*body)()) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(body(), testing::ExitedWithCode(0), "");
}

TEST(ExitDeathTest, WithNothingCleanedUp) {
  expect_exit([] {
    hipStream_t stream = nullptr;
    check(hipStreamCreate(&stream));
    void* memory = nullptr;
    check(hipMalloc(&memory, 1 << 20));
    busy<<<1, 32, 0, stream>>>(static_cast<int*>(memory), 10);
    check(hipStreamSynchronize(stream));
    std::exit(0);
  });
}

TEST(ExitDeathTest, WithAKernelRunning) {
  expect_exit([] {
    static int* memory = nullptr;
    check(hipMalloc(reinterpret_cast<void**>(&memory), 4096));
    busy<<<1, 32>>>(memory, 3'000'000);
    std::exit(0);
  });
}

TEST(ExitDeathTest, WithoutAnyDeviceCall) {
  expect_exit([] { std::exit(0); });
}

}  // namespace
}  // namespace emulator::tests
