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

// Of each card: one model takes its WGPs, clock and bandwidth.
TEST(CostModel, BoundsAreTheMachines) {
  struct Row {
    DeviceFacts card;
    double tflops, gb_per_s;
  };
  // 2 FLOPs an FMA, 128 lanes a WGP, at the clock that the card holds.
  const Row rows[] = {{rx_5700_xt(), 9.98, 448}, {rx_5700(), 8.14, 448}, {rx_5500_xt(), 5.32, 224}};
  for (const Row& row : rows) {
    const double nothing = launch_clocks({}, row.card);
    const auto seconds = [&](const LaunchWork& work) {
      return clocks_to_milliseconds(launch_clocks(work, row.card) - nothing, row.card) * 1e-3;
    };
    LaunchWork memory;
    memory.dram_bytes = row.gb_per_s * 1e6;  // a millisecond at the nominal bandwidth
    EXPECT_NEAR(seconds(memory) * 1e3, 1.0, 0.05) << row.card.name;
    const double processors = row.card.workgroup_processors;
    EXPECT_NEAR(processors * 1e8 * 2 / seconds(compute_work(processors)) * 1e-12, row.tflops, 0.1)
        << row.card.name;
  }
}

TEST(Estimates, AreTheSumOfTheirLaunches) {
  Estimate estimate;
  double sum = 0;
  for (int i = 0; i < 10; ++i) {
    const LaunchCost launch{CostFamily::kOther, "", 1, 1.0 + i,
                            terms_of(compute_work(20 + i), machine_of(rx_5700_xt()))};
    estimate.add(launch);
    sum += clocks_of(launch);
  }
  EXPECT_NEAR(estimate.clocks(), sum, 1e-6 * sum);
  EXPECT_EQ(estimate.launches().size(), Estimate::kMostKinds);
  double shown = 0;
  for (const LaunchCost& launch : estimate.launches()) shown += clocks_of(launch);
  EXPECT_NEAR(shown, sum, 1e-6 * sum);
}

TEST(Estimates, FactorsAreOfKernelsThatTheTableHas) {
  EXPECT_EQ(cost_factor(CostFamily::kOther, "no such kernel"), 1);
  for (std::size_t i = 0; i < static_cast<std::size_t>(CostFamily::kCount); ++i) {
    const auto family = static_cast<CostFamily>(i);
    for (const double coefficient : coefficients_of(family)) EXPECT_GT(coefficient, 0) << i;
    EXPECT_FALSE(name_of(family).empty());
  }
}

}  // namespace
}  // namespace rdna1conv
