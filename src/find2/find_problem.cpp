#include "find2/find_problem.h"

#include <iterator>
#include <string>

#include "core/error.h"

namespace rdna1conv {

std::size_t problem_tensor(std::uint32_t id) {
  // The ids of X, W and Y are 1, 2 and 3.
  if (id >= 1 && id <= kProblemTensors) return id - 1;
  throw Error(Status::kBadParm,
              "id " + std::to_string(id) + " names no tensor of a convolution (1, 2 or 3)");
}

Direction direction_of(std::uint32_t value) {
  constexpr Direction kDirections[] = {Direction::kForward, Direction::kBackwardData,
                                       Direction::kBackwardWeights};
  if (value < std::size(kDirections)) return kDirections[value];
  throw Error(Status::kBadParm,
              "direction " + std::to_string(value) + " is none of a convolution (0, 1 or 2)");
}

ConvProblem conv_problem_of(const FindProblem& problem) {
  for (std::size_t i = 0; i < kProblemTensors; ++i) {
    if (problem.tensors[i]) continue;
    throw Error(Status::kBadParm,
                "problem has no descriptor of " + std::string(kProblemTensorNames[i]));
  }
  const auto& [x, w, y] = problem.tensors;
  return make_problem(problem.convolution, problem.direction, *x, *w, *y);
}

}  // namespace rdna1conv
