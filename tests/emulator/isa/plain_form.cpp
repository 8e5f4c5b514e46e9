#include "isa/plain_form.h"

namespace emulator {
namespace {

constexpr std::size_t kMostSources = 3;

bool is_32_bit(Type type) {
  return type == Type::kB32 || type == Type::kI32 || type == Type::kU32 || type == Type::kF32;
}

bool is_encoded(const OperandRow& source) {
  return source.type != Type::kNone && source.role == Role::kEncoded;
}

bool is_register(unsigned code) { return code < operand::kZero; }

constexpr unsigned kBytesPerVgpr = 128;
PlainPlace place_of_vgpr(unsigned code) {
  return static_cast<PlainPlace>((code - operand::kVgpr) * kBytesPerVgpr);
}

// The lane that DPP shares among the lanes of each row, all of which are there.
std::optional<unsigned> shared_lane(const Instruction& instruction) {
  constexpr unsigned kRowShare = 0x150, kLaneMask = 0xf;
  if ((instruction.flags & kDpp16) == 0) return std::nullopt;
  const Dpp16Modifiers& dpp = instruction.dpp;
  if ((dpp.control & ~kLaneMask) != kRowShare) return std::nullopt;
  if (dpp.row_mask != 0xf || dpp.bank_mask != 0xf) return std::nullopt;
  return dpp.control & kLaneMask;
}

}  // namespace

Handler plain_handler(const Instruction& instruction) {
  constexpr unsigned kModified = kDpp8 | kSdwa | kModifiedResult;
  const Opcode* const row = instruction.opcode;
  if (row == nullptr || row->run == nullptr || (instruction.flags & kModified) != 0) return nullptr;
  const bool is_shared = shared_lane(instruction).has_value();
  if ((instruction.flags & kDpp16) != 0 && !is_shared) return nullptr;
  unsigned constants = 0;
  for (std::size_t k = 0; k < row->sources.size(); ++k) {
    if (!is_encoded(row->sources[k])) continue;
    if (k >= kMostSources) return nullptr;
    if ((instruction.plain_vgpr >> k & 1) != 0) continue;
    const unsigned code = instruction.source[k];
    const bool has_sign = ((instruction.neg | instruction.abs) >> k & 1) != 0;
    if (has_sign || !is_32_bit(row->sources[k].type)) return nullptr;
    if (is_shared && k == 0) continue;
    if (code >= operand::kVgpr) return nullptr;
    if (is_register(code)) continue;
    if (!constant_dword(instruction, code) || ++constants > 1) return nullptr;
  }
  return row->run;
}

PlainOperands plain_operands(const Instruction& instruction) {
  PlainOperands operands;
  operands.destination = place_of_vgpr(instruction.destination);
  for (std::size_t k = 0; k < kMostSources; ++k) {
    if (!is_encoded(instruction.opcode->sources[k])) continue;
    unsigned code = instruction.source[k];
    if (code >= operand::kVgpr) {
      operands.source[k] = place_of_vgpr(code);
      continue;
    }
    if (const auto value = constant_dword(instruction, instruction.source[k])) {
      code = operand::kLiteral;
      operands.constant = *value;
    }
    operands.source[k] = static_cast<PlainPlace>(code * 4 + kScalarSource);
  }
  if (const auto lane = shared_lane(instruction)) {
    operands.source[0] = static_cast<PlainPlace>(operands.source[0] + *lane * 4 + kSharedLane);
  }
  return operands;
}

}  // namespace emulator
