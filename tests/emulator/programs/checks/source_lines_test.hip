// What reports say of the source where debug information exists (-gline-tables-only): file and line
// of the instruction and of the other party, and where their functions were inlined.
#include <gtest/gtest.h>
#include <hip/hip_runtime.h>

#include <cstdlib>
#include <ostream>
#include <string>
#include <vector>

#include "device_memory.h"

namespace programs {
namespace {

constexpr unsigned kWorkItems = 64;  // two waves
constexpr unsigned kWorkgroups = 2;
constexpr unsigned kElements = 256;

__device__ unsigned item() { return threadIdx.x; }

// Each kernel's statements stand on the lines that the constant before it counts from.
constexpr int kLdsRace = __LINE__;
__global__ void lds_race(int* data) {
  __shared__ int lds[kWorkItems];
  lds[item()] = 1;
  data[item() + kWorkItems * blockIdx.x] = lds[(item() + 32) % kWorkItems];
}

constexpr int kInlinedRace = __LINE__;
__device__ void put(int* lds, int value) { lds[item()] = value; }
__device__ void put_one(int* lds) { put(lds, 1); }
__global__ void inlined_race(int* data) {
  __shared__ int lds[kWorkItems];
  put_one(lds);
  data[item() + kWorkItems * blockIdx.x] = lds[(item() + 32) % kWorkItems];
}

constexpr int kGlobalRace = __LINE__;
__global__ void global_race(int* data) {
  const int theirs = data[item() + kWorkItems * (1 - blockIdx.x)];
  data[item() + kWorkItems * blockIdx.x] = theirs + 1;
}

constexpr int kInFlight = __LINE__;
__global__ void in_flight(int* data) {
  asm volatile("global_load_dword v40, %0, %1" ::"v"(item() * 4), "s"(data) : "v40");
  asm volatile("v_add_nc_u32 v41, v40, v40\n s_waitcnt vmcnt(0)" ::: "v41");
}

constexpr int kHazard = __LINE__;
__global__ void hazard(int*) {
  asm volatile("v_mov_b32 v40, 0\n s_waitcnt_depctr 0xfffe" ::: "v40");
  asm volatile("v_cmpx_eq_u32 v40, v40" ::: "vcc");
  asm volatile("v_permlane16_b32 v40, v40, 0, 0" ::: "v40");
}

constexpr int kOutOfBounds = __LINE__;
__global__ void out_of_bounds(int* data) {
  data[item()] = 1;
  data[std::size_t{1} << 36] = 2;
}

constexpr int kBeyondLds = __LINE__;
__global__ void beyond_lds(int* data) {
  extern __shared__ int dynamic[];
  dynamic[item()] = data[item()];
  __syncthreads();
  data[item()] = dynamic[0];
}

using Kernel = void (*)(int*);

// Lines of one instruction, counted from the constant before its kernel: its own, then those of the
// calls around it that were inlined, the innermost first.
using Lines = std::vector<int>;

struct Case {
  const char* name;
  Kernel kernel;
  const char* checks;  // "" where the device itself stops the kernel
  int first;           // the line that others count from
  Lines instruction;
  Lines other;  // of the other party; empty where there is none
  const char* before_other;
  bool any_order = false;  // either party may be the one that is found
};

#define RDNA1CONV_KERNEL(kernel) #kernel, kernel
const Case kCases[] = {
    {RDNA1CONV_KERNEL(lds_race), "race", kLdsRace, {4}, {3}, "no barrier orders it and "},
    {RDNA1CONV_KERNEL(inlined_race),
     "race",
     kInlinedRace,
     {6},
     {1, 2, 5},
     "no barrier orders it and "},
    {RDNA1CONV_KERNEL(global_race), "race", kGlobalRace, {2}, {3}, "nothing orders it and ", true},
    {RDNA1CONV_KERNEL(in_flight), "waitcnt", kInFlight, {3}, {2}, "no s_waitcnt "},
    {RDNA1CONV_KERNEL(hazard), "hazard", kHazard, {4}, {3}, "it began at "},
    {RDNA1CONV_KERNEL(out_of_bounds), "", kOutOfBounds, {3}, {}, ""},
    {RDNA1CONV_KERNEL(beyond_lds), "lds", kBeyondLds, {3}, {}, ""},
};

void PrintTo(const Case& which, std::ostream* out) { *out << which.name; }

// "0x<address>: <disassembly> (<file>:<line>, inlined at <file>:<line>)"
std::string expected_place(const Case& which, const Lines& lines) {
  std::string text;
  for (const int line : lines) {
    text += (text.empty() ? "0x[0-9a-f]+: [^(\n]*\\(" : ", inlined at ") +
            std::string("/[^ ]*/programs/checks/source_lines_test\\.hip:") +
            std::to_string(which.first + line);
  }
  return text + "\\)";
}

std::string expected_report(const Case& which, const Lines& instruction, const Lines& other) {
  std::string text = "address " + expected_place(which, instruction) + ": [^\n]*";
  if (!other.empty())
    text += which.before_other + std::string("[^\n]*") + expected_place(which, other);
  return text;
}

[[noreturn]] void run(Kernel kernel, const char* checks) {
  setenv("RDNA1CONV_EMULATOR_CHECKS", checks, 1);  // before the device starts
  if (hipInit(0) != hipSuccess) std::exit(EXIT_FAILURE);
  const std::vector<int> zeros(kElements);
  const DeviceArray<int> data(zeros);
  kernel<<<kWorkgroups, kWorkItems>>>(data.data());
  std::exit(hipDeviceSynchronize() == hipSuccess ? EXIT_SUCCESS : EXIT_FAILURE);
}

class SourceLinesDeathTest : public testing::TestWithParam<Case> {};

TEST_P(SourceLinesDeathTest, AreReported) {
  // The child starts over, so that HIP is set up in it alone.
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const Case& which = GetParam();
  std::string text = expected_report(which, which.instruction, which.other);
  if (which.any_order) {
    text = "(" + text + ")|(" + expected_report(which, which.other, which.instruction) + ")";
  }
  EXPECT_DEATH(run(which.kernel, which.checks), text);
}

INSTANTIATE_TEST_SUITE_P(Kernels, SourceLinesDeathTest, testing::ValuesIn(kCases),
                         [](const auto& which) { return std::string(which.param.name); });

}  // namespace
}  // namespace programs
