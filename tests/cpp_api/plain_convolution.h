#pragma once

#include <cstdint>
#include <vector>

// A 2-D convolution by its definition, in double precision, packed NCHW: for results of the C++
// API.
struct PlainConvolution {
  std::int64_t n, c, h, w, k, filter, pad, stride, groups;

  std::int64_t out_h() const { return (h + 2 * pad - filter) / stride + 1; }
  std::int64_t out_w() const { return (w + 2 * pad - filter) / stride + 1; }

  std::vector<double> run(const std::vector<float>& x, const std::vector<float>& weights) const;
};

// Values in [-1, 1) that are multiples of 1/64, the same for the same seed.
std::vector<float> random_values(std::size_t count, unsigned seed);
