#include "extreme_problems.h"

#include <algorithm>
#include <initializer_list>
#include <random>
#include <type_traits>

#include "core/element_types.h"

namespace rdna1conv {
namespace {

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : generator_(seed) {}
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low +
           static_cast<std::int64_t>(generator_() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool one_in(std::int64_t chances) { return between(1, chances) == 1; }
  // Within 3 of a power of two with an exponent from `low` to `high`.
  std::int64_t near_power(std::int64_t low, std::int64_t high) {
    return (std::int64_t{1} << between(low, high)) + between(-3, 3);
  }

 private:
  std::mt19937_64 generator_;
};

constexpr std::int64_t kMaxInt = 0x7fffffff;

// A padding, stride or dilation: small half of the time.
std::int64_t parameter(Draw& draw, std::int64_t least) {
  if (draw.one_in(2)) return draw.between(least, 3);
  if (draw.one_in(4)) return draw.between(kMaxInt - 3, kMaxInt);
  return std::clamp(draw.near_power(3, 31), least, kMaxInt);
}

std::int64_t length(Draw& draw, bool may_be_long) {
  if (may_be_long && draw.one_in(4)) return std::min(draw.near_power(8, 31), kMaxInt);
  return draw.between(1, 9);
}

std::string strides(Draw& draw, bool has_depth) {
  std::string text;
  for (int i = 0; i < (has_depth ? 5 : 4); ++i) {
    const std::int64_t stride =
        draw.one_in(2) ? draw.between(1, 4000) : std::max<std::int64_t>(1, draw.near_power(4, 62));
    text.append(i == 0 ? "" : ",").append(std::to_string(stride));
  }
  return text;
}

}  // namespace

std::string extreme_line(std::uint64_t seed) {
  Draw draw(seed);
  const DataType type =
      draw.one_in(2)
          ? DataType::kFloat
          : kInputTypes[static_cast<std::size_t>(draw.between(0, kInputTypes.size() - 1))].in;
  std::string line = driver_word("conv", type);
  const auto add = [&line](const char* option, const auto& value) {
    line.append(" ").append(option).append(" ");
    if constexpr (std::is_convertible_v<decltype(value), std::string>) {
      line.append(value);
    } else {
      line.append(std::to_string(value));
    }
  };
  const bool may_be_long = draw.one_in(8), has_depth = draw.one_in(5);
  const std::int64_t groups = draw.one_in(3) ? draw.between(2, 4) : 1;
  add("-n", draw.between(1, 3));
  add("-c", groups * std::min(length(draw, may_be_long), kMaxInt / groups));
  add("-k", groups * std::min(length(draw, may_be_long), kMaxInt / groups));
  add("-g", groups);
  struct Axis {
    const char *in, *filter, *pad, *stride, *dilation;
  };
  constexpr Axis kAxes[] = {{"-H", "-y", "-p", "-u", "-l"},
                            {"-W", "-x", "-q", "-v", "-j"},
                            {"-!", "-@", "-$", "-#", "-^"}};
  if (has_depth) add("-_", 3);
  for (const Axis& axis : kAxes) {
    if (&axis == &kAxes[2] && !has_depth) break;
    add(axis.in, length(draw, may_be_long));
    add(axis.filter, draw.one_in(3) ? 1 : length(draw, may_be_long));
    add(axis.pad, parameter(draw, 0));
    add(axis.stride, parameter(draw, 1));
    add(axis.dilation, parameter(draw, 1));
  }
  for (const char* option : {"--in_strides", "--fil_strides", "--out_strides"}) {
    if (draw.one_in(6)) add(option, strides(draw, has_depth));
  }
  if (draw.one_in(4)) add("-m", "trans");
  add("-F", float_row(type) ? std::int64_t{1} << draw.between(0, 2) : 1);
  return line;
}

}  // namespace rdna1conv
