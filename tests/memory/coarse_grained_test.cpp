// No shipped kernel contains anything that needs fine-grained or system-scope memory, or scratch.
// The rules are in memory_rules.cpp.
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>

#if RDNA1CONV_HAS_LLVM15
#include <llvm-c/Disassembler.h>
#include <llvm-c/Target.h>
#endif

#include "code_object_file.h"
#include "device/code_objects.h"
#include "isa/decode.h"
#include "memory_rules.h"

namespace rdna1conv {
namespace {

using Disassembly = std::vector<SeenInstruction>;

// By the software device's decoder, which knows gfx1010 alone.
Disassembly disassemble_here(const CodeObjectFile& file) {
  Disassembly all;
  for (const CodeSection& code : code_of(file)) {
    for (std::size_t at = 0; at < code.words.size();) {
      const std::span words = std::span(code.words).subspan(at);
      const auto instruction = emulator::decode(words, static_cast<std::uint32_t>(at * 4));
      SeenInstruction& seen = all.emplace_back();
      seen.address = code.address + at * 4;
      seen.is_valid = instruction.encoding != emulator::Encoding::kInvalid;
      if (seen.is_valid) {
        seen.text = emulator::disassemble(instruction);
        seen.mnemonic = mnemonic_of(seen.text);
      }
      at += instruction.dwords;
    }
  }
  return all;
}

#if RDNA1CONV_HAS_LLVM15
Disassembly disassemble_by_llvm(const CodeObjectFile& file) {
  LLVMInitializeAMDGPUTargetInfo();
  LLVMInitializeAMDGPUTarget();
  LLVMInitializeAMDGPUTargetMC();
  LLVMInitializeAMDGPUDisassembler();
  const std::unique_ptr<void, decltype(&LLVMDisasmDispose)> context(
      LLVMCreateDisasmCPUFeatures("amdgcn-amd-amdhsa", file.target.c_str(), "", nullptr, 0, nullptr,
                                  nullptr),
      &LLVMDisasmDispose);
  Disassembly all;
  for (CodeSection& code : code_of(file)) {
    auto* const bytes = reinterpret_cast<std::uint8_t*>(code.words.data());
    const std::size_t size = code.words.size() * 4;
    for (std::size_t at = 0; at < size;) {
      std::array<char, 512> text{};
      const std::size_t length =
          LLVMDisasmInstruction(context.get(), bytes + at, size - at, 0, text.data(), text.size());
      SeenInstruction& seen = all.emplace_back();
      seen.address = code.address + at;
      seen.is_valid = length > 0;
      seen.text = text.data();
      seen.text.erase(0, seen.text.find_first_not_of(" \t"));
      seen.mnemonic = mnemonic_of(seen.text);
      at += seen.is_valid ? length : 4;
    }
  }
  return all;
}
#endif

struct Disassembler {
  const char* name;
  Disassembly (*disassemble)(const CodeObjectFile&);
};
constexpr Disassembler kDisassemblers[] = {
    {"software device", disassemble_here},
#if RDNA1CONV_HAS_LLVM15
    {"LLVM 15", disassemble_by_llvm},
#endif
};

std::string list_of(const std::vector<Finding>& findings) {
  constexpr std::size_t kMost = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(findings.size(), kMost); ++i)
    text.append("  ")
        .append(findings[i].where)
        .append("\n    broken: ")
        .append(findings[i].rule)
        .append("\n");
  if (findings.size() > kMost)
    text += "  and " + std::to_string(findings.size() - kMost) + " more\n";
  return text;
}

std::vector<std::byte> file_content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  if (content.empty()) throw std::runtime_error("cannot read " + path);
  const auto* const bytes = reinterpret_cast<const std::byte*>(content.data());
  return {bytes, bytes + content.size()};
}

CodeObjectFile compiled_for_gfx1010(std::string_view family) {
  for (const CodeObjectFile& file : code_objects_of(code_object(family))) {
    if (file.target == "gfx1010") return file;
  }
  throw std::runtime_error("the library has no code for gfx1010");
}

class ShippedKernels : public testing::TestWithParam<std::string_view> {};
INSTANTIATE_TEST_SUITE_P(Families, ShippedKernels, testing::ValuesIn(code_object_families()),
                         [](const auto& family) { return std::string(family.param); });

TEST_P(ShippedKernels, BreakNoRule) {
  const CodeObjectFile file = compiled_for_gfx1010(GetParam());
  EXPECT_FALSE(kernels_of(file).empty());
  const std::vector<Finding> by_file = breaches_of(file);
  EXPECT_TRUE(by_file.empty()) << list_of(by_file);
  for (const Disassembler& disassembler : kDisassemblers) {
    const Disassembly code = disassembler.disassemble(file);
    EXPECT_GT(code.size(), kernels_of(file).size()) << disassembler.name;
    const std::vector<Finding> by_code = breaches_of(code);
    EXPECT_TRUE(by_code.empty()) << "by the " << disassembler.name << ":\n" << list_of(by_code);
  }
}

