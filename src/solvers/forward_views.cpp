#include "solvers/forward_views.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace rdna1conv {
namespace {

constexpr std::array kAxes{&Spatial::d, &Spatial::h, &Spatial::w};

// Positions i = phase + u * stride of the gradient's axis: the pixel of dy that tap `t` brings to u
// is u + first + t * dilation, with the taps turned around.
struct AxisPhase {
  std::int64_t phase, positions;
  std::int64_t first, dilation;
  std::vector<std::int64_t> taps;  // of the filter
};

// Tap r of the filter meets position i if i + pad - r * dilation is a multiple of the stride.
std::vector<AxisPhase> phases_of(std::int64_t in, std::int64_t out, std::int64_t filter,
                                 std::int64_t pad, std::int64_t stride, std::int64_t dilation) {
  std::vector<AxisPhase> phases;
  for (std::int64_t phase = 0; phase < std::min(in, stride); ++phase) {
    AxisPhase axis{
        phase, (in - phase + stride - 1) / stride, 0, dilation / std::gcd(dilation, stride), {}};
    for (std::int64_t r = filter; r-- > 0;) {
      const std::int64_t distance = phase + pad - r * dilation;
      if (distance % stride != 0) continue;
      if (axis.taps.empty()) axis.first = distance / stride;
      axis.taps.push_back(r);
    }
    if (axis.first >= out) axis.taps.clear();
    phases.push_back(axis);
  }
  return phases;
}

// Backward data as a forward convolution of all dy to all dx, of one tap.
ConvProblem turned_around(const ConvProblem& p) {
  ConvProblem turned = p;
  turned.direction = Direction::kForward;
  std::swap(turned.c, turned.k);
  std::swap(turned.x_type, turned.y_type);
  std::swap(turned.x_strides, turned.y_strides);
  std::swap(turned.w_strides[0], turned.w_strides[1]);
  std::swap(turned.in, turned.out);
  turned.filter = turned.stride = turned.dilation = {};
  turned.pad = turned.output_pad = {0, 0, 0};
  return turned;
}

// Zero at all positions of the gradient, which the phases that have taps then write over.
ForwardView zero_view(const ConvProblem& p) {
  ForwardView view;
  view.problem = turned_around(p);
  view.is_empty = true;
  return view;
}

// The view of one phase along each axis; `all_taps` receives its taps.
ForwardView view_of(const ConvProblem& p, const std::array<const AxisPhase*, 3>& phases,
                    std::vector<std::int64_t>& all_taps) {
  ForwardView view;
  view.first_tap = static_cast<std::int64_t>(all_taps.size());
  ConvProblem& v = view.problem = turned_around(p);
  view.is_empty = std::ranges::any_of(phases, [](const auto* each) { return each->taps.empty(); });
  for (std::size_t i = 0; i < 3; ++i) {
    const AxisPhase& phase = *phases[i];
    v.out.*kAxes[i] = phase.positions;
    v.y_strides[i + 2] *= p.stride.*kAxes[i];
    view.y_offset += phase.phase * p.x_strides[i + 2];
    v.dilation.*kAxes[i] = phase.dilation;
    if (view.is_empty) continue;
    const std::int64_t skipped = std::max<std::int64_t>(0, phase.first);
    v.filter.*kAxes[i] = static_cast<std::int64_t>(phase.taps.size());
    v.pad.*kAxes[i] = std::max<std::int64_t>(0, -phase.first);
    v.in.*kAxes[i] -= skipped;
    view.x_offset += skipped * v.x_strides[i + 2];
  }
  if (view.is_empty) return view;
  for (const std::int64_t d : phases[0]->taps)
    for (const std::int64_t h : phases[1]->taps)
      for (const std::int64_t w : phases[2]->taps)
        all_taps.push_back((d * p.filter.h + h) * p.filter.w + w);
  return view;
}

// Launches cost as much as this many bytes of writes; one that writes all positions saves the
// launches of all empty phases but one.
constexpr std::int64_t kLaunchBytes = std::int64_t{1} << 20;

ForwardViews backward_data_views(const ConvProblem& p) {
  ForwardViews result{Buffer::kY, Buffer::kX, p.k / p.groups * p.w_strides[0], p.filter, 0, {}, {}};
  if (std::ranges::any_of(kAxes, [&](auto axis) { return p.filter.*axis > kMaxTaps; }) ||
      p.filter.volume() > kMaxTaps)
    return result;
  std::array<std::vector<AxisPhase>, 3> phases;
  std::size_t count = 1;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto axis = kAxes[i];
    if (std::min(p.stride.*axis, p.in.*axis) > static_cast<std::int64_t>(kMaxViews)) return result;
    phases[i] = phases_of(p.in.*axis, p.out.*axis, p.filter.*axis, p.pad.*axis, p.stride.*axis,
                          p.dilation.*axis);
    count *= phases[i].size();
  }
  if (count > kMaxViews || (count > 1 && p.epilogue.batch_norm == BatchNorm::kPerActivation))
    return result;
  std::vector<ForwardView> summed;
  for (const AxisPhase& d : phases[0])
    for (const AxisPhase& h : phases[1])
      for (const AxisPhase& w : phases[2]) {
        ForwardView view = view_of(p, {&d, &h, &w}, result.taps);
        (view.is_empty ? result.views : summed).push_back(view);
      }
  result.tap_count = static_cast<std::int64_t>(result.taps.size());
  const auto empty = static_cast<std::int64_t>(result.views.size());
  // With alpha and beta, or z that lies where the gradient does, what is written is read before.
  const bool may_write_twice = !p.epilogue.scaled && !p.epilogue.adds_z;
  const std::int64_t twice = static_cast<std::int64_t>(summed.size()) * p.n * p.c * p.in.volume() /
                             static_cast<std::int64_t>(count) * 4;
  if (empty > 1 && may_write_twice && twice < (empty - 1) * kLaunchBytes)
    result.views = {zero_view(p)};
  result.views.insert(result.views.end(), summed.begin(), summed.end());
  return result;
}

}  // namespace

const ForwardView& ForwardViews::largest() const {
  return *std::ranges::max_element(views, {}, [](const ForwardView& view) {
    return view.is_empty ? 0 : view.problem.filter.volume();
  });
}

ForwardViews forward_views(const ConvProblem& p) {
  if (p.direction == Direction::kBackwardData) return backward_data_views(p);
  return {Buffer::kX, Buffer::kY,      p.k / p.groups * p.w_strides[0], p.filter, p.filter.volume(),
          {},         {ForwardView{p}}};
}

}  // namespace rdna1conv
