// SOP2, SOPC, SOP1: results and SCC against values worked out by hand from the RDNA manual.
#include "tests/semantics_machine.h"

namespace emulator {
namespace {

constexpr unsigned kA = 4;                          // first source, a pair
constexpr unsigned kB = 6;                          // second source, a pair
constexpr unsigned kD = 8;                          // destination, a pair
constexpr std::uint64_t kOld = 0x0123456789abcdef;  // what the destination held

struct ScalarCase {
  const char* mnemonic;
  std::uint64_t a;
  std::uint64_t b;
  bool scc_before;
  std::uint64_t result;
  bool scc;
};

std::uint64_t at_width(std::uint64_t value, Type type) {
  return register_count(type) == 2 ? value : value & 0xffffffff;
}

void run(std::span<const Opcode> table, const ScalarCase& c) {
  SCOPED_TRACE(testing::Message() << std::hex << c.mnemonic << " a=0x" << c.a << " b=0x" << c.b
                                  << " scc=" << c.scc_before);
  Machine machine;
  Wave& wave = machine.wave();
  wave.write_pair(kA, c.a);
  wave.write_pair(kB, c.b);
  wave.write_pair(kD, kOld);
  wave.scc = c.scc_before;
  Instruction instruction = make_instruction(table, c.mnemonic);
  instruction.source = {kA, kB, 0, 0};
  instruction.destination = kD;
  execute(machine, instruction);
  const Type type = instruction.opcode->destination;
  if (type != Type::kNone) {
    EXPECT_EQ(at_width(wave.read_pair(kD), type), at_width(c.result, type));
    if (register_count(type) == 1) {
      EXPECT_EQ(wave.s[kD + 1], kOld >> 32) << "wrote past its destination";
    }
  }
  EXPECT_EQ(wave.scc, c.scc);
}

// clang-format off
const ScalarCase kSop2Cases[] = {
    {"s_add_u32", 0xffffffff, 1, false, 0, true},
    {"s_add_u32", 0x7fffffff, 1, true, 0x80000000, false},
    {"s_sub_u32", 3, 5, false, 0xfffffffe, true},
    {"s_sub_u32", 5, 5, true, 0, false},
    {"s_add_i32", 0x7fffffff, 1, false, 0x80000000, true},
    {"s_add_i32", 0xffffffff, 1, true, 0, false},
    {"s_sub_i32", 0x80000000, 1, false, 0x7fffffff, true},
    {"s_sub_i32", 1, 2, true, 0xffffffff, false},
    {"s_addc_u32", 0xffffffff, 0, true, 0, true},
    {"s_addc_u32", 0xffffffff, 0xffffffff, true, 0xffffffff, true},
    {"s_addc_u32", 1, 2, false, 3, false},
    {"s_subb_u32", 5, 5, true, 0xffffffff, true},
    {"s_subb_u32", 5, 0xffffffff, true, 5, true},
    {"s_subb_u32", 5, 4, true, 0, false},
    {"s_min_i32", 0xffffffff, 1, false, 0xffffffff, true},
    {"s_min_i32", 2, 2, true, 2, false},
    {"s_min_u32", 0xffffffff, 1, true, 1, false},
    {"s_max_i32", 0xffffffff, 1, true, 1, false},
    {"s_max_u32", 0xffffffff, 1, false, 0xffffffff, true},
    {"s_cselect_b32", 7, 8, true, 7, true},
    {"s_cselect_b32", 7, 8, false, 8, false},
    {"s_cselect_b64", 0x700000000, 8, true, 0x700000000, true},
    {"s_and_b32", 0xff00ff00, 0x0ff00ff0, false, 0x0f000f00, true},
    {"s_and_b32", 0xf0, 0x0f, true, 0, false},
    {"s_and_b64", 0xff00000000000001, 0x0f00000000000000, false, 0x0f00000000000000, true},
    {"s_or_b32", 0, 0, true, 0, false},
    {"s_or_b32", 0xf0, 0x0f, false, 0xff, true},
    {"s_or_b64", 1ull << 63, 1, false, 0x8000000000000001, true},
    {"s_xor_b32", 0xff, 0x0f, false, 0xf0, true},
    {"s_xor_b64", 5, 5, true, 0, false},
    {"s_andn2_b32", 0xff, 0x0f, false, 0xf0, true},
    {"s_andn2_b64", 0xff00000000, 0x0f00000000, false, 0xf000000000, true},
    {"s_orn2_b32", 0, 0xfffffffe, false, 1, true},
    {"s_orn2_b64", 0, ~0ull, true, 0, false},
    {"s_nand_b32", ~0u, ~0u, true, 0, false},
    {"s_nand_b64", 0xf, 0x3, false, ~3ull, true},
    {"s_nor_b32", 0xffff0000, 0x0000fff0, false, 0xf, true},
    {"s_nor_b64", ~0ull, 0, true, 0, false},
    {"s_xnor_b32", 0xf0f0f0f0, 0xf0f0f0f0, false, 0xffffffff, true},
    {"s_xnor_b64", 0, ~0ull, true, 0, false},
    {"s_lshl_b32", 1, 33, false, 2, true},
    {"s_lshl_b64", 1, 65, false, 2, true},
    {"s_lshl_b64", 1, 40, false, 1ull << 40, true},
    {"s_lshr_b32", 0x80000000, 31, false, 1, true},
    {"s_lshr_b64", 1ull << 63, 63, false, 1, true},
    {"s_ashr_i32", 0x80000000, 31, false, 0xffffffff, true},
    {"s_ashr_i64", 1ull << 63, 62, false, 0xfffffffffffffffe, true},
    {"s_bfm_b32", 4, 8, true, 0xf00, true},
    {"s_bfm_b32", 32, 0, false, 0, false},
    {"s_bfm_b64", 8, 40, false, 0xff0000000000, false},
    {"s_mul_i32", 0xfffffffe, 3, true, 0xfffffffa, true},
    {"s_bfe_u32", 0x12345678, 8 | 8 << 16, false, 0x56, true},
    {"s_bfe_u32", 0x12345678, 24 | 16 << 16, false, 0x12, true},
    {"s_bfe_u32", 0x12345678, 8, true, 0, false},
    {"s_bfe_i32", 0x00008000, 12 | 4 << 16, false, 0xfffffff8, true},
    {"s_bfe_i32", 0x80000000, 28 | 8 << 16, false, 0xfffffff8, true},
    {"s_bfe_u64", 0x123456789abcdef0, 32 | 16 << 16, false, 0x5678, true},
    {"s_bfe_i64", 0x8000000000000000, 60 | 4 << 16, false, 0xfffffffffffffff8, true},
    {"s_absdiff_i32", 2, 5, false, 3, true},
    {"s_absdiff_i32", 0x80000000, 0x7fffffff, false, 0xffffffff, true},
    {"s_absdiff_i32", 4, 4, true, 0, false},
    {"s_lshl1_add_u32", 0x80000000, 1, false, 1, true},
    {"s_lshl2_add_u32", 3, 1, true, 13, false},
    {"s_lshl3_add_u32", 3, 1, true, 25, false},
    {"s_lshl4_add_u32", 0x0fffffff, 0x10, false, 0, true},
    {"s_pack_ll_b32_b16", 0x11112222, 0x33334444, true, 0x44442222, true},
    {"s_pack_lh_b32_b16", 0x11112222, 0x33334444, false, 0x33332222, false},
    {"s_pack_hh_b32_b16", 0x11112222, 0x33334444, false, 0x33331111, false},
    {"s_mul_hi_u32", 0xffffffff, 0xffffffff, false, 0xfffffffe, false},
    {"s_mul_hi_i32", 0xffffffff, 5, true, 0xffffffff, true},
};

const ScalarCase kSopcCases[] = {
    {"s_cmp_eq_i32", 5, 5, false, 0, true},
    {"s_cmp_eq_i32", 5, 6, true, 0, false},
    {"s_cmp_lg_i32", 5, 6, false, 0, true},
    {"s_cmp_gt_i32", 1, 0xffffffff, false, 0, true},
    {"s_cmp_ge_i32", 0xffffffff, 1, true, 0, false},
    {"s_cmp_lt_i32", 0x80000000, 0, false, 0, true},
    {"s_cmp_le_i32", 1, 1, false, 0, true},
    {"s_cmp_eq_u32", 0xffffffff, 0xffffffff, false, 0, true},
    {"s_cmp_lg_u32", 1, 1, true, 0, false},
    {"s_cmp_gt_u32", 1, 0xffffffff, true, 0, false},
    {"s_cmp_ge_u32", 0xffffffff, 1, false, 0, true},
    {"s_cmp_lt_u32", 0x80000000, 0, true, 0, false},
    {"s_cmp_le_u32", 2, 1, true, 0, false},
    {"s_bitcmp0_b32", 0xfffffffe, 32, false, 0, true},
    {"s_bitcmp1_b32", 0x00000100, 8, false, 0, true},
    {"s_bitcmp0_b64", 1ull << 40, 40, true, 0, false},
    {"s_bitcmp1_b64", 1ull << 40, 104, false, 0, true},
    {"s_cmp_eq_u64", 1ull << 40, 1ull << 40, false, 0, true},
    {"s_cmp_lg_u64", 1ull << 40, 0, false, 0, true},
};

const ScalarCase kSop1Cases[] = {
    {"s_mov_b32", 0x12345678, 0, true, 0x12345678, true},
    {"s_mov_b64", 0x123456789abcdef0, 0, false, 0x123456789abcdef0, false},
    {"s_cmov_b32", 5, 0, false, kOld, false},
    {"s_cmov_b32", 5, 0, true, 5, true},
    {"s_cmov_b64", 5, 0, true, 5, true},
    {"s_cmov_b64", 5, 0, false, kOld, false},
    {"s_not_b32", 0xffffffff, 0, true, 0, false},
    {"s_not_b64", 0, 0, false, ~0ull, true},
    {"s_wqm_b32", 0x00100400, 0, false, 0x00f00f00, true},
    {"s_wqm_b64", 1ull << 62, 0, false, 0xf000000000000000, true},
    {"s_brev_b32", 0x80000001, 0, false, 0x80000001, false},
    {"s_brev_b32", 0x00000003, 0, true, 0xc0000000, true},
    {"s_brev_b64", 1, 0, false, 1ull << 63, false},
    {"s_bcnt0_i32_b32", 0xffffffff, 0, true, 0, false},
    {"s_bcnt0_i32_b64", 0xff, 0, false, 56, true},
    {"s_bcnt1_i32_b32", 0x0000ff0f, 0, false, 12, true},
    {"s_bcnt1_i32_b64", 0xff000000000000ff, 0, false, 16, true},
    {"s_ff0_i32_b32", 0xffffffff, 0, false, 0xffffffff, false},
    {"s_ff0_i32_b32", 0x0000ffff, 0, false, 16, false},
    {"s_ff0_i32_b64", 0xffffffffff, 0, false, 40, false},
    {"s_ff1_i32_b32", 0, 0, true, 0xffffffff, true},
    {"s_ff1_i32_b32", 0x00010000, 0, true, 16, true},
    {"s_ff1_i32_b64", 1ull << 50, 0, true, 50, true},
    {"s_flbit_i32_b32", 0, 0, false, 0xffffffff, false},
    {"s_flbit_i32_b32", 0x0000cccc, 0, false, 16, false},
    {"s_flbit_i32_b64", 1, 0, false, 63, false},
    {"s_flbit_i32", 0xffff3333, 0, false, 16, false},
    {"s_flbit_i32", 0x7fffffff, 0, false, 1, false},
    {"s_flbit_i32", 0xffffffff, 0, false, 0xffffffff, false},
    {"s_flbit_i32", 0, 0, false, 0xffffffff, false},
    {"s_flbit_i32_i64", 0xffffffff00000000, 0, false, 32, false},
    {"s_sext_i32_i8", 0x12345680, 0, false, 0xffffff80, false},
    {"s_sext_i32_i16", 0x12348000, 0, false, 0xffff8000, false},
    {"s_bitset0_b32", 0, 0, false, 0x89abcdee, false},
    {"s_bitset0_b64", 32, 0, true, 0x0123456689abcdef, true},
    {"s_bitset1_b32", 36, 0, false, 0x89abcdff, false},
    {"s_bitset1_b64", 63, 0, false, 0x8123456789abcdef, false},
    {"s_quadmask_b32", 0x80000010, 0, false, 0x82, true},
    {"s_quadmask_b64", 1ull << 60 | 1, 0, false, 0x8001, true},
    {"s_abs_i32", 0xffffffff, 0, false, 1, true},
    {"s_abs_i32", 0x80000000, 0, false, 0x80000000, true},
    {"s_abs_i32", 0, 0, true, 0, false},
    {"s_bitreplicate_b64_b32", 0x80000005, 0, false, 0xc000000000000033, false},
};

struct ExecCase {
  const char* mnemonic;
  std::uint64_t source;
  std::uint64_t exec;
  std::uint64_t exec_after;
  std::uint64_t result;
};

const ExecCase kExecCases[] = {
    {"s_and_saveexec_b32", 0x0f, 0x3c, 0x0c, 0x3c},
    {"s_or_saveexec_b32", 0x0f, 0x3c, 0x3f, 0x3c},
    {"s_xor_saveexec_b32", 0x0f, 0x3c, 0x33, 0x3c},
    {"s_andn2_saveexec_b32", 0x0f, 0x3c, 0x03, 0x3c},
    {"s_orn2_saveexec_b32", 0x0f, 0x3c, 0xffffffcf, 0x3c},
    {"s_nand_saveexec_b32", 0x0f, 0x3c, 0xfffffff3, 0x3c},
    {"s_nor_saveexec_b32", 0x0f, 0x3c, 0xffffffc0, 0x3c},
    {"s_xnor_saveexec_b32", 0x0f, 0x3c, 0xffffffcc, 0x3c},
    {"s_andn1_saveexec_b32", 0x0f, 0x3c, 0x30, 0x3c},
    {"s_orn1_saveexec_b32", 0x0f, 0x3c, 0xfffffffc, 0x3c},
    {"s_andn1_wrexec_b32", 0x0f, 0x3c, 0x30, 0x30},
    {"s_andn2_wrexec_b32", 0x0f, 0x3c, 0x03, 0x03},
    {"s_and_saveexec_b32", 0x0f, 0xf0, 0, 0xf0},
    {"s_and_saveexec_b64", 0x0f00000000, 0x3c00000001, 0x0c00000000, 0x3c00000001},
    {"s_or_saveexec_b64", 0x0f00000000, 0x3c00000001, 0x3f00000001, 0x3c00000001},
    {"s_xor_saveexec_b64", 0x0f00000000, 0x3c00000001, 0x3300000001, 0x3c00000001},
    {"s_andn2_saveexec_b64", 0x0f00000000, 0x3c00000001, 0x0300000000, 0x3c00000001},
    {"s_orn2_saveexec_b64", 0x0f00000000, 0x3c00000001, 0xffffffcffffffffe, 0x3c00000001},
    {"s_nand_saveexec_b64", 0x0f00000000, 0x3c00000001, 0xfffffff3ffffffff, 0x3c00000001},
    {"s_nor_saveexec_b64", 0x0f00000000, 0x3c00000001, 0xffffffc0fffffffe, 0x3c00000001},
    {"s_xnor_saveexec_b64", 0x0f00000000, 0x3c00000001, 0xffffffccfffffffe, 0x3c00000001},
    {"s_andn1_saveexec_b64", 0x0f00000000, 0x3c00000001, 0x3000000001, 0x3c00000001},
    {"s_orn1_saveexec_b64", 0x0f00000000, 0x3c00000001, 0xfffffff0ffffffff | 0x3c00000001, 0x3c00000001},
    {"s_andn1_wrexec_b64", 0x0f00000000, 0x3c00000001, 0x3000000001, 0x3000000001},
    {"s_andn2_wrexec_b64", 0x0f00000000, 0x3c00000001, 0x0300000000, 0x0300000000},
};
// clang-format on

// Instructions that move by M0, the program counter and those that no compute kernel may run.
const CheckedCase kCheckedSop1Cases[] = {
    {"s_movrels_b32",
     [](Machine& m, Instruction& i) {
       m.wave().s[operand::kM0] = 3;
       m.wave().s[kA + 3] = 77;
       execute(m, i);
       EXPECT_EQ(m.wave().s[kD], 77u);
     }},
    {"s_movrels_b64",
     [](Machine& m, Instruction& i) {
       m.wave().s[operand::kM0] = 16;
       m.wave().write_pair(kA + 16, 0x1234567890);
       execute(m, i);
       EXPECT_EQ(m.wave().read_pair(kD), 0x1234567890u);
     }},
    {"s_movreld_b32",
     [](Machine& m, Instruction& i) {
       m.wave().s[operand::kM0] = 5;
       m.wave().s[kA] = 78;
       execute(m, i);
       EXPECT_EQ(m.wave().s[kD + 5], 78u);
     }},
    {"s_movreld_b64",
     [](Machine& m, Instruction& i) {
       m.wave().s[operand::kM0] = 4;
       m.wave().write_pair(kA, 0x1234567890);
       execute(m, i);
       EXPECT_EQ(m.wave().read_pair(kD + 4), 0x1234567890u);
     }},
    {"s_movrelsd_2_b32",
     [](Machine& m, Instruction& i) {
       m.wave().s[operand::kM0] = 2 | 9 << 16;
       m.wave().s[kA + 2] = 79;
       execute(m, i);
       EXPECT_EQ(m.wave().s[kD + 9], 79u);
     }},
    {"s_rfe_b64",
     [](Machine& m, Instruction& i) {
       EXPECT_NE(fault_text(m, i, FaultKind::kIllegalInstruction).find("s_rfe_b64"),
                 std::string::npos);
     }},
};

TEST(ScalarSemantics, Sop2) {
  for (const ScalarCase& c : kSop2Cases) run(sop2_opcodes(), c);
}
TEST(ScalarSemantics, Sopc) {
  for (const ScalarCase& c : kSopcCases) run(sopc_opcodes(), c);
}
TEST(ScalarSemantics, Sop1) {
  for (const ScalarCase& c : kSop1Cases) run(sop1_opcodes(), c);
}

TEST(ScalarSemantics, Sop1OnExec) {
  for (const ExecCase& c : kExecCases) {
    SCOPED_TRACE(testing::Message()
                 << std::hex << c.mnemonic << " source=0x" << c.source << " exec=0x" << c.exec);
    Machine machine(2);
    Wave& wave = machine.wave();
    wave.write_pair(kA, c.source);
    wave.write_pair(operand::kExecLo, c.exec);
    wave.scc = c.exec_after == 0;
    Instruction instruction = make_instruction(sop1_opcodes(), c.mnemonic);
    instruction.source[0] = kA;
    instruction.destination = kD;
    execute(machine, instruction);
    EXPECT_EQ(wave.exec64(), c.exec_after);
    EXPECT_EQ(wave.read_pair(kD), c.result);
    EXPECT_EQ(wave.scc, c.exec_after != 0);
  }
}

TEST(ScalarSemantics, Sop1Checked) {
  for (const CheckedCase& c : kCheckedSop1Cases) {
    SCOPED_TRACE(c.mnemonic);
    Machine machine;
    Instruction instruction = make_instruction(sop1_opcodes(), c.mnemonic);
    instruction.source[0] = kA;
    instruction.destination = kD;
    c.check(machine, instruction);
  }
}

TEST(ScalarSemantics, EveryRowHasACase) {
  std::set<std::string> covered{"s_getpc_b64", "s_setpc_b64", "s_swappc_b64"};  // control flow test
  for (const ScalarCase& c : kSop2Cases) covered.insert(c.mnemonic);
  for (const ScalarCase& c : kSopcCases) covered.insert(c.mnemonic);
  for (const ScalarCase& c : kSop1Cases) covered.insert(c.mnemonic);
  for (const ExecCase& c : kExecCases) covered.insert(c.mnemonic);
  for (const CheckedCase& c : kCheckedSop1Cases) covered.insert(c.mnemonic);
  expect_covered(sop2_opcodes(), covered);
  expect_covered(sopc_opcodes(), covered);
  expect_covered(sop1_opcodes(), covered);
}

struct ConstantCase {
  unsigned code;
  std::uint32_t narrow;
  std::uint64_t wide;
};

TEST(ScalarSemantics, SourceConstants) {
  const ConstantCase cases[] = {
      {128, 0, 0},
      {192, 64, 64},
      {193, 0xffffffff, ~0ull},
      {208, 0xfffffff0, 0xfffffffffffffff0},
      {240, 0x3f000000, 0x3fe0000000000000},
      {243, 0xbf800000, 0xbff0000000000000},
      {248, 0x3e22f983, 0x3fc45f306dc9c882},
      {235, 0, kSharedAperture},
      {237, 0, kPrivateAperture},
      {251, 1, 1},  // VCC is zero
      {252, 0, 0},  // EXEC is not
      {253, 1, 1},
      {255, 0x80000001, 0x80000001},
      {125, 0, 0},
  };
  for (const ConstantCase& c : cases) {
    SCOPED_TRACE(c.code);
    Machine machine;
    machine.wave().scc = true;
    for (const char* mnemonic : {"s_mov_b32", "s_mov_b64"}) {
      Instruction instruction = make_instruction(sop1_opcodes(), mnemonic);
      instruction.source[0] = static_cast<std::uint16_t>(c.code);
      instruction.literal = 0x80000001;
      instruction.destination = kD;
      execute(machine, instruction);
      if (std::string_view(mnemonic) == "s_mov_b32") {
        EXPECT_EQ(machine.wave().s[kD], c.narrow);
      } else {
        EXPECT_EQ(machine.wave().read_pair(kD), c.wide);
      }
    }
  }
}

TEST(ScalarSemantics, LiteralsOfSignedPairsAreSignExtended) {
  Machine machine;
  Instruction instruction = make_instruction(sop2_opcodes(), "s_ashr_i64");
  instruction.source = {operand::kLiteral, 128, 0, 0};
  instruction.literal = 0x80000001;
  instruction.destination = kD;
  execute(machine, instruction);
  EXPECT_EQ(machine.wave().read_pair(kD), 0xffffffff80000001u);
}

}  // namespace
}  // namespace emulator
