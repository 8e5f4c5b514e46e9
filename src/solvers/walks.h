#pragma once

// The walks of kernels/params/walk.h, as solvers make them.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "core/conv_problem.h"
#include "params/walk.h"
#include "solvers/launch_arithmetic.h"

namespace rdna1conv {

inline constexpr std::size_t kMaxWalkTensors = 5;

struct WalkDimension {
  std::int64_t length = 1;
  std::array<std::int64_t, kMaxWalkTensors> stride{};  // elements, one for each tensor
};

// The dimensions of N, C, D, H, W that are longer than 1 and that `takes` names, fastest first by
// the last tensor that has a stride there (outputs are last), packed neighbours joined. `strides`
// are those of each tensor.
std::vector<WalkDimension> walk_dimensions(const FiveDims& lengths,
                                           std::initializer_list<FiveDims> strides,
                                           std::array<bool, 5> takes = {true, true, true, true,
                                                                        true});

// Whether the fastest dimension can be counted in vectors of `width`: neighbours in memory in every
// tensor that is not broadcast there, and nothing left over.
bool has_vectors(const std::vector<WalkDimension>& dimensions, std::size_t tensors,
                 std::int64_t width);
std::vector<WalkDimension> in_vectors(std::vector<WalkDimension> dimensions, std::int64_t width);

// What a walk's numbers of 31 and 32 bits do not take.
inline constexpr std::int64_t kWalkCountLimit = std::int64_t{1} << 31;
inline constexpr std::int64_t kWalkStrideLimit = std::int64_t{1} << 32;
bool fits_walk(const std::vector<WalkDimension>& dimensions);

template <int Tensors, class Stride = std::uint32_t>
Walk<Tensors, Stride> make_walk(const std::vector<WalkDimension>& dimensions) {
  Walk<Tensors, Stride> walk{};
  std::int64_t count = 1;
  for (FastDivision& length : walk.length) length = make_fast_division(1);
  for (std::size_t i = 0; i < dimensions.size(); ++i) {
    if (i + 1 < dimensions.size())
      walk.length[i] = make_fast_division(to_u32(dimensions[i].length));
    for (std::size_t tensor = 0; tensor < Tensors; ++tensor)
      walk.stride[tensor][i] = static_cast<Stride>(dimensions[i].stride[tensor]);
    count *= dimensions[i].length;
  }
  walk.used = static_cast<std::uint32_t>(dimensions.size());
  walk.count = to_u32(count);
  return walk;
}

// How many of the dimensions, fastest first, an inner walk takes.
std::size_t inner_dimensions(const std::vector<WalkDimension>& dimensions);

template <int Tensors>
SplitWalk<Tensors> make_split_walk(const std::vector<WalkDimension>& dimensions) {
  // The hardware counts work items of a dimension in 32 bits; places beyond take turns.
  constexpr std::uint32_t kMaxRows = 1 << 15;
  const auto middle =
      dimensions.begin() + static_cast<std::ptrdiff_t>(inner_dimensions(dimensions));
  SplitWalk<Tensors> walk;
  walk.inner = make_walk<Tensors>({dimensions.begin(), middle});
  walk.outer = make_walk<Tensors, std::uint64_t>({middle, dimensions.end()});
  walk.outer_step = std::min(walk.outer.count, kMaxRows);
  return walk;
}

}  // namespace rdna1conv
