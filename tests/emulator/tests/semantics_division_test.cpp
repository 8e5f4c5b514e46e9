// The instruction sequence that LLVM makes of a division must give the IEEE quotient, through
// v_div_scale, v_rcp, v_fma, v_div_fmas and v_div_fixup.
#include <gtest/gtest.h>

#include <random>

#include "isa/float_mode.h"
#include "vector_case.h"

namespace emulator {
namespace {

// Registers of the sequence; two each, for doubles.
constexpr unsigned kNumerator = 100, kDenominator = 102, kScaledD = 104, kScaledN = 106,
                   kReciprocal = 108, kError = 110, kQuotient = 112, kOut = 114;
constexpr unsigned kUnusedMask = 30;
constexpr std::uint16_t kOne = 242;  // the inline constant 1.0

class Sequence {
 public:
  explicit Sequence(Wave& wave) : wave_(wave) {}

  // `sources` are VGPR indices, or kOne; bit k of `neg` negates source k.
  void operator()(std::string_view mnemonic, unsigned destination, std::array<unsigned, 3> sources,
                  std::uint8_t neg = 0, unsigned mask = operand::kVccLo) {
    Instruction instruction = make_instruction(mnemonic);
    instruction.destination = static_cast<std::uint16_t>(operand::kVgpr + destination);
    instruction.scalar_destination = static_cast<std::uint16_t>(mask);
    instruction.neg = neg;
    instruction.plain_vgpr = 0;
    for (unsigned k = 0; k < sources.size(); ++k) {
      const bool is_constant = sources[k] == kOne;
      instruction.source[k] =
          static_cast<std::uint16_t>(is_constant ? kOne : operand::kVgpr + sources[k]);
      if (!is_constant && (neg >> k & 1) == 0) {
        instruction.plain_vgpr |= static_cast<std::uint8_t>(1u << k);
      }
    }
    instruction.execute(wave_, instruction);
  }

 private:
  Wave& wave_;
};

// LLVM, SITargetLowering::LowerFDIV32 and LowerFDIV64, with denormals on.
void divide(Wave& wave, bool is_double) {
  Sequence run(wave);
  const std::string type = is_double ? "_f64" : "_f32";
  const std::string fma = "v_fma" + type;
  const std::string scale = "v_div_scale" + type;
  run(scale, kScaledD, {kDenominator, kDenominator, kNumerator}, 0, kUnusedMask);
  run(scale, kScaledN, {kNumerator, kDenominator, kNumerator});
  run("v_rcp" + type, kReciprocal, {kScaledD, 0, 0});
  for (unsigned step = 0; step < 2; ++step) {
    run(fma, kError, {kScaledD, kReciprocal, kOne}, 1);
    run(fma, kReciprocal, {kReciprocal, kError, kReciprocal});
  }
  run(is_double ? "v_mul_f64" : "v_mul_f32", kQuotient, {kScaledN, kReciprocal, 0});
  run(fma, kError, {kScaledD, kQuotient, kScaledN}, 1);
  run(fma, kQuotient, {kError, kReciprocal, kQuotient});
  run(fma, kError, {kScaledD, kQuotient, kScaledN}, 1);
  run("v_div_fmas" + type, kOut, {kError, kReciprocal, kQuotient});
  run("v_div_fixup" + type, kOut, {kOut, kDenominator, kNumerator});
}

template <class Float>
void put(Wave& wave, unsigned vgpr, unsigned lane, Float value) {
  using Bits = std::conditional_t<sizeof(Float) == 8, std::uint64_t, std::uint32_t>;
  const std::uint64_t bits = std::bit_cast<Bits>(value);
  wave.v[0][vgpr].lane[lane] = static_cast<std::uint32_t>(bits);
  wave.v[0][vgpr + 1].lane[lane] = static_cast<std::uint32_t>(bits >> 32);
}
template <class Float>
Float get(const Wave& wave, unsigned vgpr, unsigned lane) {
  using Bits = std::conditional_t<sizeof(Float) == 8, std::uint64_t, std::uint32_t>;
  const std::uint64_t low = wave.v[0][vgpr].lane[lane];
  const std::uint64_t high = wave.v[0][vgpr + 1].lane[lane];
  return std::bit_cast<Float>(static_cast<Bits>(sizeof(Float) == 8 ? low | high << 32 : low));
}

template <class Float>
void expect_ieee_quotients() {
  using Bits = std::conditional_t<sizeof(Float) == 8, std::uint64_t, std::uint32_t>;
  std::mt19937_64 random(20190707);  // fixed: failures repeat
  const auto wave = make_wave(false);
  const auto any = [&] { return std::bit_cast<Float>(static_cast<Bits>(random())); };
  for (unsigned round = 0; round < 4000; ++round) {
    std::array<std::pair<Float, Float>, kLanes> operands;
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      // Bits at random reach every exponent; every fourth pair has special operands.
      operands[lane] = {any(), any()};
      if (lane % 4 == 0) {
        constexpr auto kLimits = std::numeric_limits<Float>{};
        const Float special[] = {Float{0},
                                 -Float{0},
                                 kLimits.infinity(),
                                 kLimits.max(),
                                 kLimits.denorm_min(),
                                 kLimits.min(),
                                 Float{1},
                                 Float{3}};
        operands[lane].first = special[random() % std::size(special)];
        if (lane % 8 == 0) operands[lane].second = special[random() % std::size(special)];
      }
      put(*wave, kNumerator, lane, operands[lane].first);
      put(*wave, kDenominator, lane, operands[lane].second);
    }
    divide(*wave, sizeof(Float) == 8);
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      const auto [a, b] = operands[lane];
      const Float expected = a / b;
      const Float actual = get<Float>(*wave, kOut, lane);
      const bool same = expected != expected
                            ? actual != actual
                            : std::bit_cast<Bits>(actual) == std::bit_cast<Bits>(expected);
      ASSERT_TRUE(same) << std::hexfloat << a << " / " << b << " gave " << actual << ", not "
                        << expected;
    }
  }
}

TEST(Division, Float) { expect_ieee_quotients<float>(); }
TEST(Division, Double) { expect_ieee_quotients<double>(); }

}  // namespace
}  // namespace emulator
