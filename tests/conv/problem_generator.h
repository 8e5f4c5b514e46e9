#pragma once

#include <cstdint>
#include <functional>

#include "core/conv_problem.h"

namespace rdna1conv {

// A convolution drawn from `seed`, the same on every machine: any direction, type, layout or
// strides, 2-D and 3-D, transposed with output padding, groups and depthwise with multipliers,
// strides, dilation, paddings beyond the filter, filters beyond the input, even filters, scaling
// and fused epilogues; at most `most_products` products.
ConvProblem random_problem(std::uint64_t seed, double most_products = 1e6);

// Products that the direct algorithm multiplies.
double products_of(const ConvProblem& problem);

// The problem with its long dimensions cut until it has at most `most_products` products, if that
// is possible. Images beyond 3 become 2 or 3; input lengths become the filter's reach and 8 to 15
// more; channels of a group, and groups, become 32 to 63, then 16 to 31, then 8 to 15; then both
// half of that and again half. It ends as soon as the limit is met. Every cut keeps the remainder
// modulo the least of its range, so that a tile's edges stay edges. Strides become packed, NHWC if
// they were.
ConvProblem scaled_down(const ConvProblem& problem, double most_products);

// A smaller or plainer problem for which `fails` still holds, found by trying to take away one
// thing after the other.
ConvProblem shrunk(const ConvProblem& problem,
                   const std::function<bool(const ConvProblem&)>& fails);

}  // namespace rdna1conv
