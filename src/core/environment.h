#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rdna1conv {

// The values are those of MIOPEN_FIND_ENFORCE and of miopenTuningPolicy_t.
enum class FindEnforce {
  kNone = 1,
  kDbUpdate = 2,        // Find measures even what the find-db knows, and replaces it there
  kSearch = 3,          // Find is exhaustive whatever its argument
  kSearchDbUpdate = 4,  // both
  kDbClean = 5,         // Find forgets what the user find-db knows of the problem
};

// Bits of MIOPEN_CHECK_NUMERICS.
inline constexpr unsigned kNumericsInfo = 1;    // log every tensor checked
inline constexpr unsigned kNumericsWarn = 2;    // log those with NaN or infinity
inline constexpr unsigned kNumericsThrow = 4;   // and fail the call
inline constexpr unsigned kNumericsAbort = 8;   // and end the process
inline constexpr unsigned kNumericsStats = 16;  // with mean, mean magnitude, least and largest
inline constexpr unsigned kAllNumericsChecks = 31;

// MIOpen's environment variables as far as they have a meaning here. A value read once; handles
// keep the one of their creation.
struct Environment {
  int log_level = 0;                              // MIOPEN_LOG_LEVEL
  bool log_calls = false;                         // MIOPEN_ENABLE_LOGGING
  bool log_commands = false;                      // MIOPEN_ENABLE_LOGGING_CMD
  bool log_thread = false;                        // MIOPEN_ENABLE_LOGGING_MPMT
  bool log_elapsed_time = false;                  // MIOPEN_ENABLE_LOGGING_ELAPSED_TIME
  std::vector<std::string> only;                  // MIOPEN_DEBUG_FIND_ONLY_SOLVER: names or ids
  bool allow_direct = true;                       // MIOPEN_DEBUG_CONV_DIRECT
  bool allow_gemm = true;                         // MIOPEN_DEBUG_CONV_GEMM
  bool allow_fft = true;                          // MIOPEN_DEBUG_CONV_FFT
  bool allow_winograd = true;                     // MIOPEN_DEBUG_CONV_WINOGRAD
  bool allow_implicit_gemm = true;                // MIOPEN_DEBUG_CONV_IMPLICIT_GEMM
  bool allow_naive_forward = true;                // MIOPEN_DEBUG_CONV_DIRECT_NAIVE_CONV_FWD
  bool allow_naive_data = true;                   // MIOPEN_DEBUG_CONV_DIRECT_NAIVE_CONV_BWD
  bool allow_naive_weights = true;                // MIOPEN_DEBUG_CONV_DIRECT_NAIVE_CONV_WRW
  bool deterministic = false;                     // MIOPEN_DEBUG_CONVOLUTION_DETERMINISTIC
  bool immediate_fallback = true;                 // MIOPEN_DEBUG_CONV_IMMED_FALLBACK
  bool force_fallback = false;                    // MIOPEN_DEBUG_FORCE_IMMED_MODE_FALLBACK
  std::optional<int> find_mode;                   // MIOPEN_FIND_MODE: 1, 2, 3, 5, 6 or 7
  FindEnforce find_enforce = FindEnforce::kNone;  // MIOPEN_FIND_ENFORCE
  unsigned check_numerics = 0;                    // MIOPEN_CHECK_NUMERICS: bits, above
  std::string dump_tensor_path;                   // MIOPEN_DUMP_TENSOR_PATH
  bool use_find_db = true;                        // MIOPEN_DEBUG_DISABLE_FIND_DB off
  std::string user_db_path;                       // MIOPEN_USER_DB_PATH, default ~/.config/miopen
  std::string system_db_path;                     // MIOPEN_SYSTEM_DB_PATH; "" for none
  bool check_pointers = true;                     // RDNA1CONV_CHECK_POINTERS
  std::vector<std::string> complaints;  // values that could not be understood, one sentence each

  // Solvers are kept out, so that what Find learns is not the whole truth.
  bool restricts_solvers() const;
};

// Reads variables through `get`, which gives null for an unset one.
Environment read_environment(const char* (*get)(const char* name));

// Reads the process's environment.
Environment read_environment();

}  // namespace rdna1conv
