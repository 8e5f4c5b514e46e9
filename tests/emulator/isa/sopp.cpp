// SOPP: program control. Source: AMD, "RDNA 1.0 Instruction Set Architecture", section 12.5.
#include <string>

#include "isa/hardware_register.h"
#include "isa/opcode_tables.h"
#include "machine/fault.h"

namespace emulator {
namespace {

bool no_lane(const Wave& wave, unsigned mask) {
  return wave.s[mask] == 0 && (!wave.is_wave64() || wave.s[mask + 1] == 0);
}

template <class Condition>
const Instruction* branch(Wave& wave, const Instruction& instruction) {
  // Not taken, the block goes on: only a jump breaks the run that the counts are taken over.
  if (!Condition{}(wave)) return &instruction + 1;
  if (instruction.target == nullptr) [[unlikely]] {
    wave.current = &instruction;
    throw Fault(FaultKind::kIllegalInstruction, "the branch leaves the program");
  }
  if ((instruction.flags & kSpins) != 0) [[unlikely]]
    return spin(wave, instruction);
  return transfer_control(wave, instruction, instruction.target);
}

const Instruction* no_operation(Wave&, const Instruction& instruction) { return &instruction + 1; }

const Instruction* end_program(Wave& wave, const Instruction& instruction) {
  transfer_control(wave, instruction, nullptr);
  wave.next = nullptr;
  wave.state = WaveState::kEnded;
  return nullptr;
}

const Instruction* pause(Wave& wave, const Instruction& instruction, WaveState state) {
  wave.next = &instruction + 1;
  wave.state = state;
  wave.current = &instruction;
  return nullptr;
}

const Instruction* barrier(Wave& wave, const Instruction& instruction) {
  return pause(wave, instruction, WaveState::kAtBarrier);
}

const Instruction* sleep(Wave& wave, const Instruction& instruction) {
  return pause(wave, instruction, WaveState::kYielded);
}

const Instruction* set_kill(Wave& wave, const Instruction& instruction) {
  if ((instruction.literal & 1) != 0) return end_program(wave, instruction);
  return &instruction + 1;
}

const Instruction* set_halt(Wave& wave, const Instruction& instruction) {
  if ((instruction.literal & 1) == 0) return &instruction + 1;
  wave.current = &instruction;
  throw Fault(FaultKind::kNeverEnds, "s_sethalt halts the wave and no debugger will resume it");
}

// Messages 2 and 3 talk to the geometry stage; the others interrupt the host or report statistics.
const Instruction* send_message(Wave& wave, const Instruction& instruction) {
  const unsigned message = instruction.literal & 0xf;
  if (message != 2 && message != 3) return &instruction + 1;
  wave.current = &instruction;
  throw Fault(FaultKind::kIllegalInstruction, "geometry-stage message in a compute kernel");
}

const Instruction* send_message_and_halt(Wave& wave, const Instruction& instruction) {
  send_message(wave, instruction);
  wave.current = &instruction;
  throw Fault(FaultKind::kNeverEnds, "s_sendmsghalt halts the wave and nothing will resume it");
}

// LLVM's trap handler ABI: 2 is llvm.trap, 3 is llvm.debugtrap.
const Instruction* trap(Wave& wave, const Instruction& instruction) {
  const unsigned id = instruction.literal & 0xff;
  if (id == 3) return &instruction + 1;
  wave.current = &instruction;
  throw Fault(FaultKind::kTrap, id == 2 ? "abort() or a failed assertion in the kernel (s_trap 2)"
                                        : "s_trap " + std::to_string(id));
}

const Instruction* code_end(Wave& wave, const Instruction& instruction) {
  wave.current = &instruction;
  throw Fault(FaultKind::kIllegalInstruction, "execution ran past the end of the code");
}

const Instruction* round_mode(Wave& wave, const Instruction& instruction) {
  FloatMode mode = wave.mode;
  mode.round_f32 = instruction.literal & 3;
  mode.round_f16_f64 = instruction.literal >> 2 & 3;
  set_float_mode(wave, mode);
  return &instruction + 1;
}

const Instruction* denorm_mode(Wave& wave, const Instruction& instruction) {
  FloatMode mode = wave.mode;
  mode.denormal_f32 = instruction.literal & 3;
  mode.denormal_f16_f64 = instruction.literal >> 2 & 3;
  set_float_mode(wave, mode);
  return &instruction + 1;
}

// An instruction without an immediate.
constexpr Opcode bare_row(std::uint16_t number, std::string_view mnemonic, Handler handler,
                          Control control = Control::kNone) {
  return with_control({number, mnemonic, handler, Type::kNone, {}, kNoImmediate}, kControlCost,
                      control);
}
constexpr Opcode control_row(std::uint16_t number, std::string_view mnemonic, Handler handler,
                             Control control = Control::kNone) {
  return with_control({number, mnemonic, handler}, kControlCost, control);
}
template <class Condition>
constexpr Opcode branch_row(std::uint16_t number, std::string_view mnemonic, std::uint32_t uses,
                            Condition) {
  return with_uses(
      with_control({number, mnemonic, &branch<Condition>}, kBranchCost, Control::kNone), uses);
}

// clang-format off
constexpr Opcode kRows[] = {
    control_row(0, "s_nop", no_operation, Control::kPause),
    control_row(1, "s_endpgm", end_program, Control::kEnd),
    with_control(branch_row(2, "s_branch", kNothing, [](const Wave&) { return true; }), Control::kBranchAlways),
    bare_row(3, "s_wakeup", no_operation),
    branch_row(4, "s_cbranch_scc0", kReadsScc, [](const Wave& wave) { return !wave.scc; }),
    branch_row(5, "s_cbranch_scc1", kReadsScc, [](const Wave& wave) { return wave.scc; }),
    branch_row(6, "s_cbranch_vccz", kReadsVccToo, [](const Wave& wave) { return no_lane(wave, operand::kVccLo); }),
    branch_row(7, "s_cbranch_vccnz", kReadsVccToo, [](const Wave& wave) { return !no_lane(wave, operand::kVccLo); }),
    branch_row(8, "s_cbranch_execz", kReadsExecToo, [](const Wave& wave) { return no_lane(wave, operand::kExecLo); }),
    branch_row(9, "s_cbranch_execnz", kReadsExecToo, [](const Wave& wave) { return !no_lane(wave, operand::kExecLo); }),
    bare_row(10, "s_barrier", barrier, Control::kBarrier),
    control_row(11, "s_setkill", set_kill),
    control_row(12, "s_waitcnt", no_operation, Control::kWaitCounts),
    control_row(13, "s_sethalt", set_halt),
    control_row(14, "s_sleep", sleep, Control::kSleep),
    control_row(15, "s_setprio", no_operation),
    with_uses(control_row(16, "s_sendmsg", send_message, Control::kMessage), kReadsM0),
    with_uses(control_row(17, "s_sendmsghalt", send_message_and_halt, Control::kMessageAndHalt), kReadsM0),
    control_row(18, "s_trap", trap),
    bare_row(19, "s_icache_inv", no_operation),
    control_row(20, "s_incperflevel", no_operation),
    control_row(21, "s_decperflevel", no_operation),
    bare_row(22, "s_ttracedata", no_operation),
    // No debugger ever sets these conditions.
    branch_row(23, "s_cbranch_cdbgsys", kNothing, [](const Wave&) { return false; }),
    branch_row(24, "s_cbranch_cdbguser", kNothing, [](const Wave&) { return false; }),
    branch_row(25, "s_cbranch_cdbgsys_or_user", kNothing, [](const Wave&) { return false; }),
    branch_row(26, "s_cbranch_cdbgsys_and_user", kNothing, [](const Wave&) { return false; }),
    bare_row(27, "s_endpgm_saved", end_program, Control::kEnd),
    bare_row(30, "s_endpgm_ordered_ps_done", end_program, Control::kEnd),
    bare_row(31, "s_code_end", code_end),
    control_row(32, "s_inst_prefetch", no_operation, Control::kInstructionPrefetch),
    control_row(33, "s_clause", no_operation),
    bare_row(34, "s_wait_idle", no_operation, Control::kWaitIdle),
    control_row(35, "s_waitcnt_depctr", no_operation, Control::kWaitDepctr),
    control_row(36, "s_round_mode", round_mode),
    control_row(37, "s_denorm_mode", denorm_mode),
    control_row(40, "s_ttracedata_imm", no_operation),
};
// clang-format on

}  // namespace

std::span<const Opcode> sopp_opcodes() { return kRows; }

}  // namespace emulator
