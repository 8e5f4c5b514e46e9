#include "api/guard.h"

#include <cstdio>

#include "core/last_error.h"

namespace rdna1conv {

void log_call(const Call& call) {
  log_raw(std::string(call.function) + "(){");
  for (const auto& arguments : {call.arguments, call.more}) {
    for (const Argument& argument : arguments) {
      char value[40];
      if (const auto* pointer = std::get_if<const void*>(&argument.value)) {
        std::snprintf(value, sizeof value, "%p", *pointer);
      } else if (const auto* real = std::get_if<double>(&argument.value)) {
        std::snprintf(value, sizeof value, "%g", *real);
      } else {
        std::snprintf(value, sizeof value, "%lld", std::get<long long>(argument.value));
      }
      log_raw(std::string(argument.name) + " = " + value);
    }
  }
  log_raw("}");
}

miopenStatus_t report_failure(const char* function, Status status, const char* text) noexcept {
  try {
    set_last_error((std::string(function) + ": " + text).c_str());
    log_line(LogLevel::kError, function, text);
  } catch (...) {
    // Out of memory while telling of an error: the bare text must do.
    set_last_error(text);
  }
  return static_cast<miopenStatus_t>(status);
}

}  // namespace rdna1conv
