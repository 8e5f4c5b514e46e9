#include "shapes.h"

#include <random>

#include "core/driver_line.h"

namespace rdna1conv {

ConvProblem problem_of(const Shape& shape) {
  ConvProblem problem;
  problem.n = shape.n;
  problem.c = shape.c;
  problem.k = shape.k;
  problem.groups = shape.groups;
  problem.in = {1, shape.h, shape.w};
  problem.filter = {1, shape.r, shape.s};
  problem.pad = {0, shape.pad_h, shape.pad_w};
  problem.stride = {1, shape.stride_h, shape.stride_w};
  problem.dilation = {1, shape.dilation_h, shape.dilation_w};
  problem.out = implied_output(problem);
  set_packed(problem, Layout::kNchw);
  canonicalize(problem);
  return problem;
}

std::ostream& operator<<(std::ostream& out, const Shape& shape) {
  return out << to_driver_line(problem_of(shape));
}

Shape random_shape(std::uint32_t seed) {
  std::mt19937 generator(seed);
  // Not std::uniform_int_distribution: its numbers differ between standard libraries.
  const auto between = [&](int low, int high) {
    return low + static_cast<int>(generator() % static_cast<std::uint32_t>(high - low + 1));
  };
  const auto one_in = [&](int chances) { return between(1, chances) == 1; };

  Shape shape{};
  shape.n = between(1, 3);
  // A third of the filters are 3x3, the rest anything.
  shape.r = one_in(3) ? 3 : between(1, 7);
  shape.s = one_in(2) ? shape.r : between(1, 7);
  const bool plain = one_in(2);
  shape.stride_h = plain ? 1 : between(1, 3);
  shape.stride_w = plain ? 1 : between(1, 3);
  shape.dilation_h = plain ? 1 : between(1, 3);
  shape.dilation_w = plain ? 1 : between(1, 3);
  shape.pad_h = between(0, shape.r);
  shape.pad_w = between(0, shape.s);
  // At least one input pixel under the filter without padding's help.
  shape.h = between(1, 40) + (shape.r - 1) * shape.dilation_h;
  shape.w = between(1, 40) + (shape.s - 1) * shape.dilation_w;

  shape.groups = one_in(3) ? between(2, 9) : 1;
  const bool depthwise = shape.groups > 1 && one_in(2);
  const int c = depthwise ? 1 : between(1, 24);
  const int k = depthwise ? between(1, 2) : between(1, 40);
  shape.c = c * shape.groups;
  shape.k = k * shape.groups;
  return shape;
}

}  // namespace rdna1conv
