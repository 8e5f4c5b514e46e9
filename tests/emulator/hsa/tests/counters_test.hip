// The totals that conv-bench reads through dlsym.
#include "hip_handles.h"
#include "hsa/device_report.h"

namespace emulator::tests {
namespace {

__global__ void multiply_add(float* values, int rounds) {
  float value = values[threadIdx.x];
  for (int i = 0; i < rounds; ++i) value = __builtin_fmaf(value, 1.5f, 2.0f);
  values[threadIdx.x] = value;
}

RdnaEmulatorCounters read_counters() {
  const auto read = find_in_device<decltype(emulator_read_counters)>("emulator_read_counters");
  if (read == nullptr) throw std::runtime_error("emulator_read_counters is not exported");
  RdnaEmulatorCounters counters{};
  read(&counters);
  return counters;
}

TEST(Counters, GrowWithTheWorkDone) {
  constexpr int kRounds = 1000;
  constexpr unsigned kWaves = 4;
  const DeviceBuffer<float> values(std::vector<float>(32 * kWaves, 0.0f));
  const RdnaEmulatorCounters before = read_counters();
  multiply_add<<<1, 32 * kWaves>>>(values.data(), kRounds);
  check(hipDeviceSynchronize());
  const RdnaEmulatorCounters after = read_counters();
  EXPECT_EQ(after.dispatches - before.dispatches, 1u);
  EXPECT_EQ(after.fma - before.fma, kRounds * kWaves);
  EXPECT_GE(after.valu - before.valu, kRounds * kWaves);
  EXPECT_LT(after.valu - before.valu, 2 * kRounds * kWaves);
  EXPECT_EQ(after.vmem - before.vmem, 2 * kWaves);
  EXPECT_GE(after.smem - before.smem, kWaves);
  EXPECT_GT(after.branch - before.branch, 0u);
  EXPECT_GE(after.wave_instructions - before.wave_instructions,
            (after.valu - before.valu) + (after.salu - before.salu) + (after.vmem - before.vmem));
}

}  // namespace
}  // namespace emulator::tests
