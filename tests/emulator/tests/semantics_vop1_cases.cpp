// VOP1: expected values by IEEE rules, integer arithmetic by hand, and constants of mathematics
// rounded to the format.
#include "vector_case.h"

namespace emulator {
namespace {

constexpr Setup flushing_f16() {
  Setup setup;
  setup.mode.denormal_f16_f64 = 0;
  return setup;
}

constexpr VectorCase kCases[] = {
    {"v_nop", {}, kOldDword},
    {"v_pipeflush", {}, kOldDword},
    {"v_clrexcp", {}, kOldDword},
    {"v_mov_b32", {0x12345678}, 0x12345678},
    {"v_cvt_i32_f64", {f64(-3.9)}, i32(-3)},
    {"v_cvt_i32_f64", {f64(1e300)}, 0x7fffffff},
    {"v_cvt_i32_f64", {kNan64}, 0},
    {"v_cvt_f64_i32", {i32(-7)}, f64(-7)},
    {"v_cvt_f32_i32", {i32(-7)}, f32(-7)},
    {"v_cvt_f32_i32", {0x7fffffff}, f32(2147483648.0f)},
    {"v_cvt_f32_u32", {0xffffffff}, f32(4294967296.0f)},
    {"v_cvt_f32_u32", {0x01000001}, f32(16777216.0f)},  // a tie to even
    {"v_cvt_u32_f32", {f32(3.99f)}, 3},
    {"v_cvt_u32_f32", {f32(-1)}, 0},
    {"v_cvt_u32_f32", {f32(5e9f)}, 0xffffffff},
    {"v_cvt_u32_f32", {f32(4294967040.0f)}, 0xffffff00},
    {"v_cvt_u32_f32", {kNan}, 0},
    {"v_cvt_i32_f32", {f32(-3.99f)}, i32(-3)},
    {"v_cvt_i32_f32", {f32(3e9f)}, 0x7fffffff},
    {"v_cvt_i32_f32", {f32(-3e9f)}, 0x80000000},
    {"v_cvt_i32_f32", {f32(-2147483648.0f)}, 0x80000000},
    {"v_cvt_i32_f32", {kNan}, 0},
    {"v_cvt_f16_f32", {f32(1.5f)}, kHalfOneAndHalf},
    {"v_cvt_f16_f32", {f32(65519.0f)}, kHalfMax},
    {"v_cvt_f16_f32", {f32(65520.0f)}, kHalfInf},
    {"v_cvt_f16_f32", {f32(0x1p-24f)}, kHalfDenormal},
    {"v_cvt_f16_f32", {f32(0x1p-24f)}, 0, {}, 0, flushing_f16()},
    {"v_cvt_f16_f32", {kNan}, kAnyNan},
    {"v_cvt_f32_f16", {kHalfOneAndHalf}, f32(1.5f)},
    {"v_cvt_f32_f16", {kHalfDenormal}, f32(0x1p-24f)},
    {"v_cvt_f32_f16", {kHalfDenormal}, 0, {}, 0, flushing_f16()},
    {"v_cvt_f32_f16", {0xfc00}, kMinusInf},
    {"v_cvt_rpi_i32_f32", {f32(2.5f)}, 3},
    {"v_cvt_rpi_i32_f32", {f32(-2.5f)}, i32(-2)},
    {"v_cvt_flr_i32_f32", {f32(-2.5f)}, i32(-3)},
    {"v_cvt_off_f32_i4", {0xf8}, f32(-0.5f)},
    {"v_cvt_off_f32_i4", {7}, f32(0.4375f)},
    {"v_cvt_f32_f64", {f64(1.5)}, f32(1.5f)},
    {"v_cvt_f32_f64", {f64(1e300)}, kInf},
    {"v_cvt_f64_f32", {f32(-1.5f)}, f64(-1.5)},
    {"v_cvt_f64_f32", {kDenormal}, f64(0x1p-149)},
    {"v_cvt_f32_ubyte0", {0x04030201}, f32(1)},
    {"v_cvt_f32_ubyte1", {0x04030201}, f32(2)},
    {"v_cvt_f32_ubyte2", {0x04030201}, f32(3)},
    {"v_cvt_f32_ubyte3", {0xff030201}, f32(255)},
    {"v_cvt_u32_f64", {f64(4294967295.5)}, 0xffffffff},
    {"v_cvt_u32_f64", {f64(-5)}, 0},
    {"v_cvt_f64_u32", {0xffffffff}, f64(4294967295.0)},
    {"v_trunc_f64", {f64(-2.75)}, f64(-2)},
    {"v_ceil_f64", {f64(-2.75)}, f64(-2)},
    {"v_rndne_f64", {f64(2.5)}, f64(2)},
    {"v_floor_f64", {f64(-2.75)}, f64(-3)},
    {"v_fract_f32", {f32(2.75f)}, f32(0.75f)},
    {"v_fract_f32", {f32(-1e-10f)}, 0x3f7fffff},
    {"v_fract_f32", {kInf}, kAnyNan},
    {"v_trunc_f32", {f32(-2.75f)}, f32(-2)},
    {"v_ceil_f32", {f32(2.25f)}, f32(3)},
    {"v_ceil_f32", {f32(-0.5f)}, kMinusZero},
    {"v_rndne_f32", {f32(3.5f)}, f32(4)},
    {"v_rndne_f32", {f32(2.5f)}, f32(2)},
    {"v_floor_f32", {f32(-2.25f)}, f32(-3)},
    {"v_exp_f32", {f32(3)}, f32(8)},
    {"v_exp_f32", {f32(0.5f)}, 0x3fb504f3, {}, 1},  // sqrt(2)
    {"v_exp_f32", {f32(-126)}, f32(0x1p-126f)},
    {"v_exp_f32", {f32(-127)}, 0},  // a denormal result is flushed
    {"v_exp_f32", {f32(128)}, kInf},
    {"v_exp_f32", {kMinusInf}, 0},
    {"v_exp_f32", {kNan}, kAnyNan},
    {"v_log_f32", {f32(8)}, f32(3)},
    {"v_log_f32", {f32(10)}, 0x40549a78, {}, 1},  // log2(10) = 3.3219281
    {"v_log_f32", {f32(0)}, kMinusInf},
    {"v_log_f32", {kDenormal}, kMinusInf},
    {"v_log_f32", {f32(-1)}, kAnyNan},
    {"v_log_f32", {kInf}, kInf},
    {"v_rcp_f32", {f32(4)}, f32(0.25f)},
    {"v_rcp_f32", {f32(3)}, 0x3eaaaaab, {}, 1},
    {"v_rcp_f32", {kMinusZero}, kMinusInf},
    {"v_rcp_f32", {kDenormal}, kInf},
    {"v_rcp_f32", {f32(0x1p127f)}, 0},  // 2^-127 is flushed
    {"v_rcp_f32", {kMinusInf}, kMinusZero},
    {"v_rcp_iflag_f32", {f32(-0.5f)}, f32(-2)},
    {"v_rsq_f32", {f32(4)}, f32(0.5f)},
    {"v_rsq_f32", {f32(0)}, kInf},
    {"v_rsq_f32", {f32(-1)}, kAnyNan},
    {"v_rcp_f64", {f64(4)}, f64(0.25)},
    {"v_rcp_f64", {0}, kInf64},
    {"v_rsq_f64", {f64(16)}, f64(0.25)},
    {"v_sqrt_f32", {f32(9)}, f32(3)},
    {"v_sqrt_f32", {f32(2)}, 0x3fb504f3, {}, 1},
    {"v_sqrt_f32", {f32(-1)}, kAnyNan},
    {"v_sqrt_f32", {kDenormal}, 0},
    {"v_sqrt_f64", {f64(9)}, f64(3)},
    {"v_sin_f32", {f32(0.25f)}, f32(1)},
    {"v_sin_f32", {f32(0.125f)}, 0x3f3504f3, {}, 1},  // sqrt(1/2)
    {"v_sin_f32", {f32(-0.25f)}, f32(-1)},
    {"v_sin_f32", {f32(100.75f)}, f32(-1)},
    {"v_sin_f32", {kMaxFloat}, 0},
    {"v_sin_f32", {kMinusZero}, kMinusZero},
    {"v_sin_f32", {kInf}, kAnyNan},
    {"v_cos_f32", {0}, f32(1)},
    {"v_cos_f32", {f32(0.5f)}, f32(-1)},
    {"v_cos_f32", {0x3e2aaaab}, f32(0.5f), {}, 1},  // a sixth of a revolution
    {"v_cos_f32", {kMinusInf}, kAnyNan},
    {"v_not_b32", {0x0f0f0f0f}, 0xf0f0f0f0},
    {"v_bfrev_b32", {0x00000003}, 0xc0000000},
    {"v_ffbh_u32", {0x00010000}, 15},
    {"v_ffbh_u32", {0}, 0xffffffff},
    {"v_ffbl_b32", {0x00010000}, 16},
    {"v_ffbl_b32", {0}, 0xffffffff},
    {"v_ffbh_i32", {0xfffe0000}, 15},
    {"v_ffbh_i32", {0x00010000}, 15},
    {"v_ffbh_i32", {0xffffffff}, 0xffffffff},
    {"v_frexp_exp_i32_f64", {f64(8)}, 4},
    {"v_frexp_exp_i32_f64", {1}, i32(-1073)},  // 2^-1074
    {"v_frexp_mant_f64", {f64(-12)}, f64(-0.75)},
    {"v_frexp_mant_f64", {kInf64}, kInf64},
    {"v_fract_f64", {f64(-0.25)}, f64(0.75)},
    {"v_frexp_exp_i32_f32", {f32(8)}, 4},
    {"v_frexp_exp_i32_f32", {kDenormal}, i32(-148)},
    {"v_frexp_exp_i32_f32", {kInf}, 0},
    {"v_frexp_mant_f32", {f32(12)}, f32(0.75f)},
    {"v_frexp_mant_f32", {kDenormal}, f32(0.5f)},
    {"v_frexp_mant_f32", {kMinusZero}, kMinusZero},
    {"v_cvt_f16_u16", {3}, kHalfThree},
    {"v_cvt_f16_u16", {0xffff}, kHalfInf},  // 65535 rounds past the largest half
    {"v_cvt_f16_i16", {i16(-1)}, kHalfMinusOne},
    {"v_cvt_u16_f16", {kHalfMax}, 65504},
    {"v_cvt_u16_f16", {kHalfMinusOne}, 0},
    {"v_cvt_u16_f16", {kHalfInf}, 0xffff},
    {"v_cvt_i16_f16", {kHalfMax}, 0x7fff},
    {"v_cvt_i16_f16", {0xbe00}, i16(-1)},  // -1.5
    {"v_rcp_f16", {kHalfFour}, kHalfQuarter},
    {"v_rcp_f16", {kHalfThree}, 0x3555, {}, 1},
    {"v_rcp_f16", {kHalfMax}, 0x0100, {}, 1},  // a denormal: 2^-16 (1 + 2^-11)
    {"v_sqrt_f16", {kHalfFour}, kHalfTwo},
    {"v_rsq_f16", {kHalfFour}, kHalfHalf},
    {"v_log_f16", {kHalfFour}, kHalfTwo},
    {"v_log_f16", {kHalfDenormal}, 0xce00},  // log2(2^-24) = -24
    {"v_exp_f16", {kHalfTwo}, kHalfFour},
    {"v_exp_f16", {0xce00}, kHalfDenormal},
    {"v_frexp_mant_f16", {kHalfThree}, 0x3a00},  // 0.75
    {"v_frexp_mant_f16", {kHalfDenormal}, kHalfHalf},
    {"v_frexp_exp_i16_f16", {kHalfThree}, 2},
    {"v_frexp_exp_i16_f16", {kHalfDenormal}, i16(-23)},
    {"v_floor_f16", {0xbe00}, 0xc000},
    {"v_ceil_f16", {kHalfOneAndHalf}, kHalfTwo},
    {"v_trunc_f16", {0xbe00}, kHalfMinusOne},
    {"v_rndne_f16", {0x4100}, kHalfTwo},  // 2.5
    {"v_fract_f16", {0x4100}, kHalfHalf},
    {"v_fract_f16", {0x8001}, 0x3bff},
    {"v_sin_f16", {kHalfQuarter}, kHalfOne},
    {"v_cos_f16", {kHalfHalf}, kHalfMinusOne},
    {"v_sat_pk_u8_i16", {pair(300, i16(-5))}, 0x00ff},
    {"v_sat_pk_u8_i16", {pair(7, 9)}, 0x0907},
    {"v_cvt_norm_i16_f16", {kHalfMinusOne}, i16(-32767)},
    {"v_cvt_norm_i16_f16", {kHalfHalf}, 16384},  // 16383.5 to even
    {"v_cvt_norm_u16_f16", {kHalfHalf}, 32768},  // 32767.5 to even
    {"v_cvt_norm_u16_f16", {kHalfMinusOne}, 0},
};

}  // namespace

std::span<const VectorCase> vop1_cases() { return kCases; }

}  // namespace emulator
