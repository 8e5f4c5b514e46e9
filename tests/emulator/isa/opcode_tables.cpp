#include "isa/opcode_tables.h"

#include <array>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include "isa/decode_fields.h"

namespace emulator {
namespace {

// Where the rows of a 32-bit vector encoding lie among the VOP3 opcodes.
constexpr unsigned kVopcInVop3 = 0x000;
constexpr unsigned kVop2InVop3 = 0x100;
constexpr unsigned kVop1InVop3 = 0x180;

struct TableSource {
  Encoding encoding;
  std::span<const Opcode> (*rows)();
};

constexpr TableSource kTables[] = {
    {Encoding::kSop2, sop2_opcodes},       {Encoding::kSopk, sopk_opcodes},
    {Encoding::kSop1, sop1_opcodes},       {Encoding::kSopc, sopc_opcodes},
    {Encoding::kSopp, sopp_opcodes},       {Encoding::kSmem, smem_opcodes},
    {Encoding::kVop2, vop2_opcodes},       {Encoding::kVop1, vop1_opcodes},
    {Encoding::kVopc, vopc_opcodes},       {Encoding::kVop3, vop3_opcodes},
    {Encoding::kVop3p, vop3p_opcodes},     {Encoding::kDs, ds_opcodes},
    {Encoding::kFlat, flat_opcodes},       {Encoding::kGlobal, global_opcodes},
    {Encoding::kScratch, scratch_opcodes}, {Encoding::kMubuf, mubuf_opcodes},
};

// Rows by encoding and number.
class Lookup {
 public:
  Lookup() {
    for (const TableSource& table : kTables) {
      for (const Opcode& opcode : table.rows()) {
        const OpcodeEntry entry{&opcode, table.encoding};
        check(table.encoding, opcode);
        const bool has_vop3 = (opcode.flags & kNoVop3) == 0;
        switch (table.encoding) {
          case Encoding::kVopc:
            if (has_vop3) add(Encoding::kVop3, kVopcInVop3 + opcode.number, entry);
            break;
          case Encoding::kVop2:
            if (has_vop3) add(Encoding::kVop3, kVop2InVop3 + opcode.number, entry);
            break;
          case Encoding::kVop1:
            if (has_vop3) add(Encoding::kVop3, kVop1InVop3 + opcode.number, entry);
            break;
          default:
            break;
        }
        if ((opcode.flags & kOnlyVop3) == 0) add(table.encoding, opcode.number, entry);
      }
    }
  }

  const OpcodeEntry* find(Encoding encoding, unsigned number) const {
    const auto& table = entries_[static_cast<std::size_t>(encoding)];
    if (number >= table.size() || table[number].opcode == nullptr) return nullptr;
    return &table[number];
  }

 private:
  // A row that forgot to say what it costs would count as nothing and take no time.
  static void check(Encoding encoding, const Opcode& opcode) {
    const bool is_vector_alu = encoding >= Encoding::kVop2 && encoding <= Encoding::kVop3p;
    if (opcode.cost.statistics == InstructionClass::kCount ||
        (opcode.cost.rate != Rate::kNone) != is_vector_alu) {
      throw std::logic_error("the row of " + std::string(opcode.mnemonic) + " has no cost");
    }
  }

  void add(Encoding encoding, unsigned number, const OpcodeEntry& entry) {
    auto& table = entries_[static_cast<std::size_t>(encoding)];
    if (number >= table.size()) table.resize(number + 1);
    if (table[number].opcode != nullptr) {
      throw std::logic_error(
          "two opcode rows share one number: " + std::string(table[number].opcode->mnemonic) +
          " and " + std::string(entry.opcode->mnemonic));
    }
    table[number] = entry;
  }

  std::array<std::vector<OpcodeEntry>, static_cast<std::size_t>(Encoding::kInvalid)> entries_;
};

}  // namespace

const OpcodeEntry* find_entry(Encoding encoding, unsigned number) {
  static const Lookup& lookup = *new Lookup;  // never destroyed: queue threads outlive main
  return lookup.find(encoding, number);
}

const Opcode* find_opcode(Encoding encoding, unsigned number) {
  const OpcodeEntry* entry = find_entry(encoding, number);
  return entry == nullptr ? nullptr : entry->opcode;
}

}  // namespace emulator
