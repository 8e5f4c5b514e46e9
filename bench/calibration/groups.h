// What the calibration repeats, on which board, and how close it has to come.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bench/calibration/experiments.h"
#include "bench/calibration/measurement.h"

namespace rdna1conv::calibration {

// A board that something was measured on, as the software device is set up for it.
struct Board {
  const char* name;
  const char* what;
  const char* clock;  // RDNA1CONV_EMULATOR_CLOCK
};

// Rows of the table that are repeated in the same way. Where `reference` names a group, values are
// percent of the value of that group's only row: the board's clock is not known, or does not
// matter.
struct Group {
  const char* name;
  const char* title;
  const char* board;
  std::optional<Outcome> (*run)(const Measurement& row);
  const char* unit;
  const char* reference;
  const char* measured_reference;  // the same for the measured values; empty: they are percent
};

// What has to stay within a limit: the error of each row, relative or as a difference of
// percentages, or of all rows together the median of relative errors without their signs or the
// mean with them.
enum class Judgement { kEach, kEachInPoints, kMedian, kBias };

// How far the rows of a group that are evidence may be off.
struct Criterion {
  const char* group;
  const char* title;
  bool (*counts)(const Measurement& row);
  Judgement judgement;
  double limit;
};

std::span<const Board> boards();
std::span<const Group> groups();
std::span<const Criterion> criteria();
const Group& group_of(const Measurement& row);

}  // namespace rdna1conv::calibration
