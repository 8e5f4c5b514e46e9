// SOPK, SOPP and the jumps of SOP1: immediates, hardware registers, control flow and wave states.
#include "tests/semantics_machine.h"

namespace emulator {
namespace {

constexpr unsigned kD = 8;

struct ImmediateCase {
  const char* mnemonic;
  std::uint32_t value;
  std::int16_t immediate;
  bool scc_before;
  std::uint32_t result;
  bool scc;
};

// clang-format off
const ImmediateCase kImmediateCases[] = {
    {"s_movk_i32", 1, -2, true, 0xfffffffe, true},
    {"s_version", 1, 5, true, 1, true},
    {"s_cmovk_i32", 1, -2, false, 1, false},
    {"s_cmovk_i32", 1, -2, true, 0xfffffffe, true},
    {"s_cmpk_eq_i32", 0xffffffff, -1, false, 0xffffffff, true},
    {"s_cmpk_lg_i32", 3, 3, true, 3, false},
    {"s_cmpk_gt_i32", 0, -1, false, 0, true},
    {"s_cmpk_ge_i32", 0xfffffffe, -1, true, 0xfffffffe, false},
    {"s_cmpk_lt_i32", 0x80000000, -1, false, 0x80000000, true},
    {"s_cmpk_le_i32", 7, 7, false, 7, true},
    {"s_cmpk_eq_u32", 0x0000ffff, -1, false, 0x0000ffff, true},
    {"s_cmpk_eq_u32", 0xffffffff, -1, true, 0xffffffff, false},
    {"s_cmpk_lg_u32", 0xffffffff, -1, false, 0xffffffff, true},
    {"s_cmpk_gt_u32", 0x10000, -1, false, 0x10000, true},
    {"s_cmpk_ge_u32", 0xffff, -1, false, 0xffff, true},
    {"s_cmpk_lt_u32", 0xffff, -1, true, 0xffff, false},
    {"s_cmpk_le_u32", 0x10000, -1, true, 0x10000, false},
    {"s_addk_i32", 0x7fffffff, 1, false, 0x80000000, true},
    {"s_addk_i32", 5, -6, true, 0xffffffff, false},
    {"s_mulk_i32", 0x40000001, -4, true, 0xfffffffc, true},
    {"s_waitcnt_vscnt", 9, 0, true, 9, true},
    {"s_waitcnt_vmcnt", 9, 0, false, 9, false},
    {"s_waitcnt_expcnt", 9, 0, false, 9, false},
    {"s_waitcnt_lgkmcnt", 9, 0, false, 9, false},
};
// clang-format on

TEST(SopkSemantics, Immediates) {
  for (const ImmediateCase& c : kImmediateCases) {
    SCOPED_TRACE(testing::Message()
                 << c.mnemonic << " 0x" << std::hex << c.value << ", " << std::dec << c.immediate);
    Machine machine;
    Wave& wave = machine.wave();
    wave.s[kD] = c.value;
    wave.scc = c.scc_before;
    Instruction instruction = make_instruction(sopk_opcodes(), c.mnemonic);
    instruction.destination = kD;
    instruction.source[0] = kD;
    instruction.literal = static_cast<std::uint32_t>(std::int32_t{c.immediate});
    execute(machine, instruction);
    EXPECT_EQ(wave.s[kD], c.result);
    EXPECT_EQ(wave.scc, c.scc);
  }
}

// hwreg(id, offset, size) as the immediate encodes it.
constexpr std::uint32_t hwreg(unsigned id, unsigned offset = 0, unsigned size = 32) {
  return id | offset << 6 | (size - 1) << 11;
}

std::uint32_t get_register(Machine& machine, std::uint32_t operand) {
  Instruction instruction = make_instruction(sopk_opcodes(), "s_getreg_b32");
  instruction.destination = kD;
  instruction.literal = operand;
  execute(machine, instruction);
  return machine.wave().s[kD];
}
void set_register(Machine& machine, std::uint32_t operand, std::uint32_t value) {
  Instruction instruction = make_instruction(sopk_opcodes(), "s_setreg_b32");
  instruction.source[0] = kD;
  instruction.literal = operand;
  machine.wave().s[kD] = value;
  execute(machine, instruction);
}

TEST(SopkSemantics, HardwareRegisters) {
  Machine machine;
  Wave& wave = machine.wave();
  EXPECT_EQ(get_register(machine, hwreg(1)), 0x3f0u);  // denormals kept, DX10_CLAMP, IEEE
  EXPECT_EQ(get_register(machine, hwreg(1, 4, 2)), 3u);
  EXPECT_EQ(get_register(machine, hwreg(15)), 0x00010002u);
  EXPECT_EQ(get_register(machine, hwreg(15, 16, 16)) << 16, kSharedAperture >> 32);
  EXPECT_EQ(get_register(machine, hwreg(15, 0, 16)) << 16, kPrivateAperture >> 32);
  wave.index = 6;
  EXPECT_EQ(get_register(machine, hwreg(23)), 1u | 2u << 8);
  EXPECT_EQ(get_register(machine, hwreg(24)), 3u << 16);  // workgroup 3
  EXPECT_EQ(get_register(machine, hwreg(6)), 64u << 12);  // 32 KB of 512-byte granules
  wave.scc = true;
  EXPECT_EQ(get_register(machine, hwreg(2, 0, 1)), 1u);
  EXPECT_EQ(get_register(machine, hwreg(2, 10, 1)), 1u);  // VCC is zero
  set_register(machine, hwreg(20), 0x89abcdef);
  set_register(machine, hwreg(21), 0x01234567);
  EXPECT_EQ(wave.flat_scratch, 0x0123456789abcdefu);
  EXPECT_EQ(get_register(machine, hwreg(20)), 0x89abcdefu);
  set_register(machine, hwreg(20, 4, 4), 0x5);
  EXPECT_EQ(wave.flat_scratch, 0x0123456789abcd5fu);
}

TEST(SopkSemantics, Mode) {
  Machine machine;
  Wave& wave = machine.wave();
  set_register(machine, hwreg(1, 0, 4), 0b0110);
  EXPECT_EQ(wave.mode.round_f32, 2);
  EXPECT_EQ(wave.mode.round_f16_f64, 1);
  EXPECT_FALSE(wave.default_mode);
  EXPECT_TRUE(wave.mode.ieee);
  set_register(machine, hwreg(1, 0, 4), 0);
  EXPECT_TRUE(wave.default_mode);

  Instruction instruction = make_instruction(sopk_opcodes(), "s_setreg_imm32_b32");
  instruction.offset = static_cast<std::int32_t>(hwreg(1, 4, 2));
  instruction.literal = 0;
  execute(machine, instruction);
  EXPECT_EQ(wave.mode.denormal_f32, 0);
  EXPECT_EQ(wave.mode.denormal_f16_f64, 3);
  EXPECT_FALSE(wave.default_mode);

  instruction = make_instruction(sopp_opcodes(), "s_denorm_mode");
  instruction.literal = 0b1001;
  execute(machine, instruction);
  EXPECT_EQ(wave.mode.denormal_f32, 1);
  EXPECT_EQ(wave.mode.denormal_f16_f64, 2);
  instruction = make_instruction(sopp_opcodes(), "s_round_mode");
  instruction.literal = 0b0111;
  execute(machine, instruction);
  EXPECT_EQ(wave.mode.round_f32, 3);
  EXPECT_EQ(wave.mode.round_f16_f64, 1);
  set_register(machine, hwreg(1, 0, 8), 0xf0);  // leave the host as it was
  EXPECT_TRUE(wave.default_mode);
}

TEST(SopkSemantics, BadHardwareRegisters) {
  Machine machine;
  Instruction instruction = make_instruction(sopk_opcodes(), "s_getreg_b32");
  instruction.literal = hwreg(40);
  EXPECT_EQ(fault_text(machine, instruction, FaultKind::kIllegalInstruction),
            "gfx1010 has no hardware register 40");
  instruction = make_instruction(sopk_opcodes(), "s_setreg_imm32_b32");
  instruction.offset = static_cast<std::int32_t>(hwreg(1, 23, 1));
  instruction.literal = 1;
  EXPECT_NE(fault_text(machine, instruction, FaultKind::kIllegalInstruction).find("FP16_OVFL"),
            std::string::npos);
}

// Words of the program tests. Numbers are those that llvm-mc -mcpu=gfx1010 gives.
constexpr std::uint32_t sopp(unsigned opcode, std::int32_t immediate = 0) {
  return 0xbf800000u | opcode << 16 | (static_cast<std::uint32_t>(immediate) & 0xffff);
}
constexpr std::uint32_t sopk(unsigned opcode, unsigned sdst, std::int32_t immediate) {
  return 0xb0000000u | opcode << 23 | sdst << 16 | (static_cast<std::uint32_t>(immediate) & 0xffff);
}
constexpr std::uint32_t sop1(unsigned opcode, unsigned sdst, unsigned ssrc) {
  return 0xbe800000u | sdst << 16 | opcode << 8 | ssrc;
}
constexpr std::uint32_t kEnd = sopp(1);
constexpr std::uint32_t kMark = sopk(0, kD, 1);       // s_movk_i32 s8, 1: reached when not taken
constexpr std::uint32_t kMark2 = sopk(0, kD + 1, 1);  // s_movk_i32 s9, 1: reached always

struct BranchCase {
  const char* mnemonic;
  unsigned opcode;
  bool scc;
  std::uint64_t vcc;
  std::uint64_t exec;
  unsigned halves;
  bool taken;
};

const BranchCase kBranchCases[] = {
    {"s_branch", 2, false, 0, 0, 1, true},
    {"s_cbranch_scc0", 4, false, 0, 0, 1, true},
    {"s_cbranch_scc0", 4, true, 0, 0, 1, false},
    {"s_cbranch_scc1", 5, true, 0, 0, 1, true},
    {"s_cbranch_scc1", 5, false, 0, 0, 1, false},
    {"s_cbranch_vccz", 6, false, 0, 1, 1, true},
    {"s_cbranch_vccz", 6, false, 1, 1, 1, false},
    {"s_cbranch_vccz", 6, false, 1ull << 32, 1, 1, true},  // wave32: the upper half is no VCC
    {"s_cbranch_vccz", 6, false, 1ull << 32, 1, 2, false},
    {"s_cbranch_vccnz", 7, false, 1ull << 32, 1, 2, true},
    {"s_cbranch_vccnz", 7, false, 0, 1, 2, false},
    {"s_cbranch_execz", 8, false, 0, 0, 1, true},
    {"s_cbranch_execz", 8, false, 0, 4, 1, false},
    {"s_cbranch_execz", 8, false, 0, 1ull << 40, 2, false},
    {"s_cbranch_execnz", 9, false, 0, 1ull << 40, 2, true},
    {"s_cbranch_execnz", 9, false, 0, 0, 2, false},
    {"s_cbranch_cdbgsys", 23, true, 1, 1, 1, false},
    {"s_cbranch_cdbguser", 24, true, 1, 1, 1, false},
    {"s_cbranch_cdbgsys_or_user", 25, true, 1, 1, 1, false},
    {"s_cbranch_cdbgsys_and_user", 26, true, 1, 1, 1, false},
};

TEST(SoppSemantics, Branches) {
  for (const BranchCase& c : kBranchCases) {
    SCOPED_TRACE(testing::Message() << c.mnemonic << " scc=" << c.scc << std::hex << " vcc=0x"
                                    << c.vcc << " exec=0x" << c.exec << " halves=" << c.halves);
    Machine machine(c.halves);
    Wave& wave = machine.wave();
    wave.scc = c.scc;
    wave.write_pair(operand::kVccLo, c.vcc);
    wave.write_pair(operand::kExecLo, c.exec);
    machine.run_program({sopp(c.opcode, 1), kMark, kMark2, kEnd});
    EXPECT_EQ(wave.s[kD], c.taken ? 0u : 1u);
    EXPECT_EQ(wave.s[kD + 1], 1u);
    EXPECT_EQ(wave.state, WaveState::kEnded);
    EXPECT_EQ(wave.next, nullptr);
    EXPECT_EQ(wave.executed, c.taken ? 3u : 4u);
  }
}

TEST(SoppSemantics, BackwardLoopCountsInstructions) {
  Machine machine;
  machine.wave().s[kD] = 0;
  // s_addk_i32 s8, 1; s_cmpk_lt_i32 s8, 10; s_cbranch_scc1 -3; s_endpgm
  machine.run_program({sopk(15, kD, 1), sopk(7, kD, 10), sopp(5, -3), kEnd});
  EXPECT_EQ(machine.wave().s[kD], 10u);
  EXPECT_EQ(machine.wave().executed, 31u);
}

TEST(SoppSemantics, JumpsByAddress) {
  constexpr std::uint64_t kBase = 0x7f0000010000;
  Machine machine;
  Wave& wave = machine.wave();
  // s_getpc_b64 s[8:9]; s_endpgm
  machine.run_program({sop1(31, kD, 0), kEnd}, kBase);
  EXPECT_EQ(wave.read_pair(kD), kBase + 4);
  // s_setpc_b64 s[4:5]; mark; s_endpgm
  wave.write_pair(kD, 0);
  wave.write_pair(4, kBase + 8);
  machine.run_program({sop1(32, 0, 4), kMark, kEnd}, kBase);
  EXPECT_EQ(wave.s[kD], 0u);
  // s_swappc_b64 s[4:5], s[4:5]: the source is read before the destination is written
  machine.run_program({sop1(33, 4, 4), kMark, kEnd}, kBase);
  EXPECT_EQ(wave.s[kD], 0u);
  EXPECT_EQ(wave.read_pair(4), kBase + 4);
  // s_call_b64 s[4:5], 1
  wave.write_pair(4, 0);
  machine.run_program({sopk(22, 4, 1), kMark, kEnd}, kBase);
  EXPECT_EQ(wave.s[kD], 0u);
  EXPECT_EQ(wave.read_pair(4), kBase + 4);
}

TEST(SoppSemantics, JumpOutOfTheProgramFaults) {
  Machine machine;
  machine.wave().write_pair(4, 0x1234);
  EXPECT_THROW(machine.run_program({sop1(32, 0, 4), kEnd}), Fault);
}

// The body adds 1 to s8 per pass and notes EXEC in s10 and s11.
TEST(SoppSemantics, SubvectorLoops) {
  struct LoopCase {
    std::uint64_t exec;
    unsigned passes;
  };
  const LoopCase cases[] = {{0, 0}, {0x5, 1}, {0x500000000, 1}, {0x500000003, 2}};
  for (const LoopCase& c : cases) {
    SCOPED_TRACE(testing::Message() << std::hex << "exec=0x" << c.exec);
    Machine machine(2);
    Wave& wave = machine.wave();
    wave.write_pair(operand::kExecLo, c.exec);
    wave.s[kD] = 0;
    // begin s4 -> after the loop; s_addk s8, 1; end s4 -> the body
    machine.run_program({sopk(27, 4, 2), sopk(15, kD, 1), sopk(28, 4, -2), kEnd});
    EXPECT_EQ(wave.s[kD], c.passes);
    EXPECT_EQ(wave.exec64(), c.exec) << "the loop restores EXEC";
  }
}

const CheckedCase kSoppCases[] = {
    {"s_barrier",
     [](Machine& m, Instruction&) {
       m.run_program({sopp(10), kMark, kEnd});
       EXPECT_EQ(m.wave().state, WaveState::kAtBarrier);
       EXPECT_EQ(m.wave().s[kD], 0u);
       m.resume();
       EXPECT_EQ(m.wave().s[kD], 1u);
       EXPECT_EQ(m.wave().state, WaveState::kEnded);
     }},
    {"s_sleep",
     [](Machine& m, Instruction&) {
       m.run_program({sopp(14, 1), kMark, kEnd});
       EXPECT_EQ(m.wave().state, WaveState::kYielded);
       m.resume();
       EXPECT_EQ(m.wave().s[kD], 1u);
     }},
    {"s_endpgm",
     [](Machine& m, Instruction&) {
       m.run_program({kEnd, kMark});
       EXPECT_EQ(m.wave().state, WaveState::kEnded);
       EXPECT_EQ(m.wave().s[kD], 0u);
     }},
    {"s_endpgm_saved",
     [](Machine& m, Instruction&) {
       m.run_program({sopp(27), kMark});
       EXPECT_EQ(m.wave().state, WaveState::kEnded);
     }},
    {"s_endpgm_ordered_ps_done",
     [](Machine& m, Instruction&) {
       m.run_program({sopp(30), kMark});
       EXPECT_EQ(m.wave().state, WaveState::kEnded);
     }},
    {"s_setkill",
     [](Machine& m, Instruction&) {
       m.run_program({sopp(11, 0), kMark, sopp(11, 1), kMark2});
       EXPECT_EQ(m.wave().state, WaveState::kEnded);
       EXPECT_EQ(m.wave().s[kD], 1u);
       EXPECT_EQ(m.wave().s[kD + 1], 0u);
     }},
    {"s_sethalt",
     [](Machine& m, Instruction& i) {
       execute(m, i);
       i.literal = 1;
       EXPECT_NE(fault_text(m, i, FaultKind::kNeverEnds).find("s_sethalt"), std::string::npos);
     }},
    {"s_sendmsg",
     [](Machine& m, Instruction& i) {
       i.literal = 1;
       execute(m, i);
       i.literal = 2;
       EXPECT_EQ(fault_text(m, i, FaultKind::kIllegalInstruction),
                 "geometry-stage message in a compute kernel");
     }},
    {"s_sendmsghalt",
     [](Machine& m, Instruction& i) {
       i.literal = 1;
       fault_text(m, i, FaultKind::kNeverEnds);
     }},
    {"s_trap",
     [](Machine& m, Instruction& i) {
       i.literal = 2;
       EXPECT_EQ(fault_text(m, i, FaultKind::kTrap),
                 "abort() or a failed assertion in the kernel (s_trap 2)");
       i.literal = 3;  // llvm.debugtrap
       execute(m, i);
     }},
    {"s_code_end",
     [](Machine& m, Instruction& i) { fault_text(m, i, FaultKind::kIllegalInstruction); }},
};

// Nothing in the wave changes but the program counter.
const char* const kNoOperations[] = {
    "s_nop",          "s_wakeup",         "s_waitcnt",        "s_setprio",       "s_icache_inv",
    "s_incperflevel", "s_decperflevel",   "s_ttracedata",     "s_inst_prefetch", "s_clause",
    "s_wait_idle",    "s_waitcnt_depctr", "s_ttracedata_imm",
};

TEST(SoppSemantics, Checked) {
  for (const CheckedCase& c : kSoppCases) {
    SCOPED_TRACE(c.mnemonic);
    Machine machine;
    machine.wave().s[kD] = 0;
    Instruction instruction = make_instruction(sopp_opcodes(), c.mnemonic);
    c.check(machine, instruction);
  }
}

TEST(SoppSemantics, NoOperations) {
  for (const char* mnemonic : kNoOperations) {
    SCOPED_TRACE(mnemonic);
    Machine machine;
    const auto scalars = machine.wave().s;
    execute(machine, make_instruction(sopp_opcodes(), mnemonic));
    EXPECT_EQ(machine.wave().s, scalars);
    EXPECT_EQ(machine.wave().state, WaveState::kReady);
  }
}

TEST(SoppSemantics, EveryRowHasACase) {
  std::set<std::string> covered{"s_getreg_b32", "s_setreg_b32",           "s_setreg_imm32_b32",
                                "s_call_b64",   "s_subvector_loop_begin", "s_subvector_loop_end",
                                "s_round_mode", "s_denorm_mode"};
  for (const ImmediateCase& c : kImmediateCases) covered.insert(c.mnemonic);
  for (const BranchCase& c : kBranchCases) covered.insert(c.mnemonic);
  for (const CheckedCase& c : kSoppCases) covered.insert(c.mnemonic);
  covered.insert(std::begin(kNoOperations), std::end(kNoOperations));
  expect_covered(sopk_opcodes(), covered);
  expect_covered(sopp_opcodes(), covered);
}

}  // namespace
}  // namespace emulator
