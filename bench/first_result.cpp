// first_result: time from the start of a process to the first result of a convolution in it.
//
// Each iteration starts this program again, which creates a handle, runs one small convolution
// without Find and waits for it. The counters say when each step was done, in milliseconds since
// the start: HIP up (which compiles HIP's own fill and copy kernels), handle created, call
// returned, result there; and what processor time the process took until HIP was up and in all. On
// the software device, loading code and the last step are emulation.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <hip/hip_runtime_api.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <stdexcept>
#include <string>

#include "bench/device_memory.h"
#include "bench/processor_time.h"
#include "client/miopen_objects.h"
#include "core/driver_line.h"

namespace rdna1conv::bench {
namespace {

using client::check_miopen;

using Clock = std::chrono::steady_clock;  // CLOCK_MONOTONIC: the same in all processes

constexpr const char* kChildArgument = "--child";
constexpr const char* kLine = "conv -n 1 -c 64 -H 14 -W 14 -k 64 -y 3 -x 3 -p 1 -q 1 -F 1";

enum Step { kHipUp, kHandleCreated, kCallReturned, kResultThere, kSteps };
constexpr const char* kStepNames[] = {"hip_ms", "handle_ms", "call_ms", "result_ms"};

struct Times {
  Clock::time_point steps[kSteps];
  double hip_seconds = 0, seconds = 0;  // of processor time
};

// The child: does the work and writes the times to standard output.
int report_times() {
  Times times;
  const DeviceMemory memory(std::size_t{1} << 20);
  check_hip(hipMemset(memory.data(), 0, std::size_t{1} << 20), "hipMemset");
  check_hip(hipDeviceSynchronize(), "hipDeviceSynchronize");
  times.steps[kHipUp] = Clock::now();
  times.hip_seconds = processor_seconds();
  const ConvProblem p = parse_driver_line(kLine).problem;
  const client::MiopenHandle handle;
  times.steps[kHandleCreated] = Clock::now();
  const client::TensorDescriptor x(p.x_type, 2, p.x_lengths(), p.x_strides);
  const client::TensorDescriptor w(p.w_type, 2, p.w_lengths(), p.w_strides);
  const client::TensorDescriptor y(p.y_type, 2, p.y_lengths(), p.y_strides);
  const client::ConvolutionDescriptor convolution(p);
  auto* const floats = static_cast<float*>(memory.data());
  constexpr std::size_t kPart = std::size_t{1} << 16;  // more than each tensor has elements
  const float alpha = 1, beta = 0;
  check_miopen(miopenConvolutionForward(handle, &alpha, x, floats, w, floats + kPart, convolution,
                                        miopenConvolutionFwdAlgoDirect, &beta, y,
                                        floats + 2 * kPart, nullptr, 0),
               "miopenConvolutionForward");
  times.steps[kCallReturned] = Clock::now();
  check_hip(hipDeviceSynchronize(), "hipDeviceSynchronize");
  times.steps[kResultThere] = Clock::now();
  times.seconds = processor_seconds();
  return write(STDOUT_FILENO, &times, sizeof times) == sizeof times ? 0 : 1;
}

Times times_of_child() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  std::string program = "/proc/self/exe", argument = kChildArgument;
  char* const arguments[] = {program.data(), argument.data(), nullptr};
  pid_t child = 0;
  const int error = posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  Times times;
  const bool is_read = error == 0 && read(ends[0], &times, sizeof times) == sizeof times;
  close(ends[0]);
  int status = 1;
  if (error == 0) waitpid(child, &status, 0);
  if (!is_read || status != 0) throw std::runtime_error("the process that was started failed");
  return times;
}

void first_result(benchmark::State& state) {
  double sums[kSteps] = {}, hip_seconds = 0, seconds = 0;
  for (auto _ : state) {
    const Clock::time_point start = Clock::now();
    const Times times = times_of_child();
    for (int step = 0; step < kSteps; ++step) {
      sums[step] += std::chrono::duration<double>(times.steps[step] - start).count();
    }
    hip_seconds += times.hip_seconds;
    seconds += times.seconds;
    state.SetIterationTime(
        std::chrono::duration<double>(times.steps[kResultThere] - start).count());
  }
  const double to_mean = 1e3 / static_cast<double>(state.iterations());
  for (int step = 0; step < kSteps; ++step) state.counters[kStepNames[step]] = sums[step] * to_mean;
  state.counters["hip_cpu_ms"] = hip_seconds * to_mean;
  state.counters["cpu_ms"] = seconds * to_mean;
}
BENCHMARK(first_result)->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(20);

}  // namespace
}  // namespace rdna1conv::bench

int main(int count, char** arguments) {
  try {
    if (count == 2 && std::strcmp(arguments[1], rdna1conv::bench::kChildArgument) == 0) {
      return rdna1conv::bench::report_times();
    }
    benchmark::Initialize(&count, arguments);
    if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 1;
    benchmark::RunSpecifiedBenchmarks();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "first_result: %s\n", error.what());
    return 1;
  }
  return 0;
}
