#include <miopen/miopen.h>
#include <rdna1conv/error.h>

#include "api/guard.h"
#include "core/last_error.h"

using namespace rdna1conv;

extern "C" {

const char* rdna1convLastErrorText(void) { return last_error(); }

const char* miopenGetErrorString(miopenStatus_t error) {
  switch (error) {
    case miopenStatusSuccess:
      return "miopenStatusSuccess";
    case miopenStatusNotInitialized:
      return "miopenStatusNotInitialized";
    case miopenStatusInvalidValue:
      return "miopenStatusInvalidValue";
    case miopenStatusBadParm:
      return "miopenStatusBadParm";
    case miopenStatusAllocFailed:
      return "miopenStatusAllocFailed";
    case miopenStatusInternalError:
      return "miopenStatusInternalError";
    case miopenStatusNotImplemented:
      return "miopenStatusNotImplemented";
    case miopenStatusUnknownError:
      return "miopenStatusUnknownError";
    case miopenStatusUnsupportedOp:
      return "miopenStatusUnsupportedOp";
    case miopenStatusGpuOperationsSkipped:
      return "miopenStatusGpuOperationsSkipped";
    case miopenStatusVersionMismatch:
      return "miopenStatusVersionMismatch";
  }
  return "Unknown error status";
}

miopenStatus_t miopenGetVersion(size_t* major, size_t* minor, size_t* patch) {
  return guard({__func__, {{"major", major}, {"minor", minor}, {"patch", patch}}}, [&] {
    if (major != nullptr) *major = MIOPEN_VERSION_MAJOR;
    if (minor != nullptr) *minor = MIOPEN_VERSION_MINOR;
    if (patch != nullptr) *patch = MIOPEN_VERSION_PATCH;
  });
}

}  // extern "C"
