// The memory that an instruction is said to touch against what executing it does touch: every row
// of every memory table, with the rest of memory changed around it.
#include <random>

#include "machine/observer.h"
#include "tests/semantics_machine.h"

namespace emulator {
namespace {

constexpr unsigned kAddress = 0;   // VGPR pair
constexpr unsigned kData = 10;     // up to four VGPRs
constexpr unsigned kSecond = 14;   // likewise
constexpr unsigned kResult = 20;   // likewise
constexpr unsigned kBase = 8;      // SGPRs
constexpr unsigned kScalars = 20;  // SGPRs: data and results
constexpr std::size_t kStart = 2048;
constexpr unsigned kSlot = 64;                // bytes a lane has for itself
constexpr std::uint32_t kFormat = 20u << 12;  // of buffer resources: 32_UINT

using Opcodes = std::span<const Opcode> (*)();

// Of a buffer resource: integers of 32 bits, as many as the instruction takes, each in its place.
std::uint32_t format_bits(const Instruction& instruction) {
  constexpr std::uint32_t kInPlace = 4 | 5 << 3 | 6 << 6 | 7 << 9;
  switch (instruction.opcode->destination) {
    case Type::kB64:
      return 62u << 12 | kInPlace;
    case Type::kB96:
      return 72u << 12 | kInPlace;
    case Type::kB128:
      return 75u << 12 | kInPlace;
    default:
      return 20u << 12 | kInPlace;
  }
}

// Fills in the operands of an instruction; a lane's memory begins at its slot of `slots`.
struct Way {
  const char* name;
  Opcodes table;
  void (*prepare)(Machine& m, Instruction& i, const std::vector<std::uint32_t>& slots);
};

void use_pair_addresses(Machine& m, Instruction& i, const std::vector<std::uint32_t>& slots) {
  for_lanes(m, [&](unsigned lane) { m.set_pair(kAddress, lane, m.address(kStart + slots[lane])); });
  i.source = {256 + kAddress, 256 + kData, operand::kNull, 0};
  i.destination = 256 + kResult;
}

bool is_scratch(const Instruction& i) { return i.opcode->mnemonic.starts_with("s_scratch"); }

const Way kWays[] = {
    {"flat", flat_opcodes, use_pair_addresses},
    {"flat to LDS", flat_opcodes,
     [](Machine& m, Instruction& i, const std::vector<std::uint32_t>& slots) {
       use_pair_addresses(m, i, slots);
       for_lanes(m, [&](unsigned lane) {
         if (lane % 2 == 0) m.set_pair(kAddress, lane, kSharedAperture + slots[lane]);
       });
     }},
    {"global", global_opcodes, use_pair_addresses},
    {"global with a base", global_opcodes,
     [](Machine& m, Instruction& i, const std::vector<std::uint32_t>& slots) {
       use_pair_addresses(m, i, slots);
       for_lanes(m, [&](unsigned lane) { m.lane(kAddress, lane) = slots[lane]; });
       m.wave().write_pair(kBase, m.address(kStart));
       i.source[2] = kBase;
       i.offset = -8;
     }},
    {"scratch", scratch_opcodes,
     [](Machine& m, Instruction& i, const std::vector<std::uint32_t>& slots) {
       use_pair_addresses(m, i, slots);
       for_lanes(m, [&](unsigned lane) { m.lane(kAddress, lane) = slots[lane] / kSlot % 4 * 8; });
       i.offset = 4;
     }},
    {"scratch across dwords", scratch_opcodes,
     [](Machine& m, Instruction& i, const std::vector<std::uint32_t>& slots) {
       use_pair_addresses(m, i, slots);
       for_lanes(m, [&](unsigned lane) { m.lane(kAddress, lane) = slots[lane] / kSlot % 11; });
     }},
    {"buffer", mubuf_opcodes,
     [](Machine& m, Instruction& i, const std::vector<std::uint32_t>& slots) {
       for_lanes(m, [&](unsigned lane) { m.lane(kAddress, lane) = slots[lane]; });
       m.wave().write_pair(kBase, m.address(kStart));
       m.wave().s[kBase + 2] = 1500;  // a part of the lanes is out of range
       m.wave().s[kBase + 3] = 3u << 28 | format_bits(i);
       i.source = {256 + kAddress, kBase, 128, 0};
       i.destination = 256 + kData;
       i.memory.flags = kOffen;
     }},
    {"buffer, swizzled", mubuf_opcodes,
     [](Machine& m, Instruction& i, const std::vector<std::uint32_t>& slots) {
       for_lanes(m, [&](unsigned lane) { m.lane(kAddress, lane) = slots[lane] / kSlot % 4 * 8; });
       m.wave().write_pair(kBase, m.wave().scratch_base);
       m.wave().s[kBase + 1] |= 1u << 31;
       m.wave().s[kBase + 2] = static_cast<std::uint32_t>(m.wave().scratch_bytes);
       m.wave().s[kBase + 3] =
           2u << 28 | 1u << 23 | (m.wave().is_wave64() ? 3u : 2u) << 21 | format_bits(i);
       i.source = {256 + kAddress, kBase, 128, 0};
       i.destination = 256 + kData;
       i.memory.flags = kOffen;
     }},
    {"DS", ds_opcodes,
     [](Machine& m, Instruction& i, const std::vector<std::uint32_t>& slots) {
       for_lanes(m, [&](unsigned lane) { m.lane(kAddress, lane) = slots[lane]; });
       m.wave().s[operand::kM0] = 64;
       i.source = {256 + kAddress, 256 + kData, 256 + kSecond, 0};
       i.destination = 256 + kResult;
       // Of two-offset forms element 1; of src2 forms the second operand four dwords on.
       i.offset = (i.opcode->flags & kTwoOffsets) != 0 ? 1 << 8 : 16;
       if (i.opcode->mnemonic.find("_src2_") != std::string_view::npos) i.offset = 4;
     }},
    {"scalar", smem_opcodes,
     [](Machine& m, Instruction& i, const std::vector<std::uint32_t>& slots) {
       m.wave().write_pair(kBase,
                           is_scratch(i) ? m.wave().scratch_base : m.address(kStart + slots[0]));
       m.wave().s[kBase + 2] = 40;  // buffers: the last dwords of the wide loads are out of range
       m.wave().s[kBase + 3] = 0;
       i.source = {kBase, operand::kNull, 0, 0};
       i.destination = kScalars;
       i.offset = 16;
     }},
};

// All memory that a Machine has.
struct Content {
  std::vector<std::byte> memory, lds, scratch;
  bool operator==(const Content&) const = default;
};

Content content_of(Machine& m) {
  Workgroup& workgroup = m.workgroup();
  return {{m.memory(), m.memory() + Machine::kMemoryBytes}, workgroup.lds, workgroup.scratch};
}

// A byte of a Machine's memory, wherever that lies: 0 memory, 1 LDS, 2 scratch.
struct Place {
  int where;
  std::size_t offset;
};

std::byte& byte_at(Content& content, const Place& place) {
  std::vector<std::byte>* const all[] = {&content.memory, &content.lds, &content.scratch};
  return (*all[place.where])[place.offset];
}

// A set of places: a flag for each byte, and the places in order.
class Places {
 public:
  void insert(const Place& place) {
    if (flags_.empty()) flags_.resize(3 * kMost);
    char& flag = flags_[place.where * kMost + place.offset];
    if (flag == 0) all_.push_back(place);
    flag = 1;
  }
  bool contains(const Place& place) const {
    return !flags_.empty() && flags_[place.where * kMost + place.offset] != 0;
  }
  const std::vector<Place>& all() const { return all_; }

