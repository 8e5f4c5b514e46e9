#include "solvers/operators/adam.h"

#include "solvers/element_types.h"
#include "solvers/elementwise.h"

namespace rdna1conv {
namespace {

using B = AdamBuffer;
constexpr const char* kFamily = "adam";
constexpr auto kKernels = RDNA1CONV_FLOAT_KERNELS("adam_", "");

Launch step_launch(const AdamProblem& p) {
  AdamParams params{};
  params.count = static_cast<std::uint64_t>(p.elements);
  params.gradient_is_half = p.gradient_is_half;
  params.is_transformers = p.is_transformers;
  params.uses_largest = p.uses_largest;
  params.maximizes = p.maximizes;
  params.decays_values = p.decays_values;
  params.corrects_bias = p.corrects_bias;
  const std::int64_t workgroups =
      std::min(divide_up(p.elements, std::int64_t{kAdamThreads * kAdamVector}),
               std::int64_t{kAdamWorkgroups});
  params.workgroups = to_u32(workgroups);
  Launch launch = make_launch({kFamily, kKernels[float_row(p.type).value()]},
                              {params.workgroups, 1, 1}, {kAdamThreads, 1, 1}, params,
                              {{B::kValues, offsetof(AdamParams, values)},
                               {B::kGradient, offsetof(AdamParams, gradient)},
                               {B::kMean, offsetof(AdamParams, mean)},
                               {B::kSquare, offsetof(AdamParams, square)},
                               {B::kLargest, offsetof(AdamParams, largest)},
                               {B::kNewValues, offsetof(AdamParams, new_values)},
                               {B::kNewMean, offsetof(AdamParams, new_mean)},
                               {B::kNewSquare, offsetof(AdamParams, new_square)},
                               {B::kNewLargest, offsetof(AdamParams, new_largest)},
                               {B::kNewHalf, offsetof(AdamParams, new_half)}});
  launch.scalars_offset = offsetof(AdamParams, scalars);
  return launch;
}

Launch count_launch() {
  return make_launch({kFamily, "adam_count_step"}, {1, 1, 1}, {32, 1, 1}, AdamStepParams{},
                     {{B::kSteps, offsetof(AdamStepParams, done_steps)},
                      {B::kFoundInfinity, offsetof(AdamStepParams, found_infinity)},
                      {B::kNewSteps, offsetof(AdamStepParams, new_steps)}});
}

std::optional<std::string> refusal(const AdamProblem& p, const DeviceFacts&) {
  return unless_float_types({p.type});
}

std::vector<Launch> launches(const AdamProblem& p, const Instance&) {
  if (!p.counts_steps) return {step_launch(p)};
  return {step_launch(p), count_launch()};
}

std::vector<Instance> instances(const AdamProblem& p, const DeviceFacts& device) {
  const double tensors = p.uses_largest ? 9 : 7;
  const auto elements = static_cast<double>(p.elements);
  return {{.name = "elements",
           .estimated_clocks = elementwise_clocks(
               step_launch(p), elements, tensors * elements * static_cast<double>(bytes_of(p.type)),
               device)}};
}

constexpr Solver<AdamProblem> kSolvers[] = {{"Adam", 1, true, refusal, instances, launches}};

}  // namespace

std::span<const Solver<AdamProblem>> solvers_of(const AdamProblem&) { return kSolvers; }

}  // namespace rdna1conv
