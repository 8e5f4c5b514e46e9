// Kernels that go wrong: the cause stands on stderr, as on a card, and the program fails.
#include <cassert>
#include <cstdlib>

#include "hip_handles.h"

namespace emulator::tests {
namespace {

__global__ void write_far_away(int* out) { out[std::size_t{1} << 36] = 1; }
__global__ void write_behind_the_end(int* out) { out[64] = 1; }
__global__ void read_freed(const int* in, int* out) { *out = *in; }
__global__ void illegal(int* out) {
  *out = 1;
  asm volatile(".long 0xbfffffff");
}
__global__ void call_trap() { __builtin_trap(); }
__global__ void fail_assertion(int x) { assert(x == 3); }
__global__ void beyond_lds(int* out) {
  extern __shared__ int shared[];
  shared[threadIdx.x] = 1;
  __syncthreads();
  *out = shared[0];
}
__global__ void wait_forever(volatile int* flag) {
  while (*flag == 0) {
  }
}

// HIP before 7 ends the process when the kernel goes wrong; HIP 7 says so and returns an error.
[[noreturn]] void exit_after_kernels() { std::exit(hipDeviceSynchronize() == hipSuccess ? 0 : 1); }

void expect_death(void (*body)(), const char* message) {
  // The child starts over, so that HIP is set up in it and not in the parent.
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(body(), message);
}

TEST(FaultsDeathTest, WriteFarOutside) {
  expect_death(
      [] {
        const DeviceBuffer<int> out(64);
        write_far_away<<<1, 1>>>(out.data());
        exit_after_kernels();
      },
      "write_far_away(.|\n)*HSA_STATUS_ERROR_MEMORY_FAULT");
}

TEST(FaultsDeathTest, WriteOneElementBehindTheEnd) {
  expect_death(
      [] {
        const DeviceBuffer<int> out(64);
        write_behind_the_end<<<1, 1>>>(out.data());
        exit_after_kernels();
      },
      "write_behind_the_end(.|\n)*HSA_STATUS_ERROR_MEMORY_FAULT");
}

TEST(FaultsDeathTest, ReadFreedMemory) {
  expect_death(
      [] {
        const DeviceBuffer<int> out(1);
        // What HIP 6 maps between the free and the kernel's end must not lie where memory was
        // freed. It loads the kernel at its first launch, which must not have the memory among its
        // arguments: a command keeps them until HIP gets to dropping it. The kernel's own memory
        // goes to the upper end of a hole of this size, the read to the lower one.
        constexpr std::size_t kBytes = std::size_t{64} << 20;
        read_freed<<<1, 1>>>(out.data(), out.data());
        check(hipDeviceSynchronize());
        int* freed = nullptr;
        check(hipMalloc(reinterpret_cast<void**>(&freed), kBytes));
        check(hipFree(freed));
        read_freed<<<1, 1>>>(freed, out.data());
        exit_after_kernels();
      },
      "read_freed(.|\n)*HSA_STATUS_ERROR_MEMORY_FAULT");
}

TEST(FaultsDeathTest, IllegalInstruction) {
  expect_death(
      [] {
        const DeviceBuffer<int> out(1);
        illegal<<<1, 1>>>(out.data());
        exit_after_kernels();
      },
      "illegal(.|\n)*HSA_STATUS_ERROR_ILLEGAL_INSTRUCTION");
}

// A card drops such stores; only the check objects.
TEST(FaultsDeathTest, LdsBeyondWhatTheLaunchGaveIsDropped) {
  const auto body = [] {
    const DeviceBuffer<int> out(1);
    beyond_lds<<<1, 64, 63 * sizeof(int)>>>(out.data());
    exit_after_kernels();
  };
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(body(), testing::ExitedWithCode(0), "");
}
TEST(FaultsDeathTest, LdsBeyondWhatTheLaunchGaveIsFoundByItsCheck) {
  expect_death(
      [] {
        setenv("RDNA1CONV_EMULATOR_CHECKS", "lds", 1);
        const DeviceBuffer<int> out(1);
        beyond_lds<<<1, 64, 63 * sizeof(int)>>>(out.data());
        exit_after_kernels();
      },
      "beyond_lds(.|\n)*check lds");
}

TEST(FaultsDeathTest, WaitThatNeverEnds) {
  expect_death(
      [] {
        setenv("RDNA1CONV_EMULATOR_MAX_INSTRUCTIONS", "3000000", 1);
        const DeviceBuffer<int> flag(std::vector<int>{0});
        wait_forever<<<1, 1>>>(flag.data());
        exit_after_kernels();
      },
      "wait_forever(.|\n)*HSA_STATUS_ERROR_EXCEPTION");
}

TEST(FaultsDeathTest, FailedAssertion) {
  expect_death(
      [] {
        fail_assertion<<<1, 1>>>(3);
        check(hipDeviceSynchronize());
        fail_assertion<<<1, 1>>>(4);
        exit_after_kernels();
      },
      "assertion `x == 3' failed(.|\n)*HSA_STATUS_ERROR_EXCEPTION");
}

TEST(FaultsDeathTest, Trap) {
  expect_death(
      [] {
        call_trap<<<1, 1>>>();
        exit_after_kernels();
      },
      "call_trap(.|\n)*HSA_STATUS_ERROR_EXCEPTION");
}

}  // namespace
}  // namespace emulator::tests
