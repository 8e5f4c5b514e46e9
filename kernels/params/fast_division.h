#pragma once

// Unsigned division by a value that does not change within a launch: a multiply and a shift
// instead of the 20-odd instructions of a division on the device. Granlund and Montgomery,
// "Division by invariant integers using multiplication", PLDI 1994, figure 4.1; numerators below
// 2^31 keep the intermediate sum within 32 bits.

#include <cstdint>

namespace rdna1conv {

struct FastDivision {
  std::uint32_t divisor;
  std::uint32_t multiplier;
  std::uint32_t shift;
};

inline constexpr std::uint32_t kFastDivisionLimit = 1u << 31;  // numerators must be below

// For 1 <= divisor < 2^31.
constexpr FastDivision make_fast_division(std::uint32_t divisor) {
  std::uint32_t shift = 0;
  while ((std::uint64_t{1} << shift) < divisor) ++shift;
  const std::uint64_t power = std::uint64_t{1} << shift;
  const std::uint64_t multiplier = ((power - divisor) << 32) / divisor + 1;
  return {divisor, static_cast<std::uint32_t>(multiplier), shift};
}

constexpr std::uint32_t quotient(std::uint32_t numerator, const FastDivision& by) {
  const std::uint64_t product = std::uint64_t{numerator} * by.multiplier;
  return (static_cast<std::uint32_t>(product >> 32) + numerator) >> by.shift;
}

constexpr std::uint32_t remainder(std::uint32_t numerator, std::uint32_t its_quotient,
                                  const FastDivision& by) {
  return numerator - its_quotient * by.divisor;
}

}  // namespace rdna1conv
