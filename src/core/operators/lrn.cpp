#include "core/operators/lrn.h"

#include "core/error.h"
#include "core/operators/operator_line.h"
#include "core/option_table.h"

namespace rdna1conv {
namespace {

struct Options {
  std::int64_t n = 100, c = 3, h = 32, w = 32, size = 5, direction = 0, saves = 1;
  double alpha = 0.001, beta = 0.75, k = 1;
  std::string mode = "within_channel", layout;
};

constexpr OptionRow<Options> kRows[] = {
    {"batchsize", "n", [](Options& o) -> OptionField { return &o.n; }, {}, true},
    {"in_channels", "c", [](Options& o) -> OptionField { return &o.c; }, {}, true},
    {"in_h", "H", [](Options& o) -> OptionField { return &o.h; }, {}, true},
    {"in_w", "W", [](Options& o) -> OptionField { return &o.w; }, {}, true},
    {"lrnN", "N", [](Options& o) -> OptionField { return &o.size; }, {}, true},
    {"alpha", "A", [](Options& o) -> OptionField { return &o.alpha; }, {}, true},
    {"beta", "B", [](Options& o) -> OptionField { return &o.beta; }, {}, true},
    {"lrnK", "K", [](Options& o) -> OptionField { return &o.k; }, {}, true},
    {"mode", "m", [](Options& o) -> OptionField { return &o.mode; }, {}, true},
    {"layout", "", [](Options& o) -> OptionField { return &o.layout; }},
    {"back", "b", [](Options& o) -> OptionField { return &o.saves; }, {0, 1}, true},
    {"forw", "F", [](Options& o) -> OptionField { return &o.direction; }, {0, 2}, true},
};
constexpr IgnoredOption kIgnored[] = {
    {"iter", "i"}, {"verify", "V"}, {"time", "t"}, {"wall", "w"}, {"printconv", "P"}};

constexpr std::string_view kCross = "cross_channel", kWithin = "within_channel";

}  // namespace

std::string to_driver_line(const LrnProblem& p, const LrnScalars& scalars) {
  Options o;
  o.n = p.lengths[0];
  o.c = p.lengths[1];
  o.h = p.lengths[3];
  o.w = p.lengths[4];
  o.size = p.size;
  o.alpha = static_cast<double>(scalars.alpha);
  o.beta = static_cast<double>(scalars.beta);
  o.k = static_cast<double>(scalars.k);
  o.mode = p.cross_channel ? kCross : kWithin;
  o.layout = layout_text(p.lengths, p.x_strides, 2);
  o.saves = p.saves;
  o.direction = p.backward ? 2 : 1;
  return print_operator_line("lrn", p.type, kRows, o);
}

ParsedLrn parse_lrn(std::string_view line) {
  const auto [type, o] = read_operator_line("lrn", line, kRows, kIgnored);
  ParsedLrn parsed;
  LrnProblem& p = parsed.problem;
  p.type = type;
  p.backward = o.direction == 2;
  if (o.mode != kCross && o.mode != kWithin) {
    throw Error(Status::kBadParm,
                "option -m: '" + o.mode + "' is not one of within_channel, cross_channel");
  }
  p.cross_channel = o.mode == kCross;
  p.size = o.size;
  p.lengths = {o.n, o.c, 1, o.h, o.w};
  require_sizes(p.lengths);
  p.x_strides = packed_strides(p.lengths, parse_layout("--layout", o.layout, 2));
  canonicalize_strides(p.lengths, p.x_strides);
  p.y_strides = p.x_strides;
  if (p.backward) p.dy_strides = p.dx_strides = p.x_strides;
  p.saves = o.saves != 0 && !p.backward;
  parsed.scalars = {static_cast<float>(o.alpha), static_cast<float>(o.beta),
                    static_cast<float>(o.k)};
  return parsed;
}

}  // namespace rdna1conv