 private:
  static constexpr std::size_t kMost = 1u << 16;
  std::vector<char> flags_;
  std::vector<Place> all_;
};

struct Listed {
  Places loads, stores;
  bool holds(const Place& place) const { return loads.contains(place) || stores.contains(place); }
};

class Trial {
 public:
  Trial(const Way& way, const Opcode& row, unsigned halves, std::uint64_t exec)
      : way_(way), row_(row), halves_(halves), exec_(exec) {
    std::mt19937 random(row.number * 7 + halves);
    Machine machine(halves);
    start_ = content_of(machine);
    for (auto* bytes : {&start_.memory, &start_.lds, &start_.scratch}) {
      for (std::byte& each : *bytes) each = static_cast<std::byte>(random());
    }
    for (unsigned lane = 0; lane < 64; ++lane) slots_.push_back(lane * kSlot);
    std::shuffle(slots_.begin(), slots_.end(), random);
  }

  struct Result {
    std::vector<std::uint32_t> registers;
    Content content;
  };

  // Executes the instruction on memory with this content.
  Result run(const Content& content, Listed* listed = nullptr) const {
    Machine machine(halves_);
    std::copy(content.memory.begin(), content.memory.end(), machine.memory());
    machine.workgroup().lds = content.lds;
    std::copy(content.scratch.begin(), content.scratch.end(), machine.workgroup().scratch.begin());
    Wave& wave = machine.wave();
    Instruction instruction;
    instruction.opcode = &row_;
    instruction.execute = row_.execute;
    std::mt19937 random(5);
    for_lanes(machine, [&](unsigned lane) {
      for (unsigned d = 0; d < 8; ++d) {
        machine.lane(kData + d, lane) = static_cast<std::uint32_t>(random()) | 1u << 31;
        machine.lane(kResult + d, lane) = static_cast<std::uint32_t>(random());
      }
    });
    for (unsigned k = 0; k < 16; ++k) wave.s[kScalars + k] = static_cast<std::uint32_t>(random());
    way_.prepare(machine, instruction, slots_);
    if ((row_.flags & kAtomic) != 0) instruction.memory.flags |= kGlc;
    wave.write_pair(operand::kExecLo, exec_);
    if (listed != nullptr) *listed = list(machine, instruction);
    instruction.execute(wave, instruction);
    Result result{{}, content_of(machine)};
    for_lanes(machine, [&](unsigned lane) {
      for (unsigned d = 0; d < 8; ++d) {
        result.registers.push_back(machine.lane(kData + d, lane));
        result.registers.push_back(machine.lane(kResult + d, lane));
      }
    });
    for (unsigned k = 0; k < 16; ++k) result.registers.push_back(wave.s[kScalars + k]);
    return result;
  }

