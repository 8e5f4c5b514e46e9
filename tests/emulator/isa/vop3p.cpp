// VOP3P: packed 16-bit instructions, and v_fma_mix.
#include <algorithm>
#include <cmath>

#include "isa/float_operations.h"
#include "isa/opcode_tables.h"
#include "isa/vector_operation.h"

namespace emulator {
namespace {

using U = std::uint16_t;
using I = std::int16_t;

constexpr Opcode kRows[] = {
    row<Exact<PackedI16>(PackedI16, PackedI16, PackedI16)>(
        0x00, "v_pk_mad_i16", kFullRate, [](I a, I b, I c) { return std::int64_t{a} * b + c; }),
    row<PackedU16(PackedU16, PackedU16)>(
        0x01, "v_pk_mul_lo_u16", kFullRate,
        [](U a, U b) { return static_cast<U>(std::uint32_t{a} * b); }),
    row<Exact<PackedI16>(PackedI16, PackedI16)>(0x02, "v_pk_add_i16", kFullRate,
                                                [](I a, I b) { return std::int64_t{a} + b; }),
    row<Exact<PackedI16>(PackedI16, PackedI16)>(0x03, "v_pk_sub_i16", kFullRate,
                                                [](I a, I b) { return std::int64_t{a} - b; }),
    row<PackedB16(PackedB16, PackedB16)>(0x04, "v_pk_lshlrev_b16", kFullRate,
                                         [](U a, U b) { return static_cast<U>(b << (a & 15)); }),
    row<PackedB16(PackedB16, PackedB16)>(0x05, "v_pk_lshrrev_b16", kFullRate,
                                         [](U a, U b) { return static_cast<U>(b >> (a & 15)); }),
    row<PackedI16(PackedB16, PackedI16)>(0x06, "v_pk_ashrrev_i16", kFullRate,
                                         [](U a, I b) { return static_cast<I>(b >> (a & 15)); }),
    row<PackedI16(PackedI16, PackedI16)>(0x07, "v_pk_max_i16", kFullRate,
                                         [](I a, I b) { return std::max(a, b); }),
    row<PackedI16(PackedI16, PackedI16)>(0x08, "v_pk_min_i16", kFullRate,
                                         [](I a, I b) { return std::min(a, b); }),
    row<Exact<PackedU16>(PackedU16, PackedU16, PackedU16)>(
        0x09, "v_pk_mad_u16", kFullRate, [](U a, U b, U c) { return std::int64_t{a} * b + c; }),
    row<Exact<PackedU16>(PackedU16, PackedU16)>(0x0a, "v_pk_add_u16", kFullRate,
                                                [](U a, U b) { return std::int64_t{a} + b; }),
    row<Exact<PackedU16>(PackedU16, PackedU16)>(0x0b, "v_pk_sub_u16", kFullRate,
                                                [](U a, U b) { return std::int64_t{a} - b; }),
    row<PackedU16(PackedU16, PackedU16)>(0x0c, "v_pk_max_u16", kFullRate,
                                         [](U a, U b) { return std::max(a, b); }),
    row<PackedU16(PackedU16, PackedU16)>(0x0d, "v_pk_min_u16", kFullRate,
                                         [](U a, U b) { return std::min(a, b); }),
    row<PackedF16(PackedF16, PackedF16, PackedF16)>(
        0x0e, "v_pk_fma_f16", kMultiplyAdd,
        [](float a, float b, float c) { return fma_half(a, b, c); }),
    row<PackedF16(PackedF16, PackedF16)>(0x0f, "v_pk_add_f16", kFullRate,
                                         [](float a, float b) { return a + b; }),
    row<PackedF16(PackedF16, PackedF16)>(0x10, "v_pk_mul_f16", kFullRate,
                                         [](float a, float b) { return a * b; }),
    row<PackedF16Bits(PackedF16Bits, PackedF16Bits)>(
        0x11, "v_pk_min_f16", kFullRate,
        [](const LaneContext& context, U a, U b) { return minimum(context, a, b); }),
    row<PackedF16Bits(PackedF16Bits, PackedF16Bits)>(
        0x12, "v_pk_max_f16", kFullRate,
        [](const LaneContext& context, U a, U b) { return maximum(context, a, b); }),
    // The f16 forms round the f32 result: LLVM selects them for fptrunc(fma(...)).
    row<F32(Mixed, Mixed, Mixed)>(0x20, "v_fma_mix_f32", kMultiplyAdd,
                                  [](float a, float b, float c) { return std::fma(a, b, c); }),
    with_uses(
        row<F16(Mixed, Mixed, Mixed)>(0x21, "v_fma_mixlo_f16", kMultiplyAdd,
                                      [](float a, float b, float c) { return std::fma(a, b, c); }),
        kReadsDestination),
    with_uses(row<F16High(Mixed, Mixed, Mixed)>(
                  0x22, "v_fma_mixhi_f16", kMultiplyAdd,
                  [](float a, float b, float c) { return std::fma(a, b, c); }),
              kReadsDestination),
};

}  // namespace

std::span<const Opcode> vop3p_opcodes() { return kRows; }

}  // namespace emulator
