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

// For each criterion how many rows that count are within its limit, and the median, mean, bias and
// largest of their errors. Returns whether all criteria are met.
bool print_summary(std::ostream& out, std::span<const Comparison> comparisons, Format format);

// How many rows are within the limits, and how many limits are met.
struct Counts {
  std::size_t rows = 0, within = 0, limits = 0, met = 0;
};
Counts count_met(std::span<const Comparison> comparisons);

// For each group in how many of its rows that are evidence the measured value lies within the range
// of the modelled one, and in all. Where a row is percent of another one its
// own range counts, as if the other one were sure.
void print_ranges(std::ostream& out, std::span<const Comparison> comparisons);

}  // namespace rdna1conv::calibration
