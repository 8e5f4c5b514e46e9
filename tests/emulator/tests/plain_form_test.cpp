// Rows of vector instructions in plain form give what their instructions give one by one.
#include "isa/plain_form.h"

#include <gtest/gtest.h>

#include <cstring>
#include <span>
#include <vector>

#include "machine/program.h"
#include "semantics_machine.h"

namespace emulator {
namespace {

constexpr std::uint64_t kBase = 0x10000;
constexpr std::uint32_t kEndProgram = 0xbf810000;
constexpr std::uint32_t kLiteral = 0x40490fdb;

constexpr unsigned vgpr(unsigned number) { return operand::kVgpr + number; }

// v_fmac_f32 and v_mul_f32 of 32 bits each: source0 is any operand, source1 a VGPR.
constexpr std::uint32_t vop2(std::uint32_t opcode, unsigned destination, unsigned source0,
                             unsigned source1) {
  return opcode << 25 | destination << 17 | source1 << 9 | source0;
}
constexpr std::uint32_t fmac(unsigned destination, unsigned source0, unsigned source1) {
  return vop2(0x2b, destination, source0, source1);
}
constexpr std::uint32_t mul(unsigned destination, unsigned source0, unsigned source1) {
  return vop2(0x08, destination, source0, source1);
}
// v_fma_f32: `signs` are the three negations, from bit 0 on.
void append_fma(std::vector<std::uint32_t>& words, unsigned destination, unsigned source0,
                unsigned source1, unsigned source2, unsigned signs = 0) {
  words.push_back(0xd54b0000 | destination);
  words.push_back(signs << 29 | source2 << 18 | source1 << 9 | source0);
}

// v_fmac_f32_dpp row_share: each row of lanes in `rows` multiplies by the lane `lane` of its own.
void append_shared_fmac(std::vector<std::uint32_t>& words, unsigned destination, unsigned source0,
                        unsigned lane, unsigned source1, unsigned rows = 0xf) {
  words.push_back(fmac(destination, 250, source1));
  words.push_back(rows << 28 | 0xf << 24 | (0x150 + lane) << 8 | source0);
}

Program make_program(const std::vector<std::uint32_t>& words) {
  return Program(std::as_bytes(std::span(words)), kBase);
}

constexpr unsigned kTwo = 244, kHalf = 240, kMinusSixteen = 208, kVccLo = 106, kNull = 125;

std::vector<std::uint32_t> mixed_rows() {
  std::vector<std::uint32_t> words = {fmac(10, vgpr(1), 2),
                                      fmac(11, 4, 2),
                                      fmac(12, kTwo, 3),
                                      fmac(13, 255, 3),
                                      kLiteral,
                                      fmac(10, kVccLo, 10),
                                      fmac(11, kNull, 4),
                                      mul(14, kHalf, 10),
                                      mul(15, kMinusSixteen, 14),
                                      mul(14, 5, 15),
                                      fmac(16, vgpr(14), 14)};
  append_fma(words, 17, vgpr(1), 4, kTwo);
  append_fma(words, 18, 4, 5, vgpr(17));
  append_fma(words, 19, kTwo, kHalf, vgpr(18));
  append_fma(words, 20, vgpr(1), vgpr(2), vgpr(19), 5);
  append_shared_fmac(words, 21, 3, 7, 5);
  append_shared_fmac(words, 22, 21, 15, 21);
  append_shared_fmac(words, 23, 22, 0, 22, 0x3);
  words.push_back(kEndProgram);
  return words;
}

void fill(Machine& machine) {
  for_lanes(machine, [&](unsigned lane) {
    for (unsigned v = 0; v < 24; ++v) {
      const float value = 0.25f * static_cast<float>(lane * 7 + v) - 20.0f;
      std::memcpy(&machine.lane(v, lane), &value, sizeof value);
    }
  });
  const float scalars[] = {-3.5f, 1.0f / 3};
  std::memcpy(&machine.wave().s[4], scalars, sizeof scalars);
  machine.wave().s[kVccLo] = 0x3fa00000;
}

// The registers after the program, by rows or one by one.
void run(Machine& machine, const Program& program, bool by_rows) {
  Wave& wave = machine.wave();
  wave.program = &program;
  wave.next = wave.block_begin = program.at(kBase);
  wave.state = WaveState::kReady;
  for (const Instruction* each = wave.next; each != nullptr;) {
    each = (by_rows ? each->run : each->execute)(wave, *each);
  }
}

void expect_equal_results(unsigned halves, std::uint32_t exec) {
  const Program program = make_program(mixed_rows());
  Machine rows(halves), single(halves);
  for (Machine* machine : {&rows, &single}) {
    fill(*machine);
    machine->wave().s[operand::kExecLo] = exec;
    run(*machine, program, machine == &rows);
  }
  for_lanes(rows, [&](unsigned lane) {
    for (unsigned v = 0; v < 24; ++v) {
      EXPECT_EQ(rows.lane(v, lane), single.lane(v, lane)) << "v" << v << ", lane " << lane;
    }
  });
}

TEST(PlainForm, RowsGiveWhatTheirInstructionsGive) { expect_equal_results(1, ~0u); }

TEST(PlainForm, LanesThatAreOffKeepWhatTheyHave) { expect_equal_results(1, 0x00ffff0f); }

TEST(PlainForm, BothHalvesOfAWaveAreCarriedOut) { expect_equal_results(2, ~0u); }

TEST(PlainForm, RowsEndWhereAnotherInstructionBegins) {
  const Program program = make_program(mixed_rows());
  std::vector<unsigned> counts;  // 0: not in plain form
  for (const Instruction& each : program.instructions()) {
    counts.push_back(each.run != each.execute ? program.plain(each)->row_count : 0);
  }
  // The fma of two constants, the one with signs and the fmac of some rows are none, nor is the
  // end.
  const std::vector<unsigned> expected = {6, 5, 4, 3, 2, 1, 3, 2, 1, 1, 2, 1, 0, 0, 2, 1, 0, 0, 0};
  EXPECT_EQ(counts, expected);
}

TEST(PlainForm, ConstantsComeWithTheirValue) {
  const Program program = make_program(mixed_rows());
  const Instruction* const first = program.at(kBase);
  EXPECT_EQ(program.plain(first[2])->constant, 0x40000000u);
  EXPECT_EQ(program.plain(first[3])->constant, kLiteral);
  EXPECT_EQ(program.plain(first[3])->destination, 13 * sizeof(Vgpr));
  EXPECT_EQ(program.plain(first[0]) + 3, program.plain(first[3]));
}

}  // namespace
}  // namespace emulator
