// The functions of MIOpen's API that do nothing yet. They exist so that programs built for MIOpen
// load: such programs resolve all their symbols at start, whether they call them or not.
#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include <atomic>

#include "api/guard.h"
#include "api/hidden_functions.h"
#include "core/last_error.h"

namespace {

// Clients call in loops and often try such a function first, so the log gets each name once.
miopenStatus_t refuse(std::atomic_flag& is_told, const char* function, const char* text,
                      const char* function_and_text) noexcept {
  using namespace rdna1conv;
  if (!is_told.test_and_set()) return report_failure(function, Status::kNotImplemented, text);
  set_last_error(function_and_text);
  return miopenStatusNotImplemented;
}

}  // namespace

extern "C" {

#define TEXT "rdna1conv does not implement this function"
#define UNIMPLEMENTED(name, ...)                          \
  miopenStatus_t name(__VA_ARGS__) {                      \
    static constinit std::atomic_flag is_told{};          \
    return refuse(is_told, #name, TEXT, #name ": " TEXT); \
  }
#include "api/unimplemented_functions.inc"

}  // extern "C"
