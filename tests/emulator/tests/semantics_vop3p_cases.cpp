// VOP3P: packed halves and 16-bit integers, and v_fma_mix.
#include "vector_case.h"

namespace emulator {
namespace {

constexpr Setup selecting(std::uint8_t op_sel, std::uint8_t op_sel_hi) {
  Setup setup;
  setup.op_sel = op_sel;
  setup.op_sel_hi = op_sel_hi;
  return setup;
}
constexpr Setup negating(std::uint8_t low, std::uint8_t high) {
  Setup setup;
  setup.neg = low;
  setup.abs = high;
  return setup;
}

constexpr std::uint64_t kMinusTwo = 0xc000;

constexpr VectorCase kCases[] = {
    {"v_pk_mad_i16", {pair(3, i16(-3)), pair(4, 4), pair(5, 5)}, pair(17, i16(-7))},
    {"v_pk_mad_i16",
     {pair(0x4000, 0x4000), pair(4, i16(-4)), pair(0, 0)},
     pair(0x7fff, 0x8000),
     {},
     0,
     clamped()},
    {"v_pk_mul_lo_u16", {pair(0xffff, 3), pair(0xffff, 5)}, pair(1, 15)},
    {"v_pk_add_i16", {pair(0x7fff, 1), pair(1, 2)}, pair(0x8000, 3)},
    {"v_pk_add_i16",
     {pair(0x7fff, 0x8000), pair(1, i16(-1))},
     pair(0x7fff, 0x8000),
     {},
     0,
     clamped()},
    {"v_pk_sub_i16", {pair(1, 0x8000), pair(2, 1)}, pair(0xffff, 0x7fff)},
    {"v_pk_sub_i16", {pair(1, 0x8000), pair(2, 1)}, pair(0xffff, 0x8000), {}, 0, clamped()},
    {"v_pk_lshlrev_b16", {pair(1, 20), pair(0x8001, 1)}, pair(2, 16)},
    {"v_pk_lshrrev_b16", {pair(1, 4), pair(0x8000, 0x8000)}, pair(0x4000, 0x0800)},
    {"v_pk_ashrrev_i16", {pair(1, 4), pair(0x8000, 0x7000)}, pair(0xc000, 0x0700)},
    {"v_pk_max_i16", {pair(i16(-1), 3), pair(2, 4)}, pair(2, 4)},
    {"v_pk_min_i16", {pair(i16(-1), 3), pair(2, 4)}, pair(i16(-1), 3)},
    {"v_pk_mad_u16", {pair(300, 2), pair(300, 3), pair(1, 4)}, pair((90001) & 0xffff, 10)},
    {"v_pk_mad_u16", {pair(300, 2), pair(300, 3), pair(1, 4)}, pair(0xffff, 10), {}, 0, clamped()},
    {"v_pk_add_u16", {pair(0xffff, 1), pair(2, 2)}, pair(1, 3)},
    {"v_pk_add_u16", {pair(0xffff, 1), pair(2, 2)}, pair(0xffff, 3), {}, 0, clamped()},
    {"v_pk_add_u16", {pair(1, 2), pair(10, 20)}, pair(22, 11), {}, 0, selecting(3, 0)},
    {"v_pk_sub_u16", {pair(1, 5), pair(2, 2)}, pair(0xffff, 3)},
    {"v_pk_sub_u16", {pair(1, 5), pair(2, 2)}, pair(0, 3), {}, 0, clamped()},
    {"v_pk_max_u16", {pair(0xffff, 3), pair(2, 4)}, pair(0xffff, 4)},
    {"v_pk_min_u16", {pair(0xffff, 3), pair(2, 4)}, pair(2, 3)},
    {"v_pk_fma_f16",
     {pair(kHalfOne, kHalfTwo), pair(kHalfTwo, kHalfTwo), pair(kHalfOne, kHalfZero)},
     pair(kHalfThree, kHalfFour)},
    {"v_pk_fma_f16", {pair(0x3c01, 0), pair(0x3c01, 0), pair(0xbc02, 0)}, pair(0x0010, 0)},
    // 2 + 1 low, -2 * 2 + 0 high.
    {"v_pk_fma_f16",
     {pair(kHalfOne, kHalfTwo), pair(kHalfTwo, kHalfTwo), pair(kHalfOne, kHalfZero)},
     pair(kHalfThree, 0xc400),
     {},
     0,
     negating(0, 1)},
    {"v_pk_add_f16",
     {pair(kHalfOne, kHalfMax), pair(kHalfTwo, kHalfMax)},
     pair(kHalfThree, kHalfInf)},
    {"v_pk_add_f16",
     {pair(kHalfOne, kHalfTwo), pair(kHalfTwo, kHalfTwo)},
     pair(kHalfOne, kHalfOne),
     {},
     0,
     clamped()},
    // Low: 1 * 3, high: 1 * 2.
    {"v_pk_mul_f16",
     {pair(kHalfOne, kHalfTwo), pair(kHalfTwo, kHalfThree)},
     pair(kHalfThree, kHalfTwo),
     {},
     0,
     selecting(2, 0)},
    {"v_pk_mul_f16",
     {pair(kHalfOne, kHalfTwo), pair(kHalfTwo, kHalfTwo)},
     pair(kMinusTwo, kHalfFour),
     {},
     0,
     negating(1, 0)},
    {"v_pk_min_f16",
     {pair(kHalfOne, kHalfNan), pair(kHalfTwo, kHalfTwo)},
     pair(kHalfOne, kHalfTwo)},
    {"v_pk_max_f16",
     {pair(kHalfOne, kHalfZero), pair(kHalfTwo, kHalfMinusZero)},
     pair(kHalfTwo, kHalfZero)},
    {"v_fma_mix_f32", {f32(3), f32(4), f32(5)}, f32(17), {}, 0, selecting(0, 0)},
    {"v_fma_mix_f32",
     {pair(kHalfThree, kHalfTwo), pair(kHalfFour, kHalfOne), f32(5)},
     f32(13),  // 2 * 4 + 5
     {},
     0,
     selecting(1, 3)},
    {"v_fma_mixlo_f16", {f32(1), f32(2), f32(1)}, kHalfThree, {}, 0, selecting(0, 0)},
    {"v_fma_mixhi_f16", {f32(1), f32(2), f32(1)}, kHalfThree, {}, 0, selecting(0, 0)},
    {"v_fma_mixhi_f16", {kHalfOne, kHalfTwo, kHalfOne}, kHalfThree, {}, 0, selecting(0, 7)},
};

}  // namespace

std::span<const VectorCase> vop3p_cases() { return kCases; }

}  // namespace emulator
