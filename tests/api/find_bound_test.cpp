// How much Find times: of each solver a few instances, and no more than 50 ms of a problem whose
// kernels take long. The clock of this test's device is slow enough for a small problem to be one
// (CMakeLists.txt).
#include <gtest/gtest.h>
#include <hip/hip_runtime_api.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include "core/driver_line.h"
#include "miopen_objects.h"

namespace rdna1conv {
namespace {

constexpr double kMostMilliseconds = 50;
constexpr std::size_t kMostOfASolver = 4;

class Memory {
 public:
  explicit Memory(std::size_t bytes) { EXPECT_EQ(hipMalloc(&data_, bytes), hipSuccess); }
  ~Memory() { static_cast<void>(hipFree(data_)); }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  void* get() const { return data_; }

 private:
  void* data_ = nullptr;
};

// Milliseconds of each instance that Find says it has timed, by solver.
std::map<std::string, std::vector<double>> timed_by_find(const char* line, bool exhaustive) {
  setenv("MIOPEN_LOG_LEVEL", "5", 1);
  setenv("MIOPEN_DEBUG_DISABLE_FIND_DB", "1", 1);
  setenv("MIOPEN_FIND_MODE", "1", 1);  // normal: each problem is timed
  const ConvProblem p = parse_driver_line(line).problem;
  const client::MiopenHandle handle;
  const client::TensorDescriptor x_desc(p.x_type, 2, p.x_lengths(), p.x_strides),
      w_desc(p.w_type, 2, p.w_lengths(), p.w_strides),
      y_desc(p.y_type, 2, p.y_lengths(), p.y_strides);
  const client::ConvolutionDescriptor convolution(p);
  constexpr std::size_t kBytes = std::size_t{16} << 20;  // of each tensor, and more
  const Memory x(kBytes), w(kBytes), y(kBytes), workspace(kBytes);
  miopenConvAlgoPerf_t found[8];
  int count = 0;
  testing::internal::CaptureStderr();
  EXPECT_EQ(miopenFindConvolutionForwardAlgorithm(handle, x_desc, x.get(), w_desc, w.get(),
                                                  convolution, y_desc, y.get(), 8, &count, found,
                                                  workspace.get(), kBytes, exhaustive),
            miopenStatusSuccess);
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_GE(count, 1);
  std::map<std::string, std::vector<double>> timed;
  const std::regex row("(\\w+) \\w+: ([0-9.]+) ms\\n");
  for (std::sregex_iterator each(log.begin(), log.end(), row), end; each != end; ++each)
    timed[(*each)[1]].push_back(std::stod((*each)[2]));
  EXPECT_FALSE(timed.empty()) << log;
  return timed;
}

constexpr const char* kLine = "conv -n 1 -c 32 -H 14 -W 14 -k 32 -y 3 -x 3 -p 1 -q 1 -F 1";

TEST(FindBound, FewInstancesOfEachSolverUpToSomeTime) {
  double all = 0, longest = 0;
  for (const auto& [solver, milliseconds] : timed_by_find(kLine, false)) {
    EXPECT_LE(milliseconds.size(), kMostOfASolver) << solver;
    for (const double each : milliseconds) {
      all += each;
      longest = std::max(longest, each);
    }
  }
  // One that takes longer than 5 ms runs once. The last one may end after the time is over.
  EXPECT_GT(longest, 5);
  EXPECT_LT(all - longest, kMostMilliseconds);
}

TEST(FindBound, SearchTimesAll) {
  double all = 0;
  std::size_t most = 0;
  for (const auto& [solver, milliseconds] : timed_by_find(kLine, true)) {
    most = std::max(most, milliseconds.size());
    for (const double each : milliseconds) all += each;
  }
  EXPECT_GT(most, kMostOfASolver);
  EXPECT_GT(all, kMostMilliseconds);
}

}  // namespace
}  // namespace rdna1conv
