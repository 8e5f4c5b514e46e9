#include "measurement.h"

#include <algorithm>
#include <cmath>
#include <exception>

#include "cpu_convolution.h"
#include "verification.h"

namespace rdna1conv::bench {
namespace {

constexpr std::uint64_t kInputSeed = 1, kFilterSeed = 2;
// Multiply-adds in double precision: about 10 ms for checking the oracle, half a second as oracle.
constexpr double kSpotCheckWork = 2e6, kOracleWork = 2.5e8;
// oneDNN's error must be this much smaller than what it is to judge.
constexpr double kOracleMargin = 0.1;

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

Oracle double_precision_oracle(const ConvProblem& problem, const std::vector<float>& x,
                               const std::vector<float>& w, double work) {
  Oracle oracle{sample_outputs(problem, work), {}};
  oracle.values = double_precision_outputs(problem, x, w, oracle.offsets);
  return oracle;
}

Oracle make_oracle(const ConvProblem& problem, const std::vector<float>& x,
                   const std::vector<float>& w, const MeasureOptions& options,
                   Measurement& measurement) {
  if (options.cpu) {
    CpuResult cpu = run_on_cpu(problem, x, w);
    measurement.cpu_seconds = cpu.seconds;
    measurement.cpu_implementation = cpu.implementation;
    const double error = double_precision_oracle(problem, x, w, kSpotCheckWork).error_of(cpu.y);
    if (error <= kOracleMargin * measurement.tolerance) return {{}, std::move(cpu.y)};
  }
  return double_precision_oracle(problem, x, w, kOracleWork);
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
    const Oracle oracle = make_oracle(problem, x, w, options, measurement);

    convolution->prepare(x, w);
    const InstructionCounts before = read_instruction_counts();
    convolution->run();
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
