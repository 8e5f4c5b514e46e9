#include "operators/onednn_results.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <unordered_map>

#include "core/operators/activation.h"
#include "core/operators/batch_norm.h"
#include "core/operators/lrn.h"
#include "core/operators/pooling.h"
#include "core/operators/rnn_line.h"
#include "core/operators/softmax.h"
#include "core/tensor_dims.h"
#include "operators/rnn_reference.h"
#include "reference/onednn_primitives.h"

// oneDNN 3 describes an output apart from the input that it is like.
#if DNNL_VERSION_MAJOR >= 3
#define RDNA1CONV_AND_LIKE(desc) desc, desc
#else
#define RDNA1CONV_AND_LIKE(desc) desc
#endif

namespace rdna1conv {
namespace {

using dnnl::algorithm;
using dnnl::memory;
using dnnl::prop_kind;
using Results = std::vector<NamedValues>;

#if DNNL_VERSION_MAJOR >= 3
using SoftmaxForward = dnnl::softmax_forward;
using SoftmaxBackward = dnnl::softmax_backward;
using PoolingForward = dnnl::pooling_forward;
using PoolingBackward = dnnl::pooling_backward;
#else
using SoftmaxForward = dnnl::softmax_v2_forward;
using SoftmaxBackward = dnnl::softmax_v2_backward;
using PoolingForward = dnnl::pooling_v2_forward;
using PoolingBackward = dnnl::pooling_v2_backward;
#endif

// fp32 without gaps, the last dimension's elements next to each other.
memory::desc packed(const memory::dims& lengths) {
  memory::dims strides(lengths.size(), 1);
  for (std::size_t i = lengths.size(); i-- > 1;) strides[i - 1] = strides[i] * lengths[i];
  return {lengths, memory::data_type::f32, strides};
}

class Onednn {
 public:
  const dnnl::engine& engine() const { return engine_; }

  template <class Values>
  memory filled(const memory::desc& desc, const Values& values) const {
    memory result(desc, engine_);
    auto* const to = static_cast<float*>(result.get_data_handle());
    for (std::size_t i = 0; i < values.size(); ++i) to[i] = static_cast<float>(values[i]);
    return result;
  }
  memory empty(const memory::desc& desc) const { return memory(desc, engine_); }
  void run(const dnnl::primitive& primitive, const std::unordered_map<int, memory>& arguments) {
    primitive.execute(stream_, arguments);
    stream_.wait();
  }
  static std::vector<double> values(const memory& from) {
    const auto* const first = static_cast<const float*>(from.get_data_handle());
    return {first, first + from.get_desc().get_size() / sizeof(float)};
  }

