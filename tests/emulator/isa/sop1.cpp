// SOP1: scalar instructions of one source. Meaning, SCC and edge values: AMD, "RDNA 1.0 Instruction
// Set Architecture", section 12.3.
#include <bit>

#include "isa/control_flow.h"
#include "isa/opcode_tables.h"
#include "isa/scalar_operation.h"

namespace emulator {
namespace {

constexpr Scc kNonZero = Scc::kNonZero;

// Index of the lowest or highest set bit counted from either end; -1 when none is set.
template <class T>
std::int32_t lowest_bit(T value) {
  return value == 0 ? -1 : std::countr_zero(value);
}
template <class T>
std::int32_t leading_zeros(T value) {
  return value == 0 ? -1 : std::countl_zero(value);
}
// Number of leading bits equal to the sign; -1 when all are.
template <class T>
std::int32_t sign_bits(T value) {
  using Unsigned = std::make_unsigned_t<T>;
  return leading_zeros(static_cast<Unsigned>(value < 0 ? ~value : value));
}

template <class T>
T reverse_bits(T value) {
  T result = 0;
  for (unsigned bit = 0; bit < sizeof(T) * 8; ++bit)
    result |= (value >> bit & 1) << (sizeof(T) * 8 - 1 - bit);
  return result;
}

// Every quad of lanes that has a bit set.
template <class T>
T any_in_quads(T value) {
  constexpr T kFirstOfQuads = static_cast<T>(0x1111111111111111);
  return (value | value >> 1 | value >> 2 | value >> 3) & kFirstOfQuads;
}

template <class T>
T pack_quads(T value) {
  T result = 0;
  for (unsigned quad = 0; quad < sizeof(T) * 2; ++quad) {
    result |= (any_in_quads(value) >> (4 * quad) & 1) << quad;
  }
  return result;
}

std::uint64_t duplicate_bits(std::uint32_t value) {
  std::uint64_t result = 0;
  for (unsigned bit = 0; bit < 32; ++bit)
    result |= std::uint64_t{value >> bit & 1} * 3 << (2 * bit);
  return result;
}

template <class T>
T set_bit(T value, std::uint32_t bit, bool to) {
  const T mask = T{1} << (bit & (sizeof(T) * 8 - 1));
  return to ? value | mask : value & ~mask;
}

// EXEC = Fn(source, EXEC); the destination takes EXEC as it was (saveexec) or as it is (wrexec).
template <class T, bool kSavesOld, class Fn>
const Instruction* execute_with_exec(Wave& wave, const Instruction& instruction) {
  using Value = typename T::Lane;
  const Value source = scalar_source<T>(wave, instruction, 0);
  const Value before = read_scalar_as<T>(wave, instruction, operand::kExecLo);
  const Value after = Fn{}(source, before);
  write_scalar_as<T>(wave, instruction.destination, kSavesOld ? before : after);
  write_scalar_as<T>(wave, operand::kExecLo, after);
  wave.scc = after != 0;
  return &instruction + 1;
}
template <class T, class Fn>
constexpr Opcode saveexec_row(std::uint16_t number, std::string_view mnemonic, std::uint32_t uses,
                              Fn) {
  return scalar_handler_row<T(T)>(number, mnemonic, uses, &execute_with_exec<T, true, Fn>);
}
template <class T, class Fn>
constexpr Opcode wrexec_row(std::uint16_t number, std::string_view mnemonic, std::uint32_t uses,
                            Fn) {
  return scalar_handler_row<T(T)>(number, mnemonic, uses, &execute_with_exec<T, false, Fn>);
}

const Instruction* get_pc(Wave& wave, const Instruction& instruction) {
  wave.write_pair(instruction.destination, following_address(wave, instruction));
  return &instruction + 1;
}

const Instruction* set_pc(Wave& wave, const Instruction& instruction) {
  return jump_to_address(wave, instruction, scalar_source<U64>(wave, instruction, 0));
}

const Instruction* swap_pc(Wave& wave, const Instruction& instruction) {
  const std::uint64_t target = scalar_source<U64>(wave, instruction, 0);
  wave.write_pair(instruction.destination, following_address(wave, instruction));
  return jump_to_address(wave, instruction, target);
}

const Instruction* return_from_exception(Wave& wave, const Instruction& instruction) {
  wave.current = &instruction;
  throw Fault(FaultKind::kIllegalInstruction,
              "s_rfe_b64 returns from a trap handler, and there is none");
}

// SGPRs are the only registers that M0 reaches. Outside of them the hardware reads s0 and drops
// writes.
constexpr unsigned kSgprs = 106;

unsigned relative_source(unsigned code, std::uint32_t index, unsigned registers) {
  const std::uint64_t relative = std::uint64_t{code} + index;
  return relative + registers <= kSgprs ? static_cast<unsigned>(relative) : 0;
}
unsigned relative_destination(unsigned code, std::uint32_t index, unsigned registers) {
  const std::uint64_t relative = std::uint64_t{code} + index;
  return relative + registers <= kSgprs ? static_cast<unsigned>(relative) : operand::kNull;
}

template <class T>
const Instruction* move_relative_source(Wave& wave, const Instruction& instruction) {
  const unsigned code =
      relative_source(instruction.source[0], wave.s[operand::kM0], register_count(T::kType));
  write_scalar_as<T>(wave, instruction.destination, read_scalar_as<T>(wave, instruction, code));
  return &instruction + 1;
}

template <class T>
const Instruction* move_relative_destination(Wave& wave, const Instruction& instruction) {
  const unsigned code =
      relative_destination(instruction.destination, wave.s[operand::kM0], register_count(T::kType));
  write_scalar_as<T>(wave, code, scalar_source<T>(wave, instruction, 0));
  return &instruction + 1;
}

const Instruction* move_relative_both(Wave& wave, const Instruction& instruction) {
  const std::uint32_t index = wave.s[operand::kM0];
  const unsigned from = relative_source(instruction.source[0], index & 0x3ff, 1);
  const unsigned to = relative_destination(instruction.destination, index >> 16 & 0x3ff, 1);
  wave.write_scalar(to, wave.s[from]);
  return &instruction + 1;
}

constexpr std::uint32_t kExecToo = kReadsExecToo | kWritesExecToo | kWritesScc;

// clang-format off
constexpr Opcode kRows[] = {
    scalar_row<U32(U32)>(3, "s_mov_b32", kNothing, [](auto a) { return a; }),
    scalar_row<U64(U64)>(4, "s_mov_b64", kNothing, [](auto a) { return a; }),
    scalar_row<U32(U32, Destination<U32>)>(5, "s_cmov_b32", kReadsScc, [](auto a, auto d, bool& scc) { return scc ? a : d; }),
    scalar_row<U64(U64, Destination<U64>)>(6, "s_cmov_b64", kReadsScc, [](auto a, auto d, bool& scc) { return scc ? a : d; }),
    scalar_row<U32(U32), kNonZero>(7, "s_not_b32", kWritesScc, [](auto a) { return ~a; }),
    scalar_row<U64(U64), kNonZero>(8, "s_not_b64", kWritesScc, [](auto a) { return ~a; }),
    scalar_row<U32(U32), kNonZero>(9, "s_wqm_b32", kWritesScc, [](auto a) { return any_in_quads(a) * 15; }),
    scalar_row<U64(U64), kNonZero>(10, "s_wqm_b64", kWritesScc, [](auto a) { return any_in_quads(a) * 15; }),
    scalar_row<U32(U32)>(11, "s_brev_b32", kNothing, [](auto a) { return reverse_bits(a); }),
    scalar_row<U64(U64)>(12, "s_brev_b64", kNothing, [](auto a) { return reverse_bits(a); }),
    scalar_row<U32(U32), kNonZero>(13, "s_bcnt0_i32_b32", kWritesScc, [](auto a) { return std::popcount(~a); }),
    scalar_row<U32(U64), kNonZero>(14, "s_bcnt0_i32_b64", kWritesScc, [](auto a) { return std::popcount(~a); }),
    scalar_row<U32(U32), kNonZero>(15, "s_bcnt1_i32_b32", kWritesScc, [](auto a) { return std::popcount(a); }),
    scalar_row<U32(U64), kNonZero>(16, "s_bcnt1_i32_b64", kWritesScc, [](auto a) { return std::popcount(a); }),
    scalar_row<I32(U32)>(17, "s_ff0_i32_b32", kNothing, [](auto a) { return lowest_bit(~a); }),
    scalar_row<I32(U64)>(18, "s_ff0_i32_b64", kNothing, [](auto a) { return lowest_bit(~a); }),
    scalar_row<I32(U32)>(19, "s_ff1_i32_b32", kNothing, [](auto a) { return lowest_bit(a); }),
    scalar_row<I32(U64)>(20, "s_ff1_i32_b64", kNothing, [](auto a) { return lowest_bit(a); }),
    scalar_row<I32(U32)>(21, "s_flbit_i32_b32", kNothing, [](auto a) { return leading_zeros(a); }),
    scalar_row<I32(U64)>(22, "s_flbit_i32_b64", kNothing, [](auto a) { return leading_zeros(a); }),
    scalar_row<I32(I32)>(23, "s_flbit_i32", kNothing, [](auto a) { return sign_bits(a); }),
    scalar_row<I32(I64)>(24, "s_flbit_i32_i64", kNothing, [](auto a) { return sign_bits(a); }),
    scalar_row<I32(I32)>(25, "s_sext_i32_i8", kNothing, [](auto a) { return static_cast<std::int8_t>(a); }),
    scalar_row<I32(I32)>(26, "s_sext_i32_i16", kNothing, [](auto a) { return static_cast<std::int16_t>(a); }),
    scalar_row<U32(U32, Destination<U32>)>(27, "s_bitset0_b32", kNothing, [](auto a, auto d) { return set_bit(d, a, false); }),
    scalar_row<U64(U32, Destination<U64>)>(28, "s_bitset0_b64", kNothing, [](auto a, auto d) { return set_bit(d, a, false); }),
    scalar_row<U32(U32, Destination<U32>)>(29, "s_bitset1_b32", kNothing, [](auto a, auto d) { return set_bit(d, a, true); }),
    scalar_row<U64(U32, Destination<U64>)>(30, "s_bitset1_b64", kNothing, [](auto a, auto d) { return set_bit(d, a, true); }),
    scalar_handler_row<U64()>(31, "s_getpc_b64", kNothing, get_pc),
    with_control(scalar_handler_row<void(U64)>(32, "s_setpc_b64", kNothing, set_pc), kBranchCost, Control::kJump),
    with_control(scalar_handler_row<U64(U64)>(33, "s_swappc_b64", kNothing, swap_pc), kBranchCost, Control::kJump),
    with_control(scalar_handler_row<void(U64)>(34, "s_rfe_b64", kNothing, return_from_exception), kBranchCost, Control::kJump),
    saveexec_row<U64>(36, "s_and_saveexec_b64", kExecToo, [](auto a, auto exec) { return a & exec; }),
    saveexec_row<U64>(37, "s_or_saveexec_b64", kExecToo, [](auto a, auto exec) { return a | exec; }),
    saveexec_row<U64>(38, "s_xor_saveexec_b64", kExecToo, [](auto a, auto exec) { return a ^ exec; }),
    saveexec_row<U64>(39, "s_andn2_saveexec_b64", kExecToo, [](auto a, auto exec) { return a & ~exec; }),
    saveexec_row<U64>(40, "s_orn2_saveexec_b64", kExecToo, [](auto a, auto exec) { return a | ~exec; }),
    saveexec_row<U64>(41, "s_nand_saveexec_b64", kExecToo, [](auto a, auto exec) { return ~(a & exec); }),
    saveexec_row<U64>(42, "s_nor_saveexec_b64", kExecToo, [](auto a, auto exec) { return ~(a | exec); }),
    saveexec_row<U64>(43, "s_xnor_saveexec_b64", kExecToo, [](auto a, auto exec) { return ~(a ^ exec); }),
    scalar_row<U32(U32), kNonZero>(44, "s_quadmask_b32", kWritesScc, [](auto a) { return pack_quads(a); }),
    scalar_row<U64(U64), kNonZero>(45, "s_quadmask_b64", kWritesScc, [](auto a) { return pack_quads(a); }),
    scalar_handler_row<U32(U32)>(46, "s_movrels_b32", kReadsM0 | kReadsAnySgpr, move_relative_source<U32>),
    scalar_handler_row<U64(U64)>(47, "s_movrels_b64", kReadsM0 | kReadsAnySgpr, move_relative_source<U64>),
    scalar_handler_row<U32(U32)>(48, "s_movreld_b32", kReadsM0 | kWritesAnySgpr, move_relative_destination<U32>),
    scalar_handler_row<U64(U64)>(49, "s_movreld_b64", kReadsM0 | kWritesAnySgpr, move_relative_destination<U64>),
    scalar_row<U32(U32), kNonZero>(52, "s_abs_i32", kWritesScc, [](auto a) { return (a & 1u << 31) != 0 ? -a : a; }),
    saveexec_row<U64>(55, "s_andn1_saveexec_b64", kExecToo, [](auto a, auto exec) { return ~a & exec; }),
    saveexec_row<U64>(56, "s_orn1_saveexec_b64", kExecToo, [](auto a, auto exec) { return ~a | exec; }),
    wrexec_row<U64>(57, "s_andn1_wrexec_b64", kExecToo, [](auto a, auto exec) { return ~a & exec; }),
    wrexec_row<U64>(58, "s_andn2_wrexec_b64", kExecToo, [](auto a, auto exec) { return a & ~exec; }),
    scalar_row<U64(U32)>(59, "s_bitreplicate_b64_b32", kNothing, [](auto a) { return duplicate_bits(a); }),
    saveexec_row<U32>(60, "s_and_saveexec_b32", kExecToo, [](auto a, auto exec) { return a & exec; }),
    saveexec_row<U32>(61, "s_or_saveexec_b32", kExecToo, [](auto a, auto exec) { return a | exec; }),
    saveexec_row<U32>(62, "s_xor_saveexec_b32", kExecToo, [](auto a, auto exec) { return a ^ exec; }),
    saveexec_row<U32>(63, "s_andn2_saveexec_b32", kExecToo, [](auto a, auto exec) { return a & ~exec; }),
    saveexec_row<U32>(64, "s_orn2_saveexec_b32", kExecToo, [](auto a, auto exec) { return a | ~exec; }),
    saveexec_row<U32>(65, "s_nand_saveexec_b32", kExecToo, [](auto a, auto exec) { return ~(a & exec); }),
    saveexec_row<U32>(66, "s_nor_saveexec_b32", kExecToo, [](auto a, auto exec) { return ~(a | exec); }),
    saveexec_row<U32>(67, "s_xnor_saveexec_b32", kExecToo, [](auto a, auto exec) { return ~(a ^ exec); }),
    saveexec_row<U32>(68, "s_andn1_saveexec_b32", kExecToo, [](auto a, auto exec) { return ~a & exec; }),
    saveexec_row<U32>(69, "s_orn1_saveexec_b32", kExecToo, [](auto a, auto exec) { return ~a | exec; }),
    wrexec_row<U32>(70, "s_andn1_wrexec_b32", kExecToo, [](auto a, auto exec) { return ~a & exec; }),
    wrexec_row<U32>(71, "s_andn2_wrexec_b32", kExecToo, [](auto a, auto exec) { return a & ~exec; }),
    scalar_handler_row<U32(U32)>(73, "s_movrelsd_2_b32", kReadsM0 | kReadsAnySgpr | kWritesAnySgpr, move_relative_both),
};
// clang-format on

}  // namespace

std::span<const Opcode> sop1_opcodes() { return kRows; }

}  // namespace emulator
