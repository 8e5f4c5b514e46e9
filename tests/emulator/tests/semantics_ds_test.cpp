// DS: LDS loads, stores, atomics, permutations and faults.
#include <algorithm>
#include <bit>
#include <cfenv>

#include "tests/semantics_machine.h"

namespace emulator {
namespace {

constexpr unsigned kAddress = 0;
constexpr unsigned kData0 = 10;
constexpr unsigned kData1 = 14;
constexpr unsigned kResult = 20;
constexpr std::uint32_t kOld = 0xaabbccdd;

const std::uint64_t kMasks[] = {~0ull, 0x8000000180000001ull, 0x5555aaaa0f0f00ffull, 0};

Instruction make_ds(const std::string& mnemonic, std::int32_t offset = 0) {
  Instruction instruction = make_instruction(ds_opcodes(), mnemonic);
  instruction.source = {256 + kAddress, 256 + kData0, 256 + kData1, 0};
  instruction.destination = 256 + kResult;
  instruction.offset = offset;
  return instruction;
}

struct Pattern {
  const char* name;
  unsigned (*place)(unsigned lane, unsigned bytes);
};
const Pattern kPatterns[] = {
    {"contiguous", [](unsigned lane, unsigned bytes) { return lane * bytes; }},
    {"strided", [](unsigned lane, unsigned) { return lane * 48; }},
    {"shuffled", [](unsigned lane, unsigned) { return (lane * 37 % 64) * 32; }},
    {"uniform", [](unsigned, unsigned) { return 96u; }},
    {"halves", [](unsigned lane, unsigned) { return lane / 16 * 16; }},
};

// One piece of data that an instruction moves: where it lies from the lane's address.
struct Element {
  unsigned offset;
  unsigned bytes;
};

struct AccessCase {
  const char* mnemonic;
  std::int32_t offset;
  std::vector<Element> elements;
  std::uint32_t (*value)(std::uint32_t raw, std::uint32_t old);  // loads
  unsigned first_byte;                                           // of the register, stores
};

std::uint32_t same(std::uint32_t raw, std::uint32_t) { return raw; }

// clang-format off
const AccessCase kReads[] = {
    {"ds_read_b32", 20, {{20, 4}}, same, 0},
    {"ds_read2_b32", 3 | 5 << 8, {{12, 4}, {20, 4}}, same, 0},
    {"ds_read2st64_b32", 1 | 2 << 8, {{256, 4}, {512, 4}}, same, 0},
    {"ds_read_i8", 3, {{3, 1}}, [](std::uint32_t raw, std::uint32_t) { return raw > 0x7f ? raw + 0xffffff00 : raw; }, 0},
    {"ds_read_u8", 3, {{3, 1}}, same, 0},
    {"ds_read_i16", 6, {{6, 2}}, [](std::uint32_t raw, std::uint32_t) { return raw > 0x7fff ? raw + 0xffff0000 : raw; }, 0},
    {"ds_read_u16", 6, {{6, 2}}, same, 0},
    {"ds_read_b64", 16, {{16, 8}}, same, 0},
    {"ds_read2_b64", 2 | 1 << 8, {{16, 8}, {8, 8}}, same, 0},
    {"ds_read2st64_b64", 0 | 2 << 8, {{0, 8}, {1024, 8}}, same, 0},
    {"ds_read_b96", 32, {{32, 12}}, same, 0},
    {"ds_read_b128", 32, {{32, 16}}, same, 0},
    {"ds_read_u8_d16", 5, {{5, 1}}, [](std::uint32_t raw, std::uint32_t old) { return old / 0x10000 * 0x10000 + raw; }, 0},
    {"ds_read_u8_d16_hi", 5, {{5, 1}}, [](std::uint32_t raw, std::uint32_t old) { return old % 0x10000 + raw * 0x10000; }, 0},
    {"ds_read_i8_d16", 5, {{5, 1}}, [](std::uint32_t raw, std::uint32_t old) { return old / 0x10000 * 0x10000 + (raw > 0x7f ? raw + 0xff00 : raw); }, 0},
    {"ds_read_i8_d16_hi", 5, {{5, 1}}, [](std::uint32_t raw, std::uint32_t old) { return old % 0x10000 + (raw > 0x7f ? raw + 0xff00 : raw) * 0x10000; }, 0},
    {"ds_read_u16_d16", 2, {{2, 2}}, [](std::uint32_t raw, std::uint32_t old) { return old / 0x10000 * 0x10000 + raw; }, 0},
    {"ds_read_u16_d16_hi", 2, {{2, 2}}, [](std::uint32_t raw, std::uint32_t old) { return old % 0x10000 + raw * 0x10000; }, 0},
};
const AccessCase kWrites[] = {
    {"ds_write_b32", 20, {{20, 4}}, nullptr, 0},
    {"ds_write2_b32", 3 | 5 << 8, {{12, 4}, {20, 4}}, nullptr, 0},
    {"ds_write2st64_b32", 1 | 2 << 8, {{256, 4}, {512, 4}}, nullptr, 0},
    {"ds_write_b8", 3, {{3, 1}}, nullptr, 0},
    {"ds_write_b16", 6, {{6, 2}}, nullptr, 0},
    {"ds_write_b64", 16, {{16, 8}}, nullptr, 0},
    {"ds_write2_b64", 2 | 1 << 8, {{16, 8}, {8, 8}}, nullptr, 0},
    {"ds_write2st64_b64", 0 | 2 << 8, {{0, 8}, {1024, 8}}, nullptr, 0},
    {"ds_write_b96", 32, {{32, 12}}, nullptr, 0},
    {"ds_write_b128", 32, {{32, 16}}, nullptr, 0},
    {"ds_write_b8_d16_hi", 5, {{5, 1}}, nullptr, 2},
    {"ds_write_b16_d16_hi", 2, {{2, 2}}, nullptr, 2},
};
// clang-format on

void run_read(const AccessCase& c, const Pattern& pattern, unsigned halves, std::uint64_t mask,
              bool to_address) {
  SCOPED_TRACE(testing::Message() << c.mnemonic << ", " << pattern.name << ", wave" << 32 * halves
                                  << ", exec=0x" << std::hex << mask
                                  << (to_address ? ", over its address" : ""));
  Machine machine(halves);
  Instruction instruction = make_ds(c.mnemonic, c.offset);
  const unsigned result = to_address ? kAddress : kResult;
  instruction.destination = static_cast<std::uint16_t>(256 + result);
  machine.wave().write_pair(operand::kExecLo, mask);
  for (std::size_t k = 0; k < Machine::kLdsBytes; ++k) machine.lds()[k] = pattern_byte(k);
  for_lanes(machine, [&](unsigned lane) {
    for (unsigned d = 0; d < 5; ++d) machine.lane(result + d, lane) = kOld;
    machine.lane(kAddress, lane) = pattern.place(lane, c.elements[0].bytes);
  });
  execute(machine, instruction);
  for_lanes(machine, [&](unsigned lane) {
    unsigned d = 0;
    for (const Element& e : c.elements) {
      for (unsigned k = 0; k < (e.bytes + 3) / 4; ++k, ++d) {
        const std::uint32_t old =
            d == 0 && to_address ? pattern.place(lane, c.elements[0].bytes) : kOld;
        std::uint32_t raw = 0;
        const unsigned place = pattern.place(lane, c.elements[0].bytes) + e.offset + 4 * k;
        for (unsigned b = 0; b < std::min(e.bytes, 4u); ++b) {
          raw |= static_cast<std::uint32_t>(pattern_byte(place + b)) << (8 * b);
        }
        ASSERT_EQ(machine.lane(result + d, lane), active(mask, lane) ? c.value(raw, old) : old)
            << "lane " << lane << " dword " << d;
      }
    }
    ASSERT_EQ(machine.lane(result + d, lane), kOld) << "wrote past its destination";
  });
}

TEST(DsSemantics, Reads) {
  for (const AccessCase& c : kReads) {
    for (const unsigned halves : {1u, 2u}) {
      for (const std::uint64_t mask : kMasks) {
        for (const Pattern& p : kPatterns) {
          run_read(c, p, halves, mask, false);
          run_read(c, p, halves, mask, true);
        }
      }
    }
  }
}

void run_write(const AccessCase& c, const Pattern& pattern, unsigned halves, std::uint64_t mask) {
  SCOPED_TRACE(testing::Message() << c.mnemonic << ", " << pattern.name << ", wave" << 32 * halves
                                  << ", exec=0x" << std::hex << mask);
  Machine machine(halves);
  Instruction instruction = make_ds(c.mnemonic, c.offset);
  machine.wave().write_pair(operand::kExecLo, mask);
  std::vector<std::byte> expected(Machine::kLdsBytes);
  for (std::size_t k = 0; k < expected.size(); ++k) {
    expected[k] = machine.lds()[k] = pattern_byte(k);
  }
  for_lanes(machine, [&](unsigned lane) {
    machine.lane(kAddress, lane) = pattern.place(lane, c.elements[0].bytes);
    for (unsigned d = 0; d < 8; ++d) {
      machine.lane(kData0 + d, lane) = 0x04030201 + lane * 0x01010101 + d * 0x20;
    }
  });
  // A wave64 writes its halves one after the other, the elements of each in order.
  for (unsigned half = 0; half < halves; ++half) {
    for (std::size_t e = 0; e < c.elements.size(); ++e) {
      for (unsigned lane = half * 32; lane < half * 32 + 32; ++lane) {
        if (!active(mask, lane)) continue;
        std::uint32_t data[4];
        for (unsigned d = 0; d < 4; ++d)
          data[d] = machine.lane((e == 0 ? kData0 : kData1) + d, lane);
        std::memcpy(&expected[machine.lane(kAddress, lane) + c.elements[e].offset],
                    reinterpret_cast<std::byte*>(data) + c.first_byte, c.elements[e].bytes);
      }
    }
  }
  execute(machine, instruction);
  ASSERT_TRUE(std::equal(expected.begin(), expected.end(), machine.lds()));
}

TEST(DsSemantics, Writes) {
  for (const AccessCase& c : kWrites) {
    for (const unsigned halves : {1u, 2u}) {
      for (const std::uint64_t mask : kMasks) {
        for (const Pattern& p : kPatterns) run_write(c, p, halves, mask);
      }
    }
  }
}

// Of ds_<operation>_<type>; forms that exist besides the plain one are `_rtn` and `_src2`.
struct UpdateCase {
  const char* operation;
  const char* type;
  std::uint64_t memory;
  std::uint64_t data0;
  std::uint64_t data1;
  std::uint64_t after;