// Both disassemblers find the same instructions.
TEST_P(ShippedKernels, ReadTheSameToBothDisassemblers) {
#if RDNA1CONV_HAS_LLVM15
  const CodeObjectFile file = compiled_for_gfx1010(GetParam());
  const Disassembly ours = disassemble_here(file), llvm = disassemble_by_llvm(file);
  ASSERT_EQ(ours.size(), llvm.size());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    ASSERT_EQ(ours[i].address, llvm[i].address);
    ASSERT_EQ(ours[i].mnemonic, llvm[i].mnemonic) << llvm[i].text;
  }
#else
  GTEST_SKIP() << "LLVM 15 (Debian: llvm-15-dev) is not there";
#endif
}

// One machine code serves all of RDNA1.
TEST_P(ShippedKernels, ReadTheSameOnAllOfRdna1) {
#if RDNA1CONV_HAS_LLVM15
  CodeObjectFile file = compiled_for_gfx1010(GetParam());
  const Disassembly own = disassemble_by_llvm(file);
  for (const char* architecture : {"gfx1011", "gfx1012", "gfx1013"}) {
    SCOPED_TRACE(architecture);
    file.target = architecture;
    const Disassembly there = disassemble_by_llvm(file);
    ASSERT_EQ(there.size(), own.size());
    for (std::size_t i = 0; i < own.size(); ++i) {
      ASSERT_TRUE(there[i].is_valid == own[i].is_valid && there[i].text == own[i].text)
          << own[i].text << " is " << there[i].text;
    }
  }
#else
  GTEST_SKIP() << "LLVM 15 (Debian: llvm-15-dev) is not there";
#endif
}

// The test can fail: a kernel for each rule, see forbidden.hip.
struct Forbidden {
  int number;
  const char* what;
  std::vector<std::string_view> words;  // how the rules that it must be found to break begin
};
const Forbidden kForbidden[] = {
    {0, "nothing", {}},
    {1, "system-scope atomic add", {"no read-modify-write"}},
    {2, "system-scope load", {"no load past the L1 cache"}},
    {3, "system-scope fence", {"no invalidation of the L1 cache"}},
    {4, "flat load", {"no flat access"}},
    {5, "scalar store", {"no scalar store"}},
    {6, "scalar write-back", {"no scalar store"}},
    {7, "message", {"no message"}},
    {8, "global wave sync", {"no global data share"}},
    {9, "printf", {"no implicit argument"}},
    {10, "multi-grid sync", {"no implicit argument"}},
    {11, "dispatch packet", {"no pointer to the dispatch packet"}},
    {12, "managed variable", {"no managed variable"}},
    {13, "no instruction", {"every word of code"}},
    {14, "array indexed at run time", {"no scratch memory"}},
};
std::ostream& operator<<(std::ostream& out, const Forbidden& row) { return out << row.what; }

std::vector<Finding> all_breaches_of(const CodeObjectFile& file, const Disassembler& disassembler) {
  std::vector<Finding> findings = breaches_of(file);
  for (const Finding& finding : breaches_of(disassembler.disassemble(file)))
    findings.push_back(finding);
  return findings;
}

class MemoryRules : public testing::TestWithParam<Forbidden> {};
INSTANTIATE_TEST_SUITE_P(Cases, MemoryRules, testing::ValuesIn(kForbidden));

TEST_P(MemoryRules, FindWhatIsForbidden) {
  const Forbidden& row = GetParam();
  const std::vector<std::byte> fat_binary =
      file_content(std::string(RDNA1CONV_FORBIDDEN_KERNELS) + "/forbidden_" +
                   std::to_string(row.number) + ".hipfb");
  int read = 0;
  for (const CodeObjectFile& file : code_objects_of(fat_binary)) {
    for (const Disassembler& disassembler : kDisassemblers) {
      ++read;
      SCOPED_TRACE(file.target + " by the " + disassembler.name);
      const std::vector<Finding> findings = all_breaches_of(file, disassembler);
      for (const std::string_view words : row.words) {
        EXPECT_TRUE(
            std::any_of(findings.begin(), findings.end(),
                        [&](const Finding& finding) { return finding.rule.starts_with(words); }))
            << "not found: " << words;
      }
      if (row.words.empty()) EXPECT_TRUE(findings.empty()) << list_of(findings);
    }
  }
  EXPECT_GT(read, 0);
}

TEST(MemoryRules, EachRuleHasACaseThatBreaksIt) {
  for (const std::string_view rule : all_rules()) {
    EXPECT_TRUE(std::any_of(std::begin(kForbidden), std::end(kForbidden),
                            [&](const Forbidden& row) {
                              return std::any_of(
                                  row.words.begin(), row.words.end(),
                                  [&](std::string_view words) { return rule.starts_with(words); });
                            }))
        << rule;
  }
}

}  // namespace
}  // namespace rdna1conv
