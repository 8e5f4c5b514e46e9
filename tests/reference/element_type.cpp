#include "element_type.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>

namespace rdna1conv {
namespace {

// Nearest value of a binary format with `fraction_bits` bits behind the leading one, the smallest
// normal exponent `least_exponent` and the largest finite value `largest`.
double rounded_to(double value, int fraction_bits, int least_exponent, double largest) {
  if (value == 0 || !std::isfinite(value)) return value;
  const int exponent = std::max(std::ilogb(value), least_exponent);
  const double quantum = std::ldexp(1.0, exponent - fraction_bits);
  const double nearest = std::nearbyint(value / quantum) * quantum;
  if (std::fabs(nearest) <= largest) return nearest;
  return std::copysign(std::numeric_limits<double>::infinity(), value);
}

constexpr double kLargestHalf = 65504;
constexpr double kLargestBFloat16 = 0x1.fep127;

template <class Integer>
double rounded_to_integer(double value) {
  return std::clamp<double>(std::nearbyint(value), std::numeric_limits<Integer>::min(),
                            std::numeric_limits<Integer>::max());
}

std::uint16_t half_bits(double value) {
  const auto sign = static_cast<std::uint16_t>(std::signbit(value) ? 0x8000 : 0);
  const double magnitude = std::fabs(value);
  if (std::isnan(value)) return 0x7e00;
  if (std::isinf(value)) return sign | 0x7c00;
  if (magnitude < 0x1p-14) return sign | static_cast<std::uint16_t>(magnitude * 0x1p24);
  const int exponent = std::ilogb(magnitude);
  const double fraction = std::ldexp(magnitude, -exponent) - 1;
  return static_cast<std::uint16_t>(sign | (exponent + 15) << 10 |
                                    static_cast<int>(fraction * 1024));
}

double half_value(std::uint16_t bits) {
  const double sign = bits & 0x8000 ? -1 : 1;
  const int exponent = bits >> 10 & 31, fraction = bits & 1023;
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  if (exponent < 31) return sign * std::ldexp(1024 + fraction, exponent - 25);
  return fraction == 0 ? sign * std::numeric_limits<double>::infinity()
                       : std::numeric_limits<double>::quiet_NaN();
}

template <class T>
void put(std::byte* at, T value) {
  std::memcpy(at, &value, sizeof value);
}

template <class T>
T get(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

[[noreturn]] void unknown(DataType type) {
  throw std::logic_error("no element type of convolutions: " + std::string(name_of(type)));
}

}  // namespace

double rounded(DataType type, double value) {
  switch (type) {
    case DataType::kFloat:
      return static_cast<double>(static_cast<float>(value));
    case DataType::kHalf:
      return rounded_to(value, 10, -14, kLargestHalf);
    case DataType::kBFloat16:
      return rounded_to(value, 7, -126, kLargestBFloat16);
    case DataType::kInt8:
      return rounded_to_integer<std::int8_t>(value);
    case DataType::kInt32:
      return rounded_to_integer<std::int32_t>(value);
    default:
      unknown(type);
  }
}

void store_element(DataType type, double value, std::byte* at) {
  if (type == DataType::kFloat) return put(at, static_cast<float>(value));
  const double nearest = rounded(type, value);
  switch (type) {
    case DataType::kHalf:
      return put(at, half_bits(nearest));
    case DataType::kBFloat16:
      return put(at, static_cast<std::uint16_t>(
                         std::bit_cast<std::uint32_t>(static_cast<float>(nearest)) >> 16));
    case DataType::kInt8:
      return put(at, static_cast<std::int8_t>(nearest));
    case DataType::kInt32:
      return put(at, static_cast<std::int32_t>(nearest));
    default:
      unknown(type);
  }
}

double load_element(DataType type, const std::byte* at) {
  switch (type) {
    case DataType::kFloat:
      return double{get<float>(at)};
    case DataType::kHalf:
      return half_value(get<std::uint16_t>(at));
    case DataType::kBFloat16:
      return double{std::bit_cast<float>(std::uint32_t{get<std::uint16_t>(at)} << 16)};
    case DataType::kInt8:
      return get<std::int8_t>(at);
    case DataType::kInt32:
      return get<std::int32_t>(at);
    default:
      unknown(type);
  }
}

std::string types_text(const ConvProblem& problem) {
  std::string text(name_of(problem.x_type));
  if (problem.y_type != problem.x_type) text.append(" to ").append(name_of(problem.y_type));
  return text;
}

}  // namespace rdna1conv
