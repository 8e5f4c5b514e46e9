#include "isa/registers_used.h"

#include <algorithm>
#include <stdexcept>

#include "isa/decode_fields.h"

namespace emulator {
namespace {

bool is_vector_alu(Encoding encoding) {
  return encoding >= Encoding::kVop2 && encoding <= Encoding::kVop3p;
}
bool is_vector_memory(Encoding encoding) {
  return encoding >= Encoding::kDs && encoding <= Encoding::kMubuf;
}
bool is_halfword(Type type) {
  return type == Type::kB16 || type == Type::kI16 || type == Type::kU16 || type == Type::kF16;
}

class Collector {
 public:
  Collector(const Instruction& instruction, bool wave64)
      : instruction_(instruction), row_(*instruction.opcode), mask_registers_(wave64 ? 2 : 1) {}

  RegistersUsed take() {
    const std::uint32_t uses = row_.uses;
    if (is_vector_memory(instruction_.encoding)) {
      add_memory();
    } else if (instruction_.encoding == Encoding::kSmem) {
      add_scalar_memory();
    } else {
      add_sources();
      if ((uses & (kWritesAnyVgpr | kWritesAnySgpr)) == 0) add_destination();
    }
    add_implicit(uses);
    return used_;
  }

 private:
  unsigned count_of(Type type) const {
    return type == Type::kMask ? mask_registers_ : register_count(type);
  }

  // Where no pair begins, execution faults.
  std::uint16_t first_of_mask(std::uint16_t code) const {
    return mask_registers_ == 1 ? code : scalar_register(code, Type::kB64).value_or(code);
  }

  void read(unsigned code, unsigned count) {
    if (code == operand::kVccz) {
      used_.reads.add(operand::kVccLo, mask_registers_);
    } else if (code == operand::kExecz) {
      used_.reads.add(operand::kExecLo, mask_registers_);
    } else if (code == operand::kScc) {
      used_.reads.add(operand::kScc, 1);
    } else if (code == operand::kLdsDirect) {
      used_.reads.add(operand::kM0, 1);
    } else {
      used_.reads.add(code, count);
    }
  }
  void write(unsigned code, unsigned count) { used_.writes.add(code, count); }

  void add_sources() {
    for (std::size_t k = 0; k < row_.sources.size(); ++k) {
      const OperandRow& source = row_.sources[k];
      if (source.type == Type::kNone || source.role == Role::kLiteral) continue;
      const bool accumulator = source.role == Role::kDestination;
      const std::uint16_t code = accumulator ? instruction_.destination : instruction_.source[k];
      read(source.type == Type::kMask ? first_of_mask(code) : code, count_of(source.type));
    }
  }

  void add_destination() {
    // Comparisons have a mask alone, carries one beside the VGPR.
    const bool is_compare = instruction_.encoding == Encoding::kVopc;
    if (is_compare || (is_vector_alu(instruction_.encoding) && (row_.flags & kWritesVcc) != 0)) {
      write(first_of_mask(instruction_.scalar_destination), mask_registers_);
    }
    if (is_compare || row_.destination == Type::kNone) return;
    write(instruction_.destination, count_of(row_.destination));
    if (leaves_part_of_destination()) {
      read(instruction_.destination, count_of(row_.destination));
    }
  }

  bool leaves_part_of_destination() const {
    if (!is_vector_alu(instruction_.encoding)) return false;
    if ((instruction_.flags & kSdwa) != 0) {
      constexpr unsigned kSelectDword = 6;
      constexpr unsigned kPreserve = 2;
      return instruction_.sdwa.destination_select < kSelectDword &&
             instruction_.sdwa.destination_unused == kPreserve;
    }
    // Lanes that a row or bank mask leaves out, or that have no source lane and bound_control off.
    if ((instruction_.flags & kDpp16) != 0) {
      if (instruction_.dpp.row_mask != 15 || instruction_.dpp.bank_mask != 15 ||
          !instruction_.dpp.bound_control) {
        return true;
      }
    }
    return is_halfword(row_.destination);
  }

  // Two operands lie behind each other in the data registers of a compare-and-swap; one comes back.
  unsigned returned_count(unsigned data_count) const {
    return (row_.flags & kTwoData) != 0 ? data_count / 2 : data_count;
  }

  bool is_partial_load() const { return (row_.flags & kKeepsRest) != 0; }

