// Solvers that spread lanes over a problem look at few of the ways to do so: at all that are better
// than the one they take.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <vector>

#include "core/driver_line.h"
#include "dispatch/solver_table.h"

namespace rdna1conv {
namespace {

constexpr std::uint32_t kMostThreads = 256;

using Parameters = std::array<std::uint32_t, 4>;

// How many lanes there can be along a dimension: no more than cover it.
std::uint32_t covering(std::int64_t elements) {
  std::uint32_t lanes = 1;
  while (lanes < elements && lanes < kMostThreads) lanes *= 2;
  return lanes;
}

// Columns, rows, k and groups. A row's name has what one lane of it computes: "k8h4r3s1".
std::vector<Parameters> tiled_lanes(const ConvProblem& p, std::string_view name) {
  const std::int64_t tile_k = name[1] - '0', tile_h = name[3] - '0';
  const auto parts = [](std::int64_t all, std::int64_t part) { return (all + part - 1) / part; };
  std::vector<Parameters> all;
  for (std::uint32_t columns = std::min(32u, covering(p.out.w)); columns > 0; columns /= 2)
    for (std::uint32_t rows = covering(parts(p.out.h, tile_h)); rows > 0; rows /= 2)
      for (std::uint32_t k = covering(parts(p.k / p.groups, tile_k)); k > 0; k /= 2)
        for (std::uint32_t groups = covering(p.groups); groups > 0; groups /= 2)
          if (columns * rows * k * groups <= kMostThreads)
            all.push_back({columns, rows, k, groups});
  return all;
}

// k and pixels, and whether channels are the fast ones.
std::vector<Parameters> grouped_lanes(const ConvProblem& p, std::string_view) {
  std::vector<Parameters> all;
  for (std::uint32_t k = covering(std::max(p.c, p.k)); k > 0; k /= 2)
    for (std::uint32_t pixels = kMostThreads / k; pixels > 0; pixels /= 2)
      for (const std::uint32_t channels_fast : {0u, 1u})
        all.push_back({k, pixels, channels_fast, 0});
  return all;
}

struct Row {
  const char* solver;
  std::vector<Parameters> (*lanes)(const ConvProblem& problem, std::string_view name);
};
constexpr Row kRows[] = {{"DirectTiledFwd", tiled_lanes},
                         {"DirectGroupedFwd", grouped_lanes},
                         {"DirectGroupedBwdData", grouped_lanes}};

// Of an instance with other lanes, or infinite if the solver has no such plan.
double clocks_with(const SolverRow& solver, const ConvProblem& problem, Instance instance,
                   const Parameters& parameters) {
  instance.parameters = parameters;
  try {
    return solver.estimate(problem, instance, rx_5700_xt()).clocks();
  } catch (const std::bad_optional_access&) {
    return std::numeric_limits<double>::infinity();
  }
}

constexpr const char* kLines[] = {
    "conv -n 1 -c 64 -H 56 -W 56 -k 64 -y 3 -x 3 -p 1 -q 1 -F ",
    "conv -n 2 -c 3 -H 67 -W 31 -k 20 -y 7 -x 7 -p 3 -q 3 -u 2 -v 2 -F ",
    "conv -n 1 -c 512 -H 7 -W 7 -k 512 -y 1 -x 1 -F ",
    "conv -n 1 -c 256 -H 1700 -W 9 -k 5 -y 1 -x 1 -F ",
    "conv -n 16 -c 24 -H 14 -W 14 -k 24 -y 5 -x 5 -p 2 -q 2 -g 24 -F ",
    "conv -n 1 -c 96 -H 112 -W 112 -k 96 -y 3 -x 3 -p 1 -q 1 -u 2 -v 2 -g 96 -F ",
    "conv -n 1 -c 32 -H 19 -W 19 -k 64 -y 3 -x 3 -p 2 -q 2 -l 2 -j 2 -g 4 -F ",
};

TEST(Lanes, NoOthersHaveALowerEstimate) {
  std::size_t seen = 0;
  for (const char* line : kLines) {
    for (const char* direction : {"1", "2"}) {
      const ConvProblem problem = parse_driver_line(std::string(line) + direction).problem;
      for (const Row& row : kRows) {
        const SolverRow& solver = *find_solver(row.solver);
        if (solver.refusal(problem, rx_5700_xt())) continue;
        for (const Instance& instance : solver.instances(problem, rx_5700_xt())) {
          for (const Parameters& lanes : row.lanes(problem, instance.name)) {
            ++seen;
            EXPECT_GE(clocks_with(solver, problem, instance, lanes),
                      instance.estimated_clocks * (1 - 1e-9))
                << to_driver_line(problem) << " " << row.solver << " " << instance.name << " "
                << testing::PrintToString(lanes);
          }
        }
      }
    }
  }
  EXPECT_GT(seen, 5000u);
}

}  // namespace
}  // namespace rdna1conv
