#pragma once

// Is a result right? MIOpen's own metric and tolerance, against oneDNN or double precision.

#include <cstdint>
#include <span>
#include <vector>

#include "core/conv_problem.h"

namespace rdna1conv::bench {

// What MIOpenDriver allows in fp32, in the metric below.
inline constexpr double kToleranceFp32 = 1.5e-6;

// MIOpen's metric: sqrt(sum (a-b)^2) / (sqrt(count) * max(max|a|, max|b|)); 0 for two tensors of
// zeros. Not finite if any element is not. Both spans have the same length.
double rms_range(std::span<const float> a, std::span<const float> b);

// `count` values from [-1, 1), the same ones for the same seed on every machine.
std::vector<float> random_values(std::size_t count, std::uint64_t seed);

// y of a forward problem, transposed or not, by the definition of the convolution, summed in double
// precision on all cores. x, w and y packed NCHW (NCDHW).
std::vector<float> double_precision_outputs(const ConvProblem& problem, std::span<const float> x,
                                            std::span<const float> w);

// The same for some elements of y only: those at `offsets`, on one core.
std::vector<float> double_precision_outputs(const ConvProblem& problem, std::span<const float> x,
                                            std::span<const float> w,
                                            std::span<const std::int64_t> offsets);

// Offsets into a packed y: as many as cost `multiply_adds`, at least two and at most all, spread
// over the tensor, ascending, first and last element among them.
std::vector<std::int64_t> sample_outputs(const ConvProblem& problem, double multiply_adds);

// The elements of `values` at `offsets`.
std::vector<float> gather(std::span<const float> values, std::span<const std::int64_t> offsets);

}  // namespace rdna1conv::bench
