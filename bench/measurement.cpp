#include "bench/measurement.h"

#include <exception>

#include "bench/cpu_convolution.h"
#include "bench/oracle.h"
#include "reference/tolerance.h"

namespace rdna1conv::bench {
namespace {

// By the software device's clock.
void take_modelled_time(GpuConvolution& convolution, const MeasureOptions& options,
                        Measurement& measurement) {
  take_first_stall();
  take_time_spent();
  capture_profile(options.profile);
  capture_range(options.range);
  measurement.gpu_seconds = convolution.timed_runs(1);
  measurement.first_stall = take_first_stall();
  measurement.spent = take_time_spent();
  if (options.profile) measurement.profile = take_profile();
  if (options.range) measurement.gpu_range = take_range();
}

}  // namespace

MeasuredLayer measure(const BenchDevice& device, const Layer& layer,
                      const MeasureOptions& options) {
  const ConvProblem& problem = layer.problem;
  MeasuredLayer layer_result;
  Measurement& measurement = layer_result.measurement;
  const std::string& solver_name =
      layer.solver_name.empty() ? options.solver_name : layer.solver_name;
  try {
    auto convolution = std::make_unique<GpuConvolution>(problem, device.facts, solver_name);
    measurement.solver = convolution->solver();
    measurement.instance = convolution->instance();

    if (options.times_only) {
      convolution->prepare_constant(problem);
      if (device.clock) take_modelled_time(*convolution, options, measurement);
      measurement.outcome = Outcome::kTimed;
      layer_result.convolution = std::move(convolution);
      return layer_result;
    }

    ConvCase inputs = draw_inputs(problem);
    measurement.tolerance = tolerance_of(inputs.problem, convolution->algorithm()).rms;
    std::optional<CpuResult> cpu;
    if (options.cpu) cpu = run_on_cpu(problem, inputs);
    if (cpu) {
      measurement.cpu_seconds = cpu->seconds;
      measurement.cpu_implementation = cpu->implementation;
    }
    const Oracle oracle =
        problem.epilogue == Epilogue{}
            ? make_oracle(inputs, cpu ? std::move(cpu->values) : std::vector<double>(),
                          measurement.tolerance)
            : make_fused_oracle(inputs, scalars_for(problem, true));

    convolution->prepare(inputs);
    const InstructionCounts before = read_instruction_counts();
    if (device.clock) {
      take_modelled_time(*convolution, options, measurement);
    } else {
      convolution->run();
    }
    const std::vector<double> result = convolution->result();
    const InstructionCounts after = read_instruction_counts();
    measurement.instructions = {after.wave_instructions - before.wave_instructions,
                                after.fma - before.fma};
    measurement.error = oracle.error_of(result);
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
