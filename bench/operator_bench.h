#pragma once

// Operators other than convolution: verified, timed, and set against the memory's bandwidth, which
// is what holds them up.

#include <iosfwd>
#include <string>
#include <vector>

#include "bench/device.h"
#include "bench/options.h"

namespace rdna1conv::bench {

struct OperatorLine {
  std::string line;
  std::int64_t count = 1;
  std::string name;  // from the file, or the line itself
};

// The lines that the options name, if they are operators'; none if they are convolutions. Throws
// std::runtime_error if both are mixed, or if a file cannot be read.
std::vector<OperatorLine> operator_lines_of(const Options& options);

// Runs and prints them. True if all were verified, or timed with options.times_only.
bool bench_operators(const BenchDevice& device, const std::vector<OperatorLine>& lines,
                     const Options& options, std::ostream& out);

}  // namespace rdna1conv::bench
