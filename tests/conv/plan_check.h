#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "conv_case.h"
#include "device/kernel_module.h"
#include "dispatch/solver_table.h"
#include "solvers/solver.h"

namespace rdna1conv {

// The device that the tests run on; fails the calling test if there is none.
DeviceFacts test_device_facts();

// Runs plans for one problem on the device. A plan passes if the result is within tolerance, finite
// and not all zero, x and w are unchanged, and nothing was written around y and the workspace,
// which is exactly as large as the plan asked. y and the workspace start out as NaN.
class PlanChecker {
 public:
  explicit PlanChecker(const ConvProblem& problem);
  ~PlanChecker();

  testing::AssertionResult check(const SolverRow& solver, const Plan& plan) const;

  // Two runs of the plan give the same bits.
  testing::AssertionResult check_repeats(const SolverRow& solver, const Plan& plan) const;

  // check() of every plan of every solver in the table that does not refuse, as EXPECTs.
  void check_all() const;

 private:
  struct State;
  std::string name_of(const SolverRow& solver, const Plan& plan) const;
  std::unique_ptr<State> state_;
};

}  // namespace rdna1conv
