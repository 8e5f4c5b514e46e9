// What the software device tells the programs that run on it, and what they may ask of it: all that
// the two exchange beside HSA. Programs look the functions up at run time, with find_in_device(),
// so that they need no link to the device and run without it.
#pragma once

#include <dlfcn.h>

#include <cstddef>
#include <cstdint>

extern "C" {

// Totals of what was executed since the process started.
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

struct RdnaEmulatorClock {
  const char* name;  // of the preset or the setting; valid for ever
  double core_mhz;
  double workgroup_processors;
  double dram_gb_per_s;  // peak
};

// False if the clock is off: times are then the host's.
__attribute__((visibility("default"))) bool emulator_read_clock(RdnaEmulatorClock* clock);

// What held up the launch that took longest since the last call, such as "lds"; empty if there was
// none. Copies at most `size` bytes with the final zero.
__attribute__((visibility("default"))) void emulator_take_first_stall(char* text, std::size_t size);

// The launches to come find the modelled caches as another kernel leaves them: L2 full of written
// lines that are none of theirs, and no code of theirs in the instruction cache. Those under way
// are to be waited for.
__attribute__((visibility("default"))) void emulator_displace_caches();

struct RdnaEmulatorTimeSpent {
  const char* cause;  // "vector ALU" for its own work, "launch", or what it waited for; for ever
  double us;
};

// What the modelled time of the launches since the last call went on: fills `rows`, at most `size`,
// and the bytes that went to and from DRAM. Returns how many there are, 0 if the clock is off.
__attribute__((visibility("default"))) std::size_t emulator_take_time_spent(
    RdnaEmulatorTimeSpent* rows, std::size_t size, double* dram_bytes);

// As RDNA1CONV_EMULATOR_EXECUTE=modelled, from now on; or everything is executed again. Between
// launches.
__attribute__((visibility("default"))) void emulator_execute_modelled_only(bool on);

// From now on launches are kept for emulator_take_range(), or no longer.
__attribute__((visibility("default"))) void emulator_capture_range(bool on);

// By how many us the time that the launches since the last call take together may be off: less and
// more than is modelled, as far as the model's constants are unsure. False if the clock is off.
__attribute__((visibility("default"))) bool emulator_take_range(double* down_us, double* up_us);

// From now on launches are profiled, or no longer.
__attribute__((visibility("default"))) void emulator_capture_profile(bool on);

// The profiles of the kernels launched since the last call, as text that stays valid until the
// next one.
__attribute__((visibility("default"))) const char* emulator_take_profile();
}

namespace emulator {

// The function of this name and type above, or null where the software device is not loaded:
//   find_in_device<decltype(emulator_read_clock)>("emulator_read_clock")
template <class Function>
Function* find_in_device(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

}  // namespace emulator
