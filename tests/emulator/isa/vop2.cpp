// VOP2: vector instructions with two sources.
#include <bit>
#include <cmath>

#include "isa/float_operations.h"
#include "isa/half.h"
#include "isa/opcode_tables.h"
#include "isa/vector_operation.h"

namespace emulator {
namespace {

constexpr std::int64_t sign_extend_24(std::int32_t a) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) << 8) >> 8;
}
constexpr std::int64_t zero_extend_24(std::uint32_t a) { return a & 0xffffff; }

// a + b + carry and a - b - borrow with what they carry out.
using Sum = WithMask<Exact<U32>>::Result;
constexpr Sum add_carry(std::uint32_t a, std::uint32_t b, bool carry) {
  const std::uint32_t sum = a + b;
  const std::uint32_t next = sum + carry;
  return {std::int64_t{a} + b + carry, sum < a || next < sum};
}
constexpr Sum subtract_borrow(std::uint32_t a, std::uint32_t b, bool borrow) {
  return {std::int64_t{a} - b - borrow, borrow ? a <= b : a < b};
}

// The clamp modifier acts on both halves before they are packed.
inline std::uint32_t pack_toward_zero(const LaneContext& context, float a, float b) {
  const auto convert = [&](float x) -> std::uint32_t {
    if (context.clamp && (x == x || context.mode.dx10_clamp)) x = x > 0 ? (x < 1 ? x : 1) : 0;
    std::uint16_t half = float_to_half_toward_zero(x);
    if ((context.mode.denormal_f16_f64 & 2) == 0) half = flush(half);
    return half;
  };
  return convert(a) | convert(b) << 16;
}

// Halves have exponents within [-24, 15]: a larger scale gives the same result as 60.
inline float ldexp_half(float a, std::int16_t exponent) {
  const std::int32_t bounded = exponent < -60 ? -60 : exponent > 60 ? 60 : exponent;
  return a * std::bit_cast<float>((bounded + 127) << 23);
}

constexpr Opcode with_destination(Opcode opcode, Type type) {
  opcode.destination = type;
  return opcode;
}

constexpr std::uint32_t kLiteralForm = kNoSdwa | kNoDpp | kNoVop3;
constexpr std::uint32_t kCarry = kReadsVcc | kWritesVcc;

