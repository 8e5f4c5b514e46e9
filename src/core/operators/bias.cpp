#include "core/operators/bias.h"

#include "core/operators/operator_line.h"
#include "core/option_table.h"
#include "core/tensor_dims.h"

namespace rdna1conv {
namespace {

struct Options {
  std::int64_t n = 100, c = 3, d = 1, h = 32, w = 32, direction = 0;
  double alpha = 1, beta = 0;
  std::string layout, strides;
};

constexpr OptionRow<Options> kRows[] = {
    {"batchsize", "n", [](Options& o) -> OptionField { return &o.n; }, {}, true},
    {"in_channels", "c", [](Options& o) -> OptionField { return &o.c; }, {}, true},
    {"in_d", "", [](Options& o) -> OptionField { return &o.d; }},
    {"in_h", "H", [](Options& o) -> OptionField { return &o.h; }, {}, true},
    {"in_w", "W", [](Options& o) -> OptionField { return &o.w; }, {}, true},
    {"alpha", "A", [](Options& o) -> OptionField { return &o.alpha; }, {}, true},
    {"beta", "B", [](Options& o) -> OptionField { return &o.beta; }, {}, true},
    {"layout", "", [](Options& o) -> OptionField { return &o.layout; }},
    {"strides", "", [](Options& o) -> OptionField { return &o.strides; }},
    {"forw", "F", [](Options& o) -> OptionField { return &o.direction; }, {0, 2}, true},
};
constexpr IgnoredOption kIgnored[] = {{"iter", "i"}, {"verify", "V"}, {"time", "t"}, {"wall", "w"}};

constexpr std::size_t kChannels = 1;  // in N, C, D, H, W order

}  // namespace

TensorProblem forward_bias(const BiasProblem& p) {
  TensorProblem transform;
  transform.function = TensorFunction::kTransform;
  transform.type = p.type;
  transform.lengths = p.lengths;
  transform.y_strides = p.strides;
  transform.a_strides[kChannels] = p.bias_stride;
  return transform;
}

ReduceProblem backward_bias(const BiasProblem& p) {
  ReduceProblem reduce;
  reduce.a_type = reduce.c_type = p.type;
  reduce.a_lengths = p.lengths;
  reduce.a_strides = p.strides;
  reduce.c_lengths[kChannels] = p.lengths[kChannels];
  reduce.c_strides[kChannels] = p.bias_stride;
  return reduce;
}

std::string to_driver_line(const BiasProblem& p, const BiasScalars& scalars) {
  Options o;
  o.n = p.lengths[0];
  o.c = p.lengths[1];
  o.d = p.lengths[2];
  o.h = p.lengths[3];
  o.w = p.lengths[4];
  o.alpha = static_cast<double>(scalars.alpha);
  o.beta = static_cast<double>(scalars.beta);
  o.direction = p.backward ? 2 : 1;
  o.layout = layout_text(p.lengths, p.strides, spatial_dims_of(p.lengths));
  o.strides = strides_unless_usual(p.lengths, o.layout, p.strides);
  return print_operator_line("convbias", p.type, kRows, o);
}

ParsedBias parse_bias(std::string_view line) {
  const auto [type, o] = read_operator_line("convbias", line, kRows, kIgnored);
  ParsedBias parsed;
  BiasProblem& p = parsed.problem;
  p.type = type;
  p.backward = o.direction == 2;
  p.lengths = {o.n, o.c, o.d, o.h, o.w};
  require_sizes(p.lengths);
  p.strides = strides_of_options(p.lengths, spatial_dims_of(p.lengths), "--layout", o.layout,
                                 "--strides", o.strides);
  canonicalize_strides(p.lengths, p.strides);
  parsed.scalars = {static_cast<float>(o.alpha), static_cast<float>(o.beta)};
  return parsed;
}

}  // namespace rdna1conv
