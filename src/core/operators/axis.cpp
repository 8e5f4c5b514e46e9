#include "core/operators/axis.h"

#include <algorithm>

#include "core/error.h"
#include "core/operators/operator_line.h"
#include "core/option_table.h"
#include "core/tensor_text.h"

namespace rdna1conv {
namespace {

struct Options {
  std::string x = "4x8x12x32";
  std::int64_t dimension = 0, operation = 1, propagates_nan = 1, forward = 1;
};
constexpr OptionRow<Options> kRows[] = {
    {"input", "X", [](Options& o) -> OptionField { return &o.x; }, {}, true},
    {"DimToReduce", "R", [](Options& o) -> OptionField { return &o.dimension; }, {0, 4}, true},
    {"NanPropagation", "N", [](Options& o) -> OptionField { return &o.propagates_nan; }, {0, 1}},
    {"ReduceOp", "O", [](Options& o) -> OptionField { return &o.operation; }, {1, 4}, true},
    {"forw", "F", [](Options& o) -> OptionField { return &o.forward; }, {0, 1}},
};
struct KthOptions {
  std::string x = "256x4x2";
  std::int64_t dimension = 0, k = 1, forward = 1;
};
constexpr OptionRow<KthOptions> kKthRows[] = {
    {"dim-lengths", "D", [](KthOptions& o) -> OptionField { return &o.x; }, {}, true},
    {"k", "k", [](KthOptions& o) -> OptionField { return &o.k; }, {}, true},
    {"dim", "d", [](KthOptions& o) -> OptionField { return &o.dimension; }, {0, 4}, true},
    {"forw", "F", [](KthOptions& o) -> OptionField { return &o.forward; }, {0, 1}},
};
constexpr IgnoredOption kIgnored[] = {{"iter", "i"}, {"verify", "V"}, {"time", "t"}, {"wall", "w"}};

constexpr const char *kCalculation = "reducecalculation", *kExtreme = "reduceextreme",
                     *kKth = "kthvalue";

// The first of an operation's family is -O 1.
AxisOperation first_of(const char* word) {
  return word == kCalculation ? AxisOperation::kProduct : AxisOperation::kArgMin;
}

void set_tensor(AxisProblem& p, const char* option, const std::string& text,
                std::int64_t dimension) {
  const TensorDims x = parse_tensor(option, text);
  p.lengths = x.lengths;
  p.x_strides = x.strides;
  p.dimension = dimension_of_line(p.lengths, dimension);
  // Packed, in the order of the dimensions.
  FiveDims reduced = p.lengths;
  reduced[static_cast<std::size_t>(p.dimension)] = 1;
  FiveDims strides = packed_strides(reduced, Layout::kNchw);
  for (std::size_t i = 0; i < strides.size(); ++i) {
    if (reduced[i] == 1) strides[i] = 0;
  }
  if (p.has_values()) p.y_strides = strides;
  if (p.has_indices()) p.index_strides = strides;
}

}  // namespace

std::string to_driver_line(const AxisProblem& p, const KthValueScalars& scalars) {
  if (p.operation == AxisOperation::kKthValue) {
    KthOptions o;
    o.x = tensor_text(p.lengths, p.x_strides);
    o.k = scalars.k;
    o.dimension = dimension_in_line(p.lengths, p.dimension);
    return print_operator_line(kKth, p.type, kKthRows, o);
  }
  Options o;
  const char* const word = p.operation <= AxisOperation::kSum ? kCalculation : kExtreme;
  o.x = tensor_text(p.lengths, p.x_strides);
  o.dimension = dimension_in_line(p.lengths, p.dimension);
  o.propagates_nan = !p.skips_nan;
  o.operation =
      static_cast<std::int64_t>(p.operation) - static_cast<std::int64_t>(first_of(word)) + 1;
  return print_operator_line(word, p.type, kRows, o);
}

ParsedAxis parse_axis(std::string_view line) {
  ParsedAxis parsed;
  AxisProblem& p = parsed.problem;
  if (has_operator_word(line, kKth)) {
    const auto [type, o] = read_operator_line(kKth, line, kKthRows, kIgnored);
    p.type = type;
    p.operation = AxisOperation::kKthValue;
    parsed.scalars.k = static_cast<std::uint32_t>(o.k);
    set_tensor(p, "--dim-lengths", o.x, o.dimension);
    return parsed;
  }
  const char* const word = has_operator_word(line, kExtreme) ? kExtreme : kCalculation;
  const auto [type, o] = read_operator_line(word, line, kRows, kIgnored);
  p.type = type;
  if (word == kCalculation && o.operation > 2)
    throw Error(Status::kBadParm, "option --ReduceOp: must be 1 or 2");
  p.operation =
      static_cast<AxisOperation>(static_cast<std::int64_t>(first_of(word)) + o.operation - 1);
  p.skips_nan = o.propagates_nan == 0 && word == kCalculation;
  set_tensor(p, "--input", o.x, o.dimension);
  return parsed;
}

}  // namespace rdna1conv
