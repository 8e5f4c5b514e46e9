#pragma once

// The elements of one or several tensors of the same lengths, counted by one number.
//
// The host sorts the dimensions by stride, fastest first, and joins those that lie packed behind
// each other in every tensor, so that packed tensors have one dimension and no division. A tensor
// that is broadcast along a dimension has stride 0 there. Where the fastest dimension is counted in
// vectors of several elements, its length and strides are those of vectors.

#include <cstdint>

#include "fast_division.h"

namespace rdna1conv {

inline constexpr int kWalkDims = 5;

template <int Tensors, class Stride = std::uint32_t>
struct Walk {
  FastDivision length[kWalkDims - 1];  // what is left is the last dimension
  Stride stride[Tensors][kWalkDims];   // elements
  std::uint32_t used;                  // dimensions; the others have length 1
  std::uint32_t count;                 // product of the lengths, below 2^31
};

// For tensors of any size: the outer dimensions, mostly none, take what does not fit the inner
// ones. A launch's grid has inner work in x and outer places in y, which take turns every
// `outer_step`.
template <int Tensors>
struct SplitWalk {
  Walk<Tensors> inner;
  Walk<Tensors, std::uint64_t> outer;
  std::uint32_t outer_step;
};

}  // namespace rdna1conv
