#include "core/arithmetic_limits.h"

#include <array>
#include <cstddef>

namespace rdna1conv {
namespace {

// In double nothing overflows; the limits are far enough from 2^63 for its rounding.
double real(std::int64_t value) { return static_cast<double>(value); }

constexpr std::array<std::int64_t Spatial::*, 3> kAxes{&Spatial::d, &Spatial::h, &Spatial::w};
constexpr std::array<const char*, 3> kAxisNames{"depth", "height", "width"};

// Pixels along an axis that the last output's last tap may be away from the first output's first.
double reach_of(const ConvProblem& ordinary, std::int64_t Spatial::*axis) {
  return (real(ordinary.out.*axis) + 1) * real(ordinary.stride.*axis) +
         real(ordinary.filter.*axis) * real(ordinary.dilation.*axis) + real(ordinary.pad.*axis) +
         real(ordinary.in.*axis);
}

double products_of(const ConvProblem& ordinary) {
  double products = real(ordinary.n) * real(ordinary.k) * real(ordinary.c / ordinary.groups);
  for (const auto axis : kAxes) products *= real(ordinary.filter.*axis) * real(ordinary.out.*axis);
  return products;
}

}  // namespace

std::optional<std::string> unless_addressable(DataType type, const FiveDims& lengths,
                                              const FiveDims& strides) {
  double elements = 1, last = 1;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    elements *= real(lengths[i]);
    last += real(lengths[i] - 1) * real(strides[i]);
  }
  const double bytes = real(static_cast<std::int64_t>(bytes_of(type)));
  if (elements * bytes >= kMaxTensorBytes) return "has 2^47 bytes or more";
  if (last * bytes >= kMaxTensorBytes) return "spans 2^47 bytes or more";
  return std::nullopt;
}

std::optional<std::string> unless_arithmetic_fits(const ConvProblem& problem,
                                                  const TensorNames& names) {
  struct Tensor {
    const char* name;
    DataType type;
    FiveDims lengths, strides;
  };
  const std::array tensors{Tensor{names.x, problem.x_type, problem.x_lengths(), problem.x_strides},
                           Tensor{names.w, problem.w_type, problem.w_lengths(), problem.w_strides},
                           Tensor{names.y, problem.y_type, problem.y_lengths(), problem.y_strides}};
  for (const Tensor& tensor : tensors) {
    if (const auto reason = unless_addressable(tensor.type, tensor.lengths, tensor.strides))
      return tensor.name + (" " + *reason);
  }
  const ConvProblem ordinary = untransposed(problem);
  for (const Tensor& tensor : tensors) {
    const double bytes = real(static_cast<std::int64_t>(bytes_of(tensor.type)));
    for (std::size_t i = 0; i < kAxes.size(); ++i) {
      const double reach = reach_of(ordinary, kAxes[i]);
      if (reach * real(tensor.strides[i + 2]) * bytes >= kMaxReachBytes) {
        return std::string("padding, stride and dilation in ") + kAxisNames[i] +
               " reach 2^60 bytes beyond " + tensor.name;
      }
    }
  }
  if (products_of(ordinary) >= kMaxProducts) return "the convolution multiplies 2^60 times or more";
  return std::nullopt;
}

}  // namespace rdna1conv
