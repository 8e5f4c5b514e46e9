#include "dispatch/solver_table.h"

#include <algorithm>
#include <array>

#include "core/driver_line.h"
#include "core/error.h"
#include "solvers/direct_tiled.h"
#include "solvers/gemm_1x1.h"
#include "solvers/grouped.h"
#include "solvers/grouped_weights.h"
#include "solvers/im2col_gemm.h"
#include "solvers/implicit_gemm.h"
#include "solvers/reference.h"
#include "solvers/winograd.h"

namespace rdna1conv {
namespace {

// name, id, algorithm, deterministic, functions. An id of a row that goes away is not given again.
constexpr std::array kTable{
    SolverRow{"WinogradF4x3Fwd", 6, Algorithm::kWinograd, true, winograd::refusal_f4x3,
              winograd::plans_f4x3},
    SolverRow{"WinogradF2x3Fwd", 5, Algorithm::kWinograd, true, winograd::refusal_f2x3,
              winograd::plans_f2x3},
    SolverRow{"Gemm1x1Fwd", 4, Algorithm::kGemm, true, gemm_1x1::refusal, gemm_1x1::plans},
    SolverRow{"Im2colGemmFwd", 3, Algorithm::kGemm, true, im2col_gemm::refusal, im2col_gemm::plans},
    SolverRow{"DirectTiledFwd", 2, Algorithm::kDirect, true, direct_tiled::refusal,
              direct_tiled::plans},
    SolverRow{"DirectGroupedFwd", 20, Algorithm::kDirect, true, grouped::refusal_forward,
              grouped::plans},
    SolverRow{"DirectGroupedBwdData", 21, Algorithm::kDirect, true, grouped::refusal_backward_data,
              grouped::plans},
    SolverRow{"DirectGroupedBwdWeights", 22, Algorithm::kDirect, true, grouped_weights::refusal,
              grouped_weights::plans},
    SolverRow{"ImplicitGemmFwd", 10, Algorithm::kImplicitGemm, true, implicit_gemm::refusal_forward,
              implicit_gemm::plans},
    SolverRow{"ImplicitGemmBwdData", 11, Algorithm::kImplicitGemm, true,
              implicit_gemm::refusal_backward_data, implicit_gemm::plans},
    SolverRow{"ImplicitGemmBwdWeights", 12, Algorithm::kImplicitGemm, true,
              implicit_gemm::refusal_backward_weights, implicit_gemm::plans},
    SolverRow{"DirectReference", 1, Algorithm::kDirect, true, reference::refusal, reference::plans},
};

}  // namespace

std::span<const SolverRow> solver_table() { return kTable; }

const SolverRow* find_solver(std::uint64_t id) {
  for (const SolverRow& row : kTable) {
    if (row.id == id) return &row;
  }
  return nullptr;
}

const SolverRow* find_solver(std::string_view name) {
  for (const SolverRow& row : kTable) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

Plan make_plan(const SolverRow& solver, const ConvProblem& problem, const DeviceFacts& device,
               std::string_view instance) {
  std::vector<Plan> plans = solver.plans(untransposed(problem), device);
  if (!instance.empty()) {
    std::erase_if(plans, [instance](const Plan& plan) { return plan.instance != instance; });
  }
  if (plans.empty()) {
    throw Error(Status::kBadParm, std::string(solver.name) + " has no instance '" +
                                      std::string(instance) + "' for " + to_driver_line(problem));
  }
  return std::move(*std::min_element(plans.begin(), plans.end(), [](const Plan& a, const Plan& b) {
    return a.estimated_clocks < b.estimated_clocks;
  }));
}

}  // namespace rdna1conv
