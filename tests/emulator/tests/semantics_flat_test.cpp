// FLAT, GLOBAL, SCRATCH and MUBUF loads, stores and atomics: one set of cases runs through every
// way to address memory, with every lane pattern and EXEC mask that the fast paths know.
#include <algorithm>

#include "tests/semantics_vector_memory.h"

namespace emulator {
namespace {

// Bytes per lane that a pattern needs at most.
constexpr std::size_t kLaneBytes = 64;

struct Pattern {
  const char* name;
  unsigned (*place)(unsigned lane, unsigned bytes);  // byte offset of a lane's data
};
const Pattern kPatterns[] = {
    {"contiguous", [](unsigned lane, unsigned bytes) { return lane * bytes; }},
    {"strided", [](unsigned lane, unsigned) { return lane * 48; }},
    {"reversed", [](unsigned lane, unsigned bytes) { return (63 - lane) * bytes; }},
    {"shuffled", [](unsigned lane, unsigned) { return (lane * 37 % 64) * 32; }},
};
// Loads may share addresses.
const Pattern kUniform = {"uniform", [](unsigned, unsigned) { return 96u; }};
const Pattern kHalves = {"halves", [](unsigned lane, unsigned) { return lane / 16 * 16; }};

const std::uint64_t kMasks[] = {~0ull, 0x8000000180000001ull, 0x5555aaaa0f0f00ffull, 0};

// A way to reach `place` bytes into the memory that `bytes()` gives.
struct Way {
  const char* name;
  const char* prefix;
  std::span<const Opcode> (*table)();
  // Sets addresses for all lanes of the wave and the fields of the instruction.
  void (*address)(Machine&, Instruction&, const Pattern&, unsigned bytes);
  std::byte* (*bytes)(Machine&);
};

std::byte* global_bytes(Machine& m) { return m.memory() + kStart; }
std::byte* lds_bytes(Machine& m) { return m.lds() + kStart; }

const Way kWays[] = {
    {"flat", "flat_", flat_opcodes,
     [](Machine& m, Instruction& i, const Pattern& p, unsigned bytes) {
       i.offset = 20;
       i.source = {256 + kAddress, 256 + kData, operand::kNull, 0};
       for_lanes(m, [&](unsigned lane) {
         m.set_pair(kAddress, lane, m.address(kStart - 20 + p.place(lane, bytes)));
       });
     },
     global_bytes},
    {"flat to LDS", "flat_", flat_opcodes,
     [](Machine& m, Instruction& i, const Pattern& p, unsigned bytes) {
       i.source = {256 + kAddress, 256 + kData, operand::kNull, 0};
       for_lanes(m, [&](unsigned lane) {
         m.set_pair(kAddress, lane, kSharedAperture + kStart + p.place(lane, bytes));
       });
     },
     lds_bytes},
    {"global", "global_", global_opcodes,
     [](Machine& m, Instruction& i, const Pattern& p, unsigned bytes) {
       i.offset = -8;
       i.source = {256 + kAddress, 256 + kData, operand::kNull, 0};
       for_lanes(m, [&](unsigned lane) {
         m.set_pair(kAddress, lane, m.address(kStart + 8 + p.place(lane, bytes)));
       });
     },
     global_bytes},
    {"global with saddr", "global_", global_opcodes,
     [](Machine& m, Instruction& i, const Pattern& p, unsigned bytes) {
       i.offset = 24;
       i.source = {256 + kAddress, 256 + kData, 4, 0};
       m.wave().write_pair(4, m.address(kStart - 24));
       for_lanes(m, [&](unsigned lane) { m.lane(kAddress, lane) = p.place(lane, bytes); });
     },
     global_bytes},
    {"buffer offen", "buffer_", mubuf_opcodes,
     [](Machine& m, Instruction& i, const Pattern& p, unsigned bytes) {
       set_resource(m, m.address(kStart - 12 - 64), 8192, kRawCheck);
       m.wave().s[5] = 64;
       i.offset = 12;
       i.memory.flags = kOffen;
       i.source = {256 + kAddress, kResource, 5, 0};
       for_lanes(m, [&](unsigned lane) { m.lane(kAddress, lane) = p.place(lane, bytes); });
     },
     global_bytes},
    {"buffer idxen and offen", "buffer_", mubuf_opcodes,
     [](Machine& m, Instruction& i, const Pattern& p, unsigned bytes) {
       set_resource(m, m.address(kStart), 4096, 1u << 28, 2);  // elements of two bytes
       i.memory.flags = kOffen | kIdxen;
       i.source = {256 + kAddress, kResource, 128, 0};
       for_lanes(m, [&](unsigned lane) {
         m.lane(kAddress, lane) = p.place(lane, bytes) / 4;
         m.lane(kAddress + 1, lane) = p.place(lane, bytes) - p.place(lane, bytes) / 4 * 2;
       });
     },
     global_bytes},
};

std::uint32_t raw_dword(const std::byte* from, unsigned bytes) {
  std::uint32_t raw = 0;
  std::memcpy(&raw, from, std::min(bytes, 4u));
  return raw;
}

void run_load(const Way& way, const LoadCase& c, const Pattern& pattern, unsigned halves,
              std::uint64_t mask, bool to_address) {
  SCOPED_TRACE(testing::Message() << way.prefix << c.name << ", " << way.name << ", "
                                  << pattern.name << ", wave" << 32 * halves << ", exec=0x"
                                  << std::hex << mask << (to_address ? ", over its address" : ""));
  Machine machine(halves);
  Instruction instruction = make_instruction(way.table(), std::string(way.prefix) + c.name);
  way.address(machine, instruction, pattern, c.bytes);
  const unsigned result = to_address ? kAddress : kResult;
  instruction.destination = static_cast<std::uint16_t>(256 + result);
  machine.wave().write_pair(operand::kExecLo, mask);
  std::byte* bytes = way.bytes(machine);
  for (std::size_t k = 0; k < kLaneBytes * 64; ++k) bytes[k] = pattern_byte(k);
  std::vector<std::uint32_t> before;
  for_lanes(machine, [&](unsigned lane) {
    for (unsigned d = 0; d < 5; ++d) {
      if (!to_address) machine.lane(result + d, lane) = kOld + lane * 16 + d;
      before.push_back(machine.lane(result + d, lane));
    }
  });
  // Twice: the first run fills the region cache.
  for (int run = 0; run < (to_address ? 1 : 2); ++run) {
    for_lanes(machine, [&](unsigned lane) {
      for (unsigned d = 0; d < 5; ++d) machine.lane(result + d, lane) = before[lane * 5 + d];
    });
    execute(machine, instruction);
    for_lanes(machine, [&](unsigned lane) {
      for (unsigned d = 0; d < 5; ++d) {
        const std::uint32_t old = before[lane * 5 + d];
        const std::byte* from = bytes + pattern.place(lane, c.bytes) + 4 * d;
        const bool loaded = active(mask, lane) && d < (c.bytes + 3) / 4;
        ASSERT_EQ(machine.lane(result + d, lane),
                  loaded ? c.value(raw_dword(from, c.bytes), old) : old)
            << "lane " << lane << " dword " << d;
      }
    });
  }
}

TEST(VectorMemorySemantics, Loads) {
  for (const Way& way : kWays) {
    for (const LoadCase& c : kLoads) {
      for (const unsigned halves : {1u, 2u}) {
        for (const std::uint64_t mask : kMasks) {
          for (const Pattern& p : kPatterns) run_load(way, c, p, halves, mask, false);
          run_load(way, c, kUniform, halves, mask, false);
          run_load(way, c, kHalves, halves, mask, false);
          run_load(way, c, kPatterns[3], halves, mask, true);
        }
      }
    }
  }
}

void run_store(const Way& way, const StoreCase& c, const Pattern& pattern, unsigned halves,
               std::uint64_t mask) {
  SCOPED_TRACE(testing::Message() << way.prefix << c.name << ", " << way.name << ", "
                                  << pattern.name << ", wave" << 32 * halves << ", exec=0x"
                                  << std::hex << mask);
  Machine machine(halves);
  Instruction instruction = make_instruction(way.table(), std::string(way.prefix) + c.name);
  way.address(machine, instruction, pattern, c.bytes);
  if (std::string_view(way.prefix) == "buffer_") instruction.destination = 256 + kData;
  machine.wave().write_pair(operand::kExecLo, mask);
  for_lanes(machine, [&](unsigned lane) {
    for (unsigned d = 0; d < 4; ++d)
      machine.lane(kData + d, lane) = 0x04030201 + lane * 0x01010101 + d * 0x40;
  });
  std::byte* bytes = way.bytes(machine);
  std::vector<std::byte> expected(kLaneBytes * 64);
  for (std::size_t k = 0; k < expected.size(); ++k) expected[k] = bytes[k] = pattern_byte(k);
  for_lanes(machine, [&](unsigned lane) {
    if (!active(mask, lane)) return;
    std::uint32_t data[4];
    for (unsigned d = 0; d < 4; ++d) data[d] = machine.lane(kData + d, lane);
    std::memcpy(expected.data() + pattern.place(lane, c.bytes),
                reinterpret_cast<std::byte*>(data) + c.first_byte, c.bytes);
  });
  execute(machine, instruction);
  for (std::size_t k = 0; k < expected.size(); ++k) {
    ASSERT_EQ(bytes[k], expected[k]) << "byte " << k;
  }
}

TEST(VectorMemorySemantics, Stores) {
  for (const Way& way : kWays) {
    for (const StoreCase& c : kStores) {
      for (const unsigned halves : {1u, 2u}) {
        for (const std::uint64_t mask : kMasks) {
          for (const Pattern& p : kPatterns) run_store(way, c, p, halves, mask);
          run_store(way, c, kUniform, halves, mask);  // the last lane wins
        }
      }
    }
  }
}

void run_atomic(const Way& way, const AtomicCase& c, bool glc) {
  const std::string mnemonic = std::string(way.prefix) + "atomic_" + c.suffix();
  SCOPED_TRACE(testing::Message() << mnemonic << ", " << way.name << std::hex << ", memory=0x"
                                  << c.memory << " data=0x" << c.data << " glc=" << glc);
  Machine machine;
  Instruction instruction = make_instruction(way.table(), mnemonic);
  way.address(machine, instruction, kPatterns[3], 8);
  if (glc) instruction.memory.flags |= kGlc;
  const bool buffer = std::string_view(way.prefix) == "buffer_";
  const unsigned result = buffer ? kData : kResult;
  instruction.destination = static_cast<std::uint16_t>(256 + result);
  constexpr std::uint32_t kMask = 0x80010003;
  machine.wave().s[operand::kExecLo] = kMask;
  std::byte* bytes = way.bytes(machine);
  for_lanes(machine, [&](unsigned lane) {
    store_as(bytes + kPatterns[3].place(lane, 8), c.memory);
    machine.set_pair(kData + (c.wide ? 2 : 1), lane, c.compare);
    machine.lane(kData, lane) = static_cast<std::uint32_t>(c.data);
    if (c.wide) machine.set_pair(kData, lane, c.data);
  });
  execute(machine, instruction);
  for_lanes(machine, [&](unsigned lane) {
    const bool acts = active(kMask, lane);
    EXPECT_EQ(load_as<std::uint64_t>(bytes + kPatterns[3].place(lane, 8)),
              acts ? c.after : c.memory)
        << "lane " << lane;
    const std::uint64_t kept = buffer ? c.data : 0;
    EXPECT_EQ(machine.lane(result, lane), static_cast<std::uint32_t>(acts && glc ? c.memory : kept))
        << "lane " << lane;
    if (c.wide) {
      EXPECT_EQ(machine.lane(result + 1, lane), (acts && glc ? c.memory : kept) >> 32);
    }
  });
}

TEST(VectorMemorySemantics, Atomics) {
  for (const Way& way : kWays) {
    for (const AtomicCase& c : kAtomicCases) {
      for (const bool glc : {false, true}) run_atomic(way, c, glc);
    }
  }
}

TEST(VectorMemorySemantics, LanesOfOneAddressActInTurn) {
  Machine machine;
  Instruction instruction = make_instruction(global_opcodes(), "global_atomic_add");
  instruction.source = {256 + kAddress, 256 + kData, operand::kNull, 0};
  instruction.destination = 256 + kResult;
  instruction.memory.flags = kGlc;
  for_lanes(machine, [&](unsigned lane) {
    machine.set_pair(kAddress, lane, machine.address(64));
    machine.lane(kData, lane) = 1;
  });
  execute(machine, instruction);
  EXPECT_EQ(load_as<std::uint32_t>(machine.memory() + 64), 32u);
  std::uint32_t sum = 0;
  for_lanes(machine, [&](unsigned lane) { sum += machine.lane(kResult, lane); });
  EXPECT_EQ(sum, 31u * 32 / 2);
}

// Scratch interleaves dwords: dword d of lane l lies at (d * wave size + l) * 4.
TEST(VectorMemorySemantics, ScratchIsSwizzled) {
  struct ScratchWay {
    const char* name;
    const char* prefix;
    std::span<const Opcode> (*table)();
    void (*address)(Machine&, Instruction&, std::uint32_t offset);
  };
  const ScratchWay ways[] = {
      {"vaddr", "scratch_", scratch_opcodes,
       [](Machine& m, Instruction& i, std::uint32_t offset) {
         i.source = {256 + kAddress, 256 + kData, operand::kNull, 0};
         i.offset = -4;
         for_lanes(m, [&](unsigned lane) { m.lane(kAddress, lane) = offset + 4; });
       }},
      {"saddr", "scratch_", scratch_opcodes,
       [](Machine& m, Instruction& i, std::uint32_t offset) {
         i.source = {operand::kNull, 256 + kData, 4, 0};
         i.offset = 4;
         m.wave().s[4] = offset - 4;
       }},
      {"flat", "flat_", flat_opcodes,
       [](Machine& m, Instruction& i, std::uint32_t offset) {
         i.source = {256 + kAddress, 256 + kData, operand::kNull, 0};
         for_lanes(m,
                   [&](unsigned lane) { m.set_pair(kAddress, lane, kPrivateAperture + offset); });
       }},
      {"buffer", "buffer_", mubuf_opcodes,
       [](Machine& m, Instruction& i, std::uint32_t offset) {
         const bool wave64 = m.wave().is_wave64();
         set_resource(m, m.wave().scratch_base | 1ull << 63,
                      static_cast<std::uint32_t>(m.wave().scratch_bytes),
                      1u << 23 | (wave64 ? 3u : 2u) << 21 | 2u << 28);
         i.memory.flags = kOffen;
         i.source = {256 + kAddress, kResource, 128, 0};
         i.offset = 4;
         for_lanes(m, [&](unsigned lane) { m.lane(kAddress, lane) = offset - 4; });
       }},
  };
  for (const ScratchWay& way : ways) {
    for (const unsigned halves : {1u, 2u}) {
      for (const std::uint32_t offset : {4u, 5u, 6u, 7u, 16u}) {
        const auto where = [&](std::size_t byte, unsigned lane) {
          return byte / 4 * 4 * (halves * kLanes) + lane * 4 + byte % 4;
        };
        for (const StoreCase& c : kStores) {
          SCOPED_TRACE(testing::Message() << way.prefix << c.name << ", " << way.name << ", wave"
                                          << 32 * halves << ", offset " << offset);
          Machine machine(halves);
          Instruction instruction = make_instruction(way.table(), std::string(way.prefix) + c.name);
          way.address(machine, instruction, offset);
          if (std::string_view(way.prefix) == "buffer_") instruction.destination = 256 + kData;
          for_lanes(machine, [&](unsigned lane) {
            for (unsigned d = 0; d < 4; ++d) {
              machine.lane(kData + d, lane) = 0x04030201 + lane * 0x01010101 + d * 0x40;
            }
          });
          execute(machine, instruction);
          const std::vector<std::byte>& scratch = machine.workgroup().scratch;
          for_lanes(machine, [&](unsigned lane) {
            for (unsigned k = 0; k < c.bytes; ++k) {
              const unsigned byte = c.first_byte + k;
              const auto expected = static_cast<std::byte>(
                  machine.lane(kData + byte / 4, lane) >> (byte % 4 * 8) & 0xff);
              ASSERT_EQ(scratch[where(offset + k, lane)], expected)
                  << "lane " << lane << " byte " << k;
            }
          });
        }
        for (const LoadCase& c : kLoads) {
          SCOPED_TRACE(testing::Message() << way.prefix << c.name << ", " << way.name << ", wave"
                                          << 32 * halves << ", offset " << offset);
          Machine machine(halves);
          Instruction instruction = make_instruction(way.table(), std::string(way.prefix) + c.name);
          way.address(machine, instruction, offset);
          instruction.destination = 256 + kResult;
          std::vector<std::byte>& scratch = machine.workgroup().scratch;
          for (std::size_t k = 0; k < scratch.size(); ++k) scratch[k] = pattern_byte(k);
          for_lanes(machine, [&](unsigned lane) { machine.lane(kResult, lane) = kOld; });
          execute(machine, instruction);
          for_lanes(machine, [&](unsigned lane) {
            for (unsigned d = 0; d < (c.bytes + 3) / 4; ++d) {
              std::byte data[4]{};
              for (unsigned k = 0; k < std::min(c.bytes, 4u); ++k) {
                data[k] = scratch[where(offset + 4 * d + k, lane)];
              }
              ASSERT_EQ(machine.lane(kResult + d, lane), c.value(raw_dword(data, c.bytes), kOld))
                  << "lane " << lane << " dword " << d;
            }
          });
        }
      }
    }
  }
}

TEST(VectorMemorySemantics, FlatLanesMayMixMemories) {
  Machine machine;
  Instruction instruction = make_instruction(flat_opcodes(), "flat_load_dwordx2");
  instruction.source = {256 + kAddress, 256 + kData, operand::kNull, 0};
  instruction.destination = 256 + kResult;
  store_as<std::uint64_t>(machine.memory() + 8, 0x1111111122222222);
  store_as<std::uint64_t>(machine.lds() + 16, 0x3333333344444444);
  std::byte* scratch = machine.workgroup().scratch.data();
  for_lanes(machine, [&](unsigned lane) {
    const std::uint64_t address[] = {machine.address(8), kSharedAperture + 16, kPrivateAperture};
    machine.set_pair(kAddress, lane, address[lane % 3]);
    store_as<std::uint32_t>(scratch + 4 * lane, lane);
    store_as<std::uint32_t>(scratch + 128 + 4 * lane, lane + 100);
  });
  execute(machine, instruction);
  for_lanes(machine, [&](unsigned lane) {
    const std::uint64_t expected[] = {0x1111111122222222, 0x3333333344444444,
                                      lane | std::uint64_t{lane + 100} << 32};
    EXPECT_EQ(machine.pair(kResult, lane), expected[lane % 3]) << "lane " << lane;
  });
}

TEST(VectorMemorySemantics, LanesInDifferentAllocations) {
  Machine machine;
  std::vector<std::byte> other(256);
  const MemorySnapshot both([&] {
    std::vector<Region> regions{
        {machine.address(0), machine.address(Machine::kMemoryBytes), machine.memory(),
         MemoryKind::kDeviceCoarse, nullptr},
        // Registered host memory has a device address of its own.
        {0x500000000000, 0x500000000100, other.data(), MemoryKind::kRegistered, nullptr}};
    std::sort(regions.begin(), regions.end(),
              [](const Region& a, const Region& b) { return a.begin < b.begin; });
    return regions;
  }());
  machine.wave().memory = &both;
  Instruction instruction = make_instruction(global_opcodes(), "global_store_dword");
  instruction.source = {256 + kAddress, 256 + kData, operand::kNull, 0};
  for_lanes(machine, [&](unsigned lane) {
    machine.set_pair(kAddress, lane,
                     (lane % 2 == 0 ? machine.address(0) : 0x500000000000) + lane * 4);
    machine.lane(kData, lane) = lane + 1;
  });
  execute(machine, instruction);
  for_lanes(machine, [&](unsigned lane) {
    const std::byte* at = (lane % 2 == 0 ? machine.memory() : other.data()) + lane * 4;
    EXPECT_EQ(load_as<std::uint32_t>(at), lane + 1) << "lane " << lane;
  });
}

std::string hexadecimal(std::uint64_t value) {
  char text[32];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

TEST(VectorMemorySemantics, ViolationsNameLaneSizeAndNeighbour) {
  Machine machine;
  Instruction instruction = make_instruction(global_opcodes(), "global_store_dwordx4");
  instruction.source = {256 + kAddress, 256 + kData, operand::kNull, 0};
  const std::string memory = "65536 bytes of device memory at " + hexadecimal(machine.address(0));
  struct ViolationCase {
    std::uint64_t address;
    const char* where;
    bool near_memory;
  };
  const ViolationCase cases[] = {
      {machine.address(Machine::kMemoryBytes + 12), "12 bytes past the end of ", true},
      {machine.address(Machine::kMemoryBytes - 8), "starts 8 bytes before the end of ", true},
      {machine.address(0) - 4, "4 bytes before ", true},
      {16, "a null pointer or a small offset from one", false},
      {0x123400000000, "not near any allocation", false},
  };
  for (const ViolationCase& c : cases) {
    for_lanes(machine, [&](unsigned lane) {
      machine.set_pair(kAddress, lane, lane == 7 ? c.address : machine.address(lane * 16));
    });
    EXPECT_EQ(fault_text(machine, instruction, FaultKind::kMemoryViolation),
              "lane 7: 16-byte store at " + hexadecimal(c.address) + ", " + c.where +
                  (c.near_memory ? memory : ""));
  }
  // A lane that is off may hold any address.
  machine.wave().s[operand::kExecLo] = ~(1u << 7);
  execute(machine, instruction);
}

TEST(VectorMemorySemantics, ApertureViolations) {
  Machine machine;
  Instruction flat = make_instruction(flat_opcodes(), "flat_load_dword");
  flat.source = {256 + kAddress, 256 + kData, operand::kNull, 0};
  flat.destination = 256 + kResult;
  for_lanes(machine, [&](unsigned lane) { machine.set_pair(kAddress, lane, kPrivateAperture); });
  machine.set_pair(kAddress, 4, kPrivateAperture + Machine::kScratchPerLane);
  EXPECT_EQ(fault_text(machine, flat, FaultKind::kAperture),
            "lane 4: 4-byte load at scratch offset 64, but a lane has 64 bytes of scratch");

  Instruction scratch = make_instruction(scratch_opcodes(), "scratch_store_dwordx2");
  scratch.source = {operand::kNull, 256 + kData, 4, 0};
  machine.wave().s[4] = Machine::kScratchPerLane - 4;
  EXPECT_EQ(fault_text(machine, scratch, FaultKind::kAperture),
            "lane 0: 8-byte store at scratch offset 60, but a lane has 64 bytes of scratch");
}

// As with DS instructions, whether all lanes go to LDS or a part of them.
TEST(VectorMemorySemantics, FlatOutOfLdsIsZeroOrDropped) {
  for (const bool is_mixed : {false, true}) {
    for (const char* mnemonic : {"flat_load_dwordx2", "flat_store_dwordx2", "flat_atomic_add"}) {
      SCOPED_TRACE(testing::Message() << mnemonic << (is_mixed ? ", mixed" : ""));
      Machine machine;
      Instruction flat = make_instruction(flat_opcodes(), mnemonic);
      flat.source = {256 + kAddress, 256 + kData, operand::kNull, 0};
      flat.destination = 256 + kResult;
      flat.memory.flags = kGlc;
      machine.workgroup().lds.assign(Machine::kLdsBytes, std::byte{3});
      std::vector<std::byte> expected = machine.workgroup().lds;
      machine.wave().s[operand::kExecLo] = 0xf;
      machine.set_pair(kAddress, 0, kSharedAperture + Machine::kLdsBytes - 4);
      machine.set_pair(kAddress, 1, kSharedAperture + Machine::kLdsBytes);
      machine.set_pair(kAddress, 2, kSharedAperture + 0xfffffff8);
      machine.set_pair(kAddress, 3, is_mixed ? machine.address(0) : kSharedAperture + 0x4000000);
      for_lanes(machine, [&](unsigned lane) { machine.lane(kResult, lane) = 7; });
      execute(machine, flat);
      const bool is_atomic = (flat.opcode->flags & kAtomic) != 0;
      if (is_atomic) {  // four bytes: those of lane 0 are the last ones
        EXPECT_EQ(machine.lane(kResult, 0), 0x03030303u);
      } else {
        EXPECT_EQ(machine.workgroup().lds, expected);
      }
      for (unsigned lane = is_atomic ? 1 : 0; lane < 3; ++lane) {
        EXPECT_EQ(machine.lane(kResult, lane), (flat.opcode->flags & kStore) != 0 ? 7u : 0u);
      }
    }
  }
}

TEST(VectorMemorySemantics, MisalignedAtomicsFault) {
  Machine machine;
  Instruction instruction = make_instruction(global_opcodes(), "global_atomic_add_x2");
  instruction.source = {256 + kAddress, 256 + kData, operand::kNull, 0};
  for_lanes(machine, [&](unsigned lane) { machine.set_pair(kAddress, lane, machine.address(4)); });
  EXPECT_EQ(fault_text(machine, instruction, FaultKind::kMisaligned),
            "lane 0: 8-byte access at address " + hexadecimal(machine.address(4)) +
                " must be aligned to 8 bytes");
}

TEST(VectorMemorySemantics, EveryFlatRowHasACase) {
  std::set<std::string> covered;
  for (const char* prefix : {"flat_", "global_", "scratch_"}) {
    for (const LoadCase& c : kLoads) covered.insert(std::string(prefix) + c.name);
    for (const StoreCase& c : kStores) covered.insert(std::string(prefix) + c.name);
    for (const AtomicCase& c : kAtomicCases) covered.insert(prefix + ("atomic_" + c.suffix()));
  }
  expect_covered(flat_opcodes(), covered);
  expect_covered(global_opcodes(), covered);
  expect_covered(scratch_opcodes(), covered);
}

}  // namespace
}  // namespace emulator
