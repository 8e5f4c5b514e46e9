#pragma once

// The contract between whoever plans a kind of problem and its solvers. A solver is its functions
// and a row of a table; it holds no state and never touches the device.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/device_facts.h"
#include "plan/estimate.h"
#include "plan/plan.h"

namespace rdna1conv {

template <class Problem>
struct Solver {
  std::string_view name;
  std::uint64_t id;    // positive, never changed, never reused: clients keep it
  bool deterministic;  // bit-reproducible from run to run

  // Why the solver cannot do the problem, in words that complete "<name>: ..." (for instance
  // "filter is 5x5, needs 3x3"), or nothing if it can.
  std::optional<std::string> (*refusal)(const Problem& problem, const DeviceFacts& device);

  // Every instance that can do the problem, at least one if refusal() gave nothing. Whoever plans
  // takes the one with the lowest estimate, tests and conv-bench may take any. It is asked for at
  // the first call of a problem, so its cost must not grow with the tensors.
  std::vector<Instance> (*instances)(const Problem& problem, const DeviceFacts& device);

  // The launches of one of these instances; at most kMaxLaunches.
  std::vector<Launch> (*launches)(const Problem& problem, const Instance& instance);

  // What Instance::estimated_clocks of one of these instances is made of; null where nobody asks.
  Estimate (*estimate)(const Problem& problem, const Instance& instance,
                       const DeviceFacts& device) = nullptr;
};

// A problem that a solver would have to cut into more launches is refused.
inline constexpr std::int64_t kMaxLaunches = 4096;

// The instance with the lowest estimate, the first of equals. `instances` is not empty.
inline const Instance& best_of(const std::vector<Instance>& instances) {
  return *std::min_element(
      instances.begin(), instances.end(),
      [](const Instance& a, const Instance& b) { return a.estimated_clocks < b.estimated_clocks; });
}

template <class Problem>
Plan plan_of(const Solver<Problem>& solver, const Problem& problem, const Instance& instance) {
  return {instance.name, instance.workspace_bytes, instance.estimated_clocks,
          solver.launches(problem, instance)};
}

}  // namespace rdna1conv
