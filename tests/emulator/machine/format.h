// printf into a string, for the texts of faults and reports.
#pragma once

#include <cstdio>
#include <string>

namespace emulator {

// What is longer than 319 characters is cut off.
template <class... Values>
std::string format(const char* pattern, Values... values) {
  char text[320];
  std::snprintf(text, sizeof text, pattern, values...);
  return text;
}

}  // namespace emulator
