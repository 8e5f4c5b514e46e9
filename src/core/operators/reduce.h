#pragma once

// A reduction of a tensor as a value; alpha and beta come with the run.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/conv_problem.h"
#include "params/reduce.h"

namespace rdna1conv {

struct ReduceProblem {
  ReduceOperation operation = ReduceOperation::kAdd;
  // Whether an extreme is NaN where an element is; else elements that are NaN do not count.
  bool propagates_nan = false;
  bool has_indices = false;  // of extremes: the position of each in its group, in row-major order
  DataType a_type = DataType::kFloat, c_type = DataType::kFloat;
  FiveDims a_lengths{1, 1, 1, 1, 1};
  FiveDims c_lengths{1, 1, 1, 1, 1};  // 1 along what is reduced, else a's
  FiveDims a_strides{}, c_strides{};
  bool may_split = true;  // use workspace; else each group is one workgroup's at most

  auto operator<=>(const ReduceProblem&) const = default;
};

// Whether the operation finds an element, which has a position.
constexpr bool is_extreme(ReduceOperation operation) {
  return operation == ReduceOperation::kMin || operation == ReduceOperation::kMax ||
         operation == ReduceOperation::kMaxMagnitude;
}

// MIOpenDriver's line: reduce -D 64,3,280,81 -R 0,1 -O 0 -N 0 -I 0 -A 1 -B 0
// -D lengths, -R the dimensions to reduce, -O miopenReduceTensorOp_t, -N 1 for NaNs that propagate,
// -I 1 for indices. Ours are --a and --c (tensors of core/tensor_text.h where they are not packed)
// and --c_type where it is not a's.
std::string to_driver_line(const ReduceProblem& problem, const ReduceScalars& scalars);

struct ParsedReduce {
  ReduceProblem problem;
  ReduceScalars scalars;
};
// Throws Error (kBadParm) naming the option at fault.
ParsedReduce parse_reduce(std::string_view line);

}  // namespace rdna1conv