  bool wide() const { return std::string_view(type).ends_with("64"); }
  std::string mnemonic(const char* form) const {
    return std::string("ds_") + operation + form + "_" + type;
  }
};

constexpr std::uint64_t kNan = 0x7fc00000;
constexpr std::uint64_t kNan64 = 0x7ff8000000000000;

// clang-format off
const UpdateCase kUpdates[] = {
    {"add", "u32", 0xffffffff, 2, 0, 1},
    {"sub", "u32", 1, 2, 0, 0xffffffff},
    {"rsub", "u32", 1, 3, 0, 2},
    {"inc", "u32", 4, 5, 0, 5},
    {"inc", "u32", 5, 5, 0, 0},
    {"dec", "u32", 0, 7, 0, 7},
    {"dec", "u32", 8, 7, 0, 7},
    {"dec", "u32", 7, 7, 0, 6},
    {"min", "i32", 1, 0xffffffff, 0, 0xffffffff},
    {"max", "i32", 1, 0xffffffff, 0, 1},
    {"min", "u32", 1, 0xffffffff, 0, 1},
    {"max", "u32", 1, 0xffffffff, 0, 0xffffffff},
    {"and", "b32", 0xff, 0xf0f, 0, 0x0f},
    {"or", "b32", 0xf0, 0x0f, 0, 0xff},
    {"xor", "b32", 0xff, 0x0f, 0, 0xf0},
    {"mskor", "b32", 0x12345678, 0x0000ff00, 0x00009900, 0x12349978},
    {"cmpst", "b32", 5, 5, 9, 9},
    {"cmpst", "b32", 5, 6, 9, 5},
    {"cmpst", "f32", 0x80000000, 0, 9, 9},
    {"cmpst", "f32", kNan, kNan, 9, kNan},
    {"min", "f32", kNan, 0x3f800000, 0, 0x3f800000},
    {"max", "f32", 0xbf800000, 0x3f800000, 0, 0x3f800000},
    {"add", "f32", 0x3f800000, 0x40000000, 0, 0x40400000},
    {"add", "f32", 0x00000001, 0x00000001, 0, 0x00000002},  // denormals are kept
    {"wrxchg", "b32", 5, 9, 0, 9},
    {"wrap", "b32", 9, 4, 100, 5},
    {"wrap", "b32", 4, 4, 100, 0},
    {"wrap", "b32", 3, 4, 100, 103},
    {"write", "b32", 5, 9, 0, 9},
    {"add", "u64", 0xffffffff, 1, 0, 0x100000000},
    {"sub", "u64", 0, 1, 0, ~0ull},
    {"rsub", "u64", 1, 0x100000000, 0, 0xffffffff},
    {"inc", "u64", 0xffffffff, ~0ull, 0, 0x100000000},
    {"dec", "u64", 0x100000000, ~0ull, 0, 0xffffffff},
    {"min", "i64", 1, ~0ull, 0, ~0ull},
    {"max", "i64", 1, ~0ull, 0, 1},
    {"min", "u64", 1, ~0ull, 0, 1},
    {"max", "u64", 1, ~0ull, 0, ~0ull},
    {"and", "b64", 0xff00000000, 0xf0f00000000, 0, 0x0f00000000},
    {"or", "b64", 0xf000000000, 0x0f, 0, 0xf00000000f},
    {"xor", "b64", 0xff00000000, 0x0f00000000, 0, 0xf000000000},
    {"mskor", "b64", 0x1234567812345678, 0xff00000000000000, 0x9900000000000000, 0x9934567812345678},
    {"cmpst", "b64", 0x500000000, 0x500000000, 9, 9},
    {"cmpst", "b64", 0x500000000, 0, 9, 0x500000000},
    {"cmpst", "f64", 0x8000000000000000, 0, 9, 9},
    {"cmpst", "f64", kNan64, kNan64, 9, kNan64},
    {"min", "f64", 0x3ff0000000000000, 0xbff0000000000000, 0, 0xbff0000000000000},
    {"max", "f64", kNan64, 0x3ff0000000000000, 0, 0x3ff0000000000000},
    {"wrxchg", "b64", 5, 0x900000009, 0, 0x900000009},
    {"write", "b64", 5, 0x900000009, 0, 0x900000009},
};
// clang-format on

bool has_row(const std::string& mnemonic) {
  return std::any_of(ds_opcodes().begin(), ds_opcodes().end(),
                     [&](const Opcode& row) { return row.mnemonic == mnemonic; });
}

void run_update(const UpdateCase& c, const char* form) {
  const std::string mnemonic = c.mnemonic(form);
  if (!has_row(mnemonic) || mnemonic.starts_with("ds_write_b")) return;
  SCOPED_TRACE(testing::Message() << mnemonic << std::hex << " memory=0x" << c.memory << " data0=0x"
                                  << c.data0 << " data1=0x" << c.data1);
  Machine machine;
  const bool returns = std::string_view(form) == "_rtn";
  const bool from_lds = std::string_view(form) == "_src2";
  // src2 forms: the offset counts dwords to the second operand, here -128 (15 bits, signed).
  Instruction instruction = make_ds(mnemonic, from_lds ? 0x8000 - 128 : 16);
  constexpr std::uint32_t kMask = 0x80010003;
  machine.wave().s[operand::kExecLo] = kMask;
  const auto place = [&](unsigned lane) { return 1024 + lane * 8 + (from_lds ? 0 : 16); };
  for_lanes(machine, [&](unsigned lane) {
    machine.lane(kAddress, lane) = 1024 + lane * 8;
    machine.set_pair(kData0, lane, c.data0);
    machine.set_pair(kData1, lane, c.data1);
    store_as(machine.lds() + place(lane), c.memory);
    if (from_lds) store_as(machine.lds() + place(lane) - 512, c.data0);
  });
  execute(machine, instruction);
  for_lanes(machine, [&](unsigned lane) {
    const bool acts = active(kMask, lane);
    EXPECT_EQ(load_as<std::uint64_t>(machine.lds() + place(lane)), acts ? c.after : c.memory)
        << "lane " << lane;
    const std::uint64_t result = acts && returns ? c.memory : 0;
    EXPECT_EQ(machine.lane(kResult, lane), static_cast<std::uint32_t>(result)) << "lane " << lane;
    if (c.wide()) EXPECT_EQ(machine.lane(kResult + 1, lane), result >> 32) << "lane " << lane;
  });
}

TEST(DsSemantics, Updates) {
  for (const UpdateCase& c : kUpdates) {
    for (const char* form : {"", "_rtn", "_src2"}) run_update(c, form);
  }
}

TEST(DsSemantics, Source2MayComeFromTheAddress) {
  Machine machine;
  Instruction instruction = make_ds("ds_add_src2_u32", 0x8000);
  machine.wave().s[operand::kExecLo] = 1;
  machine.lane(kAddress, 0) = 64 | 3u << 17;  // three dwords further
  store_as(machine.lds() + 64, 5u);
  store_as(machine.lds() + 76, 7u);
  execute(machine, instruction);
  EXPECT_EQ(load_as<std::uint32_t>(machine.lds() + 64), 12u);
}

TEST(DsSemantics, FloatAddRoundsToNearestInEveryMode) {
  Machine machine;
  Instruction instruction = make_ds("ds_add_f32");
  machine.wave().s[operand::kExecLo] = 1;
  machine.lane(kData0, 0) = std::bit_cast<std::uint32_t>(0x1p-24f * 1.5f);
  store_as(machine.lds(), 1.0f);
  std::fesetround(FE_TOWARDZERO);
  execute(machine, instruction);
  EXPECT_EQ(std::fegetround(), FE_TOWARDZERO);
  std::fesetround(FE_TONEAREST);
  EXPECT_EQ(load_as<float>(machine.lds()), 1.0f + 0x1p-23f);
}

TEST(DsSemantics, LanesOfOneAddressActInTurn) {
  Machine machine(2);
  Instruction instruction = make_ds("ds_add_rtn_u32", 8);
  for_lanes(machine, [&](unsigned lane) { machine.lane(kData0, lane) = 1; });
  execute(machine, instruction);
  EXPECT_EQ(load_as<std::uint32_t>(machine.lds() + 8), 64u);
  for_lanes(machine, [&](unsigned lane) { EXPECT_EQ(machine.lane(kResult, lane), lane); });
}

struct ExchangeCase {
  const char* mnemonic;
  unsigned bytes;
  unsigned scale;
};
const ExchangeCase kExchanges[] = {{"ds_wrxchg2_rtn_b32", 4, 1},
                                   {"ds_wrxchg2st64_rtn_b32", 4, 64},
                                   {"ds_wrxchg2_rtn_b64", 8, 1},
                                   {"ds_wrxchg2st64_rtn_b64", 8, 64}};

TEST(DsSemantics, ExchangesOfTwo) {
  for (const ExchangeCase& c : kExchanges) {
    SCOPED_TRACE(c.mnemonic);
    Machine machine;
    Instruction instruction = make_ds(c.mnemonic, 2 | 3 << 8);
    machine.wave().s[operand::kExecLo] = 1u << 4;
    machine.lane(kAddress, 4) = 64;
    const std::size_t first = 64 + 2 * c.bytes * c.scale;
    const std::size_t second = 64 + 3 * c.bytes * c.scale;
    const std::uint64_t mask = c.bytes == 8 ? ~0ull : 0xffffffff;
    std::memcpy(machine.lds() + first, "abcdefgh", c.bytes);
    std::memcpy(machine.lds() + second, "ijklmnop", c.bytes);
    machine.set_pair(kData0, 4, 0x1111111122222222);
    machine.set_pair(kData1, 4, 0x3333333344444444);
    execute(machine, instruction);
    EXPECT_EQ(load_as<std::uint64_t>(machine.lds() + first) & mask, 0x1111111122222222 & mask);
    EXPECT_EQ(load_as<std::uint64_t>(machine.lds() + second) & mask, 0x3333333344444444 & mask);
    EXPECT_EQ(machine.lane(kResult, 4), 0x64636261u);
    if (c.bytes == 4) {
      EXPECT_EQ(machine.lane(kResult + 1, 4), 0x6c6b6a69u);
    } else {
      EXPECT_EQ(machine.pair(kResult, 4), 0x6867666564636261u);
      EXPECT_EQ(machine.pair(kResult + 2, 4), 0x706f6e6d6c6b6a69u);
    }
  }
}

// ds_swizzle patterns with the lane that each lane reads, from the manual's definitions.
struct SwizzleCase {
  const char* name;
  unsigned offset;
  unsigned (*source)(unsigned lane);
};
const SwizzleCase kSwizzles[] = {
    {"quad 0123 -> 3210", 0x8000 | 3 | 2 << 2 | 1 << 4 | 0 << 6,
     [](unsigned lane) { return lane / 4 * 4 + (3 - lane % 4); }},
    {"swap of neighbours", 0x1f | 1 << 10, [](unsigned lane) { return lane ^ 1; }},
    {"reverse of 32", 0x1f | 0x1f << 10, [](unsigned lane) { return 31 - lane; }},
    {"broadcast of lane 5 in 8", 0x18 | 5 << 5, [](unsigned lane) { return lane / 8 * 8 + 5; }},
    {"rotate by 3", 0xc000 | 3 << 5, [](unsigned lane) { return (lane + 3) % 32; }},
    {"rotate back by 3", 0xc400 | 3 << 5, [](unsigned lane) { return (lane + 29) % 32; }},
    {"bit reversal", 0xe000,
     [](unsigned lane) {
       return lane % 2 * 16 + lane / 2 % 2 * 8 + lane / 4 % 2 * 4 + lane / 8 % 2 * 2 + lane / 16;
     }},
};

TEST(DsSemantics, AddressPlusOffsetWrapsAt32Bits) {
  Machine machine;
  for (unsigned i = 0; i < 64; ++i) store_as(machine.lds() + 4 * i, 1000 + i);
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    machine.lane(1, lane) = 0u - 4 * lane;
    machine.lane(5, lane) = 2000 + lane;
  }
  Instruction read2 = make_instruction(ds_opcodes(), "ds_read2_b32");
  read2.destination = operand::kVgpr + 2;
  read2.source[0] = operand::kVgpr + 1;
  read2.offset = 40 | 41 << 8;
  execute(machine, read2);
  Instruction write = make_instruction(ds_opcodes(), "ds_write_b32");
  write.source = {operand::kVgpr + 1, operand::kVgpr + 5};
  write.offset = 512;
  execute(machine, write);
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    EXPECT_EQ(machine.lane(2, lane), 1040 - lane);
    EXPECT_EQ(machine.lane(3, lane), 1041 - lane);
    EXPECT_EQ(load_as<std::uint32_t>(machine.lds() + 512 - 4 * lane), 2000 + lane);
  }
}

