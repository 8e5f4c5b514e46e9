#include "vector_case.h"

#include <cstdio>

#include "isa/float_mode.h"
#include "isa/opcode_tables.h"

namespace emulator {
namespace {

struct Table {
  Encoding encoding;
  std::span<const Opcode> rows;
};
std::array<Table, 5> vector_tables() {
  return {{{Encoding::kVop1, vop1_opcodes()},
           {Encoding::kVop2, vop2_opcodes()},
           {Encoding::kVopc, vopc_opcodes()},
           {Encoding::kVop3, vop3_opcodes()},
           {Encoding::kVop3p, vop3p_opcodes()}}};
}

std::uint64_t mask_of_bits(unsigned bits) {
  return bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
}

struct Format {
  unsigned bits;
  unsigned mantissa;  // 0: not a float
};
Format format_of(Type type) {
  switch (type) {
    case Type::kF16:
      return {16, 10};
    case Type::kB16:
    case Type::kI16:
    case Type::kU16:
      return {16, 0};
    case Type::kF32:
      return {32, 23};
    case Type::kF64:
      return {64, 52};
    default:
      return {register_count(type) == 2 ? 64u : 32u, 0};
  }
}

bool is_nan_of(std::uint64_t value, const Format& format) {
  const std::uint64_t magnitude = value & mask_of_bits(format.bits - 1);
  const std::uint64_t infinity = mask_of_bits(format.bits - 1) & ~mask_of_bits(format.mantissa);
  return magnitude > infinity;
}

bool matches(std::uint64_t actual, const VectorCase& one, const Format& format) {
  if (one.expected == kAnyNan && format.mantissa != 0) return is_nan_of(actual, format);
  const std::uint64_t distance =
      actual > one.expected ? actual - one.expected : one.expected - actual;
  return distance <= one.ulp;
}

std::string hex(std::uint64_t value) {
  char text[32];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

std::string line_of(const VectorCase& one) {
  std::string line = std::string(one.mnemonic) + "(";
  for (const std::uint64_t value : one.in) line += hex(value) + " ";
  return line + ") neg " + std::to_string(one.setup.neg) + " abs " + std::to_string(one.setup.abs) +
         " op_sel " + std::to_string(one.setup.op_sel) + " op_sel_hi " +
         std::to_string(one.setup.op_sel_hi) + " omod " + std::to_string(one.setup.omod) +
         " clamp " + std::to_string(one.setup.clamp);
}

}  // namespace

std::unique_ptr<Wave> make_wave(bool wave64) {
  auto wave = std::make_unique<Wave>();
  wave->halves = wave64 ? 2 : 1;
  wave->write_pair(operand::kExecLo, wave64 ? ~std::uint64_t{0} : 0xffffffffu);
  for (unsigned index = 0; index < 256; ++index) set_vgpr(*wave, index, kOldDword);
  return wave;
}

void set_vgpr(Wave& wave, unsigned index, std::uint32_t value) {
  for (auto& half : wave.v) half[index].lane.fill(value);
}

const Opcode* find_row(std::string_view mnemonic, Encoding* encoding) {
  for (const Table& table : vector_tables()) {
    for (const Opcode& row : table.rows) {
      if (row.mnemonic != mnemonic) continue;
      if (encoding != nullptr) *encoding = table.encoding;
      return &row;
    }
  }
  return nullptr;
}

Instruction make_instruction(std::string_view mnemonic) {
  Instruction instruction;
  instruction.opcode = find_row(mnemonic, &instruction.encoding);
  if (instruction.opcode == nullptr) return instruction;
  const Opcode& row = *instruction.opcode;
  instruction.execute = row.execute;
  instruction.destination = operand::kVgpr + kResult;
  if ((row.flags & kScalarDestination) != 0) instruction.destination = kMaskOut;
  instruction.scalar_destination =
      (row.flags & kWritesExec) != 0 ? operand::kExecLo : std::uint16_t{kMaskOut};
  instruction.op_sel_hi = 7;
  for (unsigned k = 0; k < row.sources.size(); ++k) {
    const OperandRow& source = row.sources[k];
    instruction.source[k] = static_cast<std::uint16_t>(operand::kVgpr + kFirstSource + 4 * k);
    if (source.type == Type::kMask) instruction.source[k] = kMaskIn;
    if (source.role == Role::kLiteral) instruction.source[k] = operand::kLiteral;
    if (source.role == Role::kDestination) instruction.source[k] = instruction.destination;
    if (instruction.source[k] >= operand::kVgpr) {
      instruction.plain_vgpr |= static_cast<std::uint8_t>(1u << k);
    }
  }
  return instruction;
}

std::string check(const VectorCase& one, bool wave64) {
  Instruction instruction = make_instruction(one.mnemonic);
  if (instruction.opcode == nullptr) return "no row is called " + std::string(one.mnemonic);
  const Opcode& row = *instruction.opcode;
  const Setup& setup = one.setup;
  instruction.neg = setup.neg;
  instruction.abs = setup.abs;
  instruction.op_sel = setup.op_sel;
  instruction.op_sel_hi = setup.op_sel_hi;
  instruction.omod = setup.omod;
  instruction.clamp = setup.clamp;
  // As decode() marks them.
  const bool half_sources = instruction.encoding == Encoding::kVop3p && setup.op_sel_hi != 7;
  if (half_sources || (setup.neg | setup.abs | setup.op_sel) != 0) instruction.plain_vgpr = 0;
  if (setup.clamp || setup.omod != 0 || (setup.op_sel & 8) != 0) {
    instruction.flags |= kModifiedResult;
  }

  const auto wave = make_wave(wave64);
  wave->mode = setup.mode;
  wave->default_mode = is_default_float_mode(setup.mode);
  for (unsigned k = 0; k < row.sources.size(); ++k) {
    const OperandRow& source = row.sources[k];
    const auto low = static_cast<std::uint32_t>(one.in[k]);
    const auto high = static_cast<std::uint32_t>(one.in[k] >> 32);
    if (source.type == Type::kMask) {
      wave->write_pair(kMaskIn, (one.in[k] & 1) != 0 ? ~std::uint64_t{0} : 0);
    } else if (source.role == Role::kLiteral) {
      instruction.literal = low;
    } else if (source.type != Type::kNone) {
      const unsigned vgpr = instruction.source[k] - operand::kVgpr;
      set_vgpr(*wave, vgpr, low);
      if (register_count(source.type) >= 2) set_vgpr(*wave, vgpr + 1, high);
    } else if (k == 3 && row.mnemonic.starts_with("v_div_fmas")) {
      wave->write_pair(operand::kVccLo, (one.in[k] & 1) != 0 ? ~std::uint64_t{0} : 0);
    }
  }
  {
    const HostFloatMode restore;
    apply_float_mode(*wave);
    instruction.execute(*wave, instruction);
  }

  const unsigned lanes = wave64 ? 64 : 32;
  const bool is_compare = row.destination == Type::kMask;
  const Format format = format_of(row.destination);
  const bool writes_high = one.mnemonic == "v_fma_mixhi_f16" || (setup.op_sel & 8) != 0;
  for (unsigned lane = 0; lane < lanes; ++lane) {
    const auto& half = wave->v[lane / kLanes];
    const std::uint64_t mask =
        wave->s[instruction.scalar_destination + lane / kLanes] >> lane % kLanes & 1;
    std::uint64_t actual = half[kResult].lane[lane % kLanes];
    if (is_compare) {
      actual = mask;
    } else if (format.bits == 64) {
      actual |= static_cast<std::uint64_t>(half[kResult + 1].lane[lane % kLanes]) << 32;
    } else if (format.bits == 16) {
      const bool has_old = row.sources[2].role != Role::kDestination;
      const std::uint64_t other = writes_high ? actual & 0xffff : actual >> 16;
      const std::uint64_t kept = writes_high ? kOldDword & 0xffff : kOldDword >> 16;
      if (has_old && other != kept) {
        return line_of(one) + " changed the other half to " + hex(other) + " in lane " +
               std::to_string(lane);
      }
      actual = writes_high ? actual >> 16 : actual & 0xffff;
    }
    if (!matches(actual, one, format)) {
      return line_of(one) + " gave " + hex(actual) + " in lane " + std::to_string(lane) + ", not " +
             hex(one.expected);
    }
    if (one.flag && *one.flag != (mask != 0)) {
      return line_of(one) + " gave the flag " + std::to_string(mask) + " in lane " +
             std::to_string(lane);
    }
  }
  return "";
}

}  // namespace emulator
