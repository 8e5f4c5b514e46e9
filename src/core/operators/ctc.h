#pragma once

// A CTC loss as a value; the labels come with the run.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/conv_problem.h"

namespace rdna1conv {

struct CtcProblem {
  // The launch that brings words of the table, or all others.
  bool brings_table = false;
  bool applies_softmax = true;
  DataType type = DataType::kFloat;  // of all tensors
  std::int64_t steps = 1, batch = 1, classes = 1;
  std::int64_t most_labels = 0;  // of a sequence
  std::int64_t blank = 0;
  // Of a step, a sequence and a class; elements.
  std::array<std::int64_t, 3> strides{}, gradient_strides{};

  auto operator<=>(const CtcProblem&) const = default;

  std::int64_t positions() const { return 2 * most_labels + 1; }
};

// MIOpenDriver's line: ctc -k 20,18 -l 5,4 -c 9 -n 2 -b 0 -m 1
// -k steps and -l labels of each sequence (the last number for all others), -c classes beside the
// blank, -m 1 for softmax. Labels are made up, as there.
std::string to_driver_line(const CtcProblem& problem, const std::vector<std::int64_t>& steps,
                           const std::vector<std::int64_t>& labels);

struct ParsedCtc {
  CtcProblem problem;
  std::vector<std::int64_t> steps, labels;  // how many of each sequence
};
// Throws Error (kBadParm) naming the option at fault.
ParsedCtc parse_ctc(std::string_view line);

}  // namespace rdna1conv
