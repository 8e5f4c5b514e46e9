#include "solvers/walks.h"

namespace rdna1conv {

std::vector<WalkDimension> walk_dimensions(const FiveDims& lengths,
                                           std::initializer_list<FiveDims> strides,
                                           std::array<bool, 5> takes) {
  std::vector<WalkDimension> dimensions;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    if (lengths[i] == 1 || !takes[i]) continue;
    WalkDimension& dimension = dimensions.emplace_back();
    dimension.length = lengths[i];
    std::size_t tensor = 0;
    for (const FiveDims& of_tensor : strides) dimension.stride[tensor++] = of_tensor[i];
  }
  const auto order = [](const WalkDimension& a, const WalkDimension& b) {
    for (std::size_t tensor = kMaxWalkTensors; tensor-- > 0;) {
      if (a.stride[tensor] != 0 && b.stride[tensor] != 0 && a.stride[tensor] != b.stride[tensor])
        return a.stride[tensor] < b.stride[tensor];
    }
    return false;
  };
  // By selection, as broadcasting leaves the order partial.
  for (std::size_t i = 0; i < dimensions.size(); ++i) {
    for (std::size_t j = i + 1; j < dimensions.size(); ++j) {
      if (order(dimensions[j], dimensions[i])) std::swap(dimensions[i], dimensions[j]);
    }
  }
  std::vector<WalkDimension> joined;
  for (const WalkDimension& dimension : dimensions) {
    const auto lies_behind = [&](const WalkDimension& last) {
      for (std::size_t tensor = 0; tensor < strides.size(); ++tensor) {
        if (dimension.stride[tensor] != last.stride[tensor] * last.length) return false;
      }
      return true;
    };
    if (!joined.empty() && lies_behind(joined.back()))
      joined.back().length *= dimension.length;
    else
      joined.push_back(dimension);
  }
  return joined;
}

bool has_vectors(const std::vector<WalkDimension>& dimensions, std::size_t tensors,
                 std::int64_t width) {
  if (dimensions.empty() || dimensions.front().length % width != 0) return false;
  for (std::size_t tensor = 0; tensor < tensors; ++tensor) {
    if (dimensions.front().stride[tensor] > 1) return false;
  }
  return true;
}

std::vector<WalkDimension> in_vectors(std::vector<WalkDimension> dimensions, std::int64_t width) {
  if (width == 1) return dimensions;
  WalkDimension& fastest = dimensions.front();
  fastest.length /= width;
  for (std::int64_t& stride : fastest.stride) stride *= width;
  return dimensions;
}

bool fits_walk(const std::vector<WalkDimension>& dimensions) {
  return inner_dimensions(dimensions) == dimensions.size();
}

std::size_t inner_dimensions(const std::vector<WalkDimension>& dimensions) {
  std::int64_t count = 1;
  std::size_t taken = 0;
  for (; taken < dimensions.size(); ++taken) {
    const WalkDimension& dimension = dimensions[taken];
    if (dimension.length >= kWalkCountLimit / count) break;
    if (std::any_of(dimension.stride.begin(), dimension.stride.end(),
                    [](std::int64_t stride) { return stride >= kWalkStrideLimit; }))
      break;
    count *= dimension.length;
  }
  return taken;
}

}  // namespace rdna1conv
