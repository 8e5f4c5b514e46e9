#include "bench/gpu_convolution.h"

#include <hip/hip_runtime_api.h>

#include "api/guard.h"
#include "bench/device_memory.h"
#include "core/epilogue.h"
#include "device/hip_check.h"
#include "dispatch/convolution.h"
#include "dispatch/solver_table.h"

namespace rdna1conv::bench {
namespace {

using client::check_miopen;

// Why no solver takes the problem, if none does: of the solver asked for, else of the last one in
// the table, the reference, which takes all that any other does.
std::optional<std::string> refusal_of(const ConvProblem& problem, const DeviceFacts& device,
                                      const std::string& solver_name) {
  const SolverRow* row = solver_name.empty() ? &solver_table().back() : find_solver(solver_name);
  if (row == nullptr) return "there is no solver " + solver_name;
  const std::optional<std::string> reason = row->refusal(untransposed(problem), device);
  if (!reason) return std::nullopt;
  return std::string(row->name) + ": " + *reason;
}

// Asks the handle as a run call does: an estimate, or what the find-db has, decided there.
std::string instance_that_runs(const ApiClient& client, const ConvProblem& problem,
                               std::uint64_t solution_id) {
  Handle& handle = object(client.handle());
  const ConvolutionCall call =
      make_call("conv-bench", handle, object(client.convolution()), problem);
  return std::string(solution_of(handle, call, solution_id)->instance().name);
}

std::optional<GuardedTensor> input(const StridedTensor& tensor, const std::vector<float>& values) {
  if (values.empty()) return std::nullopt;  // what the direction computes
  return std::optional<GuardedTensor>(std::in_place, tensor, GuardedTensor::Use::kRead, values);
}

}  // namespace

GpuConvolution::GpuConvolution(const ConvProblem& problem, const DeviceFacts& device,
                               const std::string& solver_name)
    : client_(problem) {
  if (const auto refusal = refusal_of(problem, device, solver_name)) throw NoSolver(*refusal);
  if (problem.epilogue != Epilogue{}) {
    choose_fused(problem, solver_name);
    return;
  }
  std::vector<miopenConvSolution_t> solutions = client_.solutions();
  if (!solver_name.empty()) {
    std::erase_if(solutions, [&](const miopenConvSolution_t& solution) {
      return solution.solution_id != find_solver(solver_name)->id;
    });
  }
  if (solutions.empty()) throw NoSolver("the library offers no solution");

  const miopenConvSolution_t& best = solutions.front();
  solution_id_ = best.solution_id;
  workspace_bytes_ = best.workspace_size;
  const SolverRow* row = find_solver(solution_id_);
  if (row == nullptr) throw std::runtime_error("the library's solution has an unknown solver");
  solver_ = row->name;
  algorithm_ = row->algorithm;
  instance_ = instance_that_runs(client_, problem, solution_id_);
}

void GpuConvolution::choose_fused(const ConvProblem& problem, const std::string& solver_name) {
  Handle& handle = object(client_.handle());
  fused_call_ = make_call("conv-bench", handle, object(client_.convolution()), problem);
  for (const auto& choice : choices_of(handle, *fused_call_)->list) {
    if (!solver_name.empty() && choice->solver().name != solver_name) continue;
    fused_ = choice;
    solver_ = choice->solver().name;
    algorithm_ = choice->solver().algorithm;
    instance_ = choice->instance().name;
    workspace_bytes_ = choice->instance().workspace_bytes;
    buffers_.scalars = scalars_for(problem, true);
    return;
  }
  throw NoSolver("the library offers no solution");
}

void GpuConvolution::compile() {
  if (!fused_) return client_.compile(solution_id_);
  static_cast<void>(fused_->prepared(object(client_.handle()).modules));
}

void GpuConvolution::prepare(const ConvCase& c) {
  x_ = input(x_tensor(c.problem), c.x);
  w_ = input(w_tensor(c.problem), c.w);
  y_ = input(y_tensor(c.problem), c.y);
  output_.emplace(c.output(), GuardedTensor::Use::kWrite, std::span<const float>());
  if (workspace_bytes_ > 0) workspace_.emplace(workspace_bytes_);
  const auto address = [&](const std::optional<GuardedTensor>& tensor) {
    return tensor ? tensor->address() : output_->address();
  };
  buffers_.x = address(x_);
  buffers_.w = address(w_);
  buffers_.y = address(y_);
  buffers_.workspace = workspace_ ? workspace_->address() : nullptr;

  epilogue_tensors_.reserve(6);  // their addresses are taken
  const auto add = [&](const StridedTensor& tensor, const std::vector<float>& values) {
    if (values.empty()) return static_cast<const void*>(nullptr);
    return static_cast<const void*>(
        epilogue_tensors_.emplace_back(tensor, GuardedTensor::Use::kRead, values).address());
  };
  const auto add_list = [&](DataType type, const std::vector<float>& values) {
    const auto count = static_cast<std::int64_t>(values.size());
    return add({type, {1, 1, 1, 1, count}, {1, 1, 1, 1, 1}}, values);
  };
  buffers_.z = add(c.output(), c.z);
  buffers_.bias = add_list(c.output().type, c.bias);
  buffers_.norm_scale = add_list(DataType::kFloat, c.norm_scale);
  buffers_.norm_shift = add_list(DataType::kFloat, c.norm_shift);
  buffers_.norm_mean = add_list(DataType::kFloat, c.norm_mean);
  buffers_.norm_variance = add_list(DataType::kFloat, c.norm_variance);
  compile();
}

void GpuConvolution::prepare_constant(const ConvProblem& problem) {
  // A small number in every type: kernels that look whether sums are what a narrow type can hold
  // take their usual path.
  constexpr unsigned char kByte = 0x3c;
  const auto add = [&](std::size_t bytes) {
    void* const data = constant_.emplace_back(bytes).data();
    const std::vector<unsigned char> values(bytes, kByte);
    if (bytes > 0)
      check_hip(hipMemcpy(data, values.data(), bytes, hipMemcpyHostToDevice), "a copy");
    return data;
  };
  const auto add_tensor = [&](const StridedTensor& tensor) {
    return add(static_cast<std::size_t>(tensor.span()) * bytes_of(tensor.type));
  };
  const ConvProblem asked = untransposed(problem);
  buffers_.x = add_tensor(x_tensor(asked));
  buffers_.w = add_tensor(w_tensor(asked));
  buffers_.y = add_tensor(y_tensor(asked));
  buffers_.workspace = add(workspace_bytes_);
  if (fused_) {
    buffers_.z = add_tensor(output_tensor(asked));
    // As many values as any of them has.
    const std::size_t list_bytes = static_cast<std::size_t>(asked.k * asked.out.volume()) * 4;
    for (const void** list : {&buffers_.bias, &buffers_.norm_scale, &buffers_.norm_shift,
                              &buffers_.norm_mean, &buffers_.norm_variance}) {
      *list = add(list_bytes);
    }
  }
  compile();
}

void GpuConvolution::run() {
  if (fused_) {
    return run_choice(object(client_.handle()), *fused_call_, *fused_, buffers_, workspace_bytes_);
  }
  check_miopen(client_.run_immediate(solution_id_, buffers_, workspace_bytes_),
               "the run in immediate mode");
}

double GpuConvolution::timed_runs(std::int64_t times) {
  DeviceEvent start, stop;
  start.record();
  for (std::int64_t i = 0; i < times; ++i) run();
  stop.record();
  return DeviceEvent::seconds_between(start, stop);
}

std::vector<double> GpuConvolution::result() const { return output_->stored_values(); }

}  // namespace rdna1conv::bench
