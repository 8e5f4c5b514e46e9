#include "bench/tuner/judge.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <span>

#include "core/driver_line.h"
#include "dispatch/solver_table.h"
#include "plan/cost_model.h"

namespace rdna1conv::tuner {
namespace {

std::string kind_of(const ConvProblem& p) {
  constexpr const char* kDirections[] = {"forward", "backward data", "backward weights"};
  return std::string(kDirections[static_cast<std::size_t>(p.direction)]) + " " +
         std::string(name_of(p.x_type)) + (p.is_packed_nchw() ? " NCHW" : " NHWC");
}

}  // namespace

void Errors::add(double estimate, double time) {
  const double error = std::log(estimate / time);
  sum += error;
  squares += error * error;
  ++count;
}
double Errors::bias() const { return std::exp(sum / static_cast<double>(count)) - 1; }
double Errors::rms() const { return std::exp(std::sqrt(squares / static_cast<double>(count))) - 1; }

Judgement judgement_of(const Samples& samples) {
  const DeviceFacts device = rx_5700_xt();
  Judgement judgement;
  for (const SampledProblem& sampled : samples.problems) {
    const ConvProblem problem = untransposed(sampled.problem);
    constexpr double kNone = std::numeric_limits<double>::infinity();
    Verdict verdict{to_driver_line(sampled.problem), {}, {}, kNone, kNone, kNone, kNone};
    for (const SolverRow& solver : solver_table()) {
      if (solver.refusal(problem, device)) continue;
      for (const Instance& instance : solver.instances(problem, device)) {
        const auto time = milliseconds_of(sampled, solver.name, instance);
        if (!time) continue;
        const double estimate = clocks_to_milliseconds(instance.estimated_clocks, device);
        const std::string name = std::string(solver.name) + " " + std::string(instance.name);
        judgement.by_solver[std::string(solver.name)].add(estimate, *time);
        if (*time < verdict.best_time) {
          verdict.best = name;
          verdict.best_time = *time;
          verdict.best_estimate = estimate;
        }
        if (estimate < verdict.chosen_estimate) {
          verdict.chosen = name;
          verdict.chosen_time = *time;
          verdict.chosen_estimate = estimate;
        }
      }
    }
    if (std::isinf(verdict.best_time)) continue;
    judgement.all.add(verdict.chosen_time, verdict.best_time);
    judgement.by_kind[kind_of(sampled.problem)].add(verdict.chosen_time, verdict.best_time);
    judgement.verdicts.push_back(std::move(verdict));
  }
  std::ranges::stable_sort(judgement.verdicts, std::greater<>(), &Verdict::regret);
  return judgement;
}

Judgement judge(const Samples& samples, std::size_t worst, std::ostream& out) {
  Judgement judgement = judgement_of(samples);
  out << "samples of " << samples.device << "\n";
  char line[160];
  for (const auto& [solver, errors] : judgement.by_solver) {
    std::snprintf(line, sizeof line,
                  "estimates, %-24s %6zu samples: bias %+6.1f %%, rms %5.1f %%\n", solver.c_str(),
                  errors.count, 100 * errors.bias(), 100 * errors.rms());
    out << line;
  }
  for (const Verdict& verdict :
       std::span(judgement.verdicts).first(std::min(worst, judgement.verdicts.size()))) {
    std::snprintf(line, sizeof line, "%.1f %%: ", 100 * verdict.regret());
    out << line << verdict.line << "\n";
    std::snprintf(line, sizeof line, "  chosen %-48s estimate %8.4f, time %8.4f ms\n",
                  verdict.chosen.c_str(), verdict.chosen_estimate, verdict.chosen_time);
    out << line;
    std::snprintf(line, sizeof line, "  best   %-48s estimate %8.4f, time %8.4f ms\n",
                  verdict.best.c_str(), verdict.best_estimate, verdict.best_time);
    out << line;
  }
  for (const auto& [kind, regrets] : judgement.by_kind)
    out << "regret, " << kind << ": " << regrets.summary() << "\n";
  out << "regret: " << judgement.all.summary() << "\n";
  return judgement;
}

}  // namespace rdna1conv::tuner
