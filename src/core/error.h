#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace rdna1conv {

// The values are those of miopenStatus_t, so a cast converts.
enum class Status : std::uint32_t {
  kSuccess = 0,
  kNotInitialized = 1,
  kInvalidValue = 2,
  kBadParm = 3,
  kAllocFailed = 4,
  kInternalError = 5,
  kNotImplemented = 6,
  kUnknownError = 7,
  kUnsupportedOp = 8,
  kVersionMismatch = 10,
};

// The one exception the library throws itself: a status for the caller and one sentence that says
// what was wrong with which argument.
class Error : public std::runtime_error {
 public:
  Error(Status status, const std::string& text) : std::runtime_error(text), status_(status) {}
  Status status() const { return status_; }

 private:
  Status status_;
};

}  // namespace rdna1conv
