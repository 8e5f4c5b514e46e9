// The table of model against measurement.
#pragma once

#include <iosfwd>
#include <optional>
#include <span>
#include <string>

#include "bench/calibration/experiments.h"
#include "bench/calibration/measurement.h"

namespace rdna1conv::calibration {

// A measurement and what our experiment gave; nothing where none was run.
struct Comparison {
  const Measurement* row;
  std::optional<Outcome> outcome;
};

enum class Format { kText, kMarkdown };

// All rows by groups.
void print_rows(std::ostream& out, std::span<const Comparison> comparisons, Format format);

// For each criterion how many rows that count are within its limit, their mean and their largest
// error. Returns whether all criteria are met.
bool print_summary(std::ostream& out, std::span<const Comparison> comparisons, Format format);

}  // namespace rdna1conv::calibration
