#include "bench/workload.h"

#include <algorithm>
#include <fstream>
#include <istream>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include "bench/random_problems.h"
#include "core/driver_line.h"
#include "core/element_types.h"
#include "dispatch/solver_table.h"

namespace rdna1conv::bench {
namespace {

constexpr std::string_view kExtension = ".txt";

std::string by_x(const ConvProblem& problem, const Spatial& values) {
  std::string text = problem.spatial_dims == 3 ? std::to_string(values.d) + "x" : "";
  return text + std::to_string(values.h) + "x" + std::to_string(values.w);
}

// "2" where all spatial values are 2, else "1x2".
std::string by_x_or_one(const ConvProblem& problem, const Spatial& values) {
  const bool equal = values.h == values.w && (problem.spatial_dims == 2 || values.d == values.h);
  return equal ? std::to_string(values.h) : by_x(problem, values);
}

// Throws std::runtime_error where another batch size would leave no layout to go by.
void apply(const Changes& changes, ConvProblem& problem) {
  if (changes.type) {
    problem.x_type = problem.w_type = *changes.type;
    problem.y_type = usual_output(*changes.type);
  }
  std::optional<Layout> layout = changes.layout;
  if (changes.batch && !layout) {
    if (problem.is_packed_nchw())
      layout = Layout::kNchw;
    else if (problem.is_packed_nhwc())
      layout = Layout::kNhwc;
    else
      throw std::runtime_error(
          "--batch: the line has strides of its own; give a --layout or change the batch size "
          "there");
  }
  if (changes.batch) problem.n = *changes.batch;
  if (layout) set_packed(problem, *layout);
}

void append_layers(Workload& workload, std::string_view line, const Changes& changes) {
  ParsedLine parsed = parse_driver_line(line);
  apply(changes, parsed.problem);
  const auto& directions = changes.directions.empty() ? parsed.directions : changes.directions;
  for (const Direction direction : directions) {
    Layer layer{parsed.name, parsed.problem, parsed.count, {}};
    layer.problem.direction = direction;
    if (changes.epilogue && direction == Direction::kForward)
      layer.problem.epilogue = *changes.epilogue;
    if (layer.name.empty()) layer.name = shape_name(layer.problem);
    if (direction == Direction::kBackwardData) layer.name += "_backward_data";
    if (direction == Direction::kBackwardWeights) layer.name += "_backward_weights";
    // A number would be an id of MIOpen's own solvers, which says nothing here.
    if (parsed.solution && find_solver(*parsed.solution)) layer.solver_name = *parsed.solution;
    workload.layers.push_back(std::move(layer));
  }
}

// Names identify benchmarks (--benchmark_filter), so no two of a workload may be equal.
void make_names_unique(Workload& workload) {
  std::set<std::string> seen;
  for (Layer& layer : workload.layers) {
    const std::string name = layer.name;
    for (int number = 2; !seen.insert(layer.name).second; ++number) {
      layer.name = name + "#" + std::to_string(number);
    }
  }
}

Workload read_lines(std::istream& stream, const std::string& name, const std::string& source,
                    const Changes& changes) {
  Workload workload{name, {}};
  std::string line;
  for (int number = 1; std::getline(stream, line); ++number) {
    if (is_blank_line(line)) continue;
    try {
      append_layers(workload, line, changes);
    } catch (const std::exception& error) {
      throw std::runtime_error(source + ":" + std::to_string(number) + ": " + error.what());
    }
  }
  if (stream.bad()) throw std::runtime_error("cannot read " + source);
  if (workload.layers.empty()) throw std::runtime_error(source + " has no convolution in it");
  make_names_unique(workload);
  return workload;
}

Workload read_file(const std::filesystem::path& path, const std::string& name,
                   const Changes& changes) {
  std::ifstream stream(path);
  if (!stream) throw std::runtime_error("cannot open " + path.string());
  return read_lines(stream, name, path.string(), changes);
}

std::filesystem::path network_file(const std::filesystem::path& directory,
                                   const std::string& name) {
  return directory / (name + std::string(kExtension));
}

// The text after "# <key>: " in a network file's head.
std::string head_value(const std::filesystem::path& path, std::string_view key) {
  std::ifstream stream(path);
  const std::string start = "# " + std::string(key) + ": ";
  for (std::string line; std::getline(stream, line) && line.starts_with('#');) {
    if (line.starts_with(start)) return line.substr(start.size());
  }
  return {};
}

}  // namespace

std::filesystem::path networks_directory() {
  const std::filesystem::path program = std::filesystem::canonical("/proc/self/exe").parent_path();
  const std::filesystem::path installed = program / RDNA1CONV_NETWORKS_FROM_BINDIR;
  return std::filesystem::is_directory(installed) ? installed.lexically_normal()
                                                  : RDNA1CONV_NETWORKS_DIRECTORY;
}

std::vector<NetworkSummary> list_networks(const std::filesystem::path& directory) {
  if (!std::filesystem::is_directory(directory)) {
    throw std::runtime_error("there is no directory of network files at " + directory.string());
  }
  std::vector<NetworkSummary> networks;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    const std::filesystem::path& path = entry.path();
    if (path.extension() != kExtension) continue;
    const Workload workload = read_file(path, path.stem().string(), {});
    NetworkSummary summary{workload.name,
                           head_value(path, "input") + "; " + head_value(path, "source")};
    summary.batch = workload.layers.front().problem.n;
    summary.distinct = static_cast<std::int64_t>(workload.layers.size());
    for (const Layer& layer : workload.layers) {
      summary.convolutions += layer.count;
      summary.flops += static_cast<double>(layer.count) * layer.problem.direct_flops();
    }
    networks.push_back(std::move(summary));
  }
  std::ranges::sort(networks, {}, &NetworkSummary::name);
  return networks;
}

