// A plan for a problem, run with and without changes.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "core/conv_problem.h"
#include "observers/mutation/plan_runner.h"

namespace emulator {

// How a change came to light.
enum class Found : std::uint8_t {
  kNot,
  kByCheck,       // a check, or the device itself: accesses outside of allocations, endless loops
  kByUnusedData,  // bytes that must be used were not: UnusedData
};

// Thread-safe but for the runners, of which each thread brings its own.
class Trial {
 public:
  Trial(const rdna1conv::ConvProblem& problem, const rdna1conv::Plan& plan, std::string name,
        KernelStore& store);

  const rdna1conv::ConvProblem& problem() const { return problem_; }
  const rdna1conv::Plan& plan() const { return plan_; }
  const std::string& name() const { return name_; }
  PlanRunner make_runner() const { return {problem_, plan_, store_}; }

  // What is wrong with the unchanged plan: empty when no check finds anything and late memory
  // changes nothing. Run at the first call.
  const std::string& complaint();
  const Outcome& expected() const { return expected_; }  // after complaint()
  // After complaint(), which must have been empty.
  Found find(PlanRunner& runner, const Change& change) const;

 private:
  std::string examine();

  rdna1conv::ConvProblem problem_;
  rdna1conv::Plan plan_;
  std::string name_;
  KernelStore& store_;
  std::once_flag once_;
  std::string complaint_;
  Outcome expected_;
  UnusedData unused_;  // by nature; what is zero here has to be zero after a change
};

// Small random problems of all kinds, and the plans that run a kernel on them: where tensors and
// tiles end changes from one to the next, so that each instruction of a kernel meets an end
// somewhere.
class SmallTrials {
 public:
  static constexpr std::size_t kMostOfAKernel = 64;

  SmallTrials(unsigned problems, std::uint32_t seed, KernelStore& store);
  std::vector<Trial*> of(std::string_view kernel) const;
  const std::vector<std::unique_ptr<Trial>>& all() const { return trials_; }

 private:
  std::vector<std::unique_ptr<Trial>> trials_;
  std::map<std::string, std::vector<Trial*>, std::less<>> of_kernel_;
};

}  // namespace emulator
