// Decoding and disassembly against LLVM 15's disassembler: for every opcode number of every
// encoding, random fields must give the same length, the same text and the same verdict on what is
// no instruction.
#include <gtest/gtest.h>
#include <llvm-c/Disassembler.h>
#include <llvm-c/Target.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <memory>
#include <random>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "decode_llvm_cases.h"
#include "isa/decode.h"
#include "isa/opcode_tables.h"

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

// What one run over all sweeps saw.
struct Tally {
  std::size_t compared = 0;
  std::size_t instructions = 0;  // by LLVM's verdict
  std::vector<std::size_t> quirks = std::vector<std::size_t>(kQuirkTable.size());
  std::set<const Opcode*> confirmed;  // rows that LLVM printed a case of just so
};

// True if the two agree on the case or differ as the quirk table says.
bool agree(const Words& words, const LlvmResult& expected, const Instruction& instruction,
           std::string_view text, bool wave64, Tally& tally) {
  const bool valid = instruction.encoding != Encoding::kInvalid;
  if (valid == (expected.dwords != 0) && text == expected.text &&
      (!valid || instruction.dwords == expected.dwords)) {
    if (valid) tally.confirmed.insert(instruction.opcode);
    return true;
  }
  for (std::size_t i = 0; i < kQuirkTable.size(); ++i) {
    if (!kQuirkTable[i].applies(words, expected.text, text, wave64)) continue;
    ++tally.quirks[i];
    return true;
  }
  return false;
}

// Compares the cases of one sweep; false after too many differences to go on.
bool run_sweep(const Sweep& sweep, const LlvmDisassembler& llvm, bool wave64, Tally& tally) {
  constexpr unsigned kEnoughOfNothing = 100;  // refused cases that make an opcode number invalid
  constexpr unsigned kEnoughFailures = 40;
  std::mt19937 random(20190707);  // fixed: failures repeat
  unsigned failures = 0;
  const std::size_t instructions_before = tally.instructions;
  for (unsigned opcode = 0; opcode < 1u << sweep.opcode_bits; ++opcode) {
    bool seen = false;
    for (unsigned filling = 0; filling < sweep.fillings; ++filling) {
      if (!seen && filling >= kEnoughOfNothing) break;
      const Words words = make_case(sweep, opcode, filling, random);
      const LlvmResult expected = llvm(words);
      const Instruction instruction = decode(words, 0);
      const bool valid = instruction.encoding != Encoding::kInvalid;
      const std::string text = valid ? disassemble(instruction, wave64) : "";
      ++tally.compared;
      tally.instructions += expected.dwords != 0;
      seen = seen || valid || expected.dwords != 0;
      if (!agree(words, expected, instruction, text, wave64, tally)) {
        ADD_FAILURE() << sweep.name << "\nLLVM: " << expected.dwords << " dwords '" << expected.text
                      << "'\nours: " << (valid ? instruction.dwords : 0) << " dwords '" << text
                      << "'\n"
                      << repro_line(words, wave64);
        if (++failures == kEnoughFailures) return false;
      }
      // An instruction that the code's end cuts off is none.
      if (valid && decode(std::span(words).first(instruction.dwords - 1), 0).encoding !=
                       Encoding::kInvalid) {
        ADD_FAILURE() << sweep.name << ": decodes without its last dword: '" << text << "'\n"
                      << repro_line(words, wave64);
        if (++failures == kEnoughFailures) return false;
      }
    }
  }
  EXPECT_EQ(tally.instructions != instructions_before, sweep.has_instructions) << sweep.name;
  return true;
}

class DecodeLlvm : public testing::TestWithParam<bool> {};

TEST_P(DecodeLlvm, EveryEncodingHasTheSameLengthTextAndVerdict) {
  const bool wave64 = GetParam();
  const LlvmDisassembler llvm(wave64);
  ASSERT_TRUE(llvm.is_open());
  Tally tally;
  for (const Sweep& sweep : kSweepTable) {
    if (!run_sweep(sweep, llvm, wave64, tally)) break;
  }
  std::printf("compared %zu cases with LLVM, %zu of them instructions\n", tally.compared,
              tally.instructions);
  for (std::size_t i = 0; i < kQuirkTable.size(); ++i) {
    const Quirk& quirk = kQuirkTable[i];
    std::printf("%8zu differ knowingly: %.*s\n", tally.quirks[i],
                static_cast<int>(quirk.reason.size()), quirk.reason.data());
    EXPECT_TRUE(tally.quirks[i] != 0 || (quirk.wave64_only && !wave64))
        << "never seen: " << quirk.reason;
  }
  // The sweeps reach every row of the opcode tables.
  for (unsigned table = 0; table < static_cast<unsigned>(Encoding::kInvalid); ++table) {
    for (unsigned number = 0; number < 1024; ++number) {
      const Opcode* opcode = find_opcode(static_cast<Encoding>(table), number);
      if (opcode == nullptr) continue;
      EXPECT_TRUE(tally.confirmed.contains(opcode))
          << "LLVM never printed a case of " << opcode->mnemonic << " as we do";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(WaveSizes, DecodeLlvm, testing::Bool(),
                         [](const testing::TestParamInfo<bool>& info) {
                           return info.param ? "Wave64" : "Wave32";
                         });

}  // namespace
}  // namespace emulator
