#include "solvers/operators/dropout.h"

#include "core/tensor_dims.h"
#include "solvers/element_types.h"
#include "solvers/elementwise.h"

namespace rdna1conv {
namespace {

using B = DropoutBuffer;
constexpr const char* kFamily = "dropout";

// In the order of kElementTypes: in vectors, one by one.
constexpr std::array kKernels{RDNA1CONV_FLOAT_KERNELS("dropout_", "_4"),
                              RDNA1CONV_FLOAT_KERNELS("dropout_", "_1")};

Launch seed_launch() {
  Launch launch = make_launch({kFamily, "dropout_seed"}, {1, 1, 1}, {1, 1, 1}, DropoutSeedParams{},
                              {{B::kStates, offsetof(DropoutSeedParams, states)}});
  launch.scalars_offset = offsetof(DropoutSeedParams, value);
  return launch;
}

Launch apply_launch(const DropoutProblem& p) {
  const auto elements = make_element_walk<3>(walk_dimensions(
      p.lengths, {packed_strides(p.lengths, Layout::kNchw), p.x_strides, p.y_strides}));
  DropoutParams params{};
  params.elements = elements.walk;
  params.mask_use = p.mask;
  Launch launch =
      make_launch({kFamily, kKernels[elements.in_vectors ? 0 : 1][float_row(p.type).value()]},
                  elements.grid(), {kElementwiseThreads, 1, 1}, params,
                  {{B::kX, offsetof(DropoutParams, x)}, {B::kY, offsetof(DropoutParams, y)}});
  if (p.mask != DropoutMask::kNone)
    launch.pointers[launch.pointer_count++] = {B::kMask, offsetof(DropoutParams, mask)};
  if (p.mask != DropoutMask::kRead)
    launch.pointers[launch.pointer_count++] = {B::kStates, offsetof(DropoutParams, states)};
  launch.scalars_offset = offsetof(DropoutParams, scalars);
  return launch;
}

Launch launch_of(const DropoutProblem& p) {
  return p.function == DropoutFunction::kSeed ? seed_launch() : apply_launch(p);
}

std::optional<std::string> refusal(const DropoutProblem& p, const DeviceFacts&) {
  return p.function == DropoutFunction::kSeed ? std::nullopt : unless_float_types({p.type});
}

std::vector<Launch> launches(const DropoutProblem& p, const Instance&) { return {launch_of(p)}; }

std::vector<Instance> instances(const DropoutProblem& p, const DeviceFacts& device) {
  const auto elements = static_cast<double>(count_of(p.lengths));
  const double bytes = elements * (2 * static_cast<double>(bytes_of(p.type)) +
                                   (p.mask == DropoutMask::kNone ? 0 : 1));
  return {{.name = p.function == DropoutFunction::kSeed ? "seed" : "elements",
           .estimated_clocks = elementwise_clocks(launch_of(p), elements, bytes, device)}};
}

constexpr Solver<DropoutProblem> kSolvers[] = {{"Dropout", 1, true, refusal, instances, launches}};

}  // namespace

std::span<const Solver<DropoutProblem>> solvers_of(const DropoutProblem&) { return kSolvers; }

}  // namespace rdna1conv
