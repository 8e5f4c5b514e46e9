#include "find2/softmax_find.h"

#include <algorithm>

#include "core/error.h"
#include "core/tensor_dims.h"
#include "core/tensor_overlap.h"
#include "plan/cost_model.h"
#include "solvers/operators/softmax.h"

namespace rdna1conv {
namespace {

TensorDims dims_of_tensor(const FindProblem& problem, TensorId id, DataType& type) {
  const auto entry = problem.tensors.find(id);
  if (entry == problem.tensors.end()) {
    throw Error(Status::kBadParm,
                "problem has no descriptor of " + std::string(name_of_tensor(id)));
  }
  type = entry->second.type();
  return dims_of(entry->second, name_of_tensor(id), 4, 5);
}

SoftmaxProblem problem_of(const FindProblem& problem) {
  SoftmaxProblem p;
  p.backward = problem.softmax_backward;
  p.is_log = problem.softmax.is_log;
  p.of_channels = problem.softmax.of_channels;
  const TensorDims y = dims_of_tensor(problem, kSoftmaxY, p.type);
  p.lengths = y.lengths;
  p.y_strides = y.strides;
  const auto strides = [&](TensorId id) {
    DataType type{};
    const TensorDims dims = dims_of_tensor(problem, id, type);
    if (type != p.type || dims.lengths != p.lengths) {
      throw Error(Status::kBadParm, std::string(name_of_tensor(id)) +
                                        " has not the type and lengths of " +
                                        name_of_tensor(kSoftmaxY));
    }
    return dims.strides;
  };
  if (p.backward) {
    p.dy_strides = strides(kSoftmaxDy);
    p.dx_strides = strides(kSoftmaxDx);
  } else {
    p.x_strides = strides(kSoftmaxX);
  }
  const TensorId output = p.backward ? kSoftmaxDx : kSoftmaxY;
  if (may_overlap(p.lengths, p.backward ? p.dx_strides : p.y_strides)) {
    throw Error(Status::kBadParm,
                std::string(name_of_tensor(output)) + " has strides by which elements overlap");
  }
  return p;
}

}  // namespace

bool is_softmax(const FindProblem& problem) {
  return problem.ops.size() == 1 && problem.ops.front() == ProblemOp::kSoftmax;
}

std::unique_ptr<Solution> softmax_solution(const Handle& handle, const FindProblem& problem) {
  SolutionRecord record;
  const SoftmaxProblem p = problem_of(problem);
  const Solver<SoftmaxProblem>& solver = solvers_of(p).front();
  if (const auto reason = solver.refusal(p, handle.facts))
    throw Error(Status::kNotImplemented, std::string(solver.name) + ": " + *reason);
  const Instance best = best_of(solver.instances(p, handle.facts));
  record.softmax = ParsedSoftmax{p, problem.softmax.scalars};
  record.deterministic = solver.deterministic;
  record.solver_id = kSoftmaxSolver;
  record.instance = best.name;
  record.milliseconds =
      static_cast<float>(clocks_to_milliseconds(best.estimated_clocks, handle.facts));
  record.output = p.backward ? kSoftmaxDx : kSoftmaxY;
  return std::make_unique<Solution>(record);
}

}  // namespace rdna1conv
