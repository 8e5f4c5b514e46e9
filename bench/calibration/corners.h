// Corners of what the clock's constants leave open, as settings that follow a board's own.
#pragma once

#include <string>
#include <vector>

namespace rdna1conv::calibration {

struct Corner {
  std::string name;
  std::string settings;  // "name=value,..."
};

// Those that have names: see tests/emulator/timing/constants.h.
std::vector<Corner> corners();

}  // namespace rdna1conv::calibration