TEST(DsSemantics, Swizzles) {
  for (const SwizzleCase& c : kSwizzles) {
    for (const unsigned halves : {1u, 2u}) {
      SCOPED_TRACE(testing::Message() << c.name << ", wave" << 32 * halves);
      Machine machine(halves);
      Instruction instruction = make_ds("ds_swizzle_b32", static_cast<std::int32_t>(c.offset));
      constexpr std::uint64_t kMask = 0xfffffffbfffffff7;  // lanes 3 and 34 are off
      machine.wave().write_pair(operand::kExecLo, kMask);
      for_lanes(machine, [&](unsigned lane) {
        machine.lane(kAddress, lane) = lane + 100;
        machine.lane(kResult, lane) = kOld;
      });
      execute(machine, instruction);
      for_lanes(machine, [&](unsigned lane) {
        const unsigned source = lane / 32 * 32 + c.source(lane % 32);
        const std::uint32_t read = active(kMask, source) ? source + 100 : 0;
        EXPECT_EQ(machine.lane(kResult, lane), active(kMask, lane) ? read : kOld)
            << "lane " << lane;
      });
    }
  }
}

const CheckedCase kChecked[] = {
    {"ds_bpermute_b32",
     [](Machine& m, Instruction& i) {
       i.offset = 4;
       m.wave().write_pair(operand::kExecLo, ~(1ull << 9));
       for_lanes(m, [&](unsigned lane) {
         m.lane(kAddress, lane) = 4 * (lane * 3) + 2;  // the low two bits do not count
         m.lane(kData0, lane) = lane + 100;
         m.lane(kResult, lane) = kOld;
       });
       execute(m, i);
       for_lanes(m, [&](unsigned lane) {
         const unsigned source = lane / 32 * 32 + (lane * 3 + 1) % 32;
         const std::uint32_t read = source == 9 ? 0 : source + 100;
         EXPECT_EQ(m.lane(kResult, lane), lane == 9 ? kOld : read) << "lane " << lane;
       });
     }},
    {"ds_permute_b32",
     [](Machine& m, Instruction& i) {
       m.wave().write_pair(operand::kExecLo, ~(1ull << 9));
       for_lanes(m, [&](unsigned lane) {
         m.lane(kAddress, lane) = 4 * (lane * 3);
         m.lane(kData0, lane) = lane + 100;
         m.lane(kResult, lane) = kOld;
       });
       execute(m, i);
       for_lanes(m, [&](unsigned from) {
         const unsigned to = from / 32 * 32 + from * 3 % 32;
         if (to == 9) return;
         EXPECT_EQ(m.lane(kResult, to), from == 9 ? 0 : from + 100) << "lane " << to;
       });
       EXPECT_EQ(m.lane(kResult, 9), kOld);
     }},
    {"ds_append",
     [](Machine& m, Instruction& i) {
       i.offset = 8;
       m.wave().s[operand::kM0] = 64;
       m.wave().write_pair(operand::kExecLo, 0x100000007);
       store_as(m.lds() + 72, 10u);
       execute(m, i);
       EXPECT_EQ(load_as<std::uint32_t>(m.lds() + 72), 14u);
       EXPECT_EQ(m.lane(kResult, 0), 10u);
       EXPECT_EQ(m.lane(kResult, 32), 10u);
       EXPECT_EQ(m.lane(kResult, 3), 0u);
     }},
    {"ds_consume",
     [](Machine& m, Instruction& i) {
       m.wave().write_pair(operand::kExecLo, 0xf);
       store_as(m.lds(), 10u);
       execute(m, i);
       EXPECT_EQ(load_as<std::uint32_t>(m.lds()), 6u);
       EXPECT_EQ(m.lane(kResult, 3), 10u);
     }},
    {"ds_write_addtid_b32",
     [](Machine& m, Instruction& i) {
       i.offset = 16;
       m.wave().s[operand::kM0] = 64;
       for_lanes(m, [&](unsigned lane) { m.lane(kData0, lane) = lane + 1; });
       execute(m, i);
       for_lanes(m, [&](unsigned lane) {
         EXPECT_EQ(load_as<std::uint32_t>(m.lds() + 80 + 4 * lane), lane + 1);
       });
     }},
    {"ds_read_addtid_b32",
     [](Machine& m, Instruction& i) {
       i.offset = 16;
       m.wave().s[operand::kM0] = 64;
       for_lanes(m, [&](unsigned lane) { store_as(m.lds() + 80 + 4 * lane, lane + 1); });
       execute(m, i);
       for_lanes(m, [&](unsigned lane) { EXPECT_EQ(m.lane(kResult, lane), lane + 1); });
     }},
    {"ds_condxchg32_rtn_b64",
     [](Machine& m, Instruction& i) {
       m.wave().write_pair(operand::kExecLo, 1);
       store_as<std::uint64_t>(m.lds(), 0x0000000500000006);
       m.set_pair(kData0, 0, 0x8000000900000007);  // only the upper dword asks to be written
       execute(m, i);
       EXPECT_EQ(load_as<std::uint64_t>(m.lds()), 0x0000000900000006u);
       EXPECT_EQ(m.pair(kResult, 0), 0x0000000500000006u);
     }},
    {"ds_nop",
     [](Machine& m, Instruction& i) {
       execute(m, i);
       EXPECT_EQ(m.lane(kResult, 0), 0u);
     }},
};

