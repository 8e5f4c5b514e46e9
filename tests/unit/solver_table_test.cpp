#include "dispatch/solver_table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "core/driver_line.h"
#include "core/error.h"
#include "core/logging.h"
#include "device/code_objects.h"
#include "dispatch/selection.h"

namespace rdna1conv {
namespace {

// Problems of every kind that some solver takes, and of every kind that none does.
constexpr const char* kLines[] = {
    "conv -n 1 -c 64 -H 56 -W 56 -k 64 -p 1 -q 1 -F 1",
    "conv -n 1 -c 3 -H 224 -W 224 -k 64 -y 7 -x 7 -p 3 -q 3 -u 2 -v 2 -F 1",
    "conv -n 1 -c 2048 -H 7 -W 7 -k 512 -y 1 -x 1 -F 1",
    "conv -n 16 -c 256 -H 14 -W 14 -k 1024 -y 1 -x 1 -u 2 -v 2 -F 1",
    "conv -n 2 -c 32 -H 28 -W 28 -k 32 -g 32 -p 1 -q 1 -F 1",
    "conv -n 1 -c 128 -H 28 -W 28 -k 128 -g 32 -p 1 -q 1 -F 1",
    "conv -n 1 -c 16 -H 33 -W 35 -k 8 -y 3 -x 3 -p 2 -q 2 -l 2 -j 2 -F 1",
    "conv -n 1 -c 1 -H 1 -W 1 -k 1 -y 1 -x 1 -F 1",
    "conv -n 1 -c 5 -H 7 -W 9 -k 3 -y 5 -x 2 -p 4 -q 0 -u 3 -v 2 -F 1",
    "conv -n 1 -c 4 -H 2 -W 2 -k 4 -y 5 -x 5 -F 1",
    "conv -n 1 -c 8 -H 9 -W 9 -k 8 -p 1 -q 1 -I NHWC -f NHWC -O NHWC -F 1",
    "conv -n 1 -c 8 -H 9 -W 9 -k 8 -p 1 -q 1 --in_strides 9999,100,10,1 -F 1",
    "conv -n 1 -c 64 -H 56 -W 56 -k 64 -p 1 -q 1 -F 2",
    "conv -n 1 -c 64 -H 56 -W 56 -k 64 -p 1 -q 1 -F 4",
    "conv -n 1 -c 64 -H 56 -W 56 -k 64 -p 1 -q 1 -m trans -F 1",
    "convfp16 -n 1 -c 64 -H 56 -W 56 -k 64 -p 1 -q 1 -F 1",
    "convint8 -n 1 -c 64 -H 56 -W 56 -k 64 -p 1 -q 1 -F 1",
    "conv -n 1 -c 4 -! 5 -H 6 -W 6 -k 4 -_ 3 -F 1",
};

TEST(SolverTable, NamesAndIdsAreUnique) {
  std::set<std::uint64_t> ids;
  std::set<std::string_view> names;
  for (const SolverRow& row : solver_table()) {
    EXPECT_GT(row.id, 0u) << row.name;
    EXPECT_TRUE(ids.insert(row.id).second) << row.name;
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_EQ(find_solver(row.id), &row);
    EXPECT_EQ(find_solver(row.name), &row);
  }
  EXPECT_EQ(find_solver(std::uint64_t{0}), nullptr);
  EXPECT_EQ(find_solver(""), nullptr);
}

// Clients store ids, find-dbs names; changing one would make them run another solver. A row is
// added here with its solver and stays when the solver goes, so that its id is not given again.
struct KnownSolver {
  std::string_view name;
  std::uint64_t id;
  bool is_gone = false;
};
constexpr KnownSolver kKnownSolvers[] = {
    {"DirectReference", 1},         {"DirectTiledFwd", 2},
    {"Im2colGemmFwd", 3},           {"Gemm1x1Fwd", 4},
    {"WinogradF2x3Fwd", 5},         {"WinogradF4x3Fwd", 6},
    {"ImplicitGemmFwd", 10},        {"ImplicitGemmBwdData", 11},
    {"ImplicitGemmBwdWeights", 12}, {"DirectGroupedFwd", 20},
    {"DirectGroupedBwdData", 21},   {"DirectGroupedBwdWeights", 22},
    {"WinogradF2x3BwdData", 30},    {"WinogradF4x3BwdData", 31},
    {"WinogradF3x2BwdWeights", 32}, {"SharedTilesBwdWeights", 33},
};

TEST(SolverTable, KeepsNamesAndIds) {
  std::size_t present = 0;
  for (const auto& [name, id, is_gone] : kKnownSolvers) {
    const SolverRow* const row = find_solver(name);
    EXPECT_EQ(row == nullptr, is_gone) << name;
    EXPECT_EQ(row, find_solver(id)) << name << ": id " << id << " is another solver's";
    present += row != nullptr;
  }
  EXPECT_EQ(present, solver_table().size()) << "a solver is missing from this table";
}

TEST(SolverTable, ReferenceIsLast) { EXPECT_EQ(solver_table().back().name, "DirectReference"); }

TEST(SolverTable, EveryRefusalHasWordsAndEveryPlanIsLaunchable) {
  const DeviceFacts device = rx_5700_xt();
  for (const char* line : kLines) {
    const ConvProblem problem = untransposed(parse_driver_line(line).problem);
    const Buffer result = problem.direction == Direction::kForward        ? Buffer::kY
                          : problem.direction == Direction::kBackwardData ? Buffer::kX
                                                                          : Buffer::kW;
    for (const SolverRow& row : solver_table()) {
      SCOPED_TRACE(std::string(row.name) + ": " + to_driver_line(problem));
      if (const auto reason = row.refusal(problem, device)) {
        EXPECT_GT(reason->size(), 8u);
        continue;
      }
      const std::vector<Plan> plans = make_plans(row, problem, device);
      EXPECT_FALSE(plans.empty());
      // What an estimate is made of adds up to what the dispatcher compares.
      for (const Instance& instance : row.instances(problem, device)) {
        EXPECT_NEAR(row.estimate(problem, instance, device).clocks(), instance.estimated_clocks,
                    1e-9 * instance.estimated_clocks)
            << instance.name;
      }
      std::set<std::string_view> instances;
      for (const Plan& plan : plans) {
        EXPECT_FALSE(plan.instance.empty());
        EXPECT_TRUE(instances.insert(plan.instance).second) << plan.instance;
        EXPECT_TRUE(std::isfinite(plan.estimated_clocks)) << plan.instance;
        EXPECT_GT(plan.estimated_clocks, 0) << plan.instance;
        EXPECT_FALSE(plan.launches.empty()) << plan.instance;
        bool writes_result = false, uses_workspace = false;
        for (const Launch& launch : plan.launches) {
          EXPECT_FALSE(code_object(launch.kernel.family).empty()) << launch.kernel.family;
          const std::uint64_t items =
              std::uint64_t{launch.block.x} * launch.block.y * launch.block.z;
          EXPECT_GE(items, 1u);
          EXPECT_LE(items, 1024u) << launch.kernel.name;
          EXPECT_LE(launch.dynamic_lds, device.lds_bytes_per_workgroup) << launch.kernel.name;
          for (const auto& [grid, block] :
               {std::pair{launch.grid.x, launch.block.x}, std::pair{launch.grid.y, launch.block.y},
                std::pair{launch.grid.z, launch.block.z}}) {
            EXPECT_GE(grid, 1u) << launch.kernel.name;
            // The packet's grid is 32 bits of work items in each dimension.
            EXPECT_LT(std::uint64_t{grid} * block, std::uint64_t{1} << 32) << launch.kernel.name;
          }
          for (std::uint32_t i = 0; i < launch.pointer_count; ++i) {
            const PointerPatch& pointer = launch.pointers[i];
            EXPECT_EQ(pointer.params_offset % alignof(void*), 0u);
            EXPECT_LE(pointer.params_offset + sizeof(void*), launch.params_bytes);
            writes_result |= pointer.buffer == result;
            uses_workspace |= pointer.buffer == Buffer::kWorkspace;
            if (pointer.buffer == Buffer::kWorkspace) {
              EXPECT_LT(pointer.buffer_offset, plan.workspace_bytes) << plan.instance;
            }
          }
        }
        EXPECT_TRUE(writes_result) << plan.instance;
        EXPECT_EQ(uses_workspace, plan.workspace_bytes > 0) << plan.instance;
      }
    }
  }
}

TEST(SolverTable, EveryProblemHasASolver) {
  for (const char* line : kLines) {
    const ConvProblem p = untransposed(parse_driver_line(line).problem);
    const Selection selection = select_solvers(p, rx_5700_xt(), {}, false, "test");
    EXPECT_FALSE(selection.solvers.empty()) << line << "\n" << selection.refusals;
  }
}

TEST(SolverTable, NoSolverTakesTypesThatNoneHas) {
  for (const char* line :
       {"conv -n 1 -c 8 -H 9 -W 9 -k 8 --fil_type fp16 -F 1",
        "convint8 -n 1 -c 8 -H 9 -W 9 -k 8 -F 2", "convint8 -n 1 -c 8 -H 9 -W 9 -k 8 -F 4"}) {
    const ConvProblem p = parse_driver_line(line).problem;
    const Selection selection = select_solvers(p, rx_5700_xt(), {}, false, "test");
    EXPECT_TRUE(selection.solvers.empty()) << line;
    EXPECT_NE(selection.refusals.find("DirectReference: tensors are "), std::string::npos) << line;
  }
}

TEST(MakePlan, TakesTheLowestEstimateOrTheInstanceAskedFor) {
  const ConvProblem problem = parse_driver_line(kLines[0]).problem;
  const DeviceFacts device = rx_5700_xt();
  for (const SolverRow& row : solver_table()) {
    if (row.refusal(problem, device)) continue;
    const Plan best = make_plan(row, problem, device);
    for (const Plan& plan : make_plans(row, problem, device)) {
      EXPECT_LE(best.estimated_clocks, plan.estimated_clocks) << row.name;
      EXPECT_EQ(make_plan(row, problem, device, plan.instance).instance, plan.instance);
    }
    EXPECT_THROW(make_plan(row, problem, device, "no such instance"), Error) << row.name;
  }
}

TEST(Selection, EnvironmentAndDeterminismExclude) {
  constexpr SolverRow kWild{{"Wild", 99, false, nullptr, nullptr, nullptr}, Algorithm::kGemm};
  EXPECT_EQ(exclusion(kWild, {}, false), std::nullopt);
  EXPECT_EQ(exclusion(kWild, {}, true), "not deterministic");
  Environment environment;
  environment.allow_gemm = false;
  EXPECT_EQ(exclusion(kWild, environment, false), "switched off by MIOPEN_DEBUG_CONV_GEMM");
  environment = {};
  environment.only = {"DirectReference"};
  EXPECT_EQ(exclusion(kWild, environment, false), "not named by MIOPEN_DEBUG_FIND_ONLY_SOLVER");
  environment.only = {"DirectReference", "99"};
  EXPECT_EQ(exclusion(kWild, environment, false), std::nullopt);
  environment.only = {"Wild"};
  EXPECT_EQ(exclusion(kWild, environment, false), std::nullopt);
  EXPECT_EQ(unknown_solvers(environment), std::vector<std::string>{"Wild"});
  environment.only = {"1", "DirectReference"};
  EXPECT_TRUE(unknown_solvers(environment).empty());
}

TEST(Selection, LogsWhyEachSolverWasPassedOver) {
  Environment environment;
  environment.log_level = static_cast<int>(LogLevel::kInfo2);
  configure_logging(environment);
  testing::internal::CaptureStderr();
  select_solvers(parse_driver_line(kLines[12]).problem, rx_5700_xt(), {}, false, "f");
  const std::string log = testing::internal::GetCapturedStderr();
  configure_logging({});
  EXPECT_NE(log.find("MIOpen(HIP): Info2 [f] DirectTiledFwd: direction is not forward\n"),
            std::string::npos)
      << log;
}

}  // namespace
}  // namespace rdna1conv
