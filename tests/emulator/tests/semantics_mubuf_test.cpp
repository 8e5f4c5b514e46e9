// MUBUF: range checks, swizzling, and what the software device does not implement. The loads,
// stores and atomics themselves are tested with the other ways to address memory.
#include "tests/semantics_vector_memory.h"

namespace emulator {
namespace {

struct RangeCase {
  const char* name;
  std::uint32_t check;
  std::uint32_t stride;
  std::uint32_t records;
  std::uint8_t flags;
  std::uint32_t first;  // the VGPR, per lane: first + lane * step
  std::uint32_t step;
  std::uint32_t soffset;
  unsigned lanes_in_range;
};

// clang-format off
const RangeCase kRangeCases[] = {
    {"raw: bytes against the records", 3, 0, 40, kOffen, 0, 4, 0, 10},
    {"raw: a dword that is half inside is outside", 3, 0, 42, kOffen, 0, 4, 0, 10},
    {"raw: the scalar offset shortens the records", 3, 0, 40, kOffen, 0, 4, 16, 6},
    {"raw: nothing left", 3, 0, 40, kOffen, 0, 4, 44, 0},
    {"raw: huge offsets do not wrap around", 3, 0, 40, kOffen, 0xfffffffc, 0, 0, 0},
    {"structured: index against the records", 0, 8, 5, kIdxen, 0, 1, 0, 5},
    {"structured: offset against the stride", 0, 8, 5, kOffen, 0, 4, 0, 2},
    {"structured without a stride is raw", 0, 0, 40, kOffen, 0, 4, 0, 10},
    {"index only", 1, 8, 5, kIdxen, 0, 1, 0, 5},
    {"index only: offsets are free", 1, 8, 5, kOffen, 0, 4, 0, 32},
    {"no check", 2, 0, 1, kOffen, 0, 4, 0, 32},
    {"no records at all", 2, 0, 0, kOffen, 0, 4, 0, 0},
};
// clang-format on

TEST(BufferSemantics, RangeChecks) {
  for (const RangeCase& c : kRangeCases) {
    SCOPED_TRACE(c.name);
    for (const bool store : {false, true}) {
      Machine machine;
      Instruction instruction =
          make_instruction(mubuf_opcodes(), store ? "buffer_store_dword" : "buffer_load_dword");
      set_resource(machine, machine.address(kStart), c.records, c.check << 28, c.stride);
      machine.wave().s[5] = c.soffset;
      instruction.memory.flags = c.flags;
      instruction.source = {256 + kAddress, kResource, 5, 0};
      instruction.destination = 256 + kData;
      for (unsigned k = 0; k < 1024; k += 4) store_as(machine.memory() + kStart + k, 0x77u);
      for_lanes(machine, [&](unsigned lane) {
        machine.lane(kAddress, lane) = c.first + c.step * lane;
        machine.lane(kData, lane) = lane;
      });
      for (int run = 0; run < 2; ++run) execute(machine, instruction);
      const unsigned step = c.flags == kIdxen ? c.stride : c.step;
      for_lanes(machine, [&](unsigned lane) {
        const bool inside = lane < c.lanes_in_range;
        if (store) {
          EXPECT_EQ(load_as<std::uint32_t>(machine.memory() + kStart + c.soffset + lane * step),
                    inside ? lane : 0x77u)
              << "lane " << lane;
        } else {
          EXPECT_EQ(machine.lane(kData, lane), inside ? 0x77u : 0u) << "lane " << lane;
        }
      });
    }
  }
}

TEST(BufferSemantics, RangesAreCheckedByDword) {
  Machine machine;
  Instruction instruction = make_instruction(mubuf_opcodes(), "buffer_load_dwordx4");
  set_resource(machine, machine.address(0), 24, kRawCheck);
  instruction.memory.flags = kOffen;
  instruction.source = {256 + kAddress, kResource, 128, 0};
  instruction.destination = 256 + kData;
  for (unsigned k = 0; k < 64; k += 4) store_as(machine.memory() + k, k + 1);
  for_lanes(machine, [&](unsigned lane) { machine.lane(kAddress, lane) = 16 * (lane % 2); });
  execute(machine, instruction);
  for (unsigned d = 0; d < 4; ++d) {
    EXPECT_EQ(machine.lane(kData + d, 0), 4 * d + 1);
    EXPECT_EQ(machine.lane(kData + d, 1), d < 2 ? 16 + 4 * d + 1 : 0);
  }
}

TEST(BufferSemantics, AtomicsOutOfRangeReturnZero) {
  Machine machine;
  Instruction instruction = make_instruction(mubuf_opcodes(), "buffer_atomic_add");
  set_resource(machine, machine.address(0), 4, kRawCheck);
  instruction.memory.flags = kOffen | kGlc;
  instruction.source = {256 + kAddress, kResource, 128, 0};
  instruction.destination = 256 + kData;
  store_as(machine.memory(), 5u);
  store_as(machine.memory() + 4, 6u);
  for_lanes(machine, [&](unsigned lane) {
    machine.lane(kAddress, lane) = 4 * (lane % 2);
    machine.lane(kData, lane) = 1;
  });
  execute(machine, instruction);
  EXPECT_EQ(load_as<std::uint32_t>(machine.memory()), 5u + 16);
  EXPECT_EQ(load_as<std::uint32_t>(machine.memory() + 4), 6u);
  EXPECT_EQ(machine.lane(kData, 0), 5u);
  EXPECT_EQ(machine.lane(kData, 1), 0u);
}

// Swizzled: (index / stride, offset / 4) select rows of `index stride` dwords.
TEST(BufferSemantics, SwizzledStructures) {
  Machine machine;
  Instruction instruction = make_instruction(mubuf_opcodes(), "buffer_store_dwordx2");
  set_resource(machine, machine.address(0) | 1ull << 63, 64, 1u << 28 | 1u << 21, 8);
  instruction.memory.flags = kIdxen;
  instruction.source = {256 + kAddress, kResource, 128, 0};
  instruction.destination = 256 + kData;
  for_lanes(machine, [&](unsigned lane) {
    machine.lane(kAddress, lane) = lane;
    machine.set_pair(kData, lane, lane | std::uint64_t{lane + 100} << 32);
  });
  execute(machine, instruction);
  for_lanes(machine, [&](unsigned lane) {
    const std::size_t row = lane / 16 * 8 * 16;  // 16 elements of 8 bytes
    EXPECT_EQ(load_as<std::uint32_t>(machine.memory() + row + lane % 16 * 4), lane);
    EXPECT_EQ(load_as<std::uint32_t>(machine.memory() + row + 64 + lane % 16 * 4), lane + 100);
  });
}

TEST(BufferSemantics, LaneNumberAsIndex) {
  Machine machine(2);
  Instruction instruction = make_instruction(mubuf_opcodes(), "buffer_store_dword");
  set_resource(machine, machine.address(0), 64, 1u << 28 | 1u << 23, 12);
  instruction.source = {256 + kAddress, kResource, 128, 0};
  instruction.destination = 256 + kData;
  for_lanes(machine, [&](unsigned lane) { machine.lane(kData, lane) = lane + 1; });
  execute(machine, instruction);
  for_lanes(machine, [&](unsigned lane) {
    EXPECT_EQ(load_as<std::uint32_t>(machine.memory() + lane * 12), lane + 1);
  });
}

TEST(BufferSemantics, ScratchViolation) {
  Machine machine;
  Instruction instruction = make_instruction(mubuf_opcodes(), "buffer_load_dword");
  set_resource(machine, machine.wave().scratch_base | 1ull << 63, 2048,
               1u << 23 | 2u << 21 | 2u << 28);
  instruction.source = {256 + kAddress, kResource, 128, 0};
  instruction.destination = 256 + kData;
  instruction.offset = 64;
  EXPECT_EQ(fault_text(machine, instruction, FaultKind::kAperture),
            "lane 0: 4-byte load at scratch offset 64, but a lane has 64 bytes of scratch");
}

struct FormatCase {
  const char* name;
  std::uint32_t format;
  std::uint32_t select;  // of x, y, z and w: 0, 1, or 4 to 7 for the components
  std::array<std::uint32_t, 4> memory;
  std::array<std::uint32_t, 4> value;
};

constexpr std::uint32_t select_of(unsigned x, unsigned y, unsigned z, unsigned w) {
  return x | y << 3 | z << 6 | w << 9;
}
constexpr std::uint32_t kOnlyX = select_of(4, 0, 0, 1);
constexpr std::uint32_t kAll = select_of(4, 5, 6, 7);
constexpr std::uint32_t f(float value) { return std::bit_cast<std::uint32_t>(value); }

// clang-format off
const FormatCase kFormatCases[] = {
    {"8_unorm", 1, kOnlyX, {0x331}, {f(0x31 / 255.0f), 0, 0, f(1)}},
    {"8_snorm", 2, kOnlyX, {0x81}, {f(-1), 0, 0, f(1)}},
    {"8_snorm below -1", 2, kOnlyX, {0x80}, {f(-1), 0, 0, f(1)}},
    {"8_uscaled", 3, kOnlyX, {0xfe}, {f(254), 0, 0, f(1)}},
    {"8_sscaled", 4, kOnlyX, {0xfe}, {f(-2), 0, 0, f(1)}},
    {"8_uint", 5, kOnlyX, {0xfe}, {0xfe, 0, 0, 1}},
    {"8_sint", 6, kOnlyX, {0xfe}, {0xfffffffe, 0, 0, 1}},
    {"16_unorm", 7, kOnlyX, {0xffff}, {f(1), 0, 0, f(1)}},
    {"16_sint", 12, kOnlyX, {0x8000}, {0xffff8000, 0, 0, 1}},
    {"16_float", 13, kOnlyX, {0x3e00}, {f(1.5f), 0, 0, f(1)}},
    {"8_8_uint", 18, kAll, {0x2211}, {0x11, 0x22, 0, 1}},
    {"32_uint", 20, kOnlyX, {0xdeadbeef}, {0xdeadbeef, 0, 0, 1}},
    {"32_float", 22, kOnlyX, {f(2.5f)}, {f(2.5f), 0, 0, f(1)}},
    {"16_16_float", 29, kAll, {0xbc003c00}, {f(1), f(-1), 0, f(1)}},
    {"8_8_8_8_unorm", 56, kAll, {0xff00ff00}, {0, f(1), 0, f(1)}},
    {"8_8_8_8_sint", 61, kAll, {0x04fd02ff}, {~0u, 2, 0xfffffffd, 4}},
    {"32_32_sint", 63, kAll, {7, ~0u}, {7, ~0u, 0, 1}},
    {"16_16_16_16_uint", 69, kAll, {0x00020001, 0x00040003}, {1, 2, 3, 4}},
    {"32_32_32_float", 74, kAll, {f(1), f(2), f(3)}, {f(1), f(2), f(3), f(1)}},
    {"32_32_32_32_float", 77, kAll, {f(1), f(2), f(3), f(4)}, {f(1), f(2), f(3), f(4)}},
    {"components the other way", 75, select_of(7, 6, 5, 4), {1, 2, 3, 4}, {4, 3, 2, 1}},
    {"of one component in all places", 20, select_of(4, 4, 1, 0), {9}, {9, 9, 1, 0}},
    {"no format", 0, kAll, {1, 2, 3, 4}, {0, 0, 0, 0}},
};
// clang-format on

const char* const kTypedLoads[] = {"buffer_load_format_x", "buffer_load_format_xy",
                                   "buffer_load_format_xyz", "buffer_load_format_xyzw"};

// Elements by index, the last lane out of range.
TEST(BufferSemantics, LoadsConvertFormats) {
  for (const FormatCase& c : kFormatCases) {
    SCOPED_TRACE(c.name);
    for (unsigned components = 1; components <= 4; ++components) {
      Machine machine;
      Instruction instruction = make_instruction(mubuf_opcodes(), kTypedLoads[components - 1]);
      set_resource(machine, machine.address(kStart), 31, 0, 16);
      machine.wave().s[kResource + 3] = c.format << 12 | c.select;
      instruction.memory.flags = kIdxen;
      instruction.source = {256 + kAddress, kResource, 128, 0};
      instruction.destination = 256 + kData;
      for_lanes(machine, [&](unsigned lane) {
        machine.lane(kAddress, lane) = lane;
        for (unsigned d = 0; d < 4; ++d) {
          store_as(machine.memory() + kStart + lane * 16 + d * 4, c.memory[d]);
          machine.lane(kData + d, lane) = 0x55;
        }
      });
      execute(machine, instruction);
      for (unsigned d = 0; d < 4; ++d) {
        for (const unsigned lane : {0u, 30u}) {
          EXPECT_EQ(machine.lane(kData + d, lane), d < components ? c.value[d] : 0x55u)
              << components << " components, " << d;
        }
        EXPECT_EQ(machine.lane(kData + d, 31), d < components ? 0u : 0x55u) << d;
      }
    }
  }
}

TEST(BufferSemantics, OtherFormatsSaySo) {
  Machine machine;
  Instruction instruction = make_instruction(mubuf_opcodes(), "buffer_load_format_x");
  set_resource(machine, machine.address(kStart), 31, 0, 4);
  machine.wave().s[kResource + 3] = 50 << 12;  // 2_10_10_10_unorm
  instruction.source = {256 + kAddress, kResource, 128, 0};
  instruction.destination = 256 + kData;
  EXPECT_NE(fault_text(machine, instruction, FaultKind::kIllegalInstruction).find("format 50"),
            std::string::npos);
}

const char* const kTyped[] = {
    "load_format_d16_x",  "load_format_d16_xy",  "load_format_d16_xyz",  "load_format_d16_xyzw",
    "store_format_x",     "store_format_xy",     "store_format_xyz",     "store_format_xyzw",
    "store_format_d16_x", "store_format_d16_xy", "store_format_d16_xyz", "store_format_d16_xyzw"};

TEST(BufferSemantics, WhatIsNotImplementedSaysSo) {
  for (const char* name : kTyped) {
    Machine machine;
    const std::string mnemonic = std::string("buffer_") + name;
    Instruction instruction = make_instruction(mubuf_opcodes(), mnemonic);
    EXPECT_NE(fault_text(machine, instruction, FaultKind::kIllegalInstruction).find(mnemonic),
              std::string::npos);
  }
  Machine machine;
  Instruction instruction = make_instruction(mubuf_opcodes(), "buffer_load_dword");
  instruction.memory.flags = kLds;
  fault_text(machine, instruction, FaultKind::kIllegalInstruction);
}

const char* const kInvalidations[] = {"buffer_gl0_inv", "buffer_gl1_inv", "buffer_wbinvl1"};

TEST(BufferSemantics, Invalidations) {
  for (const char* mnemonic : kInvalidations) {
    Machine machine;
    execute(machine, make_instruction(mubuf_opcodes(), mnemonic));
  }
}

TEST(BufferSemantics, EveryRowHasACase) {
  std::set<std::string> covered(std::begin(kInvalidations), std::end(kInvalidations));
  for (const LoadCase& c : kLoads) covered.insert(std::string("buffer_") + c.name);
  for (const StoreCase& c : kStores) covered.insert(std::string("buffer_") + c.name);
  for (const AtomicCase& c : kAtomicCases) covered.insert("buffer_atomic_" + c.suffix());
  for (const char* name : kTyped) covered.insert(std::string("buffer_") + name);
  covered.insert(std::begin(kTypedLoads), std::end(kTypedLoads));
  expect_covered(mubuf_opcodes(), covered);
}

}  // namespace
}  // namespace emulator
