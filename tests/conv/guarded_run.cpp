#include "guarded_run.h"

#include <hip/hip_runtime_api.h>

#include <string>
#include <utility>

#include "core/error.h"
#include "device/hip_check.h"
#include "tolerance.h"

namespace rdna1conv {
namespace {

std::optional<GuardedTensor> input(const StridedTensor& tensor, std::span<const float> values,
                                   std::int64_t misalignment = 0) {
  if (values.empty()) return std::nullopt;
  return std::optional<GuardedTensor>(std::in_place, tensor, GuardedTensor::Use::kRead, values,
                                      misalignment);
}

// A packed list of one value a channel, or a channel and pixel.
std::optional<GuardedTensor> list(DataType type, std::span<const float> values) {
  return input({type, {1, 1, 1, 1, static_cast<std::int64_t>(values.size())}, {1, 1, 1, 1, 1}},
               values);
}

std::byte* address_of(const std::optional<GuardedTensor>& tensor) {
  return tensor ? tensor->address() : nullptr;
}

}  // namespace

GuardedRun::GuardedRun(const ConvProblem& problem, Values values)
    : conv_case_(make_case(problem, values)),
      // An even chance of each: aligned tensors and views that begin anywhere are both usual.
      misalignment_(static_cast<std::int64_t>(hash_of(problem) >> 7 & 1)),
      x_(input(x_tensor(conv_case_.problem), conv_case_.x, misalignment_)),
      w_(input(w_tensor(conv_case_.problem), conv_case_.w, misalignment_)),
      y_(input(y_tensor(conv_case_.problem), conv_case_.y, misalignment_)),
      z_(input(conv_case_.output(), conv_case_.z, misalignment_)),
      bias_(list(conv_case_.output().type, conv_case_.bias)),
      norm_scale_(list(DataType::kFloat, conv_case_.norm_scale)),
      norm_shift_(list(DataType::kFloat, conv_case_.norm_shift)),
      norm_mean_(list(DataType::kFloat, conv_case_.norm_mean)),
      norm_variance_(list(DataType::kFloat, conv_case_.norm_variance)) {}

std::vector<double> GuardedRun::run(std::size_t workspace_bytes, const EpilogueScalars& scalars,
                                    const std::function<void(const Buffers&)>& launch) const {
  const bool reads_output = scalars.beta != 0 && conv_case_.problem.epilogue.scaled;
  const GuardedTensor output(
      conv_case_.output(), GuardedTensor::Use::kWrite,
      reads_output ? std::span<const float>(conv_case_.output_before) : std::span<const float>(),
      misalignment_);
  std::optional<GuardedWorkspace> workspace;
  if (workspace_bytes > 0) workspace.emplace(workspace_bytes);

  Buffers buffers;
  const Direction direction = conv_case_.problem.direction;
  buffers.x = direction == Direction::kBackwardData ? output.address() : address_of(x_);
  buffers.w = direction == Direction::kBackwardWeights ? output.address() : address_of(w_);
  buffers.y = direction == Direction::kForward ? output.address() : address_of(y_);
  buffers.workspace = workspace ? workspace->address() : nullptr;
  buffers.bias = address_of(bias_);
  buffers.z = address_of(z_);
  buffers.norm_scale = address_of(norm_scale_);
  buffers.norm_shift = address_of(norm_shift_);
  buffers.norm_mean = address_of(norm_mean_);
  buffers.norm_variance = address_of(norm_variance_);
  buffers.scalars = scalars;
  launch(buffers);
  check_hip(hipDeviceSynchronize(), "hipDeviceSynchronize");

  if (workspace && !workspace->has_canaries())
    throw Error(Status::kInternalError, "wrote outside its workspace");
  for (const auto& [tensor, name] :
       {std::pair{&x_, "x"}, {&w_, "w"}, {&y_, "y"}, {&z_, "z"}, {&bias_, "bias"}}) {
    if (*tensor && !(*tensor)->is_unchanged())
      throw Error(Status::kInternalError, std::string("changed ") + name);
  }
  return output.stored_values();
}

void require_correct(const GuardedRun& guarded, const std::vector<double>& result,
                     const EpilogueScalars& scalars, Algorithm algorithm, const std::string& how) {
  const ConvCase& conv_case = guarded.conv_case();
  const auto fault = fault_of(result, expected_output(conv_case, scalars),
                              tolerance_of(conv_case.problem, algorithm));
  if (fault) throw Error(Status::kInternalError, how + ": " + *fault);
}

}  // namespace rdna1conv
