#pragma once

// What a sweep found out: the time of an instance for a problem. A text file, one line a sample:
//
//   <milliseconds> <solver> <instance> <parameters> <driver line>
//
// between tabs; parameters are what the solver decides by its estimates, such as splits. Lines that
// begin with '#' say what clock or card the times are of. Files grow: what is there is not timed
// again.

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/conv_problem.h"
#include "plan/plan.h"

namespace rdna1conv::tuner {

struct Sample {
  double milliseconds = 0;
  std::string solver, instance, parameters;
};

// "4,0,0,0"; zeros where there are none.
decltype(Instance::parameters) parse_parameters(std::string_view text);

struct SampledProblem {
  ConvProblem problem;
  std::vector<Sample> samples;
};

// The time of an instance as it would be run, if it is among the samples.
std::optional<double> milliseconds_of(const SampledProblem& sampled, std::string_view solver,
                                      const Instance& instance);

struct Samples {
  std::string device;  // what the file's head says
  std::vector<SampledProblem> problems;
  std::size_t bad_lines = 0;  // were passed over
};

// Of a file that need not be there. Throws std::runtime_error if it cannot be read, or if its head
// is another's.
Samples read_samples(const std::filesystem::path& path);

// Appends one problem's samples by a single write, so that processes may share the file. Throws
// std::runtime_error.
void append_samples(const std::filesystem::path& path, const SampledProblem& sampled);

// Begins the file, or checks that it is of the same device. Throws std::runtime_error.
void open_samples(const std::filesystem::path& path, const std::string& device);

}  // namespace rdna1conv::tuner
