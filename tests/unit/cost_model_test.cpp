#include "plan/cost_model.h"

#include <gtest/gtest.h>

#include <vector>

namespace rdna1conv {
namespace {

// A big, purely FMA-bound launch: enough waves, no memory.
LaunchWork compute_work(double workgroups) {
  LaunchWork work;
  work.workgroups = workgroups;
  work.waves_per_workgroup = 8;
  work.fma_per_workgroup = 1e8;
  work.independent_fmas = 64;
  return work;
}

double above_launch(const LaunchWork& work, int processors = 20) {
  DeviceFacts device = rx_5700_xt();
  device.workgroup_processors = processors;
  const LaunchWork nothing;
  return launch_clocks(work, device) - launch_clocks(nothing, device);
}

TEST(CostModel, ComputeRunsAtTheFmaPeak) {
  EXPECT_NEAR(above_launch(compute_work(20)), 1e8 / 128, 1);
  EXPECT_NEAR(above_launch(compute_work(200)), 1e9 / 128, 1);
}

TEST(CostModel, WorkgroupsAreRoundedUpToProcessors) {
  EXPECT_DOUBLE_EQ(above_launch(compute_work(1)), above_launch(compute_work(20)));
  EXPECT_DOUBLE_EQ(above_launch(compute_work(21)), above_launch(compute_work(40)));
  EXPECT_NEAR(above_launch(compute_work(21)) / above_launch(compute_work(20)), 2, 1e-9);
  EXPECT_NEAR(above_launch(compute_work(21), 11) / above_launch(compute_work(20), 11), 1, 1e-9);
}

TEST(CostModel, EveryCostNeverDecreasesTheEstimate) {
  // Each row grows one figure of a launch that is bound by nothing else.
  const double base = above_launch(compute_work(20));
  struct Row {
    const char* name;
    void (*grow)(LaunchWork&);
  };
  const Row rows[] = {
      {"fma", [](LaunchWork& w) { w.fma_per_workgroup *= 2; }},
      {"fma share", [](LaunchWork& w) { w.fma_share = 0.5; }},
      {"lds", [](LaunchWork& w) { w.lds_bytes_per_workgroup = 1e9; }},
      {"steps", [](LaunchWork& w) { w.serial_steps = 100; }},
      {"l2", [](LaunchWork& w) { w.l2_bytes = 1e10; }},
      {"dram", [](LaunchWork& w) { w.dram_bytes = 1e10; }},
      {"dependent FMAs", [](LaunchWork& w) { w.independent_fmas = 1; }},
      {"one wave", [](LaunchWork& w) { w.waves_per_workgroup = 1; }},
  };
  for (const Row& row : rows) {
    LaunchWork work = compute_work(20);
    row.grow(work);
    EXPECT_GT(above_launch(work), base) << row.name;
  }
}

TEST(CostModel, BoundsAreTheMachines) {
  LaunchWork work;
  work.dram_bytes = 448e6;  // a millisecond at the nominal bandwidth
  EXPECT_NEAR(clocks_to_milliseconds(above_launch(work)), 1.0, 0.05);
  // 9.75 TFLOP/s: 2 FLOPs an FMA.
  EXPECT_NEAR(20 * 1e8 * 2 / (clocks_to_milliseconds(above_launch(compute_work(20))) * 1e-3) / 1e12,
              9.88, 0.15);
}

TEST(CostModel, LaunchesAddUp) {
  const std::vector<LaunchWork> works{compute_work(20), compute_work(40)};
  EXPECT_DOUBLE_EQ(launch_clocks(works, rx_5700_xt()),
                   launch_clocks(works[0], rx_5700_xt()) + launch_clocks(works[1], rx_5700_xt()));
}

}  // namespace
}  // namespace rdna1conv
