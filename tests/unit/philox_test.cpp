// The known answers that the generator's authors publish (Random123, kat_vectors).
#include "params/philox.h"

#include <gtest/gtest.h>

#include <vector>

namespace rdna1conv {
namespace {

template <int Rounds>
std::vector<std::uint32_t> words(const PhiloxWords& counter, std::uint64_t key) {
  const PhiloxWords result = philox<Rounds>(counter, key);
  return {std::begin(result.at), std::end(result.at)};
}

using Words = std::vector<std::uint32_t>;
constexpr std::uint32_t kOnes = ~0u;

TEST(Philox, HasKnownAnswers) {
  EXPECT_EQ(words<7>({}, 0), (Words{0x5f6fb709, 0x0d893f64, 0x4f121f81, 0x4f730a48}));
  EXPECT_EQ(words<10>({}, 0), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(words<10>({{kOnes, kOnes, kOnes, kOnes}}, ~std::uint64_t{0}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(words<10>({{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}}, 0x299f31d0a4093822),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

}  // namespace
}  // namespace rdna1conv
