#include "core/tensor_text.h"

#include <vector>

#include "core/option_table.h"

namespace rdna1conv {
namespace {

std::string joined(const FiveDims& values, bool has_depth) {
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i == 2 && !has_depth) continue;
    text.append(text.empty() ? "" : "x").append(std::to_string(values[i]));
  }
  return text;
}

// One to five numbers in the places of N, C, [D,] H, W, and how many there are.
std::size_t parse_numbers(std::string_view option, std::string_view text, FiveDims& into) {
  std::vector<std::int64_t> values;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('x', begin), text.size());
    const std::int64_t value = parse_integer(option, text.substr(begin, end - begin));
    if (value < 1 || value > kMaxOptionNumber) {
      throw Error(Status::kBadParm, "option " + std::string(option) + ": " + std::to_string(value) +
                                        " is not a length or stride");
    }
    values.push_back(value);
    begin = end + 1;
  }
  if (values.size() > into.size()) {
    throw Error(Status::kBadParm, "option " + std::string(option) + ": more than five numbers in " +
                                      std::string(text));
  }
  for (std::size_t i = 0; i < values.size(); ++i)
    into[place_of_dimension(i, values.size())] = values[i];
  return values.size();
}

}  // namespace

std::string tensor_text(const FiveDims& lengths, const FiveDims& strides) {
  const int spatial = spatial_dims_of(lengths);
  std::string text = joined(lengths, spatial == 3);
  switch (layout_of(lengths, strides)) {
    case Layout::kNchw:
      return text;
    case Layout::kNhwc:
      return text + (spatial == 3 ? ",NDHWC" : ",NHWC");
    default:
      return text + "," + joined(strides, spatial == 3);
  }
}

TensorDims parse_tensor(std::string_view option, std::string_view text) {
  TensorDims dims;
  const std::size_t comma = text.find(',');
  const std::size_t rank = parse_numbers(option, text.substr(0, comma), dims.lengths);
  require_sizes(dims.lengths);
  const std::string_view rest =
      comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  if (rest.empty() || rest.starts_with('N')) {
    dims.strides = packed_strides(dims.lengths, parse_layout(option, rest, rank == 5 ? 3 : 2));
  } else if (parse_numbers(option, rest, dims.strides) != rank) {
    throw Error(Status::kBadParm, "option " + std::string(option) +
                                      ": not as many strides as lengths in " + std::string(text));
  }
  canonicalize_strides(dims.lengths, dims.strides);
  return dims;
}

}  // namespace rdna1conv
