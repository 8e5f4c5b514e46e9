#include "element_bits.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace train {
namespace {

// By arithmetic: compilers and their libraries disagree on how _Float16 is passed.
struct Half {
  std::uint16_t bits = 0;
  Half() = default;
  explicit Half(float value) {
    constexpr int kLeastExponent = -14, kInfinity = 0x7c00;
    const double size = std::abs(double{value});
    const int exponent = size < std::ldexp(1.0, kLeastExponent) ? kLeastExponent : std::ilogb(size);
    // A mantissa that is rounded up to the next power of two carries into the exponent.
    const double mantissa = std::nearbyint(std::ldexp(size, 10 - exponent));
    const double places = (exponent - kLeastExponent) * 1024.0 + mantissa;
    bits = static_cast<std::uint16_t>((std::signbit(value) ? 0x8000 : 0) |
                                      static_cast<int>(std::min<double>(places, kInfinity)));
  }
  explicit operator double() const {
    const int exponent = bits >> 10 & 31, mantissa = bits & 1023;
    const double size = exponent == 31  ? mantissa == 0 ? INFINITY : NAN
                        : exponent == 0 ? std::ldexp(mantissa, -24)
                                        : std::ldexp(1024 + mantissa, exponent - 25);
    return bits >> 15 != 0 ? -size : size;
  }
};

// fp32 with the low half cut off, to the nearest.
struct BFloat16 {
  std::uint16_t bits = 0;
  BFloat16() = default;
  explicit BFloat16(float value) {
    std::uint32_t all = 0;
    std::memcpy(&all, &value, sizeof all);
    bits = static_cast<std::uint16_t>((all + 0x7fff + (all >> 16 & 1)) >> 16);
  }
  explicit operator double() const {
    const std::uint32_t all = std::uint32_t{bits} << 16;
    float value = 0;
    std::memcpy(&value, &all, sizeof value);
    return value;
  }
};

// use(an element) of the type.
template <class Use>
auto with_element_of(miopenDataType_t type, Use use) {
  switch (type) {
    case miopenHalf:
      return use(Half{});
    case miopenBFloat16:
      return use(BFloat16{});
    default:
      return use(float{});
  }
}

}  // namespace

std::size_t bytes_of(miopenDataType_t type) {
  return with_element_of(type, [](auto element) { return sizeof element; });
}

std::vector<std::byte> to_elements(miopenDataType_t type, const std::vector<float>& values) {
  return with_element_of(type, [&](auto element) {
    std::vector<std::byte> bytes(values.size() * sizeof element);
    for (std::size_t i = 0; i < values.size(); ++i) {
      element = static_cast<decltype(element)>(values[i]);
      std::memcpy(&bytes[i * sizeof element], &element, sizeof element);
    }
    return bytes;
  });
}

std::vector<double> from_elements(miopenDataType_t type, const std::vector<std::byte>& bytes) {
  return with_element_of(type, [&](auto element) {
    std::vector<double> values(bytes.size() / sizeof element);
    for (std::size_t i = 0; i < values.size(); ++i) {
      std::memcpy(&element, &bytes[i * sizeof element], sizeof element);
      values[i] = static_cast<double>(element);
    }
    return values;
  });
}

}  // namespace train
