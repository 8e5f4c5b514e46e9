#include "fusion/fused_convolution.h"

#include <algorithm>
#include <string>

#include "core/driver_line.h"
#include "core/error.h"
#include "core/tensor_match.h"
#include "device/device_query.h"
#include "dispatch/choices.h"

namespace rdna1conv {
namespace {

bool is_admitted(const FusionPlan& plan, const SolverRow& solver) {
  return !plan.algorithm || *plan.algorithm == solver.algorithm;
}

// The best choice that the workspace and the plan's algorithm admit, or null.
std::shared_ptr<const Choice> choice_within(
    const FusionPlan& plan, const std::vector<std::shared_ptr<const Choice>>& choices,
    std::size_t workspace_bytes) {
  for (const auto& choice : choices) {
    if (is_admitted(plan, choice->solver()) &&
        choice->instance().workspace_bytes <= workspace_bytes) {
      return choice;
    }
  }
  return nullptr;
}

std::shared_ptr<const Choice> choice_without_workspace(Handle& handle, const FusionPlan& plan,
                                                       const ConvolutionCall& call) {
  auto choice = choice_within(plan, choices_without_workspace_of(handle, call)->list, 0);
  if (!choice) {
    // If no solver can run it at all, this says why.
    static_cast<void>(choices_of(handle, call, Status::kUnsupportedOp));
    throw Error(Status::kUnsupportedOp,
                "no solver " + std::string(plan.algorithm ? "of the algorithm that was set " : "") +
                    "runs the plan without workspace: " + to_driver_line(call.problem));
  }
  return choice;
}

}  // namespace

void compile(const char* function, Handle& handle, FusionPlan& plan) {
  plan.compiled.reset();
  const ConvProblem problem = problem_of(plan, nullptr);
  const ConvolutionCall call = make_call(function, handle, convolution_of(plan), problem);
  auto choice = choice_without_workspace(handle, plan, call);
  choice->prepared(handle.modules);
  plan.compiled = {problem, handle.modules, std::move(choice)};
}

std::size_t workspace_of(const char* function, Handle& handle, const FusionPlan& plan) {
  const ConvolutionCall call =
      make_call(function, handle, convolution_of(plan), problem_of(plan, nullptr));
  std::size_t bytes = 0;
  for (const auto& choice : choices_of(handle, call, Status::kUnsupportedOp)->list) {
    if (!is_admitted(plan, choice->solver())) continue;
    bytes = std::max(bytes, choice->instance().workspace_bytes);
  }
  return bytes;
}

std::vector<Algorithm> algorithms_of(const char* function, const FusionPlan& plan) {
  const Environment environment = read_environment();
  const bool deterministic = convolution_of(plan).deterministic == 1 || environment.deterministic;
  std::vector<Algorithm> algorithms;
  for (const auto& choice :
       estimate_without_workspace(function, problem_of(plan, nullptr), deterministic,
                                  query_device(current_device()), environment)) {
    const Algorithm algorithm = choice->solver().algorithm;
    if (std::find(algorithms.begin(), algorithms.end(), algorithm) == algorithms.end()) {
      algorithms.push_back(algorithm);
    }
  }
  return algorithms;
}

void execute(const char* function, Handle& handle, const FusionPlan& plan,
             const TensorDescriptor& input, const TensorDescriptor& output, const Buffers& buffers,
             std::size_t workspace_bytes) {
  if (!plan.compiled) {
    throw Error(Status::kBadParm,
                "fusePlanDesc is not compiled: miopenCompileFusionPlan must succeed first");
  }
  const auto& [compiled_problem, modules, compiled_choice] = *plan.compiled;
  if (!is_described_by(input, compiled_problem.x_type, compiled_problem.x_lengths(),
                       compiled_problem.x_strides)) {
    throw Error(Status::kBadParm, "inputDesc is not the one that the plan was created with");
  }
  // Any strides of the output will do; others than assumed make it another problem.
  const bool is_as_compiled = is_described_by(
      output, compiled_problem.y_type, compiled_problem.y_lengths(), compiled_problem.y_strides);
  const ConvolutionCall call =
      make_call(function, handle, convolution_of(plan),
                is_as_compiled ? compiled_problem : problem_of(plan, &output));
  const std::size_t usable = buffers.workspace == nullptr ? 0 : workspace_bytes;
  const bool is_compiled_for_this = is_as_compiled && modules == handle.modules;
  std::shared_ptr<const Choice> choice = is_compiled_for_this ? compiled_choice : nullptr;
  if (usable != 0 || !choice) {
    // What the handle knows of the problem may be faster with the workspace.
    const auto known =
        choice_within(plan, choices_of(handle, call, Status::kUnsupportedOp)->list, usable);
    if (known && (!choice || known->milliseconds() < choice->milliseconds())) choice = known;
  }
  if (!choice) choice = choice_without_workspace(handle, plan, call);
  run_choice(handle, call, *choice, buffers, usable);
}

}  // namespace rdna1conv
