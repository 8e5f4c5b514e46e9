// SMEM: loads, stores, atomics, clocks and faults.
#include "tests/semantics_atomic_cases.h"
#include "tests/semantics_machine.h"

namespace emulator {
namespace {

constexpr unsigned kData = 16;
constexpr unsigned kBase = 4;

enum class Base { kAddress, kBuffer, kScratch };

struct TransferCase {
  const char* mnemonic;
  unsigned dwords;
  Base base;
};

const TransferCase kLoads[] = {
    {"s_load_dword", 1, Base::kAddress},          {"s_load_dwordx2", 2, Base::kAddress},
    {"s_load_dwordx4", 4, Base::kAddress},        {"s_load_dwordx8", 8, Base::kAddress},
    {"s_load_dwordx16", 16, Base::kAddress},      {"s_buffer_load_dword", 1, Base::kBuffer},
    {"s_buffer_load_dwordx2", 2, Base::kBuffer},  {"s_buffer_load_dwordx4", 4, Base::kBuffer},
    {"s_buffer_load_dwordx8", 8, Base::kBuffer},  {"s_buffer_load_dwordx16", 16, Base::kBuffer},
    {"s_scratch_load_dword", 1, Base::kScratch},  {"s_scratch_load_dwordx2", 2, Base::kScratch},
    {"s_scratch_load_dwordx4", 4, Base::kScratch}};
const TransferCase kStores[] = {
    {"s_store_dword", 1, Base::kAddress},          {"s_store_dwordx2", 2, Base::kAddress},
    {"s_store_dwordx4", 4, Base::kAddress},        {"s_buffer_store_dword", 1, Base::kBuffer},
    {"s_buffer_store_dwordx2", 2, Base::kBuffer},  {"s_buffer_store_dwordx4", 4, Base::kBuffer},
    {"s_scratch_store_dword", 1, Base::kScratch},  {"s_scratch_store_dwordx2", 2, Base::kScratch},
    {"s_scratch_store_dwordx4", 4, Base::kScratch}};

// A base that points 256 bytes into memory, and a resource of `bytes` bytes there.
void set_base(Machine& machine, Base base, std::uint32_t bytes = 4096) {
  Wave& wave = machine.wave();
  wave.write_pair(kBase, machine.address(256));
  if (base == Base::kBuffer) {
    wave.s[kBase + 2] = bytes;
    wave.s[kBase + 3] = 3u << 28;
  }
}

// Register offset 64 (one unit of scratch accesses) and immediate 20 on top of the base.
Instruction make_smem(Machine& machine, const char* mnemonic, Base base) {
  set_base(machine, base);
  Instruction instruction = make_instruction(smem_opcodes(), mnemonic);
  instruction.source = {kBase, 12, 0, 0};
  instruction.destination = kData;
  instruction.offset = 20;
  machine.wave().s[12] = base == Base::kScratch ? 1 : 64;
  return instruction;
}
constexpr std::size_t kPlace = 256 + 64 + 20;

TEST(SmemSemantics, Loads) {
  for (const TransferCase& c : kLoads) {
    SCOPED_TRACE(c.mnemonic);
    Machine machine;
    Instruction instruction = make_smem(machine, c.mnemonic, c.base);
    for (unsigned d = 0; d < 17; ++d) store_as(machine.memory() + kPlace + 4 * d, 0x1000u + d);
    execute(machine, instruction);
    for (unsigned d = 0; d < 17; ++d) {
      EXPECT_EQ(machine.wave().s[kData + d], d < c.dwords ? 0x1000u + d : 0u) << "dword " << d;
    }
  }
}

TEST(SmemSemantics, Stores) {
  for (const TransferCase& c : kStores) {
    SCOPED_TRACE(c.mnemonic);
    Machine machine;
    Instruction instruction = make_smem(machine, c.mnemonic, c.base);
    for (unsigned d = 0; d < 5; ++d) machine.wave().s[kData + d] = 0x1000u + d;
    execute(machine, instruction);
    for (unsigned d = 0; d < 5; ++d) {
      EXPECT_EQ(load_as<std::uint32_t>(machine.memory() + kPlace + 4 * d),
                d < c.dwords ? 0x1000u + d : 0u)
          << "dword " << d;
    }
  }
}

// EXEC, whose code follows that of NULL, is no part of the pair at NULL.
TEST(SmemSemantics, NullPairsReadZero) {
  constexpr std::uint64_t kOld =
      0x7ffffffff;  // its low dword is EXEC's, with which nothing compares
  Machine machine;
  machine.wave().write_pair(operand::kExecLo, ~std::uint64_t{0});
  std::byte* place = machine.memory() + kPlace + 4;  // 8-byte aligned
  for (const char* mnemonic : {"s_store_dwordx2", "s_atomic_swap_x2", "s_atomic_cmpswap"}) {
    SCOPED_TRACE(mnemonic);
    Instruction instruction = make_smem(machine, mnemonic, Base::kAddress);
    instruction.destination = operand::kNull;
    instruction.offset = 24;
    store_as(place, kOld);
    execute(machine, instruction);
    const bool is_compare = std::string_view(mnemonic) == "s_atomic_cmpswap";
    EXPECT_EQ(load_as<std::uint64_t>(place), is_compare ? kOld : 0);
    EXPECT_EQ(machine.wave().exec64(), ~std::uint64_t{0});
  }
}

void run_atomic(const AtomicCase& c, const std::string& prefix, Base base, bool glc) {
  const std::string mnemonic = prefix + c.suffix();
  SCOPED_TRACE(testing::Message() << mnemonic << std::hex << " memory=0x" << c.memory << " data=0x"
                                  << c.data << " glc=" << glc);
  Machine machine;
  Instruction instruction = make_smem(machine, mnemonic.c_str(), base);
  instruction.offset = 24;  // 8-byte aligned
  instruction.memory.flags = glc ? kGlc : 0;
  std::byte* place = machine.memory() + 256 + 64 + 24;
  store_as(place, c.memory);
  Wave& wave = machine.wave();
  wave.write_pair(kData, c.data);
  wave.write_pair(kData + (c.wide ? 2 : 1), c.compare);
  execute(machine, instruction);
  EXPECT_EQ(load_as<std::uint64_t>(place), c.after);
  EXPECT_EQ(wave.s[kData], static_cast<std::uint32_t>(glc ? c.memory : c.data));
  if (c.wide) {
    EXPECT_EQ(wave.s[kData + 1], (glc ? c.memory : c.data) >> 32);
  }
}

TEST(SmemSemantics, Atomics) {
  for (const AtomicCase& c : kAtomicCases) {
    if (c.is_float()) continue;
    for (const bool glc : {false, true}) {
      run_atomic(c, "s_atomic_", Base::kAddress, glc);
      run_atomic(c, "s_buffer_atomic_", Base::kBuffer, glc);
    }
  }
}

TEST(SmemSemantics, BufferDwordsOutOfRangeAreZero) {
  Machine machine;
  Instruction instruction = make_smem(machine, "s_buffer_load_dwordx4", Base::kBuffer);
  machine.wave().s[kBase + 2] = 64 + 20 + 8;  // two dwords are inside
  for (unsigned d = 0; d < 4; ++d) {
    store_as(machine.memory() + kPlace + 4 * d, 7u);
    machine.wave().s[kData + d] = 99;
  }
  execute(machine, instruction);
  EXPECT_EQ(machine.wave().s[kData + 1], 7u);
  EXPECT_EQ(machine.wave().s[kData + 2], 0u);
  EXPECT_EQ(machine.wave().s[kData + 3], 0u);
}

TEST(SmemSemantics, NegativeOffsetsAndAddressesAreWholeDwords) {
  Machine machine;
  set_base(machine, Base::kAddress);
  store_as(machine.memory() + 252, 0x12345678u);
  Instruction instruction = make_instruction(smem_opcodes(), "s_load_dword");
  instruction.source = {kBase, operand::kNull, 0, 0};
  instruction.destination = kData;
  instruction.offset = -1;  // 255, down to 252
  execute(machine, instruction);
  EXPECT_EQ(machine.wave().s[kData], 0x12345678u);
}

TEST(SmemSemantics, LoadsPastAnAllocationFault) {
  Machine machine;
  Instruction instruction = make_smem(machine, "s_load_dwordx4", Base::kAddress);
  machine.wave().write_pair(kBase, machine.address(Machine::kMemoryBytes));
  machine.wave().s[12] = 0;
  instruction.offset = 12;
  char expected[160];
  std::snprintf(expected, sizeof expected,
                "16-byte load at 0x%llx, 12 bytes past the end of 65536 bytes of device memory at "
                "0x%llx",
                static_cast<unsigned long long>(machine.address(Machine::kMemoryBytes + 12)),
                static_cast<unsigned long long>(machine.address(0)));
  EXPECT_EQ(fault_text(machine, instruction, FaultKind::kMemoryViolation), expected);
  machine.wave().write_pair(kBase, 0);
  EXPECT_NE(fault_text(machine, instruction, FaultKind::kMemoryViolation).find("null pointer"),
            std::string::npos);
}

const CheckedCase kCheckedCases[] = {
    {"s_memtime",
     [](Machine& m, Instruction& i) {
       execute(m, i);
       const std::uint64_t first = m.wave().read_pair(kData);
       execute(m, i);
       EXPECT_GT(first, 0u);
       EXPECT_GE(m.wave().read_pair(kData), first);
     }},
    {"s_memrealtime",
     [](Machine& m, Instruction& i) {
       execute(m, i);
       const std::uint64_t first = m.wave().read_pair(kData);
       execute(m, i);
       EXPECT_GT(first, 0u);
       EXPECT_GE(m.wave().read_pair(kData), first);
     }},
    {"s_get_waveid_in_workgroup",
     [](Machine& m, Instruction& i) {
       m.wave().index = 5;
       execute(m, i);
       EXPECT_EQ(m.wave().s[kData], 5u);
     }},
};
const char* const kNoOperations[] = {"s_gl1_inv",          "s_dcache_inv",       "s_dcache_wb",
                                     "s_atc_probe",        "s_atc_probe_buffer", "s_dcache_discard",
                                     "s_dcache_discard_x2"};

TEST(SmemSemantics, Checked) {
  for (const CheckedCase& c : kCheckedCases) {
    SCOPED_TRACE(c.mnemonic);
    Machine machine;
    Instruction instruction = make_instruction(smem_opcodes(), c.mnemonic);
    instruction.destination = kData;
    c.check(machine, instruction);
  }
}

TEST(SmemSemantics, CacheControlChangesNothing) {
  for (const char* mnemonic : kNoOperations) {
    SCOPED_TRACE(mnemonic);
    Machine machine;
    const auto scalars = machine.wave().s;
    execute(machine, make_instruction(smem_opcodes(), mnemonic));
    EXPECT_EQ(machine.wave().s, scalars);
  }
}

TEST(SmemSemantics, EveryRowHasACase) {
  std::set<std::string> covered(std::begin(kNoOperations), std::end(kNoOperations));
  for (const TransferCase& c : kLoads) covered.insert(c.mnemonic);
  for (const TransferCase& c : kStores) covered.insert(c.mnemonic);
  for (const CheckedCase& c : kCheckedCases) covered.insert(c.mnemonic);
  for (const AtomicCase& c : kAtomicCases) {
    covered.insert("s_atomic_" + c.suffix());
    covered.insert("s_buffer_atomic_" + c.suffix());
  }
  expect_covered(smem_opcodes(), covered);
}

}  // namespace
}  // namespace emulator
