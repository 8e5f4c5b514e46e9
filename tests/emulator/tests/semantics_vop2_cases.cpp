// VOP2: expected values by IEEE rules and integer arithmetic done by hand.
#include "vector_case.h"

namespace emulator {
namespace {

constexpr FloatMode flushing() {
  FloatMode mode;
  mode.denormal_f32 = 0;
  return mode;
}
constexpr FloatMode no_ieee() {
  FloatMode mode;
  mode.ieee = false;
  return mode;
}
constexpr Setup in_mode(FloatMode mode) {
  Setup setup;
  setup.mode = mode;
  return setup;
}

// 1 + 2^-23 and its square rounded once after subtracting 1 + 2^-22: 2^-46, which only a fused
// multiply-add sees.
constexpr std::uint64_t kOnePlusUlp = 0x3f800001;
constexpr std::uint64_t kMinusOnePlusTwoUlp = 0xbf800002;

constexpr VectorCase kCases[] = {
    {"v_cndmask_b32", {111, 222, 0}, 111},
    {"v_cndmask_b32", {111, 222, 1}, 222},
    {"v_add_f32", {f32(1.5f), f32(2.25f)}, f32(3.75f)},
    {"v_add_f32", {kMaxFloat, kMaxFloat}, kInf},
    {"v_add_f32", {kInf, kMinusInf}, kAnyNan},
    {"v_add_f32", {kDenormal, kDenormal}, 2},
    {"v_add_f32", {kDenormal, kDenormal}, 0, {}, 0, in_mode(flushing())},
    {"v_sub_f32", {f32(1.5f), f32(2.25f)}, f32(-0.75f)},
    {"v_subrev_f32", {f32(1.5f), f32(2.25f)}, f32(0.75f)},
    {"v_mac_legacy_f32", {f32(3), f32(4), f32(5)}, f32(17)},
    {"v_mac_legacy_f32", {f32(0), kInf, f32(5)}, f32(5)},
    {"v_mul_legacy_f32", {f32(3), f32(-4)}, f32(-12)},
    {"v_mul_legacy_f32", {kNan, f32(0)}, f32(0)},
    {"v_mul_f32", {f32(3), f32(-4)}, f32(-12)},
    {"v_mul_f32", {f32(0), kInf}, kAnyNan},
    {"v_mul_f32", {kOnePlusUlp, kOnePlusUlp}, 0x3f800002},  // 1 + 2^-22, the 2^-46 rounded away
    {"v_mul_i32_i24", {0x00ffffff, 5}, i32(-5)},            // -1 in 24 bits
    {"v_mul_i32_i24", {0x007fffff, 0x007fffff}, 0xff000001},
    {"v_mul_i32_i24", {0x007fffff, 0x007fffff}, 0x7fffffff, {}, 0, clamped()},
    {"v_mul_hi_i32_i24", {0x007fffff, 0x007fffff}, 0x3fff},
    {"v_mul_hi_i32_i24", {0x00ffffff, 1}, 0xffffffff},
    {"v_mul_u32_u24", {0xff000003, 7}, 21},  // the top byte is ignored
    {"v_mul_u32_u24", {0x00ffffff, 0x00ffffff}, 0xfe000001},
    {"v_mul_hi_u32_u24", {0x00ffffff, 0x00ffffff}, 0xffff},
    {"v_min_f32", {f32(1), f32(2)}, f32(1)},
    {"v_min_f32", {f32(0), kMinusZero}, kMinusZero},
    {"v_min_f32", {kNan, f32(2)}, f32(2)},
    {"v_min_f32", {f32(2), kNan}, f32(2)},
    {"v_min_f32", {kSignallingNan, f32(2)}, 0x7fc00001},
    {"v_min_f32", {kSignallingNan, f32(2)}, f32(2), {}, 0, in_mode(no_ieee())},
    {"v_max_f32", {f32(-1), f32(-2)}, f32(-1)},
    {"v_max_f32", {kMinusZero, f32(0)}, f32(0)},
    {"v_max_f32", {f32(2), kSignallingNan}, 0x7fc00001},
    {"v_max_f32", {kNan, kNan}, kAnyNan},
    {"v_max_f32", {kDenormal, 0}, kDenormal},
    {"v_max_f32", {kDenormal, 0}, 0, {}, 0, in_mode(flushing())},
    {"v_min_i32", {i32(-3), 2}, i32(-3)},
    {"v_max_i32", {i32(-3), 2}, 2},
    {"v_min_u32", {i32(-3), 2}, 2},
    {"v_max_u32", {i32(-3), 2}, i32(-3)},
    {"v_lshrrev_b32", {4, 0x80000000}, 0x08000000},
    {"v_lshrrev_b32", {36, 0x80000000}, 0x08000000},  // five bits of shift
    {"v_ashrrev_i32", {4, 0x80000000}, 0xf8000000},
    {"v_lshlrev_b32", {33, 3}, 6},
    {"v_and_b32", {0xff00ff00, 0x0ff00ff0}, 0x0f000f00},
    {"v_or_b32", {0xff00ff00, 0x0ff00ff0}, 0xfff0fff0},
    {"v_xor_b32", {0xff00ff00, 0x0ff00ff0}, 0xf0f0f0f0},
    {"v_xnor_b32", {0xff00ff00, 0x0ff00ff0}, 0x0f0f0f0f},
    {"v_mac_f32", {f32(3), f32(4), f32(5)}, f32(17)},
    {"v_mac_f32", {kOnePlusUlp, kOnePlusUlp, kMinusOnePlusTwoUlp}, f32(0)},  // rounded twice
    {"v_mac_f32", {kDenormal, f32(1), f32(0)}, f32(0)},                      // and flushed
    {"v_madmk_f32", {f32(3), f32(4), f32(5)}, f32(17)},                      // s0 * K + s1
    {"v_madak_f32", {f32(3), f32(5), f32(4)}, f32(19)},                      // s0 * s1 + K
    {"v_add_nc_u32", {0xffffffff, 2}, 1},
    {"v_add_nc_u32", {0xffffffff, 2}, 0xffffffff, {}, 0, clamped()},
    {"v_sub_nc_u32", {1, 2}, 0xffffffff},
    {"v_sub_nc_u32", {1, 2}, 0, {}, 0, clamped()},
    {"v_subrev_nc_u32", {1, 3}, 2},
    {"v_subrev_nc_u32", {3, 1}, 0, {}, 0, clamped()},
    {"v_add_co_ci_u32", {0xffffffff, 0, 1}, 0, true},
    {"v_add_co_ci_u32", {0xffffffff, 0, 0}, 0xffffffff, false},
    {"v_add_co_ci_u32", {0xffffffff, 0xffffffff, 1}, 0xffffffff, true},
    {"v_add_co_ci_u32", {0xffffffff, 5, 0}, 0xffffffff, true, 0, clamped()},
    {"v_sub_co_ci_u32", {5, 5, 1}, 0xffffffff, true},
    {"v_sub_co_ci_u32", {5, 5, 0}, 0, false},
    {"v_sub_co_ci_u32", {0, 0xffffffff, 1}, 0, true},
    {"v_subrev_co_ci_u32", {5, 7, 1}, 1, false},
    {"v_subrev_co_ci_u32", {7, 5, 0}, 0xfffffffe, true},
    {"v_fmac_f32", {f32(3), f32(4), f32(5)}, f32(17)},
    {"v_fmac_f32", {kOnePlusUlp, kOnePlusUlp, kMinusOnePlusTwoUlp}, f32(0x1p-46f)},
    {"v_fmamk_f32", {f32(3), f32(4), f32(5)}, f32(17)},
    {"v_fmaak_f32", {f32(3), f32(5), f32(4)}, f32(19)},
    {"v_cvt_pkrtz_f16_f32", {f32(1), f32(-2)}, pair(kHalfOne, 0xc000)},
    {"v_cvt_pkrtz_f16_f32", {f32(65519), f32(1e10f)}, pair(kHalfMax, kHalfMax)},
    {"v_cvt_pkrtz_f16_f32", {f32(1.0009f), kInf}, pair(kHalfOne, kHalfInf)},
    {"v_add_f16", {kHalfOne, kHalfTwo}, kHalfThree},
    {"v_add_f16", {kHalfMax, kHalfMax}, kHalfInf},
    {"v_add_f16", {kHalfDenormal, kHalfDenormal}, 2},
    // 2048 + 1 lies between 2048 and 2050: to even.
    {"v_add_f16", {0x6800, kHalfOne}, 0x6800},
    {"v_sub_f16", {kHalfThree, kHalfOne}, kHalfTwo},
    {"v_subrev_f16", {kHalfOne, kHalfThree}, kHalfTwo},
    {"v_mul_f16", {kHalfTwo, kHalfTwo}, kHalfFour},
    {"v_mul_f16", {kHalfDenormal, kHalfHalf}, 0},  // half of the smallest: to even
    {"v_fmac_f16", {kHalfOne, kHalfTwo, kHalfOne}, kHalfThree},
    // (1 + 2^-10)^2 - (1 + 2^-9) = 2^-20
    {"v_fmac_f16", {0x3c01, 0x3c01, 0xbc02}, 0x0010},
    // 16 (1 - 2^-20) + 32800 is just below the tie at 32816, which a float sum would meet.
    {"v_fmac_f16", {0x4401, 0x43fe, 0x7801}, 0x7801},
    {"v_fmamk_f16", {kHalfOne, kHalfTwo, kHalfOne}, kHalfThree},
    {"v_fmaak_f16", {kHalfOne, kHalfTwo, kHalfOne}, kHalfThree},
    {"v_max_f16", {kHalfOne, kHalfTwo}, kHalfTwo},
    {"v_max_f16", {kHalfSignallingNan, kHalfTwo}, 0x7f00},
    {"v_max_f16", {kHalfMinusZero, kHalfZero}, kHalfZero},
    {"v_min_f16", {kHalfOne, kHalfTwo}, kHalfOne},
    {"v_min_f16", {kHalfNan, kHalfTwo}, kHalfTwo},
    {"v_ldexp_f16", {kHalfOne, 1}, kHalfTwo},
    {"v_ldexp_f16", {kHalfOne, i32(-24)}, kHalfDenormal},
    {"v_ldexp_f16", {kHalfOne, 0x7fff}, kHalfInf},
    {"v_pk_fmac_f16",
     {pair(kHalfOne, kHalfTwo), pair(kHalfTwo, kHalfTwo), pair(kHalfOne, kHalfZero)},
     pair(kHalfThree, kHalfFour)},
};

}  // namespace

std::span<const VectorCase> vop2_cases() { return kCases; }

}  // namespace emulator
