// SOPC: scalar compares; SCC is the result.
#include "isa/opcode_tables.h"
#include "isa/scalar_operation.h"

namespace emulator {
namespace {

// clang-format off
constexpr Opcode kRows[] = {
    compare_row<I32, I32>(0, "s_cmp_eq_i32", kWritesScc, [](auto a, auto b) { return a == b; }),
    compare_row<I32, I32>(1, "s_cmp_lg_i32", kWritesScc, [](auto a, auto b) { return a != b; }),
    compare_row<I32, I32>(2, "s_cmp_gt_i32", kWritesScc, [](auto a, auto b) { return a > b; }),
    compare_row<I32, I32>(3, "s_cmp_ge_i32", kWritesScc, [](auto a, auto b) { return a >= b; }),
    compare_row<I32, I32>(4, "s_cmp_lt_i32", kWritesScc, [](auto a, auto b) { return a < b; }),
    compare_row<I32, I32>(5, "s_cmp_le_i32", kWritesScc, [](auto a, auto b) { return a <= b; }),
    compare_row<U32, U32>(6, "s_cmp_eq_u32", kWritesScc, [](auto a, auto b) { return a == b; }),
    compare_row<U32, U32>(7, "s_cmp_lg_u32", kWritesScc, [](auto a, auto b) { return a != b; }),
    compare_row<U32, U32>(8, "s_cmp_gt_u32", kWritesScc, [](auto a, auto b) { return a > b; }),
    compare_row<U32, U32>(9, "s_cmp_ge_u32", kWritesScc, [](auto a, auto b) { return a >= b; }),
    compare_row<U32, U32>(10, "s_cmp_lt_u32", kWritesScc, [](auto a, auto b) { return a < b; }),
    compare_row<U32, U32>(11, "s_cmp_le_u32", kWritesScc, [](auto a, auto b) { return a <= b; }),
    compare_row<U32, U32>(12, "s_bitcmp0_b32", kWritesScc, [](auto a, auto b) { return (a >> (b & 31) & 1) == 0; }),
    compare_row<U32, U32>(13, "s_bitcmp1_b32", kWritesScc, [](auto a, auto b) { return (a >> (b & 31) & 1) == 1; }),
    compare_row<U64, U32>(14, "s_bitcmp0_b64", kWritesScc, [](auto a, auto b) { return (a >> (b & 63) & 1) == 0; }),
    compare_row<U64, U32>(15, "s_bitcmp1_b64", kWritesScc, [](auto a, auto b) { return (a >> (b & 63) & 1) == 1; }),
    compare_row<U64, U64>(18, "s_cmp_eq_u64", kWritesScc, [](auto a, auto b) { return a == b; }),
    compare_row<U64, U64>(19, "s_cmp_lg_u64", kWritesScc, [](auto a, auto b) { return a != b; }),
};
// clang-format on

}  // namespace

std::span<const Opcode> sopc_opcodes() { return kRows; }

}  // namespace emulator
