#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <queue>
#include <shared_mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/conv_problem.h"
#include "device/prepared_plan.h"
#include "solvers/solver.h"

namespace rdna1conv {

// One way to run a problem: a solver with the instance chosen for it. Its launches are built when
// it is first run.
class Choice {
 public:
  // `problem` as solvers see it, untransposed().
  Choice(const SolverRow& solver, std::shared_ptr<const ConvProblem> problem,
         const Instance& instance, float milliseconds)
      : solver_(&solver),
        problem_(std::move(problem)),
        instance_(instance),
        milliseconds_(milliseconds) {}

  const SolverRow& solver() const { return *solver_; }
  const std::shared_ptr<const ConvProblem>& problem() const { return problem_; }
  const Instance& instance() const { return instance_; }
  float milliseconds() const { return milliseconds_; }  // estimated, or measured by Find

  // The launches with their kernels, loaded by the first call.
  const PreparedPlan& prepared(const std::shared_ptr<KernelModules>& modules) const;

 private:
  const SolverRow* solver_;
  std::shared_ptr<const ConvProblem> problem_;
  Instance instance_;
  float milliseconds_;
  mutable std::once_flag once_;
  mutable std::unique_ptr<const PreparedPlan> prepared_;
};

// Where the order of the choices comes from.
enum class Origin {
  kEstimate,  // the cost model
  kMeasured,  // Find, one instance of each solver
  kSearched,  // Find, all instances
};

// Every solver that can do a problem, best first.
struct Choices {
  std::vector<std::shared_ptr<const Choice>> list;
  Origin origin = Origin::kEstimate;
};

struct PlanKey {
  ConvProblem problem;
  bool deterministic = false;      // only bit-reproducible solvers
  bool without_workspace = false;  // only plans that need none
  bool operator==(const PlanKey&) const = default;
};

struct PlanKeyHash {
  std::size_t operator()(const PlanKey& key) const {
    return hash_of(key.problem) ^ (key.deterministic ? 0x9e3779b9u : 0u) ^
           (key.without_workspace ? 0x85ebca6bu : 0u);
  }
};

// What a handle knows about the problems it has met. Any thread may use it; a look-up neither
// allocates nor waits for another look-up.
class PlanCache {
 public:
  // A client with ever new shapes does not fill the memory: beyond this many problems, a few KB
  // each, the one that was not used for longest is forgotten for each new one.
  static constexpr std::size_t kMostProblems = 4096;

  // Null if the problem is new.
  std::shared_ptr<const Choices> find(const PlanKey& key) const;

  // Adds the problem unless another thread was faster; what the cache then has.
  std::shared_ptr<const Choices> insert(const PlanKey& key, Choices choices);

  // Adds or replaces: Find knows better than an estimate. Calls under way keep what they have.
  std::shared_ptr<const Choices> replace(const PlanKey& key, Choices choices);

  std::size_t size() const;

 private:
  struct Entry {
    Entry(std::shared_ptr<const Choices> known, std::uint64_t now)
        : choices(std::move(known)), last_use(now) {}
    std::shared_ptr<const Choices> choices;
    mutable std::atomic<std::uint64_t> last_use;  // by uses_
  };
  using Entries = std::unordered_map<PlanKey, Entry, PlanKeyHash>;

  // An entry as it was when it was last looked at for being forgotten: at that use it was last
  // used, or later.
  struct Candidate {
    std::uint64_t last_use;
    const Entries::value_type* entry;  // nodes of the map stay where they are
    bool operator>(const Candidate& other) const { return last_use > other.last_use; }
  };

  std::uint64_t next_use() const { return uses_.fetch_add(1, std::memory_order_relaxed) + 1; }
  Entry& add(const PlanKey& key, std::shared_ptr<const Choices> choices);  // with mutex_ held
  void forget_one();                                                       // with mutex_ held

  mutable std::shared_mutex mutex_;
  Entries entries_;
  // Of every entry one, the least recently used on top, as far as look-ups since do not know
  // better: those only note their use, and forget_one() puts it right.
  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> candidates_;
  mutable std::atomic<std::uint64_t> uses_{0};
};

}  // namespace rdna1conv
