#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "conv_case.h"
#include "dispatch/solver_table.h"
#include "plan/device_facts.h"
#include "solvers/solver.h"

namespace rdna1conv {

// The device that the tests run on; fails the calling test if there is none.
DeviceFacts test_device_facts();

// Runs plans for one problem, of any direction, type, layout and epilogue, on the device:
//   PlanChecker(problem).check_all();
//
// A plan passes if the result is within tolerance.h's limits of the double-precision reference, its
// inputs are unchanged, and nothing was written around the output, into the gaps of its strides or
// around the workspace, which is exactly as large as the plan asked. Output and workspace start out
// as NaN. Of a scaled problem both beta 0 and another are run. x, w and y begin at addresses that
// are multiples of their element size only, and inputs end where their allocation ends.
//
// A transposed problem is checked as the ordinary one that solvers see.
class PlanChecker {
 public:
  // With integers as values a result has to be the reference's rounded to the output's type, bit
  // for bit, but for Winograd where its transforms divide by 3 or its sums are of fp16
  // (`is_exact`).
  explicit PlanChecker(const ConvProblem& problem, Values values = Values::kUniform);
  ~PlanChecker();

  // As solvers see it.
  const ConvProblem& problem() const;

  static bool is_exact(const SolverRow& solver, DataType type, Values values);

  testing::AssertionResult check(const SolverRow& solver, const Plan& plan) const;

  // Two runs of the plan give the same bits.
  testing::AssertionResult check_repeats(const SolverRow& solver, const Plan& plan) const;

  struct Candidate {
    const SolverRow* solver;
    Plan plan;
  };
  // Every plan of every solver in the table that does not refuse.
  std::vector<Candidate> all_plans() const;
  // Of each of these solvers the plan with the lowest estimate, and another one that `seed`
  // chooses.
  std::vector<Candidate> some_plans(std::uint64_t seed) const;

  // check() of all_plans() or of some_plans(), as EXPECTs. They return how many there were.
  int check_all() const;
  int check_some(std::uint64_t seed) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rdna1conv
