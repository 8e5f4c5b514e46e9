// SOPK: scalar instructions with a 16-bit immediate. Source: AMD, "RDNA 1.0 Instruction Set
// Architecture", section 12.2.
#include "isa/control_flow.h"
#include "isa/hardware_register.h"
#include "isa/opcode_tables.h"
#include "isa/scalar_operation.h"

namespace emulator {
namespace {

// Fn(register, immediate) or, with SCC, Fn(register, immediate, scc) gives the register.
template <class Fn>
const Instruction* execute_immediate(Wave& wave, const Instruction& instruction) {
  const auto value = static_cast<std::int32_t>(wave.s[instruction.destination]);
  const auto immediate = static_cast<std::int32_t>(instruction.literal);
  const std::int64_t result = Fn{}(std::int64_t{value}, std::int64_t{immediate}, wave.scc);
  wave.write_scalar(instruction.destination, static_cast<std::uint32_t>(result));
  return &instruction + 1;
}
template <class Fn>
constexpr Opcode immediate_row(std::uint16_t number, std::string_view mnemonic, Fn) {
  return scalar_handler_row<I32()>(number, mnemonic, &execute_immediate<Fn>);
}

// Signed compares extend the immediate's sign, unsigned ones do not.
template <class T, class Fn>
const Instruction* compare_immediate(Wave& wave, const Instruction& instruction) {
  using Value = typename T::Lane;
  const std::uint32_t immediate =
      T::kType == Type::kI32 ? instruction.literal : instruction.literal & 0xffff;
  wave.scc = Fn{}(scalar_source<T>(wave, instruction, 0), static_cast<Value>(immediate));
  return &instruction + 1;
}
template <class T, class Fn>
constexpr Opcode compare_immediate_row(std::uint16_t number, std::string_view mnemonic, Fn) {
  return scalar_handler_row<void(T)>(number, mnemonic, &compare_immediate<T, Fn>);
}

const Instruction* no_operation(Wave&, const Instruction& instruction) { return &instruction + 1; }

const Instruction* get_register(Wave& wave, const Instruction& instruction) {
  wave.current = &instruction;
  const auto field = HardwareRegister::decode(instruction.literal);
  wave.write_scalar(instruction.destination, read_hardware_register(wave, field));
  return &instruction + 1;
}

const Instruction* set_register(Wave& wave, const Instruction& instruction) {
  wave.current = &instruction;
  const auto field = HardwareRegister::decode(instruction.literal);
  write_hardware_register(wave, field, scalar_source<U32>(wave, instruction, 0));
  return &instruction + 1;
}

const Instruction* set_register_to_literal(Wave& wave, const Instruction& instruction) {
  wave.current = &instruction;
  const auto field = HardwareRegister::decode(static_cast<std::uint32_t>(instruction.offset));
  write_hardware_register(wave, field, instruction.literal);
  return &instruction + 1;
}

const Instruction* call(Wave& wave, const Instruction& instruction) {
  wave.write_pair(instruction.destination, following_address(wave, instruction));
  return jump_by_immediate(wave, instruction);
}

// A subvector loop runs a block of a wave64 once per half that has active lanes; the register keeps
// the half of EXEC that is not running.
const Instruction* subvector_loop_begin(Wave& wave, const Instruction& instruction) {
  std::uint32_t& low = wave.s[operand::kExecLo];
  std::uint32_t& high = wave.s[operand::kExecLo + 1];
  if (low == 0 && high == 0) return jump_by_immediate(wave, instruction);
  if (low == 0) {
    wave.write_scalar(instruction.destination, low);
  } else {
    wave.write_scalar(instruction.destination, high);
    high = 0;
  }
  return &instruction + 1;
}

const Instruction* subvector_loop_end(Wave& wave, const Instruction& instruction) {
  std::uint32_t& low = wave.s[operand::kExecLo];
  std::uint32_t& high = wave.s[operand::kExecLo + 1];
  const std::uint32_t kept = wave.s[instruction.destination];
  if (high != 0) {  // this was the high half's turn
    low = kept;
    return &instruction + 1;
  }
  if (kept == 0) return &instruction + 1;  // the high half has nothing to do
  high = kept;
  wave.write_scalar(instruction.destination, low);
  low = 0;
  return jump_by_immediate(wave, instruction);
}

// clang-format off
constexpr Opcode kRows[] = {
    immediate_row(0, "s_movk_i32", [](auto, auto k, bool&) { return k; }),
    scalar_handler_row<void()>(1, "s_version", no_operation),
    immediate_row(2, "s_cmovk_i32", [](auto d, auto k, bool& scc) { return scc ? k : d; }),
    compare_immediate_row<I32>(3, "s_cmpk_eq_i32", [](auto a, auto k) { return a == k; }),
    compare_immediate_row<I32>(4, "s_cmpk_lg_i32", [](auto a, auto k) { return a != k; }),
    compare_immediate_row<I32>(5, "s_cmpk_gt_i32", [](auto a, auto k) { return a > k; }),
    compare_immediate_row<I32>(6, "s_cmpk_ge_i32", [](auto a, auto k) { return a >= k; }),
    compare_immediate_row<I32>(7, "s_cmpk_lt_i32", [](auto a, auto k) { return a < k; }),
    compare_immediate_row<I32>(8, "s_cmpk_le_i32", [](auto a, auto k) { return a <= k; }),
    compare_immediate_row<U32>(9, "s_cmpk_eq_u32", [](auto a, auto k) { return a == k; }),
    compare_immediate_row<U32>(10, "s_cmpk_lg_u32", [](auto a, auto k) { return a != k; }),
    compare_immediate_row<U32>(11, "s_cmpk_gt_u32", [](auto a, auto k) { return a > k; }),
    compare_immediate_row<U32>(12, "s_cmpk_ge_u32", [](auto a, auto k) { return a >= k; }),
    compare_immediate_row<U32>(13, "s_cmpk_lt_u32", [](auto a, auto k) { return a < k; }),
    compare_immediate_row<U32>(14, "s_cmpk_le_u32", [](auto a, auto k) { return a <= k; }),
    immediate_row(15, "s_addk_i32", [](auto d, auto k, bool& scc) { scc = d + k != static_cast<std::int32_t>(d + k); return d + k; }),
    immediate_row(16, "s_mulk_i32", [](auto d, auto k, bool&) { return d * k; }),
    scalar_handler_row<U32()>(18, "s_getreg_b32", get_register),
    scalar_handler_row<void(U32)>(19, "s_setreg_b32", set_register),
    scalar_handler_row<void(Literal<U32>)>(21, "s_setreg_imm32_b32", set_register_to_literal),
    scalar_handler_row<U64()>(22, "s_call_b64", call),
    scalar_handler_row<void(U32)>(23, "s_waitcnt_vscnt", no_operation),
    scalar_handler_row<void(U32)>(24, "s_waitcnt_vmcnt", no_operation),
    scalar_handler_row<void(U32)>(25, "s_waitcnt_expcnt", no_operation),
    scalar_handler_row<void(U32)>(26, "s_waitcnt_lgkmcnt", no_operation),
    scalar_handler_row<U32()>(27, "s_subvector_loop_begin", subvector_loop_begin),
    scalar_handler_row<U32()>(28, "s_subvector_loop_end", subvector_loop_end),
};
// clang-format on

}  // namespace

std::span<const Opcode> sopk_opcodes() { return kRows; }

}  // namespace emulator
