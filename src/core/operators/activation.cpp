#include "core/operators/activation.h"

#include <algorithm>

#include "core/activation_descriptor.h"
#include "core/operators/operator_line.h"
#include "core/option_table.h"
#include "core/tensor_dims.h"

namespace rdna1conv {
namespace {

struct Options {
  std::int64_t n = 100, c = 3, d = 1, h = 32, w = 32, mode = 3, direction = 0;
  double alpha = 1, beta = 1, gamma = 1;
  std::string layout, in_strides, out_strides;
};

constexpr OptionRow<Options> kRows[] = {
    {"batchsize", "n", [](Options& o) -> OptionField { return &o.n; }, {}, true},
    {"in_channels", "c", [](Options& o) -> OptionField { return &o.c; }, {}, true},
    {"in_d", "", [](Options& o) -> OptionField { return &o.d; }},
    {"in_h", "H", [](Options& o) -> OptionField { return &o.h; }, {}, true},
    {"in_w", "W", [](Options& o) -> OptionField { return &o.w; }, {}, true},
    {"mode", "m", [](Options& o) -> OptionField { return &o.mode; }, {0, 10}, true},
    {"alpha", "A", [](Options& o) -> OptionField { return &o.alpha; }, {}, true},
    {"beta", "B", [](Options& o) -> OptionField { return &o.beta; }, {}, true},
    {"gamma", "G", [](Options& o) -> OptionField { return &o.gamma; }, {}, true},
    {"layout", "", [](Options& o) -> OptionField { return &o.layout; }},
    {"in_strides", "", [](Options& o) -> OptionField { return &o.in_strides; }},
    {"out_strides", "", [](Options& o) -> OptionField { return &o.out_strides; }},
    {"forw", "F", [](Options& o) -> OptionField { return &o.direction; }, {0, 2}, true},
};
constexpr IgnoredOption kIgnored[] = {{"iter", "i"}, {"verify", "V"}, {"time", "t"}, {"wall", "w"}};

}  // namespace

std::string to_driver_line(const ActivationProblem& p, const ActivationScalars& scalars) {
  Options o;
  o.n = p.lengths[0];
  o.c = p.lengths[1];
  o.d = p.lengths[2];
  o.h = p.lengths[3];
  o.w = p.lengths[4];
  o.mode = static_cast<std::int64_t>(p.activation);
  o.alpha = static_cast<double>(scalars.alpha);
  o.beta = static_cast<double>(scalars.beta);
  o.gamma = static_cast<double>(scalars.gamma);
  o.direction = p.backward ? 2 : 1;
  o.layout = layout_text(p.lengths, p.x_strides, spatial_dims_of(p.lengths));
  o.in_strides = strides_unless_usual(p.lengths, o.layout, p.x_strides);
  o.out_strides = strides_unless_usual(p.lengths, o.layout, p.y_strides);
  return print_operator_line("activ", p.type, kRows, o);
}

ParsedActivation parse_activation(std::string_view line) {
  const auto [type, o] = read_operator_line("activ", line, kRows, kIgnored);
  ParsedActivation parsed;
  ActivationProblem& p = parsed.problem;
  p.type = type;
  p.backward = o.direction == 2;
  p.activation = activation_of(o.mode, "option -m:");
  p.lengths = {o.n, o.c, o.d, o.h, o.w};
  require_sizes(p.lengths);
  const int spatial = spatial_dims_of(p.lengths);
  p.x_strides =
      strides_of_options(p.lengths, spatial, "--layout", o.layout, "--in_strides", o.in_strides);
  p.y_strides =
      strides_of_options(p.lengths, spatial, "--layout", o.layout, "--out_strides", o.out_strides);
  canonicalize_strides(p.lengths, p.x_strides);
  canonicalize_strides(p.lengths, p.y_strides);
  if (p.backward) {
    p.dy_strides = p.y_strides;
    p.dx_strides = p.x_strides;
  }
  parsed.scalars = {static_cast<float>(o.alpha), static_cast<float>(o.beta),
                    static_cast<float>(o.gamma)};
  return parsed;
}

}  // namespace rdna1conv
