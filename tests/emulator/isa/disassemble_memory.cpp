// Text of DS, FLAT, GLOBAL, SCRATCH and MUBUF.
#include <bit>

#include "isa/decode_fields.h"
#include "isa/disassemble_text.h"

namespace emulator {
namespace {

std::string memory_vgpr(unsigned code, Type type) {
  return vgpr_text(code - operand::kVgpr, register_count(type));
}

std::string offset_text(std::int32_t offset) {
  return offset == 0 ? "" : " offset:" + std::to_string(offset);
}

std::string cache_text(std::uint8_t flags) {
  return std::string((flags & kGlc) != 0 ? " glc" : "") + ((flags & kSlc) != 0 ? " slc" : "") +
         ((flags & kDlc) != 0 ? " dlc" : "");
}

// The lane permutation that ds_swizzle_b32 has in its offset field.
std::string swizzle_text(std::uint32_t pattern) {
  constexpr unsigned kAll = 31;
  if (pattern == 0) return "";
  if ((pattern & 0xff00) == 0x8000) {
    std::string text = " offset:swizzle(QUAD_PERM";
    for (unsigned lane = 0; lane < 4; ++lane) {
      text += "," + std::to_string(bit_field(pattern, 2 * lane, 2));
    }
    return text + ")";
  }
  if ((pattern & 0x8000) != 0) return offset_text(static_cast<std::int32_t>(pattern));
  const unsigned keep = bit_field(pattern, 0, 5);
  const unsigned set = bit_field(pattern, 5, 5);
  const unsigned flip = bit_field(pattern, 10, 5);
  if (keep == kAll && set == 0 && std::has_single_bit(flip)) {
    return " offset:swizzle(SWAP," + std::to_string(flip) + ")";
  }
  if (keep == kAll && set == 0 && flip != 0 && std::has_single_bit(flip + 1)) {
    return " offset:swizzle(REVERSE," + std::to_string(flip + 1) + ")";
  }
  const unsigned group = kAll - keep + 1;
  if (group > 1 && std::has_single_bit(group) && set < group && flip == 0) {
    return " offset:swizzle(BROADCAST," + std::to_string(group) + "," + std::to_string(set) + ")";
  }
  // Per lane number bit: a constant, preserved or inverted.
  const unsigned of_zero = set ^ flip;
  const unsigned of_one = (keep | set) ^ flip;
  std::string text = " offset:swizzle(BITMASK_PERM,\"";
  for (unsigned index = 5; index-- > 0;) {
    const bool zero = bit(of_zero, index);
    const bool one = bit(of_one, index);
    text += zero == one ? (zero ? '1' : '0') : (zero ? 'i' : 'p');
  }
  return text + "\")";
}

std::string ds_text(const Instruction& instruction) {
  const Opcode& row = *instruction.opcode;
  OperandList operands;
  if (row.destination != Type::kNone) {
    operands.add(memory_vgpr(instruction.destination, row.destination));
  }
  for (unsigned k = 0; k < 3; ++k) {
    if (row.sources[k].type == Type::kNone) continue;
    operands.add(memory_vgpr(instruction.source[k], row.sources[k].type));
  }
  std::string text = operands.text();
  const auto offset = static_cast<std::uint32_t>(instruction.offset);
  if ((row.flags & kTwoOffsets) != 0) {
    const unsigned first = bit_field(offset, 0, 8);
    const unsigned second = bit_field(offset, 8, 8);
    if (first != 0) text += " offset0:" + std::to_string(first);
    if (second != 0) text += " offset1:" + std::to_string(second);
  } else if (row.mnemonic == "ds_swizzle_b32") {
    text += swizzle_text(offset);
  } else {
    text += offset_text(instruction.offset);
  }
  return text + ((instruction.memory.flags & kGds) != 0 ? " gds" : "");
}

bool has_destination(const Instruction& instruction) {
  const Opcode& row = *instruction.opcode;
  if (row.destination == Type::kNone || (row.flags & kStore) != 0) return false;
  // An atomic gives the old value back only when asked to.
  return (row.flags & kAtomic) == 0 || (instruction.memory.flags & kGlc) != 0;
}

std::string flat_text(const Instruction& instruction) {
  const Opcode& row = *instruction.opcode;
  const bool has_scalar = instruction.source[2] != operand::kNull;
  const bool is_scratch = instruction.encoding == Encoding::kScratch;
  OperandList operands;
  if (has_destination(instruction)) {
    operands.add(memory_vgpr(instruction.destination, row.destination));
  }
  if (instruction.source[0] == operand::kNull) {
    operands.add("off");
  } else {
    const bool wide = !is_scratch && !has_scalar;
    operands.add(memory_vgpr(instruction.source[0], wide ? Type::kB64 : Type::kB32));
  }
  if (row.sources[1].type != Type::kNone) {
    operands.add(memory_vgpr(instruction.source[1], row.sources[1].type));
  }
  if (instruction.encoding != Encoding::kFlat) {
    operands.add(has_scalar ? scalar_text(instruction.source[2], is_scratch ? 1 : 2) : "off");
  }
  return operands.text() + offset_text(instruction.offset) + cache_text(instruction.memory.flags);
}

std::string mubuf_text(const Instruction& instruction) {
  const Opcode& row = *instruction.opcode;
  const std::uint8_t flags = instruction.memory.flags;
  OperandList operands;
  if (row.destination == Type::kNone && row.sources[0].type == Type::kNone) return "";
  if (row.destination != Type::kNone && (flags & kLds) == 0) {
    operands.add(memory_vgpr(instruction.destination, row.destination));
  }
  const bool offen = (flags & kOffen) != 0;
  const bool idxen = (flags & kIdxen) != 0;
  operands.add(offen || idxen
                   ? memory_vgpr(instruction.source[0], offen && idxen ? Type::kB64 : Type::kB32)
                   : "off");
  operands.add(scalar_text(instruction.source[1], 4));
  // Atomics and loads into LDS have no register for the status.
  const bool has_status = (flags & (kTfe | kLds)) == kTfe && (row.flags & kAtomic) == 0;
  operands.add(operand_text(instruction.source[2], Type::kB32, 0, false));
  return operands.text() + (idxen ? " idxen" : "") + (offen ? " offen" : "") +
         offset_text(instruction.offset) + cache_text(flags) + (has_status ? " tfe" : "") +
         ((flags & kLds) != 0 ? " lds" : "");
}

}  // namespace

std::string memory_operands(const Instruction& instruction) {
  if (instruction.encoding == Encoding::kDs) return ds_text(instruction);
  if (instruction.encoding == Encoding::kMubuf) return mubuf_text(instruction);
  return flat_text(instruction);
}

}  // namespace emulator
