// A warm run call allocates nothing, copies nothing and waits for nothing.
#include <gtest/gtest.h>
#include <hip/hip_runtime_api.h>

#include <algorithm>

#include "api_client.h"
#include "conv_case.h"
#include "core/driver_line.h"
#include "device/device_query.h"
#include "device/kernel_module.h"
#include "device/prepared_plan.h"
#include "guarded_run.h"
#include "plan_check.h"
#include "run_call_cases.h"
#include "watch.h"

namespace rdna1conv {
namespace {

TEST(WatchedRunCall, OfEverySolverOnlyLaunches) {
  const auto modules = KernelModules::of_device(current_device());
  for (const SolverCase& row : case_of_each_solver()) {
    const GuardedRun guarded(row.problem);
    const Plan plan = make_plan(*row.solver, guarded.conv_case().problem, test_device_facts());
    const PreparedPlan prepared(plan.launches, modules);
    std::string fault;
    static_cast<void>(guarded.run(plan.workspace_bytes, {}, [&](const Buffers& buffers) {
      fault = fault_of_second([&] { prepared.launch(nullptr, buffers); });
    }));
    EXPECT_EQ(fault, "") << name_of(row);
  }
}

// Every solver of the table is among those watched: a new one needs a problem in
// run_call_cases.cpp.
TEST(WatchedRunCall, EverySolverHasACase) {
  const std::vector<SolverCase> cases = case_of_each_solver();
  for (const SolverRow& solver : solver_table()) {
    EXPECT_TRUE(std::any_of(cases.begin(), cases.end(), [&](const SolverCase& row) {
      return row.solver == &solver;
    })) << solver.name;
  }
}

TEST(WatchedRunCall, OfTheApiOnlyLaunches) {
  for (const ConvProblem& problem : run_call_problems()) {
    const GuardedRun guarded(problem);
    ApiClient client(problem, 0);
    const std::size_t bytes = client.workspace_bytes();
    std::vector<miopenConvAlgoPerf_t> found;
    static_cast<void>(guarded.run(
        bytes, {}, [&](const Buffers& buffers) { found = client.find(buffers, bytes); }));
    for (const miopenConvAlgoPerf_t& perf : found) {
      std::string fault;
      const EpilogueScalars scalars = scalars_for(problem, false);
      static_cast<void>(guarded.run(perf.memory, scalars, [&](const Buffers& buffers) {
        fault = fault_of_second([&] {
          ASSERT_EQ(client.run(static_cast<Algorithm>(perf.fwd_algo), buffers, perf.memory),
                    miopenStatusSuccess);
        });
      }));
      EXPECT_EQ(fault, "") << to_driver_line(problem) << " by algorithm " << perf.fwd_algo;
    }
    if (problem.epilogue.scaled) continue;  // immediate mode takes no alpha and beta
    for (const miopenConvSolution_t& solution : client.solutions()) {
      std::string fault;
      static_cast<void>(guarded.run(solution.workspace_size, {}, [&](const Buffers& buffers) {
        fault = fault_of_second([&] {
          ASSERT_EQ(client.run_immediate(solution.solution_id, buffers, solution.workspace_size),
                    miopenStatusSuccess);
        });
      }));
      EXPECT_EQ(fault, "") << to_driver_line(problem) << " -S " << solution.solution_id;
    }
  }
}

// With the logs off, which is how programs run.
TEST(WatchedRunCall, InACapturedStreamAddsNodesAndNoMore) {
  hipStream_t stream = nullptr;
  ASSERT_EQ(hipStreamCreateWithFlags(&stream, hipStreamNonBlocking), hipSuccess);
  const ConvProblem problem = run_call_problems().front();
  const GuardedRun guarded(problem);
  ApiClient client(problem, 0);
  ASSERT_EQ(miopenSetStream(client.handle(), stream), miopenStatusSuccess);
  const miopenConvSolution_t best = client.solutions().front();
  static_cast<void>(guarded.run(best.workspace_size, {}, [&](const Buffers& buffers) {
    const auto run = [&] {
      ASSERT_EQ(client.run_immediate(best.solution_id, buffers, best.workspace_size),
                miopenStatusSuccess);
    };
    run();
    hipGraph_t graph = nullptr;
    ASSERT_EQ(hipStreamBeginCapture(stream, hipStreamCaptureModeThreadLocal), hipSuccess);
    Watch watch;
    run();
    const Observed seen = watch.stop();
    ASSERT_EQ(hipStreamEndCapture(stream, &graph), hipSuccess);
    EXPECT_EQ(seen.forbidden_calls, 0) << seen.first_forbidden;
    EXPECT_EQ(seen.launches, 0);
    EXPECT_EQ(hipGraphDestroy(graph), hipSuccess);
  }));
  EXPECT_EQ(hipStreamDestroy(stream), hipSuccess);
}

}  // namespace
}  // namespace rdna1conv
