// call_overhead: what a warm run call costs the host, apart from HIP's launch.
//
//   call_overhead --benchmark_repetitions=9 --benchmark_report_aggregates_only=true
//
// hipModuleLaunchKernel is defined here, in front of HIP's, and does nothing while a benchmark
// runs: all that is left is the library and the HIP look-ups that it makes (what memory a pointer
// is, whether a stream is captured). The device has nothing to do, so the software device is as
// good as a card.
#include <benchmark/benchmark.h>
#include <dlfcn.h>
#include <hip/hip_runtime_api.h>

#include <cstdlib>
#include <string>

#include "core/driver_line.h"
#include "device_memory.h"
#include "miopen_objects.h"

namespace {
bool launches = true;
}  // namespace

extern "C" hipError_t hipModuleLaunchKernel(hipFunction_t f, unsigned gx, unsigned gy, unsigned gz,
                                            unsigned bx, unsigned by, unsigned bz, unsigned lds,
                                            hipStream_t stream, void** arguments, void** extra) {
  if (!launches) return hipSuccess;
  using Function = decltype(&hipModuleLaunchKernel);
  static const auto original =
      reinterpret_cast<Function>(dlsym(RTLD_NEXT, "hipModuleLaunchKernel"));
  return original(f, gx, gy, gz, bx, by, bz, lds, stream, arguments, extra);
}

namespace rdna1conv::bench {
namespace {

// One problem with all that a call takes.
class WarmCall {
 public:
  explicit WarmCall(const char* line)
      : problem_(parse_driver_line(line).problem),
        x_desc_(problem_.x_type, problem_.spatial_dims, problem_.x_lengths(), problem_.x_strides),
        w_desc_(problem_.w_type, problem_.spatial_dims, problem_.w_lengths(), problem_.w_strides),
        y_desc_(problem_.y_type, problem_.spatial_dims, problem_.y_lengths(), problem_.y_strides),
        convolution_(problem_),
        x_(bytes(problem_.x_type, problem_.x_lengths())),
        w_(bytes(problem_.w_type, problem_.w_lengths())),
        y_(bytes(problem_.y_type, problem_.y_lengths())),
        workspace_(kWorkspaceBytes) {
    check_hip(hipStreamCreate(&stream_), "hipStreamCreate");
    check_miopen(miopenSetStream(handle_, stream_), "miopenSetStream");
    check_miopen(forward(), "miopenConvolutionForward");
    check_hip(hipDeviceSynchronize(), "hipDeviceSynchronize");
  }
  ~WarmCall() { static_cast<void>(hipStreamDestroy(stream_)); }
  WarmCall(const WarmCall&) = delete;
  WarmCall& operator=(const WarmCall&) = delete;

  miopenStatus_t forward() {
    return miopenConvolutionForward(handle_, &alpha_, x_desc_, x_.data(), w_desc_, w_.data(),
                                    convolution_, miopenConvolutionFwdAlgoDirect, &beta_, y_desc_,
                                    y_.data(), workspace_.data(), kWorkspaceBytes);
  }
  miopenStatus_t immediate() {
    return miopenConvolutionForwardImmediate(handle_, w_desc_, w_.data(), x_desc_, x_.data(),
                                             convolution_, y_desc_, y_.data(), workspace_.data(),
                                             kWorkspaceBytes, solution_);
  }
  // The best solution with this many launches or, if there is none, any: more launches cost more.
  void choose_solution() {
    miopenConvSolution_t best{};
    std::size_t count = 0;
    check_miopen(miopenConvolutionForwardGetSolution(handle_, w_desc_, x_desc_, convolution_,
                                                     y_desc_, 1, &count, &best),
                 "miopenConvolutionForwardGetSolution");
    solution_ = best.solution_id;
  }

 private:
  static constexpr std::size_t kWorkspaceBytes = std::size_t{32} << 20;
  static std::size_t bytes(DataType type, const FiveDims& lengths) {
    std::size_t elements = 1;
    for (const std::int64_t length : lengths) elements *= static_cast<std::size_t>(length);
    return elements * bytes_of(type);
  }

  ConvProblem problem_;
  MiopenHandle handle_;
  TensorDescriptor x_desc_, w_desc_, y_desc_;
  ConvolutionDescriptor convolution_;
  DeviceMemory x_, w_, y_, workspace_;
  hipStream_t stream_ = nullptr;
  std::uint64_t solution_ = 1;
  float alpha_ = 1, beta_ = 0;
};

constexpr const char* kLine = "conv -n 1 -c 64 -H 14 -W 14 -k 64 -y 3 -x 3 -p 1 -q 1 -F 1";

using Call = miopenStatus_t (WarmCall::*)();

void time_calls(benchmark::State& state, const char* check_pointers, Call call) {
  setenv("RDNA1CONV_CHECK_POINTERS", check_pointers, 1);
  launches = true;
  WarmCall warm(kLine);
  warm.choose_solution();
  check_miopen((warm.*call)(), "warm-up");
  check_hip(hipDeviceSynchronize(), "hipDeviceSynchronize");
  launches = false;
  for (auto _ : state) {
    if ((warm.*call)() != miopenStatusSuccess) state.SkipWithError("the call failed");
  }
  launches = true;
}

BENCHMARK_CAPTURE(time_calls, run, "1", &WarmCall::forward);
BENCHMARK_CAPTURE(time_calls, immediate, "1", &WarmCall::immediate);
BENCHMARK_CAPTURE(time_calls, run_without_pointer_check, "0", &WarmCall::forward);

}  // namespace
}  // namespace rdna1conv::bench

BENCHMARK_MAIN();
