#pragma once

// The device that conv-bench runs on: an RDNA1 card, or the software RX 5700 XT.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plan/device_facts.h"

namespace rdna1conv::bench {

// The clock model of the software device (tests/emulator/timing).
struct ModelledClock {
  std::string name;  // "rx5700xt" or another setting of RDNA1CONV_EMULATOR_CLOCK
  double core_mhz = 0;
  double workgroup_processors = 0;
  double dram_gb_per_s = 0;  // peak
};

struct BenchDevice {
  DeviceFacts facts;
  // The software device: it executes the same code objects on this CPU, so results and instruction
  // counts are those of a card. Times are modelled, or there are none.
  bool software = false;
  std::optional<ModelledClock> clock;  // of the software device, unless it is switched off
  double dram_bytes_per_second = 0;    // peak: of the model where times are modelled; 0: unknown

  // fp32 multiply-adds at one a lane and clock, in FLOP/s: at the clock of the model where times
  // are modelled, else at the maximum clock that HIP reports.
  double fma_peak() const;
  bool has_times() const { return !software || clock.has_value(); }
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

// Lets the launches to come find the software device's modelled caches as another kernel leaves
// them: L2 full of written lines that are none of theirs, the instruction cache without their code.
// Those under way are to be waited for.
void displace_modelled_caches();

// What held up the longest kernel since the last call, by the clock model; empty without it.
std::string take_first_stall();

// What the modelled time of the launches since the last call went on.
struct TimeSpent {
  struct Row {
    std::string cause;  // "vector ALU": its own work; else what it waited for
    double seconds = 0;
  };
  std::vector<Row> rows;  // none without the clock model
  double dram_bytes = 0;  // to and from DRAM
};
TimeSpent take_time_spent();

// By how many seconds the modelled time of the launches since the last call may be off, as far as
// the model's constants are unsure: less, and more.
struct TimeRange {
  double down = 0;
  double up = 0;
};
// Lets the software device keep what a range takes. Nothing without its clock.
void capture_range(bool on);
std::optional<TimeRange> take_range();

// From now on the software device executes only what its clock looks at, so that results are
// incomplete; or everything.
void execute_modelled_only(bool on);

// Lets the software device profile kernels, and what it found since the last call: text for people.
void capture_profile(bool on);
std::string take_profile();

}  // namespace rdna1conv::bench
