// What the clock model has to say to a program that runs on the software device. conv-bench looks
// these functions up with dlsym, so that it needs no link to the device.
#pragma once

#include <cstddef>

extern "C" {

struct RdnaEmulatorClock {
  const char* name;  // of the preset or the setting; valid for ever
  double core_mhz;
  double workgroup_processors;
};

// False if the clock is off: times are then the host's.
__attribute__((visibility("default"))) bool emulator_read_clock(RdnaEmulatorClock* clock);

// What held up the launch that took longest since the last call, such as "lds"; empty if there was
// none. Copies at most `size` bytes with the final zero.
__attribute__((visibility("default"))) void emulator_take_first_stall(char* text, std::size_t size);

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
