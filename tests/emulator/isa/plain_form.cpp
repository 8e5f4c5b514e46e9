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

}  // namespace

Handler plain_handler(const Instruction& instruction) {
  constexpr unsigned kModified = kDpp16 | kDpp8 | kSdwa | kModifiedResult;
  const Opcode* const row = instruction.opcode;
  if (row == nullptr || row->run == nullptr || (instruction.flags & kModified) != 0) return nullptr;
  unsigned constants = 0;
  for (std::size_t k = 0; k < row->sources.size(); ++k) {
    if (!is_encoded(row->sources[k])) continue;
    if (k >= kMostSources) return nullptr;
    if ((instruction.plain_vgpr >> k & 1) != 0) continue;
    const unsigned code = instruction.source[k];
    const bool has_sign = ((instruction.neg | instruction.abs) >> k & 1) != 0;
    if (code >= operand::kVgpr || has_sign || !is_32_bit(row->sources[k].type)) return nullptr;
    if (is_register(code)) continue;
    if (!constant_dword(instruction, code) || ++constants > 1) return nullptr;
  }
  return row->run;
}

PlainOperands plain_operands(const Instruction& instruction) {
  PlainOperands operands;
  operands.destination = instruction.destination;
  for (std::size_t k = 0; k < kMostSources; ++k) {
    operands.source[k] = instruction.source[k];
    if (!is_encoded(instruction.opcode->sources[k])) continue;
    if (const auto value = constant_dword(instruction, instruction.source[k])) {
      operands.source[k] = operand::kLiteral;
      operands.constant = *value;
    }
  }
  return operands;
}

}  // namespace emulator
