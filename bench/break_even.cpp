#include "bench/break_even.h"

#include <algorithm>
#include <cstdio>
#include <limits>

#include "dispatch/solver_table.h"

namespace rdna1conv::bench {
namespace {

constexpr std::int64_t kMostTimes = 1024;

// The layer with that batch size, if its layout says how.
std::optional<ConvProblem> with_batch(const ConvProblem& problem, std::int64_t batch) {
  const bool is_nchw = problem.is_packed_nchw();
  if (!is_nchw && !problem.is_packed_nhwc()) return std::nullopt;
  ConvProblem changed = problem;
  changed.n = batch;
  set_packed(changed, is_nchw ? Layout::kNchw : Layout::kNhwc);
  canonicalize(changed);
  return changed;
}

std::optional<double> estimated_clocks(const BenchDevice& device, const ConvProblem& problem) {
  const ConvProblem ordinary = untransposed(problem);
  double best = std::numeric_limits<double>::infinity();
  for (const SolverRow& solver : solver_table()) {
    if (solver.refusal(ordinary, device.facts)) continue;
    best = std::min(best, best_of(solver.instances(ordinary, device.facts)).estimated_clocks);
  }
  if (best == std::numeric_limits<double>::infinity()) return std::nullopt;
  return best;
}

}  // namespace

std::optional<std::int64_t> break_even_batch(const BenchDevice& device, const Layer& layer,
                                             double gpu_seconds, double cpu_seconds) {
  const auto own = estimated_clocks(device, layer.problem);
  if (!own) return std::nullopt;
  for (std::int64_t times = 1; times <= kMostTimes; times *= 2) {
    const auto problem = with_batch(layer.problem, layer.problem.n * times);
    if (!problem) return std::nullopt;
    const auto clocks = estimated_clocks(device, *problem);
    if (!clocks) return std::nullopt;
    if (gpu_seconds * *clocks / *own <= cpu_seconds * static_cast<double>(times)) return problem->n;
  }
  return std::nullopt;
}

void print_where_cpu_is_better(const BenchDevice& device, std::span<const TableRow> rows,
                               std::ostream& out) {
  const char* const how = device.software ? " modelled" : "";
  double gpu = 0, cpu = 0;
  char text[300];
  for (const TableRow& row : rows) {
    const Measurement& m = *row.measurement;
    if (!m.gpu_seconds || !m.cpu_seconds) continue;
    gpu += static_cast<double>(row.layer->count) * *m.gpu_seconds;
    cpu += static_cast<double>(row.layer->count) * *m.cpu_seconds;
    if (*m.cpu_seconds >= *m.gpu_seconds) continue;
    const auto batch = break_even_batch(device, *row.layer, *m.gpu_seconds, *m.cpu_seconds);
    std::snprintf(text, sizeof text, "the CPU is faster: %s, %.4f ms against%s %.4f of the card; ",
                  row.layer->name.c_str(), *m.cpu_seconds * 1e3, how, *m.gpu_seconds * 1e3);
    out << text;
    if (batch) {
      out << "by estimate the card is as fast from batch " << *batch << " on\n";
    } else {
      out << "at no larger batch is the card as fast by its estimates\n";
    }
  }
  if (cpu >= gpu) return;
  std::snprintf(text, sizeof text,
                "the CPU is faster for all of them: %.4f ms against%s %.4f of the card\n",
                cpu * 1e3, how, gpu * 1e3);
  out << text;
}

}  // namespace rdna1conv::bench