Workload load_workload(const std::string& what, const std::filesystem::path& directory,
                       std::istream& standard_input, const Changes& changes) {
  if (what == "-") return read_lines(standard_input, "stdin", "stdin", changes);
  // A name with a slash in it is a path, so that it cannot leave the directory.
  if (what.find('/') == std::string::npos) {
    const std::filesystem::path network = network_file(directory, what);
    if (std::filesystem::is_regular_file(network)) return read_file(network, what, changes);
  }
  if (std::filesystem::is_directory(what)) {
    throw std::runtime_error(what + " is a directory; name a file of driver lines in it");
  }
  if (std::filesystem::exists(what)) {
    return read_file(what, std::filesystem::path(what).filename().string(), changes);
  }
  throw std::runtime_error("there is no network and no file '" + what +
                           "'; conv-bench --list shows the networks");
}

Workload workload_of_line(const std::string& line, const Changes& changes) {
  Workload workload{"command line", {}};
  append_layers(workload, line, changes);
  make_names_unique(workload);
  return workload;
}

Workload random_workload(std::uint64_t seed, std::int64_t count, const Changes& changes) {
  std::vector<RandomKind> kinds;
  const auto& directions =
      changes.directions.empty() ? std::vector{Direction::kForward} : changes.directions;
  for (const Direction direction : directions) {
    kinds.push_back({changes.type.value_or(DataType::kFloat), direction,
                     changes.layout.value_or(Layout::kNchw)});
  }
  Workload workload{"random, seed " + std::to_string(seed), {}};
  for (const ConvProblem& problem : random_problems(seed, count, kinds, ProblemSet::kHeldApart)) {
    Changes rest;
    rest.batch = changes.batch;
    rest.epilogue = changes.epilogue;
    append_layers(workload, to_driver_line(problem), rest);
  }
  make_names_unique(workload);
  return workload;
}

std::string shape_name(const ConvProblem& problem) {
  const bool depthwise = problem.groups > 1 && problem.groups == problem.c &&
                         problem.groups == problem.k && !problem.transposed;
  std::ostringstream name;
  if (problem.transposed) name << "transposed_";
  if (depthwise) name << "depthwise_";
  name << by_x(problem, problem.filter) << "_s" << by_x_or_one(problem, problem.stride);
  if (problem.dilation != Spatial{}) name << "_d" << by_x_or_one(problem, problem.dilation);
  if (problem.groups > 1 && !depthwise) name << "_g" << problem.groups;
  name << "_c" << problem.c;
  if (!depthwise) name << "_k" << problem.k;
  name << "_" << by_x(problem, problem.in);
  return name.str();
}

}  // namespace rdna1conv::bench
