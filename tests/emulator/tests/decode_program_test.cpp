// Decoding of whole programs: where instructions begin, where branches lead, how they are counted.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "isa/decode.h"
#include "machine/fault.h"
#include "machine/program.h"

namespace emulator {
namespace {

constexpr std::uint64_t kBase = 0x7f0000001000;

// Dwords as a text section.
Program make_program(const std::vector<std::uint32_t>& words,
                     std::vector<std::uint64_t> entries = {}) {
  return Program(std::as_bytes(std::span(words)), kBase, entries);
}

constexpr std::uint32_t kMovB32 = 0xbe800301;         // s_mov_b32 s0, s1
constexpr std::uint32_t kMovB32Literal = 0xbe8003ff;  // s_mov_b32 s0, literal
constexpr std::uint32_t kEndProgram = 0xbf810000;
constexpr std::uint32_t kVMov = 0x7e000301;                        // v_mov_b32 v0, v1
constexpr std::uint32_t kFmac = 0x56000501;                        // v_fmac_f32 v0, v1, v2
constexpr std::uint32_t kFma[] = {0xd54b0000, 0x040e0501};         // v_fma_f32 v0, v1, v2, v3
constexpr std::uint32_t kDsRead[] = {0xd8d80000, 0x01000002};      // ds_read_b32 v1, v2
constexpr std::uint32_t kGlobalLoad[] = {0xdc308000, 0x017d0002};  // global_load_dword v1, v[2:3]
constexpr std::uint32_t kLoad[] = {0xf4000002, 0xfa000000};        // s_load_dword s0, s[4:5], 0
constexpr std::uint32_t kWait = 0xbf8c0070;

constexpr std::uint32_t branch(std::int16_t dwords) {
  return 0xbf820000 | static_cast<std::uint16_t>(dwords);
}

TEST(DecodeProgram, InstructionsBeginAfterOneAnother) {
  const Program program =
      make_program({kMovB32, kMovB32Literal, 0x12345678, kFma[0], kFma[1], kEndProgram});
  ASSERT_EQ(program.instructions().size(), 5u);  // and one that faults behind the end
  EXPECT_EQ(program.at(kBase + 4)->literal, 0x12345678u);
  EXPECT_EQ(disassemble(*program.at(kBase + 12)), "v_fma_f32 v0, v1, v2, v3");
  EXPECT_EQ(program.address_of(*program.at(kBase + 20)), kBase + 20);
  EXPECT_EQ(program.words(*program.at(kBase + 4)).size(), 2u);
  EXPECT_EQ(program.words(*program.at(kBase + 4))[1], 0x12345678u);
}

TEST(DecodeProgram, AddressesInsideAnInstructionFault) {
  const Program program = make_program({kMovB32Literal, kEndProgram, kEndProgram});
  for (const std::uint64_t offset : {4ull, 2ull, 12ull, 1ull << 40, ~0ull}) {
    EXPECT_THROW(program.at(kBase + offset), Fault) << offset;
  }
}

TEST(DecodeProgram, BranchesLeadToTheirTargets) {
  //                                       0             1        2          3      4
  const Program program = make_program({branch(2), kMovB32, branch(-2), branch(-4), kEndProgram});
  EXPECT_EQ(program.at(kBase)->target, program.at(kBase + 12));
  EXPECT_EQ(program.at(kBase + 8)->target, program.at(kBase + 4));
  EXPECT_EQ(program.at(kBase + 12)->target, program.at(kBase));
  EXPECT_EQ(program.at(kBase + 4)->target, nullptr);
}

TEST(DecodeProgram, BranchesToNowhereLeadToAFault) {
  const Program program = make_program(
      {branch(100), branch(-100), branch(1), kMovB32Literal, kEndProgram, kEndProgram});
  for (const std::uint64_t offset : {0u, 4u, 8u}) {
    const Instruction* target = program.at(kBase + offset)->target;
    ASSERT_NE(target, nullptr) << offset;
    EXPECT_EQ(target->encoding, Encoding::kInvalid) << offset;
  }
}

TEST(DecodeProgram, EntriesBeginAfresh) {
  // Data before a function that look like the first half of an instruction.
  const std::vector<std::uint32_t> words = {kEndProgram, kMovB32Literal, kVMov, kEndProgram};
  EXPECT_THROW(make_program(words).at(kBase + 8), Fault);
  const Program program = make_program(words, {0, 8});
  EXPECT_EQ(disassemble(*program.at(kBase + 8)), "v_mov_b32_e32 v0, v1");
  EXPECT_EQ(program.at(kBase + 4)->encoding, Encoding::kInvalid);
}

TEST(DecodeProgram, TheEndOfTheCodeFaults) {
  const Program program = make_program({kMovB32});
  const Instruction& end = *(program.at(kBase) + 1);
  EXPECT_EQ(end.encoding, Encoding::kInvalid);
  EXPECT_EQ(end.address, 4u);
}

TEST(DecodeProgram, CountsByClass) {
  const Program program =
      make_program({kMovB32, kVMov, kFmac, kFma[0], kFma[1], kDsRead[0], kDsRead[1], kGlobalLoad[0],
                    kGlobalLoad[1], kLoad[0], kLoad[1], kWait, branch(0), kEndProgram});
  ClassCounts counts;
  program.count(*program.at(kBase), *program.at(kBase + 13 * 4), counts);
  const auto of = [&](InstructionClass c) { return counts.of[static_cast<std::size_t>(c)]; };
  EXPECT_EQ(of(InstructionClass::kSalu), 1u);
  EXPECT_EQ(of(InstructionClass::kValu), 1u);
  EXPECT_EQ(of(InstructionClass::kFma), 2u);
  EXPECT_EQ(of(InstructionClass::kLds), 1u);
  EXPECT_EQ(of(InstructionClass::kVmem), 1u);
  EXPECT_EQ(of(InstructionClass::kSmem), 1u);
  EXPECT_EQ(of(InstructionClass::kBranch), 1u);
  EXPECT_EQ(of(InstructionClass::kOther), 2u);
}

// int8 kernels multiply and add by v_mad_i32_i24.
TEST(DecodeProgram, CountsIntegerMultiplyAddsOfSignedNumbersAsFmas) {
  const Program program = make_program({
      0xd5420000,
      0x040e0501,  // v_mad_i32_i24 v0, v1, v2, v3
      0xd5430000,
      0x040e0501,  // v_mad_u32_u24 v0, v1, v2, v3
      kEndProgram,
  });
  EXPECT_EQ(program.at(kBase)->statistics, InstructionClass::kFma);
  EXPECT_EQ(program.at(kBase + 8)->statistics, InstructionClass::kValu);
}

}  // namespace
}  // namespace emulator