  void add_memory() {
    const bool is_store = (row_.flags & kStore) != 0;
    const bool is_atomic = (row_.flags & kAtomic) != 0;
    const unsigned data = register_count(row_.destination);
    switch (instruction_.encoding) {
      case Encoding::kDs:
        for (std::size_t k = 0; k < 3; ++k) {
          read(instruction_.source[k], register_count(row_.sources[k].type));
        }
        write(instruction_.destination, data);
        if (is_partial_load()) read(instruction_.destination, data);
        return;
      case Encoding::kMubuf: {
        if (row_.sources[1].type == Type::kNone) return;  // cache control
        const unsigned vaddr = ((instruction_.memory.flags & kOffen) != 0 ? 1 : 0) +
                               ((instruction_.memory.flags & kIdxen) != 0 ? 1 : 0);
        read(instruction_.source[0], vaddr);
        read(instruction_.source[1], 4);
        read(instruction_.source[2], 1);
        if (is_store || is_atomic) read(instruction_.destination, data);
        const bool returns = is_atomic && (instruction_.memory.flags & kGlc) != 0;
        if (returns || (!is_store && !is_atomic)) {
          write(instruction_.destination, is_atomic ? returned_count(data) : data);
        }
        if (is_partial_load()) read(instruction_.destination, data);
        return;
      }
      default: {
        const bool has_base = instruction_.source[2] != operand::kNull;
        const bool is_scratch = instruction_.encoding == Encoding::kScratch;
        read(instruction_.source[0], has_base || is_scratch ? 1 : 2);
        read(instruction_.source[1], register_count(row_.sources[1].type));
        if (has_base) read(instruction_.source[2], is_scratch ? 1 : 2);
        if (!is_atomic || (instruction_.memory.flags & kGlc) != 0) {
          write(instruction_.destination, data);
          if (is_partial_load()) read(instruction_.destination, data);
        }
        return;
      }
    }
  }

  void add_scalar_memory() {
    const bool is_store = (row_.flags & kStore) != 0;
    const bool is_atomic = (row_.flags & kAtomic) != 0;
    const unsigned data = register_count(row_.destination);
    if (row_.sources[0].type != Type::kNone) {
      read(instruction_.source[0], register_count(row_.sources[0].type));
      read(instruction_.source[1], 1);
    }
    if (is_store || is_atomic) read(instruction_.destination, data);
    const bool returns = is_atomic && (instruction_.memory.flags & kGlc) != 0;
    if (returns || (!is_store && !is_atomic)) {
      write(instruction_.destination, is_atomic ? returned_count(data) : data);
    }
  }

  void add_implicit(std::uint32_t uses) {
    constexpr RegisterRange kSgprs{0, 106};
    // The 64-bit forms of saveexec and wrexec take both halves of EXEC in any wave.
    const unsigned exec = std::max(mask_registers_, count_of(row_.destination));
    if ((uses & kReadsScc) != 0) used_.reads.add(operand::kScc, 1);
    if ((uses & kWritesScc) != 0) used_.writes.add(operand::kScc, 1);
    if ((uses & kReadsExecToo) != 0) used_.reads.add(operand::kExecLo, exec);
    if ((uses & kWritesExecToo) != 0) used_.writes.add(operand::kExecLo, exec);
    if ((uses & kReadsVccToo) != 0) used_.reads.add(operand::kVccLo, mask_registers_);
    if ((uses & kReadsM0) != 0) used_.reads.add(operand::kM0, 1);
    if ((uses & kReadsDestination) != 0) {
      used_.reads.add(instruction_.destination, count_of(row_.destination));
    }
    if ((uses & kWritesSource) != 0) {
      used_.writes.add(instruction_.source[0], count_of(row_.sources[0].type));
    }
    if ((uses & kReadsAnyVgpr) != 0) used_.reads.add(kAllVgprs.first, kAllVgprs.count);
    if ((uses & kWritesAnyVgpr) != 0) used_.writes.add(kAllVgprs.first, kAllVgprs.count);
    if ((uses & kReadsAnySgpr) != 0) used_.reads.add(kSgprs.first, kSgprs.count);
    if ((uses & kWritesAnySgpr) != 0) used_.writes.add(kSgprs.first, kSgprs.count);
    if ((is_vector_alu(instruction_.encoding) || is_vector_memory(instruction_.encoding)) &&
        (uses & kIgnoresExec) == 0) {
      used_.reads.add(operand::kExecLo, mask_registers_);
    }
  }

  const Instruction& instruction_;
  const Opcode& row_;
  unsigned mask_registers_;
  RegistersUsed used_;
};

}  // namespace

void RegisterRanges::add(unsigned first, unsigned count) {
  const bool is_register = first < 128 || first == operand::kScc || first >= operand::kVgpr;
  if (count == 0 || !is_register || first == operand::kNull) return;
  if (size_ == ranges_.size()) throw std::logic_error("an instruction uses too many registers");
  ranges_[size_++] = {static_cast<std::uint16_t>(first), static_cast<std::uint16_t>(count)};
}

bool RegisterRanges::contains(unsigned code) const {
  return std::any_of(begin(), end(),
                     [&](const RegisterRange& each) { return each.contains(code); });
}

bool RegisterRanges::overlaps(const RegisterRange& range) const {
  return std::any_of(begin(), end(),
                     [&](const RegisterRange& each) { return each.overlaps(range); });
}

RegistersUsed registers_used(const Instruction& instruction, bool wave64) {
  if (instruction.opcode == nullptr) return {};  // faults when it is executed
  return Collector(instruction, wave64).take();
}

}  // namespace emulator
