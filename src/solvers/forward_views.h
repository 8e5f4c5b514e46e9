#pragma once

// A convolution as one or several forward convolutions over views of its tensors. A forward one is
// its own view. Backward data is a forward convolution of dy with the filter's taps turned around
// and its two channel dimensions exchanged; with strides, the positions of x fall into phases, each
// of which meets taps of its own, and each phase is a view.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/conv_problem.h"
#include "plan/convolution_buffers.h"

namespace rdna1conv {

struct ForwardView {
  // Forward. Its x is read and its y written, with strides of the view; the w strides of the first
  // two dimensions are those of its rows (k) and of its channels (c of a group).
  ConvProblem problem;
  // Elements from the start of the buffer to the view's first one.
  std::int64_t x_offset = 0, y_offset = 0;
  // Where the view's taps begin in ForwardViews::taps; they are in the order in which the view
  // counts them, the last axis fastest.
  std::int64_t first_tap = 0;
  // No tap meets any input: sums are zero. The problem then has one tap that is not in the list.
  bool is_empty = false;
};

struct ForwardViews {
  Buffer x = Buffer::kX, y = Buffer::kY;  // which the views read and write
  std::int64_t w_group = 0;               // elements of w from a group to the next
  Spatial filter;
  // Of that filter the taps that any view has, counted with the last axis fastest. Not listed if
  // the only view has all of them in their order.
  std::int64_t tap_count = 0;
  std::vector<std::int64_t> taps;
  // In the order of their launches: an empty one may cover positions that a later one writes again.
  std::vector<ForwardView> views;

  // The one with most taps.
  const ForwardView& largest() const;
};

// Of a forward or backward data problem. No views: backward data has more than kMaxTaps or would
// take more than kMaxViews, or several with a normalization by pixel, whose pixels they do not
// count.
ForwardViews forward_views(const ConvProblem& problem);

inline constexpr std::size_t kMaxViews = 16;
inline constexpr std::int64_t kMaxTaps = 256;

}  // namespace rdna1conv
