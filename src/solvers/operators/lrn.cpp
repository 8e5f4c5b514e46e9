#include "solvers/operators/lrn.h"

#include "core/tensor_dims.h"
#include "solvers/element_types.h"
#include "solvers/elementwise.h"

namespace rdna1conv {
namespace {

using B = LrnBuffer;

// In the order of kElementTypes: across channels, within one.
constexpr std::array kForward{RDNA1CONV_FLOAT_KERNELS("lrn_forward_", "_cross"),
                              RDNA1CONV_FLOAT_KERNELS("lrn_forward_", "_within")};
constexpr std::array kBackward{RDNA1CONV_FLOAT_KERNELS("lrn_backward_", "_cross"),
                               RDNA1CONV_FLOAT_KERNELS("lrn_backward_", "_within")};

void set_strides(std::uint64_t (&to)[4], const FiveDims& strides) {
  constexpr std::size_t kPlaces[] = {0, 1, 3, 4};  // no depth
  for (std::size_t i = 0; i < 4; ++i) to[i] = static_cast<std::uint64_t>(strides[kPlaces[i]]);
}

Launch launch_of(const LrnProblem& p) {
  const auto& [n, c, d, h, w] = p.lengths;
  LrnParams params{};
  params.channels_last = p.x_strides[1] < p.x_strides[4];
  const std::array<std::int64_t, 3> digits =
      params.channels_last ? std::array{c, w, h} : std::array{w, h, c};
  for (std::size_t i = 0; i < digits.size(); ++i)
    params.digit[i] = make_fast_division(to_u32(digits[i]));
  params.count = to_u32(count_of(p.lengths));
  params.channels = to_i32(c);
  params.height = to_i32(h);
  params.width = to_i32(w);
  set_strides(params.x_stride, p.x_strides);
  set_strides(params.y_stride, p.y_strides);
  set_strides(params.dy_stride, p.dy_strides);
  set_strides(params.dx_stride, p.dx_strides);
  params.before = to_i32((p.size - 1) / 2);
  params.behind = to_i32(p.size - 1 - (p.size - 1) / 2);
  const auto side = static_cast<double>(p.size);
  params.size_inverse = static_cast<float>(1 / (p.cross_channel ? side : side * side));
  params.saves = p.saves;
  const auto& kernels = (p.backward ? kBackward : kForward)[p.cross_channel ? 0 : 1];
  Launch launch =
      make_launch({"lrn", kernels[float_row(p.type).value()]},
                  {divide_up(params.count, kLrnThreads), 1, 1}, {kLrnThreads, 1, 1}, params,
                  {{B::kX, offsetof(LrnParams, x)},
                   {B::kY, offsetof(LrnParams, y)},
                   {B::kDy, offsetof(LrnParams, dy)},
                   {B::kDx, offsetof(LrnParams, dx)},
                   {B::kSums, offsetof(LrnParams, s)}});
  launch.scalars_offset = offsetof(LrnParams, scalars);
  return launch;
}

std::optional<std::string> refusal(const LrnProblem& p, const DeviceFacts&) {
  if (auto reason = unless_float_types({p.type})) return reason;
  if (count_of(p.lengths) >= std::int64_t{kFastDivisionLimit}) return "there are 2^31 elements";
  if (p.size >= std::int64_t{1} << 30) return "the window has 2^30 elements a side";
  return std::nullopt;
}

std::vector<Launch> launches(const LrnProblem& p, const Instance&) { return {launch_of(p)}; }

std::vector<Instance> instances(const LrnProblem& p, const DeviceFacts& device) {
  const auto elements = static_cast<double>(count_of(p.lengths));
  const double bytes = (p.backward ? 5 : 2) * elements * static_cast<double>(bytes_of(p.type));
  return {{.name = p.cross_channel ? "cross" : "within",
           .estimated_clocks = elementwise_clocks(launch_of(p), elements, bytes, device)}};
}

constexpr Solver<LrnProblem> kSolvers[] = {{"Lrn", 1, true, refusal, instances, launches}};

}  // namespace

std::span<const Solver<LrnProblem>> solvers_of(const LrnProblem&) { return kSolvers; }

}  // namespace rdna1conv
