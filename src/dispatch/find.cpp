// Find: times the solvers of a problem on the client's buffers.
#include <algorithm>
#include <limits>
#include <string>

#include "core/driver_line.h"
#include "core/logging.h"
#include "device/device_query.h"
#include "device/stream_timer.h"
#include "dispatch/choices.h"
#include "dispatch/likely_instances.h"

namespace rdna1conv {
namespace {

// Short kernels are timed several times, as the first run pays for cold caches and clocks.
constexpr float kLongEnoughMilliseconds = 5;
constexpr int kRepetitions = 4;

// A solver whose estimate is this many times the best one's is not worth the time to run it: the
// reference kernel takes seconds where others take milliseconds.
constexpr float kHopelessFactor = 10;

// All that a problem's Find spends on the device without a search, once each algorithm's best was
// run.
constexpr float kMostMilliseconds = 50;

// How much is to be timed.
struct Effort {
  bool search = false;           // all of it
  double most_clocks = 0;        // else instances up to this estimate
  float spent_milliseconds = 0;  // on the device
  bool is_over() const { return !search && spent_milliseconds >= kMostMilliseconds; }
};

float measure(const Handle& handle, const PreparedPlan& plan, const RunArguments& arguments,
              Effort& effort) {
  StreamTimer timer;
  float best = std::numeric_limits<float>::infinity();
  for (int i = 0; i < kRepetitions && (i == 0 || best < kLongEnoughMilliseconds); ++i) {
    timer.start(handle.stream);
    plan.launch(handle.stream, arguments);
    const float milliseconds = timer.stop(handle.stream);
    best = std::min(best, milliseconds);
    effort.spent_milliseconds += milliseconds;
    if (effort.is_over()) break;
  }
  return best;
}

// The fastest instance of a solver among those that the workspace admits, or null: of as many as
// the effort says, at least of the one with the lowest estimate.
std::shared_ptr<const Choice> measured_choice(const Handle& handle, const ConvolutionCall& call,
                                              const Choice& candidate, const Buffers& buffers,
                                              std::size_t workspace_bytes, Effort& effort) {
  const SolverRow& solver = candidate.solver();
  std::vector<Instance> instances = solver.instances(*candidate.problem(), handle.facts);
  std::stable_sort(instances.begin(), instances.end(), [](const Instance& a, const Instance& b) {
    return a.estimated_clocks < b.estimated_clocks;
  });
  const std::size_t least = std::min_element(instances.begin(), instances.end(),
                                             [](const Instance& a, const Instance& b) {
                                               return a.workspace_bytes < b.workspace_bytes;
                                             })
                                ->workspace_bytes;
  std::erase_if(instances, [&](const Instance& i) { return !fits(i, buffers, workspace_bytes); });
  if (instances.empty()) {
    log_line(
        LogLevel::kWarning, "IsEnoughWorkspace",
        std::string(solver.name) + " workspace required: " + std::to_string(least) +
            ", provided: " + std::to_string(buffers.workspace == nullptr ? 0 : workspace_bytes));
    return nullptr;
  }
  if (!effort.search) {
    const auto is_likely = [&](const Instance& i) {
      return i.estimated_clocks <= effort.most_clocks;
    };
    const auto likely = static_cast<std::size_t>(std::ranges::count_if(instances, is_likely));
    instances.resize(std::min(instances.size(), std::clamp<std::size_t>(likely, 1, kMostLikely)));
  }

  const Buffers in_plan = plan_buffers(call.problem, buffers);
  std::shared_ptr<const Choice> best;
  for (const Instance& instance : instances) {
    if (best && effort.is_over()) break;
    const PreparedPlan prepared(solver.launches(*candidate.problem(), instance), handle.modules);
    const float milliseconds = measure(handle, prepared, in_plan, effort);
    if (is_logged(LogLevel::kInfo)) {
      log_line(LogLevel::kInfo, call.function,
               std::string(solver.name) + " " + std::string(instance.name) + ": " +
                   std::to_string(milliseconds) + " ms");
    }
    if (!best || milliseconds < best->milliseconds()) {
      best = std::make_shared<const Choice>(solver, candidate.problem(), instance, milliseconds);
    }
  }
  return best;
}

bool any_fits(const Choices& choices, const Buffers& buffers, std::size_t workspace_bytes) {
  return std::any_of(choices.list.begin(), choices.list.end(), [&](const auto& choice) {
    return fits(choice->instance(), buffers, workspace_bytes);
  });
}

bool wants_search(const Handle& handle, bool exhaustive) {
  const FindEnforce enforce = handle.find_enforce;
  return exhaustive || enforce == FindEnforce::kSearch || enforce == FindEnforce::kSearchDbUpdate;
}

// Remembers what was measured, if it is the whole truth: nothing was kept out by the environment
// or for want of workspace.
void record(Handle& handle, const ConvolutionCall& call,
            const std::vector<std::shared_ptr<const Choice>>& measured, bool searched) {
  if (!handle.find_db || handle.environment.restricts_solvers() ||
      handle.find_enforce == FindEnforce::kDbClean) {
    return;
  }
  FindRecord fresh{searched, {}};
  for (const auto& choice : measured) {
    fresh.entries.push_back({std::string(choice->solver().name),
                             std::string(choice->instance().name), choice->milliseconds()});
  }
  handle.find_db->store(find_db_key(call), fresh);
}

}  // namespace

bool find_makes_do(const Handle& handle, const ConvolutionCall& call, const Choices& choices,
                   bool exhaustive) {
  if (call.find_mode == FindMode::kFast) return true;
  const FindEnforce enforce = handle.find_enforce;
  if (call.find_mode == FindMode::kNormal || enforce == FindEnforce::kDbUpdate ||
      enforce == FindEnforce::kSearchDbUpdate) {
    return false;
  }
  if (wants_search(handle, exhaustive)) return choices.origin == Origin::kSearched;
  return choices.origin != Origin::kEstimate;
}

std::shared_ptr<const Choices> find(Handle& handle, const ConvolutionCall& call,
                                    const Buffers& buffers, std::size_t workspace_bytes,
                                    bool exhaustive) {
  if (are_commands_logged()) {
    log_command("LogCmdFindConvolution", to_driver_line(call.problem) + " -t 1");
  }
  const ScopedDevice current(handle.device);
  const bool search = wants_search(handle, exhaustive);
  if (handle.find_db && handle.find_enforce == FindEnforce::kDbClean) {
    handle.find_db->erase(find_db_key(call));
  }

  const auto nothing_fits = [&] {
    return Error(Status::kUnknownError,
                 "no suitable algorithm for " + to_driver_line(call.problem) +
                     " within a workSpaceSize of " + std::to_string(workspace_bytes));
  };
  if (call.find_mode != FindMode::kNormal) {
    auto known = choices_of(handle, call, Status::kUnknownError);
    if (find_makes_do(handle, call, *known, exhaustive)) {
      if (!any_fits(*known, buffers, workspace_bytes)) throw nothing_fits();
      for (const auto& choice : known->list) choice->prepared(handle.modules);
      return known;
    }
  }

  if (is_capturing(handle.stream)) {
    throw Error(Status::kUnsupportedOp,
                "the handle's stream is being captured; Find has to wait for its work");
  }
  const auto problem = planned_problem(call.problem);
  std::vector<std::shared_ptr<const Choice>> candidates;
  for (const SolverRow* solver : select_or_throw(handle, call, Status::kUnknownError).solvers) {
    candidates.push_back(estimated_choice(*solver, problem, handle.facts));
  }
  sort_by_time(candidates);
  const float hopeless = candidates.front()->milliseconds() * kHopelessFactor;
  Effort effort{search, candidates.front()->instance().estimated_clocks * kLikelyFactor};

  Choices choices;
  choices.origin = search ? Origin::kSearched : Origin::kMeasured;
  std::vector<std::shared_ptr<const Choice>> left_out;
  bool wants_workspace = false;
  for (const auto& candidate : candidates) {
    // The first to fit is run whatever its estimate: Find always has a result.
    const bool is_hopeless =
        (candidate->milliseconds() > hopeless || effort.is_over()) && !choices.list.empty();
    auto measured =
        is_hopeless ? nullptr
                    : measured_choice(handle, call, *candidate, buffers, workspace_bytes, effort);
    wants_workspace |= !is_hopeless && !fits(candidate->instance(), buffers, workspace_bytes);
    if (measured) {
      choices.list.push_back(std::move(measured));
    } else {
      left_out.push_back(candidate);
    }
  }
  if (choices.list.empty()) throw nothing_fits();
  sort_by_time(choices.list);
  if (handle.profiling) handle.kernel_milliseconds = choices.list.front()->milliseconds();

  if (!wants_workspace) record(handle, call, choices.list, search);
  // What was not measured may still be run, by id or with more workspace.
  add_estimated(choices, left_out, handle.facts);
  for (const auto& choice : choices.list) choice->prepared(handle.modules);
  return handle.plans.replace(key_of(call), std::move(choices));
}

}  // namespace rdna1conv
