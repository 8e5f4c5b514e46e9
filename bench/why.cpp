#include "bench/why.h"

#include <cstdio>
#include <limits>
#include <optional>

#include "core/driver_line.h"
#include "dispatch/solver_table.h"
#include "plan/estimate_text.h"

namespace rdna1conv::bench {
namespace {

void print_layer(const BenchDevice& device, const Layer& layer, const std::string& solver_name,
                 std::ostream& out) {
  const ConvProblem problem = untransposed(layer.problem);
  out << layer.name << ": " << to_driver_line(layer.problem) << "\n";
  struct Row {
    const SolverRow* solver;
    std::string text;
    double clocks = std::numeric_limits<double>::infinity();
  };
  std::vector<Row> rows;
  double lowest = std::numeric_limits<double>::infinity();
  for (const SolverRow& solver : solver_table()) {
    if (!solver_name.empty() && solver.name != solver_name) continue;
    Row& row = rows.emplace_back();
    row.solver = &solver;
    if (const auto reason = solver.refusal(problem, device.facts)) {
      row.text = "refuses: " + *reason;
      continue;
    }
    const Instance best = best_of(solver.instances(problem, device.facts));
    row.text = std::string(best.name) + ", estimate " +
               to_text(solver.estimate(problem, best, device.facts), device.facts);
    row.clocks = best.estimated_clocks;
    lowest = std::min(lowest, row.clocks);
  }
  for (const Row& row : rows) {
    char name[64];
    std::snprintf(name, sizeof name, "%c %-24s", row.clocks <= lowest && lowest < 1e300 ? '*' : ' ',
                  std::string(row.solver->name).c_str());
    out << name << row.text << "\n";
  }
}

}  // namespace

void print_why(const BenchDevice& device, const std::vector<Workload>& workloads,
               const std::string& solver_name, std::ostream& out) {
  for (const Workload& workload : workloads) {
    out << workload.name << ": each solver's best estimate by its terms, in us, or why it refuses; "
        << "* is the lowest\n";
    for (const Layer& layer : workload.layers) print_layer(device, layer, solver_name, out);
  }
}

}  // namespace rdna1conv::bench