TEST(DsSemantics, Checked) {
  for (const CheckedCase& c : kChecked) {
    SCOPED_TRACE(c.mnemonic);
    Machine machine(2);
    Instruction instruction = make_ds(c.mnemonic);
    c.check(machine, instruction);
  }
}

const char* const kGlobalDataShare[] = {
    "ds_gws_sema_release_all", "ds_gws_init",    "ds_gws_sema_v",   "ds_gws_sema_br",
    "ds_gws_sema_p",           "ds_gws_barrier", "ds_ordered_count"};

TEST(DsSemantics, GlobalDataShareFaults) {
  for (const char* mnemonic : kGlobalDataShare) {
    Machine machine;
    EXPECT_EQ(fault_text(machine, make_ds(mnemonic), FaultKind::kIllegalInstruction),
              std::string("the software device has no GDS, which ") + mnemonic + " needs");
  }
  Machine machine;
  Instruction instruction = make_ds("ds_add_u32");
  instruction.memory.flags = kGds;
  fault_text(machine, instruction, FaultKind::kIllegalInstruction);
}

// A lane's access, the LDS bytes there are, and how many bytes of them it may touch.
struct RangeCase {
  const char* name;
  std::size_t lds_bytes;
  std::uint32_t address;
  std::uint32_t offset;
  bool inside;
};
const RangeCase kRangeCases[] = {
    {"the last dword", 1024, 1004, 16, true},
    {"behind the end", 1024, 1008, 16, false},
    {"half behind the end", 1024, 1006, 16, false},
    {"the sum wraps around to the start", 1024, 0xfffffff0, 16, true},
    {"just below where the sum wraps around", 1024, 0xffffffe0, 16, false},
    {"the bits of 1.0f", 1024, 0x3f800000, 0, false},
    {"no LDS", 0, 0, 0, false},
};

