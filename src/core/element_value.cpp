#include "core/element_value.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace rdna1conv {
namespace {

float half_value(std::uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const int fraction = bits & 1023;
  float magnitude;
  if (exponent == 31) {
    magnitude = fraction == 0 ? std::numeric_limits<float>::infinity()
                              : std::numeric_limits<float>::quiet_NaN();
  } else if (exponent == 0) {
    magnitude = std::ldexp(static_cast<float>(fraction), -24);
  } else {
    magnitude = std::ldexp(static_cast<float>(1024 + fraction), exponent - 25);
  }
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

template <class T>
T load(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

}  // namespace

double element_value(DataType type, const std::byte* from) {
  switch (type) {
    case DataType::kFloat:
      return load<float>(from);
    case DataType::kHalf:
      return half_value(load<std::uint16_t>(from));
    case DataType::kBFloat16: {
      const std::uint32_t bits = std::uint32_t{load<std::uint16_t>(from)} << 16;
      float value;
      std::memcpy(&value, &bits, sizeof value);
      return value;
    }
    case DataType::kInt8:
      return load<std::int8_t>(from);
    case DataType::kInt32:
      return load<std::int32_t>(from);
    case DataType::kDouble:
      return load<double>(from);
    default:
      return 0;  // types that no kernel computes with
  }
}

}  // namespace rdna1conv