  void check() const {
    Listed listed;
    Result as_is;
    try {
      as_is = run(start_, &listed);
    } catch (const Fault& fault) {
      ADD_FAILURE() << fault.what();
      return;
    }
    EXPECT_FALSE(listed.loads.all().empty() && listed.stores.all().empty()) << "touches nothing";
    Content after = as_is.content;
    Content around = start_;  // all else is different
    for_bytes([&](const Place& place) {
      if (!listed.stores.contains(place)) {
        if (byte_at(after, place) != byte_at(around, place)) {
          ADD_FAILURE() << describe(place) << " changed";
        }
      }
      if (!listed.holds(place)) byte_at(around, place) ^= std::byte{0xff};
    });
    Result other = run(around);
    EXPECT_EQ(other.registers, as_is.registers) << "depends on memory that is not listed";
    for (const Place& place : listed.stores.all()) {
      ASSERT_EQ(byte_at(other.content, place), byte_at(after, place)) << describe(place);
    }
    if ((row_.flags & kStore) != 0) check_stores(listed, after);
    if ((row_.flags & (kStore | kAtomic)) == 0) check_loads(listed, as_is);
  }

 private:
  // Every byte that is said to be stored to is.
  void check_stores(const Listed& listed, Content& after) const {
    Content inverted = start_;
    for (const Place& place : listed.stores.all()) {
      byte_at(inverted, place) = byte_at(after, place) ^ std::byte{0xff};
    }
    Result result = run(inverted);
    for (const Place& place : listed.stores.all()) {
      ASSERT_EQ(byte_at(result.content, place), byte_at(after, place))
          << describe(place) << " is not written";
    }
  }
  // Every byte that is said to be loaded matters; a few of them are tried.
  void check_loads(const Listed& listed, const Result& as_is) const {
    std::size_t number = 0;
    const std::size_t step = listed.loads.all().size() / 7 + 1;
    for (const Place& place : listed.loads.all()) {
      if (number++ % step != 0) continue;
      Content changed = start_;
      byte_at(changed, place) ^= std::byte{0xff};
      EXPECT_NE(run(changed).registers, as_is.registers) << describe(place) << " is not read";
    }
  }

