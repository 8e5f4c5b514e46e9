// Kernels that go wrong, each in a process of its own: the message must name kernel, workgroup,
// wave, address and instruction, and HIP must end the process as it does on a card.
// One kernel asserts, in release builds too.
#undef NDEBUG
#include <gtest/gtest.h>
#include <hip/hip_runtime.h>

#include <cassert>
#include <cstdlib>
#include <ostream>

#include "device_memory.h"

namespace programs {
namespace {

constexpr unsigned kWorkgroups = 4;
constexpr unsigned kWorkItems = 64;

// The one work-item that goes wrong: lane 8 of wave 1 in workgroup 2.
__device__ bool is_culprit() { return blockIdx.x == 2 && threadIdx.x == 40; }

__global__ void store_far_away(int* memory) {
  if (is_culprit()) memory[std::size_t{1} << 33] = 1;
}
__global__ void store_behind_the_end(int* memory) {
  if (is_culprit()) memory[kWorkItems] = 1;
}
__global__ void store_before_the_start(int* memory) {
  if (is_culprit()) memory[-1] = 1;
}
__global__ void load_from_null(int* memory) {
  if (is_culprit()) memory[0] = *reinterpret_cast<volatile int*>(8);
}
__global__ void load_16_bytes_across_the_end(int* memory) {
  if (!is_culprit()) return;
  int4 value = *reinterpret_cast<const int4*>(memory + kWorkItems - 2);
  *reinterpret_cast<int4*>(memory) = value;
}
__global__ void atomic_far_away(int* memory) {
  if (is_culprit()) atomicAdd(memory + (1 << 28), 1);
}
__global__ void scalar_load_far_away(int* memory) {
  if (blockIdx.x != 2) return;
  asm volatile("s_load_dword s20, %0, 0x0\n s_waitcnt lgkmcnt(0)" ::"s"(memory + (1 << 28))
               : "s20");
}
__global__ void store_to_scratch_out_of_range(int* memory) {
  volatile int array[16];
  array[threadIdx.x % 16] = 1;
  if (is_culprit()) array[memory[0] + (1 << 20)] = 1;
  memory[threadIdx.x] = array[memory[1]];
}
__global__ void execute_an_image_load(int*) {
  if (blockIdx.x != 2) return;
  asm volatile("image_load v20, v[21:22], s[8:15] dmask:0x1 dim:SQ_RSRC_IMG_2D unorm" ::: "v20");
}
__global__ void execute_no_instruction(int*) {
  if (blockIdx.x == 2) asm volatile(".long 0xdeadbeef");
}
__global__ void execute_an_instruction_of_gfx1011(int*) {
  // v_dot2_f32_f16 v0, v1, v2, v3
  if (blockIdx.x == 2) asm volatile(".long 0xcc134000, 0x1c0e0501" ::: "v0");
}
__global__ void wait_forever(int* memory) {
  if (is_culprit()) {
    while (*const_cast<volatile int*>(memory) == 0) {
    }
  }
}
__global__ void loop_without_memory_forever(int*) {
  if (blockIdx.x == 2 && __builtin_amdgcn_readfirstlane(threadIdx.x) >= 32) {
    asm volatile(".Lagain%=: s_nop 0\n s_branch .Lagain%=" ::);
  }
}
__global__ void sleep_forever(int* memory) {
  if (is_culprit()) {
    while (*const_cast<volatile int*>(memory) == 0) __builtin_amdgcn_s_sleep(8);
  }
}
__global__ void meet_forever(int* memory) {
  if (blockIdx.x == 2) {
    while (*const_cast<volatile int*>(memory) == 0) __syncthreads();
  }
}
__global__ void run_into_a_trap(int*) {
  if (is_culprit()) __builtin_trap();
}
__global__ void fail_an_assertion(int* memory) {
  assert(memory[threadIdx.x] != 0 || !is_culprit());
}

struct FaultCase {
  const char* name;
  void (*kernel)(int*);
  const char* wave;         // as the message names it
  const char* instruction;  // regular expression
  const char* status;       // what HIP reports
  // The device's limit of instructions, where it is to be reached soon.
  const char* limit = nullptr;
};

void PrintTo(const FaultCase& which, std::ostream* out) { *out << which.name; }

constexpr const char* kMemory = "HSA_STATUS_ERROR_MEMORY_FAULT";
constexpr const char* kAperture = "HSA_STATUS_ERROR_MEMORY_APERTURE_VIOLATION";
constexpr const char* kIllegal = "HSA_STATUS_ERROR_ILLEGAL_INSTRUCTION";
constexpr const char* kException = "HSA_STATUS_ERROR_EXCEPTION";

const FaultCase kCases[] = {
    {"store_far_away", store_far_away, "1", "global_store_dword ", kMemory},
    {"store_behind_the_end", store_behind_the_end, "1", "global_store_dword ", kMemory},
    {"store_before_the_start", store_before_the_start, "1", "global_store_dword ", kMemory},
    {"load_from_null", load_from_null, "1", "(global|flat)_load_dword ", kMemory},
    {"load_16_bytes_across_the_end", load_16_bytes_across_the_end, "1", "(s|global)_load_dwordx4 ",
     kMemory},
    {"atomic_far_away", atomic_far_away, "1", "global_atomic_add ", kMemory},
    {"scalar_load_far_away", scalar_load_far_away, "[01]", "s_load_dword s20", kMemory},
    {"store_to_scratch_out_of_range", store_to_scratch_out_of_range, "1",
     "(buffer|flat|scratch)_store_dword ", kAperture},
    {"execute_an_image_load", execute_an_image_load, "[01]", "", kIllegal},
    {"execute_no_instruction", execute_no_instruction, "[01]", "", kIllegal},
    {"execute_an_instruction_of_gfx1011", execute_an_instruction_of_gfx1011, "[01]", "", kIllegal},
    {"wait_forever", wait_forever, "1", "s_cbranch", kException, "3000000"},
    {"loop_without_memory_forever", loop_without_memory_forever, "1", "s_branch", kException,
     "3000000"},
    {"sleep_forever", sleep_forever, "1", "s_sleep", kException, "3000000"},
    {"meet_forever", meet_forever, "[01]", "s_barrier", kException, "3000000"},
    {"run_into_a_trap", run_into_a_trap, "1", "s_trap ", kException},
    {"fail_an_assertion", fail_an_assertion, "1", "s_trap ", kException},
};

class FaultsDeathTest : public testing::TestWithParam<FaultCase> {};

[[noreturn]] void run_to_the_fault(const FaultCase& which) {
  // Before the device starts.
  if (which.limit != nullptr) setenv("RDNA1CONV_EMULATOR_MAX_INSTRUCTIONS", which.limit, 1);
  const DeviceArray<int> memory{std::vector<int>(kWorkItems)};
  which.kernel<<<kWorkgroups, kWorkItems, kWorkItems * sizeof(int)>>>(memory.data());
  static_cast<void>(hipDeviceSynchronize());
  // The process is not ended from here if HIP does what it does on a card.
  std::exit(EXIT_SUCCESS);
}

TEST_P(FaultsDeathTest, NamesThePlaceAndEndsTheProcess) {
  const FaultCase& which = GetParam();
  // The child starts over, so that HIP is set up in it alone.
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const std::string place = std::string("kernel [^\n]*") + which.name +
                            "[^\n]*, workgroup \\(2, 0, 0\\), wave " + which.wave +
                            ", address 0x[0-9a-f]+: [^\n]*" + which.instruction;
  EXPECT_DEATH(run_to_the_fault(which), place + "(.|\n)*" + which.status);
}

INSTANTIATE_TEST_SUITE_P(Kernels, FaultsDeathTest, testing::ValuesIn(kCases),
                         [](const auto& which) { return std::string(which.param.name); });

}  // namespace
}  // namespace programs
