// VOP3: integer and bit operations, worked out by hand.
#include "vector_case.h"

namespace emulator {
namespace {

constexpr Setup selecting(std::uint8_t op_sel) {
  Setup setup;
  setup.op_sel = op_sel;
  return setup;
}

constexpr VectorCase kCases[] = {
    {"v_mad_i32_i24", {0x00ffffff, 5, 7}, 2},
    {"v_mad_i32_i24", {0x007fffff, 0x007fffff, 0}, 0x7fffffff, {}, 0, clamped()},
    {"v_mad_u32_u24", {0xff000003, 7, 9}, 30},
    {"v_mad_u32_u24", {0x00ffffff, 0x00ffffff, 0}, 0xffffffff, {}, 0, clamped()},
    {"v_bfe_u32", {0x12345678, 8, 12}, 0x456},
    {"v_bfe_u32", {0xffffffff, 4, 0}, 0},
    {"v_bfe_i32", {0x00000f00, 8, 4}, 0xffffffff},
    {"v_bfe_i32", {0x00000700, 8, 4}, 7},
    {"v_bfe_i32", {0xffffffff, 4, 0}, 0},
    {"v_bfi_b32", {0x0000ffff, 0x11111111, 0x22222222}, 0x22221111},
    {"v_lerp_u8", {0xff000305, 0xff010402, 0x00010001}, 0xff010304},
    {"v_alignbit_b32", {0x11223344, 0x55667788, 8}, 0x44556677},
    {"v_alignbit_b32", {0x11223344, 0x55667788, 32}, 0x55667788},
    {"v_alignbyte_b32", {0x11223344, 0x55667788, 3}, 0x22334455},
    {"v_min3_i32", {i32(-1), 5, i32(-7)}, i32(-7)},
    {"v_min3_u32", {i32(-1), 5, i32(-7)}, 5},
    {"v_max3_i32", {i32(-1), 5, i32(-7)}, 5},
    {"v_max3_u32", {i32(-1), 5, i32(-7)}, i32(-1)},
    {"v_med3_i32", {i32(-1), 5, i32(-7)}, i32(-1)},
    {"v_med3_u32", {i32(-1), 5, i32(-7)}, i32(-7)},
    {"v_sad_u8", {0x01020304, 0x04030201, 100}, 108},
    {"v_sad_u8", {0x000000ff, 0, 0xffffff80}, 0xffffffff, {}, 0, clamped()},
    {"v_sad_hi_u8", {0x01020304, 0x04030201, 100}, 0x80064},
    {"v_sad_u16", {0x00010005, 0x00030001, 10}, 16},
    {"v_sad_u32", {3, 10, 5}, 12},
    {"v_sad_u32", {0xffffffff, 0, 5}, 4},
    {"v_msad_u8", {0x01020304, 0x04000201, 100}, 107},  // 3 + 1 + 3; the zero byte is left out
    {"v_mul_lo_u32", {0x10001, 0x10001}, 0x00020001},
    {"v_mul_hi_u32", {0xffffffff, 0xffffffff}, 0xfffffffe},
    {"v_mul_lo_i32", {i32(-3), 5}, i32(-15)},
    {"v_mul_hi_i32", {i32(-3), 5}, 0xffffffff},
    {"v_qsad_pk_u16_u8",
     {0x0000000004030201, 0x01010101, 0x0004000300020001},
     // offset 0: |1-1|+|2-1|+|3-1|+|4-1| = 6; 1: (2,3,4,0) 1+2+3+1 = 7; 2: (3,4,0,0) 2+3+1+1 = 7;
     // 3: (4,0,0,0) 3+1+1+1 = 6
     0x000a000a00090007},
    {"v_qsad_pk_u16_u8", {0, 0x01010101, 0xffffffffffffffff}, 0xffffffffffffffff, {}, 0, clamped()},
    {"v_mqsad_pk_u16_u8", {0x0000000004030201, 0x00000001, 0}, 0x0003000200010000},
    {"v_mad_u64_u32", {0xffffffff, 0xffffffff, 5}, 0xfffffffe00000006, false},
    {"v_mad_u64_u32", {2, 3, 0xffffffffffffffff}, 5, true},
    {"v_mad_u64_u32", {2, 3, 0xffffffffffffffff}, 0xffffffffffffffff, true, 0, clamped()},
    {"v_mad_i64_i32", {i32(-2), 3, i64(4)}, i64(-2)},
    {"v_mad_i64_i32", {i32(-2), 3, i64(10)}, 4},
    {"v_xor3_b32", {0xff, 0x0f, 0x11}, 0xe1},
    {"v_lshlrev_b64", {33, 3}, 0x600000000},
    {"v_lshrrev_b64", {68, 0x8000000000000000}, 0x0800000000000000},
    {"v_ashrrev_i64", {4, 0x8000000000000000}, 0xf800000000000000},
    {"v_add_nc_u16", {0xffff, 2}, 1},
    {"v_add_nc_u16", {0xffff, 2}, 0xffff, {}, 0, clamped()},
    {"v_add_nc_u16", {pair(1, 10), pair(2, 20)}, 21, {}, 0, selecting(2)},  // low + high
    {"v_add_nc_u16", {pair(1, 10), pair(2, 20)}, 3, {}, 0, selecting(8)},   // into the high half
    {"v_sub_nc_u16", {1, 2}, 0xffff},
    {"v_sub_nc_u16", {1, 2}, 0, {}, 0, clamped()},
    {"v_mul_lo_u16", {0xffff, 0xffff}, 1},
    {"v_lshrrev_b16", {20, 0x8000}, 0x0800},
    {"v_ashrrev_i16", {4, 0x8000}, 0xf800},
    {"v_max_u16", {0xffff, 1}, 0xffff},
    {"v_max_i16", {0xffff, 1}, 1},
    {"v_min_u16", {0xffff, 1}, 1},
    {"v_min_i16", {0xffff, 1}, 0xffff},
    {"v_add_nc_i16", {0x7fff, 1}, 0x8000},
    {"v_add_nc_i16", {0x7fff, 1}, 0x7fff, {}, 0, clamped()},
    {"v_sub_nc_i16", {0x8000, 1}, 0x7fff},
    {"v_sub_nc_i16", {0x8000, 1}, 0x8000, {}, 0, clamped()},
    {"v_add_co_u32", {0xffffffff, 2}, 1, true},
    {"v_add_co_u32", {0xfffffffe, 1}, 0xffffffff, false},
    {"v_add_co_u32", {0xffffffff, 2}, 0xffffffff, true, 0, clamped()},
    {"v_sub_co_u32", {1, 2}, 0xffffffff, true},
    {"v_sub_co_u32", {2, 2}, 0, false},
    {"v_subrev_co_u32", {1, 2}, 1, false},
    {"v_subrev_co_u32", {2, 1}, 0xffffffff, true},
    {"v_lshlrev_b16", {17, 0xc001}, 0x8002},
    {"v_mad_u16", {300, 300, 7}, 90007 & 0xffff},
    {"v_mad_u16", {300, 300, 7}, 0xffff, {}, 0, clamped()},
    {"v_perm_b32", {0x77665544, 0x33221100, 0x07000304}, 0x77003344},
    {"v_perm_b32", {0x80665544, 0x33228000, 0x0c0d080b}, 0x00ffffff},
    {"v_perm_b32", {0x80665544, 0x33228000, 0x090a0c0c}, 0},
    {"v_xad_u32", {0xff, 0x0f, 1}, 0xf1},
    {"v_lshl_add_u32", {3, 34, 5}, 17},
    {"v_add_lshl_u32", {3, 4, 33}, 14},
    {"v_min3_i16", {0xffff, 5, 7}, 0xffff},
    {"v_min3_u16", {0xffff, 5, 7}, 5},
    {"v_max3_i16", {0xffff, 5, 7}, 7},
    {"v_max3_u16", {0xffff, 5, 7}, 0xffff},
    {"v_med3_i16", {0xffff, 5, 7}, 5},
    {"v_med3_u16", {0xffff, 5, 7}, 7},
    {"v_mad_i16", {i16(-3), 4, 5}, i16(-7)},
    {"v_mad_i16", {0x4000, 4, 0}, 0x7fff, {}, 0, clamped()},
    {"v_bfm_b32", {4, 8}, 0xf00},
    {"v_bcnt_u32_b32", {0xf0f0, 100}, 108},
    {"v_cvt_pk_u16_u32", {70000, 5}, pair(0xffff, 5)},
    {"v_cvt_pk_i16_i32", {i32(-70000), 70000}, pair(0x8000, 0x7fff)},
    {"v_add3_u32", {0xffffffff, 2, 3}, 4},
    {"v_lshl_or_b32", {3, 36, 1}, 0x31},
    {"v_and_or_b32", {0xff, 0x3c, 0x100}, 0x13c},
    {"v_or3_b32", {1, 2, 4}, 7},
    {"v_mad_u32_u16", {0xffff, 0xffff, 1}, 0xfffe0002},
    {"v_mad_u32_u16", {pair(1, 3), 5, 1}, 16, {}, 0, selecting(1)},
    {"v_mad_i32_i16", {i16(-3), 5, 1}, i32(-14)},
    {"v_sub_nc_i32", {0x80000000, 1}, 0x7fffffff},
    {"v_sub_nc_i32", {0x80000000, 1}, 0x80000000, {}, 0, clamped()},
    {"v_add_nc_i32", {0x7fffffff, 1}, 0x80000000},
    {"v_add_nc_i32", {0x7fffffff, 1}, 0x7fffffff, {}, 0, clamped()},
};

}  // namespace

std::span<const VectorCase> vop3_integer_cases() { return kCases; }

}  // namespace emulator