TEST(DsSemantics, OutOfRangeLoadsGiveZeroAndStoresAreDropped) {
  for (const RangeCase& c : kRangeCases) {
    for (const char* mnemonic : {"ds_read_b32", "ds_write_b32", "ds_add_u32", "ds_add_rtn_u32",
                                 "ds_read_u16", "ds_read_u16_d16_hi", "ds_write_b8"}) {
      SCOPED_TRACE(testing::Message() << c.name << ", " << mnemonic);
      const bool is_half = std::string_view(mnemonic).find("16") != std::string_view::npos ||
                           std::string_view(mnemonic).find("b8") != std::string_view::npos;
      if (is_half && std::string_view(c.name).starts_with("half")) continue;
      Machine machine;
      machine.workgroup().lds.assign(c.lds_bytes, std::byte{1});
      const std::vector<std::byte> before = machine.workgroup().lds;
      Instruction instruction = make_ds(mnemonic, static_cast<int>(c.offset));
      machine.wave().s[operand::kExecLo] = 1u << 6;
      for_lanes(machine, [&](unsigned lane) { machine.lane(kAddress, lane) = 0; });
      machine.lane(kAddress, 6) = c.address;
      machine.lane(kData0, 6) = 5;
      machine.lane(kResult, 6) = 0x77777777;
      execute(machine, instruction);
      const bool stores = (instruction.opcode->flags & (kStore | kAtomic)) != 0;
      EXPECT_EQ(machine.workgroup().lds != before, stores && c.inside);
      if (instruction.opcode->destination == Type::kNone) continue;
      const std::uint32_t loaded = machine.lane(kResult, 6);
      const bool is_high = std::string_view(mnemonic).find("d16_hi") != std::string_view::npos;
      const std::uint32_t one = instruction.opcode->mnemonic == "ds_read_u16" ? 0x0101 : 0x01010101;
      if (is_high) {
        EXPECT_EQ(loaded, (c.inside ? 0x01010000u : 0u) | 0x7777u);
      } else {
        EXPECT_EQ(loaded, c.inside ? one : 0u);
      }
    }
  }
}

