#include "dispatch/solver_table.h"

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
#include "solvers/shared_weights.h"
#include "solvers/winograd.h"
#include "solvers/winograd_weights.h"

namespace rdna1conv {
namespace {

constexpr bool kDeterministic = true;

// An id of a row that goes away is not given again.
constexpr std::array kTable{
    SolverRow{{"WinogradF4x3Fwd", 6, kDeterministic, winograd::refusal_f4x3_forward,
               winograd::instances_f4x3, winograd::launches, winograd::estimate},
              Algorithm::kWinograd},
    SolverRow{{"WinogradF2x3Fwd", 5, kDeterministic, winograd::refusal_f2x3_forward,
               winograd::instances_f2x3, winograd::launches, winograd::estimate},
              Algorithm::kWinograd},
    SolverRow{{"WinogradF4x3BwdData", 31, kDeterministic, winograd::refusal_f4x3_backward_data,
               winograd::instances_f4x3, winograd::launches, winograd::estimate},
              Algorithm::kWinograd},
    SolverRow{{"WinogradF2x3BwdData", 30, kDeterministic, winograd::refusal_f2x3_backward_data,
               winograd::instances_f2x3, winograd::launches, winograd::estimate},
              Algorithm::kWinograd},
    SolverRow{{"WinogradF3x2BwdWeights", 32, kDeterministic, winograd_weights::refusal,
               winograd_weights::instances, winograd_weights::launches, winograd_weights::estimate},
              Algorithm::kWinograd},
    SolverRow{{"Gemm1x1Fwd", 4, kDeterministic, gemm_1x1::refusal, gemm_1x1::instances,
               gemm_1x1::launches, gemm_1x1::estimate},
              Algorithm::kGemm},
    SolverRow{{"Im2colGemmFwd", 3, kDeterministic, im2col_gemm::refusal, im2col_gemm::instances,
               im2col_gemm::launches, im2col_gemm::estimate},
              Algorithm::kGemm},
    SolverRow{{"DirectTiledFwd", 2, kDeterministic, direct_tiled::refusal, direct_tiled::instances,
               direct_tiled::launches, direct_tiled::estimate},
              Algorithm::kDirect},
    SolverRow{{"DirectGroupedFwd", 20, kDeterministic, grouped::refusal_forward, grouped::instances,
               grouped::launches, grouped::estimate},
              Algorithm::kDirect},
    SolverRow{{"DirectGroupedBwdData", 21, kDeterministic, grouped::refusal_backward_data,
               grouped::instances, grouped::launches, grouped::estimate},
              Algorithm::kDirect},
    SolverRow{{"DirectGroupedBwdWeights", 22, kDeterministic, grouped_weights::refusal,
               grouped_weights::instances, grouped_weights::launches, grouped_weights::estimate},
              Algorithm::kDirect},
    SolverRow{{"ImplicitGemmFwd", 10, kDeterministic, implicit_gemm::refusal_forward,
               implicit_gemm::instances, implicit_gemm::launches, implicit_gemm::estimate},
              Algorithm::kImplicitGemm},
    SolverRow{{"ImplicitGemmBwdData", 11, kDeterministic, implicit_gemm::refusal_backward_data,
               implicit_gemm::instances, implicit_gemm::launches, implicit_gemm::estimate},
              Algorithm::kImplicitGemm},
    SolverRow{{"SharedTilesBwdWeights", 33, kDeterministic, shared_weights::refusal,
               shared_weights::instances, shared_weights::launches, shared_weights::estimate},
              Algorithm::kImplicitGemm},
    SolverRow{
        {"ImplicitGemmBwdWeights", 12, kDeterministic, implicit_gemm::refusal_backward_weights,
         implicit_gemm::instances, implicit_gemm::launches, implicit_gemm::estimate},
        Algorithm::kImplicitGemm},
    SolverRow{{"DirectReference", 1, kDeterministic, reference::refusal, reference::instances,
               reference::launches, reference::estimate},
              Algorithm::kDirect},
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
  const ConvProblem ordinary = untransposed(problem);
  std::vector<Instance> instances = solver.instances(ordinary, device);
  if (!instance.empty()) {
    std::erase_if(instances, [instance](const Instance& i) { return i.name != instance; });
  }
  if (instances.empty()) {
    throw Error(Status::kBadParm, std::string(solver.name) + " has no instance '" +
                                      std::string(instance) + "' for " + to_driver_line(problem));
  }
  return plan_of(solver, ordinary, best_of(instances));
}

std::vector<Plan> make_plans(const SolverRow& solver, const ConvProblem& problem,
                             const DeviceFacts& device) {
  const ConvProblem ordinary = untransposed(problem);
  std::vector<Plan> plans;
  for (const Instance& instance : solver.instances(ordinary, device))
    plans.push_back(plan_of(solver, ordinary, instance));
  return plans;
}

}  // namespace rdna1conv
