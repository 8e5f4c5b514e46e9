#pragma once

// The contract between dispatcher and solvers. A solver is two functions and a row of the table in
// dispatch/solver_table.cpp; it holds no state and never touches the device.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/conv_problem.h"
#include "plan/device_facts.h"
#include "plan/plan.h"

namespace rdna1conv {

// The values are those of miopenConvAlgorithm_t, so a cast converts.
enum class Algorithm : std::uint32_t {
  kGemm = 0,
  kDirect = 1,
  kFft = 2,
  kWinograd = 3,
  kImplicitGemm = 5
};

// One row of the solver table.
struct SolverRow {
  std::string_view name;
  std::uint64_t id;  // the solution id clients keep: positive, never changed, never reused
  Algorithm algorithm;
  bool deterministic;  // bit-reproducible from run to run

  // The problem is never transposed (core/conv_problem.h, untransposed()).
  //
  // Why the solver cannot do the problem, in words that complete "<name>: ..." (for instance
  // "filter is 5x5, needs 3x3"), or nothing if it can.
  std::optional<std::string> (*refusal)(const ConvProblem& problem, const DeviceFacts& device);

  // The plan of every instance that can do the problem, at least one if refusal() gave nothing;
  // the dispatcher takes the one with the lowest estimate, tests and conv-bench may take any.
  std::vector<Plan> (*plans)(const ConvProblem& problem, const DeviceFacts& device);
};

}  // namespace rdna1conv
