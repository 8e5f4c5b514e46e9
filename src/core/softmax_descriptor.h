#pragma once

#include "params/softmax.h"

namespace rdna1conv {

// What a miopenSoftmaxDescriptor_t points to, and what a problem of it is.
struct SoftmaxDescriptor {
  SoftmaxScalars scalars;
  bool is_log = false;      // MIOPEN_SOFTMAX_LOG
  bool is_fast = false;     // MIOPEN_SOFTMAX_FAST, which is served as ACCURATE
  bool of_channels = true;  // MIOPEN_SOFTMAX_MODE_CHANNEL
};

}  // namespace rdna1conv
