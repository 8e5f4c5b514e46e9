// Which clock the device has: RDNA1CONV_EMULATOR_CLOCK.
//
//   rx5700xt   the default
//   rx5700     18 workgroup processors and the lower clock
//   rx5500xt   11 workgroup processors, half the L2 and half the memory bandwidth
//   kind       rx5700xt with LDS reads and register banks that cost the vector ALU nothing
//   harsh      rx5700xt with the most that they can cost
//   off        no clock: times are the host's, as the emulator takes them
//   otherwise  a file, or text with a '=': one `name = value` per line or between commas, names as
//              in the table of constants; a line or item that is a preset's name starts from it,
//              '#' begins a comment
#pragma once

#include <optional>
#include <string>

#include "timing/constants.h"

namespace emulator::timing {

struct Clock {
  std::string name;
  Constants constants;
  Preset board = presets().front();  // that it started from
};

// Empty for "off". Throws std::invalid_argument with a sentence that names the setting and what is
// wrong with it.
std::optional<Clock> parse_clock(const std::string& setting);

// The setting of the environment, read once; a bad one ends the process with its sentence. Empty
// while checks watch the execution, too: they step through it themselves.
const std::optional<Clock>& device_clock();

// Workgroup processors of the board that is set, and what its driver says, whether or not it is
// modelled.
unsigned device_workgroup_processors();
const Preset& device_board();

// RDNA1CONV_EMULATOR_EXECUTE=modelled: workgroups that the clock model does not look at are not
// executed, and of others only what their addresses and branches depend on, so results are
// incomplete. For experiments whose times alone matter.
bool executes_modelled_only();
void execute_modelled_only(bool on);

// RDNA1CONV_EMULATOR_PROFILE: the folder that profiles go to, or empty.
const std::string& profile_folder();

}  // namespace emulator::timing
