// The MODE register's rounding and denormal fields on the host's floating point unit.
//
// The host has one setting for all types (MXCSR). While a wave runs it holds the wave's f32 mode;
// handlers of f16 and f64 instructions switch to the f16/f64 mode for their duration when the wave
// is not in the default mode (Wave::default_mode), in which the two are equal.
//
// What the host cannot do is done in code: f16 denormals are flushed when halves are read and
// written, selections (min, max, med3) flush on their bits, and f32 v_exp, v_log, v_rcp, v_rsq and
// v_sqrt flush in every mode.
#pragma once

#include "machine/wave.h"

namespace emulator {

// Makes the host compute f32 as `wave.mode` says. To be called when a thread begins to run a wave
// and when an instruction changes the mode.
void apply_float_mode(const Wave& wave);

// Whether f16 and f64 arithmetic of the default mode applies to all types: the value that
// Wave::default_mode must have after a change of Wave::mode.
bool is_default_float_mode(const FloatMode& mode);

// Puts the host into the default environment while it exists (nearest, denormals kept): for code
// outside waves on a thread that runs them.
class HostFloatMode {
 public:
  HostFloatMode();
  ~HostFloatMode();
  HostFloatMode(const HostFloatMode&) = delete;
  HostFloatMode& operator=(const HostFloatMode&) = delete;

 private:
  unsigned saved_;
};

// Puts the host into the wave's f16/f64 mode while it exists. Free in the default mode.
class HalfAndDoubleMode {
 public:
  explicit HalfAndDoubleMode(const Wave& wave) : active_(!wave.default_mode) {
    if (active_) [[unlikely]]
      saved_ = enter(wave.mode);
  }
  ~HalfAndDoubleMode() {
    if (active_) [[unlikely]]
      leave(saved_);
  }
  HalfAndDoubleMode(const HalfAndDoubleMode&) = delete;
  HalfAndDoubleMode& operator=(const HalfAndDoubleMode&) = delete;

 private:
  static unsigned enter(const FloatMode& mode);
  static void leave(unsigned saved);

  bool active_;
  unsigned saved_ = 0;
};

}  // namespace emulator
