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
constexpr Opcode immediate_row(std::uint16_t number, std::string_view mnemonic, std::uint32_t uses,
                               Fn) {
  return scalar_handler_row<I32()>(number, mnemonic, uses, &execute_immediate<Fn>);
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
constexpr Opcode compare_immediate_row(std::uint16_t number, std::string_view mnemonic,
                                       std::uint32_t uses, Fn) {
  return scalar_handler_row<void(T)>(number, mnemonic, uses, &compare_immediate<T, Fn>);
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
    immediate_row(0, "s_movk_i32", kNothing, [](auto, auto k, bool&) { return k; }),
    with_control(scalar_handler_row<void()>(1, "s_version", kNothing, no_operation), kControlCost, Control::kNone),
    immediate_row(2, "s_cmovk_i32", kReadsDestination | kReadsScc, [](auto d, auto k, bool& scc) { return scc ? k : d; }),
    compare_immediate_row<I32>(3, "s_cmpk_eq_i32", kWritesScc, [](auto a, auto k) { return a == k; }),
    compare_immediate_row<I32>(4, "s_cmpk_lg_i32", kWritesScc, [](auto a, auto k) { return a != k; }),
    compare_immediate_row<I32>(5, "s_cmpk_gt_i32", kWritesScc, [](auto a, auto k) { return a > k; }),
    compare_immediate_row<I32>(6, "s_cmpk_ge_i32", kWritesScc, [](auto a, auto k) { return a >= k; }),
    compare_immediate_row<I32>(7, "s_cmpk_lt_i32", kWritesScc, [](auto a, auto k) { return a < k; }),
    compare_immediate_row<I32>(8, "s_cmpk_le_i32", kWritesScc, [](auto a, auto k) { return a <= k; }),
    compare_immediate_row<U32>(9, "s_cmpk_eq_u32", kWritesScc, [](auto a, auto k) { return a == k; }),
    compare_immediate_row<U32>(10, "s_cmpk_lg_u32", kWritesScc, [](auto a, auto k) { return a != k; }),
    compare_immediate_row<U32>(11, "s_cmpk_gt_u32", kWritesScc, [](auto a, auto k) { return a > k; }),
    compare_immediate_row<U32>(12, "s_cmpk_ge_u32", kWritesScc, [](auto a, auto k) { return a >= k; }),
    compare_immediate_row<U32>(13, "s_cmpk_lt_u32", kWritesScc, [](auto a, auto k) { return a < k; }),
    compare_immediate_row<U32>(14, "s_cmpk_le_u32", kWritesScc, [](auto a, auto k) { return a <= k; }),
    immediate_row(15, "s_addk_i32", kReadsDestination | kWritesScc, [](auto d, auto k, bool& scc) { scc = d + k != static_cast<std::int32_t>(d + k); return d + k; }),
    immediate_row(16, "s_mulk_i32", kReadsDestination, [](auto d, auto k, bool&) { return d * k; }),
    with_control(scalar_handler_row<U32()>(18, "s_getreg_b32", kReadsScc, get_register), Control::kHardwareRegister),
    with_control(scalar_handler_row<void(U32)>(19, "s_setreg_b32", kWritesScc, set_register), Control::kHardwareRegister),
    with_control(scalar_handler_row<void(Literal<U32>)>(21, "s_setreg_imm32_b32", kWritesScc, set_register_to_literal), Control::kHardwareRegister),
    with_control(scalar_handler_row<U64()>(22, "s_call_b64", kNothing, call), kBranchCost, Control::kJump),
    with_control(scalar_handler_row<void(U32)>(23, "s_waitcnt_vscnt", kNothing, no_operation), kControlCost, Control::kWaitVs),
    with_control(scalar_handler_row<void(U32)>(24, "s_waitcnt_vmcnt", kNothing, no_operation), kControlCost, Control::kWaitVm),
    with_control(scalar_handler_row<void(U32)>(25, "s_waitcnt_expcnt", kNothing, no_operation), kControlCost, Control::kWaitExp),
    with_control(scalar_handler_row<void(U32)>(26, "s_waitcnt_lgkmcnt", kNothing, no_operation), kControlCost, Control::kWaitLgkm),
    with_control(scalar_handler_row<U32()>(27, "s_subvector_loop_begin", kReadsDestination | kReadsExecToo | kWritesExecToo, subvector_loop_begin), kBranchCost, Control::kNone),
    with_control(scalar_handler_row<U32()>(28, "s_subvector_loop_end", kReadsDestination | kReadsExecToo | kWritesExecToo, subvector_loop_end), kBranchCost, Control::kNone),
};
// clang-format on

}  // namespace

std::span<const Opcode> sopk_opcodes() { return kRows; }

}  // namespace emulator
