#pragma once

// The text form of a ConvProblem: the MIOpenDriver command line, as MIOpen itself logs it.
//
//   conv -n 1 -c 64 -H 56 -W 56 -k 64 -y 3 -x 3 -p 1 -q 1 -u 1 -v 1 -l 1 -j 1 -m conv -g 1 -F 1
//
// parse_driver_line(to_driver_line(p)).problem == p for every canonical problem. What the driver's
// own options cannot say is said by options of ours, printed only when needed:
//   --in_strides, --fil_strides, --out_strides  element strides, comma separated, N,C,[D,]H,W order
//   --fil_type, --out_type                      a type's name (core/data_type.h), when unlike the
//   word
//   --epilogue                                  fused operations, e.g. bias+relu (core/epilogue.h)

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/conv_problem.h"

namespace rdna1conv {

std::string to_driver_line(const ConvProblem& problem);

struct ParsedLine {
  // `problem.direction` is the first of `directions`.
  ConvProblem problem;
  // -F is a bit mask in the driver; forward, backward data, backward weights in this order.
  std::vector<Direction> directions;
  // -S: a solver's name or number; absent or negative means Find.
  std::optional<std::string> solution;
  // From a shape file, `conv ... *3 layer2.0.conv2`: how often the network has this layer, and its
  // name.
  std::int64_t count = 1;
  std::string name;
};

// Parses one driver line. A leading program path and MIOpen's log prefix up to it are skipped, as
// is a trailing `# comment`. Throws Error (kBadParm) naming the option at fault.
ParsedLine parse_driver_line(std::string_view line);

// Whether this is what MIOpenDriver calls convolution of some type: "conv", "convfp16", ...
bool is_driver_word(std::string_view word);

// True if a shape file's line carries no problem: blank or only a comment.
bool is_blank_line(std::string_view line);

}  // namespace rdna1conv
