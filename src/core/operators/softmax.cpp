#include "core/operators/softmax.h"

#include "core/operators/operator_line.h"
#include "core/option_table.h"

namespace rdna1conv {
namespace {

struct Options {
  std::int64_t n = 100, c = 3, h = 32, w = 32, algorithm = 1, mode = 1, direction = 0;
  double alpha = 1, beta = 0;
  std::string layout;
};

constexpr OptionRow<Options> kRows[] = {
    {"batchsize", "n", [](Options& o) -> OptionField { return &o.n; }, {}, true},
    {"in_channels", "c", [](Options& o) -> OptionField { return &o.c; }, {}, true},
    {"in_h", "H", [](Options& o) -> OptionField { return &o.h; }, {}, true},
    {"in_w", "W", [](Options& o) -> OptionField { return &o.w; }, {}, true},
    {"alpha", "A", [](Options& o) -> OptionField { return &o.alpha; }, {}, true},
    {"beta", "B", [](Options& o) -> OptionField { return &o.beta; }, {}, true},
    {"algorithm", "a", [](Options& o) -> OptionField { return &o.algorithm; }, {0, 2}, true},
    {"mode", "m", [](Options& o) -> OptionField { return &o.mode; }, {0, 1}, true},
    {"layout", "", [](Options& o) -> OptionField { return &o.layout; }},
    {"forw", "F", [](Options& o) -> OptionField { return &o.direction; }, {0, 2}, true},
};
constexpr IgnoredOption kIgnored[] = {{"iter", "i"}, {"verify", "V"}, {"time", "t"}, {"wall", "w"}};

}  // namespace

std::string to_driver_line(const SoftmaxProblem& p, const SoftmaxScalars& scalars) {
  Options o;
  o.n = p.lengths[0];
  o.c = p.lengths[1];
  o.h = p.lengths[2] * p.lengths[3];
  o.w = p.lengths[4];
  o.alpha = static_cast<double>(scalars.alpha);
  o.beta = static_cast<double>(scalars.beta);
  o.algorithm = p.is_log ? 2 : 1;
  o.mode = p.of_channels;
  o.layout = layout_text(p.lengths, p.y_strides, 2);
  o.direction = p.backward ? 2 : 1;
  return print_operator_line("softmax", p.type, kRows, o);
}

ParsedSoftmax parse_softmax(std::string_view line) {
  const auto [type, o] = read_operator_line("softmax", line, kRows, kIgnored);
  ParsedSoftmax parsed;
  SoftmaxProblem& p = parsed.problem;
  p.type = type;
  p.backward = o.direction == 2;
  p.is_log = o.algorithm == 2;
  p.of_channels = o.mode == 1;
  p.lengths = {o.n, o.c, 1, o.h, o.w};
  require_sizes(p.lengths);
  p.y_strides = packed_strides(p.lengths, parse_layout("--layout", o.layout, 2));
  canonicalize_strides(p.lengths, p.y_strides);
  if (p.backward)
    p.dy_strides = p.dx_strides = p.y_strides;
  else
    p.x_strides = p.y_strides;
  parsed.scalars = {static_cast<float>(o.alpha), static_cast<float>(o.beta)};
  return parsed;
}

}  // namespace rdna1conv
