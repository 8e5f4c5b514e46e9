#include <array>
#include <bit>
#include <cstdio>

#include "isa/decode.h"
#include "isa/decode_fields.h"
#include "isa/disassemble_text.h"

namespace emulator {
namespace {

struct NamedCode {
  unsigned code;
  std::string_view name;
  std::string_view pair_name;  // as a 64-bit operand
};

constexpr NamedCode kNamedCodes[] = {
    {106, "vcc_lo", "vcc"},
    {107, "vcc_hi", ""},
    {124, "m0", ""},
    {125, "null", "null"},
    {126, "exec_lo", "exec"},
    {127, "exec_hi", ""},
    {235, "src_shared_base", "src_shared_base"},
    {236, "src_shared_limit", "src_shared_limit"},
    {237, "src_private_base", "src_private_base"},
    {238, "src_private_limit", "src_private_limit"},
    {239, "src_pops_exiting_wave_id", "src_pops_exiting_wave_id"},
    {251, "src_vccz", "src_vccz"},
    {252, "src_execz", "src_execz"},
    {253, "src_scc", "src_scc"},
    {254, "src_lds_direct", ""},
};

constexpr unsigned kTtmp = 108;

// The inline constants 240 to 248 and their bits by width.
struct InlineFloat {
  std::string_view text;
  std::uint16_t bits16;
  std::uint32_t bits32;
  std::uint64_t bits64;
};

constexpr InlineFloat kInlineFloats[] = {
    {"0.5", 0x3800, 0x3f000000, 0x3fe0000000000000},
    {"-0.5", 0xb800, 0xbf000000, 0xbfe0000000000000},
    {"1.0", 0x3c00, 0x3f800000, 0x3ff0000000000000},
    {"-1.0", 0xbc00, 0xbf800000, 0xbff0000000000000},
    {"2.0", 0x4000, 0x40000000, 0x4000000000000000},
    {"-2.0", 0xc000, 0xc0000000, 0xc000000000000000},
    {"4.0", 0x4400, 0x40800000, 0x4010000000000000},
    {"-4.0", 0xc400, 0xc0800000, 0xc010000000000000},
    {"0.15915494", 0x3118, 0x3e22f983, 0x3fc45f306dc9c882},
};
constexpr std::string_view kInverseTwoPi64 = "0.15915494309189532";

bool is_inline_integer(std::int64_t value) { return value >= -16 && value <= 64; }

// Value of an inline integer code, 128 to 208.
std::int64_t inline_integer(unsigned code) {
  return code <= 192 ? static_cast<std::int64_t>(code) - 128
                     : 192 - static_cast<std::int64_t>(code);
}

std::string text_32(std::uint32_t value) {
  const auto integer = static_cast<std::int32_t>(value);
  if (is_inline_integer(integer)) return std::to_string(integer);
  for (const InlineFloat& constant : kInlineFloats) {
    if (constant.bits32 == value) return std::string(constant.text);
  }
  return hexadecimal(value);
}

// The disassembler knows a literal dword only by its value, so one that an inline constant could
// hold prints like it. 16-bit operands print the low half, but look at the whole dword for names.
std::string text_16(std::uint32_t dword, bool has_float_names) {
  const std::uint32_t value = dword & 0xffff;
  const auto integer = static_cast<std::int16_t>(value);
  if (is_inline_integer(integer)) return std::to_string(integer);
  if (has_float_names) {
    for (const InlineFloat& constant : kInlineFloats) {
      if (constant.bits16 == dword) return std::string(constant.text);
    }
  }
  return hexadecimal(value);
}

std::string text_64(std::uint64_t value) {
  const auto integer = static_cast<std::int64_t>(value);
  if (is_inline_integer(integer)) return std::to_string(integer);
  for (const InlineFloat& constant : kInlineFloats) {
    if (constant.bits64 == value) {
      return std::string(constant.bits32 == 0x3e22f983 ? kInverseTwoPi64 : constant.text);
    }
  }
  return hexadecimal(value);
}

std::string constant_text(unsigned code, Type type, std::uint32_t literal) {
  const bool is_literal = code == operand::kLiteral;
  const bool is_float = !is_literal && code >= operand::kHalf;
  const InlineFloat& constant = kInlineFloats[is_float ? code - operand::kHalf : 0];
  const std::int64_t integer = is_literal || is_float ? 0 : inline_integer(code);
  switch (type) {
    case Type::kB16:
    case Type::kI16:
    case Type::kU16:
    case Type::kPackedB16:
    case Type::kF16:
    case Type::kPackedF16: {
      const std::uint32_t value = is_literal ? literal
                                  : is_float ? constant.bits16
                                             : static_cast<std::uint32_t>(integer);
      const bool packed = type == Type::kPackedB16 || type == Type::kPackedF16;
      if (packed && value > 0xffff) return text_32(value);
      return text_16(value, type == Type::kF16 || type == Type::kPackedF16);
    }
    case Type::kB64:
    case Type::kI64:
    case Type::kU64:
    case Type::kF64:
      return text_64(is_literal ? literal
                     : is_float ? constant.bits64
                                : static_cast<std::uint64_t>(integer));
    default:
      return text_32(is_literal ? literal
                     : is_float ? constant.bits32
                                : static_cast<std::uint32_t>(integer));
  }
}

std::string range_text(std::string_view prefix, unsigned first, unsigned count) {
  std::string text(prefix);
  if (count <= 1) return text + std::to_string(first);
  return text + "[" + std::to_string(first) + ":" + std::to_string(first + count - 1) + "]";
}

}  // namespace

std::string hexadecimal(std::uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

std::string scalar_text(unsigned code, unsigned count) {
  for (const NamedCode& named : kNamedCodes) {
    if (named.code == code) return std::string(count == 2 ? named.pair_name : named.name);
  }
  if (code >= kTtmp) return range_text("ttmp", code - kTtmp, count);
  return range_text("s", code, count);
}

std::string vgpr_text(unsigned index, unsigned count) { return range_text("v", index, count); }

std::string operand_text(unsigned code, Type type, std::uint32_t literal, bool wave64) {
  unsigned count = register_count(type);
  if (type == Type::kMask && wave64) {
    if (const auto pair = scalar_register(code, Type::kB64)) {
      code = *pair;
      count = 2;
    }
  }
  if (code >= operand::kVgpr) return vgpr_text(code - operand::kVgpr, count);
  const bool named = code >= operand::kSharedBase && code <= operand::kPopsExitingWaveId;
  if (code < operand::kZero || named || (code >= operand::kVccz && code <= operand::kLdsDirect)) {
    return scalar_text(code, count);
  }
  return constant_text(code, type, literal);
}

std::string disassemble(const Instruction& instruction, bool wave64) {
  std::string text;
  switch (instruction.encoding) {
    case Encoding::kInvalid: {
      char word[24];
      std::snprintf(word, sizeof word, ".long 0x%08x", static_cast<unsigned>(instruction.literal));
      return word;
    }
    case Encoding::kSop1:
    case Encoding::kSop2:
    case Encoding::kSopc:
    case Encoding::kSopk:
    case Encoding::kSopp:
    case Encoding::kSmem:
      text = scalar_operands(instruction);
      break;
    case Encoding::kVop1:
    case Encoding::kVop2:
    case Encoding::kVopc:
    case Encoding::kVop3:
    case Encoding::kVop3p:
      text = vector_operands(instruction, wave64);
      break;
    default:
      text = memory_operands(instruction);
      break;
  }
  return std::string(instruction.opcode->mnemonic) + text;
}

}  // namespace emulator