// Each element of two-offset forms is in range or not by itself; lanes are, too.
TEST(DsSemantics, ElementsAndLanesAreInRangeByThemselves) {
  Machine machine;
  machine.workgroup().lds.assign(512, std::byte{2});
  Instruction read = make_ds("ds_read2_b32", 0 | 1 << 8);
  for_lanes(machine, [&](unsigned lane) { machine.lane(kAddress, lane) = 508 + 4 * (lane % 2); });
  execute(machine, read);
  for_lanes(machine, [&](unsigned lane) {
    EXPECT_EQ(machine.lane(kResult, lane), lane % 2 == 0 ? 0x02020202u : 0u) << lane;
    EXPECT_EQ(machine.lane(kResult + 1, lane), 0u) << lane;
  });
  Instruction wide = make_ds("ds_read_b128");
  for_lanes(machine, [&](unsigned lane) { machine.lane(kAddress, lane) = 496 + 4 * (lane % 2); });
  execute(machine, wide);
  for_lanes(machine, [&](unsigned lane) {
    EXPECT_EQ(machine.lane(kResult, lane), lane % 2 == 0 ? 0x02020202u : 0u) << lane;
  });
}

struct AlignmentCase {
  const char* mnemonic;
  std::uint32_t address;
  unsigned needed;
};

