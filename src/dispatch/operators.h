#pragma once

// How the operators that have no Find are run; dispatch/operator_plan_lists.h lists them.

#include <string>
#include <string_view>

#include "core/logging.h"
#include "device/device_query.h"
#include "dispatch/handle.h"
#include "dispatch/operator_plan_lists.h"
#include "dispatch/timed_launch.h"

namespace rdna1conv {

// The plan that runs take, made at the first call. Throws Error (kNotImplemented) with each
// solver's reason if none of solvers_of(problem) does it.
template <class Problem>
const OperatorPlan& operator_plan(Handle& handle, const Problem& problem) {
  const ScopedDevice current(handle.device);
  return std::get<OperatorPlans<Problem>>(handle.operators->lists)
      .plan_of(solvers_of(problem), problem, handle.facts, handle.modules);
}

// Queues the operator on the handle's stream. Throws Error (kNotImplemented) with each solver's
// reason if none of solvers_of(problem) does it.
template <class Problem>
void queue_operator(Handle& handle, const Problem& problem, const RunArguments& arguments) {
  const OperatorPlan& plan = operator_plan(handle, problem);
  const ScopedDevice current(handle.device);
  launch_timed(handle, plan.prepared, arguments);
}

// The same, and logs the text form that line() gives as `function`'s.
template <class Problem, class Line>
void run_operator(Handle& handle, std::string_view function, const Problem& problem,
                  const RunArguments& arguments, Line line) {
  if (are_commands_logged()) log_command(function, line());
  queue_operator(handle, problem, arguments);
}

// The same where the problem alone says the line, if MIOpenDriver has such an operator.
template <class Problem>
void run_operator(Handle& handle, std::string_view function, const Problem& problem,
                  const RunArguments& arguments) {
  if constexpr (requires { to_driver_line(problem); }) {
    if (are_commands_logged()) log_command(function, to_driver_line(problem));
  }
  queue_operator(handle, problem, arguments);
}

}  // namespace rdna1conv
