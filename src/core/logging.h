#pragma once

// Log lines on stderr in MIOpen's format, so that its users and their scripts feel at home:
//   MIOpen(HIP): Info2 [miopenConvolutionForward] WinogradF2x3: filter is 5x5, needs 3x3

#include <string>
#include <string_view>

#include "core/environment.h"

namespace rdna1conv {

enum class LogLevel : int {
  kQuiet = 1,
  kFatal = 2,
  kError = 3,
  kWarning = 4,
  kInfo = 5,
  kInfo2 = 6,
  kTrace = 7
};

// Takes over what the environment says about logging. Happens by itself before the first line, and
// for every new handle.
void configure_logging(const Environment& environment);

// Ask before composing a line: a run call must not allocate for a line that nobody reads.
bool is_logged(LogLevel level);
bool are_calls_logged();
bool are_commands_logged();

// One line if the level is on: `<prefix><Level> [<function>] <text>`.
void log_line(LogLevel level, std::string_view function, std::string_view text);

// One line whatever the level: `<prefix>Command [<function>] ./bin/MIOpenDriver <driver_line>`.
void log_command(std::string_view function, std::string_view driver_line);

// `<prefix><text>`, for the call log.
void log_raw(std::string_view text);

}  // namespace rdna1conv
