#include "isa/registers_used.h"

#include <algorithm>
#include <stdexcept>
#include <string_view>

#include "isa/decode_fields.h"

namespace emulator {
namespace {

// Registers an instruction uses beside its operands. Bits of one word.
enum Implicit : std::uint32_t {
  kNothing = 0,
  kReadsScc = 1u << 0,
  kWritesScc = 1u << 1,
  kReadsExecToo = 1u << 2,
  kWritesExecToo = 1u << 3,
  kReadsVccToo = 1u << 4,
  kReadsM0 = 1u << 5,
  kReadsDestination = 1u << 6,
  kIgnoresExec = 1u << 7,   // a vector instruction that EXEC does not govern
  kWritesSource = 1u << 8,  // v_swap
  kReadsAnyVgpr = 1u << 9,  // M0 says which
  kWritesAnyVgpr = 1u << 10,
  kReadsAnySgpr = 1u << 11,
  kWritesAnySgpr = 1u << 12,
};

struct ImplicitRow {
  Encoding first;
  Encoding last;
  std::string_view prefix;  // of the mnemonic
  std::uint32_t uses;
};

// The first row that fits holds. Scalar rows follow AMD's "RDNA 1.0 Instruction Set Architecture",
// sections 12.1 to 12.5; the test compares all of them with what execution changes.
constexpr ImplicitRow kImplicit[] = {
    {Encoding::kSop2, Encoding::kSop2, "s_cselect", kReadsScc},
    {Encoding::kSop2, Encoding::kSop2, "s_addc", kReadsScc | kWritesScc},
    {Encoding::kSop2, Encoding::kSop2, "s_subb", kReadsScc | kWritesScc},
    {Encoding::kSop2, Encoding::kSop2, "s_bfm", kNothing},
    {Encoding::kSop2, Encoding::kSop2, "s_mul", kNothing},
    {Encoding::kSop2, Encoding::kSop2, "s_pack", kNothing},
    {Encoding::kSop2, Encoding::kSop2, "", kWritesScc},
    {Encoding::kSopc, Encoding::kSopc, "", kWritesScc},

    {Encoding::kSop1, Encoding::kSop1, "s_cmov", kReadsScc},
    {Encoding::kSop1, Encoding::kSop1, "s_not", kWritesScc},
    {Encoding::kSop1, Encoding::kSop1, "s_wqm", kWritesScc},
    {Encoding::kSop1, Encoding::kSop1, "s_bcnt", kWritesScc},
    {Encoding::kSop1, Encoding::kSop1, "s_quadmask", kWritesScc},
    {Encoding::kSop1, Encoding::kSop1, "s_abs", kWritesScc},
    {Encoding::kSop1, Encoding::kSop1, "s_movrelsd", kReadsM0 | kReadsAnySgpr | kWritesAnySgpr},
    {Encoding::kSop1, Encoding::kSop1, "s_movrels", kReadsM0 | kReadsAnySgpr},
    {Encoding::kSop1, Encoding::kSop1, "s_movreld", kReadsM0 | kWritesAnySgpr},
    {Encoding::kSop1, Encoding::kSop1, "s_and_saveexec",
     kReadsExecToo | kWritesExecToo | kWritesScc},
    {Encoding::kSop1, Encoding::kSop1, "s_or_saveexec",
     kReadsExecToo | kWritesExecToo | kWritesScc},
    {Encoding::kSop1, Encoding::kSop1, "s_xor_saveexec",
     kReadsExecToo | kWritesExecToo | kWritesScc},
    {Encoding::kSop1, Encoding::kSop1, "s_andn", kReadsExecToo | kWritesExecToo | kWritesScc},
    {Encoding::kSop1, Encoding::kSop1, "s_orn", kReadsExecToo | kWritesExecToo | kWritesScc},
    {Encoding::kSop1, Encoding::kSop1, "s_nand_saveexec",
     kReadsExecToo | kWritesExecToo | kWritesScc},
    {Encoding::kSop1, Encoding::kSop1, "s_nor_saveexec",
     kReadsExecToo | kWritesExecToo | kWritesScc},
    {Encoding::kSop1, Encoding::kSop1, "s_xnor_saveexec",
     kReadsExecToo | kWritesExecToo | kWritesScc},

    {Encoding::kSopk, Encoding::kSopk, "s_cmovk", kReadsDestination | kReadsScc},
    {Encoding::kSopk, Encoding::kSopk, "s_addk", kReadsDestination | kWritesScc},
    {Encoding::kSopk, Encoding::kSopk, "s_mulk", kReadsDestination},
    {Encoding::kSopk, Encoding::kSopk, "s_cmpk", kWritesScc},
    {Encoding::kSopk, Encoding::kSopk, "s_getreg", kReadsScc},  // the STATUS register holds it
    {Encoding::kSopk, Encoding::kSopk, "s_setreg", kWritesScc},
    {Encoding::kSopk, Encoding::kSopk, "s_subvector_loop",
     kReadsDestination | kReadsExecToo | kWritesExecToo},

    {Encoding::kSopp, Encoding::kSopp, "s_cbranch_scc", kReadsScc},
    {Encoding::kSopp, Encoding::kSopp, "s_cbranch_vcc", kReadsVccToo},
    {Encoding::kSopp, Encoding::kSopp, "s_cbranch_exec", kReadsExecToo},
    {Encoding::kSopp, Encoding::kSopp, "s_sendmsg", kReadsM0},

    {Encoding::kVop1, Encoding::kVop1, "v_movreld", kReadsM0 | kWritesAnyVgpr},
    {Encoding::kVop1, Encoding::kVop1, "v_movrelsd", kReadsM0 | kReadsAnyVgpr | kWritesAnyVgpr},
    {Encoding::kVop1, Encoding::kVop1, "v_movrels", kReadsM0 | kReadsAnyVgpr},
    {Encoding::kVop1, Encoding::kVop1, "v_swaprel", kReadsM0 | kReadsAnyVgpr | kWritesAnyVgpr},
    {Encoding::kVop1, Encoding::kVop1, "v_swap", kReadsDestination | kWritesSource},
    {Encoding::kVop3, Encoding::kVop3, "v_readlane", kIgnoresExec},
    {Encoding::kVop3, Encoding::kVop3, "v_writelane", kIgnoresExec | kReadsDestination},
    {Encoding::kVop3, Encoding::kVop3, "v_permlane", kReadsDestination},
    {Encoding::kVop3, Encoding::kVop3, "v_div_fmas", kReadsVccToo},
    {Encoding::kVop2, Encoding::kVop3p, "v_nop", kIgnoresExec},
    {Encoding::kVop2, Encoding::kVop3p, "v_pipeflush", kIgnoresExec},
    {Encoding::kVop2, Encoding::kVop3p, "v_clrexcp", kIgnoresExec},
    {Encoding::kVop3p, Encoding::kVop3p, "v_fma_mixlo", kReadsDestination},
    {Encoding::kVop3p, Encoding::kVop3p, "v_fma_mixhi", kReadsDestination},

    {Encoding::kDs, Encoding::kDs, "ds_append", kReadsM0},
    {Encoding::kDs, Encoding::kDs, "ds_consume", kReadsM0},
    {Encoding::kDs, Encoding::kDs, "ds_write_addtid", kReadsM0},
    {Encoding::kDs, Encoding::kDs, "ds_read_addtid", kReadsM0},
};

std::uint32_t implicit_uses(const Instruction& instruction) {
  for (const ImplicitRow& row : kImplicit) {
    if (instruction.encoding >= row.first && instruction.encoding <= row.last &&
        instruction.opcode->mnemonic.starts_with(row.prefix)) {
      return row.uses;
    }
  }
  return kNothing;
}

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
    const std::uint32_t uses = implicit_uses(instruction_);
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
    return row_.mnemonic.find("cmpswap") != std::string_view::npos ? data_count / 2 : data_count;
  }

  bool is_partial_load() const {
    return (row_.flags & kStore) == 0 && row_.mnemonic.find("_d16") != std::string_view::npos;
  }

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
