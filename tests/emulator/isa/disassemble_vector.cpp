// Text of VOP1, VOP2, VOPC, VOP3 and VOP3P with their SDWA and DPP forms.
#include <array>

#include "isa/decode_fields.h"
#include "isa/disassemble_text.h"

namespace emulator {
namespace {

constexpr std::array<std::string_view, 8> kSdwaSelects = {"BYTE_0", "BYTE_1", "BYTE_2", "BYTE_3",
                                                          "WORD_0", "WORD_1", "DWORD",  ""};
constexpr std::array<std::string_view, 4> kSdwaUnused = {"UNUSED_PAD", "UNUSED_SEXT",
                                                         "UNUSED_PRESERVE", ""};

// DPP controls that move by a number of lanes: [first, first + 15].
struct DppRange {
  unsigned first;
  std::string_view name;
};
constexpr DppRange kDppRanges[] = {{0x100, "row_shl:"},
                                   {0x110, "row_shr:"},
                                   {0x120, "row_ror:"},
                                   {0x150, "row_share:"},
                                   {0x160, "row_xmask:"}};

std::string suffix(const Instruction& instruction) {
  const Opcode& row = *instruction.opcode;
  if (instruction.encoding == Encoding::kVop3 || instruction.encoding == Encoding::kVop3p)
    return "";
  if ((instruction.flags & kSdwa) != 0) return "_sdwa";
  if ((instruction.flags & (kDpp16 | kDpp8)) != 0) return "_dpp";
  if (row.sources[0].type == Type::kNone) return "";  // v_nop
  if ((instruction.flags & kVop3Form) != 0) return (row.flags & kOnlyVop3) != 0 ? "" : "_e64";
  return (row.flags & kNoVop3) != 0 ? "" : "_e32";
}

// `-v1`, `|v1|`, `sext(v1)`; a negated constant is neg(1), for -1 is another one.
std::string modified_source(const Instruction& instruction, unsigned k, bool wave64) {
  const OperandRow& source = instruction.opcode->sources[k];
  const unsigned code = instruction.source[k];
  if (source.role == Role::kLiteral) return hexadecimal(instruction.literal);
  std::string text = operand_text(code, source.type, instruction.literal, wave64);
  if ((instruction.flags & kSdwa) != 0 && k < 2 && (instruction.sdwa.source_select[k] & 8) != 0) {
    return "sext(" + text + ")";
  }
  const bool neg = (instruction.neg >> k & 1) != 0;
  const bool abs = (instruction.abs >> k & 1) != 0;
  if (abs) text = "|" + text + "|";
  if (!neg) return text;
  const bool is_constant = (code >= operand::kZero && code <= 208) ||
                           (code >= operand::kHalf && code < operand::kVccz) ||
                           code == operand::kLiteral;
  return is_constant && !abs ? "neg(" + text + ")" : "-" + text;
}

std::string bit_list(std::string_view name, unsigned bits, unsigned count) {
  std::string text = " " + std::string(name) + ":[";
  for (unsigned k = 0; k < count; ++k) {
    if (k != 0) text += ",";
    text += (bits >> k & 1) != 0 ? "1" : "0";
  }
  return text + "]";
}

std::string result_modifiers(const Instruction& instruction) {
  constexpr std::array<std::string_view, 4> kOmod = {"", " mul:2", " mul:4", " div:2"};
  return std::string(instruction.clamp ? " clamp" : "") + std::string(kOmod[instruction.omod & 3]);
}

std::string dpp_control_text(unsigned control) {
  if (control < 0x100) {
    std::string text = "quad_perm:[";
    for (unsigned lane = 0; lane < 4; ++lane) {
      if (lane != 0) text += ",";
      text += std::to_string(control >> 2 * lane & 3);
    }
    return text + "]";
  }
  if (control == 0x140) return "row_mirror";
  if (control == 0x141) return "row_half_mirror";
  for (const DppRange& range : kDppRanges) {
    if (control >= range.first && control < range.first + 16) {
      return std::string(range.name) + std::to_string(control - range.first);
    }
  }
  return "";
}

std::string dpp_text(const Instruction& instruction) {
  if ((instruction.flags & kDpp8) != 0) {
    std::string text = " dpp8:[";
    for (unsigned lane = 0; lane < 8; ++lane) {
      if (lane != 0) text += ",";
      text += std::to_string(bit_field(instruction.dpp8_selectors, 3 * lane, 3));
    }
    return text + "]" + (bit(instruction.dpp8_selectors, 24) ? " fi:1" : "");
  }
  std::string text = " " + dpp_control_text(instruction.dpp.control);
  text += " row_mask:" + hexadecimal(instruction.dpp.row_mask);
  text += " bank_mask:" + hexadecimal(instruction.dpp.bank_mask);
  if (instruction.dpp.bound_control) text += " bound_ctrl:1";
  if (instruction.dpp.fetch_inactive) text += " fi:1";
  return text;
}

std::string sdwa_text(const Instruction& instruction, unsigned sources) {
  const SdwaModifiers& sdwa = instruction.sdwa;
  std::string text = result_modifiers(instruction);
  if (instruction.encoding != Encoding::kVopc) {
    text += " dst_sel:" + std::string(kSdwaSelects[sdwa.destination_select & 7]);
    text += " dst_unused:" + std::string(kSdwaUnused[sdwa.destination_unused & 3]);
  }
  for (unsigned k = 0; k < sources && k < 2; ++k) {
    text += " src" + std::to_string(k) + "_sel:";
    text += kSdwaSelects[sdwa.source_select[k] & 7];
  }
  return text;
}

// Modifiers after the operands of VOP3P. The mix instructions read halves where op_sel_hi says so
// and have abs in place of neg_hi.
std::string packed_text(const Instruction& instruction, unsigned sources, bool is_mix) {
  const unsigned all = (1u << sources) - 1;
  std::string text;
  if ((instruction.op_sel & all) != 0) text += bit_list("op_sel", instruction.op_sel, sources);
  if ((instruction.op_sel_hi & all) != (is_mix ? 0 : all)) {
    text += bit_list("op_sel_hi", instruction.op_sel_hi, sources);
  }
  if (!is_mix) {
    if ((instruction.neg & all) != 0) text += bit_list("neg_lo", instruction.neg, sources);
    if ((instruction.abs & all) != 0) text += bit_list("neg_hi", instruction.abs, sources);
  }
  return text + result_modifiers(instruction);
}

}  // namespace

std::string vector_operands(const Instruction& instruction, bool wave64) {
  const Opcode& row = *instruction.opcode;
  const bool packed = instruction.encoding == Encoding::kVop3p;
  const bool is_mix = packed && row.mnemonic.find("_mix") != std::string_view::npos;
  OperandList operands;
  if (instruction.encoding == Encoding::kVopc) {
    if ((row.flags & kWritesExec) == 0) {
      operands.add(operand_text(instruction.scalar_destination, Type::kMask, 0, wave64));
    }
  } else if (row.destination != Type::kNone) {
    operands.add(operand_text(instruction.destination, row.destination, 0, wave64));
    if ((row.flags & kWritesVcc) != 0) {
      operands.add(operand_text(instruction.scalar_destination, Type::kMask, 0, wave64));
    }
  }
  unsigned sources = 0;  // that the encoding has a field for
  for (unsigned k = 0; k < row.sources.size(); ++k) {
    const OperandRow& source = row.sources[k];
    if (source.type == Type::kNone || source.role == Role::kDestination) continue;
    if (source.type == Type::kMask && k == 3) continue;  // VCC without a field
    ++sources;
    operands.add(packed && !is_mix
                     ? operand_text(instruction.source[k], source.type, instruction.literal, wave64)
                     : modified_source(instruction, k, wave64));
  }
  std::string text = suffix(instruction) + operands.text();
  if (packed) return text + packed_text(instruction, sources, is_mix);
  if ((instruction.flags & kSdwa) != 0) return text + sdwa_text(instruction, sources);
  if ((instruction.flags & (kDpp16 | kDpp8)) != 0) return text + dpp_text(instruction);
  if (instruction.op_sel != 0) {
    // v_permlane16, whose operands have no halves, has two flags here.
    const bool has_halves = row.sources[0].type != Type::kB32;
    const unsigned bits = bit_field(instruction.op_sel, 0, sources) |
                          static_cast<unsigned>(bit(instruction.op_sel, 3)) << sources;
    text += bit_list("op_sel", bits, has_halves ? sources + 1 : 2);
  }
  return text + result_modifiers(instruction);
}

}  // namespace emulator
