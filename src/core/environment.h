#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rdna1conv {

// MIOpen's environment variables as far as they have a meaning here. A value read once; handles
// keep the one of their creation.
struct Environment {
  int log_level = 0;                    // MIOPEN_LOG_LEVEL
  bool log_calls = false;               // MIOPEN_ENABLE_LOGGING
  bool log_commands = false;            // MIOPEN_ENABLE_LOGGING_CMD
  bool log_thread = false;              // MIOPEN_ENABLE_LOGGING_MPMT
  bool log_elapsed_time = false;        // MIOPEN_ENABLE_LOGGING_ELAPSED_TIME
  std::vector<std::string> only;        // MIOPEN_DEBUG_FIND_ONLY_SOLVER: names or ids
  bool allow_direct = true;             // MIOPEN_DEBUG_CONV_DIRECT
  bool allow_gemm = true;               // MIOPEN_DEBUG_CONV_GEMM
  bool allow_winograd = true;           // MIOPEN_DEBUG_CONV_WINOGRAD
  bool deterministic = false;           // MIOPEN_DEBUG_CONVOLUTION_DETERMINISTIC
  std::optional<int> find_mode;         // MIOPEN_FIND_MODE: 1, 2, 3 or 5
  std::vector<std::string> complaints;  // values that could not be understood, one sentence each
};

// Reads variables through `get`, which gives null for an unset one.
Environment read_environment(const char* (*get)(const char* name));

// Reads the process's environment.
Environment read_environment();

}  // namespace rdna1conv
