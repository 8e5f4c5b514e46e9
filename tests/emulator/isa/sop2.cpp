// SOP2: scalar instructions of two sources. Meaning and SCC: AMD, "RDNA 1.0 Instruction Set
// Architecture", section 12.1.
#include <cstdlib>

#include "isa/opcode_tables.h"
#include "isa/scalar_operation.h"

namespace emulator {
namespace {

constexpr Scc kNonZero = Scc::kNonZero;

std::int64_t wide(std::int32_t value) { return value; }
std::uint64_t wide(std::uint32_t value) { return value; }

bool overflows(std::int64_t value) { return value != static_cast<std::int32_t>(value); }

// Bit-field descriptors: the offset in the low bits, the width from bit 16.
template <class T>
T extract_bits(T value, std::uint32_t field) {
  constexpr unsigned kBits = sizeof(T) * 8;
  const unsigned offset = field & (kBits - 1);
  const unsigned width = field >> 16 & 0x7f;
  if (width == 0) return 0;
  const T shifted = value >> offset;
  if (width >= kBits - offset) return shifted;
  // T decides whether the upper bits are copies of the sign or zeros.
  using Unsigned = std::make_unsigned_t<T>;
  return static_cast<T>(static_cast<Unsigned>(shifted) << (kBits - width)) >> (kBits - width);
}

template <unsigned kShift>
struct ShiftAdd {
  std::uint32_t operator()(std::uint32_t a, std::uint32_t b, bool& scc) const {
    const std::uint64_t sum = (wide(a) << kShift) + b;
    scc = sum > 0xffffffffu;
    return static_cast<std::uint32_t>(sum);
  }
};

std::uint32_t pack_halves(std::uint32_t low, std::uint32_t high) {
  return (low & 0xffff) | high << 16;
}

// clang-format off
constexpr Opcode kRows[] = {
    scalar_row<U32(U32, U32)>(0, "s_add_u32", kWritesScc, [](auto a, auto b, bool& scc) { scc = wide(a) + b > 0xffffffffu; return a + b; }),
    scalar_row<U32(U32, U32)>(1, "s_sub_u32", kWritesScc, [](auto a, auto b, bool& scc) { scc = b > a; return a - b; }),
    scalar_row<I32(I32, I32)>(2, "s_add_i32", kWritesScc, [](auto a, auto b, bool& scc) { scc = overflows(wide(a) + b); return wide(a) + b; }),
    scalar_row<I32(I32, I32)>(3, "s_sub_i32", kWritesScc, [](auto a, auto b, bool& scc) { scc = overflows(wide(a) - b); return wide(a) - b; }),
    scalar_row<U32(U32, U32)>(4, "s_addc_u32", kReadsScc | kWritesScc, [](auto a, auto b, bool& scc) { const auto sum = wide(a) + b + scc; scc = sum > 0xffffffffu; return sum; }),
    scalar_row<U32(U32, U32)>(5, "s_subb_u32", kReadsScc | kWritesScc, [](auto a, auto b, bool& scc) { const bool borrow = scc; scc = wide(b) + borrow > a; return a - b - borrow; }),
    scalar_row<I32(I32, I32)>(6, "s_min_i32", kWritesScc, [](auto a, auto b, bool& scc) { scc = a < b; return scc ? a : b; }),
    scalar_row<U32(U32, U32)>(7, "s_min_u32", kWritesScc, [](auto a, auto b, bool& scc) { scc = a < b; return scc ? a : b; }),
    scalar_row<I32(I32, I32)>(8, "s_max_i32", kWritesScc, [](auto a, auto b, bool& scc) { scc = a > b; return scc ? a : b; }),
    scalar_row<U32(U32, U32)>(9, "s_max_u32", kWritesScc, [](auto a, auto b, bool& scc) { scc = a > b; return scc ? a : b; }),
    scalar_row<U32(U32, U32)>(10, "s_cselect_b32", kReadsScc, [](auto a, auto b, bool& scc) { return scc ? a : b; }),
    scalar_row<U64(U64, U64)>(11, "s_cselect_b64", kReadsScc, [](auto a, auto b, bool& scc) { return scc ? a : b; }),
    scalar_row<U32(U32, U32), kNonZero>(14, "s_and_b32", kWritesScc, [](auto a, auto b) { return a & b; }),
    scalar_row<U64(U64, U64), kNonZero>(15, "s_and_b64", kWritesScc, [](auto a, auto b) { return a & b; }),
    scalar_row<U32(U32, U32), kNonZero>(16, "s_or_b32", kWritesScc, [](auto a, auto b) { return a | b; }),
    scalar_row<U64(U64, U64), kNonZero>(17, "s_or_b64", kWritesScc, [](auto a, auto b) { return a | b; }),
    scalar_row<U32(U32, U32), kNonZero>(18, "s_xor_b32", kWritesScc, [](auto a, auto b) { return a ^ b; }),
    scalar_row<U64(U64, U64), kNonZero>(19, "s_xor_b64", kWritesScc, [](auto a, auto b) { return a ^ b; }),
    scalar_row<U32(U32, U32), kNonZero>(20, "s_andn2_b32", kWritesScc, [](auto a, auto b) { return a & ~b; }),
    scalar_row<U64(U64, U64), kNonZero>(21, "s_andn2_b64", kWritesScc, [](auto a, auto b) { return a & ~b; }),
    scalar_row<U32(U32, U32), kNonZero>(22, "s_orn2_b32", kWritesScc, [](auto a, auto b) { return a | ~b; }),
    scalar_row<U64(U64, U64), kNonZero>(23, "s_orn2_b64", kWritesScc, [](auto a, auto b) { return a | ~b; }),
    scalar_row<U32(U32, U32), kNonZero>(24, "s_nand_b32", kWritesScc, [](auto a, auto b) { return ~(a & b); }),
    scalar_row<U64(U64, U64), kNonZero>(25, "s_nand_b64", kWritesScc, [](auto a, auto b) { return ~(a & b); }),
    scalar_row<U32(U32, U32), kNonZero>(26, "s_nor_b32", kWritesScc, [](auto a, auto b) { return ~(a | b); }),
    scalar_row<U64(U64, U64), kNonZero>(27, "s_nor_b64", kWritesScc, [](auto a, auto b) { return ~(a | b); }),
    scalar_row<U32(U32, U32), kNonZero>(28, "s_xnor_b32", kWritesScc, [](auto a, auto b) { return ~(a ^ b); }),
    scalar_row<U64(U64, U64), kNonZero>(29, "s_xnor_b64", kWritesScc, [](auto a, auto b) { return ~(a ^ b); }),
    scalar_row<U32(U32, U32), kNonZero>(30, "s_lshl_b32", kWritesScc, [](auto a, auto b) { return a << (b & 31); }),
    scalar_row<U64(U64, U32), kNonZero>(31, "s_lshl_b64", kWritesScc, [](auto a, auto b) { return a << (b & 63); }),
    scalar_row<U32(U32, U32), kNonZero>(32, "s_lshr_b32", kWritesScc, [](auto a, auto b) { return a >> (b & 31); }),
    scalar_row<U64(U64, U32), kNonZero>(33, "s_lshr_b64", kWritesScc, [](auto a, auto b) { return a >> (b & 63); }),
    scalar_row<I32(I32, U32), kNonZero>(34, "s_ashr_i32", kWritesScc, [](auto a, auto b) { return a >> (b & 31); }),
    scalar_row<I64(I64, U32), kNonZero>(35, "s_ashr_i64", kWritesScc, [](auto a, auto b) { return a >> (b & 63); }),
    scalar_row<U32(U32, U32)>(36, "s_bfm_b32", kNothing, [](auto a, auto b) { return ((1u << (a & 31)) - 1) << (b & 31); }),
    scalar_row<U64(U32, U32)>(37, "s_bfm_b64", kNothing, [](auto a, auto b) { return ((1ull << (a & 63)) - 1) << (b & 63); }),
    scalar_row<U32(U32, U32)>(38, "s_mul_i32", kNothing, [](auto a, auto b) { return a * b; }),
    scalar_row<U32(U32, U32), kNonZero>(39, "s_bfe_u32", kWritesScc, [](auto a, auto b) { return extract_bits(a, b); }),
    scalar_row<I32(I32, U32), kNonZero>(40, "s_bfe_i32", kWritesScc, [](auto a, auto b) { return extract_bits(a, b); }),
    scalar_row<U64(U64, U32), kNonZero>(41, "s_bfe_u64", kWritesScc, [](auto a, auto b) { return extract_bits(a, b); }),
    scalar_row<I64(I64, U32), kNonZero>(42, "s_bfe_i64", kWritesScc, [](auto a, auto b) { return extract_bits(a, b); }),
    scalar_row<U32(I32, I32), kNonZero>(44, "s_absdiff_i32", kWritesScc, [](auto a, auto b) { return std::llabs(wide(a) - b); }),
    scalar_row<U32(U32, U32)>(46, "s_lshl1_add_u32", kWritesScc, ShiftAdd<1>{}),
    scalar_row<U32(U32, U32)>(47, "s_lshl2_add_u32", kWritesScc, ShiftAdd<2>{}),
    scalar_row<U32(U32, U32)>(48, "s_lshl3_add_u32", kWritesScc, ShiftAdd<3>{}),
    scalar_row<U32(U32, U32)>(49, "s_lshl4_add_u32", kWritesScc, ShiftAdd<4>{}),
    scalar_row<U32(U32, U32)>(50, "s_pack_ll_b32_b16", kNothing, [](auto a, auto b) { return pack_halves(a, b); }),
    scalar_row<U32(U32, U32)>(51, "s_pack_lh_b32_b16", kNothing, [](auto a, auto b) { return pack_halves(a, b >> 16); }),
    scalar_row<U32(U32, U32)>(52, "s_pack_hh_b32_b16", kNothing, [](auto a, auto b) { return pack_halves(a >> 16, b >> 16); }),
    scalar_row<U32(U32, U32)>(53, "s_mul_hi_u32", kNothing, [](auto a, auto b) { return wide(a) * b >> 32; }),
    scalar_row<I32(I32, I32)>(54, "s_mul_hi_i32", kNothing, [](auto a, auto b) { return wide(a) * b >> 32; }),
};
// clang-format on

}  // namespace

std::span<const Opcode> sop2_opcodes() { return kRows; }

}  // namespace emulator