constexpr Opcode kRows[] = {
    row<F32Bits(F32Bits, F32Bits, Mask)>(
        0x01, "v_cndmask_b32", kFullRate,
        [](std::uint32_t a, std::uint32_t b, bool m) { return m ? b : a; }, kReadsVcc | kNoClamp),
    row<F32(F32, F32)>(0x03, "v_add_f32", kFullRate, [](float a, float b) { return a + b; }),
    row<F32(F32, F32)>(0x04, "v_sub_f32", kFullRate, [](float a, float b) { return a - b; }),
    row<F32(F32, F32)>(0x05, "v_subrev_f32", kFullRate, [](float a, float b) { return b - a; }),
    row<F32(F32, F32, Destination<F32>)>(
        0x06, "v_mac_legacy_f32", kMultiplyAdd,
        [](float a, float b, float c) { return multiply_add_legacy(a, b, c); }, kNoSdwa | kNoDpp),
    row<F32(F32, F32)>(0x07, "v_mul_legacy_f32", kFullRate,
                       [](float a, float b) { return multiply_legacy(a, b); }),
    row<F32(F32, F32)>(0x08, "v_mul_f32", kFullRate, [](float a, float b) { return a * b; }),
    row<Exact<I32>(I32, I32)>(
        0x09, "v_mul_i32_i24", kFullRate,
        [](std::int32_t a, std::int32_t b) { return sign_extend_24(a) * sign_extend_24(b); }),
    row<I32(I32, I32)>(0x0a, "v_mul_hi_i32_i24", kFullRate,
                       [](std::int32_t a, std::int32_t b) {
                         return static_cast<std::int32_t>((sign_extend_24(a) * sign_extend_24(b)) >>
                                                          32);
                       }),
    row<Exact<U32>(U32, U32)>(
        0x0b, "v_mul_u32_u24", kFullRate,
        [](std::uint32_t a, std::uint32_t b) { return zero_extend_24(a) * zero_extend_24(b); }),
    row<U32(U32, U32)>(0x0c, "v_mul_hi_u32_u24", kFullRate,
                       [](std::uint32_t a, std::uint32_t b) {
                         return static_cast<std::uint32_t>(
                             (zero_extend_24(a) * zero_extend_24(b)) >> 32);
                       }),
    row<F32Bits(F32Bits, F32Bits)>(0x0f, "v_min_f32", kFullRate,
                                   [](const LaneContext& context, std::uint32_t a,
                                      std::uint32_t b) { return minimum(context, a, b); }),
    row<F32Bits(F32Bits, F32Bits)>(0x10, "v_max_f32", kFullRate,
                                   [](const LaneContext& context, std::uint32_t a,
                                      std::uint32_t b) { return maximum(context, a, b); }),
    row<I32(I32, I32)>(0x11, "v_min_i32", kFullRate,
                       [](std::int32_t a, std::int32_t b) { return a < b ? a : b; }),
    row<I32(I32, I32)>(0x12, "v_max_i32", kFullRate,
                       [](std::int32_t a, std::int32_t b) { return a > b ? a : b; }),
    row<U32(U32, U32)>(0x13, "v_min_u32", kFullRate,
                       [](std::uint32_t a, std::uint32_t b) { return a < b ? a : b; }),
    row<U32(U32, U32)>(0x14, "v_max_u32", kFullRate,
                       [](std::uint32_t a, std::uint32_t b) { return a > b ? a : b; }),
    row<B32(B32, B32)>(0x16, "v_lshrrev_b32", kFullRate,
                       [](std::uint32_t a, std::uint32_t b) { return b >> (a & 31); }),
    row<I32(B32, I32)>(0x18, "v_ashrrev_i32", kFullRate,
                       [](std::uint32_t a, std::int32_t b) { return b >> (a & 31); }),
    row<B32(B32, B32)>(0x1a, "v_lshlrev_b32", kFullRate,
                       [](std::uint32_t a, std::uint32_t b) { return b << (a & 31); }),
    row<B32(B32, B32)>(0x1b, "v_and_b32", kFullRate,
                       [](std::uint32_t a, std::uint32_t b) { return a & b; }),
    row<B32(B32, B32)>(0x1c, "v_or_b32", kFullRate,
                       [](std::uint32_t a, std::uint32_t b) { return a | b; }),
    row<B32(B32, B32)>(0x1d, "v_xor_b32", kFullRate,
                       [](std::uint32_t a, std::uint32_t b) { return a ^ b; }),
    row<B32(B32, B32)>(0x1e, "v_xnor_b32", kFullRate,
                       [](std::uint32_t a, std::uint32_t b) { return ~(a ^ b); }),
    row<F32(F32, F32, Destination<F32>)>(
        0x1f, "v_mac_f32", kMultiplyAdd,
        [](float a, float b, float c) { return multiply_add_flushed(a, b, c); }, kNoSdwa),
    row<F32(F32, Literal<F32>, F32)>(
        0x20, "v_madmk_f32", kMultiplyAdd,
        [](float a, float b, float c) { return multiply_add_flushed(a, b, c); }, kLiteralForm),
    row<F32(F32, F32, Literal<F32>)>(
        0x21, "v_madak_f32", kMultiplyAdd,
        [](float a, float b, float c) { return multiply_add_flushed(a, b, c); }, kLiteralForm),
    row<Exact<U32>(U32, U32)>(0x25, "v_add_nc_u32", kFullRate,
                              [](std::uint32_t a, std::uint32_t b) { return std::int64_t{a} + b; }),
    row<Exact<U32>(U32, U32)>(0x26, "v_sub_nc_u32", kFullRate,
                              [](std::uint32_t a, std::uint32_t b) { return std::int64_t{a} - b; }),
    row<Exact<U32>(U32, U32)>(0x27, "v_subrev_nc_u32", kFullRate,
                              [](std::uint32_t a, std::uint32_t b) { return std::int64_t{b} - a; }),
    row<WithMask<Exact<U32>>(U32, U32, Mask)>(
        0x28, "v_add_co_ci_u32", kFullRate,
        [](std::uint32_t a, std::uint32_t b, bool c) { return add_carry(a, b, c); }, kCarry),
    row<WithMask<Exact<U32>>(U32, U32, Mask)>(
        0x29, "v_sub_co_ci_u32", kFullRate,
        [](std::uint32_t a, std::uint32_t b, bool c) { return subtract_borrow(a, b, c); }, kCarry),
    row<WithMask<Exact<U32>>(U32, U32, Mask)>(
        0x2a, "v_subrev_co_ci_u32", kFullRate,
        [](std::uint32_t a, std::uint32_t b, bool c) { return subtract_borrow(b, a, c); }, kCarry),
    row<F32(F32, F32, Destination<F32>)>(
        0x2b, "v_fmac_f32", kMultiplyAdd,
        [](float a, float b, float c) { return std::fma(a, b, c); }, kNoSdwa),
    row<F32(F32, Literal<F32>, F32)>(
        0x2c, "v_fmamk_f32", kMultiplyAdd,
        [](float a, float b, float c) { return std::fma(a, b, c); }, kLiteralForm),
    row<F32(F32, F32, Literal<F32>)>(
        0x2d, "v_fmaak_f32", kMultiplyAdd,
        [](float a, float b, float c) { return std::fma(a, b, c); }, kLiteralForm),
    with_destination(row<B32(F32, F32)>(0x2f, "v_cvt_pkrtz_f16_f32", kFullRate,
                                        [](const LaneContext& context, float a, float b) {
                                          return pack_toward_zero(context, a, b);
                                        }),
                     Type::kPackedF16),
    row<F16(F16, F16)>(0x32, "v_add_f16", kFullRate, [](float a, float b) { return a + b; }),
    row<F16(F16, F16)>(0x33, "v_sub_f16", kFullRate, [](float a, float b) { return a - b; }),
    row<F16(F16, F16)>(0x34, "v_subrev_f16", kFullRate, [](float a, float b) { return b - a; }),
    row<F16(F16, F16)>(0x35, "v_mul_f16", kFullRate, [](float a, float b) { return a * b; }),
    row<F16(F16, F16, Destination<F16>)>(
        0x36, "v_fmac_f16", kMultiplyAdd,
        [](float a, float b, float c) { return fma_half(a, b, c); }, kNoSdwa),
    row<F16(F16, Literal<F16>, F16)>(
        0x37, "v_fmamk_f16", kMultiplyAdd,
        [](float a, float b, float c) { return fma_half(a, b, c); }, kLiteralForm),
    row<F16(F16, F16, Literal<F16>)>(
        0x38, "v_fmaak_f16", kMultiplyAdd,
        [](float a, float b, float c) { return fma_half(a, b, c); }, kLiteralForm),
    row<F16Bits(F16Bits, F16Bits)>(0x39, "v_max_f16", kFullRate,
                                   [](const LaneContext& context, std::uint16_t a,
                                      std::uint16_t b) { return maximum(context, a, b); }),
    row<F16Bits(F16Bits, F16Bits)>(0x3a, "v_min_f16", kFullRate,
                                   [](const LaneContext& context, std::uint16_t a,
                                      std::uint16_t b) { return minimum(context, a, b); }),
    // The exponent is 16 bits wide; LLVM writes it as a 32-bit operand.
    row<F16(F16, I32)>(
        0x3b, "v_ldexp_f16", kFullRate,
        [](float a, std::int32_t b) { return ldexp_half(a, static_cast<std::int16_t>(b)); }),
    row<PackedF16(PackedF16, PackedF16, Destination<PackedF16>)>(
        0x3c, "v_pk_fmac_f16", kMultiplyAdd,
        [](float a, float b, float c) { return fma_half(a, b, c); }, kLiteralForm),
};

}  // namespace

std::span<const Opcode> vop2_opcodes() { return kRows; }

}  // namespace emulator
