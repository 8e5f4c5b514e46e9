#include "solvers/operators/softmax.h"

#include "core/tensor_dims.h"
#include "solvers/element_types.h"
#include "solvers/elementwise.h"
#include "solvers/groups.h"

namespace rdna1conv {
namespace {

using B = SoftmaxBuffer;

// Rows of kLayoutNames. In the order of kElementTypes.
constexpr std::array kForward{RDNA1CONV_FLOAT_KERNELS("softmax_forward_", "_rows4"),
                              RDNA1CONV_FLOAT_KERNELS("softmax_forward_", "_rows1"),
                              RDNA1CONV_FLOAT_KERNELS("softmax_forward_", "_columns4"),
                              RDNA1CONV_FLOAT_KERNELS("softmax_forward_", "_columns1"),
                              RDNA1CONV_FLOAT_KERNELS("softmax_forward_", "_held2"),
                              RDNA1CONV_FLOAT_KERNELS("softmax_forward_", "_held8")};
constexpr std::array kBackward{RDNA1CONV_FLOAT_KERNELS("softmax_backward_", "_rows4"),
                               RDNA1CONV_FLOAT_KERNELS("softmax_backward_", "_rows1"),
                               RDNA1CONV_FLOAT_KERNELS("softmax_backward_", "_columns4"),
                               RDNA1CONV_FLOAT_KERNELS("softmax_backward_", "_columns1"),
                               RDNA1CONV_FLOAT_KERNELS("softmax_backward_", "_held2"),
                               RDNA1CONV_FLOAT_KERNELS("softmax_backward_", "_held8")};
constexpr const char* kLayoutNames[] = {kGroupLayoutNames[0],
                                        kGroupLayoutNames[1],
                                        kGroupLayoutNames[2],
                                        kGroupLayoutNames[3],
                                        "held2",
                                        "held8"};
constexpr std::size_t kRows4 = 0, kFew = 4, kMany = 5;

// Its row is one of kLayoutNames.
GroupLayout layout_of(const SoftmaxProblem& p) {
  const bool image = p.of_channels;
  const std::array<bool, 5> of_groups{true, false, image, image, image},
      of_members{false, true, !image, !image, !image};
  const auto walk = [&](const std::array<bool, 5>& takes) {
    return p.backward ? walk_dimensions(p.lengths, {p.y_strides, p.dy_strides, p.dx_strides}, takes)
                      : walk_dimensions(p.lengths, {p.x_strides, p.y_strides}, takes);
  };
  GroupLayout layout = lay_out_groups(walk(of_groups), walk(of_members), p.backward ? 3 : 2, false,
                                      bytes_of(p.type));
  const std::int64_t vectors = count_of(layout.members);
  if (layout.row == kRows4 && vectors <= kManyHeld * 32) {
    layout.row = vectors <= kFewHeld * 32 ? kFew : kMany;
    layout.workgroups = to_u32(divide_up(count_of(layout.groups), std::int64_t{kHeldGroups}));
  }
  return layout;
}

template <class Params, int Tensors>
Launch launch_with(const SoftmaxProblem& p, const char* kernel, const GroupLayout& layout,
                   std::initializer_list<PointerPatch> pointers) {
  Params params{};
  params.groups = make_walk<Tensors>(layout.groups);
  params.members = make_walk<Tensors>(layout.members);
  params.column_shift = layout.column_shift;
  params.is_log = p.is_log;
  Launch launch = make_launch({"softmax", kernel}, {layout.workgroups, 1, 1}, {kGroupThreads, 1, 1},
                              params, pointers);
  launch.scalars_offset = offsetof(Params, scalars);
  return launch;
}

Launch launch_of(const SoftmaxProblem& p) {
  const GroupLayout layout = layout_of(p);
  const std::size_t type = float_row(p.type).value();
  if (p.backward) {
    return launch_with<SoftmaxBackwardParams, 3>(p, kBackward[layout.row][type], layout,
                                                 {{B::kY, offsetof(SoftmaxBackwardParams, y)},
                                                  {B::kDy, offsetof(SoftmaxBackwardParams, dy)},
                                                  {B::kDx, offsetof(SoftmaxBackwardParams, dx)}});
  }
  return launch_with<SoftmaxForwardParams, 2>(
      p, kForward[layout.row][type], layout,
      {{B::kX, offsetof(SoftmaxForwardParams, x)}, {B::kY, offsetof(SoftmaxForwardParams, y)}});
}

std::optional<std::string> refusal(const SoftmaxProblem& p, const DeviceFacts&) {
  if (auto reason = unless_float_types({p.type})) return reason;
  const GroupLayout layout = layout_of(p);
  if (!fits_walk(layout.groups) || !fits_walk(layout.members))
    return "there are 2^31 groups or elements of one, or elements lie 2^32 apart";
  return std::nullopt;
}

std::vector<Launch> launches(const SoftmaxProblem& p, const Instance&) { return {launch_of(p)}; }

std::vector<Instance> instances(const SoftmaxProblem& p, const DeviceFacts& device) {
  const auto elements = static_cast<double>(count_of(p.lengths));
  const double bytes = (p.backward ? 3 : 2) * elements * static_cast<double>(bytes_of(p.type));
  return {{.name = kLayoutNames[layout_of(p).row],
           .estimated_clocks = elementwise_clocks(launch_of(p), 2 * elements, bytes, device)}};
}

constexpr Solver<SoftmaxProblem> kSolvers[] = {{"Softmax", 1, true, refusal, instances, launches}};

}  // namespace

std::span<const Solver<SoftmaxProblem>> solvers_of(const SoftmaxProblem&) { return kSolvers; }

}  // namespace rdna1conv
