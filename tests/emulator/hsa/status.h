// How the entry points report failure: a status thrown with one sentence about the cause.
#pragma once

#include <hsa/hsa.h>

#include <functional>
#include <stdexcept>
#include <string>

namespace emulator::hsa {

class StatusError : public std::runtime_error {
 public:
  StatusError(int status, const std::string& text)
      : std::runtime_error(text), status_(static_cast<hsa_status_t>(status)) {}
  hsa_status_t status() const { return status_; }

 private:
  hsa_status_t status_;
};

// What the device does not do. Its text always reaches the user, once a process: HIP turns the
// status into an error that does not say why.
class Refusal : public StatusError {
 public:
  using StatusError::StatusError;
};

// Throws HSA_STATUS_ERROR_INVALID_ARGUMENT with `text` unless `condition` holds.
inline void require(bool condition, const char* text) {
  if (!condition) throw StatusError(HSA_STATUS_ERROR_INVALID_ARGUMENT, text);
}

// Maps the exception in flight to a status. The text of a refusal, and with EMULATOR_HSA_LOG set in
// the environment that of any error, goes to stderr, named after the entry point. HSA itself has no
// error texts beyond the status.
hsa_status_t report_exception(const char* entry_point) noexcept;

bool runtime_is_initialised();

// Every entry point that returns a status runs its body in here: no exception crosses the C ABI.
template <class Body>
hsa_status_t guarded(const char* entry_point, Body&& body) noexcept {
  try {
    if (!runtime_is_initialised()) {
      throw StatusError(HSA_STATUS_ERROR_NOT_INITIALIZED, "hsa_init was not called");
    }
    body();
    return HSA_STATUS_SUCCESS;
  } catch (...) {
    return report_exception(entry_point);
  }
}

// Name of a status, as "HSA_STATUS_ERROR_INVALID_AGENT: ..."; null for an unknown one.
const char* status_text(int status);

}  // namespace emulator::hsa
