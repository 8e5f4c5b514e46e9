// What decodes to no instruction, and how it says so when a wave meets it.
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>

#include "isa/decode.h"
#include "machine/fault.h"
#include "machine/wave.h"

namespace emulator {
namespace {

// The text of the Fault that executing the instruction throws.
std::string fault_text(const Instruction& instruction) {
  const auto wave = std::make_unique<Wave>();
  try {
    instruction.execute(*wave, instruction);
  } catch (const Fault& fault) {
    EXPECT_EQ(fault.kind(), FaultKind::kIllegalInstruction);
    EXPECT_EQ(wave->current, &instruction);
    return fault.what();
  }
  return "";
}

struct InvalidCase {
  std::vector<std::uint32_t> words;
  const char* text;  // part of what the fault says
};

void PrintTo(const InvalidCase& test, std::ostream* out) {
  for (const std::uint32_t word : test.words) *out << "0x" << std::hex << word << ' ';
}

class DecodeInvalid : public testing::TestWithParam<InvalidCase> {};

TEST_P(DecodeInvalid, FaultsWithTheReason) {
  const Instruction instruction = decode(GetParam().words, 64);
  EXPECT_EQ(instruction.encoding, Encoding::kInvalid);
  EXPECT_EQ(instruction.dwords, 1);
  EXPECT_EQ(instruction.address, 64u);
  const std::string text = fault_text(instruction);
  EXPECT_NE(text.find(GetParam().text), std::string::npos) << text;
}

INSTANTIATE_TEST_SUITE_P(
    Words, DecodeInvalid,
    testing::Values(
        InvalidCase{{}, "no instruction begins here"},
        InvalidCase{{0x7ffe2100}, "0x7ffe2100 cannot be executed: a field holds"},  // v[255:256]
        InvalidCase{{0x7e0002d1}, "a field holds a reserved value"},                // source 209
        InvalidCase{{0x7e0202ff}, "the code ends in the middle"},                   // no literal
        InvalidCase{{0xd5030000}, "the code ends in the middle"},                   // half a VOP3
        InvalidCase{{0xfc000000}, "gfx1010 has no such encoding"},
        InvalidCase{{0x7e01fe00}, "gfx1010 has no instruction of that opcode"},
        InvalidCase{{0xf0800f08, 0x00400004}, "not implemented: image instruction image_sample"},
        InvalidCase{{0xf2880f09, 0}, "not implemented: image instruction image_sample_d_g16"},
        InvalidCase{{0xf800180f, 0x03020100}, "not implemented: export instruction exp"},
        InvalidCase{{0xe8092000, 0x80010100},
                    "not implemented: typed buffer instruction tbuffer_load_format_xy"},
        InvalidCase{{0xe80e2000, 0x80010100},
                    "not implemented: typed buffer instruction tbuffer_store_format_xyz"},
        InvalidCase{{0xc8090002}, "not implemented: interpolation instruction v_interp_p2_f32"},
        InvalidCase{{0xd7420000, 0},
                    "not implemented: interpolation instruction v_interp_p1ll_f16"}));

// Image, export, typed buffer and interpolation encodings, whatever their fields.
TEST(DecodeGraphics, IsRefused) {
  constexpr std::uint32_t kPrefixes[] = {0xf0000000, 0xf8000000, 0xe8000000, 0xc8000000};
  std::mt19937 random(1010);
  for (const std::uint32_t prefix : kPrefixes) {
    for (unsigned i = 0; i < 10000; ++i) {
      const std::uint32_t words[] = {prefix | (static_cast<std::uint32_t>(random()) & 0x03ffffff),
                                     static_cast<std::uint32_t>(random()),
                                     static_cast<std::uint32_t>(random())};
      const Instruction instruction = decode(words, 0);
      ASSERT_EQ(instruction.encoding, Encoding::kInvalid) << std::hex << words[0];
      ASSERT_NE(fault_text(instruction).find("not implemented: "), std::string::npos)
          << std::hex << words[0];
    }
  }
}

// No dwords make the decoder or the disassembler fail, and the decoder never takes more than it is
// given.
TEST(DecodeAnything, StaysInsideItsInput) {
  std::mt19937 random(7);
  for (unsigned i = 0; i < 2000000; ++i) {
    const std::vector<std::uint32_t> words = {static_cast<std::uint32_t>(random()),
                                              static_cast<std::uint32_t>(random()),
                                              static_cast<std::uint32_t>(random())};
    const std::size_t count = i % 4;
    const Instruction instruction = decode(std::span(words).first(count), 0);
    ASSERT_LE(instruction.dwords, std::max<std::size_t>(count, 1));
    ASSERT_NE(instruction.execute, nullptr);
    ASSERT_FALSE(disassemble(instruction, i % 8 >= 4).empty());
  }
}

}  // namespace
}  // namespace emulator
