// Every vector opcode against known results, in wave32 and wave64, and proof that none is missing.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "isa/opcode_tables.h"
#include "vector_case.h"

namespace emulator {
namespace {

struct CaseTable {
  const char* name;
  std::span<const VectorCase> (*cases)();
};
constexpr CaseTable kTables[] = {
    {"Vop1", vop1_cases},
    {"Vop2", vop2_cases},
    {"Vop3Integer", vop3_integer_cases},
    {"Vop3Float", vop3_float_cases},
    {"Vop3p", vop3p_cases},
};

class VectorSemantics : public testing::TestWithParam<std::tuple<CaseTable, bool>> {};

TEST_P(VectorSemantics, GivesTheKnownResult) {
  const auto& [table, wave64] = GetParam();
  for (const VectorCase& one : table.cases()) {
    const std::string wrong = check(one, wave64);
    EXPECT_TRUE(wrong.empty()) << wrong;
  }
}

INSTANTIATE_TEST_SUITE_P(AllEncodings, VectorSemantics,
                         testing::Combine(testing::ValuesIn(kTables), testing::Bool()),
                         [](const testing::TestParamInfo<VectorSemantics::ParamType>& info) {
                           return std::string(std::get<0>(info.param).name) +
                                  (std::get<1>(info.param) ? "Wave64" : "Wave32");
                         });

TEST(VectorCoverage, EveryRowIsExecuted) {
  std::set<std::string, std::less<>> executed;
  for (const CaseTable& table : kTables) {
    for (const VectorCase& one : table.cases()) executed.emplace(one.mnemonic);
  }
  executed.merge([] {
    std::set<std::string, std::less<>> more;
    for (auto& name : comparison_mnemonics()) more.insert(std::move(name));
    for (auto& name : lane_crossing_mnemonics()) more.insert(std::move(name));
    return more;
  }());
  for (const auto rows :
       {vop1_opcodes(), vop2_opcodes(), vopc_opcodes(), vop3_opcodes(), vop3p_opcodes()}) {
    for (const Opcode& row : rows) {
      EXPECT_TRUE(executed.contains(row.mnemonic)) << row.mnemonic << " has no vector";
    }
  }
}

// gfx1010 as LLVM 15 has it, without v_interp: rows by encoding.
TEST(VectorCoverage, CountsOfRows) {
  EXPECT_EQ(vop1_opcodes().size(), 81u);
  EXPECT_EQ(vop2_opcodes().size(), 48u);
  EXPECT_EQ(vopc_opcodes().size(), 190u);
  EXPECT_EQ(vop3p_opcodes().size(), 22u);
}

}  // namespace
}  // namespace emulator
