#include "onednn_convolution.h"

#include <type_traits>
#include <unordered_map>
#include <utility>

#include "element_type.h"
#include "onednn_primitives.h"
#include "strided_tensor.h"

namespace rdna1conv {
namespace {

using dnnl::memory;

// A tensor of the problem as oneDNN is told of it.
struct UserTensor {
  StridedTensor tensor;
  memory::desc desc;
};

memory::data_type type_of(DataType type) {
  switch (type) {
    case DataType::kFloat:
      return memory::data_type::f32;
    case DataType::kHalf:
      return memory::data_type::f16;
    case DataType::kBFloat16:
      return memory::data_type::bf16;
    case DataType::kInt8:
      return memory::data_type::s8;
    case DataType::kInt32:
      return memory::data_type::s32;
    default:
      throw dnnl::error(dnnl_unimplemented, "oneDNN has no such type");
  }
}

// Lengths or strides without the depth that a 2-D problem does not have.
memory::dims dims_of(const FiveDims& values, int spatial_dims) {
  memory::dims dims(values.begin(), values.end());
  if (spatial_dims == 2) dims.erase(dims.begin() + 2);
  return dims;
}

memory::dims dims_of(const Spatial& values, int spatial_dims) {
  if (spatial_dims == 2) return {values.h, values.w};
  return {values.d, values.h, values.w};
}

UserTensor image(const StridedTensor& tensor, int spatial_dims) {
  return {tensor,
          {dims_of(tensor.lengths, spatial_dims), type_of(tensor.type),
           dims_of(tensor.strides, spatial_dims)}};
}

// oneDNN's filters are [groups,] outputs of a group, inputs of a group, taps, those of transposed
// convolutions too.
UserTensor filter(const ConvProblem& p) {
  const StridedTensor tensor = w_tensor(p);
  memory::dims lengths = dims_of(tensor.lengths, p.spatial_dims);
  memory::dims strides = dims_of(tensor.strides, p.spatial_dims);
  lengths[0] /= p.groups;
  const memory::dim group_stride = lengths[0] * strides[0];
  if (p.transposed) {
    std::swap(lengths[0], lengths[1]);
    std::swap(strides[0], strides[1]);
  }
  if (p.groups > 1) {
    lengths.insert(lengths.begin(), p.groups);
    strides.insert(strides.begin(), group_stride);
  }
  return {tensor, {lengths, type_of(tensor.type), strides}};
}

// Padding behind the image, with which the lengths agree exactly.
Spatial padding_behind(const ConvProblem& p) {
  const auto behind = [&](std::int64_t Spatial::*axis) {
    const std::int64_t reach = 1 + p.dilation.*axis * (p.filter.*axis - 1);
    const std::int64_t large = p.transposed ? p.out.*axis : p.in.*axis;
    const std::int64_t small = p.transposed ? p.in.*axis : p.out.*axis;
    return (small - 1) * (p.stride.*axis) + reach - large - p.pad.*axis;
  };
  return {behind(&Spatial::d), behind(&Spatial::h), behind(&Spatial::w)};
}

// Memory with the tensor's strides, holding `values` if there are any.
memory user_memory(const UserTensor& user, const dnnl::engine& engine,
                   std::span<const float> values) {
  memory user_side(user.desc, engine);
  auto* const bytes = static_cast<std::byte*>(user_side.get_data_handle());
  const auto size = static_cast<std::int64_t>(bytes_of(user.tensor.type));
  if (!values.empty()) {
    for_each_element(user.tensor, [&](std::int64_t index, std::int64_t offset) {
      store_element(user.tensor.type, double{values[static_cast<std::size_t>(index)]},
                    bytes + offset * size);
    });
  }
  return user_side;
}

// One argument of a primitive: what it stands for, how the caller has it, how oneDNN wants it.
struct Argument {
  int number;
  UserTensor user;
  memory::desc wanted;
  std::span<const float> values;
};

memory::desc in_any_layout(const memory::desc& desc) {
#if DNNL_VERSION_MAJOR >= 3
  return memory::desc(desc.get_dims(), desc.get_data_type(), memory::format_tag::any);
#else
  return memory::desc(desc.dims(), desc.data_type(), memory::format_tag::any);
#endif
}

// oneDNN's convolution and deconvolution primitives differ in name only.
struct Convolution {
  using Forward = dnnl::convolution_forward;
  using BackwardData = dnnl::convolution_backward_data;
  using BackwardWeights = dnnl::convolution_backward_weights;
  static constexpr auto kAlgorithm = dnnl::algorithm::convolution_direct;
};
struct Deconvolution {
  using Forward = dnnl::deconvolution_forward;
  using BackwardData = dnnl::deconvolution_backward_data;
  using BackwardWeights = dnnl::deconvolution_backward_weights;
  static constexpr auto kAlgorithm = dnnl::algorithm::deconvolution_direct;
};

}  // namespace

struct OnednnConvolution::State {
  // Inputs are laid out as `primitive` wants them; the output is nothing yet.
  State(const dnnl::engine& on, dnnl::primitive of, std::string name, const Argument& first,
        const Argument& second, const Argument& result)
      : engine(on),
        stream(on),
        primitive(std::move(of)),
        implementation(std::move(name)),
        user_output(result.user),
        output(result.wanted, on) {
    for (const Argument* argument : {&first, &second}) {
      memory from = user_memory(argument->user, engine, argument->values);
      memory to(argument->wanted, engine);
      dnnl::reorder(from, to).execute(stream, from, to);
      stream.wait();  // before `from` goes
      arguments.emplace(argument->number, to);
    }
    arguments.emplace(result.number, output);
  }

