// VOPC: every relation on every type, from truth tables.
#include <gtest/gtest.h>

#include "machine/fault.h"
#include "vector_case.h"

namespace emulator {
namespace {

struct Relation {
  const char* name;
  bool less, equal, greater, unordered;
};

constexpr Relation kFloatRelations[] = {
    {"f", false, false, false, false}, {"lt", true, false, false, false},
    {"eq", false, true, false, false}, {"le", true, true, false, false},
    {"gt", false, false, true, false}, {"lg", true, false, true, false},
    {"ge", false, true, true, false},  {"o", true, true, true, false},
    {"u", false, false, false, true},  {"nge", true, false, false, true},
    {"nlg", false, true, false, true}, {"ngt", true, true, false, true},
    {"nle", false, false, true, true}, {"neq", true, false, true, true},
    {"nlt", false, true, true, true},  {"tru", true, true, true, true},
};
constexpr Relation kIntegerRelations[] = {
    {"f", false, false, false, false}, {"lt", true, false, false, false},
    {"eq", false, true, false, false}, {"le", true, true, false, false},
    {"gt", false, false, true, false}, {"ne", true, false, true, false},
    {"ge", false, true, true, false},  {"t", true, true, true, false},
};
constexpr Relation kShortRelations[] = {
    {"lt", true, false, false, false}, {"eq", false, true, false, false},
    {"le", true, true, false, false},  {"gt", false, false, true, false},
    {"ne", true, false, true, false},  {"ge", false, true, true, false},
};

// Operand values of a type: small < large, and a NaN where there is one. Unsigned and signed types
// order theirs the other way round.
struct CompareType {
  const char* name;
  std::span<const Relation> relations;
  std::uint64_t small, large, nan;
};
constexpr std::uint64_t kNone = 0;
constexpr CompareType kTypes[] = {
    {"f32", kFloatRelations, f32(-2), f32(1), kNan},
    {"f64", kFloatRelations, f64(-2), f64(1), kNan64},
    {"f16", kFloatRelations, 0xc000, kHalfOne, kHalfNan},
    {"i32", kIntegerRelations, i32(-2), 1, kNone},
    {"u32", kIntegerRelations, 1, i32(-2), kNone},
    {"i64", kIntegerRelations, i64(-2), 1, kNone},
    {"u64", kIntegerRelations, 1, i64(-2), kNone},
    {"i16", kShortRelations, i16(-2), 1, kNone},
    {"u16", kShortRelations, 1, i16(-2), kNone},
};

constexpr const char* kPrefixes[] = {"v_cmp_", "v_cmpx_"};

constexpr VectorCase kClassCases[] = {
    {"v_cmp_class_f32", {kSignallingNan, 0x001}, 1},
    {"v_cmp_class_f32", {kNan, 0x002}, 1},
    {"v_cmp_class_f32", {kMinusInf, 0x004}, 1},
    {"v_cmp_class_f32", {f32(-1), 0x008}, 1},
    {"v_cmp_class_f32", {0x80000001, 0x010}, 1},
    {"v_cmp_class_f32", {kMinusZero, 0x020}, 1},
    {"v_cmp_class_f32", {0, 0x040}, 1},
    {"v_cmp_class_f32", {kDenormal, 0x080}, 1},
    {"v_cmp_class_f32", {f32(1), 0x100}, 1},
    {"v_cmp_class_f32", {kInf, 0x200}, 1},
    {"v_cmp_class_f32", {f32(1), 0x2ff}, 0},
    {"v_cmpx_class_f32", {kInf, 0x204}, 1},
    {"v_cmp_class_f64", {kSignallingNan64, 1}, 1},
    {"v_cmp_class_f64", {kNan64, 1}, 0},
    {"v_cmp_class_f64", {1, 0x080}, 1},
    {"v_cmpx_class_f64", {kMinusZero64, 0x060}, 1},
    {"v_cmp_class_f16", {kHalfDenormal, 0x080}, 1},
    {"v_cmp_class_f16", {kHalfSignallingNan, 2}, 0},
    {"v_cmpx_class_f16", {kHalfInf, 0x200}, 1},
};

class Compare : public testing::TestWithParam<std::tuple<CompareType, bool>> {};

TEST_P(Compare, FollowsItsTruthTable) {
  const auto& [type, wave64] = GetParam();
  for (const char* prefix : kPrefixes) {
    for (const Relation& relation : type.relations) {
      const std::string mnemonic = prefix + std::string(relation.name) + "_" + type.name;
      std::vector<VectorCase> cases = {
          {mnemonic, {type.small, type.large}, relation.less},
          {mnemonic, {type.large, type.large}, relation.equal},
          {mnemonic, {type.large, type.small}, relation.greater},
      };
      if (type.nan != kNone) {
        cases.push_back({mnemonic, {type.nan, type.large}, relation.unordered});
        cases.push_back({mnemonic, {type.small, type.nan}, relation.unordered});
      }
      for (const VectorCase& one : cases) {
        const std::string wrong = check(one, wave64);
        EXPECT_TRUE(wrong.empty()) << wrong;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(AllTypes, Compare,
                         testing::Combine(testing::ValuesIn(kTypes), testing::Bool()),
                         [](const testing::TestParamInfo<Compare::ParamType>& info) {
                           return std::string(std::get<0>(info.param).name) +
                                  (std::get<1>(info.param) ? "Wave64" : "Wave32");
                         });

TEST(CompareClass, TellsTheClass) {
  for (const VectorCase& one : kClassCases) {
    for (const bool wave64 : {false, true}) {
      const std::string wrong = check(one, wave64);
      EXPECT_TRUE(wrong.empty()) << wrong;
    }
  }
}

// Inactive lanes get zeros in a mask; EXEC = 0 clears it.
TEST(CompareMask, InactiveLanesAreZero) {
  const auto wave = make_wave(true);
  Instruction instruction = make_instruction("v_cmp_eq_u32");
  set_vgpr(*wave, kFirstSource, 5);
  set_vgpr(*wave, kFirstSource + 4, 5);
  for (const std::uint64_t exec :
       {std::uint64_t{0x8000000100000003}, std::uint64_t{0xff00000000}, std::uint64_t{0}}) {
    wave->write_pair(operand::kExecLo, exec);
    wave->write_pair(kMaskOut, ~std::uint64_t{0});
    instruction.execute(*wave, instruction);
    EXPECT_EQ(wave->read_pair(kMaskOut), exec);
  }
}

// A pair of wave64 begins at an even register.
TEST(CompareMask, PairBeginsAtAnEvenRegister) {
  const auto wave = make_wave(true);
  Instruction instruction = make_instruction("v_cmp_t_u32");
  instruction.scalar_destination = kMaskOut + 1;
  instruction.execute(*wave, instruction);
  EXPECT_EQ(wave->read_pair(kMaskOut), ~std::uint64_t{0});
  EXPECT_EQ(wave->s[kMaskOut + 2], 0u);

  wave->s[kMaskIn] = 1;  // lane 0 takes the second source, the others the first
  wave->s[kMaskIn + 2] = ~0u;
  Instruction select = make_instruction("v_cndmask_b32");
  select.source[2] = kMaskIn + 1;
  set_vgpr(*wave, kFirstSource, 5);
  set_vgpr(*wave, kFirstSource + 4, 6);
  select.execute(*wave, select);
  EXPECT_EQ(wave->v[0][kResult].lane[0], 6u);
  EXPECT_EQ(wave->v[1][kResult].lane[0], 5u);
}

// The upper half of a mask at EXEC_HI would lie past the last register, of one at M0 in NULL.
TEST(CompareMask, Wave64FaultsWhereNoPairBegins) {
  constexpr std::uint16_t kVccHi = operand::kVccLo + 1;
  constexpr std::uint16_t kExecHi = operand::kExecLo + 1;
  for (const std::uint16_t code : {kVccHi, operand::kM0, kExecHi}) {
    for (const bool is_source : {false, true}) {
      SCOPED_TRACE(testing::Message() << (is_source ? "source " : "destination ") << code);
      Instruction instruction = make_instruction(is_source ? "v_cndmask_b32" : "v_cmp_t_u32");
      (is_source ? instruction.source[2] : instruction.scalar_destination) = code;
      EXPECT_NO_THROW(instruction.execute(*make_wave(false), instruction));
      const auto wave = make_wave(true);
      try {
        instruction.execute(*wave, instruction);
        ADD_FAILURE() << "no fault";
      } catch (const Fault& fault) {
        EXPECT_EQ(fault.kind(), FaultKind::kIllegalInstruction);
        EXPECT_EQ(wave->current, &instruction);
        EXPECT_NE(std::string(fault.what()).find("hold no mask of 64 lanes"), std::string::npos);
      }
    }
  }
}

// A mask written over a scalar that the comparison reads, in both halves of a wave64.
TEST(CompareMask, MayReplaceItsOwnSource) {
  const auto wave = make_wave(true);
  Instruction instruction = make_instruction("v_cmp_eq_u32");
  instruction.source[1] = kMaskOut;
  instruction.plain_vgpr = 1;
  set_vgpr(*wave, kFirstSource, 5);
  wave->write_pair(kMaskOut, 5);
  instruction.execute(*wave, instruction);
  EXPECT_EQ(wave->read_pair(kMaskOut), ~std::uint64_t{0});
}

TEST(CompareMask, NarrowsExec) {
  const auto wave = make_wave(false);
  Instruction instruction = make_instruction("v_cmpx_lt_u32");
  for (unsigned lane = 0; lane < kLanes; ++lane) wave->v[0][kFirstSource].lane[lane] = lane;
  set_vgpr(*wave, kFirstSource + 4, 16);
  wave->s[operand::kExecLo] = 0x00ff00ff;
  instruction.execute(*wave, instruction);
  EXPECT_EQ(wave->s[operand::kExecLo], 0x000000ffu);
}

}  // namespace

std::vector<std::string> comparison_mnemonics() {
  std::vector<std::string> names;
  for (const char* prefix : kPrefixes) {
    for (const CompareType& type : kTypes) {
      for (const Relation& relation : type.relations) {
        names.push_back(prefix + std::string(relation.name) + "_" + type.name);
      }
    }
  }
  for (const VectorCase& one : kClassCases) names.emplace_back(one.mnemonic);
  return names;
}

}  // namespace emulator
