#pragma once

#include <cstdint>

#include "core/conv_problem.h"

namespace rdna1conv {

// One of a problem's tensors: five dimensions and strides in elements.
struct StridedTensor {
  DataType type = DataType::kFloat;
  FiveDims lengths{}, strides{};

  std::int64_t count() const {
    std::int64_t elements = 1;
    for (const std::int64_t length : lengths) elements *= length;
    return elements;
  }
  // Elements from the first to the last in memory, gaps included.
  std::int64_t span() const {
    std::int64_t last = 0;
    for (std::size_t i = 0; i < lengths.size(); ++i) last += (lengths[i] - 1) * strides[i];
    return last + 1;
  }
};

inline StridedTensor x_tensor(const ConvProblem& p) {
  return {p.x_type, p.x_lengths(), p.x_strides};
}
inline StridedTensor w_tensor(const ConvProblem& p) {
  return {p.w_type, p.w_lengths(), p.w_strides};
}
inline StridedTensor y_tensor(const ConvProblem& p) {
  return {p.y_type, p.y_lengths(), p.y_strides};
}

// The tensor that the direction computes.
inline StridedTensor output_tensor(const ConvProblem& p) {
  switch (p.direction) {
    case Direction::kBackwardData:
      return x_tensor(p);
    case Direction::kBackwardWeights:
      return w_tensor(p);
    default:
      return y_tensor(p);
  }
}

// visit(index, offset) for every element: its index if the tensor were packed N, C, D, H, W, and
// where it is, in elements.
template <class Visit>
void for_each_element(const StridedTensor& tensor, Visit visit) {
  const auto& [l0, l1, l2, l3, l4] = tensor.lengths;
  const auto& [s0, s1, s2, s3, s4] = tensor.strides;
  std::int64_t index = 0;
  for (std::int64_t i0 = 0; i0 < l0; ++i0)
    for (std::int64_t i1 = 0; i1 < l1; ++i1)
      for (std::int64_t i2 = 0; i2 < l2; ++i2)
        for (std::int64_t i3 = 0; i3 < l3; ++i3) {
          const std::int64_t row = i0 * s0 + i1 * s1 + i2 * s2 + i3 * s3;
          for (std::int64_t i4 = 0; i4 < l4; ++i4) visit(index++, row + i4 * s4);
        }
}

}  // namespace rdna1conv
