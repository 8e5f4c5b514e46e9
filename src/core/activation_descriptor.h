#pragma once

#include "core/epilogue.h"

namespace rdna1conv {

// What a miopenActivationDescriptor_t points to. What the parameters do: see Activation.
struct ActivationDescriptor {
  Activation mode = Activation::kPassThrough;
  double alpha = 0, beta = 0, gamma = 0;
};

// The mode with this value of miopenActivationMode_t. Throws Error (kBadParm) naming the argument.
Activation activation_of(long long value, const char* name = "mode");

}  // namespace rdna1conv
