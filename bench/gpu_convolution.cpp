#include "gpu_convolution.h"

#include <limits>
#include <optional>

#include "dispatch/solver_table.h"

namespace rdna1conv::bench {
namespace {

// Why no solver takes the problem, if none does: of the solver asked for, else of the last one in
// the table, the reference, which takes all that any other does.
std::optional<std::string> refusal_of(const ConvProblem& problem, const DeviceFacts& device,
                                      const std::string& solver_name) {
  const SolverRow* row = solver_name.empty() ? &solver_table().back() : find_solver(solver_name);
  if (row == nullptr) return "there is no solver " + solver_name;
  const std::optional<std::string> reason = row->refusal(problem, device);
  if (!reason) return std::nullopt;
  return std::string(row->name) + ": " + *reason;
}

std::string direction_text(Direction direction) {
  return direction == Direction::kBackwardData ? "backward data" : "backward weights";
}

}  // namespace

GpuConvolution::GpuConvolution(MiopenHandle& handle, const ConvProblem& problem,
                               const DeviceFacts& device, const std::string& solver_name)
    : handle_(handle),
      x_desc_(problem.x_type, problem.spatial_dims, problem.x_lengths(), problem.x_strides),
      w_desc_(problem.w_type, problem.spatial_dims, problem.w_lengths(), problem.w_strides),
      y_desc_(problem.y_type, problem.spatial_dims, problem.y_lengths(), problem.y_strides),
      convolution_(problem),
      y_count_(static_cast<std::size_t>(problem.n * problem.k * problem.out.volume())) {
  if (problem.direction != Direction::kForward) {
    throw NoSolver("the library has no " + direction_text(problem.direction) + " direction");
  }
  if (!problem.is_all(DataType::kFloat) || !problem.is_packed_nchw()) {
    throw NoSolver("conv-bench prepares packed NCHW tensors in fp32 only");
  }
  if (const auto refusal = refusal_of(problem, device, solver_name)) throw NoSolver(*refusal);
  std::size_t count = 0;
  check_miopen(miopenConvolutionForwardGetSolutionCount(handle_, w_desc_, x_desc_, convolution_,
                                                        y_desc_, &count),
               "miopenConvolutionForwardGetSolutionCount");
  std::vector<miopenConvSolution_t> solutions(count);
  check_miopen(miopenConvolutionForwardGetSolution(handle_, w_desc_, x_desc_, convolution_, y_desc_,
                                                   count, &count, solutions.data()),
               "miopenConvolutionForwardGetSolution");
  solutions.resize(count);
  if (!solver_name.empty()) {
    const SolverRow* row = find_solver(solver_name);
    std::erase_if(solutions, [row](const miopenConvSolution_t& solution) {
      return row == nullptr || solution.solution_id != row->id;
    });
  }
  if (solutions.empty()) throw NoSolver("the library offers no solution");

  const miopenConvSolution_t& best = solutions.front();
  solution_id_ = best.solution_id;
  workspace_bytes_ = best.workspace_size;
  const SolverRow* row = find_solver(solution_id_);
  if (row == nullptr) throw std::runtime_error("the library's solution has an unknown solver");
  solver_ = row->name;
  instance_ = make_plan(*row, problem, device).instance;
}

void GpuConvolution::prepare(std::span<const float> x, std::span<const float> w) {
  x_ = DeviceMemory(x.size_bytes());
  x_.copy_from(x);
  w_ = DeviceMemory(w.size_bytes());
  w_.copy_from(w);
  y_ = DeviceMemory(y_count_ * sizeof(float));
  y_.copy_from(std::vector<float>(y_count_, std::numeric_limits<float>::quiet_NaN()));
  workspace_ = DeviceMemory(workspace_bytes_);
  check_miopen(miopenConvolutionForwardCompileSolution(handle_, w_desc_, x_desc_, convolution_,
                                                       y_desc_, solution_id_),
               "miopenConvolutionForwardCompileSolution");
}

void GpuConvolution::run() {
  check_miopen(miopenConvolutionForwardImmediate(handle_, w_desc_, w_.data(), x_desc_, x_.data(),
                                                 convolution_, y_desc_, y_.data(),
                                                 workspace_.data(), workspace_bytes_, solution_id_),
               "miopenConvolutionForwardImmediate");
}

double GpuConvolution::timed_runs(std::int64_t times) {
  DeviceEvent start, stop;
  start.record();
  for (std::int64_t i = 0; i < times; ++i) run();
  stop.record();
  return DeviceEvent::seconds_between(start, stop);
}

std::vector<float> GpuConvolution::result() const {
  std::vector<float> y(y_count_);
  check_hip(hipMemcpy(y.data(), y_.data(), y.size() * sizeof(float), hipMemcpyDeviceToHost),
            "hipMemcpy from the device");
  return y;
}

}  // namespace rdna1conv::bench
