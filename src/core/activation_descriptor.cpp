#include "core/activation_descriptor.h"

#include "core/error.h"

namespace rdna1conv {

Activation activation_of(long long value, const char* name) {
  if (value >= 0 && value <= static_cast<long long>(Activation::kClamp)) {
    return static_cast<Activation>(value);
  }
  throw Error(Status::kBadParm,
              std::string(name) + " " + std::to_string(value) + " is not a miopenActivationMode_t");
}

}  // namespace rdna1conv
