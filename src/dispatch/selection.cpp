#include "dispatch/selection.h"

#include <algorithm>

#include "core/logging.h"
#include "dispatch/solver_table.h"

namespace rdna1conv {
namespace {

bool is_meant(const SolverRow& solver, const std::string& name_or_id) {
  return name_or_id == solver.name || name_or_id == std::to_string(solver.id);
}

const char* switched_off_by(Algorithm algorithm, const Environment& environment) {
  switch (algorithm) {
    case Algorithm::kGemm:
      return environment.allow_gemm ? nullptr : "MIOPEN_DEBUG_CONV_GEMM";
    case Algorithm::kDirect:
      return environment.allow_direct ? nullptr : "MIOPEN_DEBUG_CONV_DIRECT";
    case Algorithm::kWinograd:
      return environment.allow_winograd ? nullptr : "MIOPEN_DEBUG_CONV_WINOGRAD";
    case Algorithm::kFft:
      return environment.allow_fft ? nullptr : "MIOPEN_DEBUG_CONV_FFT";
    case Algorithm::kImplicitGemm:
      return environment.allow_implicit_gemm ? nullptr : "MIOPEN_DEBUG_CONV_IMPLICIT_GEMM";
  }
  return nullptr;
}

const char* naive_switched_off_by(Direction direction, const Environment& environment) {
  switch (direction) {
    case Direction::kForward:
      return environment.allow_naive_forward ? nullptr : "MIOPEN_DEBUG_CONV_DIRECT_NAIVE_CONV_FWD";
    case Direction::kBackwardData:
      return environment.allow_naive_data ? nullptr : "MIOPEN_DEBUG_CONV_DIRECT_NAIVE_CONV_BWD";
    case Direction::kBackwardWeights:
      return environment.allow_naive_weights ? nullptr : "MIOPEN_DEBUG_CONV_DIRECT_NAIVE_CONV_WRW";
  }
  return nullptr;
}

}  // namespace

std::optional<std::string> exclusion(const SolverRow& solver, const Environment& environment,
                                     bool deterministic) {
  const auto& only = environment.only;
  if (!only.empty() && std::none_of(only.begin(), only.end(), [&](const std::string& entry) {
        return is_meant(solver, entry);
      })) {
    return "not named by MIOPEN_DEBUG_FIND_ONLY_SOLVER";
  }
  if (const char* const variable = switched_off_by(solver.algorithm, environment)) {
    return std::string("switched off by ") + variable;
  }
  if (deterministic && !solver.deterministic) return "not deterministic";
  return std::nullopt;
}

Selection select_solvers(const ConvProblem& problem, const DeviceFacts& device,
                         const Environment& environment, bool deterministic, const char* function) {
  const ConvProblem ordinary = untransposed(problem);
  Selection selection;
  const auto pass_over = [&](const SolverRow& solver, const std::string& reason) {
    const std::string text = std::string(solver.name) + ": " + reason;
    log_line(LogLevel::kInfo2, function, text);
    selection.refusals.append(selection.refusals.empty() ? "" : "; ").append(text);
  };
  for (const SolverRow& solver : solver_table()) {
    std::optional<std::string> reason = exclusion(solver, environment, deterministic);
    if (!reason) reason = solver.refusal(ordinary, device);
    if (!reason && &solver == &solver_table().back() && !selection.solvers.empty()) {
      // Users switch MIOpen's naive kernels off because Find spends long on them. The reference is
      // ours; it stays where nothing else does the problem.
      if (const char* variable = naive_switched_off_by(ordinary.direction, environment)) {
        reason = std::string("switched off by ") + variable;
      }
    }
    if (reason) {
      pass_over(solver, *reason);
    } else {
      selection.solvers.push_back(&solver);
    }
  }
  return selection;
}

std::vector<std::string> unknown_solvers(const Environment& environment) {
  std::vector<std::string> unknown;
  const auto table = solver_table();
  for (const std::string& entry : environment.only) {
    if (std::none_of(table.begin(), table.end(),
                     [&](const SolverRow& solver) { return is_meant(solver, entry); })) {
      unknown.push_back(entry);
    }
  }
  return unknown;
}

}  // namespace rdna1conv
