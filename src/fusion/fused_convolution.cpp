#include "fusion/fused_convolution.h"

#include <algorithm>
#include <string>

#include "core/driver_line.h"
#include "core/error.h"
#include "core/tensor_match.h"
#include "device/device_query.h"
#include "dispatch/convolution.h"
#include "dispatch/selection.h"
#include "dispatch/solver_table.h"

namespace rdna1conv {
namespace {

bool is_admitted(const FusionPlan& plan, const SolverRow& solver) {
  return !plan.algorithm || *plan.algorithm == solver.algorithm;
}

// The best choice that the workspace and the plan's algorithm admit, or null.
std::shared_ptr<const Choice> choice_within(const FusionPlan& plan, const Choices& choices,
                                            std::size_t workspace_bytes) {
  for (const auto& choice : choices.list) {
    if (is_admitted(plan, choice->solver()) && choice->plan().workspace_bytes <= workspace_bytes) {
      return choice;
    }
  }
  return nullptr;
}

}  // namespace

void compile(const char* function, Handle& handle, FusionPlan& plan) {
  plan.compiled.reset();
  const ConvProblem problem = problem_of(plan, nullptr);
  const ConvolutionCall call = make_call(function, handle, convolution_of(plan), problem);
  const auto choices = choices_of(handle, call, Status::kUnsupportedOp);
  const auto choice = choice_within(plan, *choices, 0);
  if (!choice) {
    throw Error(Status::kUnsupportedOp,
                "no solver " + std::string(plan.algorithm ? "of the algorithm that was set " : "") +
                    "runs the plan without workspace: " + to_driver_line(problem));
  }
  choice->prepared(handle.modules);
  plan.compiled = problem;
}

std::size_t workspace_of(const char* function, Handle& handle, const FusionPlan& plan) {
  const ConvolutionCall call =
      make_call(function, handle, convolution_of(plan), problem_of(plan, nullptr));
  std::size_t bytes = 0;
  for (const auto& choice : choices_of(handle, call, Status::kUnsupportedOp)->list) {
    if (!is_admitted(plan, choice->solver())) continue;
    bytes = std::max(bytes, choice->plan().workspace_bytes);
  }
  return bytes;
}

std::vector<Algorithm> algorithms_of(const char* function, const FusionPlan& plan) {
  const ConvProblem problem = problem_of(plan, nullptr);
  const DeviceFacts device = query_device(current_device());
  const bool deterministic = convolution_of(plan).deterministic == 1;
  const Selection selection =
      select_solvers(problem, device, read_environment(), deterministic, function);
  struct Candidate {
    Algorithm algorithm;
    double clocks;
  };
  std::vector<Candidate> candidates;
  for (const SolverRow* const solver : selection.solvers) {
    const Plan best = make_plan(*solver, problem, device);
    if (best.workspace_bytes == 0) candidates.push_back({solver->algorithm, best.estimated_clocks});
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.clocks < b.clocks; });
  std::vector<Algorithm> algorithms;
  for (const Candidate& candidate : candidates) {
    if (std::find(algorithms.begin(), algorithms.end(), candidate.algorithm) == algorithms.end()) {
      algorithms.push_back(candidate.algorithm);
    }
  }
  return algorithms;
}

void execute(const char* function, Handle& handle, const FusionPlan& plan,
             const TensorDescriptor& input, const TensorDescriptor& output, const Buffers& buffers,
             std::size_t workspace_bytes) {
  if (!plan.compiled) {
    throw Error(Status::kBadParm,
                "fusePlanDesc is not compiled: miopenCompileFusionPlan must "
                "succeed first");
  }
  ConvProblem problem = *plan.compiled;
  if (!is_described_by(input, problem.x_type, problem.x_lengths(), problem.x_strides)) {
    throw Error(Status::kBadParm, "inputDesc is not the one that the plan was created with");
  }
  // Any strides of the output will do; others than assumed make it another problem.
  if (!is_described_by(output, problem.y_type, problem.y_lengths(), problem.y_strides)) {
    problem = problem_of(plan, &output);
  }
  const ConvolutionCall call = make_call(function, handle, convolution_of(plan), problem);
  const std::size_t usable = buffers.workspace == nullptr ? 0 : workspace_bytes;
  const auto choice =
      choice_within(plan, *choices_of(handle, call, Status::kUnsupportedOp), usable);
  if (!choice) {
    throw Error(Status::kUnsupportedOp, "no solver runs the plan within " + std::to_string(usable) +
                                            " bytes of workspace: " + to_driver_line(problem));
  }
  run_choice(handle, call, *choice, buffers, usable);
}

}  // namespace rdna1conv
