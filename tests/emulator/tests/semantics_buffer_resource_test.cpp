// The buffer resource, field by field: where a dword of one lane lies, or that it lies nowhere.
// Each vector names the source that its answer comes from:
//   ISA   AMD, "RDNA 1.0 Instruction Set Architecture", section 8.1
//   Mesa  src/amd/common/ac_descriptors.c, OOB_SELECT of GFX10
//   MLIR  LLVM, AMDGPUToROCDL.cpp, the comment on the flag word
//   LLVM  pull request 207796: a raw buffer's limit is its records less the scalar offset
#include "tests/semantics_vector_memory.h"

namespace emulator {
namespace {

constexpr int kNowhere = -1;

enum Mode : std::uint32_t { kIndexAndOffset, kIndexAlone, kUnchecked, kRaw };

struct Resource {
  std::uint32_t stride = 0;
  std::uint32_t records = 0;
  Mode mode = kRaw;
  std::uint32_t format = 20;
  bool swizzled = false;
  std::uint32_t index_stride = 0;  // 8 << this
  bool adds_lane = false;
};

struct Address {
  int index = -1;    // no idxen
  int voffset = -1;  // no offen
  int immediate = 0;
  std::uint32_t soffset = 0;
  unsigned lane = 0;
};

struct Vector {
  const char* name;
  const char* source;
  Resource resource;
  Address address;
  int place;  // from the base
};

const Vector kVectors[] = {
    {"format 0 is unbound", "ISA, MLIR", {.records = 4096, .format = 0}, {.voffset = 0}, kNowhere},
    {"format 0 is unbound without a check as well",
     "ISA, MLIR",
     {.records = 4096, .mode = kUnchecked, .format = 0},
     {.voffset = 0},
     kNowhere},
    {"any other format will do", "MLIR", {.records = 4096, .format = 1}, {.voffset = 8}, 8},

    {"mode 0: the last element",
     "Mesa",
     {.stride = 8, .records = 5, .mode = kIndexAndOffset},
     {.index = 4},
     32},
    {"mode 0: behind the last element",
     "Mesa",
     {.stride = 8, .records = 5, .mode = kIndexAndOffset},
     {.index = 5},
     kNowhere},
    {"mode 0: the offset in the element",
     "Mesa",
     {.stride = 8, .records = 5, .mode = kIndexAndOffset},
     {.index = 2, .voffset = 4},
     20},
    {"mode 0: the offset is the stride",
     "Mesa",
     {.stride = 8, .records = 5, .mode = kIndexAndOffset},
     {.index = 2, .voffset = 8},
     kNowhere},
    {"mode 0: both offsets count",
     "Mesa",
     {.stride = 8, .records = 5, .mode = kIndexAndOffset},
     {.index = 2, .voffset = 4, .immediate = 4},
     kNowhere},
    {"mode 0: the scalar offset does not",
     "Mesa",
     {.stride = 8, .records = 5, .mode = kIndexAndOffset},
     {.index = 4, .soffset = 100},
     132},
    {"mode 0 without a stride: bytes",
     "ISA",
     {.records = 40, .mode = kIndexAndOffset},
     {.voffset = 36},
     36},
    {"mode 0 without a stride: behind them",
     "ISA",
     {.records = 40, .mode = kIndexAndOffset},
     {.voffset = 40},
     kNowhere},

    {"mode 1: the last element",
     "Mesa",
     {.stride = 8, .records = 5, .mode = kIndexAlone},
     {.index = 4},
     32},
    {"mode 1: behind it",
     "Mesa",
     {.stride = 8, .records = 5, .mode = kIndexAlone},
     {.index = 5},
     kNowhere},
    {"mode 1: offsets are free",
     "Mesa",
     {.stride = 8, .records = 5, .mode = kIndexAlone},
     {.index = 4, .voffset = 100},
     132},
    {"mode 1: so is the scalar one",
     "Mesa",
     {.stride = 8, .records = 5, .mode = kIndexAlone},
     {.index = 4, .soffset = 1000},
     1032},

    {"mode 2: anywhere",
     "Mesa",
     {.stride = 8, .records = 1, .mode = kUnchecked},
     {.index = 1000},
     8000},
    {"mode 2: no records", "Mesa", {.stride = 8, .mode = kUnchecked}, {.index = 0}, kNowhere},

    {"mode 3: the last dword", "Mesa", {.records = 40}, {.voffset = 36}, 36},
    {"mode 3: behind it", "Mesa", {.records = 40}, {.voffset = 40}, kNowhere},
    {"mode 3: the immediate counts",
     "Mesa",
     {.records = 40},
     {.voffset = 32, .immediate = 8},
     kNowhere},
    {"mode 3: the scalar offset shortens the records",
     "LLVM",
     {.records = 40},
     {.voffset = 20, .soffset = 16},
     36},
    {"mode 3: and one dword further",
     "LLVM",
     {.records = 40},
     {.voffset = 24, .soffset = 16},
     kNowhere},
    {"mode 3: a scalar offset beyond the records",
     "LLVM",
     {.records = 40},
     {.voffset = 0, .soffset = 44},
     kNowhere},
    {"mode 3: a huge scalar offset does not wrap around",
     "LLVM",
     {.records = 40},
     {.voffset = 0, .soffset = 0xfffffff0},
     kNowhere},

    {"swizzled: rows of index stride dwords",
     "ISA",
     {.stride = 8, .records = 64, .mode = kIndexAlone, .swizzled = true},
     {.index = 3, .voffset = 4},
     4 * 8 + 3 * 4},
    {"swizzled: the next block",
     "ISA",
     {.stride = 8, .records = 64, .mode = kIndexAlone, .swizzled = true, .index_stride = 1},
     {.index = 17, .voffset = 4},
     (8 + 4) * 16 + 4},
    {"swizzled, mode 3: the swizzled address counts",
     "Mesa",
     {.stride = 8, .records = 200, .swizzled = true, .index_stride = 1},
     {.index = 17, .voffset = 4},
     196},
    {"swizzled, mode 3: behind the records",
     "Mesa",
     {.stride = 8, .records = 196, .swizzled = true, .index_stride = 1},
     {.index = 17, .voffset = 4},
     kNowhere},
    {"swizzled: the scalar offset is added afterwards",
     "ISA",
     {.stride = 8, .records = 64, .mode = kIndexAlone, .swizzled = true},
     {.index = 3, .voffset = 4, .soffset = 64},
     64 + 4 * 8 + 3 * 4},

    {"the lane is the index",
     "ISA",
     {.stride = 12, .records = 64, .mode = kIndexAlone, .adds_lane = true},
     {.lane = 5},
     60},
    {"the lane is added to the index",
     "ISA",
     {.stride = 12, .records = 64, .mode = kIndexAlone, .adds_lane = true},
     {.index = 2, .lane = 5},
     84},
    {"the lane counts against the records",
     "ISA",
     {.stride = 12, .records = 5, .mode = kIndexAlone, .adds_lane = true},
     {.lane = 5},
     kNowhere},
};

std::uint32_t content_at(std::size_t place) {
  return static_cast<std::uint32_t>(place) | 0xa0000000;
}

void prepare(Machine& machine, Instruction& instruction, const Vector& v) {
  const Resource& r = v.resource;
  const Address& a = v.address;
  const std::uint64_t base = machine.address(kStart) | std::uint64_t{r.swizzled} << 63;
  machine.wave().write_pair(kResource, base | std::uint64_t{r.stride} << 48);
  machine.wave().s[kResource + 2] = r.records;
  machine.wave().s[kResource + 3] = r.format << 12 | r.index_stride << 21 |
                                    std::uint32_t{r.adds_lane} << 23 |
                                    static_cast<std::uint32_t>(r.mode) << 28;
  machine.wave().s[5] = a.soffset;
  instruction.source = {256 + kAddress, kResource, 5, 0};
  instruction.destination = 256 + kData;
  instruction.offset = a.immediate;
  instruction.memory.flags =
      static_cast<std::uint8_t>((a.index >= 0 ? kIdxen : 0) | (a.voffset >= 0 ? kOffen : 0));
  unsigned next = kAddress;
  if (a.index >= 0) machine.lane(next++, a.lane) = static_cast<std::uint32_t>(a.index);
  if (a.voffset >= 0) machine.lane(next, a.lane) = static_cast<std::uint32_t>(a.voffset);
  machine.wave().s[operand::kExecLo] = 1u << a.lane;
  for (std::size_t k = 0; k < Machine::kMemoryBytes - kStart; k += 4) {
    store_as(machine.memory() + kStart + k, content_at(k));
  }
}

TEST(BufferResource, LoadsComeFromWhereTheyShould) {
  for (const Vector& v : kVectors) {
    SCOPED_TRACE(testing::Message() << v.name << " (" << v.source << ")");
    Machine machine;
    Instruction instruction = make_instruction(mubuf_opcodes(), "buffer_load_dword");
    prepare(machine, instruction, v);
    execute(machine, instruction);
    EXPECT_EQ(machine.lane(kData, v.address.lane),
              v.place == kNowhere ? 0u : content_at(static_cast<std::size_t>(v.place)));
  }
}

TEST(BufferResource, StoresAndAtomicsGoWhereTheyShould) {
  for (const Vector& v : kVectors) {
    for (const char* mnemonic : {"buffer_store_dword", "buffer_atomic_swap"}) {
      SCOPED_TRACE(testing::Message() << v.name << " (" << v.source << "), " << mnemonic);
      Machine machine;
      Instruction instruction = make_instruction(mubuf_opcodes(), mnemonic);
      prepare(machine, instruction, v);
      machine.lane(kData, v.address.lane) = 77;
      execute(machine, instruction);
      for (std::size_t k = 0; k < Machine::kMemoryBytes - kStart; k += 4) {
        const bool is_place = v.place != kNowhere && k == static_cast<std::size_t>(v.place);
        ASSERT_EQ(load_as<std::uint32_t>(machine.memory() + kStart + k),
                  is_place ? 77u : content_at(k))
            << "byte " << k;
      }
    }
  }
}

// What observers are told is what happens.
TEST(BufferResource, IsListedWhereItIs) {
  for (const Vector& v : kVectors) {
    SCOPED_TRACE(testing::Message() << v.name << " (" << v.source << ")");
    Machine machine;
    Instruction instruction = make_instruction(mubuf_opcodes(), "buffer_load_dword");
    prepare(machine, instruction, v);
    AccessList list;
    list_accesses(machine.wave(), instruction, list);
    const AccessList& listed = list;
    ASSERT_EQ(listed.all().size(), v.place == kNowhere ? 0u : 1u);
    if (v.place == kNowhere) continue;
    EXPECT_EQ(listed.all()[0].lanes, 1u << v.address.lane);
    EXPECT_EQ(listed.all()[0].address[v.address.lane],
              machine.address(kStart + static_cast<std::size_t>(v.place)));
  }
}

// Scalar loads look at base, stride and records, not at the format.
TEST(BufferResource, ScalarLoadsIgnoreTheFormat) {
  Machine machine;
  Instruction instruction = make_instruction(smem_opcodes(), "s_buffer_load_dword");
  machine.wave().write_pair(kResource, machine.address(kStart));
  machine.wave().s[kResource + 2] = 64;
  machine.wave().s[kResource + 3] = 0;
  instruction.source = {kResource, operand::kNull, 0, 0};
  instruction.destination = 20;
  store_as(machine.memory() + kStart, 123u);
  execute(machine, instruction);
  EXPECT_EQ(machine.wave().s[20], 123u);
}

}  // namespace
}  // namespace emulator
