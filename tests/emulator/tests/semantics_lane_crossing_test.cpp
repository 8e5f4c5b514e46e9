// Vector instructions whose lanes differ: lane reads and writes, row permutes, register indexing,
// lane counts, and sums of differences with four-register operands.
#include <gtest/gtest.h>

#include "vector_case.h"

namespace emulator {
namespace {

constexpr unsigned kA = kFirstSource;
constexpr unsigned kB = kFirstSource + 4;
constexpr unsigned kC = kFirstSource + 8;
constexpr unsigned kLaneSelect = 30;  // an SGPR

// A wave64 whose register kA holds 1000 + lane.
std::unique_ptr<Wave> numbered_wave(bool wave64) {
  auto wave = make_wave(wave64);
  for (unsigned lane = 0; lane < 64; ++lane) wave->v[lane / 32][kA].lane[lane % 32] = 1000 + lane;
  return wave;
}
std::uint32_t result(const Wave& wave, unsigned lane, unsigned vgpr = kResult) {
  return wave.v[lane / 32][vgpr].lane[lane % 32];
}
void execute(Wave& wave, const Instruction& instruction) {
  EXPECT_EQ(instruction.execute(wave, instruction), &instruction + 1);
}

void readfirstlane(std::string_view mnemonic) {
  const auto wave = numbered_wave(true);
  const Instruction instruction = make_instruction(mnemonic);
  const std::pair<std::uint64_t, std::uint32_t> expected[] = {
      {~std::uint64_t{0}, 1000}, {0x10, 1004}, {std::uint64_t{1} << 40, 1040}, {0, 1000}};
  for (const auto& [exec, value] : expected) {
    wave->write_pair(operand::kExecLo, exec);
    execute(*wave, instruction);
    EXPECT_EQ(wave->s[kMaskOut], value) << "EXEC " << exec;
  }
}

void readlane(std::string_view mnemonic) {
  for (const bool wave64 : {false, true}) {
    const auto wave = numbered_wave(wave64);
    Instruction instruction = make_instruction(mnemonic);
    instruction.source[1] = kLaneSelect;
    instruction.plain_vgpr = 1;
    wave->write_pair(operand::kExecLo, 0);
    for (const std::uint32_t lane : {0u, 31u, 33u, 63u, 64u}) {
      wave->s[kLaneSelect] = lane;
      execute(*wave, instruction);
      EXPECT_EQ(wave->s[kMaskOut], 1000 + lane % (wave64 ? 64 : 32));
    }
  }
}

void writelane(std::string_view mnemonic) {
  const auto wave = numbered_wave(true);
  Instruction instruction = make_instruction(mnemonic);
  instruction.source = {kLaneSelect, operand::kZero + 45, 0, 0};
  instruction.plain_vgpr = 0;
  wave->s[kLaneSelect] = 77;
  wave->write_pair(operand::kExecLo, 0);
  execute(*wave, instruction);
  for (unsigned lane = 0; lane < 64; ++lane) {
    EXPECT_EQ(result(*wave, lane), lane == 45 ? 77 : kOldDword);
  }
}

// Each lane takes its mirror image; `other_row` is what v_permlanex16 adds.
void permlane(std::string_view mnemonic, unsigned other_row) {
  const auto wave = numbered_wave(true);
  Instruction instruction = make_instruction(mnemonic);
  instruction.source[1] = kLaneSelect;
  instruction.source[2] = kLaneSelect + 1;
  instruction.plain_vgpr = 1;
  wave->write_pair(kLaneSelect, 0x0123456789abcdef);
  execute(*wave, instruction);
  for (unsigned lane = 0; lane < 64; ++lane) {
    EXPECT_EQ(result(*wave, lane), 1000 + ((lane ^ other_row ^ 15))) << "lane " << lane;
  }
  // Lanes 8 to 15 of each row are inactive, the source of lanes 0 to 7.
  const std::uint64_t exec = 0x00ff00ff00ff00ff;
  const std::pair<unsigned, std::uint32_t> without_source[] = {
      {0, kOldDword}, {2, 0}, {1, 1000 + (3 ^ other_row ^ 15)}};
  for (const auto& [op_sel, expected] : without_source) {
    wave->write_pair(operand::kExecLo, exec);
    instruction.op_sel = static_cast<std::uint8_t>(op_sel);
    set_vgpr(*wave, kResult, kOldDword);
    execute(*wave, instruction);
    EXPECT_EQ(result(*wave, 3), expected) << "op_sel " << op_sel;
    EXPECT_EQ(result(*wave, 12), kOldDword);
  }
}
void permlane16(std::string_view mnemonic) { permlane(mnemonic, 0); }
void permlanex16(std::string_view mnemonic) { permlane(mnemonic, 16); }

// M0 moves the source by `source_step` and the destination by `destination_step`.
void move_relative(std::string_view mnemonic, std::uint32_t m0, unsigned source_step,
                   unsigned destination_step) {
  const auto wave = numbered_wave(false);
  const Instruction instruction = make_instruction(mnemonic);
  wave->v[0][kA + source_step] = wave->v[0][kA];
  if (source_step != 0) set_vgpr(*wave, kA, 1);
  wave->s[operand::kM0] = m0;
  execute(*wave, instruction);
  EXPECT_EQ(result(*wave, 7, kResult + destination_step), 1007u);
}
void movreld(std::string_view mnemonic) {
  move_relative(mnemonic, 3, 0, 3);
  // Past the last register nothing is written.
  const auto wave = numbered_wave(false);
  const Instruction instruction = make_instruction(mnemonic);
  wave->s[operand::kM0] = 256;
  execute(*wave, instruction);
  EXPECT_EQ(result(*wave, 7, kResult), kOldDword);
}
void movrels(std::string_view mnemonic) { move_relative(mnemonic, 3, 3, 0); }
void movrelsd(std::string_view mnemonic) { move_relative(mnemonic, 3, 3, 3); }
void movrelsd_2(std::string_view mnemonic) { move_relative(mnemonic, 5u << 16 | 3, 3, 5); }

void swap(std::string_view mnemonic) {
  const auto wave = numbered_wave(false);
  const Instruction instruction = make_instruction(mnemonic);
  wave->s[operand::kExecLo] = 0xff;
  execute(*wave, instruction);
  EXPECT_EQ(result(*wave, 7), 1007u);
  EXPECT_EQ(result(*wave, 7, kA), kOldDword);
  EXPECT_EQ(result(*wave, 8), kOldDword);
  EXPECT_EQ(result(*wave, 8, kA), 1008u);
}
void swaprel(std::string_view mnemonic) {
  const auto wave = numbered_wave(false);
  const Instruction instruction = make_instruction(mnemonic);
  wave->s[operand::kM0] = 2u << 16 | 1;
  set_vgpr(*wave, kA + 1, 11);
  set_vgpr(*wave, kResult + 2, 22);
  execute(*wave, instruction);
  EXPECT_EQ(result(*wave, 7, kA + 1), 22u);
  EXPECT_EQ(result(*wave, 7, kResult + 2), 11u);
}

// `low` counts bits of the mask below a lane among lanes 0 to 31, the other among the rest.
void mbcnt(std::string_view mnemonic, bool low) {
  const auto wave = make_wave(true);
  const Instruction instruction = make_instruction(mnemonic);
  set_vgpr(*wave, kA, 0x0000ffff);
  set_vgpr(*wave, kB, 100);
  execute(*wave, instruction);
  for (unsigned lane = 0; lane < 64; ++lane) {
    const unsigned below = low ? lane : lane < 32 ? 0 : lane - 32;
    EXPECT_EQ(result(*wave, lane), 100 + std::min(below, 16u)) << "lane " << lane;
  }
}
void mbcnt_lo(std::string_view mnemonic) { mbcnt(mnemonic, true); }
void mbcnt_hi(std::string_view mnemonic) { mbcnt(mnemonic, false); }

void mqsad_u32(std::string_view mnemonic) {
  const auto wave = make_wave(false);
  Instruction instruction = make_instruction(mnemonic);
  set_vgpr(*wave, kA, 0x04030201);
  set_vgpr(*wave, kA + 1, 0);
  set_vgpr(*wave, kB, 0x00000001);  // only the lowest byte counts
  for (unsigned k = 0; k < 4; ++k) set_vgpr(*wave, kC + k, 10 * k);
  execute(*wave, instruction);
  for (unsigned k = 0; k < 4; ++k) EXPECT_EQ(result(*wave, 5, kResult + k), 11 * k);
  set_vgpr(*wave, kC + 3, 0xffffffff);
  instruction.clamp = true;
  instruction.flags |= kModifiedResult;
  execute(*wave, instruction);
  EXPECT_EQ(result(*wave, 5, kResult + 3), 0xffffffffu);
}

struct LaneTest {
  const char* mnemonic;
  void (*run)(std::string_view mnemonic);
};
constexpr LaneTest kTests[] = {
    {"v_readfirstlane_b32", readfirstlane},
    {"v_readlane_b32", readlane},
    {"v_writelane_b32", writelane},
    {"v_permlane16_b32", permlane16},
    {"v_permlanex16_b32", permlanex16},
    {"v_movreld_b32", movreld},
    {"v_movrels_b32", movrels},
    {"v_movrelsd_b32", movrelsd},
    {"v_movrelsd_2_b32", movrelsd_2},
    {"v_swap_b32", swap},
    {"v_swaprel_b32", swaprel},
    {"v_mbcnt_lo_u32_b32", mbcnt_lo},
    {"v_mbcnt_hi_u32_b32", mbcnt_hi},
    {"v_mqsad_u32_u8", mqsad_u32},
};

class LaneCrossing : public testing::TestWithParam<LaneTest> {};

TEST_P(LaneCrossing, MovesWhatItShould) { GetParam().run(GetParam().mnemonic); }

INSTANTIATE_TEST_SUITE_P(AllOpcodes, LaneCrossing, testing::ValuesIn(kTests),
                         [](const testing::TestParamInfo<LaneTest>& info) {
                           return std::string(info.param.mnemonic);
                         });

}  // namespace

std::vector<std::string> lane_crossing_mnemonics() {
  std::vector<std::string> names;
  for (const LaneTest& one : kTests) names.emplace_back(one.mnemonic);
  return names;
}

}  // namespace emulator
