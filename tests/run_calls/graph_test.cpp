// Run calls in captured streams, by every solver and by the API, and replays of the graphs.
#include <gtest/gtest.h>
#include <hip/hip_runtime_api.h>

#include "api_client.h"
#include "conv_reference.h"
#include "core/driver_line.h"
#include "device/device_query.h"
#include "device/hip_check.h"
#include "device/kernel_module.h"
#include "device/prepared_plan.h"
#include "graph.h"
#include "guarded_run.h"
#include "plan_check.h"
#include "run_call_cases.h"
#include "tolerance.h"

namespace rdna1conv {
namespace {

std::optional<std::string> fault_of_run(const GuardedRun& guarded, Algorithm algorithm,
                                        std::size_t workspace,
                                        const std::function<void(const Buffers&)>& launch) {
  const ConvCase& conv_case = guarded.conv_case();
  // Adding to the output would show how often it ran.
  const EpilogueScalars scalars = scalars_for(conv_case.problem, true);
  try {
    return fault_of(guarded.run(workspace, scalars, launch), expected_output(conv_case, scalars),
                    tolerance_of(conv_case.problem, algorithm));
  } catch (const std::exception& error) {
    return error.what();
  }
}

TEST(Graph, EverySolverIsCapturedAndReplayed) {
  const auto modules = KernelModules::of_device(current_device());
  const Stream stream;
  for (const SolverCase& row : case_of_each_solver()) {
    SCOPED_TRACE(name_of(row));
    const GuardedRun guarded(row.problem);
    const ConvProblem& problem = guarded.conv_case().problem;
    const Plan plan = make_plan(*row.solver, problem, test_device_facts());
    const PreparedPlan prepared(plan.launches, modules);
    const auto fault = fault_of_run(
        guarded, row.solver->algorithm, plan.workspace_bytes, [&](const Buffers& buffers) {
          const Graph graph(stream, [&] { prepared.launch(stream, buffers); });
          EXPECT_EQ(graph.nodes(), plan.launches.size());
          // The second run finds the first one's leavings in the workspace.
          graph.run(stream);
          graph.run(stream);
          check_hip(hipStreamSynchronize(stream), "hipStreamSynchronize");
        });
    EXPECT_FALSE(fault) << *fault;
  }
}

TEST(Graph, CapturingRunsNothing) {
  const auto modules = KernelModules::of_device(current_device());
  const Stream stream;
  const SolverCase row = case_of_each_solver().front();
  const GuardedRun guarded(row.problem);
  const Plan plan = make_plan(*row.solver, guarded.conv_case().problem, test_device_facts());
  const PreparedPlan prepared(plan.launches, modules);
  const auto fault = fault_of_run(
      guarded, row.solver->algorithm, plan.workspace_bytes, [&](const Buffers& buffers) {
        const Graph graph(stream, [&] { prepared.launch(stream, buffers); });
        check_hip(hipDeviceSynchronize(), "hipDeviceSynchronize");
      });
  ASSERT_TRUE(fault);
  EXPECT_NE(fault->find("unwritten"), std::string::npos) << *fault;
}

// The API's calls, those that were found and those of immediate mode, on the handle's stream.
TEST(Graph, EveryApiCallIsCapturedAndReplayed) {
  const Stream stream;
  for (const ConvProblem& problem : run_call_problems()) {
    SCOPED_TRACE(to_driver_line(problem));
    const GuardedRun guarded(problem);
    ApiClient client(problem, 0);
    client::check_miopen(miopenSetStream(client.handle(), stream), "miopenSetStream");
    const std::size_t bytes = client.workspace_bytes();
    std::vector<miopenConvAlgoPerf_t> found;
    static_cast<void>(guarded.run(
        bytes, {}, [&](const Buffers& buffers) { found = client.find(buffers, bytes); }));

    const auto check = [&](Algorithm algorithm, std::size_t workspace, const auto& call) {
      return fault_of_run(guarded, algorithm, workspace, [&](const Buffers& buffers) {
        const Graph graph(stream, [&] { client::check_miopen(call(buffers), "run call"); });
        graph.run(stream);
        graph.run(stream);
        check_hip(hipStreamSynchronize(stream), "hipStreamSynchronize");
      });
    };
    for (const miopenConvAlgoPerf_t& perf : found) {
      const auto algorithm = static_cast<Algorithm>(perf.fwd_algo);
      const auto fault = check(algorithm, perf.memory, [&](const Buffers& buffers) {
        return client.run(algorithm, buffers, perf.memory);
      });
      EXPECT_FALSE(fault) << *fault;
    }
    if (problem.epilogue.scaled) continue;  // immediate mode takes no alpha and beta
    for (const miopenConvSolution_t& solution : client.solutions()) {
      client.compile(solution.solution_id);
      const auto fault = check(static_cast<Algorithm>(solution.algorithm), solution.workspace_size,
                               [&](const Buffers& buffers) {
                                 return client.run_immediate(solution.solution_id, buffers,
                                                             solution.workspace_size);
                               });
      EXPECT_FALSE(fault) << *fault;
    }
  }
}

// Find has to wait for what it times.
TEST(Graph, FindIsRefusedInACapture) {
  const ConvProblem problem = run_call_problems().front();
  const Stream stream;
  const GuardedRun guarded(problem);
  ApiClient client(problem, 0);
  client::check_miopen(miopenSetStream(client.handle(), stream), "miopenSetStream");
  std::string text;
  const auto fault = fault_of_run(guarded, Algorithm::kDirect, 0, [&](const Buffers& buffers) {
    const Graph graph(stream, [&] {
      try {
        static_cast<void>(client.find(buffers, 0));
      } catch (const std::runtime_error& error) {
        text = error.what();
      }
    });
    EXPECT_EQ(graph.nodes(), 0u);  // and the capture goes on
  });
  ASSERT_TRUE(fault);
  EXPECT_NE(fault->find("unwritten"), std::string::npos) << *fault;
  EXPECT_NE(text.find("miopenStatusUnsupportedOp"), std::string::npos) << text;
  EXPECT_NE(text.find("is being captured"), std::string::npos) << text;
}

// Calls that depend on each other stay in order: x -> y by w, then dx of y by w into x's place.
TEST(Graph, KeepsTheOrderOfCalls) {
  ConvProblem problem =
      parse_driver_line("conv -n 1 -c 8 -H 9 -W 9 -k 8 -y 3 -x 3 -p 1 -q 1 -F 1").problem;
  const ConvCase c = make_case(problem);
  const std::vector<double> y = c.sums;
  const std::vector<float> y_floats(y.begin(), y.end());
  ConvProblem backward = problem;
  backward.direction = Direction::kBackwardData;
  const std::vector<double> expected = convolve(backward, {}, c.w, y_floats);

  const Stream stream;
  ApiClient forward(problem, 0), back(backward, 0);
  for (ApiClient* client : {&forward, &back})
    client::check_miopen(miopenSetStream(client->handle(), stream), "miopenSetStream");
  const GuardedTensor x(x_tensor(problem), GuardedTensor::Use::kRead, c.x);
  const GuardedTensor w(w_tensor(problem), GuardedTensor::Use::kRead, c.w);
  const GuardedTensor between(y_tensor(problem), GuardedTensor::Use::kWrite, {});
  const GuardedTensor result(x_tensor(problem), GuardedTensor::Use::kWrite, {});
  const std::size_t bytes = std::max(forward.workspace_bytes(), back.workspace_bytes());
  const GuardedWorkspace workspace(bytes);
  const Buffers first{x.address(), w.address(), between.address(), workspace.address()};
  const Buffers second{result.address(), w.address(), between.address(), workspace.address()};
  const auto run = [&](ApiClient& client, const Buffers& buffers) {
    const miopenConvSolution_t best = client.solutions().front();
    client::check_miopen(client.run_immediate(best.solution_id, buffers, bytes), "run call");
  };
  run(forward, first);  // loads the kernels
  run(back, second);
  const GuardedTensor fresh_between(y_tensor(problem), GuardedTensor::Use::kWrite, {});
  const GuardedTensor fresh_result(x_tensor(problem), GuardedTensor::Use::kWrite, {});
  const Graph graph(stream, [&] {
    run(forward, {x.address(), w.address(), fresh_between.address(), workspace.address()});
    run(back, {fresh_result.address(), w.address(), fresh_between.address(), workspace.address()});
  });
  graph.run(stream);
  check_hip(hipStreamSynchronize(stream), "hipStreamSynchronize");
  const auto fault =
      fault_of(fresh_result.stored_values(), expected, tolerance_of(backward, Algorithm::kDirect));
  EXPECT_FALSE(fault) << *fault;
}

}  // namespace
}  // namespace rdna1conv
