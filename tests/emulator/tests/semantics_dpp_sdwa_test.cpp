// DPP16, DPP8 and SDWA, and scalar and constant operands: what the wrapper does around a lane's
// meaning.
#include <gtest/gtest.h>

#include "isa/float_mode.h"
#include "vector_case.h"

namespace emulator {
namespace {

constexpr unsigned kA = kFirstSource;
constexpr unsigned kB = kFirstSource + 4;
constexpr std::uint32_t kDisabled = kOldDword;

// v_mov_b32_dpp of 1000 + lane. `source` gives the lane read, or -1 for none.
struct DppCase {
  const char* name;
  std::uint16_t control;
  int (*source)(int lane);
};
constexpr DppCase kDppControls[] = {
    {"quad_perm:[1,0,3,3]", 0xf1,
     [](int lane) {
       return lane / 4 * 4 + (lane % 4 == 0 ? 1 : lane % 4 == 1 ? 0 : 3);
     }},
    {"row_shl:3", 0x103, [](int lane) { return lane % 16 + 3 < 16 ? lane + 3 : -1; }},
    {"row_shr:1", 0x111, [](int lane) { return lane % 16 == 0 ? -1 : lane - 1; }},
    {"row_ror:4", 0x124, [](int lane) { return lane / 16 * 16 + (lane + 12) % 16; }},
    {"row_mirror", 0x140, [](int lane) { return lane / 16 * 16 + 15 - lane % 16; }},
    {"row_half_mirror", 0x141, [](int lane) { return lane / 8 * 8 + 7 - lane % 8; }},
    {"row_share:5", 0x155, [](int lane) { return lane / 16 * 16 + 5; }},
    {"row_xmask:9", 0x169, [](int lane) { return lane ^ 9; }},
};

std::unique_ptr<Wave> numbered_wave() {
  auto wave = make_wave(true);
  for (unsigned lane = 0; lane < 64; ++lane) wave->v[lane / 32][kA].lane[lane % 32] = 1000 + lane;
  return wave;
}
std::uint32_t result(const Wave& wave, unsigned lane) {
  return wave.v[lane / 32][kResult].lane[lane % 32];
}

Instruction dpp_move(std::uint16_t control) {
  Instruction instruction = make_instruction("v_mov_b32");
  instruction.flags |= kDpp16;
  instruction.plain_vgpr = 0;
  instruction.dpp.control = control;
  instruction.dpp.row_mask = 0xf;
  instruction.dpp.bank_mask = 0xf;
  return instruction;
}

class Dpp16 : public testing::TestWithParam<DppCase> {};

TEST_P(Dpp16, TakesTheRightLane) {
  const DppCase& one = GetParam();
  for (const std::uint64_t exec : {~std::uint64_t{0}, std::uint64_t{0x5a5affff0ff0f00f}}) {
    for (const bool bound_control : {false, true}) {
      for (const bool fetch_inactive : {false, true}) {
        const auto wave = numbered_wave();
        wave->write_pair(operand::kExecLo, exec);
        Instruction instruction = dpp_move(one.control);
        instruction.dpp.bound_control = bound_control;
        instruction.dpp.fetch_inactive = fetch_inactive;
        instruction.execute(*wave, instruction);
        for (int lane = 0; lane < 64; ++lane) {
          const int from = one.source(lane);
          const bool valid = from >= 0 && (fetch_inactive || (exec >> from & 1) != 0);
          std::uint32_t expected = kDisabled;
          if ((exec >> lane & 1) != 0) {
            if (valid) {
              expected = 1000 + static_cast<std::uint32_t>(from);
            } else if (bound_control) {
              expected = 0;
            }
          }
          ASSERT_EQ(result(*wave, static_cast<unsigned>(lane)), expected)
              << "v_mov_b32_dpp " << one.name << " bound_ctrl " << bound_control << " fi "
              << fetch_inactive << " exec " << std::hex << exec << " lane " << std::dec << lane;
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(AllControls, Dpp16, testing::ValuesIn(kDppControls),
                         [](const testing::TestParamInfo<DppCase>& info) {
                           std::string name = info.param.name;
                           std::erase_if(name, [](char c) { return !std::isalnum(c); });
                           return name;
                         });

TEST(Dpp16Masks, LeaveRowsAndBanks) {
  const auto wave = numbered_wave();
  Instruction instruction = dpp_move(0xe4);  // quad_perm:[0,1,2,3]
  instruction.dpp.row_mask = 0b1010;
  instruction.dpp.bank_mask = 0b0110;
  instruction.execute(*wave, instruction);
  for (unsigned lane = 0; lane < 64; ++lane) {
    const unsigned row = lane / 16;
    const unsigned bank = lane % 16 / 4;
    const bool written = (row == 1 || row == 3) && (bank == 1 || bank == 2);
    EXPECT_EQ(result(*wave, lane), written ? 1000 + lane : kDisabled) << "lane " << lane;
  }
}

TEST(Dpp8, TakesLanesOfTheGroup) {
  for (const bool fetch_inactive : {false, true}) {
    const auto wave = numbered_wave();
    Instruction instruction = make_instruction("v_mov_b32");
    instruction.flags |= kDpp8;
    instruction.plain_vgpr = 0;
    for (unsigned k = 0; k < 8; ++k) instruction.dpp8_selectors |= (7 - k) << 3 * k;
    instruction.dpp8_selectors |= static_cast<std::uint32_t>(fetch_inactive) << 24;
    wave->write_pair(operand::kExecLo, 0x0f);
    instruction.execute(*wave, instruction);
    for (unsigned lane = 0; lane < 64; ++lane) {
      const std::uint32_t fetched = fetch_inactive ? 1007 - lane : 0;
      EXPECT_EQ(result(*wave, lane), lane < 4 ? fetched : kDisabled) << "lane " << lane;
    }
  }
}

TEST(DppOperands, SignModifiersComeAfterThePermute) {
  const auto wave = make_wave(false);
  Instruction instruction = make_instruction("v_add_f32");
  instruction.flags |= kDpp16;
  instruction.dpp.control = 0x111;
  instruction.dpp.row_mask = instruction.dpp.bank_mask = 0xf;
  instruction.neg = 1;
  instruction.abs = 1;
  instruction.plain_vgpr = 2;
  for (unsigned lane = 0; lane < 32; ++lane) {
    wave->v[0][kA].lane[lane] = static_cast<std::uint32_t>(f32(-static_cast<float>(lane)));
  }
  set_vgpr(*wave, kB, static_cast<std::uint32_t>(f32(100)));
  instruction.execute(*wave, instruction);
  EXPECT_EQ(result(*wave, 5), f32(96));
  EXPECT_EQ(result(*wave, 16), kDisabled);
}

struct SdwaCase {
  const char* mnemonic;
  std::uint32_t a, b;
  std::uint8_t select_a, select_b, destination_select, destination_unused;
  std::uint32_t expected;  // over kOldDword, 0xa5a55a5a
  std::uint8_t neg = 0;
};
enum : std::uint8_t { kByte0, kByte1, kByte2, kByte3, kWord0, kWord1, kDword, kSext = 8 };
enum : std::uint8_t { kPad, kSignExtend, kPreserve };
constexpr SdwaCase kSdwaCases[] = {
    {"v_add_nc_u32", 0x44332211, 0x88776655, kByte1, kByte2, kDword, kPad, 0x22 + 0x77},
    {"v_add_nc_u32", 0x44332211, 0x88776655, kWord1, kByte3 | kSext, kDword, kPad,
     0x4433 + 0xffffff88},
    {"v_add_nc_u32", 0x44332211, 1, kDword, kDword, kByte2, kPad, 0x00120000},
    {"v_add_nc_u32", 0x44332211, 1, kDword, kDword, kByte2, kPreserve, 0xa5125a5a},
    {"v_add_nc_u32", 0x000000f0, 1, kDword, kDword, kByte1, kSignExtend, 0xfffff100},
    {"v_add_nc_u32", 0x0000f000, 1, kDword, kDword, kWord0, kSignExtend, 0xfffff001},
    {"v_add_nc_u32", 0x44332211, 1, kDword, kDword, kWord1, kPreserve, 0x22125a5a},
    {"v_add_f16", 0x40003c00, 0x42000000, kWord1, kWord1, kWord1, kPreserve, 0x45005a5a},
    {"v_add_f16", 0x40003c00, 0x42000000, kWord1, kWord1, kWord0, kPad, 0x00003c00, 1},
};

TEST(Sdwa, SelectsAndPlaces) {
  for (const SdwaCase& one : kSdwaCases) {
    const auto wave = make_wave(true);
    Instruction instruction = make_instruction(one.mnemonic);
    instruction.flags |= kSdwa;
    if (one.destination_select != kDword) instruction.flags |= kModifiedResult;
    instruction.plain_vgpr = 0;
    instruction.neg = one.neg;
    instruction.sdwa = {
        one.destination_select, one.destination_unused, {one.select_a, one.select_b}};
    set_vgpr(*wave, kA, one.a);
    set_vgpr(*wave, kB, one.b);
    wave->write_pair(operand::kExecLo, 0xffffffff00000001);
    instruction.execute(*wave, instruction);
    for (const unsigned lane : {0u, 40u}) {
      EXPECT_EQ(result(*wave, lane), one.expected)
          << one.mnemonic << "_sdwa dst_sel " << unsigned{one.destination_select} << " dst_unused "
          << unsigned{one.destination_unused} << " src0_sel " << unsigned{one.select_a}
          << " src1_sel " << unsigned{one.select_b};
    }
    EXPECT_EQ(result(*wave, 1), kDisabled);
  }
}

// Scalars and constants as each width of operand sees them.
struct ConstantCase {
  const char* mnemonic;
  std::uint16_t code;
  std::uint64_t expected;
  std::uint32_t literal = 0;
  std::uint8_t neg = 0;
};
constexpr std::uint64_t kOldHigh = std::uint64_t{kOldDword} & 0xffff0000;
constexpr ConstantCase kConstants[] = {
    {"v_mov_b32", 30, 0x12345678},
    {"v_mov_b32", operand::kNull, 0},
    {"v_mov_b32", operand::kZero + 64, 64},
    {"v_mov_b32", 193, 0xffffffff},
    {"v_mov_b32", 208, 0xfffffff0},
    {"v_mov_b32", 240, f32(0.5f)},
    {"v_mov_b32", 247, f32(-4)},
    {"v_mov_b32", 248, 0x3e22f983},  // 1 / (2 pi)
    {"v_mov_b32", operand::kLiteral, 0xcafef00d, 0xcafef00d},
    {"v_mov_b32", operand::kVccz, 1},
    {"v_mov_b32", operand::kExecz, 0},
    {"v_mov_b32", operand::kScc, 1},
    {"v_floor_f32", 240, f32(-1), 0, 1},
    {"v_trunc_f64", 246, f64(4)},
    {"v_trunc_f64", operand::kLiteral, f64(3), 0x40080000},  // the high dword
    {"v_frexp_mant_f64", 248, 0x3fe45f306dc9c882},           // 1 / (2 pi) * 4
    {"v_trunc_f16", 242, kOldHigh | kHalfOne},
    {"v_trunc_f16", operand::kLiteral, kOldHigh | kHalfThree, 0x4200},
    // A 16-bit integer operand sees the low half of the f32 constant.
    {"v_cvt_f16_u16", 242, kOldHigh | 0},
    {"v_cvt_f16_i16", 193, kOldHigh | kHalfMinusOne},
};

TEST(ScalarOperands, ReadAsTheirWidth) {
  for (const ConstantCase& one : kConstants) {
    const auto wave = make_wave(false);
    wave->s[30] = 0x12345678;
    wave->scc = true;
    Instruction instruction = make_instruction(one.mnemonic);
    instruction.source[0] = one.code;
    instruction.plain_vgpr = 0;
    instruction.literal = one.literal;
    instruction.neg = one.neg;
    instruction.execute(*wave, instruction);
    std::uint64_t actual = wave->v[0][kResult].lane[9];
    if (register_count(instruction.opcode->destination) == 2) {
      actual |= static_cast<std::uint64_t>(wave->v[0][kResult + 1].lane[9]) << 32;
    }
    EXPECT_EQ(actual, one.expected) << one.mnemonic << " of source code " << one.code;
  }
}

// A destination that overlaps a 64-bit source, and lanes outside EXEC, keep what they must.
TEST(Results, OverlapAndExec) {
  const auto wave = make_wave(false);
  Instruction instruction = make_instruction("v_lshlrev_b64");
  instruction.source[0] = operand::kZero + 4;
  instruction.plain_vgpr = 2;
  instruction.destination = operand::kVgpr + kB + 1;
  set_vgpr(*wave, kB, 0x11111111);
  set_vgpr(*wave, kB + 1, 0x22222222);
  wave->s[operand::kExecLo] = 1u << 3;
  instruction.execute(*wave, instruction);
  EXPECT_EQ(wave->v[0][kB + 1].lane[3], 0x11111110u);
  EXPECT_EQ(wave->v[0][kB + 2].lane[3], 0x22222221u);
  EXPECT_EQ(wave->v[0][kB + 1].lane[4], 0x22222222u);
  EXPECT_EQ(wave->v[0][kB + 2].lane[4], kOldDword);
}

// Reading the modes must not leave the f16/f64 mode behind.
TEST(FloatModes, HalfModeEndsWithTheInstruction) {
  const auto wave = make_wave(false);
  wave->mode.round_f16_f64 = 1;
  wave->mode.round_f32 = 2;
  wave->default_mode = is_default_float_mode(wave->mode);
  EXPECT_FALSE(wave->default_mode);
  const HostFloatMode restore;
  apply_float_mode(*wave);
  const auto add = [&](const char* mnemonic, std::uint32_t a, std::uint32_t b) {
    const Instruction instruction = make_instruction(mnemonic);
    set_vgpr(*wave, kA, a);
    set_vgpr(*wave, kB, b);
    instruction.execute(*wave, instruction);
    return wave->v[0][kResult].lane[0];
  };
  EXPECT_EQ(add("v_add_f32", f32(1), f32(0x1p-60f)), f32(1));  // towards -inf
  EXPECT_EQ(add("v_add_f16", kHalfOne, 0x0001) & 0xffff, 0x3c01u);
  EXPECT_EQ(add("v_add_f32", f32(1), f32(0x1p-60f)), f32(1));
}

}  // namespace
}  // namespace emulator
