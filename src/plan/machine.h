#pragma once

// The numbers of a card that estimates go by: those of an RDNA1 chip, which the software device's
// clock has too (a test holds both equal; tests/emulator/timing/constants.cpp has the sources), and
// those that differ from card to card, from DeviceFacts.

#include <algorithm>
#include <cmath>

#include "plan/device_facts.h"

namespace rdna1conv {

struct Machine {
  // Of a workgroup processor, its CUs and SIMDs. Clocks are those of the shader core.
  static constexpr double kSimds = 4, kUnits = 2;
  static constexpr double kVectorRegisters = 1024;  // of a lane
  static constexpr double kWavesPerSimd = 20;
  static constexpr double kLdsBytes = 128.0 * 1024;
  static constexpr double kFmaPerClock = 128;             // lanes, of all SIMDs
  static constexpr double kLdsBytesPerClock = 256;        // 32 dwords of each half
  static constexpr double kLdsReturnBytesPerClock = 128;  // that LDS reads write, of a SIMD
  static constexpr double kLine = 128;                    // bytes
  static constexpr double kL0FillBytesPerClock = 64;      // of a CU
  static constexpr double kL0LineClocks = 0.5;
  static constexpr double kScalarRequestClocks = 1.4;
  static constexpr double kValuLatency = 5;
  static constexpr double kL2Latency = 218, kDramLatency = 420;
  // Of the chip.
  static constexpr double kL1BytesPerClock = 256;  // of a shader array
  static constexpr double kL2SliceBytesPerClock = 64;
  static constexpr double kL2SliceBytes = 256.0 * 1024;
  static constexpr double kDramEfficiency = 0.989;
  // From a packet to its first wave, and from the last wave to the signal.
  static constexpr double kLaunchStartMicroseconds = 0.8, kLaunchEndMicroseconds = 0.5;
  // From a kernel's end to the next one's packet.
  static constexpr double kLaunchGapMicroseconds = 1.8;
  // The clock that a card holds under load: 1950 MHz where HIP reports at most 2100.
  static constexpr double kSustainedClock = 1950.0 / 2100.0;

  double processors, core_mhz;
  double shader_arrays;
  double l2_bytes, l2_bytes_per_clock, dram_bytes_per_clock;
  double launch_clocks;  // of one kernel between others
};

inline Machine machine_of(const DeviceFacts& device) {
  Machine m{};
  m.processors = std::max(1, device.workgroup_processors);
  m.core_mhz = std::max(1, device.clock_khz) * 1e-3 * Machine::kSustainedClock;
  // Two arrays a shader engine of up to 12 WGPs; four slices of L2 a memory controller of 112 GB/s,
  // more or less as it is clocked.
  m.shader_arrays = 2 * std::ceil(m.processors / 12);
  const double slices = 4 * std::max(1.0, std::round(device.dram_gb_per_s / 112));
  m.l2_bytes = slices * Machine::kL2SliceBytes;
  m.l2_bytes_per_clock = slices * Machine::kL2SliceBytesPerClock;
  m.dram_bytes_per_clock = device.dram_gb_per_s * 1e3 / m.core_mhz * Machine::kDramEfficiency;
  m.launch_clocks = (Machine::kLaunchStartMicroseconds + Machine::kLaunchEndMicroseconds +
                     Machine::kLaunchGapMicroseconds) *
                    m.core_mhz;
  return m;
}

}  // namespace rdna1conv