TEST(DsSemantics, WgpModeNeedsNaturalAlignment) {
  const AlignmentCase cases[] = {{"ds_read_b64", 4, 8},
                                 {"ds_write_b64", 4, 8},
                                 {"ds_read_b96", 8, 16},
                                 {"ds_write_b128", 8, 16},
                                 {"ds_read_b128", 4, 16}};
  for (const AlignmentCase& c : cases) {
    SCOPED_TRACE(c.mnemonic);
    Machine machine;
    for_lanes(machine, [&](unsigned lane) { machine.lane(kAddress, lane) = lane * 16; });
    machine.lane(kAddress, 2) = c.address;
    machine.kernel().rsrc1 = 1u << 29;
    const std::string text = fault_text(machine, make_ds(c.mnemonic), FaultKind::kMisaligned);
    EXPECT_TRUE(text.ends_with("must be aligned to " + std::to_string(c.needed) + " bytes"))
        << text;
    machine.kernel().rsrc1 = 0;  // CU mode does it
    execute(machine, make_ds(c.mnemonic));
  }
  Machine machine;
  machine.kernel().rsrc1 = 1u << 29;
  machine.lane(kAddress, 2) = 1;
  execute(machine, make_ds("ds_read_b32"));
  EXPECT_EQ(fault_text(machine, make_ds("ds_add_u32"), FaultKind::kMisaligned),
            "lane 2: 4-byte access at LDS offset 0x1 must be aligned to 4 bytes");
}

TEST(DsSemantics, EveryRowHasACase) {
  std::set<std::string> covered(std::begin(kGlobalDataShare), std::end(kGlobalDataShare));
  covered.insert("ds_swizzle_b32");
  for (const AccessCase& c : kReads) covered.insert(c.mnemonic);
  for (const AccessCase& c : kWrites) covered.insert(c.mnemonic);
  for (const ExchangeCase& c : kExchanges) covered.insert(c.mnemonic);
  for (const CheckedCase& c : kChecked) covered.insert(c.mnemonic);
  for (const UpdateCase& c : kUpdates) {
    for (const char* form : {"", "_rtn", "_src2"}) covered.insert(c.mnemonic(form));
  }
  expect_covered(ds_opcodes(), covered);
}

}  // namespace
}  // namespace emulator