  dnnl::engine engine;
  dnnl::stream stream;
  dnnl::primitive primitive;
  std::string implementation;
  UserTensor user_output;
  memory output;
  std::unordered_map<int, memory> arguments;
};

template <class Kind>
std::unique_ptr<OnednnConvolution::State> OnednnConvolution::prepare_as(const ConvProblem& p,
                                                                        std::span<const float> x,
                                                                        std::span<const float> w,
                                                                        std::span<const float> y) {
  const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  const UserTensor user_x = image(x_tensor(p), p.spatial_dims);
  const UserTensor user_y = image(y_tensor(p), p.spatial_dims);
  const UserTensor user_w = filter(p);
  const memory::desc any_x = in_any_layout(user_x.desc);
  const memory::desc any_y = in_any_layout(user_y.desc);
  const memory::desc any_w = in_any_layout(user_w.desc);
  const memory::dims stride = dims_of(p.stride, p.spatial_dims);
  const memory::dims before = dims_of(p.pad, p.spatial_dims);
  const memory::dims behind = dims_of(padding_behind(p), p.spatial_dims);
  // oneDNN counts dilation from 0.
  const memory::dims dilation =
      dims_of(Spatial{p.dilation.d - 1, p.dilation.h - 1, p.dilation.w - 1}, p.spatial_dims);

  const auto forward = [&](dnnl::prop_kind kind) {
    return describe_forward<typename Kind::Forward>(engine, kind, Kind::kAlgorithm, any_x, any_w,
                                                    any_y, stride, dilation, before, behind);
  };
  const auto backward = [&]<class Primitive>(std::type_identity<Primitive>) {
    return describe_backward<Primitive>(engine, forward(dnnl::prop_kind::forward_training),
                                        Kind::kAlgorithm, any_x, any_w, any_y, stride, dilation,
                                        before, behind);
  };
  const auto state = [&](const auto& descriptor, dnnl::primitive primitive, const Argument& first,
                         const Argument& second, const Argument& result) {
    return std::make_unique<State>(engine, std::move(primitive), descriptor.impl_info_str(), first,
                                   second, result);
  };
  switch (p.direction) {
    case Direction::kBackwardData: {
      const auto pd = backward(std::type_identity<typename Kind::BackwardData>{});
      return state(pd, typename Kind::BackwardData(pd),
                   {DNNL_ARG_DIFF_DST, user_y, pd.diff_dst_desc(), y},
                   {DNNL_ARG_WEIGHTS, user_w, pd.weights_desc(), w},
                   {DNNL_ARG_DIFF_SRC, user_x, pd.diff_src_desc(), {}});
    }
    case Direction::kBackwardWeights: {
      const auto pd = backward(std::type_identity<typename Kind::BackwardWeights>{});
      return state(pd, typename Kind::BackwardWeights(pd), {DNNL_ARG_SRC, user_x, pd.src_desc(), x},
                   {DNNL_ARG_DIFF_DST, user_y, pd.diff_dst_desc(), y},
                   {DNNL_ARG_DIFF_WEIGHTS, user_w, pd.diff_weights_desc(), {}});
    }
    default: {
      const auto pd = forward(dnnl::prop_kind::forward_inference);
      return state(pd, typename Kind::Forward(pd), {DNNL_ARG_SRC, user_x, pd.src_desc(), x},
                   {DNNL_ARG_WEIGHTS, user_w, pd.weights_desc(), w},
                   {DNNL_ARG_DST, user_y, pd.dst_desc(), {}});
    }
  }
}

std::optional<OnednnConvolution> OnednnConvolution::prepare(const ConvProblem& problem,
                                                            const ConvCase& c) {
  try {
    // The inputs are of the untransposed problem, which has x and y the other way round.
    return OnednnConvolution(problem.transposed ? prepare_as<Deconvolution>(problem, c.y, c.w, c.x)
                                                : prepare_as<Convolution>(problem, c.x, c.w, c.y));
  } catch (const dnnl::error& error) {
    if (error.status == dnnl_unimplemented || error.status == dnnl_invalid_arguments)
      return std::nullopt;
    throw;
  }
}

OnednnConvolution::OnednnConvolution(std::unique_ptr<State> state) : state_(std::move(state)) {}
OnednnConvolution::OnednnConvolution(OnednnConvolution&&) noexcept = default;
OnednnConvolution& OnednnConvolution::operator=(OnednnConvolution&&) noexcept = default;
OnednnConvolution::~OnednnConvolution() = default;

void OnednnConvolution::run() {
  state_->primitive.execute(state_->stream, state_->arguments);
  state_->stream.wait();
}

const std::string& OnednnConvolution::implementation() const { return state_->implementation; }

std::vector<double> OnednnConvolution::output() const {
  State& s = *state_;
  memory user_side = user_memory(s.user_output, s.engine, {});
  dnnl::reorder(s.output, user_side).execute(s.stream, s.output, user_side);
  s.stream.wait();

  const StridedTensor& tensor = s.user_output.tensor;
  const auto* const bytes = static_cast<const std::byte*>(user_side.get_data_handle());
  const auto size = static_cast<std::int64_t>(bytes_of(tensor.type));
  std::vector<double> values(static_cast<std::size_t>(tensor.count()));
  for_each_element(tensor, [&](std::int64_t index, std::int64_t offset) {
    values[static_cast<std::size_t>(index)] = load_element(tensor.type, bytes + offset * size);
  });
  return values;
}

}  // namespace rdna1conv
