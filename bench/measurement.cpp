#include "measurement.h"

#include <algorithm>
#include <cmath>
#include <exception>

#include "cpu_convolution.h"
#include "verification.h"

namespace rdna1conv::bench {
namespace {

constexpr std::uint64_t kInputSeed = 1, kFilterSeed = 2;
// Up to here every output is computed in double precision; a few seconds on two cores.
constexpr double kExactFlops = 20e9;
// Multiply-adds of a sample in double precision; about 0.1 s.
constexpr double kSampleWork = 1e8;
// A judge may itself be off by this much of the tolerance.
constexpr double kJudgeMargin = 0.5;

// What a result is compared with: values at offsets into y, all of y if `offsets` is empty.
struct Oracle {
  std::vector<std::int64_t> offsets;
  std::vector<float> values;

  double error_of(const std::vector<float>& y) const {
    // A sample could miss an element that was never written.
    const auto finite = [](float value) { return std::isfinite(value); };
    if (!std::ranges::all_of(y, finite)) return std::nan("");
    return offsets.empty() ? rms_range(values, y) : rms_range(values, gather(y, offsets));
  }
};

// `cpu_y` is oneDNN's result, or empty.
Oracle make_oracle(const ConvProblem& problem, const std::vector<float>& x,
                   const std::vector<float>& w, std::vector<float> cpu_y, double tolerance) {
  if (problem.direct_flops() <= kExactFlops) {
    return {{}, double_precision_outputs(problem, x, w)};
  }
  Oracle sample{sample_outputs(problem, kSampleWork), {}};
  sample.values = double_precision_outputs(problem, x, w, sample.offsets);
  if (!cpu_y.empty() && sample.error_of(cpu_y) <= kJudgeMargin * tolerance) {
    return {{}, std::move(cpu_y)};
  }
  return sample;
}

}  // namespace

MeasuredLayer measure(MiopenHandle& handle, const BenchDevice& device, const Layer& layer,
                      const MeasureOptions& options) {
  const ConvProblem& problem = layer.problem;
  MeasuredLayer layer_result;
  Measurement& measurement = layer_result.measurement;
  measurement.tolerance = kToleranceFp32;
  const std::string& solver_name =
      layer.solver_name.empty() ? options.solver_name : layer.solver_name;
  try {
    auto convolution = std::make_unique<GpuConvolution>(handle, problem, device.facts, solver_name);
    measurement.solver = convolution->solver();
    measurement.instance = convolution->instance();

    const auto x = random_values(problem.n * problem.c * problem.in.volume(), kInputSeed);
    const FiveDims w_lengths = problem.w_lengths();
    const auto w =
        random_values(w_lengths[0] * w_lengths[1] * problem.filter.volume(), kFilterSeed);
    CpuResult cpu;
    if (options.cpu) {
      cpu = run_on_cpu(problem, x, w);
      measurement.cpu_seconds = cpu.seconds;
      measurement.cpu_implementation = cpu.implementation;
    }
    const Oracle oracle = make_oracle(problem, x, w, std::move(cpu.y), measurement.tolerance);

    convolution->prepare(x, w);
    const InstructionCounts before = read_instruction_counts();
    if (device.clock) {
      take_first_stall();
      capture_profile(options.profile);
      measurement.gpu_seconds = convolution->timed_runs(1);
      measurement.first_stall = take_first_stall();
      if (options.profile) measurement.profile = take_profile();
    } else {
      convolution->run();
    }
    const std::vector<float> y = convolution->result();
    const InstructionCounts after = read_instruction_counts();
    measurement.instructions = {after.wave_instructions - before.wave_instructions,
                                after.fma - before.fma};
    measurement.error = oracle.error_of(y);
    // A comparison with NaN is false.
    const bool right = measurement.error <= measurement.tolerance;
    measurement.outcome = right ? Outcome::kVerified : Outcome::kWrong;
    layer_result.convolution = std::move(convolution);
  } catch (const NoSolver& refusal) {
    measurement.outcome = Outcome::kNoSolver;
    measurement.reason = refusal.what();
  } catch (const std::exception& error) {
    measurement.outcome = Outcome::kFailed;
    measurement.reason = error.what();
  }
  return layer_result;
}

}  // namespace rdna1conv::bench
