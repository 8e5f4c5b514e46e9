#pragma once

// What conv-bench is asked to run: layers from a network file, any other file of driver lines,
// standard input or the command line.

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "core/conv_problem.h"

namespace rdna1conv::bench {

// One distinct convolution of a network.
struct Layer {
  std::string name;         // from the file, or shape_name() of the problem
  ConvProblem problem;      // one direction
  std::int64_t count = 1;   // how often the network has it
  std::string solver_name;  // a solver of ours that the line's -S asks for, or empty
};

struct Workload {
  std::string name;  // "resnet50", a file's name, "stdin" or "command line"
  std::vector<Layer> layers;
};

struct NetworkSummary {
  std::string name;
  std::string description;  // the "input" and "source" lines of the file's head
  std::int64_t batch = 0, distinct = 0, convolutions = 0;
  double flops = 0;  // of all convolutions, a multiply-add counted as two
};

// The directory with the network files: those installed with the program that runs, or those of the
// source tree that it was built from.
std::filesystem::path networks_directory();

// All networks, by name.
std::vector<NetworkSummary> list_networks(const std::filesystem::path& directory);

// What the command line changes in every line before it becomes layers; what is not given stays as
// the line has it.
struct Changes {
  std::optional<std::int64_t> batch;
  std::optional<DataType> type;  // of all three tensors; with int8 y is int32
  std::optional<Layout> layout;  // all three tensors packed; kOther is not allowed
  std::vector<Direction> directions;
  std::optional<Epilogue> epilogue;  // of forward convolutions; others have none
};

// `what` is a network's name, a file's path, or "-" for `standard_input`.
// Throws std::runtime_error with one sentence if there is no such thing or a line is wrong
// ("<file>:<line>: ..."), or if it has no problem in it.
Workload load_workload(const std::string& what, const std::filesystem::path& directory,
                       std::istream& standard_input, const Changes& changes = {});

// The layers of one driver line, one for each direction that its -F names.
// Throws std::runtime_error naming the option at fault.
Workload workload_of_line(const std::string& line, const Changes& changes = {});

// `count` random problems that the tuner never sees (bench/random_problems.h): forward, fp32 and
// NCHW unless `changes` say otherwise, directions by turns, of another batch size if they say so.
Workload random_workload(std::uint64_t seed, std::int64_t count, const Changes& changes = {});

// A readable name made from the shape, such as "3x3_s2_g32_c64_k128_56x56": filter, stride,
// dilation and groups unless 1, channels, input size.
std::string shape_name(const ConvProblem& problem);

}  // namespace rdna1conv::bench
