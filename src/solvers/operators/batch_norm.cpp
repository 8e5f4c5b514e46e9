#include "solvers/operators/batch_norm.h"

#include "core/tensor_dims.h"
#include "solvers/element_types.h"
#include "solvers/elementwise.h"
#include "solvers/groups.h"

namespace rdna1conv {
namespace {

using B = BatchNormBuffer;

// In the order of kElementTypes. Layouts: rows of vectors, rows, columns of vectors, columns.
constexpr std::array kInference{RDNA1CONV_FLOAT_KERNELS("batch_norm_inference_", "_4"),
                                RDNA1CONV_FLOAT_KERNELS("batch_norm_inference_", "_1")};
constexpr std::array kTraining{RDNA1CONV_FLOAT_KERNELS("batch_norm_training_", "_rows4"),
                               RDNA1CONV_FLOAT_KERNELS("batch_norm_training_", "_rows1"),
                               RDNA1CONV_FLOAT_KERNELS("batch_norm_training_", "_columns4"),
                               RDNA1CONV_FLOAT_KERNELS("batch_norm_training_", "_columns1")};
constexpr std::array kBackward{RDNA1CONV_FLOAT_KERNELS("batch_norm_backward_", "_rows4"),
                               RDNA1CONV_FLOAT_KERNELS("batch_norm_backward_", "_rows1"),
                               RDNA1CONV_FLOAT_KERNELS("batch_norm_backward_", "_columns4"),
                               RDNA1CONV_FLOAT_KERNELS("batch_norm_backward_", "_columns1")};

// Which dimensions number the groups, and which the members of one.
std::array<bool, 5> group_dims(const BatchNormProblem& p) {
  const bool image = p.per_activation;
  return {false, true, image, image, image};
}
std::array<bool, 5> member_dims(const BatchNormProblem& p) {
  const bool image = !p.per_activation;
  return {true, false, image, image, image};
}

// Of the parameters: one a group, in C, D, H, W order as DeriveBNTensorDescriptor describes them,
// whatever x's layout is. (MIOpen reads the parameters of an NHWC tensor in that tensor's order in
// some of its kernels; a client's descriptor says this one.)
FiveDims parameter_strides(const BatchNormProblem& p) {
  if (!p.per_activation) return {0, 1, 0, 0, 0};
  const auto& [n, c, d, h, w] = p.lengths;
  return {0, d * h * w, h * w, w, 1};
}

GroupLayout layout_of(const BatchNormProblem& p) {
  const bool backward = p.pass == BatchNormPass::kBackward;
  const std::size_t tensors = backward ? 3 : 2;
  const FiveDims parameters = parameter_strides(p);
  const auto walk = [&](std::array<bool, 5> takes, bool with_parameters) {
    if (!with_parameters)
      return backward ? walk_dimensions(p.lengths, {p.x_strides, p.y_strides, p.dx_strides}, takes)
                      : walk_dimensions(p.lengths, {p.x_strides, p.y_strides}, takes);
    return backward ? walk_dimensions(p.lengths,
                                      {parameters, p.x_strides, p.y_strides, p.dx_strides}, takes)
                    : walk_dimensions(p.lengths, {parameters, p.x_strides, p.y_strides}, takes);
  };
  return lay_out_groups(walk(group_dims(p), true), walk(member_dims(p), false), tensors, true,
                        bytes_of(p.type));
}

Launch inference_launch(const BatchNormProblem& p) {
  std::vector<WalkDimension> dims =
      walk_dimensions(p.lengths, {parameter_strides(p), p.x_strides, p.y_strides});
  const bool vectors = has_vectors(dims, 3, kGroupVector);
  BatchNormInferenceParams params{};
  params.parameter_step = dims.empty() ? 0 : to_u32(dims.front().stride[0]);
  params.elements = make_split_walk<3>(in_vectors(dims, vectors ? kGroupVector : 1));
  params.is_inverse = p.inverse_variance;
  params.activation = p.activation;
  const std::uint32_t workgroups =
      divide_up(params.elements.inner.count, kGroupThreads * kBatchNormElements);
  Launch launch =
      make_launch({"batch_norm", kInference[vectors ? 0 : 1][float_row(p.type).value()]},
                  {workgroups, params.elements.outer_step, 1}, {kGroupThreads, 1, 1}, params,
                  {{B::kX, offsetof(BatchNormInferenceParams, x)},
                   {B::kY, offsetof(BatchNormInferenceParams, y)},
                   {B::kScale, offsetof(BatchNormInferenceParams, scale)},
                   {B::kBias, offsetof(BatchNormInferenceParams, bias)},
                   {B::kMean, offsetof(BatchNormInferenceParams, mean)},
                   {B::kVariance, offsetof(BatchNormInferenceParams, variance)}});
  launch.scalars_offset = offsetof(BatchNormInferenceParams, scalars);
  return launch;
}

Launch training_launch(const BatchNormProblem& p) {
  const GroupLayout layout = layout_of(p);
  const auto members = static_cast<double>(p.members());
  BatchNormTrainingParams params{};
  params.groups = make_walk<3>(layout.groups);
  params.members = make_walk<2>(layout.members);
  params.column_shift = layout.column_shift;
  params.running = p.running;
  params.saves = p.saved;
  params.members_inverse = static_cast<float>(1 / members);
  params.unbiased = members > 1 ? static_cast<float>(members / (members - 1)) : 1;
  params.activation = p.activation;
  Launch launch =
      make_launch({"batch_norm", kTraining[layout.row][float_row(p.type).value()]},
                  {layout.workgroups, 1, 1}, {kGroupThreads, 1, 1}, params,
                  {{B::kX, offsetof(BatchNormTrainingParams, x)},
                   {B::kY, offsetof(BatchNormTrainingParams, y)},
                   {B::kScale, offsetof(BatchNormTrainingParams, scale)},
                   {B::kBias, offsetof(BatchNormTrainingParams, bias)},
                   {B::kMean, offsetof(BatchNormTrainingParams, old_mean)},
                   {B::kVariance, offsetof(BatchNormTrainingParams, old_variance)},
                   {B::kNewMean, offsetof(BatchNormTrainingParams, new_mean)},
                   {B::kNewVariance, offsetof(BatchNormTrainingParams, new_variance)},
                   {B::kSavedMean, offsetof(BatchNormTrainingParams, saved_mean)},
                   {B::kSavedInverse, offsetof(BatchNormTrainingParams, saved_inverse)}});
  launch.scalars_offset = offsetof(BatchNormTrainingParams, scalars);
  return launch;
}

Launch backward_launch(const BatchNormProblem& p) {
  const GroupLayout layout = layout_of(p);
  BatchNormBackwardParams params{};
  params.groups = make_walk<4>(layout.groups);
  params.members = make_walk<3>(layout.members);
  params.column_shift = layout.column_shift;
  params.has_saved = p.saved;
  params.members_inverse = static_cast<float>(1 / static_cast<double>(p.members()));
  params.activation = p.activation;
  Launch launch =
      make_launch({"batch_norm", kBackward[layout.row][float_row(p.type).value()]},
                  {layout.workgroups, 1, 1}, {kGroupThreads, 1, 1}, params,
                  {{B::kX, offsetof(BatchNormBackwardParams, x)},
                   {B::kY, offsetof(BatchNormBackwardParams, dy)},
                   {B::kDx, offsetof(BatchNormBackwardParams, dx)},
                   {B::kScale, offsetof(BatchNormBackwardParams, scale)},
                   {B::kBias, offsetof(BatchNormBackwardParams, bias)},
                   {B::kSavedMean, offsetof(BatchNormBackwardParams, saved_mean)},
                   {B::kSavedInverse, offsetof(BatchNormBackwardParams, saved_inverse)},
                   {B::kScaleGradient, offsetof(BatchNormBackwardParams, scale_gradient)},
                   {B::kBiasGradient, offsetof(BatchNormBackwardParams, bias_gradient)}});
  launch.scalars_offset = offsetof(BatchNormBackwardParams, scalars);
  return launch;
}

std::optional<std::string> refusal(const BatchNormProblem& p, const DeviceFacts&) {
  if (auto reason = unless_float_types({p.type})) return reason;
  const bool is_known =
      p.activation == Activation::kPassThrough || p.activation == Activation::kRelu ||
      p.activation == Activation::kClippedRelu || p.activation == Activation::kClamp;
  if (!is_known) return "the activation is none of PASTHRU, RELU, CLIPPEDRELU, CLAMP";
  if (p.pass == BatchNormPass::kInference) return std::nullopt;
  const GroupLayout layout = layout_of(p);
  if (!fits_walk(layout.groups) || !fits_walk(layout.members))
    return "a channel has 2^31 elements, or elements lie 2^32 apart";
  return std::nullopt;
}

std::vector<Launch> launches(const BatchNormProblem& p, const Instance&) {
  switch (p.pass) {
    case BatchNormPass::kTraining:
      return {training_launch(p)};
    case BatchNormPass::kBackward:
      return {backward_launch(p)};
    default:
      return {inference_launch(p)};
  }
}

std::vector<Instance> instances(const BatchNormProblem& p, const DeviceFacts& device) {
  // Tensors read and written, each pass counted.
  const double passes = p.pass == BatchNormPass::kBackward   ? 5
                        : p.pass == BatchNormPass::kTraining ? 3
                                                             : 2;
  const double elements = passes * static_cast<double>(count_of(p.lengths));
  const bool by_element = p.pass == BatchNormPass::kInference;
  return {{.name = by_element ? "elements" : kGroupLayoutNames[layout_of(p).row],
           .estimated_clocks =
               elementwise_clocks(launches(p, {}).front(), elements,
                                  elements * static_cast<double>(bytes_of(p.type)), device)}};
}

constexpr Solver<BatchNormProblem> kSolvers[] = {
    {"BatchNorm", 1, true, refusal, instances, launches}};

}  // namespace

std::span<const Solver<BatchNormProblem>> solvers_of(const BatchNormProblem&) { return kSolvers; }

}  // namespace rdna1conv
