#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "core/conv_problem.h"

namespace rdna1conv {

// A forward 2-D fp32 NCHW convolution in the order in which tables are read best. `c` and `k` are
// the channels of all groups.
struct Shape {
  int n, c, h, w, k, r, s;
  int pad_h = 0, pad_w = 0, stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1, groups = 1;
};

ConvProblem problem_of(const Shape& shape);
std::ostream& operator<<(std::ostream& out, const Shape& shape);  // its driver line

// One convolution drawn from `seed`: any filter up to 7x7, strides to 3, dilations to 3, paddings
// up to the filter, groups and depthwise, images up to 40x40; at most a few million products.
Shape random_shape(std::uint32_t seed);

}  // namespace rdna1conv
