// What conv-bench finds out about a layer, on the device.
#include "bench/measurement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "core/driver_line.h"
#include "core/epilogue.h"
#include "dispatch/find_db.h"
#include "dispatch/solver_table.h"

namespace rdna1conv::bench {
namespace {

namespace fs = std::filesystem;

// A user's find-db of one record, on while this lives.
class FindDbOfOneRecord {
 public:
  FindDbOfOneRecord(const DeviceFacts& device, const ConvProblem& problem,
                    const FindRecord::Entry& entry) {
    std::string name = (fs::temp_directory_path() / "rdna1conv_bench_XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    folder_ = name;
    std::ofstream(folder_ / find_db_file_name(device, "ufdb"))
        << to_text({{to_driver_line(problem), FindRecord{false, {entry}}}});
    setenv("MIOPEN_USER_DB_PATH", folder_.c_str(), 1);
    setenv("MIOPEN_DEBUG_DISABLE_FIND_DB", "0", 1);
  }
  ~FindDbOfOneRecord() {
    setenv("MIOPEN_DEBUG_DISABLE_FIND_DB", "1", 1);
    unsetenv("MIOPEN_USER_DB_PATH");
    fs::remove_all(folder_);
  }
  FindDbOfOneRecord(const FindDbOfOneRecord&) = delete;
  FindDbOfOneRecord& operator=(const FindDbOfOneRecord&) = delete;

 private:
  fs::path folder_;
};

// Fused layers are verified against sums that went through the epilogue: every word of one shows.
TEST(Measure, VerifiesWhatIsFused) {
  const BenchDevice device = open_device();
  setenv("MIOPEN_DEBUG_DISABLE_FIND_DB", "1", 1);
  for (const char* epilogue : {"bias,relu", "scale,z,bias,norm,leakyrelu"}) {
    Changes changes;
    changes.epilogue = parse_epilogue(epilogue);
    const Workload workload =
        workload_of_line("conv -n 2 -c 8 -H 9 -W 9 -k 24 -p 1 -q 1 -F 0", changes);
    EXPECT_EQ(workload.layers.size(), 3u);
    for (const Layer& layer : workload.layers) {
      const bool is_forward = layer.problem.direction == Direction::kForward;
      EXPECT_EQ(layer.problem.epilogue != Epilogue{}, is_forward) << layer.name;
      const Measurement m = measure(device, layer, {.cpu = false}).measurement;
      EXPECT_EQ(m.outcome, Outcome::kVerified) << epilogue << ": " << layer.name << m.reason;
    }
  }
}

TEST(Measure, NamesTheKernelThatRan) {
  const BenchDevice device = open_device();
  const Workload workload = workload_of_line("conv -n 1 -c 24 -H 9 -W 9 -k 24 -F 1");
  const Layer& layer = workload.layers.front();
  const ConvProblem& problem = layer.problem;
  const MeasureOptions options{.cpu = false};
  setenv("MIOPEN_DEBUG_DISABLE_FIND_DB", "1", 1);
  const Measurement estimated = measure(device, layer, options).measurement;
  ASSERT_EQ(estimated.outcome, Outcome::kVerified) << estimated.reason;

  // Another instance of the same solver, as Find may have found it to be faster.
  const SolverRow& solver = *find_solver(estimated.solver);
  EXPECT_EQ(estimated.instance, make_plan(solver, problem, device.facts).instance);
  const std::vector<Plan> plans = make_plans(solver, problem, device.facts);
  const auto other = std::find_if(plans.begin(), plans.end(), [&](const Plan& plan) {
    return plan.instance != estimated.instance;
  });
  ASSERT_NE(other, plans.end()) << solver.name << " has one instance: take another layer";
  const FindDbOfOneRecord find_db(device.facts, problem,
                                  {std::string(solver.name), std::string(other->instance), 1e-3f});
  const MeasureOptions by_solver{.solver_name = std::string(solver.name), .cpu = false};
  const Measurement recorded = measure(device, layer, by_solver).measurement;
  EXPECT_EQ(recorded.outcome, Outcome::kVerified) << recorded.reason;
  EXPECT_EQ(recorded.solver, solver.name);
  EXPECT_EQ(recorded.instance, other->instance);
}

}  // namespace
}  // namespace rdna1conv::bench
