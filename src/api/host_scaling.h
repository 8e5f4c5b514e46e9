#pragma once

#include <string>

#include "api/guard.h"

namespace rdna1conv {

// alpha and beta, floats on the host, of calls that take only 1 and 0. Throws Error: kBadParm if
// one is null, else `wrong`.
inline void require_no_scaling(const void* alpha, const void* beta, Status wrong,
                               const char* alpha_name = "alpha", const char* beta_name = "beta") {
  const float alpha_value = require(static_cast<const float*>(alpha), alpha_name);
  const float beta_value = require(static_cast<const float*>(beta), beta_name);
  if (alpha_value == 1 && beta_value == 0) return;
  throw Error(wrong, std::string(alpha_name) + " is " + std::to_string(alpha_value) + " and " +
                         beta_name + " " + std::to_string(beta_value) +
                         ", only 1 and 0 are supported");
}

}  // namespace rdna1conv
