#include "solvers/operators/tensor_functions.h"

#include "core/tensor_dims.h"
#include "solvers/element_types.h"
#include "solvers/elementwise.h"

namespace rdna1conv {
namespace {

using B = TensorBuffer;
constexpr const char* kFamily = "tensor_functions";

// In the order of kElementTypes: in vectors, one by one.
constexpr std::array kCombine{RDNA1CONV_FLOAT_KERNELS("op_tensor_", "_4"),
                              RDNA1CONV_FLOAT_KERNELS("op_tensor_", "_1")};
constexpr std::array kTransform{RDNA1CONV_FLOAT_KERNELS("transform_tensor_", "_4"),
                                RDNA1CONV_FLOAT_KERNELS("transform_tensor_", "_1")};
// Words of 1, 2, 4 and 8 bytes.
struct WordKernels {
  std::array<const char*, 2> copy, set;
  const char* transpose;
};
constexpr WordKernels kWords[] = {
    {{"copy_tensor_b1_4", "copy_tensor_b1_1"},
     {"set_tensor_b1_4", "set_tensor_b1_1"},
     "transpose_tensor_b1"},
    {{"copy_tensor_b2_4", "copy_tensor_b2_1"},
     {"set_tensor_b2_4", "set_tensor_b2_1"},
     "transpose_tensor_b2"},
    {{"copy_tensor_b4_4", "copy_tensor_b4_1"},
     {"set_tensor_b4_4", "set_tensor_b4_1"},
     "transpose_tensor_b4"},
    {{"copy_tensor_b8_4", "copy_tensor_b8_1"},
     {"set_tensor_b8_4", "set_tensor_b8_1"},
     "transpose_tensor_b8"},
};
const WordKernels& words_of(DataType type) {
  return kWords[log2_of(static_cast<std::int64_t>(bytes_of(type)))];
}

constexpr Extent3 kBlock{kElementwiseThreads, 1, 1};

Launch combine_launch(const TensorProblem& p) {
  const auto elements =
      make_element_walk<3>(walk_dimensions(p.lengths, {p.a_strides, p.b_strides, p.y_strides}));
  OpTensorParams params{};
  params.elements = elements.walk;
  params.operation = p.operation;
  Launch launch =
      make_launch({kFamily, kCombine[elements.in_vectors ? 0 : 1][float_row(p.type).value()]},
                  elements.grid(), kBlock, params,
                  {{B::kA, offsetof(OpTensorParams, a)},
                   {B::kB, offsetof(OpTensorParams, b)},
                   {B::kY, offsetof(OpTensorParams, c)}});
  launch.scalars_offset = offsetof(OpTensorParams, scalars);
  return launch;
}

Launch transform_launch(const TensorProblem& p) {
  const bool in_place = p.function == TensorFunction::kScale;
  const auto elements = make_element_walk<2>(
      walk_dimensions(p.lengths, {in_place ? p.y_strides : p.a_strides, p.y_strides}));
  TransformParams params{};
  params.elements = elements.walk;
  Launch launch =
      make_launch({kFamily, kTransform[elements.in_vectors ? 0 : 1][float_row(p.type).value()]},
                  elements.grid(), kBlock, params,
                  {{in_place ? B::kY : B::kA, offsetof(TransformParams, x)},
                   {B::kY, offsetof(TransformParams, y)}});
  launch.scalars_offset = offsetof(TransformParams, scalars);
  return launch;
}

Launch set_launch(const TensorProblem& p) {
  const auto elements = make_element_walk<1>(walk_dimensions(p.lengths, {p.y_strides}));
  SetParams params{};
  params.elements = elements.walk;
  Launch launch = make_launch({kFamily, words_of(p.type).set[elements.in_vectors ? 0 : 1]},
                              elements.grid(), kBlock, params, {{B::kY, offsetof(SetParams, y)}});
  launch.scalars_offset = offsetof(SetParams, word);
  return launch;
}

// Whether the tensors lie the other way round: one dimension has neighbours in a, another one in y,
// and what is left, if anything, is a row of such matrices.
bool is_transposition(const std::vector<WalkDimension>& dimensions) {
  if (dimensions.size() != 2 && dimensions.size() != 3) return false;
  const auto fits = [](std::int64_t length) { return length < (std::int64_t{1} << 20); };
  return dimensions[0].stride[1] == 1 && dimensions[1].stride[0] == 1 &&
         dimensions[0].length >= kTransposeTile / 4 && dimensions[1].length >= kTransposeTile / 4 &&
         fits(dimensions[0].length) && fits(dimensions[1].length) &&
         (dimensions.size() == 2 || dimensions[2].length < 65536);
}

Launch copy_launch(const TensorProblem& p) {
  const auto dimensions = walk_dimensions(p.lengths, {p.a_strides, p.y_strides});
  const WordKernels& words = words_of(p.type);
  if (is_transposition(dimensions)) {
    TransposeParams params{};
    params.rows = to_u32(dimensions[0].length);     // neighbours in y
    params.columns = to_u32(dimensions[1].length);  // neighbours in a
    params.x_row = static_cast<std::uint64_t>(dimensions[0].stride[0]);
    params.y_column = static_cast<std::uint64_t>(dimensions[1].stride[1]);
    const bool many = dimensions.size() == 3;
    params.x_matrix = many ? static_cast<std::uint64_t>(dimensions[2].stride[0]) : 0;
    params.y_matrix = many ? static_cast<std::uint64_t>(dimensions[2].stride[1]) : 0;
    const bool in_pairs = bytes_of(p.type) == 2 && params.rows % 2 == 0 && params.columns % 2 == 0;
    const std::uint32_t tile = in_pairs ? 2 * kTransposePairs : kTransposeTile;
    return make_launch(
        {kFamily, in_pairs ? "transpose_tensor_pairs" : words.transpose},
        {divide_up(params.columns, tile), divide_up(params.rows, tile),
         many ? to_u32(dimensions[2].length) : 1},
        {kTransposeThreads, 1, 1}, params,
        {{B::kA, offsetof(TransposeParams, x)}, {B::kY, offsetof(TransposeParams, y)}});
  }
  const auto elements = make_element_walk<2>(dimensions);
  CopyParams params{};
  params.elements = elements.walk;
  return make_launch({kFamily, words.copy[elements.in_vectors ? 0 : 1]}, elements.grid(), kBlock,
                     params, {{B::kA, offsetof(CopyParams, x)}, {B::kY, offsetof(CopyParams, y)}});
}

Launch launch_of(const TensorProblem& p) {
  switch (p.function) {
    case TensorFunction::kSet:
      return set_launch(p);
    case TensorFunction::kCombine:
      return combine_launch(p);
    case TensorFunction::kCopy:
      return copy_launch(p);
    default:
      return transform_launch(p);
  }
}

std::optional<std::string> refusal(const TensorProblem& p, const DeviceFacts&) {
  const bool any_type = p.function == TensorFunction::kSet || p.function == TensorFunction::kCopy;
  return any_type ? std::nullopt : unless_float_types({p.type});
}

std::vector<Launch> launches(const TensorProblem& p, const Instance&) { return {launch_of(p)}; }

std::vector<Instance> instances(const TensorProblem& p, const DeviceFacts& device) {
  const auto elements = static_cast<double>(count_of(p.lengths));
  const double tensors = p.function == TensorFunction::kSet       ? 1
                         : p.function == TensorFunction::kCombine ? 3
                                                                  : 2;
  return {{.name = "elements",
           .estimated_clocks = elementwise_clocks(
               launch_of(p), elements, tensors * elements * static_cast<double>(bytes_of(p.type)),
               device)}};
}

constexpr Solver<TensorProblem> kSolvers[] = {
    {"TensorFunctions", 1, true, refusal, instances, launches}};

}  // namespace

std::span<const Solver<TensorProblem>> solvers_of(const TensorProblem&) { return kSolvers; }

}  // namespace rdna1conv
