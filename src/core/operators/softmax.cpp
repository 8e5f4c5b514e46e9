#include "core/operators/softmax.h"

#include "core/operators/operator_line.h"
#include "core/option_table.h"
#include "core/tensor_dims.h"

namespace rdna1conv {
namespace {

struct Options {
  std::int64_t n = 100, c = 3, d = 1, h = 32, w = 32, algorithm = 1, mode = 1, direction = 0;
  double alpha = 1, beta = 0;
  std::string layout, in_strides, out_strides, dout_strides, din_strides;
};

constexpr OptionRow<Options> kRows[] = {
    {"batchsize", "n", [](Options& o) -> OptionField { return &o.n; }, {}, true},
    {"in_channels", "c", [](Options& o) -> OptionField { return &o.c; }, {}, true},
    {"in_d", "", [](Options& o) -> OptionField { return &o.d; }},
    {"in_h", "H", [](Options& o) -> OptionField { return &o.h; }, {}, true},
    {"in_w", "W", [](Options& o) -> OptionField { return &o.w; }, {}, true},
    {"alpha", "A", [](Options& o) -> OptionField { return &o.alpha; }, {}, true},
    {"beta", "B", [](Options& o) -> OptionField { return &o.beta; }, {}, true},
    {"algorithm", "a", [](Options& o) -> OptionField { return &o.algorithm; }, {0, 2}, true},
    {"mode", "m", [](Options& o) -> OptionField { return &o.mode; }, {0, 1}, true},
    {"layout", "", [](Options& o) -> OptionField { return &o.layout; }},
    {"in_strides", "", [](Options& o) -> OptionField { return &o.in_strides; }},
    {"out_strides", "", [](Options& o) -> OptionField { return &o.out_strides; }},
    {"dout_strides", "", [](Options& o) -> OptionField { return &o.dout_strides; }},
    {"din_strides", "", [](Options& o) -> OptionField { return &o.din_strides; }},
    {"forw", "F", [](Options& o) -> OptionField { return &o.direction; }, {0, 2}, true},
};
constexpr IgnoredOption kIgnored[] = {{"iter", "i"}, {"verify", "V"}, {"time", "t"}, {"wall", "w"}};

}  // namespace

std::string to_driver_line(const SoftmaxProblem& p, const SoftmaxScalars& scalars) {
  Options o;
  o.n = p.lengths[0];
  o.c = p.lengths[1];
  o.d = p.lengths[2];
  o.h = p.lengths[3];
  o.w = p.lengths[4];
  o.alpha = static_cast<double>(scalars.alpha);
  o.beta = static_cast<double>(scalars.beta);
  o.algorithm = p.is_log ? 2 : 1;
  o.mode = p.of_channels;
  o.layout = layout_text(p.lengths, p.y_strides, spatial_dims_of(p.lengths));
  const auto unless_usual = [&](const FiveDims& strides) {
    return strides_unless_usual(p.lengths, o.layout, strides);
  };
  o.out_strides = unless_usual(p.y_strides);
  if (p.backward) {
    o.dout_strides = unless_usual(p.dy_strides);
    o.din_strides = unless_usual(p.dx_strides);
  } else {
    o.in_strides = unless_usual(p.x_strides);
  }
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
  p.lengths = {o.n, o.c, o.d, o.h, o.w};
  require_sizes(p.lengths);
  const auto strides = [&p, &layout = o.layout](const char* option, const std::string& text) {
    FiveDims given =
        strides_of_options(p.lengths, spatial_dims_of(p.lengths), "--layout", layout, option, text);
    canonicalize_strides(p.lengths, given);
    return given;
  };
  p.y_strides = strides("--out_strides", o.out_strides);
  if (p.backward) {
    p.dy_strides = strides("--dout_strides", o.dout_strides);
    p.dx_strides = strides("--din_strides", o.din_strides);
  } else {
    p.x_strides = strides("--in_strides", o.in_strides);
  }
  parsed.scalars = {static_cast<float>(o.alpha), static_cast<float>(o.beta)};
  return parsed;
}

}  // namespace rdna1conv
