// printf from kernels: HIP's hostcall service over fine-grained memory and signals.
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
