#include "solvers/operators/gates.h"

#include "core/tensor_dims.h"
#include "params/gates.h"
#include "solvers/element_types.h"
#include "solvers/elementwise.h"

namespace rdna1conv {
namespace {

using B = GateBuffer;
constexpr const char* kFamily = "gates";
constexpr Extent3 kBlock{kElementwiseThreads, 1, 1};

// In the order of kElementTypes: in vectors, one by one.
constexpr std::array kForward{RDNA1CONV_FLOAT_KERNELS("glu_forward_", "_4"),
                              RDNA1CONV_FLOAT_KERNELS("glu_forward_", "_1")};
constexpr std::array kBackward{RDNA1CONV_FLOAT_KERNELS("glu_backward_", "_4"),
                               RDNA1CONV_FLOAT_KERNELS("glu_backward_", "_1")};
constexpr auto kRope = RDNA1CONV_FLOAT_KERNELS("rope_", "");

Launch glu_launch(const GluProblem& p) {
  const std::size_t type = float_row(p.type).value();
  if (p.backward) {
    const auto elements =
        make_element_walk<3>(walk_dimensions(p.lengths, {p.x_strides, p.y_strides, p.dx_strides}));
    GluBackwardParams params{};
    params.elements = elements.walk;
    params.x_half = static_cast<std::uint64_t>(p.x_half);
    params.dx_half = static_cast<std::uint64_t>(p.dx_half);
    return make_launch({kFamily, kBackward[elements.in_vectors ? 0 : 1][type]}, elements.grid(),
                       kBlock, params,
                       {{B::kX, offsetof(GluBackwardParams, x)},
                        {B::kDy, offsetof(GluBackwardParams, dy)},
                        {B::kY, offsetof(GluBackwardParams, dx)}});
  }
  const auto elements =
      make_element_walk<2>(walk_dimensions(p.lengths, {p.x_strides, p.y_strides}));
  GluForwardParams params{};
  params.elements = elements.walk;
  params.x_half = static_cast<std::uint64_t>(p.x_half);
  return make_launch(
      {kFamily, kForward[elements.in_vectors ? 0 : 1][type]}, elements.grid(), kBlock, params,
      {{B::kX, offsetof(GluForwardParams, x)}, {B::kY, offsetof(GluForwardParams, y)}});
}

std::optional<std::string> glu_refusal(const GluProblem& p, const DeviceFacts&) {
  return unless_float_types({p.type});
}
std::vector<Launch> glu_launches(const GluProblem& p, const Instance&) { return {glu_launch(p)}; }
std::vector<Instance> glu_instances(const GluProblem& p, const DeviceFacts& device) {
  const double elements = (p.backward ? 5 : 3) * static_cast<double>(count_of(p.lengths));
  return {{.name = "elements",
           .estimated_clocks = elementwise_clocks(
               glu_launch(p), elements, elements * static_cast<double>(bytes_of(p.type)), device)}};
}

Launch rope_launch(const RopeProblem& p) {
  RopeParams params{};
  params.pairs = to_u32(p.elements / 2);
  params.period = make_fast_division(to_u32(p.period / 2));
  params.is_backward = p.backward;
  return make_launch({kFamily, kRope[float_row(p.type).value()]},
                     {divide_up(params.pairs, kElementwiseThreads * kElementwiseSteps), 1, 1},
                     kBlock, params,
                     {{B::kX, offsetof(RopeParams, x)},
                      {B::kCos, offsetof(RopeParams, cos)},
                      {B::kSin, offsetof(RopeParams, sin)},
                      {B::kY, offsetof(RopeParams, y)}});
}

std::optional<std::string> rope_refusal(const RopeProblem& p, const DeviceFacts&) {
  if (auto reason = unless_float_types({p.type})) return reason;
  if (p.elements / 2 >= kWalkCountLimit) return "there are 2^31 pairs";
  return std::nullopt;
}
std::vector<Launch> rope_launches(const RopeProblem& p, const Instance&) {
  return {rope_launch(p)};
}
std::vector<Instance> rope_instances(const RopeProblem& p, const DeviceFacts& device) {
  const double elements = 2 * static_cast<double>(p.elements);
  return {
      {.name = "pairs",
       .estimated_clocks = elementwise_clocks(
           rope_launch(p), elements, elements * static_cast<double>(bytes_of(p.type)), device)}};
}

constexpr Solver<GluProblem> kGluSolvers[] = {
    {"Glu", 1, true, glu_refusal, glu_instances, glu_launches}};
constexpr Solver<RopeProblem> kRopeSolvers[] = {
    {"Rope", 1, true, rope_refusal, rope_instances, rope_launches}};

}  // namespace

std::span<const Solver<GluProblem>> solvers_of(const GluProblem&) { return kGluSolvers; }
std::span<const Solver<RopeProblem>> solvers_of(const RopeProblem&) { return kRopeSolvers; }

}  // namespace rdna1conv
