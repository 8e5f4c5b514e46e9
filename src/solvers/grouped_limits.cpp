#include "solvers/grouped_limits.h"

#include <algorithm>

namespace rdna1conv::grouped {
namespace {

// With more channels of both kinds a GEMM's tile is well filled.
constexpr std::int64_t kFewChannels = 16;

}  // namespace

std::int64_t span_of(const FiveDims& lengths, const FiveDims& strides) {
  std::int64_t span = 1;
  for (std::size_t i = 0; i < lengths.size(); ++i) span += (lengths[i] - 1) * strides[i];
  return span;
}

double volume_of(const FiveDims& lengths) {
  double volume = 1;
  for (const std::int64_t length : lengths) volume *= static_cast<double>(length);
  return volume;
}

double lines_of(std::int64_t inner, double inner_step, double outer_step) {
  const double lanes = static_cast<double>(std::min<std::int64_t>(inner, 32));
  const double outer = 32 / lanes;
  const double run = std::clamp(lanes * inner_step / kLineBytes, 1.0, lanes);
  return std::min(outer * run, (outer - 1) * outer_step / kLineBytes + run);
}

std::optional<std::string> unless_few_channels(const ConvProblem& p) {
  const std::int64_t c = p.c / p.groups, k = p.k / p.groups;
  if (std::min(c, k) <= kFewChannels) return std::nullopt;
  return "groups have " + std::to_string(c) + " input and " + std::to_string(k) +
         " output channels, needs at most " + std::to_string(kFewChannels) + " of either";
}

std::optional<std::string> unless_offsets_fit(const ConvProblem& p) {
  constexpr std::int64_t kIntLimit = std::int64_t{1} << 31;
  const auto image_span = [](FiveDims lengths, const FiveDims& strides) {
    lengths[0] = 1;
    return span_of(lengths, strides);
  };
  const auto exceeds = [&](const FiveDims& lengths, const FiveDims& strides, DataType type) {
    return image_span(lengths, strides) * static_cast<std::int64_t>(bytes_of(type)) >= kOffsetLimit;
  };
  if (exceeds(p.x_lengths(), p.x_strides, p.x_type) ||
      exceeds(p.y_lengths(), p.y_strides, p.y_type))
    return "an image spans 4 GB or more";
  if (span_of(p.w_lengths(), p.w_strides) >= kIntLimit) return "filters span 2^31 elements or more";
  const auto reach = [](std::int64_t image, std::int64_t filter, std::int64_t pad,
                        std::int64_t stride, std::int64_t dilation) {
    // Inputs of the last output, some outputs beyond it included, with every tap.
    return (image + 8) * stride + filter * dilation + pad + stride;
  };
  const std::int64_t farthest =
      std::max({reach(std::max(p.in.d, p.out.d), p.filter.d, p.pad.d, p.stride.d, p.dilation.d),
                reach(std::max(p.in.h, p.out.h), p.filter.h, p.pad.h, p.stride.h, p.dilation.h),
                reach(std::max(p.in.w, p.out.w), p.filter.w, p.pad.w, p.stride.w, p.dilation.w)});
  if (farthest >= kIntLimit / 2) return "image, filter, stride and dilation reach 2^30 pixels";
  // Products of three, so that none overflows before it is compared.
  if (p.stride.d * p.stride.h >= kIntLimit || p.stride.d * p.stride.h * p.stride.w >= kIntLimit)
    return "strides multiply to 2^31 or more";
  return std::nullopt;
}

}  // namespace rdna1conv::grouped
