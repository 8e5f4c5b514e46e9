// VOP3: floating point operations, by IEEE rules and by hand; the division sequence as a whole is
// in semantics_division_test.cpp.
#include "vector_case.h"

namespace emulator {
namespace {

constexpr Setup signs(std::uint8_t neg, std::uint8_t abs) {
  Setup setup;
  setup.neg = neg;
  setup.abs = abs;
  return setup;
}
constexpr Setup selecting(std::uint8_t op_sel) {
  Setup setup;
  setup.op_sel = op_sel;
  return setup;
}
// omod needs f32 denormals flushed and IEEE mode off.
constexpr Setup scaled(std::uint8_t omod, bool clamp = false) {
  Setup setup;
  setup.omod = omod;
  setup.clamp = clamp;
  setup.mode.ieee = false;
  setup.mode.denormal_f32 = 0;
  setup.mode.denormal_f16_f64 = 0;
  return setup;
}
constexpr Setup ignored_omod() {
  Setup setup;
  setup.omod = 1;
  return setup;
}
constexpr Setup clamp_without_dx10() {
  Setup setup;
  setup.clamp = true;
  setup.mode.dx10_clamp = false;
  return setup;
}
constexpr Setup rounding(std::uint8_t f32_mode, std::uint8_t f64_mode) {
  Setup setup;
  setup.mode.round_f32 = f32_mode;
  setup.mode.round_f16_f64 = f64_mode;
  return setup;
}

constexpr std::uint64_t kMinusOne = 0xbf800000;
constexpr std::uint64_t kTwoPowMinus60 = 0x21800000;
constexpr std::uint64_t kOneUp = 0x3f800001;
constexpr std::uint64_t kOneDown = 0x3f7fffff;

constexpr VectorCase kCases[] = {
    {"v_mad_legacy_f32", {f32(3), f32(4), f32(5)}, f32(17)},
    {"v_mad_legacy_f32", {kNan, f32(0), f32(5)}, f32(5)},
    {"v_mad_f32", {f32(3), f32(4), f32(5)}, f32(17)},
    {"v_mad_f32", {f32(3), f32(4), f32(5)}, f32(-7), {}, 0, signs(1, 0)},
    {"v_cubeid_f32", {f32(1), f32(-3), f32(2)}, f32(3)},
    {"v_cubeid_f32", {f32(-1), f32(0), f32(0.5f)}, f32(1)},
    {"v_cubeid_f32", {f32(1), f32(1), f32(1)}, f32(4)},
    {"v_cubesc_f32", {f32(1), f32(-3), f32(2)}, f32(1)},
    {"v_cubesc_f32", {f32(-1), f32(0), f32(0.5f)}, f32(0.5f)},
    {"v_cubesc_f32", {f32(1), f32(0), f32(-2)}, f32(-1)},
    {"v_cubetc_f32", {f32(1), f32(-3), f32(2)}, f32(-2)},
    {"v_cubetc_f32", {f32(-1), f32(0.25f), f32(0.5f)}, f32(-0.25f)},
    {"v_cubema_f32", {f32(1), f32(-3), f32(2)}, f32(-6)},
    {"v_cubema_f32", {f32(1), f32(0), f32(-2)}, f32(-4)},
    {"v_fma_f32", {f32(3), f32(4), f32(5)}, f32(17)},
    {"v_fma_f32", {kOneUp, kOneUp, 0xbf800002}, f32(0x1p-46f)},
    {"v_fma_f32", {f32(-3), f32(4), f32(5)}, f32(7), {}, 0, signs(4, 1)},  // |-3| * 4 - 5
    {"v_fma_f32", {f32(1), f32(1), f32(1)}, f32(4), {}, 0, scaled(1)},
    {"v_fma_f32", {f32(1), f32(1), f32(1)}, f32(8), {}, 0, scaled(2)},
    {"v_fma_f32", {f32(1), f32(1), f32(1)}, f32(1), {}, 0, scaled(3)},
    {"v_fma_f32", {f32(1), f32(1), f32(1)}, f32(1), {}, 0, scaled(1, true)},
    {"v_fma_f32", {f32(1), f32(1), f32(1)}, f32(2), {}, 0, ignored_omod()},
    {"v_fma_f32", {f32(-1), f32(1), f32(0)}, f32(0), {}, 0, clamped()},
    {"v_fma_f32", {f32(0.5f), f32(1), f32(0)}, f32(0.5f), {}, 0, clamped()},
    {"v_fma_f32", {kNan, f32(1), f32(0)}, f32(0), {}, 0, clamped()},
    {"v_fma_f32", {kNan, f32(1), f32(0)}, kAnyNan, {}, 0, clamp_without_dx10()},
    // 1 +- 2^-60 in each direction.
    {"v_fma_f32", {f32(1), f32(1), kTwoPowMinus60}, f32(1), {}, 0, rounding(0, 1)},
    {"v_fma_f32", {f32(1), f32(1), kTwoPowMinus60}, kOneUp, {}, 0, rounding(1, 0)},
    {"v_fma_f32",
     {f32(1), f32(1), kTwoPowMinus60},
     kOneDown,
     {},
     0,
     [] {
       Setup setup = rounding(2, 0);
       setup.neg = 4;
       return setup;
     }()},
    {"v_fma_f32", {kMinusOne, f32(1), kTwoPowMinus60}, 0xbf7fffff, {}, 0, rounding(3, 0)},
    {"v_fma_f64", {f64(3), f64(4), f64(5)}, f64(17)},
    {"v_fma_f64", {0x3ff0000000000001, 0x3ff0000000000001, 0xbff0000000000002}, f64(0x1p-104)},
    {"v_fma_f64", {f64(1), f64(1), f64(0x1p-100)}, 0x3ff0000000000001, {}, 0, rounding(0, 1)},
    {"v_fma_f64", {f64(1), f64(1), f64(0x1p-100)}, f64(1), {}, 0, rounding(1, 0)},
    {"v_mullit_f32", {f32(3), f32(4), f32(1)}, f32(12)},
    {"v_mullit_f32", {f32(3), f32(4), f32(0)}, 0xff7fffff},
    {"v_mullit_f32", {f32(3), kMinusInf, f32(1)}, 0xff7fffff},
    {"v_min3_f32", {f32(3), f32(1), f32(2)}, f32(1)},
    {"v_min3_f32", {kNan, f32(1), f32(2)}, f32(1)},
    {"v_max3_f32", {f32(3), f32(1), f32(2)}, f32(3)},
    {"v_med3_f32", {f32(3), f32(1), f32(2)}, f32(2)},
    {"v_med3_f32", {f32(0), f32(-5), f32(6)}, f32(0)},
    {"v_med3_f32", {kNan, f32(1), f32(2)}, f32(1)},
    {"v_cvt_pk_u8_f32", {f32(7), 1, 0xaabbccdd}, 0xaabb07dd},
    {"v_cvt_pk_u8_f32", {f32(300), 3, 0}, 0xff000000},
    {"v_cvt_pk_u8_f32", {f32(-5), 0, 0x11}, 0},
    {"v_div_fixup_f32", {f32(0.5f), f32(-4), f32(2)}, f32(-0.5f)},
    {"v_div_fixup_f32", {f32(1), f32(0), f32(2)}, kInf},
    {"v_div_fixup_f32", {f32(1), f32(0), f32(0)}, kAnyNan},
    {"v_div_fixup_f32", {kNan, kInf, f32(-2)}, kMinusZero},
    {"v_div_fixup_f32", {f32(1), f32(2), kNan}, kAnyNan},
    {"v_div_fixup_f64", {f64(0.5), f64(4), f64(-2)}, f64(-0.5)},
    {"v_div_fixup_f64", {f64(0.5), 0, f64(-2)}, 0xfff0000000000000},
    {"v_add_f64", {f64(1.5), f64(2.25)}, f64(3.75)},
    {"v_add_f64", {f64(1.5), f64(2.25)}, f64(0.75), {}, 0, signs(1, 0)},
    {"v_mul_f64", {f64(3), f64(-4)}, f64(-12)},
    {"v_mul_f64", {f64(3), f64(-4)}, f64(-24), {}, 0, scaled(1)},
    {"v_min_f64", {f64(1), kNan64}, f64(1)},
    {"v_min_f64", {kMinusZero64, 0}, kMinusZero64},
    {"v_max_f64", {f64(1), f64(2)}, f64(2)},
    {"v_max_f64", {kSignallingNan64, f64(2)}, 0x7ff8000000000001},
    {"v_ldexp_f64", {f64(3), i32(-2)}, f64(0.75)},
    {"v_ldexp_f64", {f64(1), i32(-1074)}, 1},
    {"v_ldexp_f64", {f64(1), 5000}, kInf64},
    // Denominator and numerator in range: left alone.
    {"v_div_scale_f32", {f32(3), f32(3), f32(2)}, f32(3), false},
    // 2^100 / 2^-10: the quotient is near overflow, so the denominator is scaled.
    {"v_div_scale_f32", {f32(0x1p-10f), f32(0x1p-10f), f32(0x1p100f)}, f32(0x1p54f), true},
    {"v_div_scale_f32", {f32(0x1p100f), f32(0x1p-10f), f32(0x1p100f)}, f32(0x1p100f), true},
    {"v_div_scale_f32", {kDenormal, kDenormal, f32(0x1p-130f)}, f32(0x1p-85f), false},
    {"v_div_scale_f32", {f32(1), f32(0), f32(1)}, kAnyNan, false},
    {"v_div_scale_f64", {f64(3), f64(3), f64(2)}, f64(3), false},
    {"v_div_scale_f64", {f64(0x1p-10), f64(0x1p-10), f64(0x1p800)}, f64(0x1p118), true},
    {"v_div_fmas_f32", {f32(3), f32(4), f32(5), 0}, f32(17)},
    {"v_div_fmas_f32", {f32(3), f32(4), f32(5), 1}, f32(17 * 0x1p64f)},
    {"v_div_fmas_f32", {f32(3), f32(4), f32(1), 1}, f32(13 * 0x1p-64f)},
    {"v_div_fmas_f64", {f64(3), f64(4), f64(5), 0}, f64(17)},
    {"v_div_fmas_f64", {f64(3), f64(4), f64(5), 1}, f64(17 * 0x1p128)},
    // The first 53 bits of 2 / pi = 0.a2f9836e4e441529fc... (base 16), and the next.
    {"v_trig_preop_f64", {f64(1), 0}, f64(0x1.45f306dc9c882p-1)},
    {"v_trig_preop_f64", {f64(1), 1}, f64(0x1.4a7f09d5f47d4p-54)},
    {"v_pack_b32_f16", {kHalfOne, kHalfTwo}, pair(kHalfOne, kHalfTwo)},
    {"v_pack_b32_f16",
     {pair(0, kHalfOne), kHalfTwo},
     pair(kHalfOne, kHalfTwo),
     {},
     0,
     selecting(1)},
    {"v_cvt_pknorm_i16_f16", {kHalfOne, kHalfMinusOne}, pair(32767, i16(-32767))},
    {"v_cvt_pknorm_u16_f16", {kHalfOne, kHalfMinusOne}, pair(65535, 0)},
    {"v_fma_f16", {kHalfOne, kHalfTwo, kHalfOne}, kHalfThree},
    {"v_fma_f16", {0x4401, 0x43fe, 0x7801}, 0x7801},
    {"v_fma_f16", {kHalfOne, pair(0, kHalfTwo), kHalfOne}, kHalfThree, {}, 0, selecting(2 + 8)},
    {"v_min3_f16", {kHalfThree, kHalfOne, kHalfTwo}, kHalfOne},
    {"v_max3_f16", {kHalfThree, kHalfOne, kHalfTwo}, kHalfThree},
    {"v_med3_f16", {kHalfThree, kHalfOne, kHalfTwo}, kHalfTwo},
    {"v_div_fixup_f16", {kHalfHalf, kHalfTwo, kHalfMinusOne}, 0xb800},
    {"v_div_fixup_f16", {kHalfHalf, kHalfZero, kHalfOne}, kHalfInf},
    {"v_ldexp_f32", {f32(3), i32(-2)}, f32(0.75f)},
    {"v_ldexp_f32", {f32(1), i32(-149)}, kDenormal},
    {"v_ldexp_f32", {f32(1), 0x7fffffff}, kInf},
    {"v_cvt_pknorm_i16_f32", {f32(1), f32(-2)}, pair(32767, i16(-32767))},
    {"v_cvt_pknorm_u16_f32", {f32(0.5f), f32(-2)}, pair(32768, 0)},
};

}  // namespace

std::span<const VectorCase> vop3_float_cases() { return kCases; }

}  // namespace emulator
