// Totals of what the software device executed since the process started. conv-bench looks the
// function up with dlsym, so that it needs no link to the device.
#pragma once

#include <cstdint>

extern "C" {

struct RdnaEmulatorCounters {
  std::uint64_t wave_instructions;
  std::uint64_t valu;  // vector ALU, the FMAs included
  std::uint64_t fma;
  std::uint64_t salu;
  std::uint64_t vmem;
  std::uint64_t lds;
  std::uint64_t smem;
  std::uint64_t branch;
  std::uint64_t dispatches;
};

__attribute__((visibility("default"))) void emulator_read_counters(RdnaEmulatorCounters* counters);
}
