#include "solvers/operators/activation.h"

#include "core/tensor_dims.h"
#include "solvers/element_types.h"
#include "solvers/elementwise.h"

namespace rdna1conv {
namespace {

using B = ActivationBuffer;

// In the order of kElementTypes.
constexpr std::array kForward{RDNA1CONV_FLOAT_KERNELS("activation_forward_", "_4"),
                              RDNA1CONV_FLOAT_KERNELS("activation_forward_", "_1")};
constexpr std::array kBackward{RDNA1CONV_FLOAT_KERNELS("activation_backward_", "_4"),
                               RDNA1CONV_FLOAT_KERNELS("activation_backward_", "_1")};

// MIOpen's: a base that is not above it counts as zero.
float least_base_of(DataType type) { return type == DataType::kFloat ? 1e-6f : 1e-4f; }

template <class Params, int Tensors>
Launch launch_of(const ActivationProblem& p, const char* kernel,
                 const ElementWalk<Tensors>& elements,
                 std::initializer_list<PointerPatch> pointers) {
  Params params{};
  params.elements = elements.walk;
  params.activation = p.activation;
  params.least_base = least_base_of(p.type);
  Launch launch = make_launch({"activation", kernel}, elements.grid(), {kElementwiseThreads, 1, 1},
                              params, pointers);
  launch.scalars_offset = offsetof(Params, scalars);
  return launch;
}

Launch launch_of(const ActivationProblem& p) {
  const std::size_t type = float_row(p.type).value();
  if (!p.backward) {
    const auto elements =
        make_element_walk<2>(walk_dimensions(p.lengths, {p.x_strides, p.y_strides}));
    return launch_of<ActivationForwardParams>(p, kForward[elements.in_vectors ? 0 : 1][type],
                                              elements,
                                              {{B::kX, offsetof(ActivationForwardParams, x)},
                                               {B::kY, offsetof(ActivationForwardParams, y)}});
  }
  const auto elements = make_element_walk<4>(
      walk_dimensions(p.lengths, {p.x_strides, p.y_strides, p.dy_strides, p.dx_strides}));
  return launch_of<ActivationBackwardParams>(p, kBackward[elements.in_vectors ? 0 : 1][type],
                                             elements,
                                             {{B::kX, offsetof(ActivationBackwardParams, x)},
                                              {B::kY, offsetof(ActivationBackwardParams, y)},
                                              {B::kDy, offsetof(ActivationBackwardParams, dy)},
                                              {B::kDx, offsetof(ActivationBackwardParams, dx)}});
}

std::optional<std::string> refusal(const ActivationProblem& p, const DeviceFacts&) {
  return unless_float_types({p.type});
}

std::vector<Launch> launches(const ActivationProblem& p, const Instance&) { return {launch_of(p)}; }

std::vector<Instance> instances(const ActivationProblem& p, const DeviceFacts& device) {
  const auto elements = static_cast<double>(count_of(p.lengths));
  const double bytes = (p.backward ? 4 : 2) * elements * static_cast<double>(bytes_of(p.type));
  return {{.name = "elements",
           .estimated_clocks = elementwise_clocks(launch_of(p), elements, bytes, device)}};
}

constexpr Solver<ActivationProblem> kSolvers[] = {
    {"Activation", 1, true, refusal, instances, launches}};

}  // namespace

std::span<const Solver<ActivationProblem>> solvers_of(const ActivationProblem&) { return kSolvers; }

}  // namespace rdna1conv
