#include "params/fast_division.h"

#include <gtest/gtest.h>

#include <random>

namespace rdna1conv {
namespace {

void expect_divides(std::uint32_t numerator, std::uint32_t divisor) {
  const FastDivision by = make_fast_division(divisor);
  const std::uint32_t q = quotient(numerator, by);
  ASSERT_EQ(q, numerator / divisor) << numerator << " / " << divisor;
  ASSERT_EQ(remainder(numerator, q, by), numerator % divisor) << numerator << " % " << divisor;
}

TEST(FastDivision, IsExactAroundMultiples) {
  std::mt19937 generator(1);
  std::vector<std::uint32_t> divisors;
  for (std::uint32_t divisor = 1; divisor <= 1200; ++divisor) divisors.push_back(divisor);
  for (std::uint32_t shift = 0; shift < 31; ++shift) {
    const std::uint32_t power = 1u << shift;
    for (const std::uint32_t divisor : {power - 1, power, power + 1})
      if (divisor > 0) divisors.push_back(divisor);
  }
  divisors.push_back(kFastDivisionLimit - 1);
  for (int i = 0; i < 2000; ++i) divisors.push_back(generator() % (kFastDivisionLimit - 1) + 1);

  for (const std::uint32_t divisor : divisors) {
    const std::uint32_t last_multiple = (kFastDivisionLimit - 1) / divisor * divisor;
    expect_divides(0, divisor);
    expect_divides(divisor - 1, divisor);
    expect_divides(divisor, divisor);
    expect_divides(last_multiple - 1, divisor);
    expect_divides(last_multiple, divisor);
    expect_divides(kFastDivisionLimit - 1, divisor);
    for (int i = 0; i < 20; ++i) {
      const std::uint32_t multiple =
          generator() % ((kFastDivisionLimit - 1) / divisor + 1) * divisor;
      expect_divides(multiple, divisor);
      if (multiple > 0) expect_divides(multiple - 1, divisor);
    }
  }
}

}  // namespace
}  // namespace rdna1conv
