#include "core/operators/pooling.h"

#include <algorithm>

#include "core/error.h"
#include "core/operators/operator_line.h"
#include "core/option_table.h"
#include "core/tensor_text.h"

namespace rdna1conv {
namespace {

struct Options {
  std::string x = "100x3x32x32", y, mode = "max", index_type = "miopenIndexUint8", pad_mode;
  std::int64_t direction = 0, window_d = 3, window_h = 3, window_w = 3;
  std::int64_t stride_d = 1, stride_h = 1, stride_w = 1, pad_d = 0, pad_h = 0, pad_w = 0;
  std::int64_t index_in_image = 0;
};

constexpr OptionRange kPad{0, kMaxOptionNumber};
constexpr OptionRow<Options> kRows[] = {
    {"input", "W", [](Options& o) -> OptionField { return &o.x; }, {}, true},
    {"output", "O", [](Options& o) -> OptionField { return &o.y; }},
    {"win_d", "Z", [](Options& o) -> OptionField { return &o.window_d; }},
    {"win_h", "y", [](Options& o) -> OptionField { return &o.window_h; }, {}, true},
    {"win_w", "x", [](Options& o) -> OptionField { return &o.window_w; }, {}, true},
    {"pool_stride_d", "s", [](Options& o) -> OptionField { return &o.stride_d; }},
    {"pool_stride_h", "v", [](Options& o) -> OptionField { return &o.stride_h; }, {}, true},
    {"pool_stride_w", "u", [](Options& o) -> OptionField { return &o.stride_w; }, {}, true},
    {"pad_d", "o", [](Options& o) -> OptionField { return &o.pad_d; }, kPad},
    {"pad_h", "p", [](Options& o) -> OptionField { return &o.pad_h; }, kPad, true},
    {"pad_w", "q", [](Options& o) -> OptionField { return &o.pad_w; }, kPad, true},
    {"index_type", "I", [](Options& o) -> OptionField { return &o.index_type; }},
    {"index_position", "M", [](Options& o) -> OptionField { return &o.index_in_image; }, {0, 1}},
    {"mode", "m", [](Options& o) -> OptionField { return &o.mode; }, {}, true},
    {"forw", "F", [](Options& o) -> OptionField { return &o.direction; }, {0, 3}, true},
};
constexpr IgnoredOption kIgnored[] = {{"pad_val", "r"}, {"iter", "i"}, {"verify", "V"},
                                      {"time", "t"},    {"wall", "w"}, {"print", "P"},
                                      {"pad_mode", "z"}};

// In the order of their enumerations.
constexpr std::string_view kModes[] = {"max", "avg", "avg_in"};
constexpr std::string_view kIndexTypes[] = {"miopenIndexUint8", "miopenIndexUint16",
                                            "miopenIndexUint32", "miopenIndexUint64"};

template <std::size_t Count>
std::size_t place_in(const std::string_view (&names)[Count], const char* option,
                     std::string_view name) {
  const auto* const found = std::find(std::begin(names), std::end(names), name);
  if (found == std::end(names)) {
    std::string text;
    for (const std::string_view row : names) text += (text.empty() ? "" : ", ") + std::string(row);
    throw Error(Status::kBadParm, std::string("option ") + option + ": '" + std::string(name) +
                                      "' is not one of " + text);
  }
  return static_cast<std::size_t>(found - std::begin(names));
}

FiveDims pooled_lengths(const PoolingProblem& p) {
  FiveDims lengths = p.x_lengths;
  for (std::size_t axis = 0; axis < 3; ++axis)
    lengths[axis + 2] = pooled_length(p.pooling, axis, p.x_lengths[axis + 2]);
  return lengths;
}

}  // namespace

std::int64_t pooled_length(const PoolingDescriptor& pooling, std::size_t axis, std::int64_t in) {
  const std::int64_t room = in + 2 * pooling.pad[axis] - pooling.window[axis];
  return room < 0 ? 1 : room / pooling.stride[axis] + 1;
}

std::string to_driver_line(const PoolingProblem& p) {
  const PoolingDescriptor& pool = p.pooling;
  Options o;
  o.x = tensor_text(p.x_lengths, p.x_strides);
  const FiveDims usual = pooled_lengths(p);
  FiveDims usual_strides = packed_strides(usual, Layout::kNchw);
  canonicalize_strides(usual, usual_strides);
  if (p.y_lengths != usual || p.y_strides != usual_strides)
    o.y = tensor_text(p.y_lengths, p.y_strides);
  o.direction = p.backward ? 2 : p.saves ? 3 : 1;
  if (pool.dims == 3) {
    o.window_d = pool.window[0];
    o.stride_d = pool.stride[0];
    o.pad_d = pool.pad[0];
  }
  o.window_h = pool.window[1];
  o.window_w = pool.window[2];
  o.stride_h = pool.stride[1];
  o.stride_w = pool.stride[2];
  o.pad_h = pool.pad[1];
  o.pad_w = pool.pad[2];
  o.index_type = kIndexTypes[static_cast<std::size_t>(pool.index_type)];
  o.index_in_image = pool.index_in_image;
  o.mode = kModes[static_cast<std::size_t>(pool.mode)];
  return print_operator_line("pool", p.type, kRows, o);
}

PoolingProblem parse_pooling(std::string_view line) {
  const auto [type, o] = read_operator_line("pool", line, kRows, kIgnored);
  PoolingProblem p;
  p.type = type;
  const TensorDims x = parse_tensor("-W", o.x);
  p.x_lengths = x.lengths;
  p.x_strides = x.strides;
  PoolingDescriptor& pool = p.pooling;
  pool.mode = static_cast<PoolingMode>(place_in(kModes, "-m", o.mode));
  pool.dims = spatial_dims_of(x.lengths);
  pool.window = {pool.dims == 3 ? o.window_d : 1, o.window_h, o.window_w};
  pool.stride = {pool.dims == 3 ? o.stride_d : 1, o.stride_h, o.stride_w};
  pool.pad = {pool.dims == 3 ? o.pad_d : 0, o.pad_h, o.pad_w};
  pool.index_type = static_cast<IndexType>(place_in(kIndexTypes, "-I", o.index_type));
  pool.index_in_image = o.index_in_image != 0;
  p.backward = o.direction == 2;
  p.saves = o.direction == 3;
  if (o.y.empty()) {
    p.y_lengths = pooled_lengths(p);
    p.y_strides = packed_strides(p.y_lengths, Layout::kNchw);
    canonicalize_strides(p.y_lengths, p.y_strides);
  } else {
    const TensorDims y = parse_tensor("-O", o.y);
    p.y_lengths = y.lengths;
    p.y_strides = y.strides;
    if (p.y_lengths[0] != p.x_lengths[0] || p.y_lengths[1] != p.x_lengths[1])
      throw Error(Status::kBadParm, "option -O: batch and channels are not those of -W");
  }
  return p;
}

}  // namespace rdna1conv
