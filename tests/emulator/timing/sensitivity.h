// What the constants' ranges make of a launch's duration.
#pragma once

#include <string_view>
#include <vector>

#include "timing/constants.h"

namespace emulator::timing {

class LaunchModel;

// How much the modelled duration changes when a constant takes the ends of its range.
struct Sensitivity {
  std::string_view constant;
  double at_low = 0;  // relative change of the duration
  double at_high = 0;
};

// Of those constants whose ends are noticed, the largest first. The launch, recorded once, is
// replayed for each end, in parallel: an excerpt of it, for changes are relative.
std::vector<Sensitivity> sensitivities(const LaunchModel& launch, const Constants& constants);

// By how much a duration may be off, relative: the root of the sum of the squares of the
// sensitivities and of `sampling_error`, downwards and upwards.
struct Uncertainty {
  double down = 0;
  double up = 0;
};
Uncertainty uncertainty(const std::vector<Sensitivity>& sensitivities, double sampling_error);

}  // namespace emulator::timing