  template <class Fn>
  void for_bytes(Fn fn) const {
    const std::size_t sizes[] = {start_.memory.size(), start_.lds.size(), start_.scratch.size()};
    for (int where = 0; where < 3; ++where) {
      for (std::size_t offset = 0; offset < sizes[where]; ++offset) fn(Place{where, offset});
    }
  }

  Listed list(Machine& machine, const Instruction& instruction) const {
    AccessList accesses;
    list_accesses(machine.wave(), instruction, accesses);
    Listed listed;
    for (const LaneAccess& access : accesses.all()) {
      for (unsigned lane = 0; lane < kLanes; ++lane) {
        if ((access.lanes >> lane & 1) == 0) continue;
        for (unsigned byte = 0; byte < access.bytes; ++byte) {
          const Place place = place_of(machine, access.space, access.byte_address(lane, byte));
          if (access.access != Access::kStore) listed.loads.insert(place);
          if (access.access != Access::kLoad) listed.stores.insert(place);
        }
      }
    }
    return listed;
  }
  static Place place_of(Machine& machine, AccessSpace space, std::uint64_t address) {
    switch (space) {
      case AccessSpace::kLds:
        return {1, address};
      case AccessSpace::kScratch:
        return {2, address - machine.wave().scratch_base};
      default:
        return {0, address - machine.address(0)};
    }
  }
  static std::string describe(const Place& place) {
    constexpr const char* kNames[] = {"memory", "LDS", "scratch"};
    return std::string("byte ") + std::to_string(place.offset) + " of " + kNames[place.where];
  }

  const Way& way_;
  const Opcode& row_;
  unsigned halves_;
  std::uint64_t exec_;
  Content start_;
  std::vector<std::uint32_t> slots_;
};

TEST(AccessList, IsWhatExecutionTouches) {
  for (const Way& way : kWays) {
    for (const Opcode& row : way.table()) {
      if (row.accesses == nullptr) continue;
      // The device refuses wide atomics there.
      const bool is_swizzled = std::string_view(way.name) == "buffer, swizzled";
      if (is_swizzled && (row.flags & kAtomic) != 0) continue;
      for (const unsigned halves : {1u, 2u}) {
        for (const std::uint64_t exec : {~std::uint64_t{0}, std::uint64_t{0x80f1000300ff70f1}}) {
          SCOPED_TRACE(testing::Message() << way.name << ": " << row.mnemonic << ", wave"
                                          << 32 * halves << ", exec=0x" << std::hex << exec);
          Trial(way, row, halves, halves == 1 ? exec & 0xffffffff : exec).check();
          if (testing::Test::HasFailure()) return;
        }
      }
    }
  }
}

// Loads, stores and atomics that no lister is given for would go unseen.
TEST(AccessList, EveryMemoryInstructionHasOne) {
  for (const auto table :
       {flat_opcodes, global_opcodes, scratch_opcodes, mubuf_opcodes, ds_opcodes, smem_opcodes}) {
    for (const Opcode& row : table()) {
      const bool is_known_without =
          row.mnemonic.find("_inv") != std::string_view::npos ||
          row.mnemonic.find("format_d16") != std::string_view::npos ||  // refused when executed
          row.mnemonic.find("store_format") != std::string_view::npos ||
          row.mnemonic.starts_with("ds_gws") || row.mnemonic.ends_with("permute_b32") ||
          row.mnemonic == "ds_nop" || row.mnemonic == "ds_swizzle_b32" ||
          row.mnemonic == "ds_ordered_count" || row.mnemonic == "buffer_wbinvl1" ||
          row.mnemonic.starts_with("s_dcache") || row.mnemonic.starts_with("s_mem") ||
          row.mnemonic.starts_with("s_atc_probe") || row.mnemonic == "s_get_waveid_in_workgroup";
      EXPECT_EQ(row.accesses == nullptr, is_known_without) << row.mnemonic;
    }
  }
}

}  // namespace
}  // namespace emulator
