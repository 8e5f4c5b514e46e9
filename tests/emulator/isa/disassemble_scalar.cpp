// Text of SOP1, SOP2, SOPC, SOPK, SOPP and SMEM.
#include <array>

#include "isa/decode_fields.h"
#include "isa/disassemble_text.h"
#include "isa/wait_counts.h"

namespace emulator {
namespace {

enum class Immediate {
  kNone,
  kDecimal,
  kDecimalUnlessZero,
  kInlineOrHexadecimal,  // decimal where an inline constant could hold it
  kHexadecimal,
  kWaitCounters,
  kDependencyCounters,
  kMessage,
};

// How the immediate of an instruction prints: the first row that the mnemonic begins with.
struct ImmediateRow {
  std::string_view prefix;
  Immediate format;
};

constexpr ImmediateRow kSoppImmediates[] = {
    {"s_endpgm_", Immediate::kNone},
    {"s_endpgm", Immediate::kDecimalUnlessZero},
    {"s_branch", Immediate::kDecimal},
    {"s_cbranch", Immediate::kDecimal},
    {"s_wakeup", Immediate::kNone},
    {"s_barrier", Immediate::kNone},
    {"s_icache_inv", Immediate::kNone},
    {"s_ttracedata_imm", Immediate::kHexadecimal},
    {"s_ttracedata", Immediate::kNone},
    {"s_code_end", Immediate::kNone},
    {"s_wait_idle", Immediate::kNone},
    {"s_waitcnt_depctr", Immediate::kDependencyCounters},
    {"s_waitcnt", Immediate::kWaitCounters},
    {"s_sendmsg", Immediate::kMessage},
    {"s_inst_prefetch", Immediate::kHexadecimal},
    {"s_clause", Immediate::kHexadecimal},
    {"s_round_mode", Immediate::kHexadecimal},
    {"", Immediate::kInlineOrHexadecimal},
};

constexpr std::array<std::string_view, 26> kHardwareRegisters = {
    "",
    "HW_REG_MODE",
    "HW_REG_STATUS",
    "HW_REG_TRAPSTS",
    "",
    "HW_REG_GPR_ALLOC",
    "HW_REG_LDS_ALLOC",
    "HW_REG_IB_STS",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "HW_REG_SH_MEM_BASES",
    "HW_REG_TBA_LO",
    "HW_REG_TBA_HI",
    "HW_REG_TMA_LO",
    "HW_REG_TMA_HI",
    "HW_REG_FLAT_SCR_LO",
    "HW_REG_FLAT_SCR_HI",
    "HW_REG_XNACK_MASK",
    "HW_REG_HW_ID1",
    "HW_REG_HW_ID2",
    "HW_REG_POPS_PACKER",
};

std::string hardware_register_text(std::uint32_t immediate) {
  const unsigned id = bit_field(immediate, 0, 6);
  const unsigned offset = bit_field(immediate, 6, 5);
  const unsigned width = bit_field(immediate, 11, 5) + 1;
  const bool named = id < kHardwareRegisters.size() && !kHardwareRegisters[id].empty();
  std::string text = "hwreg(";
  text += named ? std::string(kHardwareRegisters[id]) : std::to_string(id);
  if (offset != 0 || width != 32) {
    text += ", " + std::to_string(offset) + ", " + std::to_string(width);
  }
  return text + ")";
}

// Fields of a counter immediate; those that do not wait are left out unless all do not.
struct CounterField {
  std::string_view name;
  unsigned value;
  unsigned limit;  // the value that waits for nothing
};

template <std::size_t kCount>
std::string counters_text(const std::array<CounterField, kCount>& fields) {
  bool waits = false;
  for (const CounterField& field : fields) waits = waits || field.value != field.limit;
  std::string text;
  for (const CounterField& field : fields) {
    if (waits && field.value == field.limit) continue;
    if (!text.empty()) text += " ";
    text += std::string(field.name) + "(" + std::to_string(field.value) + ")";
  }
  return text;
}

auto counter_fields_of(std::uint32_t immediate) {
  return [immediate](std::string_view name, const WaitField& bits) {
    return CounterField{name, bits.get(immediate), bits.most()};
  };
}

std::string wait_counters_text(std::uint32_t immediate) {
  const auto field = counter_fields_of(immediate);
  return counters_text(std::array{field("vmcnt", kVmField), field("expcnt", kExpField),
                                  field("lgkmcnt", kLgkmField)});
}

std::string dependency_counters_text(std::uint32_t immediate) {
  constexpr std::uint32_t kUnusedBits = 0x00e0;
  if ((immediate & kUnusedBits) != 0) return hexadecimal(immediate);
  const auto field = counter_fields_of(immediate);
  return counters_text(
      std::array{field("depctr_sa_sdst", kSaSdstField), field("depctr_va_vdst", kVaVdstField),
                 field("depctr_va_sdst", kVaSdstField), field("depctr_va_ssrc", kVaSsrcField),
                 field("depctr_va_vcc", kVaVccField), field("depctr_vm_vsrc", kVmVsrcField)});
}

struct MessageRow {
  std::string_view name;
  std::array<std::string_view, 5> operations;  // by number; empty where there is none
};

constexpr std::array<MessageRow, 16> kMessages = {{
    {"", {}},
    {"MSG_INTERRUPT", {}},
    {"MSG_GS", {"", "GS_OP_CUT", "GS_OP_EMIT", "GS_OP_EMIT_CUT", ""}},
    {"MSG_GS_DONE", {"GS_OP_NOP", "GS_OP_CUT", "GS_OP_EMIT", "GS_OP_EMIT_CUT", ""}},
    {"MSG_SAVEWAVE", {}},
    {"MSG_STALL_WAVE_GEN", {}},
    {"MSG_HALT_WAVES", {}},
    {"MSG_ORDERED_PS_DONE", {}},
    {"MSG_EARLY_PRIM_DEALLOC", {}},
    {"MSG_GS_ALLOC_REQ", {}},
    {"MSG_GET_DOORBELL", {}},
    {"MSG_GET_DDID", {}},
    {"", {}},
    {"", {}},
    {"", {}},
    {"MSG_SYSMSG",
     {"", "SYSMSG_OP_ECC_ERR_INTERRUPT", "SYSMSG_OP_REG_RD", "SYSMSG_OP_HOST_TRAP_ACK",
      "SYSMSG_OP_TTRACE_PC"}},
}};

std::string message_text(std::uint32_t immediate) {
  constexpr unsigned kGeometry = 2;
  constexpr unsigned kGeometryDone = 3;
  const unsigned id = bit_field(immediate, 0, 4);
  const unsigned operation = bit_field(immediate, 4, 3);
  const unsigned stream = bit_field(immediate, 8, 2);
  const MessageRow& row = kMessages[id];

  bool has_operations = false;
  for (const std::string_view name : row.operations) has_operations |= !name.empty();
  const bool valid_operation =
      has_operations ? operation < row.operations.size() && !row.operations[operation].empty()
                     : operation == 0;
  const bool has_stream = (id == kGeometry || id == kGeometryDone) && operation != 0;
  if (!row.name.empty() && valid_operation && (has_stream || stream == 0)) {
    std::string text = "sendmsg(" + std::string(row.name);
    if (has_operations) text += ", " + std::string(row.operations[operation]);
    if (has_stream) text += ", " + std::to_string(stream);
    return text + ")";
  }
  if ((id | operation << 4 | stream << 8) == immediate) {
    return "sendmsg(" + std::to_string(id) + ", " + std::to_string(operation) + ", " +
           std::to_string(stream) + ")";
  }
  return std::to_string(immediate);
}

std::string sopp_text(const Instruction& instruction) {
  const std::uint32_t immediate = instruction.literal & 0xffff;
  Immediate format = Immediate::kNone;
  for (const ImmediateRow& row : kSoppImmediates) {
    if (!instruction.opcode->mnemonic.starts_with(row.prefix)) continue;
    format = row.format;
    break;
  }
  switch (format) {
    case Immediate::kNone:
      return "";
    case Immediate::kDecimalUnlessZero:
      return immediate == 0 ? "" : " " + std::to_string(immediate);
    case Immediate::kDecimal:
      return " " + std::to_string(immediate);
    case Immediate::kInlineOrHexadecimal:
      return " " + (immediate <= 64 ? std::to_string(immediate) : hexadecimal(immediate));
    case Immediate::kHexadecimal:
      return " " + hexadecimal(immediate);
    case Immediate::kWaitCounters:
      return " " + wait_counters_text(immediate);
    case Immediate::kDependencyCounters:
      return " " + dependency_counters_text(immediate);
    case Immediate::kMessage:
      return " " + message_text(immediate);
  }
  return "";
}

std::string sopk_text(const Instruction& instruction) {
  const Opcode& row = *instruction.opcode;
  const std::uint32_t immediate = instruction.literal & 0xffff;
  const bool is_set = row.mnemonic.starts_with("s_setreg");
  const bool is_get = row.mnemonic.starts_with("s_getreg");
  OperandList operands;
  if ((instruction.flags & kHasLiteral) != 0) {
    operands.add(hardware_register_text(static_cast<std::uint32_t>(instruction.offset)));
    operands.add(operand_text(operand::kLiteral, Type::kB32, instruction.literal, false));
    return operands.text();
  }
  const std::string value = is_set || is_get ? hardware_register_text(immediate)
                            : instruction.statistics == InstructionClass::kBranch
                                ? std::to_string(immediate)
                                : hexadecimal(immediate);
  if (is_set) operands.add(value);
  const Type type = row.destination != Type::kNone ? row.destination : row.sources[0].type;
  if (type != Type::kNone) {
    operands.add(operand_text(instruction.source[0], type, 0, false));
  }
  if (!is_set) operands.add(value);
  return operands.text();
}

std::string smem_text(const Instruction& instruction) {
  const Opcode& row = *instruction.opcode;
  OperandList operands;
  if (row.destination != Type::kNone) {
    operands.add(operand_text(instruction.destination, row.destination, 0, false));
  } else if (row.mnemonic.starts_with("s_atc_probe")) {  // the data field is an immediate
    operands.add(operand_text(operand::kLiteral, Type::kB32, instruction.destination, false));
  }
  std::string text;
  if (row.sources[0].type != Type::kNone) {
    operands.add(operand_text(instruction.source[0], row.sources[0].type, 0, false));
    const std::int32_t offset = instruction.offset;
    const std::string immediate = offset < 0
                                      ? "-" + hexadecimal(static_cast<std::uint32_t>(-offset))
                                      : hexadecimal(static_cast<std::uint32_t>(offset));
    if (instruction.source[1] == operand::kNull) {
      operands.add(offset == 0 ? "null" : immediate);
    } else {
      operands.add(scalar_text(instruction.source[1], 1));
      if (offset != 0) text += " offset:" + immediate;
    }
  }
  if ((instruction.memory.flags & kGlc) != 0) text += " glc";
  if ((instruction.memory.flags & kDlc) != 0) text += " dlc";
  return operands.text() + text;
}

}  // namespace

std::string scalar_operands(const Instruction& instruction) {
  if (instruction.encoding == Encoding::kSopp) return sopp_text(instruction);
  if (instruction.encoding == Encoding::kSopk) return sopk_text(instruction);
  if (instruction.encoding == Encoding::kSmem) return smem_text(instruction);
  const Opcode& row = *instruction.opcode;
  OperandList operands;
  if (row.destination != Type::kNone) {
    operands.add(operand_text(instruction.destination, row.destination, 0, false));
  }
  for (unsigned k = 0; k < row.sources.size(); ++k) {
    const OperandRow& source = row.sources[k];
    if (source.type == Type::kNone || source.role == Role::kDestination) continue;
    operands.add(operand_text(instruction.source[k], source.type, instruction.literal, false));
  }
  return operands.text();
}

}  // namespace emulator
