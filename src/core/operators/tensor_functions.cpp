#include "core/operators/tensor_functions.h"

#include <algorithm>

#include "core/error.h"
#include "core/operators/operator_line.h"
#include "core/option_table.h"
#include "core/tensor_text.h"

namespace rdna1conv {
namespace {

struct Options {
  std::int64_t n = 64, c = 3, d = 1, h = 32, w = 32, function = 0;
  double alpha1 = 1, alpha2 = 1, beta = 0;
  std::string a, b, y, operation = "add";
};

constexpr OptionRow<Options> kRows[] = {
    {"batchsize", "n", [](Options& o) -> OptionField { return &o.n; }, {}, true},
    {"in_channels", "c", [](Options& o) -> OptionField { return &o.c; }, {}, true},
    {"in_d", "", [](Options& o) -> OptionField { return &o.d; }},
    {"in_h", "H", [](Options& o) -> OptionField { return &o.h; }, {}, true},
    {"in_w", "W", [](Options& o) -> OptionField { return &o.w; }, {}, true},
    {"y", "", [](Options& o) -> OptionField { return &o.y; }},
    {"a", "", [](Options& o) -> OptionField { return &o.a; }},
    {"b", "", [](Options& o) -> OptionField { return &o.b; }},
    {"alpha1", "A", [](Options& o) -> OptionField { return &o.alpha1; }, {}, true},
    {"alpha2", "B", [](Options& o) -> OptionField { return &o.alpha2; }},
    {"beta", "G", [](Options& o) -> OptionField { return &o.beta; }},
    {"operation", "", [](Options& o) -> OptionField { return &o.operation; }},
    {"tensor_op", "o", [](Options& o) -> OptionField { return &o.function; }, {0, 3}, true},
};
constexpr IgnoredOption kIgnored[] = {{"forw", "F"}, {"iter", "i"}, {"verify", "V"},
                                      {"time", "t"}, {"wall", "w"}, {"tensor_val", "v"}};

constexpr std::string_view kOperations[] = {"add", "mul", "min", "max"};

// A tensor that may be broadcast: its length is 1 where it has no stride.
std::string broadcast_text(const TensorProblem& p, const FiveDims& strides) {
  FiveDims lengths = p.lengths, actual = strides;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    if (strides[i] == 0) lengths[i] = 1;
  }
  canonicalize_strides(lengths, actual);
  FiveDims packed = packed_strides(p.lengths, Layout::kNchw);
  canonicalize_strides(p.lengths, packed);
  if (lengths == p.lengths && actual == packed) return "";
  if (lengths == p.lengths) return tensor_text(lengths, actual);
  // As many dimensions as y's text has.
  const bool has_depth = spatial_dims_of(p.lengths) == 3;
  std::string text, strides_part;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    if (i == 2 && !has_depth) continue;
    text.append(text.empty() ? "" : "x").append(std::to_string(lengths[i]));
    strides_part.append(strides_part.empty() ? "" : "x").append(std::to_string(actual[i]));
  }
  return layout_of(lengths, actual) == Layout::kNchw ? text : text + "," + strides_part;
}

// The strides of an operand of y's lengths, 0 where its own length is 1.
FiveDims operand_strides(const TensorProblem& p, const char* option, const std::string& text) {
  if (text.empty()) {
    FiveDims packed = packed_strides(p.lengths, Layout::kNchw);
    canonicalize_strides(p.lengths, packed);
    return packed;
  }
  const TensorDims dims = parse_tensor(option, text);
  FiveDims strides = dims.strides;
  for (std::size_t i = 0; i < strides.size(); ++i) {
    if (dims.lengths[i] == p.lengths[i]) continue;
    if (dims.lengths[i] != 1) {
      throw Error(Status::kBadParm, std::string("option ") + option + ": " + text +
                                        " has lengths that are neither y's nor 1");
    }
    strides[i] = 0;
  }
  return strides;
}

}  // namespace

std::string to_driver_line(const TensorProblem& p, const TensorScalars& scalars) {
  Options o;
  o.n = p.lengths[0];
  o.c = p.lengths[1];
  o.d = p.lengths[2];
  o.h = p.lengths[3];
  o.w = p.lengths[4];
  o.function = p.function == TensorFunction::kCopy ? static_cast<int>(TensorFunction::kTransform)
                                                   : static_cast<int>(p.function);
  o.alpha1 = static_cast<double>(scalars.alpha1);
  o.alpha2 = static_cast<double>(scalars.alpha2);
  o.beta = static_cast<double>(scalars.beta);
  o.operation = kOperations[static_cast<std::size_t>(p.operation)];
  o.y = broadcast_text(p, p.y_strides);
  if (o.function >= static_cast<int>(TensorFunction::kCombine))
    o.a = broadcast_text(p, p.a_strides);
  if (p.function == TensorFunction::kCombine) o.b = broadcast_text(p, p.b_strides);
  return print_operator_line("tensorop", p.type, kRows, o);
}

ParsedTensorFunction parse_tensor_function(std::string_view line) {
  const auto [type, o] = read_operator_line("tensorop", line, kRows, kIgnored);
  ParsedTensorFunction parsed;
  TensorProblem& p = parsed.problem;
  p.type = type;
  p.function = static_cast<TensorFunction>(o.function);
  p.lengths = {o.n, o.c, o.d, o.h, o.w};
  require_sizes(p.lengths);
  p.y_strides = operand_strides(p, "--y", o.y);
  const auto* const operation =
      std::find(std::begin(kOperations), std::end(kOperations), o.operation);
  if (operation == std::end(kOperations)) {
    throw Error(Status::kBadParm,
                "option --operation: '" + o.operation + "' is not one of add, mul, min, max");
  }
  p.operation = static_cast<TensorOperation>(operation - std::begin(kOperations));
  if (p.function >= TensorFunction::kCombine) p.a_strides = operand_strides(p, "--a", o.a);
  if (p.function == TensorFunction::kCombine) p.b_strides = operand_strides(p, "--b", o.b);
  parsed.scalars = {static_cast<float>(o.alpha1), static_cast<float>(o.alpha2),
                    static_cast<float>(o.beta)};
  return parsed;
}

}  // namespace rdna1conv
