// Decoding and disassembly against LLVM 15's disassembler: for every opcode number of every
// encoding, random fields must give the same length, the same text and the same verdict on what is
// no instruction.
#include <gtest/gtest.h>
#include <llvm-c/Disassembler.h>
#include <llvm-c/Target.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "decode_llvm_cases.h"
#include "isa/decode.h"

namespace emulator {
namespace {

struct LlvmResult {
  std::size_t dwords = 0;  // 0: not an instruction
  std::string text;
};

class LlvmDisassembler {
 public:
  explicit LlvmDisassembler(bool wave64) {
    LLVMInitializeAMDGPUTargetInfo();
    LLVMInitializeAMDGPUTarget();
    LLVMInitializeAMDGPUTargetMC();
    LLVMInitializeAMDGPUDisassembler();
    context_.reset(LLVMCreateDisasmCPUFeatures(
        "amdgcn-amd-amdhsa", "gfx1010",
        wave64 ? "-wavefrontsize32,+wavefrontsize64" : "+wavefrontsize32,-wavefrontsize64", nullptr,
        0, nullptr, nullptr));
  }
  bool is_open() const { return context_ != nullptr; }

  LlvmResult operator()(const Words& words) const {
    std::array<std::uint8_t, sizeof(Words)> bytes;
    std::memcpy(bytes.data(), words.data(), sizeof words);
    std::array<char, 512> text{};
    LlvmResult result;
    result.dwords = LLVMDisasmInstruction(context_.get(), bytes.data(), bytes.size(), 0,
                                          text.data(), text.size()) /
                    4;
    result.text = text.data();
    result.text.erase(0, result.text.find_first_not_of(" \t"));
    // LLVM remarks on unaligned register tuples behind a semicolon.
    const std::size_t remark = result.text.find(" ;");
    if (remark != std::string::npos) result.text.erase(remark);
    while (result.text.ends_with(' ')) result.text.pop_back();
    return result;
  }

 private:
  struct Dispose {
    void operator()(void* context) const { LLVMDisasmDispose(context); }
  };
  std::unique_ptr<void, Dispose> context_;
};

std::string repro_line(const Words& words, bool wave64) {
  std::string line = "echo '";
  char byte[8];
  for (const std::uint32_t word : words) {
    for (unsigned shift = 0; shift < 32; shift += 8) {
      std::snprintf(byte, sizeof byte, "0x%02x ", word >> shift & 0xff);
      line += byte;
    }
  }
  line.back() = '\'';
  line += " | llvm-mc-15 -disassemble -triple=amdgcn -mcpu=gfx1010 -mattr=";
  return line +
         (wave64 ? "-wavefrontsize32,+wavefrontsize64" : "+wavefrontsize32,-wavefrontsize64");
}

class DecodeLlvm : public testing::TestWithParam<std::tuple<Sweep, bool>> {};

TEST_P(DecodeLlvm, SameLengthTextAndVerdict) {
  const auto& [sweep, wave64] = GetParam();
  const LlvmDisassembler llvm(wave64);
  ASSERT_TRUE(llvm.is_open());
  std::mt19937 random(20190707);  // fixed: failures repeat

  std::size_t compared = 0;
  std::size_t instructions = 0;
  std::size_t mismatches = 0;
  std::map<std::string_view, std::size_t> quirks;
  std::map<std::string, unsigned> reported;
  for (unsigned opcode = 0; opcode < 1u << sweep.opcode_bits; ++opcode) {
    for (unsigned filling = 0; filling < sweep.fillings; ++filling) {
      const Words words = make_case(sweep, opcode, filling, random);
      const LlvmResult expected = llvm(words);
      const Instruction instruction = decode(words, 0);
      const bool valid = instruction.encoding != Encoding::kInvalid;
      const std::string text = valid ? disassemble(instruction, wave64) : "";
      ++compared;
      instructions += expected.dwords != 0;
      if (valid == (expected.dwords != 0) && text == expected.text &&
          (!valid || instruction.dwords == expected.dwords)) {
        continue;
      }
      if (const Quirk* quirk = find_quirk(words, expected.text, text, wave64)) {
        ++quirks[quirk->reason];
        continue;
      }
      ++mismatches;
      const std::string mnemonic =
          (expected.text.empty() ? text : expected.text)
              .substr(0, (expected.text.empty() ? text : expected.text).find(' '));
      if (reported.size() < 40 && reported[mnemonic]++ < 2) {
        ADD_FAILURE() << "LLVM: " << expected.dwords << " dwords '" << expected.text
                      << "'\nours: " << (valid ? instruction.dwords : 0) << " dwords '" << text
                      << "'\n"
                      << repro_line(words, wave64);
      }
    }
  }
  EXPECT_EQ(mismatches, 0u);
  EXPECT_EQ(instructions != 0, sweep.has_instructions);
  std::printf("  compared %zu cases, %zu of them instructions\n", compared, instructions);
  for (const auto& [reason, count] : quirks) {
    std::printf("  %zu differ knowingly: %.*s\n", count, static_cast<int>(reason.size()),
                reason.data());
  }
}

INSTANTIATE_TEST_SUITE_P(AllEncodings, DecodeLlvm,
                         testing::Combine(testing::ValuesIn(kSweepTable.begin(), kSweepTable.end()),
                                          testing::Bool()),
                         [](const testing::TestParamInfo<DecodeLlvm::ParamType>& info) {
                           return std::string(std::get<0>(info.param).name) +
                                  (std::get<1>(info.param) ? "Wave64" : "Wave32");
                         });

}  // namespace
}  // namespace emulator
