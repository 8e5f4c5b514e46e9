// call_overhead: what a warm run call costs the host, apart from HIP's launch, and what a problem's
// first plan costs.
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
#include <ctime>
#include <string>

#include "bench/device_memory.h"
#include "client/miopen_objects.h"
#include "core/driver_line.h"

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

using client::check_miopen;

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
  ~WarmCall() {
    if (found_ != nullptr) static_cast<void>(miopenDestroySolution(found_));
    if (plan_ != nullptr) static_cast<void>(miopenDestroyFusionPlan(plan_));
    if (args_ != nullptr) static_cast<void>(miopenDestroyOperatorArgs(args_));
    static_cast<void>(hipStreamDestroy(stream_));
  }
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
  // The best solution by Find 2.0, which call is timed by run_solution().
  miopenStatus_t run_solution() {
    const miopenTensorArgument_t tensors[] = {{miopenTensorConvolutionX, nullptr, x_.data()},
                                              {miopenTensorConvolutionW, nullptr, w_.data()},
                                              {miopenTensorConvolutionY, nullptr, y_.data()}};
    return miopenRunSolution(handle_, found_, 3, tensors, workspace_.data(), kWorkspaceBytes);
  }
  // A fusion plan with an activation.
  miopenStatus_t execute_plan() {
    return miopenExecuteFusionPlan(handle_, plan_, x_desc_, x_.data(), y_desc_, y_.data(), args_);
  }
  void prepare_find2_and_fusion() {
    miopenProblem_t problem;
    check_miopen(miopenCreateConvProblem(&problem, convolution_, miopenProblemDirectionForward),
                 "miopenCreateConvProblem");
    const miopenTensorDescriptor_t tensors[] = {x_desc_, w_desc_, y_desc_};
    for (unsigned i = 0; i < 3; ++i) {
      check_miopen(miopenSetProblemTensorDescriptor(
                       problem, static_cast<miopenTensorArgumentId_t>(i + 1), tensors[i]),
                   "miopenSetProblemTensorDescriptor");
    }
    check_miopen(miopenFindSolutions(handle_, problem, nullptr, &found_, nullptr, 1),
                 "miopenFindSolutions");
    check_miopen(miopenDestroyProblem(problem), "miopenDestroyProblem");
    miopenFusionOpDescriptor_t conv_op, activation_op;
    check_miopen(miopenCreateFusionPlan(&plan_, miopenVerticalFusion, x_desc_),
                 "miopenCreateFusionPlan");
    check_miopen(miopenCreateOpConvForward(plan_, &conv_op, convolution_, w_desc_),
                 "miopenCreateOpConvForward");
    check_miopen(miopenCreateOpActivationForward(plan_, &activation_op, miopenActivationRELU),
                 "miopenCreateOpActivationForward");
    check_miopen(miopenCompileFusionPlan(handle_, plan_), "miopenCompileFusionPlan");
    check_miopen(miopenCreateOperatorArgs(&args_), "miopenCreateOperatorArgs");
    check_miopen(miopenSetOpArgsConvForward(args_, conv_op, nullptr, nullptr, w_.data()),
                 "miopenSetOpArgsConvForward");
    check_miopen(miopenSetOpArgsActivForward(args_, activation_op, nullptr, nullptr, 0, 0, 0),
                 "miopenSetOpArgsActivForward");
  }

  // For immediate(): the best one.
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
  client::MiopenHandle handle_;
  client::TensorDescriptor x_desc_, w_desc_, y_desc_;
  client::ConvolutionDescriptor convolution_;
  DeviceMemory x_, w_, y_, workspace_;
  hipStream_t stream_ = nullptr;
  std::uint64_t solution_ = 1;
  miopenSolution_t found_ = nullptr;
  miopenFusionPlanDescriptor_t plan_ = nullptr;
  miopenOperatorArgs_t args_ = nullptr;
  float alpha_ = 1, beta_ = 0;
};

// Of this thread: what others do on this machine does not count.
double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// What the first call of a problem pays for its plan in immediate mode, without any database: each
// time one of other image sizes, so that the handle does not know it.
void first_plan(benchmark::State& state, const char* options) {
  setenv("MIOPEN_DEBUG_DISABLE_FIND_DB", "1", 1);
  client::MiopenHandle handle;
  std::int64_t number = 0;
  for (auto _ : state) {
    const std::int64_t height = 8 + number % 2000, width = 8 + number / 2000;
    ++number;
    const ConvProblem problem = parse_driver_line("conv -H " + std::to_string(height) + " -W " +
                                                  std::to_string(width) + " " + options)
                                    .problem;
    const client::TensorDescriptor x(problem.x_type, 2, problem.x_lengths(), problem.x_strides),
        w(problem.w_type, 2, problem.w_lengths(), problem.w_strides),
        y(problem.y_type, 2, problem.y_lengths(), problem.y_strides);
    const client::ConvolutionDescriptor convolution(problem);
    miopenConvSolution_t best{};
    std::size_t count = 0;
    const double start = thread_seconds();
    if (miopenConvolutionForwardGetSolution(handle, w, x, convolution, y, 1, &count, &best) !=
        miopenStatusSuccess) {
      state.SkipWithError("there is no solution");
    }
    state.SetIterationTime(thread_seconds() - start);
  }
}

BENCHMARK_CAPTURE(first_plan, 1x1, "-n 1 -c 256 -k 64 -y 1 -x 1 -p 0 -q 0 -F 1")->UseManualTime();
BENCHMARK_CAPTURE(first_plan, 3x3, "-n 1 -c 64 -k 64 -y 3 -x 3 -p 1 -q 1 -F 1")->UseManualTime();
BENCHMARK_CAPTURE(first_plan, depthwise, "-n 1 -c 64 -k 64 -g 64 -y 3 -x 3 -p 1 -q 1 -F 1")
    ->UseManualTime();

constexpr const char* kLine = "conv -n 1 -c 64 -H 14 -W 14 -k 64 -y 3 -x 3 -p 1 -q 1 -F 1";

using Call = miopenStatus_t (WarmCall::*)();

using Preparation = void (WarmCall::*)();

void time_calls(benchmark::State& state, const char* check_pointers, Preparation prepare,
                Call call) {
  setenv("RDNA1CONV_CHECK_POINTERS", check_pointers, 1);
  setenv("MIOPEN_DEBUG_DISABLE_FIND_DB", "1", 1);  // the user's is none of a benchmark's business
  launches = true;
  WarmCall warm(kLine);
  (warm.*prepare)();
  check_miopen((warm.*call)(), "warm-up");
  check_hip(hipDeviceSynchronize(), "hipDeviceSynchronize");
  launches = false;
  for (auto _ : state) {
    if ((warm.*call)() != miopenStatusSuccess) state.SkipWithError("the call failed");
  }
  launches = true;
}

BENCHMARK_CAPTURE(time_calls, run, "1", &WarmCall::choose_solution, &WarmCall::forward);
BENCHMARK_CAPTURE(time_calls, immediate, "1", &WarmCall::choose_solution, &WarmCall::immediate);
BENCHMARK_CAPTURE(time_calls, run_without_pointer_check, "0", &WarmCall::choose_solution,
                  &WarmCall::forward);
BENCHMARK_CAPTURE(time_calls, find2_solution, "1", &WarmCall::prepare_find2_and_fusion,
                  &WarmCall::run_solution);
BENCHMARK_CAPTURE(time_calls, fusion_plan, "1", &WarmCall::prepare_find2_and_fusion,
                  &WarmCall::execute_plan);

}  // namespace
}  // namespace rdna1conv::bench

BENCHMARK_MAIN();
