#include "solvers/refusals.h"

#include <algorithm>

#include "solvers/element_types.h"

namespace rdna1conv {
namespace {

Reason unless_direction(const ConvProblem& problem, Direction direction, const char* name) {
  if (problem.direction == direction) return std::nullopt;
  return std::string("direction is not ") + name;
}

}  // namespace

Reason unless_forward(const ConvProblem& problem) {
  return unless_direction(problem, Direction::kForward, "forward");
}

Reason unless_backward_data(const ConvProblem& problem) {
  return unless_direction(problem, Direction::kBackwardData, "backward data");
}

Reason unless_backward_weights(const ConvProblem& problem) {
  return unless_direction(problem, Direction::kBackwardWeights, "backward weights");
}

Reason unless_not_weights(const ConvProblem& problem) {
  if (problem.direction != Direction::kBackwardWeights) return std::nullopt;
  return "direction is backward weights";
}

Reason unless_2d(const ConvProblem& problem) {
  if (problem.spatial_dims == 2) return std::nullopt;
  return "convolution has " + std::to_string(problem.spatial_dims) + " spatial dimensions, not 2";
}

Reason unless_3x3_stride_1(const ConvProblem& problem) {
  constexpr std::int64_t kFilter = 3;
  const auto by = [](std::int64_t h, std::int64_t w) {
    return std::to_string(h) + "x" + std::to_string(w);
  };
  if (problem.filter.h != kFilter || problem.filter.w != kFilter)
    return "filter is " + by(problem.filter.h, problem.filter.w) + ", needs 3x3";
  if (problem.stride.h != 1 || problem.stride.w != 1)
    return "stride is " + by(problem.stride.h, problem.stride.w) + ", needs 1x1";
  if (problem.dilation.h != 1 || problem.dilation.w != 1)
    return "dilation is " + by(problem.dilation.h, problem.dilation.w) + ", needs 1x1";
  return std::nullopt;
}

Reason unless_fp32(const ConvProblem& problem) { return unless_all(DataType::kFloat, problem); }

Reason unless_packed_nchw(const ConvProblem& problem) {
  if (problem.is_packed_nchw()) return std::nullopt;
  return "tensors are not packed NCHW";
}

Reason unless_nothing_fused(const ConvProblem& problem) {
  if (problem.epilogue == Epilogue{}) return std::nullopt;
  return "has no epilogue for " + to_text(problem.epilogue);
}

Reason unless_fusable(const ConvProblem& problem) {
  const Epilogue scaling{.scaled = problem.epilogue.scaled};
  if (problem.direction != Direction::kBackwardWeights || problem.epilogue == scaling)
    return std::nullopt;
  return "weights have no epilogue for " + to_text(problem.epilogue);
}

Reason unless_positions_fit(const ConvProblem& p) {
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
