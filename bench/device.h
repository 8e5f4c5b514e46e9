#pragma once

// The device that conv-bench runs on: an RDNA1 card, or the software RX 5700 XT.

#include <cstdint>
#include <string>

#include "device/device_facts.h"

namespace rdna1conv::bench {

struct BenchDevice {
  DeviceFacts facts;
  // The software device: it executes the same code objects on this CPU, so results and instruction
  // counts are those of a card, and times are not.
  bool software = false;

  // fp32 multiply-adds at one a lane and clock, in FLOP/s at the maximum clock that HIP reports.
  double fma_peak() const;
};

// The current HIP device. Throws std::runtime_error saying what was found and what is needed.
BenchDevice open_device();

// What the software device has executed since the process started.
struct InstructionCounts {
  std::uint64_t wave_instructions = 0;
  std::uint64_t fma = 0;
};

// Zeros on a card, which does not count for us.
InstructionCounts read_instruction_counts();

}  // namespace rdna1conv::bench
