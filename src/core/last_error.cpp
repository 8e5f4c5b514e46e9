#include "core/last_error.h"

#include <string>

namespace rdna1conv {
namespace {

std::string& text_of_this_thread() {
  thread_local std::string text;
  return text;
}

}  // namespace

void set_last_error(const char* text) noexcept {
  try {
    text_of_this_thread() = text;
  } catch (...) {
    // Out of memory: a short text needs none.
    text_of_this_thread().clear();
  }
}

const char* last_error() noexcept { return text_of_this_thread().c_str(); }

}  // namespace rdna1conv
