#include "core/operators/gates.h"

#include "core/error.h"
#include "core/operators/operator_line.h"
#include "core/option_table.h"
#include "core/tensor_text.h"

namespace rdna1conv {
namespace {

struct GluOptions {
  std::string x = "256x512";
  std::int64_t dimension = 0, direction = 1;
};
constexpr OptionRow<GluOptions> kGluRows[] = {
    {"dim_lengths", "D", [](GluOptions& o) -> OptionField { return &o.x; }, {}, true},
    {"dim_to_split", "R", [](GluOptions& o) -> OptionField { return &o.dimension; }, {0, 4}, true},
    {"forw", "F", [](GluOptions& o) -> OptionField { return &o.direction; }, {0, 2}, true},
};
struct RopeOptions {
  std::string x = "100x3x32x32";
  std::int64_t period = 0, direction = 1;
};
constexpr OptionRow<RopeOptions> kRopeRows[] = {
    {"input", "X", [](RopeOptions& o) -> OptionField { return &o.x; }, {}, true},
    {"period",
     "",
     [](RopeOptions& o) -> OptionField { return &o.period; },
     {0, kMaxOptionNumber},
     true},
    {"forw", "F", [](RopeOptions& o) -> OptionField { return &o.direction; }, {0, 2}, true},
};
constexpr IgnoredOption kIgnored[] = {{"iter", "i"}, {"verify", "V"}, {"time", "t"}, {"wall", "w"}};

// Packed as x is, along a dimension half as long.
FiveDims strides_of_half(const FiveDims& lengths, const FiveDims& x_lengths,
                         const FiveDims& x_strides) {
  const bool is_nhwc = layout_of(x_lengths, x_strides) == Layout::kNhwc;
  FiveDims strides = packed_strides(lengths, is_nhwc ? Layout::kNhwc : Layout::kNchw);
  canonicalize_strides(lengths, strides);
  return strides;
}

}  // namespace

std::string to_driver_line(const GluProblem& p) {
  GluOptions o;
  FiveDims lengths = p.lengths, strides = p.x_strides;
  const auto at = static_cast<std::size_t>(p.dimension);
  strides[at] = p.x_half / lengths[at];
  lengths[at] *= 2;
  o.x = tensor_text(lengths, strides);
  o.dimension = dimension_in_line(lengths, p.dimension);
  o.direction = p.backward ? 2 : 1;
  return print_operator_line("glu", p.type, kGluRows, o);
}

GluProblem parse_glu(std::string_view line) {
  const auto [type, o] = read_operator_line("glu", line, kGluRows, kIgnored);
  const TensorDims x = parse_tensor("--dim_lengths", o.x);
  GluProblem p;
  p.type = type;
  p.backward = o.direction == 2;
  p.dimension = dimension_of_line(x.lengths, o.dimension);
  const auto at = static_cast<std::size_t>(p.dimension);
  if (x.lengths[at] % 2 != 0)
    throw Error(Status::kBadParm, "option --dim_to_split: the length is odd");
  p.lengths = x.lengths;
  p.lengths[at] /= 2;
  p.x_strides = x.strides;
  p.x_half = p.lengths[at] * x.strides[at];
  canonicalize_strides(p.lengths, p.x_strides);
  p.y_strides = strides_of_half(p.lengths, x.lengths, x.strides);
  if (p.backward) {
    p.dx_strides = p.x_strides;
    p.dx_half = p.x_half;
  }
  return p;
}

std::string to_driver_line(const RopeProblem& p) {
  RopeOptions o;
  o.x = std::to_string(p.elements / p.period) + "x" + std::to_string(p.period);
  o.period = p.period;
  o.direction = p.backward ? 2 : 1;
  return print_operator_line("rope", p.type, kRopeRows, o);
}

RopeProblem parse_rope(std::string_view line) {
  const auto [type, o] = read_operator_line("rope", line, kRopeRows, kIgnored);
  const TensorDims x = parse_tensor("--input", o.x);
  RopeProblem p;
  p.type = type;
  p.backward = o.direction == 2;
  p.elements = count_of(x.lengths);
  // Without one, of all but the batch.
  p.period = o.period == 0 ? p.elements / x.lengths[0] : o.period;
  if (p.period % 2 != 0 || p.elements % p.period != 0)
    throw Error(Status::kBadParm, "option --period: must be even and divide the elements");
  return p;
}

}  // namespace rdna1conv
