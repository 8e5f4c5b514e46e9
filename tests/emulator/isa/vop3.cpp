// VOP3: vector instructions that have the 64-bit encoding alone.
#include <algorithm>
#include <bit>
#include <cmath>

#include "isa/byte_operations.h"
#include "isa/cube_map.h"
#include "isa/division.h"
#include "isa/lane_crossing.h"
#include "isa/opcode_tables.h"
#include "isa/trig_preop.h"
#include "isa/vector_operation.h"

namespace emulator {
namespace {

using U = std::uint32_t;
using I = std::int32_t;
using H = std::uint16_t;
using S = std::int16_t;
using Q = std::uint64_t;

constexpr std::int64_t signed_24(I a) { return static_cast<I>(static_cast<U>(a) << 8) >> 8; }
constexpr std::int64_t unsigned_24(U a) { return a & 0xffffff; }

template <class T>
constexpr T median_of(T a, T b, T c) {
  return std::max(std::min(a, b), std::min(std::max(a, b), c));
}

// `width` low bits of a, from bit `offset`.
constexpr U extract_bits(U a, U offset, U width) {
  return a >> (offset & 31) & ((1u << (width & 31)) - 1);
}
constexpr I extract_signed_bits(I a, U offset, U width) {
  const U unused = 32 - (width & 31);
  if (unused == 32) return 0;
  const auto shifted = static_cast<U>(a >> (offset & 31));
  return static_cast<I>(shifted << unused) >> unused;
}

// a * b, or -MAX where DX9's lighting is undefined (RDNA ISA, V_MULLIT_F32).
inline float multiply_lit(float a, float b, float c) {
  constexpr float kMost = std::numeric_limits<float>::max();
  const bool defined = b > -kMost && c > 0;
  return defined ? multiply_legacy(a, b) : -kMost;
}

// Byte S1 of S2 replaced by a, rounded as f32 operations are and saturated.
inline U insert_byte(float a, U position, U c) {
  const float rounded = std::rint(a);
  const U value = rounded > 0 ? static_cast<U>(rounded < 255 ? rounded : 255.0f) : 0;
  const U shift = 8 * (position & 3);
  return (c & ~(0xffu << shift)) | value << shift;
}

// Every finite float times 2^e is exact in double for the e that are not clamped.
inline float ldexp_f32(float a, I exponent) {
  const std::int64_t bounded = std::clamp(exponent, -400, 400);
  return static_cast<float>(static_cast<double>(a) * std::bit_cast<double>((bounded + 1023) << 52));
}

// Numbers in [-1, 1] or [0, 1] as fractions of the largest 16-bit integer.
inline U signed_norm(double a) {
  const double bounded = a > -1 ? (a < 1 ? a : 1) : a == a ? -1 : 0;
  return static_cast<U>(static_cast<I>(std::nearbyint(bounded * 32767))) & 0xffff;
}
inline U unsigned_norm(double a) {
  const double bounded = a > 0 ? (a < 1 ? a : 1) : 0;
  return static_cast<U>(static_cast<I>(std::nearbyint(bounded * 65535)));
}

// The carry is bit 64 of the exact sum.
inline WithMask<U64>::Result mad_u64_u32(const LaneContext& context, U a, U b, Q c) {
  const Q product = Q{a} * b;
  const Q sum = product + c;
  const bool carry = sum < product;
  return {context.clamp && carry ? ~Q{0} : sum, carry};
}
inline WithMask<I64>::Result mad_i64_i32(const LaneContext& context, I a, I b, std::int64_t c) {
  const std::int64_t product = std::int64_t{a} * b;
  std::int64_t sum;
  const bool overflow = __builtin_add_overflow(product, c, &sum);
  const bool negative = overflow ? product < 0 : sum < 0;  // sign of the exact sum
  constexpr auto kLimits = std::numeric_limits<std::int64_t>{};
  if (overflow && context.clamp) sum = negative ? kLimits.min() : kLimits.max();
  return {sum, negative};
}

template <class Tag, class Float>
constexpr auto to_result(Scaled<Float> scaled) {
  return typename WithMask<Tag>::Result{scaled.value, scaled.flag};
}

constexpr std::uint32_t kInteger = kNoClamp;

constexpr Opcode kRows[] = {
    row<F32(F32, F32, F32)>(0x140, "v_mad_legacy_f32", kMultiplyAdd, [](float a, float b, float c) {
      return multiply_add_legacy(a, b, c);
    }),
    row<F32(F32, F32, F32)>(0x141, "v_mad_f32", kMultiplyAdd, [](float a, float b, float c) {
      return multiply_add_flushed(a, b, c);
    }),
    row<Exact<I32>(I32, I32, I32)>(
        0x142, "v_mad_i32_i24", kMultiplyAdd, [](I a, I b, I c) { return signed_24(a) * signed_24(b) + c; }),
    row<Exact<U32>(U32, U32, U32)>(
        0x143, "v_mad_u32_u24", kFullRate, [](U a, U b, U c) { return unsigned_24(a) * unsigned_24(b) + c; }),
    row<F32(F32, F32, F32)>(0x144, "v_cubeid_f32", kFullRate,
                            [](float a, float b, float c) { return cube_face(a, b, c); }),
    row<F32(F32, F32, F32)>(0x145, "v_cubesc_f32", kFullRate,
                            [](float a, float b, float c) { return cube_s(a, b, c); }),
    row<F32(F32, F32, F32)>(0x146, "v_cubetc_f32", kFullRate,
                            [](float a, float b, float c) { return cube_t(a, b, c); }),
    row<F32(F32, F32, F32)>(0x147, "v_cubema_f32", kFullRate,
                            [](float a, float b, float c) { return cube_major(a, b, c); }),
    row<U32(U32, U32, U32)>(0x148, "v_bfe_u32", kFullRate,
                            [](U a, U b, U c) { return extract_bits(a, b, c); }, kInteger),
    row<I32(I32, U32, U32)>(0x149, "v_bfe_i32", kFullRate,
                            [](I a, U b, U c) { return extract_signed_bits(a, b, c); }, kInteger),
    row<B32(B32, B32, B32)>(0x14a, "v_bfi_b32", kFullRate,
                            [](U a, U b, U c) { return (a & b) | (~a & c); }, kInteger),
    row<F32(F32, F32, F32)>(0x14b, "v_fma_f32", kMultiplyAdd,
                            [](float a, float b, float c) { return std::fma(a, b, c); }),
    row<F64(F64, F64, F64)>(0x14c, "v_fma_f64", kFp64MultiplyAdd,
                            [](double a, double b, double c) { return std::fma(a, b, c); }),
    row<B32(B32, B32, B32)>(0x14d, "v_lerp_u8", kFullRate,
                            [](U a, U b, U c) { return average_bytes(a, b, c); }, kInteger),
    row<B32(B32, B32, B32)>(0x14e, "v_alignbit_b32", kFullRate,
                            [](U a, U b, U c) {
                              return static_cast<U>((Q{a} << 32 | b) >> (c & 31));
                            },
                            kInteger),
    row<B32(B32, B32, B32)>(0x14f, "v_alignbyte_b32", kFullRate,
                            [](U a, U b, U c) {
                              return static_cast<U>((Q{a} << 32 | b) >> 8 * (c & 3));
                            },
                            kInteger),
    row<F32(F32, F32, F32)>(0x150, "v_mullit_f32", kFullRate,
                            [](float a, float b, float c) { return multiply_lit(a, b, c); }),
    row<F32Bits(F32Bits, F32Bits, F32Bits)>(
        0x151, "v_min3_f32", kFullRate,
        [](const LaneContext& context, U a, U b, U c) {
          return minimum(context, minimum(context, a, b), c);
        }),
    row<I32(I32, I32, I32)>(0x152, "v_min3_i32", kFullRate,
                            [](I a, I b, I c) { return std::min(std::min(a, b), c); }, kInteger),
    row<U32(U32, U32, U32)>(0x153, "v_min3_u32", kFullRate,
                            [](U a, U b, U c) { return std::min(std::min(a, b), c); }, kInteger),
    row<F32Bits(F32Bits, F32Bits, F32Bits)>(
        0x154, "v_max3_f32", kFullRate,
        [](const LaneContext& context, U a, U b, U c) {
          return maximum(context, maximum(context, a, b), c);
        }),
    row<I32(I32, I32, I32)>(0x155, "v_max3_i32", kFullRate,
                            [](I a, I b, I c) { return std::max(std::max(a, b), c); }, kInteger),
    row<U32(U32, U32, U32)>(0x156, "v_max3_u32", kFullRate,
                            [](U a, U b, U c) { return std::max(std::max(a, b), c); }, kInteger),
    row<F32Bits(F32Bits, F32Bits, F32Bits)>(
        0x157, "v_med3_f32", kFullRate,
        [](const LaneContext& context, U a, U b, U c) { return median(context, a, b, c); }),
    row<I32(I32, I32, I32)>(0x158, "v_med3_i32", kFullRate,
                            [](I a, I b, I c) { return median_of(a, b, c); }, kInteger),
    row<U32(U32, U32, U32)>(0x159, "v_med3_u32", kFullRate,
                            [](U a, U b, U c) { return median_of(a, b, c); }, kInteger),
    row<Exact<U32>(B32, B32, U32)>(
        0x15a, "v_sad_u8", kFullRate, [](U a, U b, U c) { return sum_of_differences(a, b, false) + c; }),
    row<Exact<U32>(B32, B32, U32)>(
        0x15b, "v_sad_hi_u8", kFullRate,
        [](U a, U b, U c) { return sum_of_differences(a, b, false) * 0x10000 + c; }),
    row<Exact<U32>(B32, B32, U32)>(
        0x15c, "v_sad_u16", kFullRate,
        [](U a, U b, U c) {
          return absolute_difference(a & 0xffff, b & 0xffff) +
                 absolute_difference(a >> 16, b >> 16) + c;
        }),
    row<Exact<U32>(U32, U32, U32)>(
        0x15d, "v_sad_u32", kFullRate, [](U a, U b, U c) { return absolute_difference(a, b) + c; }),
    row<B32(F32, B32, B32)>(0x15e, "v_cvt_pk_u8_f32", kFullRate,
                            [](float a, U b, U c) { return insert_byte(a, b, c); }),
    row<F32Bits(F32Bits, F32Bits, F32Bits)>(0x15f, "v_div_fixup_f32", kFullRate,
                                            [](U a, U b, U c) { return div_fixup(a, b, c); }),
    row<F64Bits(F64Bits, F64Bits, F64Bits)>(0x160, "v_div_fixup_f64", kFp64Rate,
                                            [](Q a, Q b, Q c) { return div_fixup(a, b, c); }),
    row<F64(F64, F64)>(0x164, "v_add_f64", kFp64Rate, [](double a, double b) { return a + b; }),
    row<F64(F64, F64)>(0x165, "v_mul_f64", kFp64Rate, [](double a, double b) { return a * b; }),
    row<F64Bits(F64Bits, F64Bits)>(
        0x166, "v_min_f64", kFp64Rate,
        [](const LaneContext& context, Q a, Q b) { return minimum(context, a, b); }),
    row<F64Bits(F64Bits, F64Bits)>(
        0x167, "v_max_f64", kFp64Rate,
        [](const LaneContext& context, Q a, Q b) { return maximum(context, a, b); }),
    row<F64(F64, I32)>(0x168, "v_ldexp_f64", kFp64Rate, [](double a, I b) { return std::ldexp(a, b); }),
    row<U32(U32, U32)>(0x169, "v_mul_lo_u32", kQuarterRate, [](U a, U b) { return a * b; }, kInteger),
    row<U32(U32, U32)>(0x16a, "v_mul_hi_u32", kQuarterRate,
                       [](U a, U b) { return static_cast<U>(Q{a} * b >> 32); }, kInteger),
    row<U32(U32, U32)>(0x16b, "v_mul_lo_i32", kQuarterRate, [](U a, U b) { return a * b; }, kInteger),
    row<I32(I32, I32)>(0x16c, "v_mul_hi_i32", kQuarterRate,
                       [](I a, I b) { return static_cast<I>(std::int64_t{a} * b >> 32); },
                       kInteger),
    row<WithMask<F32>(F32, F32, F32)>(
        0x16d, "v_div_scale_f32", kFullRate,
        [](float a, float b, float c) { return to_result<F32>(div_scale(a, b, c)); }, kWritesVcc),
    row<WithMask<F64>(F64, F64, F64)>(
        0x16e, "v_div_scale_f64", kFp64Rate,
        [](double a, double b, double c) { return to_result<F64>(div_scale(a, b, c)); },
        kWritesVcc),
    with_uses(row<F32(F32, F32, F32, ImplicitVcc)>(
        0x16f, "v_div_fmas_f32", kFullRate,
        [](float a, float b, float c, bool flag) { return div_fmas(a, b, c, flag); }), kReadsVccToo),
    with_uses(row<F64(F64, F64, F64, ImplicitVcc)>(
        0x170, "v_div_fmas_f64", kFp64Rate,
        [](double a, double b, double c, bool flag) { return div_fmas(a, b, c, flag); }), kReadsVccToo),
    row<Exact<U32>(B32, B32, U32)>(
        0x171, "v_msad_u8", kFullRate, [](U a, U b, U c) { return sum_of_differences(a, b, true) + c; }),
    row<B64(B64, B32, B64)>(0x172, "v_qsad_pk_u16_u8", kFullRate,
                            [](const LaneContext& context, Q a, U b, Q c) {
                              return quad_differences(a, b, c, false, context.clamp);
                            }, kSaturates),
    row<B64(B64, B32, B64)>(0x173, "v_mqsad_pk_u16_u8", kFullRate,
                            [](const LaneContext& context, Q a, U b, Q c) {
                              return quad_differences(a, b, c, true, context.clamp);
                            }, kSaturates),
    row<F64(F64, U32)>(0x174, "v_trig_preop_f64", kFp64Rate, [](double a, U b) { return trig_preop(a, b); }),
    row<B128(B64, B32, B128)>(0x175, "v_mqsad_u32_u8", kFullRate,
                              [](const LaneContext& context, Q a, U b, const B128::Lane& c) {
                                return quad_differences_32(a, b, c, context.clamp);
                              }, kSaturates),
    row<WithMask<U64>(U32, U32, U64)>(
        0x176, "v_mad_u64_u32", kQuarterRate,
        [](const LaneContext& context, U a, U b, Q c) { return mad_u64_u32(context, a, b, c); },
        kWritesVcc | kSaturates),
    row<WithMask<I64>(I32, I32, I64)>(
        0x177, "v_mad_i64_i32", kQuarterRate,
        [](const LaneContext& context, I a, I b, std::int64_t c) {
          return mad_i64_i32(context, a, b, c);
        },
        kWritesVcc | kSaturates),
    row<B32(B32, B32, B32)>(0x178, "v_xor3_b32", kFullRate, [](U a, U b, U c) { return a ^ b ^ c; },
                            kInteger),
    row<B64(B32, B64)>(0x2ff, "v_lshlrev_b64", k64BitRate, [](U a, Q b) { return b << (a & 63); }, kInteger),
    row<B64(B32, B64)>(0x300, "v_lshrrev_b64", k64BitRate, [](U a, Q b) { return b >> (a & 63); }, kInteger),
    row<I64(B32, I64)>(0x301, "v_ashrrev_i64", k64BitRate, [](U a, std::int64_t b) { return b >> (a & 63); },
                       kInteger),
    row<Exact<U16>(U16, U16)>(0x303, "v_add_nc_u16", kFullRate,
                              [](H a, H b) { return std::int64_t{a} + b; }, kOpSel),
    row<Exact<U16>(U16, U16)>(0x304, "v_sub_nc_u16", kFullRate,
                              [](H a, H b) { return std::int64_t{a} - b; }, kOpSel),
    row<U16(U16, U16)>(0x305, "v_mul_lo_u16", kFullRate,
                       [](H a, H b) { return static_cast<H>(U{a} * b); }, kInteger),
    row<B16(B16, B16)>(0x307, "v_lshrrev_b16", kFullRate,
                       [](H a, H b) { return static_cast<H>(b >> (a & 15)); }, kInteger),
    row<I16(B16, I16)>(0x308, "v_ashrrev_i16", kFullRate,
                       [](H a, S b) { return static_cast<S>(b >> (a & 15)); }, kInteger),
    row<U16(U16, U16)>(0x309, "v_max_u16", kFullRate, [](H a, H b) { return std::max(a, b); }, kInteger),
    row<I16(I16, I16)>(0x30a, "v_max_i16", kFullRate, [](S a, S b) { return std::max(a, b); }, kInteger),
    row<U16(U16, U16)>(0x30b, "v_min_u16", kFullRate, [](H a, H b) { return std::min(a, b); }, kInteger),
    row<I16(I16, I16)>(0x30c, "v_min_i16", kFullRate, [](S a, S b) { return std::min(a, b); }, kInteger),
    row<Exact<I16>(I16, I16)>(0x30d, "v_add_nc_i16", kFullRate,
                              [](S a, S b) { return std::int64_t{a} + b; }, kOpSel),
    row<Exact<I16>(I16, I16)>(0x30e, "v_sub_nc_i16", kFullRate,
                              [](S a, S b) { return std::int64_t{a} - b; }, kOpSel),
    row<WithMask<Exact<U32>>(U32, U32)>(
        0x30f, "v_add_co_u32", kFullRate,
        [](U a, U b) {
          const U wrapped = a + b;
          return WithMask<Exact<U32>>::Result{std::int64_t{a} + b, wrapped < a};
        },
        kWritesVcc),
    row<WithMask<Exact<U32>>(U32, U32)>(
        0x310, "v_sub_co_u32", kFullRate,
        [](U a, U b) {
          return WithMask<Exact<U32>>::Result{std::int64_t{a} - b, a < b};
        },
        kWritesVcc),
    row<B32(F16Bits, F16Bits)>(0x311, "v_pack_b32_f16", kFullRate,
                               [](H a, H b) { return U{a} | U{b} << 16; }, kOpSel),
    row<B32(F16, F16)>(0x312, "v_cvt_pknorm_i16_f16", kFullRate,
                       [](float a, float b) { return signed_norm(a) | signed_norm(b) << 16; },
                       kOpSel),
    row<B32(F16, F16)>(0x313, "v_cvt_pknorm_u16_f16", kFullRate,
                       [](float a, float b) { return unsigned_norm(a) | unsigned_norm(b) << 16; },
                       kOpSel),
    row<B16(B16, B16)>(0x314, "v_lshlrev_b16", kFullRate,
                       [](H a, H b) { return static_cast<H>(b << (a & 15)); }, kInteger),
    row<WithMask<Exact<U32>>(U32, U32)>(
        0x319, "v_subrev_co_u32", kFullRate,
        [](U a, U b) {
          return WithMask<Exact<U32>>::Result{std::int64_t{b} - a, b < a};
        },
        kWritesVcc),
    row<Exact<U16>(U16, U16, U16)>(0x340, "v_mad_u16", kFullRate,
                                   [](H a, H b, H c) { return std::int64_t{a} * b + c; }, kOpSel),
    row<B32(B32, B32, B32)>(0x344, "v_perm_b32", kFullRate,
                            [](U a, U b, U c) { return permute_bytes(a, b, c); }, kInteger),
    row<U32(U32, U32, U32)>(0x345, "v_xad_u32", kFullRate, [](U a, U b, U c) { return (a ^ b) + c; },
                            kInteger),
    row<U32(U32, U32, U32)>(0x346, "v_lshl_add_u32", kFullRate,
                            [](U a, U b, U c) { return (a << (b & 31)) + c; }, kInteger),
    row<U32(U32, U32, U32)>(0x347, "v_add_lshl_u32", kFullRate,
                            [](U a, U b, U c) { return (a + b) << (c & 31); }, kInteger),
    row<F16(F16, F16, F16)>(0x34b, "v_fma_f16", kMultiplyAdd,
                            [](float a, float b, float c) { return fma_half(a, b, c); }, kOpSel),
    row<F16Bits(F16Bits, F16Bits, F16Bits)>(
        0x351, "v_min3_f16", kFullRate,
        [](const LaneContext& context, H a, H b, H c) {
          return minimum(context, minimum(context, a, b), c);
        },
        kOpSel),
    row<I16(I16, I16, I16)>(0x352, "v_min3_i16", kFullRate,
                            [](S a, S b, S c) { return std::min(std::min(a, b), c); }, kOpSel | kSaturates),
    row<U16(U16, U16, U16)>(0x353, "v_min3_u16", kFullRate,
                            [](H a, H b, H c) { return std::min(std::min(a, b), c); }, kOpSel | kSaturates),
    row<F16Bits(F16Bits, F16Bits, F16Bits)>(
        0x354, "v_max3_f16", kFullRate,
        [](const LaneContext& context, H a, H b, H c) {
          return maximum(context, maximum(context, a, b), c);
        },
        kOpSel),
    row<I16(I16, I16, I16)>(0x355, "v_max3_i16", kFullRate,
                            [](S a, S b, S c) { return std::max(std::max(a, b), c); }, kOpSel | kSaturates),
    row<U16(U16, U16, U16)>(0x356, "v_max3_u16", kFullRate,
                            [](H a, H b, H c) { return std::max(std::max(a, b), c); }, kOpSel | kSaturates),
    row<F16Bits(F16Bits, F16Bits, F16Bits)>(
        0x357, "v_med3_f16", kFullRate,
        [](const LaneContext& context, H a, H b, H c) { return median(context, a, b, c); },
        kOpSel),
    row<I16(I16, I16, I16)>(0x358, "v_med3_i16", kFullRate,
                            [](S a, S b, S c) { return median_of(a, b, c); }, kOpSel | kSaturates),
    row<U16(U16, U16, U16)>(0x359, "v_med3_u16", kFullRate,
                            [](H a, H b, H c) { return median_of(a, b, c); }, kOpSel | kSaturates),
    row<Exact<I16>(I16, I16, I16)>(0x35e, "v_mad_i16", kFullRate,
                                   [](S a, S b, S c) { return std::int64_t{a} * b + c; }, kOpSel),
    row<F16Bits(F16Bits, F16Bits, F16Bits)>(
        0x35f, "v_div_fixup_f16", kFullRate, [](H a, H b, H c) { return div_fixup(a, b, c); }, kOpSel),
    with_uses(handler_row<B32(B32, B32)>(0x360, "v_readlane_b32", kFullRate, execute_readlane,
                               kInteger | kScalarDestination), kIgnoresExec),
    with_uses(handler_row<B32(B32, B32)>(0x361, "v_writelane_b32", kFullRate, execute_writelane, kInteger), kIgnoresExec | kReadsDestination),
    row<F32(F32, I32)>(0x362, "v_ldexp_f32", kFullRate, [](float a, I b) { return ldexp_f32(a, b); }),
    row<B32(B32, B32)>(0x363, "v_bfm_b32", kFullRate,
                       [](U a, U b) { return ((1u << (a & 31)) - 1) << (b & 31); }, kInteger),
    row<U32(B32, U32)>(0x364, "v_bcnt_u32_b32", kFullRate,
                       [](U a, U b) { return static_cast<U>(std::popcount(a)) + b; }, kInteger),
    // Bits of the mask below this lane of the wave, in its low and in its high dword.
    row<U32(B32, U32)>(0x365, "v_mbcnt_lo_u32_b32", kFullRate,
                       [](const LaneContext& context, U a, U b) {
                         const U below = context.lane < 32 ? (1u << context.lane) - 1 : ~0u;
                         return static_cast<U>(std::popcount(a & below)) + b;
                       },
                       kInteger),
    row<U32(B32, U32)>(0x366, "v_mbcnt_hi_u32_b32", kFullRate,
                       [](const LaneContext& context, U a, U b) {
                         const U below = context.lane < 32 ? 0 : (1u << (context.lane - 32)) - 1;
                         return static_cast<U>(std::popcount(a & below)) + b;
                       },
                       kInteger),
    row<B32(F32, F32)>(0x368, "v_cvt_pknorm_i16_f32", kFullRate,
                       [](float a, float b) { return signed_norm(a) | signed_norm(b) << 16; }),
    row<B32(F32, F32)>(0x369, "v_cvt_pknorm_u16_f32", kFullRate,
                       [](float a, float b) { return unsigned_norm(a) | unsigned_norm(b) << 16; }),
    row<B32(U32, U32)>(0x36a, "v_cvt_pk_u16_u32", kFullRate,
                       [](U a, U b) { return std::min(a, 0xffffu) | std::min(b, 0xffffu) << 16; },
                       kInteger),
    row<B32(I32, I32)>(0x36b, "v_cvt_pk_i16_i32", kFullRate,
                       [](I a, I b) {
                         const auto low = static_cast<U>(std::clamp(a, -0x8000, 0x7fff));
                         const auto high = static_cast<U>(std::clamp(b, -0x8000, 0x7fff));
                         return (low & 0xffff) | high << 16;
                       },
                       kInteger),
    row<U32(U32, U32, U32)>(0x36d, "v_add3_u32", kFullRate, [](U a, U b, U c) { return a + b + c; },
                            kInteger),
    row<B32(B32, B32, B32)>(0x36f, "v_lshl_or_b32", kFullRate,
                            [](U a, U b, U c) { return (a << (b & 31)) | c; }, kInteger),
    row<B32(B32, B32, B32)>(0x371, "v_and_or_b32", kFullRate, [](U a, U b, U c) { return (a & b) | c; },
                            kInteger),
    row<B32(B32, B32, B32)>(0x372, "v_or3_b32", kFullRate, [](U a, U b, U c) { return a | b | c; },
                            kInteger),
    row<Exact<U32>(U16, U16, U32)>(0x373, "v_mad_u32_u16", kFullRate,
                                   [](H a, H b, U c) { return std::int64_t{a} * b + c; }, kOpSel),
    row<Exact<I32>(I16, I16, I32)>(0x375, "v_mad_i32_i16", kFullRate,
                                   [](S a, S b, I c) { return std::int64_t{a} * b + c; }, kOpSel),
    row<Exact<I32>(I32, I32)>(0x376, "v_sub_nc_i32", kFullRate,
                              [](I a, I b) { return std::int64_t{a} - b; }),
    with_control(with_uses(handler_row<B32(B32, B32, B32)>(0x377, "v_permlane16_b32", kFullRate, execute_permlane16,
                                    kInteger | kOpSel), kReadsDestination), Control::kPermlane),
    with_control(with_uses(handler_row<B32(B32, B32, B32)>(0x378, "v_permlanex16_b32", kFullRate, execute_permlanex16,
                                    kInteger | kOpSel), kReadsDestination), Control::kPermlane),
    row<Exact<I32>(I32, I32)>(0x37f, "v_add_nc_i32", kFullRate,
                              [](I a, I b) { return std::int64_t{a} + b; }),
};

}  // namespace

std::span<const Opcode> vop3_opcodes() { return kRows; }

}  // namespace emulator
