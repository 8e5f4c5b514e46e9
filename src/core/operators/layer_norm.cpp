#include "core/operators/layer_norm.h"

#include <algorithm>

#include "core/error.h"
#include "core/operators/operator_line.h"
#include "core/option_table.h"
#include "core/tensor_text.h"

namespace rdna1conv {
namespace {

// ---- Of a tensor as it is ----------------------------------------------------------------------

struct Options {
  std::string x = "100x3x32x32", other, y;
  double epsilon = 1e-5;
  std::int64_t normalized_dim = 3, mode = 0, direction = 1;
};
constexpr OptionRow<Options> kRows[] = {
    {"input", "X", [](Options& o) -> OptionField { return &o.x; }, {}, true},
    {"other", "", [](Options& o) -> OptionField { return &o.other; }},
    {"output", "", [](Options& o) -> OptionField { return &o.y; }},
    {"eps", "e", [](Options& o) -> OptionField { return &o.epsilon; }, {}, true},
    {"normalized_dim", "o", [](Options& o) -> OptionField { return &o.normalized_dim; }, {0, 5}},
    {"mode", "m", [](Options& o) -> OptionField { return &o.mode; }, {0, 6}, true},
    {"forw", "F", [](Options& o) -> OptionField { return &o.direction; }, {0, 2}, true},
};
constexpr IgnoredOption kIgnored[] = {{"iter", "i"}, {"verify", "V"}, {"time", "t"}, {"wall", "w"}};

struct Name {
  const char* word;
  LayerNormKind kind;
  int first_mode;  // without weights; the next one has them
};
constexpr Name kNames[] = {
    {"layernorm", LayerNormKind::kLayer, 0},
    {"addlayernorm", LayerNormKind::kAddLayer, 2},
    {"t5layernorm", LayerNormKind::kT5, 4},
    {"t5layernorm", LayerNormKind::kT5Backward, 4},
};
constexpr const char* kGroupName = "groupnorm";

std::string text_unless_like_x(const LayerNormProblem& p, const FiveDims& strides) {
  return strides == p.x_strides ? "" : tensor_text(p.lengths, strides);
}

FiveDims strides_of(const LayerNormProblem& p, const char* option, const std::string& text) {
  if (text.empty()) return p.x_strides;
  const TensorDims dims = parse_tensor(option, text);
  if (dims.lengths != p.lengths)
    throw Error(Status::kBadParm,
                std::string("option ") + option + ": the lengths are not --input's");
  return dims.strides;
}

// ---- Of groups of channels ---------------------------------------------------------------------

struct GroupOptions {
  std::int64_t n = 32, c = 32, d = 1, h = 14, w = 14, groups = 4, mode = 0, direction = 1;
  double epsilon = 1e-5;
  std::string layout;
};
constexpr OptionRow<GroupOptions> kGroupRows[] = {
    {"batchsize", "n", [](GroupOptions& o) -> OptionField { return &o.n; }, {}, true},
    {"in_channels", "c", [](GroupOptions& o) -> OptionField { return &o.c; }, {}, true},
    {"in_d", "D", [](GroupOptions& o) -> OptionField { return &o.d; }},
    {"in_h", "H", [](GroupOptions& o) -> OptionField { return &o.h; }, {}, true},
    {"in_w", "W", [](GroupOptions& o) -> OptionField { return &o.w; }, {}, true},
    {"eps", "e", [](GroupOptions& o) -> OptionField { return &o.epsilon; }, {}, true},
    {"num_groups", "g", [](GroupOptions& o) -> OptionField { return &o.groups; }, {}, true},
    {"layout", "", [](GroupOptions& o) -> OptionField { return &o.layout; }},
    {"mode", "m", [](GroupOptions& o) -> OptionField { return &o.mode; }, {0, 1}, true},
    {"forw", "F", [](GroupOptions& o) -> OptionField { return &o.direction; }, {0, 1}, true},
};

std::string group_line(const LayerNormProblem& p, const LayerNormScalars& scalars) {
  GroupOptions o;
  o.n = p.lengths[0];
  o.groups = p.lengths[1];
  o.c = p.lengths[1] * p.lengths[2];
  o.h = p.lengths[3];
  o.w = p.lengths[4];
  o.mode = p.has_weights;
  o.epsilon = static_cast<double>(scalars.epsilon);
  // Channels behind each other are told from pixels behind each other by the stride of a column.
  FiveDims nhwc = packed_strides({o.n, o.c, 1, o.h, o.w}, Layout::kNhwc);
  FiveDims lengths{o.n, o.c, 1, o.h, o.w};
  split_channels(o.groups, lengths, nhwc, "");
  FiveDims strides = p.x_strides;
  canonicalize_strides(p.lengths, strides);
  if (strides == nhwc) o.layout = "NHWC";
  return print_operator_line(kGroupName, p.type, kGroupRows, o);
}

ParsedLayerNorm parse_group_norm(std::string_view line) {
  const auto [type, o] = read_operator_line(kGroupName, line, kGroupRows, kIgnored);
  ParsedLayerNorm parsed;
  LayerNormProblem& p = parsed.problem;
  p.kind = LayerNormKind::kGroup;
  p.type = type;
  p.lengths = {o.n, o.c, o.d, o.h, o.w};
  require_sizes(p.lengths);
  if (o.c % o.groups != 0)
    throw Error(Status::kBadParm, "option --num_groups: does not divide the channels");
  p.x_strides = packed_strides(p.lengths, parse_layout("--layout", o.layout, o.d == 1 ? 2 : 3));
  canonicalize_strides(p.lengths, p.x_strides);
  split_channels(o.groups, p.lengths, p.x_strides, "x");
  p.y_strides = p.x_strides;
  p.first_member = 2;
  p.has_weights = o.mode == 1;
  parsed.scalars.epsilon = static_cast<float>(o.epsilon);
  return parsed;
}

}  // namespace

void split_channels(std::int64_t groups, FiveDims& lengths, FiveDims& strides, const char* name) {
  const auto [n, c, d, h, w] = lengths;
  if (d != 1 && h != 1 && strides[2] != h * strides[3]) {
    throw Error(Status::kNotImplemented,
                std::string(name) + "'s depth and rows do not lie behind each other");
  }
  const std::int64_t row = h == 1 ? strides[2] : strides[3];
  lengths = {n, groups, c / groups, d * h, w};
  strides = {strides[0], strides[1] * (c / groups), strides[1], row, strides[4]};
  canonicalize_strides(lengths, strides);
}

std::int64_t LayerNormProblem::members() const {
  std::int64_t count = 1;
  for (auto i = static_cast<std::size_t>(first_member); i < lengths.size(); ++i)
    count *= lengths[i];
  return count;
}

FiveDims LayerNormProblem::statistic_strides() const {
  FiveDims strides{};
  std::int64_t stride = 1;
  for (auto i = static_cast<std::size_t>(first_member); i-- > 0;) {
    strides[i] = stride;
    stride *= lengths[i];
  }
  return strides;
}

FiveDims LayerNormProblem::weight_strides() const {
  if (kind == LayerNormKind::kGroup) return {0, lengths[2], 1, 0, 0};
  FiveDims strides{};
  std::int64_t stride = 1;
  for (std::size_t i = lengths.size(); i-- > static_cast<std::size_t>(first_member);) {
    strides[i] = stride;
    stride *= lengths[i];
  }
  return strides;
}

std::string to_driver_line(const LayerNormProblem& p, const LayerNormScalars& scalars) {
  if (p.kind == LayerNormKind::kGroup) return group_line(p, scalars);
  const Name& name = *std::find_if(std::begin(kNames), std::end(kNames),
                                   [&](const Name& row) { return row.kind == p.kind; });
  Options o;
  o.x = tensor_text(p.lengths, p.x_strides);
  const bool has_other = p.kind == LayerNormKind::kAddLayer || p.kind == LayerNormKind::kT5Backward;
  if (has_other) o.other = text_unless_like_x(p, p.other_strides);
  o.y = text_unless_like_x(p, p.y_strides);
  o.epsilon = static_cast<double>(scalars.epsilon);
  const bool is_t5 = name.first_mode == 4;
  o.normalized_dim =
      is_t5 ? Options().normalized_dim : dimension_in_line(p.lengths, p.first_member);
  o.mode = name.first_mode + (p.has_weights ? 1 : 0);
  o.direction = p.kind == LayerNormKind::kT5Backward ? 2 : 1;
  return print_operator_line(name.word, p.type, kRows, o);
}

ParsedLayerNorm parse_layer_norm(std::string_view line) {
  if (has_operator_word(line, kGroupName)) return parse_group_norm(line);
  const auto* const name = std::find_if(std::begin(kNames), std::end(kNames), [&](const Name& row) {
    return has_operator_word(line, row.word);
  });
  if (name == std::end(kNames)) throw Error(Status::kBadParm, "no line of a normalization");
  const auto [type, o] = read_operator_line(name->word, line, kRows, kIgnored);
  ParsedLayerNorm parsed;
  LayerNormProblem& p = parsed.problem;
  const TensorDims x = parse_tensor("--input", o.x);
  p.kind = name->kind;
  p.type = type;
  p.lengths = x.lengths;
  p.x_strides = x.strides;
  if (p.kind == LayerNormKind::kT5) {
    if (o.direction == 2) p.kind = LayerNormKind::kT5Backward;
    p.has_weight_gradient = o.direction == 2;
    p.first_member = 4;
  } else {
    if (o.normalized_dim > spatial_dims_of(p.lengths) + 1)
      throw Error(Status::kBadParm, "option --normalized_dim: --input has no such dimension");
    p.first_member = dimension_of_line(p.lengths, o.normalized_dim);
  }
  p.has_weights = (o.mode - name->first_mode) % 2 != 0;
  p.y_strides = strides_of(p, "--output", o.y);
  if (p.kind == LayerNormKind::kAddLayer || p.kind == LayerNormKind::kT5Backward)
    p.other_strides = strides_of(p, "--other", o.other);
  parsed.scalars.epsilon = static_cast<float>(o.epsilon);
  return parsed;
}

}  // namespace rdna1conv
