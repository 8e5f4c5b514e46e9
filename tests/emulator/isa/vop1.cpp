// VOP1: vector instructions with one source.
#include <algorithm>
#include <bit>
#include <cmath>

#include "isa/float_operations.h"
#include "isa/lane_crossing.h"
#include "isa/opcode_tables.h"
#include "isa/transcendental.h"
#include "isa/vector_operation.h"

namespace emulator {
namespace {

template <unsigned kByte>
float byte_to_float(std::uint32_t a) {
  return static_cast<float>(static_cast<std::int32_t>(a >> 8 * kByte & 0xff));
}

// A number in [-1, 1] or [0, 1] as a fraction of the largest 16-bit integer.
inline std::int16_t to_signed_norm(double a) {
  const double bounded = a > -1 ? (a < 1 ? a : 1) : a == a ? -1 : 0;
  return static_cast<std::int16_t>(std::nearbyint(bounded * 32767));
}
inline std::uint16_t to_unsigned_norm(double a) {
  const double bounded = a > 0 ? (a < 1 ? a : 1) : 0;
  return static_cast<std::uint16_t>(static_cast<std::int32_t>(std::nearbyint(bounded * 65535)));
}

constexpr std::uint32_t saturate_u8(std::uint32_t half) {
  const auto value = static_cast<std::int16_t>(half);
  return static_cast<std::uint32_t>(std::clamp<std::int32_t>(value, 0, 255));
}

constexpr std::uint32_t kNo32BitForms = kNoSdwa | kNoDpp;  // 64-bit operands
constexpr std::uint32_t kOnlyPlain = kNoSdwa | kNoDpp | kNoVop3;
constexpr std::uint32_t kInteger = kNoClamp;

const Instruction* execute_nothing(Wave&, const Instruction& instruction) {
  return &instruction + 1;
}
constexpr Opcode no_operands(std::uint16_t number, std::string_view mnemonic, Cost cost,
                             Control control = Control::kNone) {
  Opcode opcode{number, mnemonic, execute_nothing, Type::kNone, {}, kNoSdwa | kNoDpp | kNoClamp};
  opcode.cost = cost;
  opcode.uses = kIgnoresExec;
  opcode.control = control;
  return opcode;
}

constexpr Opcode kRows[] = {
    no_operands(0x00, "v_nop", kNoWork, Control::kNoOperation),
    row<B32(B32)>(0x01, "v_mov_b32", kFullRate, [](std::uint32_t a) { return a; }, kInteger),
    handler_row<B32(B32)>(0x02, "v_readfirstlane_b32", kFullRate, execute_readfirstlane,
                          kOnlyPlain | kScalarDestination | kVgprSource),
    row<I32(F64)>(0x03, "v_cvt_i32_f64", kFp64Rate,
                  [](double a) { return convert_to_integer<std::int32_t>(a); }, kNo32BitForms),
    row<F64(I32)>(0x04, "v_cvt_f64_i32", kFp64Rate, [](std::int32_t a) { return static_cast<double>(a); },
                  kNo32BitForms),
    row<F32(I32)>(0x05, "v_cvt_f32_i32", kFullRate, [](std::int32_t a) { return static_cast<float>(a); }),
    row<F32(U32)>(0x06, "v_cvt_f32_u32", kFullRate, [](std::uint32_t a) { return static_cast<float>(a); }),
    row<U32(F32)>(0x07, "v_cvt_u32_f32", kFullRate,
                  [](float a) { return convert_to_integer<std::uint32_t>(a); }),
    row<I32(F32)>(0x08, "v_cvt_i32_f32", kFullRate,
                  [](float a) { return convert_to_integer<std::int32_t>(a); }),
    row<F16(F32)>(0x0a, "v_cvt_f16_f32", kFullRate, [](float a) { return a; }),
    row<F32(F16)>(0x0b, "v_cvt_f32_f16", kFullRate, [](float a) { return a; }),
    row<I32(F32)>(0x0c, "v_cvt_rpi_i32_f32", kFullRate,
                  [](float a) { return convert_to_integer<std::int32_t>(std::floor(a + 0.5f)); }),
    row<I32(F32)>(0x0d, "v_cvt_flr_i32_f32", kFullRate,
                  [](float a) { return convert_to_integer<std::int32_t>(std::floor(a)); }),
    row<F32(B32)>(0x0e, "v_cvt_off_f32_i4", kFullRate,
                  [](std::uint32_t a) {
                    return static_cast<float>(static_cast<std::int32_t>(a << 28) >> 28) * 0.0625f;
                  }),
    // Rounded as f64 operations are, with f32's denormals.
    row<F32(F64)>(0x0f, "v_cvt_f32_f64", kFp64Rate,
                  [](const LaneContext& context, double a) {
                    const auto value = static_cast<float>(a);
                    return (context.mode.denormal_f32 & 2) != 0 ? value : flush(value);
                  },
                  kNo32BitForms),
    row<F64(F32Bits)>(0x10, "v_cvt_f64_f32", kFp64Rate,
                      [](const LaneContext& context, std::uint32_t a) {
                        const bool keep = (context.mode.denormal_f32 & 1) != 0;
                        return static_cast<double>(std::bit_cast<float>(keep ? a : flush(a)));
                      },
                      kNo32BitForms),
    row<F32(B32)>(0x11, "v_cvt_f32_ubyte0", kFullRate, [](std::uint32_t a) { return byte_to_float<0>(a); }),
    row<F32(B32)>(0x12, "v_cvt_f32_ubyte1", kFullRate, [](std::uint32_t a) { return byte_to_float<1>(a); }),
    row<F32(B32)>(0x13, "v_cvt_f32_ubyte2", kFullRate, [](std::uint32_t a) { return byte_to_float<2>(a); }),
    row<F32(B32)>(0x14, "v_cvt_f32_ubyte3", kFullRate, [](std::uint32_t a) { return byte_to_float<3>(a); }),
    row<U32(F64)>(0x15, "v_cvt_u32_f64", kFp64Rate,
                  [](double a) { return convert_to_integer<std::uint32_t>(a); }, kNo32BitForms),
    row<F64(U32)>(0x16, "v_cvt_f64_u32", kFp64Rate, [](std::uint32_t a) { return static_cast<double>(a); },
                  kNo32BitForms),
    row<F64(F64)>(0x17, "v_trunc_f64", kFp64Rate, [](double a) { return std::trunc(a); }, kNo32BitForms),
    row<F64(F64)>(0x18, "v_ceil_f64", kFp64Rate, [](double a) { return std::ceil(a); }, kNo32BitForms),
    row<F64(F64)>(0x19, "v_rndne_f64", kFp64Rate, [](double a) { return __builtin_elementwise_roundeven(a); },
                  kNo32BitForms),
    row<F64(F64)>(0x1a, "v_floor_f64", kFp64Rate, [](double a) { return std::floor(a); }, kNo32BitForms),
    no_operands(0x1b, "v_pipeflush", kFullRate),
    row<F32(F32)>(0x20, "v_fract_f32", kFullRate, [](float a) { return fraction(a); }),
    row<F32(F32)>(0x21, "v_trunc_f32", kFullRate, [](float a) { return std::trunc(a); }),
    row<F32(F32)>(0x22, "v_ceil_f32", kFullRate, [](float a) { return std::ceil(a); }),
    row<F32(F32)>(0x23, "v_rndne_f32", kFullRate, [](float a) { return __builtin_elementwise_roundeven(a); }),
    row<F32(F32)>(0x24, "v_floor_f32", kFullRate, [](float a) { return std::floor(a); }),
    row<F32(F32)>(0x25, "v_exp_f32", kTranscendental, [](float a) { return exp_f32(a); }),
    row<F32(F32)>(0x27, "v_log_f32", kTranscendental, [](float a) { return log_f32(a); }),
    row<F32(F32)>(0x2a, "v_rcp_f32", kTranscendental, [](float a) { return rcp_f32(a); }),
    row<F32(F32)>(0x2b, "v_rcp_iflag_f32", kTranscendental, [](float a) { return rcp_f32(a); }),
    row<F32(F32)>(0x2e, "v_rsq_f32", kTranscendental, [](float a) { return rsq_f32(a); }),
    row<F64(F64)>(0x2f, "v_rcp_f64", kFp64Special, [](double a) { return 1 / a; }, kNo32BitForms),
    row<F64(F64)>(0x31, "v_rsq_f64", kFp64Special, [](double a) { return 1 / std::sqrt(a); }, kNo32BitForms),
    row<F32(F32)>(0x33, "v_sqrt_f32", kTranscendental, [](float a) { return sqrt_f32(a); }),
    row<F64(F64)>(0x34, "v_sqrt_f64", kFp64Special, [](double a) { return std::sqrt(a); }, kNo32BitForms),
    row<F32(F32)>(0x35, "v_sin_f32", kTranscendental,
                  [](float a) { return static_cast<float>(sin_of_revolutions(a, 0)); }),
    row<F32(F32)>(0x36, "v_cos_f32", kTranscendental,
                  [](float a) { return static_cast<float>(sin_of_revolutions(a, 1)); }),
    row<B32(B32)>(0x37, "v_not_b32", kFullRate, [](std::uint32_t a) { return ~a; }, kInteger),
    row<B32(B32)>(0x38, "v_bfrev_b32", kFullRate,
                  [](std::uint32_t a) { return __builtin_bitreverse32(a); }, kInteger),
    row<U32(B32)>(0x39, "v_ffbh_u32", kFullRate,
                  [](std::uint32_t a) {
                    return a == 0 ? ~0u : static_cast<std::uint32_t>(std::countl_zero(a));
                  },
                  kInteger),
    row<U32(B32)>(0x3a, "v_ffbl_b32", kFullRate,
                  [](std::uint32_t a) {
                    return a == 0 ? ~0u : static_cast<std::uint32_t>(std::countr_zero(a));
                  },
                  kInteger),
    // Position of the first bit that differs from the sign.
    row<U32(I32)>(0x3b, "v_ffbh_i32", kFullRate,
                  [](std::int32_t a) {
                    const auto differing = static_cast<std::uint32_t>(a ^ (a >> 31));
                    return differing == 0 ? ~0u
                                          : static_cast<std::uint32_t>(std::countl_zero(differing));
                  },
                  kInteger),
    row<I32(F64Bits)>(0x3c, "v_frexp_exp_i32_f64", kFp64Rate,
                      [](std::uint64_t a) { return frexp_exponent(a); }, kNo32BitForms),
    row<F64Bits(F64Bits)>(0x3d, "v_frexp_mant_f64", kFp64Rate,
                          [](std::uint64_t a) { return frexp_mantissa(a); }, kNo32BitForms),
    row<F64(F64)>(0x3e, "v_fract_f64", kFp64Rate, [](double a) { return fraction(a); }, kNo32BitForms),
    row<I32(F32Bits)>(0x3f, "v_frexp_exp_i32_f32", kFullRate,
                      [](std::uint32_t a) { return frexp_exponent(a); }),
    row<F32Bits(F32Bits)>(0x40, "v_frexp_mant_f32", kFullRate,
                          [](std::uint32_t a) { return frexp_mantissa(a); }),
    // Exceptions are not trapped, so there are none to clear.
    no_operands(0x41, "v_clrexcp", kFullRate),
    with_uses(handler_row<B32(B32)>(0x42, "v_movreld_b32", kFullRate, execute_movreld, kInteger), kReadsM0 | kWritesAnyVgpr),
    with_uses(handler_row<B32(B32)>(0x43, "v_movrels_b32", kFullRate, execute_movrels,
                          kInteger | kVgprSource), kReadsM0 | kReadsAnyVgpr),
    with_uses(handler_row<B32(B32)>(0x44, "v_movrelsd_b32", kFullRate, execute_movrelsd,
                          kInteger | kVgprSource), kReadsM0 | kReadsAnyVgpr | kWritesAnyVgpr),
    with_uses(handler_row<B32(B32)>(0x48, "v_movrelsd_2_b32", kFullRate, execute_movrelsd_2,
                          kInteger | kVgprSource), kReadsM0 | kReadsAnyVgpr | kWritesAnyVgpr),
    row<F16(U16)>(0x50, "v_cvt_f16_u16", kFullRate, [](std::uint16_t a) { return static_cast<float>(a); }),
    row<F16(I16)>(0x51, "v_cvt_f16_i16", kFullRate, [](std::int16_t a) { return static_cast<float>(a); }),
    row<U16(F16)>(0x52, "v_cvt_u16_f16", kFullRate,
                  [](float a) { return convert_to_integer<std::uint16_t>(a); }),
    row<I16(F16)>(0x53, "v_cvt_i16_f16", kFullRate,
                  [](float a) { return convert_to_integer<std::int16_t>(a); }),
    row<F16(F16)>(0x54, "v_rcp_f16", kTranscendental, [](float a) { return 1 / a; }),
    row<F16(F16)>(0x55, "v_sqrt_f16", kTranscendental, [](float a) { return std::sqrt(a); }),
    row<F16(F16)>(0x56, "v_rsq_f16", kTranscendental,
                  [](float a) { return static_cast<float>(1 / std::sqrt(static_cast<double>(a))); }),
    row<F16(F16)>(0x57, "v_log_f16", kTranscendental, [](float a) { return static_cast<float>(log2_of(a)); }),
    row<F16(F16)>(0x58, "v_exp_f16", kTranscendental, [](float a) { return static_cast<float>(exp2_of(a)); }),
    row<F16Bits(F16Bits)>(0x59, "v_frexp_mant_f16", kFullRate,
                          [](std::uint16_t a) { return frexp_mantissa(a); }),
    row<I16(F16Bits)>(0x5a, "v_frexp_exp_i16_f16", kFullRate,
                      [](std::uint16_t a) { return static_cast<std::int16_t>(frexp_exponent(a)); }),
    row<F16(F16)>(0x5b, "v_floor_f16", kFullRate, [](float a) { return std::floor(a); }),
    row<F16(F16)>(0x5c, "v_ceil_f16", kFullRate, [](float a) { return std::ceil(a); }),
    row<F16(F16)>(0x5d, "v_trunc_f16", kFullRate, [](float a) { return std::trunc(a); }),
    row<F16(F16)>(0x5e, "v_rndne_f16", kFullRate, [](float a) { return __builtin_elementwise_roundeven(a); }),
    // The largest half below one, as in v_fract_f32.
    row<F16(F16)>(0x5f, "v_fract_f16", kFullRate,
                  [](float a) {
                    const float difference = a - std::floor(a);
                    return difference > 0x1.ffcp-1f ? 0x1.ffcp-1f : difference;
                  }),
    row<F16(F16)>(0x60, "v_sin_f16", kTranscendental,
                  [](float a) { return static_cast<float>(sin_of_revolutions(a, 0)); }),
    row<F16(F16)>(0x61, "v_cos_f16", kTranscendental,
                  [](float a) { return static_cast<float>(sin_of_revolutions(a, 1)); }),
    row<B32(B32)>(0x62, "v_sat_pk_u8_i16", kFullRate,
                  [](std::uint32_t a) { return saturate_u8(a) | saturate_u8(a >> 16) << 8; },
                  kInteger),
    row<I16(F16)>(0x63, "v_cvt_norm_i16_f16", kFullRate, [](float a) { return to_signed_norm(a); }),
    row<U16(F16)>(0x64, "v_cvt_norm_u16_f16", kFullRate, [](float a) { return to_unsigned_norm(a); }),
    with_uses(handler_row<B32(B32)>(0x65, "v_swap_b32", kFullRate, execute_swap,
                          kOnlyPlain | kVgprSource), kReadsDestination | kWritesSource),
    with_uses(handler_row<B32(B32)>(0x68, "v_swaprel_b32", kFullRate, execute_swaprel,
                          kOnlyPlain | kVgprSource), kReadsM0 | kReadsAnyVgpr | kWritesAnyVgpr),
};

}  // namespace

std::span<const Opcode> vop1_opcodes() { return kRows; }

}  // namespace emulator
