// printf and malloc from kernels: HIP's hostcall service over fine-grained memory and signals.
#include <algorithm>
#include <cstdio>
#include <sstream>

#include "hip_handles.h"

namespace emulator::tests {
namespace {

__global__ void print(int base) {
  printf("thread %d of block %d says %s %.2f\n", static_cast<int>(threadIdx.x),
         static_cast<int>(blockIdx.x), "hello", 0.5 * (base + static_cast<int>(threadIdx.x)));
}

#if HIP_VERSION_MAJOR >= 6  // before, malloc() in kernels was experimental

// Each thread allocates `count` integers and fills them.
__global__ void allocate(int** blocks, int count) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  blocks[i] = static_cast<int*>(malloc(count * sizeof(int)));
  for (int k = 0; blocks[i] != nullptr && k < count; ++k) blocks[i][k] = static_cast<int>(i) + k;
}

// Sums what allocate() left and frees it; -1 where there is nothing.
__global__ void sum_and_free(int** blocks, long long* sums, int count) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  sums[i] = blocks[i] != nullptr ? 0 : -1;
  for (int k = 0; blocks[i] != nullptr && k < count; ++k) sums[i] += blocks[i][k];
  free(blocks[i]);
}

struct MallocCase {
  unsigned threads;
  int count;
};

class Malloc : public testing::TestWithParam<MallocCase> {};

TEST_P(Malloc, GivesEachThreadItsOwn) {
  const auto [threads, count] = GetParam();
  const DeviceBuffer<int*> blocks(threads);
  const DeviceBuffer<long long> sums(threads);
  allocate<<<threads / 32, 32>>>(blocks.data(), count);
  check(hipGetLastError());
  sum_and_free<<<threads / 32, 32>>>(blocks.data(), sums.data(), count);
  check(hipDeviceSynchronize());
  const auto given = sums.read();
  for (unsigned i = 0; i < threads; ++i) {
    ASSERT_EQ(given[i], static_cast<long long>(i) * count + count * (count - 1ll) / 2) << i;
  }
}

// Small ones out of the heap's first blocks, more than these hold, and ones that are too large for
// them, which the host allocates while the kernel runs.
INSTANTIATE_TEST_SUITE_P(Sizes, Malloc,
                         testing::Values(MallocCase{256, 5}, MallocCase{2048, 500},
                                         MallocCase{32, 100'000}));

#endif

TEST(Printf, EveryThreadPrintsItsLine) {
  testing::internal::CaptureStdout();
  print<<<2, 40>>>(3);
  check(hipDeviceSynchronize());
  std::fflush(stdout);
  std::istringstream output(testing::internal::GetCapturedStdout());
  std::vector<std::string> lines;
  for (std::string line; std::getline(output, line);) lines.push_back(line);
  std::vector<std::string> expected;
  for (int block = 0; block < 2; ++block) {
    for (int thread = 0; thread < 40; ++thread) {
      char line[80];
      std::snprintf(line, sizeof line, "thread %d of block %d says hello %.2f", thread, block,
                    0.5 * (3 + thread));
      expected.emplace_back(line);
    }
  }
  std::sort(lines.begin(), lines.end());
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(lines, expected);
}

}  // namespace
}  // namespace emulator::tests