 private:
  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream_{engine_};
};

const std::vector<float>& input(const OperatorCase& c, const char* name) {
  for (const CaseTensor& tensor : c.tensors) {
    if (tensor.name == name) return tensor.before;
  }
  throw std::runtime_error(c.line + " has no " + name);
}

constexpr double kEpsilon = 1e-5;  // of the cases

Results batch_norm(const OperatorCase& c) {
  const BatchNormProblem p = parse_batch_norm(c.line);
  if (p.activation != Activation::kPassThrough || p.inverse_variance) return {};
  const std::int64_t image = p.lengths[2] * p.lengths[3] * p.lengths[4];
  const std::int64_t groups = p.lengths[1] * (p.per_activation ? image : 1);
  Onednn on;
  const memory::desc data = packed({p.lengths[0], groups, p.per_activation ? 1 : image});
  const memory::desc of_groups = packed({groups});
  const auto flags = dnnl::normalization_flags::use_scale | dnnl::normalization_flags::use_shift;
  constexpr auto kNumber = static_cast<float>(kEpsilon);
  const memory x = on.filled(data, input(c, "x")),
               scale = on.filled(of_groups, input(c, "bnScale")),
               shift = on.filled(of_groups, input(c, "bnBias"));
  if (p.pass == BatchNormPass::kInference) {
    using Forward = dnnl::batch_normalization_forward;
    const auto pd = describe_forward<Forward>(on.engine(), prop_kind::forward_inference,
                                              RDNA1CONV_AND_LIKE(data), kNumber,
                                              flags | dnnl::normalization_flags::use_global_stats);
    const memory y = on.empty(data);
    on.run(Forward(pd), {{DNNL_ARG_SRC, x},
                         {DNNL_ARG_SCALE, scale},
                         {DNNL_ARG_SHIFT, shift},
                         {DNNL_ARG_MEAN, on.filled(of_groups, input(c, "estimatedMean"))},
                         {DNNL_ARG_VARIANCE, on.filled(of_groups, input(c, "estimatedVariance"))},
                         {DNNL_ARG_DST, y}});
    return {{"y", Onednn::values(y)}};
  }
  using Forward = dnnl::batch_normalization_forward;
  using Backward = dnnl::batch_normalization_backward;
  const auto forward = describe_forward<Forward>(on.engine(), prop_kind::forward_training,
                                                 RDNA1CONV_AND_LIKE(data), kNumber, flags);
  const memory y = on.empty(data), mean = on.empty(of_groups), variance = on.empty(of_groups);
  on.run(Forward(forward), {{DNNL_ARG_SRC, x},
                            {DNNL_ARG_SCALE, scale},
                            {DNNL_ARG_SHIFT, shift},
                            {DNNL_ARG_MEAN, mean},
                            {DNNL_ARG_VARIANCE, variance},
                            {DNNL_ARG_DST, y}});
  if (p.pass == BatchNormPass::kTraining) {
    Results results{{"y", Onednn::values(y)}};
    if (!p.saved) return results;
    std::vector<double> inverse = Onednn::values(variance);
    for (double& value : inverse) value = 1 / std::sqrt(value + kEpsilon);
    results.push_back({"saveMean", Onednn::values(mean)});
    results.push_back({"saveInvVariance", std::move(inverse)});
    return results;
  }
  // oneDNN 3 has the gradients' description first, then the data's.
#if DNNL_VERSION_MAJOR >= 3
  const auto pd = describe_backward<Backward>(on.engine(), forward, prop_kind::backward, data, data,
                                              data, kNumber, flags);
#else
  const auto pd = describe_backward<Backward>(on.engine(), forward, prop_kind::backward, data, data,
                                              kNumber, flags);
#endif
  const memory dx = on.empty(data), dscale = on.empty(of_groups), dshift = on.empty(of_groups);
  on.run(Backward(pd), {{DNNL_ARG_SRC, x},
                        {DNNL_ARG_MEAN, mean},
                        {DNNL_ARG_VARIANCE, variance},
                        {DNNL_ARG_SCALE, scale},
                        {DNNL_ARG_SHIFT, shift},
                        {DNNL_ARG_DIFF_DST, on.filled(data, input(c, "dy"))},
                        {DNNL_ARG_DIFF_SRC, dx},
                        {DNNL_ARG_DIFF_SCALE, dscale},
                        {DNNL_ARG_DIFF_SHIFT, dshift}});
  return {{"dx", Onednn::values(dx)},
          {"bnScaleDiff", Onednn::values(dscale)},
          {"bnBiasDiff", Onednn::values(dshift)}};
}

Results pooling(const OperatorCase& c) {
  const PoolingProblem p = parse_pooling(c.line);
  constexpr algorithm kModes[] = {algorithm::pooling_max, algorithm::pooling_avg_exclude_padding,
                                  algorithm::pooling_avg_include_padding};
  const algorithm mode = kModes[static_cast<std::size_t>(p.pooling.mode)];
  const auto dims = [](const auto& values) { return memory::dims(values.begin(), values.end()); };
  const memory::dims window = dims(p.pooling.window), stride = dims(p.pooling.stride),
                     before = dims(p.pooling.pad), dilation(3, 0);
  memory::dims behind(3);
  for (std::size_t i = 0; i < 3; ++i) {
    behind[i] = (p.y_lengths[i + 2] - 1) * stride[i] + window[i] - p.x_lengths[i + 2] - before[i];
    // A window that begins behind the image, or ends before it, oneDNN refuses or leaves undefined.
    const bool has_empty = before[i] >= window[i] ||
                           (p.y_lengths[i + 2] - 1) * stride[i] - before[i] >= p.x_lengths[i + 2];
    if (has_empty || behind[i] < 0) return {};
  }
  Onednn on;
  const memory::desc of_x = packed(dims(p.x_lengths)), of_y = packed(dims(p.y_lengths));
  const auto forward =
      describe_forward<PoolingForward>(on.engine(), prop_kind::forward_training, mode, of_x, of_y,
                                       stride, window, dilation, before, behind);
  const memory x = on.filled(of_x, input(c, "x")), y = on.empty(of_y);
  std::unordered_map<int, memory> arguments{{DNNL_ARG_SRC, x}, {DNNL_ARG_DST, y}};
  const bool is_max = mode == algorithm::pooling_max;
  if (is_max) arguments.emplace(DNNL_ARG_WORKSPACE, on.empty(forward.workspace_desc()));
  on.run(PoolingForward(forward), arguments);
  if (!p.backward) return {{"y", Onednn::values(y)}};
  const auto pd = describe_backward<PoolingBackward>(on.engine(), forward, mode, of_x, of_y, stride,
                                                     window, dilation, before, behind);
  const memory dx = on.empty(of_x);
  arguments.erase(DNNL_ARG_SRC);
  arguments.erase(DNNL_ARG_DST);
  arguments.emplace(DNNL_ARG_DIFF_DST, on.filled(of_y, input(c, "dy")));
  arguments.emplace(DNNL_ARG_DIFF_SRC, dx);
  on.run(PoolingBackward(pd), arguments);
  return {{"dx", Onednn::values(dx)}};
}

Results softmax(const OperatorCase& c) {
  const auto [p, scalars] = parse_softmax(c.line);
  if (scalars.alpha != 1 || scalars.beta != 0) return {};
  const std::int64_t image = p.lengths[2] * p.lengths[3] * p.lengths[4];
  Onednn on;
  const memory::desc desc =
      packed({p.lengths[0], p.lengths[1] * (p.of_channels ? 1 : image), p.of_channels ? image : 1});
  const auto kind = p.is_log ? algorithm::softmax_log : algorithm::softmax_accurate;
  constexpr int kAxis = 1;
  const auto forward = describe_forward<SoftmaxForward>(on.engine(), prop_kind::forward_training,
                                                        kind, desc, desc, kAxis);
  if (!p.backward) {
    const memory y = on.empty(desc);
    on.run(SoftmaxForward(forward),
           {{DNNL_ARG_SRC, on.filled(desc, input(c, "x"))}, {DNNL_ARG_DST, y}});
    return {{"y", Onednn::values(y)}};
  }
  const auto pd =
      describe_backward<SoftmaxBackward>(on.engine(), forward, kind, desc, desc, desc, kAxis);
  const memory dx = on.empty(desc);
  on.run(SoftmaxBackward(pd), {{DNNL_ARG_DST, on.filled(desc, input(c, "y"))},
                               {DNNL_ARG_DIFF_DST, on.filled(desc, input(c, "dy"))},
                               {DNNL_ARG_DIFF_SRC, dx}});
  return {{"dx", Onednn::values(dx)}};
}

// An activation as out(b * f(a * x)), f being oneDNN's.
struct Eltwise {
  algorithm function;
  float alpha = 0, beta = 0;  // oneDNN's
  double inner = 1, outer = 1;
};
std::optional<Eltwise> eltwise_of(Activation activation, const ActivationScalars& s) {
  switch (activation) {
    case Activation::kLogistic:
      return Eltwise{algorithm::eltwise_logistic};
    case Activation::kTanh:
      return Eltwise{algorithm::eltwise_tanh, 0, 0, double{s.alpha}, double{s.beta}};
    case Activation::kRelu:
      return Eltwise{algorithm::eltwise_relu};
    case Activation::kSoftRelu:
      return Eltwise{algorithm::eltwise_soft_relu, DNNL_VERSION_MAJOR >= 3 ? 1.0f : 0.0f};
    case Activation::kAbs:
      return Eltwise{algorithm::eltwise_abs};
    case Activation::kClippedRelu:
      return Eltwise{algorithm::eltwise_clip, 0, s.alpha};
    case Activation::kLeakyRelu:
      return Eltwise{algorithm::eltwise_relu, s.alpha};
    case Activation::kElu:
      return Eltwise{algorithm::eltwise_elu, s.alpha};
    case Activation::kClamp:
      return Eltwise{algorithm::eltwise_clip, s.alpha, s.beta};
    default:
      return std::nullopt;
  }
}

Results activation(const OperatorCase& c) {
  const auto [p, scalars] = parse_activation(c.line);
  const auto eltwise = eltwise_of(p.activation, scalars);
  if (!eltwise) return {};
  Onednn on;
  const memory::desc desc = packed({count_of(p.lengths)});
  const auto scaled = [](auto values, double factor) {
    std::vector<double> result(values.begin(), values.end());
    for (double& value : result) value *= factor;
    return result;
  };
  const auto forward = describe_forward<dnnl::eltwise_forward>(
      on.engine(), prop_kind::forward_training, eltwise->function, RDNA1CONV_AND_LIKE(desc),
      eltwise->alpha, eltwise->beta);
  const memory x = on.filled(desc, scaled(input(c, "x"), eltwise->inner));
  if (!p.backward) {
    const memory y = on.empty(desc);
    on.run(dnnl::eltwise_forward(forward), {{DNNL_ARG_SRC, x}, {DNNL_ARG_DST, y}});
    return {{"y", scaled(Onednn::values(y), eltwise->outer)}};
  }
  // The gradient's description, then that of what the function takes.
#if DNNL_VERSION_MAJOR >= 3
  const auto pd = describe_backward<dnnl::eltwise_backward>(
      on.engine(), forward, eltwise->function, desc, desc, desc, eltwise->alpha, eltwise->beta);
#else
  const auto pd = describe_backward<dnnl::eltwise_backward>(
      on.engine(), forward, eltwise->function, desc, desc, eltwise->alpha, eltwise->beta);
#endif
  const memory dx = on.empty(desc);
  on.run(dnnl::eltwise_backward(pd), {{DNNL_ARG_SRC, x},
                                      {DNNL_ARG_DIFF_DST, on.filled(desc, input(c, "dy"))},
                                      {DNNL_ARG_DIFF_SRC, dx}});
  return {{"dx", scaled(Onednn::values(dx), eltwise->inner * eltwise->outer)}};
}

Results lrn(const OperatorCase& c) {
  const auto [p, scalars] = parse_lrn(c.line);
  // Of windows with an even number of elements oneDNN takes one less.
  if (p.size % 2 == 0) return {};
  Onednn on;
  const memory::desc desc = packed({p.lengths[0], p.lengths[1], p.lengths[3], p.lengths[4]});
  const auto kind =
      p.cross_channel ? algorithm::lrn_across_channels : algorithm::lrn_within_channel;
  const auto forward = describe_forward<dnnl::lrn_forward>(on.engine(), prop_kind::forward_training,
                                                           kind, RDNA1CONV_AND_LIKE(desc), p.size,
                                                           scalars.alpha, scalars.beta, scalars.k);
  const memory x = on.filled(desc, input(c, "x")), y = on.empty(desc),
               workspace = on.empty(forward.workspace_desc());
  on.run(dnnl::lrn_forward(forward),
         {{DNNL_ARG_SRC, x}, {DNNL_ARG_DST, y}, {DNNL_ARG_WORKSPACE, workspace}});
  if (!p.backward) return {{"y", Onednn::values(y)}};
#if DNNL_VERSION_MAJOR >= 3
  const auto pd = describe_backward<dnnl::lrn_backward>(
      on.engine(), forward, kind, desc, desc, desc, p.size, scalars.alpha, scalars.beta, scalars.k);
#else
  const auto pd = describe_backward<dnnl::lrn_backward>(
      on.engine(), forward, kind, desc, desc, p.size, scalars.alpha, scalars.beta, scalars.k);
#endif
  const memory dx = on.empty(desc);
  on.run(dnnl::lrn_backward(pd), {{DNNL_ARG_SRC, x},
                                  {DNNL_ARG_DIFF_DST, on.filled(desc, input(c, "dy"))},
                                  {DNNL_ARG_WORKSPACE, workspace},
                                  {DNNL_ARG_DIFF_SRC, dx}});
  return {{"dx", Onednn::values(dx)}};
}

// Inference of one layer over sequences that are all as long.
Results rnn(const OperatorCase& c) {
  const RnnLine line = parse_rnn(c.line);
  const RnnSizes n(line);
  const bool is_plain = line.direction == RnnDirection::kInference && line.layers == 1 &&
                        !line.skips_input && line.has_states && line.layout == 0;
  if (!is_plain || line.lengths.front() != line.lengths.back()) return {};
  const auto of = [](std::size_t value) { return static_cast<memory::dim>(value); };
  const memory::dim steps = line.most_steps, batch = of(n.batch), inputs = of(n.input),
                    hidden = of(n.hidden), directions = of(n.directions), gates = of(n.gates);
  // Its gates: of LSTM the candidate before the output; ours in its order.
  const std::vector<std::size_t> order = line.cell == RnnCell::kLstm
                                             ? std::vector<std::size_t>{0, 1, 3, 2}
                                             : std::vector<std::size_t>{0, 1, 2};
  const bool is_gru = line.cell == RnnCell::kGru;
  const std::vector<float>& w = input(c, "w");
  // (direction, column, gate, row), rows being outputs.
  const auto matrices = [&](bool of_state) {
    const std::size_t columns = of_state ? n.hidden : n.input;
    std::vector<float> values;
    for (std::size_t d = 0; d < n.directions; ++d)
      for (std::size_t column = 0; column < columns; ++column)
        for (std::size_t gate = 0; gate < n.gates; ++gate)
          for (std::size_t row = 0; row < n.hidden; ++row)
            values.push_back(w[n.matrix(0, d, order[gate], of_state) + row * columns + column]);
    return values;
  };
  // (direction, gate, row). GRU has the candidate's two biases apart: the state's is the last.
  const std::size_t bias_gates = n.gates + (is_gru ? 1 : 0);
  std::vector<float> biases(n.directions * bias_gates * n.hidden);
  for (std::size_t d = 0; d < n.directions && line.has_bias; ++d) {
    for (std::size_t gate = 0; gate < n.gates; ++gate) {
      for (std::size_t row = 0; row < n.hidden; ++row) {
        float& bias = biases[(d * bias_gates + gate) * n.hidden + row];
        const float of_input = w[n.bias(0, d, order[gate], false) + row],
                    of_state = w[n.bias(0, d, order[gate], true) + row];
        const bool is_apart = is_gru && gate == 2;
        bias = is_apart ? of_input : of_input + of_state;
        if (is_apart) biases[(d * bias_gates + 3) * n.hidden + row] = of_state;
      }
    }
  }
  Onednn on;
  const memory::desc x_desc = packed({steps, batch, inputs}),
                     state_desc = packed({1, directions, batch, hidden}),
                     w_desc = packed({1, directions, inputs, gates, hidden}),
                     r_desc = packed({1, directions, hidden, gates, hidden}),
                     bias_desc = packed({1, directions, of(bias_gates), hidden}),
                     y_desc = packed({steps, batch, directions * hidden});
  const auto way = line.bidirectional ? dnnl::rnn_direction::bidirectional_concat
                                      : dnnl::rnn_direction::unidirectional_left2right;
  const memory y = on.empty(y_desc), hy = on.empty(state_desc), cy = on.empty(state_desc);
  std::unordered_map<int, memory> arguments{
      {DNNL_ARG_SRC_LAYER, on.filled(x_desc, input(c, "x"))},
      {DNNL_ARG_SRC_ITER, on.filled(state_desc, input(c, "hx"))},
      {DNNL_ARG_WEIGHTS_LAYER, on.filled(w_desc, matrices(false))},
      {DNNL_ARG_WEIGHTS_ITER, on.filled(r_desc, matrices(true))},
      {DNNL_ARG_BIAS, on.filled(bias_desc, biases)},
      {DNNL_ARG_DST_LAYER, y},
      {DNNL_ARG_DST_ITER, hy}};
  constexpr auto kInference = prop_kind::forward_inference;
  Results results;
  if (line.cell == RnnCell::kLstm) {
    arguments.emplace(DNNL_ARG_SRC_ITER_C, on.filled(state_desc, input(c, "cx")));
    arguments.emplace(DNNL_ARG_DST_ITER_C, cy);
    const auto pd = describe_forward<dnnl::lstm_forward>(on.engine(), kInference, way, x_desc,
                                                         state_desc, state_desc, w_desc, r_desc,
                                                         bias_desc, y_desc, state_desc, state_desc);
    on.run(dnnl::lstm_forward(pd), arguments);
    results.push_back({"cy", Onednn::values(cy)});
  } else if (is_gru) {
    const auto pd =
        describe_forward<dnnl::lbr_gru_forward>(on.engine(), kInference, way, x_desc, state_desc,
                                                w_desc, r_desc, bias_desc, y_desc, state_desc);
    on.run(dnnl::lbr_gru_forward(pd), arguments);
  } else {
    const auto function =
        line.cell == RnnCell::kRelu ? algorithm::eltwise_relu : algorithm::eltwise_tanh;
    const auto pd = describe_forward<dnnl::vanilla_rnn_forward>(
        on.engine(), kInference, function, way, x_desc, state_desc, w_desc, r_desc, bias_desc,
        y_desc, state_desc);
    on.run(dnnl::vanilla_rnn_forward(pd), arguments);
  }
  results.push_back({"y", Onednn::values(y)});
  results.push_back({"hy", Onednn::values(hy)});
  return results;
}

struct Row {
  const char* name;  // OperatorCase::name
  Results (*results)(const OperatorCase& c);
};
constexpr Row kRows[] = {{"activ", activation}, {"bnorm", batch_norm}, {"lrn", lrn},
                         {"pool", pooling},     {"rnn", rnn},          {"softmax", softmax}};

}  // namespace

std::vector<std::string> onednn_operators() {
  std::vector<std::string> names;
  for (const Row& row : kRows) names.emplace_back(row.name);
  return names;
}

std::vector<NamedValues> onednn_results(const OperatorCase& c) {
  for (const Row& row : kRows) {
    if (c.name != row.name) continue;
    try {
      return row.results(c);
    } catch (const dnnl::error& error) {
      throw std::runtime_error(c.line + ": oneDNN says " + error.what());
    }
  }
  return {};
}

}  // namespace rdna1conv
