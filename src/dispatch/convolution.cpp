#include "dispatch/convolution.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/driver_line.h"
#include "core/logging.h"
#include "device/device_query.h"
#include "dispatch/choices.h"
#include "dispatch/numerics_check.h"
#include "dispatch/solver_table.h"
#include "dispatch/timed_launch.h"
#include "plan/cost_model.h"
#include "plan/estimate_text.h"

namespace rdna1conv {
namespace {

void launch(Handle& handle, const ConvolutionCall& call, const Choice& choice,
            const Buffers& buffers) {
  const PreparedPlan& prepared = choice.prepared(handle.modules);
  const Buffers in_plan = plan_buffers(call.problem, buffers);
  if (handle.environment.check_numerics == 0) {
    launch_timed(handle, prepared, in_plan);
    return;
  }
  const auto tensors = checked_tensors(call.problem, buffers);
  check_numerics(handle, call.function, tensors, false);
  launch_timed(handle, prepared, in_plan);
  check_numerics(handle, call.function, tensors, true);
}

float estimated_milliseconds(const Instance& instance, const DeviceFacts& device) {
  return static_cast<float>(clocks_to_milliseconds(instance.estimated_clocks, device));
}

// The choice that the find-db has of a solver, or null.
std::shared_ptr<const Choice> recorded_choice(const SolverRow& solver,
                                              const std::shared_ptr<const ConvProblem>& problem,
                                              const DeviceFacts& device, const FindRecord& record) {
  const auto entry = std::find_if(record.entries.begin(), record.entries.end(),
                                  [&](const auto& row) { return row.solver == solver.name; });
  if (entry == record.entries.end()) return nullptr;
  for (const Instance& instance : solver.instances(*problem, device)) {
    if (instance.name != entry->instance) continue;
    return std::make_shared<const Choice>(solver, problem, instance, entry->milliseconds);
  }
  return nullptr;
}

void log_run(const ConvolutionCall& call, const char* suffix_option, std::uint64_t id) {
  if (!are_commands_logged()) return;
  std::string line = to_driver_line(call.problem) + " -t 1";
  if (suffix_option != nullptr) line += suffix_option + std::to_string(id);
  log_command("LogCmdConvolution", line);
}

}  // namespace

ConvolutionCall make_call(const char* function, const Handle& handle,
                          const ConvolutionDescriptor& convolution, const ConvProblem& problem) {
  FindMode mode = kDefaultFindMode;
  if (handle.environment.find_mode) mode = static_cast<FindMode>(*handle.environment.find_mode);
  return {function, problem, convolution.deterministic == 1 || handle.environment.deterministic,
          convolution.find_mode.value_or(mode)};
}

PlanKey key_of(const ConvolutionCall& call) { return {call.problem, call.deterministic}; }

std::string find_db_key(const ConvolutionCall& call) {
  return to_driver_line(call.problem) + (call.deterministic ? " deterministic" : "");
}

Selection select_or_throw(const Handle& handle, const ConvolutionCall& call, Status if_none) {
  Selection selection = select_solvers(call.problem, handle.facts, handle.environment,
                                       call.deterministic, call.function);
  if (selection.solvers.empty()) {
    throw Error(if_none, "no suitable algorithm for " + to_driver_line(call.problem) + " (" +
                             selection.refusals + ")");
  }
  return selection;
}

std::shared_ptr<const ConvProblem> planned_problem(const ConvProblem& problem) {
  return std::make_shared<const ConvProblem>(untransposed(problem));
}

std::shared_ptr<const Choice> estimated_choice(const SolverRow& solver,
                                               const std::shared_ptr<const ConvProblem>& problem,
                                               const DeviceFacts& device) {
  const std::vector<Instance> instances = solver.instances(*problem, device);
  const Instance& best = best_of(instances);
  if (is_logged(LogLevel::kInfo2)) {
    log_line(LogLevel::kInfo2, "Estimate",
             std::string(solver.name) + " " + std::string(best.name) + ", " +
                 to_text(solver.estimate(*problem, best, device), device));
  }
  return std::make_shared<const Choice>(solver, problem, best,
                                        estimated_milliseconds(best, device));
}

void add_estimated(Choices& choices, const std::vector<std::shared_ptr<const Choice>>& estimated,
                   const DeviceFacts& device) {
  float scale = 1;
  if (!choices.list.empty()) {
    sort_by_time(choices.list);
    const Choice& best = *choices.list.front();
    scale = best.milliseconds() / estimated_milliseconds(best.instance(), device);
  }
  for (const auto& choice : estimated) {
    choices.list.push_back(std::make_shared<const Choice>(
        choice->solver(), choice->problem(), choice->instance(), choice->milliseconds() * scale));
  }
  sort_by_time(choices.list);
}

void sort_by_time(std::vector<std::shared_ptr<const Choice>>& choices) {
  std::stable_sort(choices.begin(), choices.end(), [](const auto& a, const auto& b) {
    return a->milliseconds() < b->milliseconds();
  });
}

bool fits(const Instance& instance, const Buffers& buffers, std::size_t workspace_bytes) {
  return instance.workspace_bytes == 0 ||
         (buffers.workspace != nullptr && instance.workspace_bytes <= workspace_bytes);
}

Buffers plan_buffers(const ConvProblem& problem, const Buffers& buffers) {
  Buffers result = buffers;
  if (problem.transposed) std::swap(result.x, result.y);
  return result;
}

std::shared_ptr<const Choices> choices_of(Handle& handle, const ConvolutionCall& call,
                                          Status if_none) {
  const PlanKey key = key_of(call);
  if (auto known = handle.plans.find(key)) return known;
  const Selection selection = select_or_throw(handle, call, if_none);
  std::optional<FindRecord> record;
  if (handle.find_db && !handle.environment.force_fallback) {
    record = handle.find_db->find(find_db_key(call));
  }
  const auto problem = planned_problem(call.problem);
  Choices choices;
  std::vector<std::shared_ptr<const Choice>> estimated;
  for (const SolverRow* solver : selection.solvers) {
    auto known = record ? recorded_choice(*solver, problem, handle.facts, *record) : nullptr;
    if (known) {
      choices.list.push_back(std::move(known));
    } else {
      estimated.push_back(estimated_choice(*solver, problem, handle.facts));
    }
  }
  if (!choices.list.empty()) {
    choices.origin = record->searched ? Origin::kSearched : Origin::kMeasured;
  }
  add_estimated(choices, estimated, handle.facts);
  return handle.plans.insert(key, std::move(choices));
}

std::shared_ptr<const Choices> solutions_of(Handle& handle, const ConvolutionCall& call) {
  auto choices = choices_of(handle, call);
  if (choices->origin == Origin::kEstimate && !handle.environment.immediate_fallback) {
    throw Error(Status::kNotImplemented,
                "MIOPEN_DEBUG_CONV_IMMED_FALLBACK is off and Find has not "
                "been run for " +
                    to_driver_line(call.problem));
  }
  return choices;
}

std::size_t workspace_of(Handle& handle, const ConvolutionCall& call) {
  const auto choices = choices_of(handle, call);
  if (find_makes_do(handle, call, *choices, false)) {
    return choices->list.front()->instance().workspace_bytes;
  }
  std::size_t bytes = 0;
  for (const auto& choice : choices->list) {
    bytes = std::max(bytes, choice->instance().workspace_bytes);
  }
  return bytes;
}

std::vector<std::shared_ptr<const Choice>> best_of_each_algorithm(const Choices& choices,
                                                                  const Buffers& buffers,
                                                                  std::size_t workspace_bytes) {
  std::vector<std::shared_ptr<const Choice>> best;
  for (const auto& choice : choices.list) {
    const auto has_algorithm = [&](const auto& other) {
      return other->solver().algorithm == choice->solver().algorithm;
    };
    if (fits(choice->instance(), buffers, workspace_bytes) &&
        std::none_of(best.begin(), best.end(), has_algorithm)) {
      best.push_back(choice);
    }
  }
  return best;
}

// The handle's choices, or if there is no workspace and nothing was timed, those that need none.
static std::shared_ptr<const Choices> choices_for_run(Handle& handle, const ConvolutionCall& call,
                                                      const Buffers& buffers,
                                                      std::size_t workspace_bytes) {
  auto choices = choices_of(handle, call);
  if (choices->origin != Origin::kEstimate) return choices;
  const bool all_fit = std::all_of(
      choices->list.begin(), choices->list.end(),
      [&](const auto& choice) { return fits(choice->instance(), buffers, workspace_bytes); });
  const bool has_none = buffers.workspace == nullptr || workspace_bytes == 0;
  if (all_fit || !has_none) return choices;
  auto others = choices_without_workspace_of(handle, call);
  return others->list.empty() ? choices : others;
}

void run(Handle& handle, const ConvolutionCall& call, Algorithm algorithm, const Buffers& buffers,
         std::size_t workspace_bytes) {
  log_run(call, nullptr, 0);
  const ScopedDevice current(handle.device);
  const auto choices = choices_for_run(handle, call, buffers, workspace_bytes);
  const Choice* chosen = nullptr;
  for (const auto& choice : choices->list) {
    if (!fits(choice->instance(), buffers, workspace_bytes)) continue;
    const bool is_asked_for = choice->solver().algorithm == algorithm;
    if (chosen == nullptr || is_asked_for) chosen = choice.get();
    if (is_asked_for) break;
  }
  if (chosen == nullptr) {
    throw Error(Status::kBadParm, "workSpaceSize " + std::to_string(workspace_bytes) +
                                      " with this workSpace is too little for every solver of " +
                                      to_driver_line(call.problem));
  }
  if (is_logged(LogLevel::kInfo2)) {
    log_line(
        LogLevel::kInfo2, call.function,
        "runs " + std::string(chosen->solver().name) + " " + std::string(chosen->instance().name));
  }
  launch(handle, call, *chosen, buffers);
}

std::shared_ptr<const Choice> solution_of(Handle& handle, const ConvolutionCall& call,
                                          std::uint64_t solution_id) {
  const auto choices = choices_of(handle, call);
  for (const auto& choice : choices->list) {
    if (choice->solver().id == solution_id) return choice;
  }
  const std::string what = "solution_id " + std::to_string(solution_id);
  const SolverRow* const solver = find_solver(solution_id);
  if (solver == nullptr) throw Error(Status::kBadParm, what + " is not the id of a solver");
  std::optional<std::string> reason = exclusion(*solver, handle.environment, call.deterministic);
  if (!reason) reason = solver->refusal(untransposed(call.problem), handle.facts);
  throw Error(Status::kBadParm, what + " (" + std::string(solver->name) + ") cannot do " +
                                    to_driver_line(call.problem) + ": " + reason.value_or(""));
}

void run_choice(Handle& handle, const ConvolutionCall& call, const Choice& choice,
                const Buffers& buffers, std::size_t workspace_bytes) {
  const std::uint64_t id = choice.solver().id;
  log_run(call, " -S ", id);
  const ScopedDevice current(handle.device);
  if (!fits(choice.instance(), buffers, workspace_bytes)) {
    throw Error(Status::kBadParm, "workSpaceSize is " + std::to_string(workspace_bytes) +
                                      " (workSpace " +
                                      (buffers.workspace == nullptr ? "null" : "given") +
                                      "), solution_id " + std::to_string(id) + " needs " +
                                      std::to_string(choice.instance().workspace_bytes));
  }
  launch(handle, call, choice, buffers);
}

void run_solution(Handle& handle, const ConvolutionCall& call, std::uint64_t solution_id,
                  const Buffers& buffers, std::size_t workspace_bytes) {
  run_choice(handle, call, *solution_of(handle, call, solution_id), buffers, workspace_bytes);
}

}  // namespace rdna1conv
