#include "core/operators/dimensions_text.h"

#include "core/error.h"
#include "core/option_table.h"
#include "core/tensor_text.h"

namespace rdna1conv {
namespace {

[[noreturn]] void fail(std::string_view option, const std::string& text) {
  throw Error(Status::kBadParm, "option " + std::string(option) + ": " + text);
}

}  // namespace

std::vector<std::int64_t> parse_list(std::string_view option, std::string_view text) {
  std::vector<std::int64_t> values;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    values.push_back(parse_integer(option, text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return values;
}

std::string dimensions_text(const FiveDims& lengths) {
  const std::size_t rank = spatial_dims_of(lengths) == 3 ? 5 : 4;
  std::string text;
  for (std::size_t i = 0; i < rank; ++i)
    text += (i == 0 ? "" : ",") + std::to_string(lengths[place_of_dimension(i, rank)]);
  return text;
}

FiveDims parse_dimensions(std::string_view option, std::string_view text) {
  const std::vector<std::int64_t> values = parse_list(option, text);
  FiveDims lengths{1, 1, 1, 1, 1};
  if (values.size() > lengths.size())
    fail(option, "more than five lengths in " + std::string(text));
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] < 1) fail(option, "lengths must be positive: " + std::string(text));
    lengths[place_of_dimension(i, values.size())] = values[i];
  }
  require_sizes(lengths);
  return lengths;
}

std::string strides_option(const FiveDims& lengths, const FiveDims& strides) {
  return layout_of(lengths, strides) == Layout::kNchw ? "" : tensor_text(lengths, strides);
}

FiveDims parse_strides_option(const FiveDims& lengths, std::string_view option,
                              std::string_view text) {
  FiveDims strides = packed_strides(lengths, Layout::kNchw);
  if (!text.empty()) {
    const TensorDims dims = parse_tensor(option, text);
    if (dims.lengths != lengths) {
      fail(option, std::string(text) + " has other lengths than " + dimensions_text(lengths));
    }
    strides = dims.strides;
  }
  canonicalize_strides(lengths, strides);
  return strides;
}

}  // namespace rdna1conv
