#include "core/operators/loss.h"

#include <algorithm>

#include "core/error.h"
#include "core/operators/operator_line.h"
#include "core/option_table.h"
#include "core/tensor_text.h"

namespace rdna1conv {
namespace {

constexpr std::string_view kReductions[] = {"none", "sum", "mean"};

LossReduction parse_reduction(const std::string& text) {
  const auto* const found = std::find(std::begin(kReductions), std::end(kReductions), text);
  if (found == std::end(kReductions))
    throw Error(Status::kBadParm, "option --reduce: '" + text + "' is not none, sum or mean");
  return static_cast<LossReduction>(found - std::begin(kReductions));
}
std::string reduction_text(LossReduction reduction) {
  return std::string(kReductions[static_cast<std::size_t>(reduction)]);
}

struct Options {
  std::string x = "4x25x4x25", reduction = "none";
  std::int64_t direction = 1, power = 1, parameters = 1;
  double margin = 1;
};
constexpr OptionRow<Options> kSoftRows[] = {
    {"dim", "D", [](Options& o) -> OptionField { return &o.x; }, {}, true},
    {"reduce", "R", [](Options& o) -> OptionField { return &o.reduction; }, {}, true},
    {"forw", "F", [](Options& o) -> OptionField { return &o.direction; }, {0, 2}, true},
};
constexpr OptionRow<Options> kMultiRows[] = {
    {"dim", "D", [](Options& o) -> OptionField { return &o.x; }, {}, true},
    {"reduce", "R", [](Options& o) -> OptionField { return &o.reduction; }, {}, true},
    {"p", "p", [](Options& o) -> OptionField { return &o.power; }, {1, 2}, true},
    {"margin", "M", [](Options& o) -> OptionField { return &o.margin; }, {}, true},
    {"forw", "F", [](Options& o) -> OptionField { return &o.direction; }, {0, 1}, true},
};
constexpr OptionRow<Options> kPreluRows[] = {
    {"input", "D", [](Options& o) -> OptionField { return &o.x; }, {}, true},
    {"NumParameters", "", [](Options& o) -> OptionField { return &o.parameters; }, {}, true},
};
constexpr IgnoredOption kIgnored[] = {
    {"iter", "i"}, {"verify", "V"}, {"time", "t"}, {"wall", "w"}, {"contiguous", "C"}};

}  // namespace

std::string to_driver_line(const SoftMarginProblem& p) {
  Options o;
  o.x = tensor_text(p.lengths, p.x_strides);
  o.reduction = reduction_text(p.reduction);
  o.direction = p.backward ? 2 : 1;
  return print_operator_line("softmarginloss", p.type, kSoftRows, o);
}

SoftMarginProblem parse_soft_margin(std::string_view line) {
  const auto [type, o] = read_operator_line("softmarginloss", line, kSoftRows, kIgnored);
  const TensorDims x = parse_tensor("--dim", o.x);
  SoftMarginProblem p;
  p.type = type;
  p.backward = o.direction == 2;
  p.reduction = parse_reduction(o.reduction);
  p.lengths = x.lengths;
  p.x_strides = p.target_strides = x.strides;
  if (p.backward || p.reduction == LossReduction::kNone) p.y_strides = x.strides;
  if (p.backward) p.dx_strides = x.strides;
  return p;
}

std::string to_driver_line(const MultiMarginProblem& p, const MultiMarginScalars& scalars) {
  Options o;
  const FiveDims lengths{p.rows, p.classes, 1, 1, 1};
  FiveDims strides{p.x_row, p.x_class, 1, 1, 1};
  canonicalize_strides(lengths, strides);
  o.x = tensor_text(lengths, strides);
  o.reduction = reduction_text(p.reduction);
  o.power = scalars.power;
  o.margin = static_cast<double>(scalars.margin);
  return print_operator_line("multimarginloss", p.type, kMultiRows, o);
}

ParsedMultiMargin parse_multi_margin(std::string_view line) {
  const auto [type, o] = read_operator_line("multimarginloss", line, kMultiRows, kIgnored);
  const TensorDims x = parse_tensor("--dim", o.x);
  ParsedMultiMargin parsed;
  MultiMarginProblem& p = parsed.problem;
  p.type = type;
  p.reduction = parse_reduction(o.reduction);
  p.rows = x.lengths[0];
  p.classes = x.lengths[1];
  p.x_row = x.strides[0];
  p.x_class = x.strides[1];
  p.y_step = p.reduction == LossReduction::kNone ? 1 : 0;
  parsed.scalars = {static_cast<std::uint32_t>(o.power), static_cast<float>(o.margin)};
  return parsed;
}

std::string to_driver_line(const PreluProblem& p) {
  Options o;
  o.x = tensor_text(p.lengths, p.x_strides);
  o.parameters = p.per_channel ? p.lengths[1] : 1;
  return print_operator_line("prelu", p.type, kPreluRows, o);
}

PreluProblem parse_prelu(std::string_view line) {
  const auto [type, o] = read_operator_line("prelu", line, kPreluRows, kIgnored);
  const TensorDims x = parse_tensor("--input", o.x);
  PreluProblem p;
  p.type = type;
  p.lengths = x.lengths;
  p.x_strides = p.dy_strides = p.dx_strides = x.strides;
  p.per_channel = o.parameters != 1;
  if (p.per_channel && o.parameters != p.lengths[1])
    throw Error(Status::kBadParm, "option --NumParameters: must be 1 or the number of channels");
  return p;
}

}  // namespace rdna1conv
