#include "solvers/refusals.h"

#include <algorithm>

namespace rdna1conv {

std::optional<std::string> unless_forward_2d_fp32(const ConvProblem& problem) {
  if (problem.direction != Direction::kForward) return "direction is not forward";
  if (problem.transposed) return "convolution is transposed";
  if (problem.spatial_dims != 2) {
    return "convolution has " + std::to_string(problem.spatial_dims) + " spatial dimensions, not 2";
  }
  if (!problem.is_all(DataType::kFloat)) {
    return "tensors are " + std::string(name_of(problem.x_type)) + ", " +
           std::string(name_of(problem.w_type)) + ", " + std::string(name_of(problem.y_type)) +
           ", not all fp32";
  }
  if (problem.epilogue != Epilogue{}) return "has no epilogue for " + to_text(problem.epilogue);
  return std::nullopt;
}

std::optional<std::string> unless_packed_nchw(const ConvProblem& problem) {
  if (!problem.is_packed_nchw()) return "tensors are not packed NCHW";
  return std::nullopt;
}

std::optional<std::string> unless_positions_fit(const ConvProblem& p) {
  constexpr std::int64_t kPositionLimit = std::int64_t{1} << 29;
  for (const auto axis : {&Spatial::d, &Spatial::h, &Spatial::w}) {
    if (std::max({p.in.*axis, p.pad.*axis, p.stride.*axis, p.dilation.*axis,
                  p.filter.*axis * p.dilation.*axis, p.out.*axis * p.stride.*axis}) >=
        kPositionLimit) {
      return "positions along an axis reach 2^29";
    }
  }
  return std::nullopt;
}

}  // namespace rdna1conv
