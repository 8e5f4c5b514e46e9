// The numbers that estimates go by are those of the clock that they are fitted to.
#include "plan/machine.h"

#include <gtest/gtest.h>

#include "dispatch/card_speed.h"
#include "timing/constants.h"

namespace rdna1conv {
namespace {

TEST(Machine, HasTheClocksConstants) {
  using M = Machine;
  using C = emulator::timing::Constants;
  const Machine m = machine_of(rx_5700_xt());
  struct Row {
    double C::*constant;
    double value;
  };
  const Row rows[] = {
      {&C::workgroup_processors, m.processors},
      {&C::shader_arrays, m.shader_arrays},
      {&C::core_mhz, m.core_mhz},
      {&C::valu_latency, M::kValuLatency},
      {&C::scalar_request_clocks, M::kScalarRequestClocks},
      {&C::l0_line_clocks, M::kL0LineClocks},
      {&C::l0_fill_bytes_per_clock, M::kL0FillBytesPerClock},
      {&C::l1_bytes_per_clock, M::kL1BytesPerClock},
      {&C::l2_latency, M::kL2Latency},
      {&C::l2_slice_bytes_per_clock, M::kL2SliceBytesPerClock},
      {&C::l2_bytes, m.l2_bytes},
      {&C::dram_efficiency, M::kDramEfficiency},
      {&C::dram_latency, M::kDramLatency},
      {&C::dram_gb_per_s, rx_5700_xt().dram_gb_per_s},
      {&C::launch_start_us, M::kLaunchStartMicroseconds},
      {&C::launch_end_us, M::kLaunchEndMicroseconds},
      {&C::launch_gap_us, M::kLaunchGapMicroseconds},
  };
  const C clock = emulator::timing::rx5700xt();
  for (const Row& row : rows) {
    for (const auto& constant : emulator::timing::constant_table()) {
      if (constant.member != row.constant) continue;
      EXPECT_NEAR(clock.*row.constant, row.value, 1e-6 * row.value) << constant.name;
    }
  }
  EXPECT_DOUBLE_EQ(m.l2_bytes_per_clock, clock.l2_slices * clock.l2_slice_bytes_per_clock);
  EXPECT_DOUBLE_EQ(M::kLdsBytesPerClock, 2 * clock.lds_banks * 4 / clock.lds_dword_clocks);
  EXPECT_DOUBLE_EQ(M::kLdsReturnBytesPerClock, 32 * 4 / clock.lds_return_clocks);
}

// The clock of the other preset, too: a lower clock and fewer WGPs.
TEST(Machine, IsOneModelOfSeveralCards) {
  const Machine m = machine_of(rx_5700());
  const emulator::timing::Constants clock = emulator::timing::rx5700();
  EXPECT_EQ(m.processors, clock.workgroup_processors);
  EXPECT_EQ(m.shader_arrays, clock.shader_arrays);
  EXPECT_NEAR(m.core_mhz, clock.core_mhz, 1e-3);
  const Machine small = machine_of(rx_5500_xt());
  EXPECT_EQ(small.processors, 11);
  EXPECT_EQ(small.shader_arrays, 2);
  EXPECT_EQ(small.l2_bytes, 2 * 1024 * 1024);
  EXPECT_NEAR(small.dram_bytes_per_clock * small.core_mhz * 1e6, 224e9 * 0.989, 1e6);
}

// What was found on a card comes back as the numbers that estimates go by.
TEST(Machine, TakesTheSpeedThatWasFound) {
  const Machine m = machine_of(with_speed(rx_5700_xt(), {1700, 400}));
  EXPECT_NEAR(m.core_mhz, 1700, 1e-2);
  EXPECT_NEAR(m.dram_bytes_per_clock * m.core_mhz * 1e6, 400e9, 1e6);
  EXPECT_EQ(m.l2_bytes, machine_of(rx_5700_xt()).l2_bytes);
  const auto speed = speed_of(record_of({1700, 400}));
  ASSERT_TRUE(speed);
  EXPECT_NEAR(speed->core_mhz, 1700, 1e-2);
  EXPECT_NEAR(speed->dram_gb_per_s, 400, 1e-2);
  EXPECT_FALSE(speed_of(record_of({0, 400})));
  EXPECT_FALSE(speed_of(record_of({1700, 1e6})));
  EXPECT_FALSE(speed_of({false, {{"Gemm1x1Fwd", "8x2x4_matrix", 1700}}}));
}

}  // namespace
}  // namespace rdna1conv
