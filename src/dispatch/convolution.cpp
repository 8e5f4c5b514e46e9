#include "dispatch/convolution.h"

#include <algorithm>
#include <limits>
#include <string>

#include "core/driver_line.h"
#include "core/logging.h"
#include "device/device_query.h"
#include "device/stream_timer.h"
#include "dispatch/cost_model.h"
#include "dispatch/selection.h"
#include "dispatch/solver_table.h"

namespace rdna1conv {
namespace {

float estimated_milliseconds(const Plan& plan) {
  return static_cast<float>(clocks_to_milliseconds(plan.estimated_clocks));
}

std::shared_ptr<const Choice> estimated_choice(const SolverRow& solver, Plan plan) {
  const float milliseconds = estimated_milliseconds(plan);
  return std::make_shared<const Choice>(solver, std::move(plan), milliseconds);
}

// The order of equals, which is the table's, stays.
void sort_by_time(Choices& choices) {
  std::stable_sort(choices.begin(), choices.end(), [](const auto& a, const auto& b) {
    return a->milliseconds() < b->milliseconds();
  });
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

bool fits(const Plan& plan, const Buffers& buffers, std::size_t workspace_bytes) {
  return plan.workspace_bytes == 0 ||
         (buffers.workspace != nullptr && plan.workspace_bytes <= workspace_bytes);
}

void launch(Handle& handle, const Choice& choice, const Buffers& buffers) {
  const PreparedPlan& prepared = choice.prepared(handle.modules);
  if (!handle.profiling) {
    prepared.launch(handle.stream, buffers);
    return;
  }
  StreamTimer timer;
  timer.start(handle.stream);
  prepared.launch(handle.stream, buffers);
  handle.kernel_milliseconds = timer.stop(handle.stream);
}

// Short kernels are timed several times, as the first run pays for cold caches and clocks.
constexpr float kLongEnoughMilliseconds = 5;
constexpr int kRepetitions = 4;

float measure(const Handle& handle, const PreparedPlan& plan, const Buffers& buffers) {
  StreamTimer timer;
  float best = std::numeric_limits<float>::infinity();
  for (int i = 0; i < kRepetitions && (i == 0 || best < kLongEnoughMilliseconds); ++i) {
    timer.start(handle.stream);
    plan.launch(handle.stream, buffers);
    best = std::min(best, timer.stop(handle.stream));
  }
  return best;
}

// The fastest instance of a solver among those that the workspace admits, or null: of all of them,
// or without `exhaustive` the one with the lowest estimate.
std::shared_ptr<const Choice> measured_choice(const Handle& handle, const ConvolutionCall& call,
                                              const SolverRow& solver, const Buffers& buffers,
                                              std::size_t workspace_bytes, bool exhaustive) {
  std::vector<Plan> plans = solver.plans(call.problem, handle.facts);
  const auto by_estimate = [](const Plan& a, const Plan& b) {
    return a.estimated_clocks < b.estimated_clocks;
  };
  std::stable_sort(plans.begin(), plans.end(), by_estimate);
  const std::size_t least =
      std::min_element(plans.begin(), plans.end(), [](const Plan& a, const Plan& b) {
        return a.workspace_bytes < b.workspace_bytes;
      })->workspace_bytes;
  std::erase_if(plans, [&](const Plan& plan) { return !fits(plan, buffers, workspace_bytes); });
  if (plans.empty()) {
    log_line(
        LogLevel::kWarning, "IsEnoughWorkspace",
        std::string(solver.name) + " workspace required: " + std::to_string(least) +
            ", provided: " + std::to_string(buffers.workspace == nullptr ? 0 : workspace_bytes));
    return nullptr;
  }
  if (!exhaustive) plans.resize(1);

  std::shared_ptr<const Choice> best;
  for (Plan& plan : plans) {
    const PreparedPlan prepared(plan, handle.modules);
    const float milliseconds = measure(handle, prepared, buffers);
    if (is_logged(LogLevel::kInfo)) {
      log_line(LogLevel::kInfo, call.function,
               std::string(solver.name) + " " + std::string(plan.instance) + ": " +
                   std::to_string(milliseconds) + " ms");
    }
    if (!best || milliseconds < best->milliseconds()) {
      best = std::make_shared<const Choice>(solver, std::move(plan), milliseconds);
    }
  }
  return best;
}

void log_run(const ConvolutionCall& call, const char* suffix_option, std::uint64_t id) {
  if (!are_commands_logged()) return;
  std::string line = to_driver_line(call.problem) + " -t 1";
  if (suffix_option != nullptr) line += suffix_option + std::to_string(id);
  log_command("LogCmdConvolution", line);
}

}  // namespace

std::shared_ptr<const Choices> choices_of(Handle& handle, const ConvolutionCall& call,
                                          Status if_none) {
  const PlanKey key{call.problem, call.deterministic};
  if (auto known = handle.plans.find(key)) return known;
  Choices choices;
  for (const SolverRow* solver : select_or_throw(handle, call, if_none).solvers) {
    choices.push_back(estimated_choice(*solver, make_plan(*solver, call.problem, handle.facts)));
  }
  sort_by_time(choices);
  return handle.plans.insert(key, std::move(choices));
}

std::size_t workspace_of(Handle& handle, const ConvolutionCall& call) {
  std::size_t bytes = 0;
  for (const auto& choice : *choices_of(handle, call, Status::kNotImplemented)) {
    bytes = std::max(bytes, choice->plan().workspace_bytes);
  }
  return bytes;
}

std::vector<FindResult> find(Handle& handle, const ConvolutionCall& call, const Buffers& buffers,
                             std::size_t workspace_bytes, bool exhaustive) {
  if (are_commands_logged()) {
    log_command("LogCmdFindConvolution", to_driver_line(call.problem) + " -t 1");
  }
  const Selection selection = select_or_throw(handle, call, Status::kUnknownError);
  const ScopedDevice current(handle.device);
  const bool timed = handle.environment.find_mode.value_or(static_cast<int>(call.find_mode)) !=
                     static_cast<int>(FindMode::kFast);
  Choices choices, left_out;
  for (const SolverRow* solver : selection.solvers) {
    auto estimated = estimated_choice(*solver, make_plan(*solver, call.problem, handle.facts));
    std::shared_ptr<const Choice> choice;
    if (timed) {
      choice = measured_choice(handle, call, *solver, buffers, workspace_bytes, exhaustive);
    } else if (fits(estimated->plan(), buffers, workspace_bytes)) {
      choice = estimated;
    }
    (choice ? choices : left_out).push_back(choice ? std::move(choice) : std::move(estimated));
  }
  if (choices.empty()) {
    throw Error(Status::kUnknownError, "no suitable algorithm for " + to_driver_line(call.problem) +
                                           " within a workSpaceSize of " +
                                           std::to_string(workspace_bytes));
  }
  sort_by_time(choices);

  std::vector<FindResult> results;
  for (const auto& choice : choices) {
    const Algorithm algorithm = choice->solver().algorithm;
    if (std::none_of(results.begin(), results.end(),
                     [&](const FindResult& r) { return r.algorithm == algorithm; })) {
      results.push_back({algorithm, choice->milliseconds(), choice->plan().workspace_bytes});
    }
  }
  // What needed more workspace may still be run by id, later and with more.
  sort_by_time(left_out);
  choices.insert(choices.end(), left_out.begin(), left_out.end());
  for (const auto& choice : choices) choice->prepared(handle.modules);
  handle.plans.replace({call.problem, call.deterministic}, std::move(choices));
  return results;
}

void run(Handle& handle, const ConvolutionCall& call, Algorithm algorithm, const Buffers& buffers,
         std::size_t workspace_bytes) {
  log_run(call, nullptr, 0);
  const ScopedDevice current(handle.device);
  const auto choices = choices_of(handle, call, Status::kNotImplemented);
  const Choice* chosen = nullptr;
  for (const auto& choice : *choices) {
    if (!fits(choice->plan(), buffers, workspace_bytes)) continue;
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
        "runs " + std::string(chosen->solver().name) + " " + std::string(chosen->plan().instance));
  }
  launch(handle, *chosen, buffers);
}

std::shared_ptr<const Choice> solution_of(Handle& handle, const ConvolutionCall& call,
                                          std::uint64_t solution_id) {
  const auto choices = choices_of(handle, call, Status::kNotImplemented);
  for (const auto& choice : *choices) {
    if (choice->solver().id == solution_id) return choice;
  }
  const std::string what = "solution_id " + std::to_string(solution_id);
  const SolverRow* const solver = find_solver(solution_id);
  if (solver == nullptr) throw Error(Status::kBadParm, what + " is not the id of a solver");
  std::optional<std::string> reason = exclusion(*solver, handle.environment, call.deterministic);
  if (!reason) reason = solver->refusal(call.problem, handle.facts);
  throw Error(Status::kBadParm, what + " (" + std::string(solver->name) + ") cannot do " +
                                    to_driver_line(call.problem) + ": " + reason.value_or(""));
}

void run_solution(Handle& handle, const ConvolutionCall& call, std::uint64_t solution_id,
                  const Buffers& buffers, std::size_t workspace_bytes) {
  log_run(call, " -S ", solution_id);
  const ScopedDevice current(handle.device);
  const auto choice = solution_of(handle, call, solution_id);
  if (!fits(choice->plan(), buffers, workspace_bytes)) {
    throw Error(Status::kBadParm, "workSpaceSize is " + std::to_string(workspace_bytes) +
                                      " (workSpace " +
                                      (buffers.workspace == nullptr ? "null" : "given") +
                                      "), solution_id " + std::to_string(solution_id) + " needs " +
                                      std::to_string(choice->plan().workspace_bytes));
  }
  launch(handle, *choice, buffers);
}

}  // namespace rdna1conv
