// The state of one wave: registers, masks, modes and where it stands in its program.
#pragma once

#include <array>
#include <cstdint>

#include "isa/instruction.h"
#include "machine/memory_map.h"

namespace emulator {

class Program;
struct Workgroup;

constexpr unsigned kLanes = 32;  // lanes that one pass of a vector instruction serves

struct Vgpr {
  alignas(64) std::array<std::uint32_t, kLanes> lane;
};

// MODE register fields that change arithmetic (hardware register 1).
struct FloatMode {
  std::uint8_t round_f32 = 0;  // 0 nearest even, 1 +inf, 2 -inf, 3 zero
  std::uint8_t round_f16_f64 = 0;
  std::uint8_t denormal_f32 = 3;  // bit 0: keep input denormals, bit 1: keep output denormals
  std::uint8_t denormal_f16_f64 = 3;
  bool dx10_clamp = true;
  bool ieee = true;

  bool operator==(const FloatMode&) const = default;
};

enum class WaveState : std::uint8_t { kReady, kAtBarrier, kYielded, kEnded };

// Executed instructions by class.
struct ClassCounts {
  std::array<std::uint64_t, static_cast<std::size_t>(InstructionClass::kCount)> of{};

  ClassCounts& operator+=(const ClassCounts& other) {
    for (std::size_t i = 0; i < of.size(); ++i) of[i] += other.of[i];
    return *this;
  }
};

struct Wave {
  // Vector registers: wave32 uses half 0; in wave64 half 1 holds lanes 32 to 63.
  std::array<std::array<Vgpr, 256>, 2> v;
  // Scalar registers by operand code 0..127: SGPRs, VCC (106), TTMPs, M0, NULL (125) and EXEC
  // (126). Write through write_scalar(): NULL swallows writes.
  std::array<std::uint32_t, 128> s{};
  bool scc = false;
  unsigned halves = 1;  // 1 in wave32, 2 in wave64

  FloatMode mode;
  // Whether `mode` is round-to-nearest with denormals kept for all types: the host's default.
  bool default_mode = true;

  const Program* program = nullptr;
  Workgroup* workgroup = nullptr;
  const MemorySnapshot* memory = nullptr;
  std::uint64_t flat_scratch = 0;   // FLAT_SCR_LO/HI as the kernel's prologue sets them
  std::uint64_t scratch_base = 0;   // this wave's scratch: device address, equal to the host's
  std::uint64_t scratch_bytes = 0;  // of all its lanes together
  unsigned index = 0;               // within the workgroup

  const Instruction* next = nullptr;  // where to go on; null once ended
  WaveState state = WaveState::kReady;

  // Instruction counts are taken at control transfers from the program's prefix sums, so that
  // straight-line code pays nothing for them.
  const Instruction* block_begin = nullptr;
  std::uint64_t executed = 0;
  std::uint64_t budget = 0;  // `executed` at which a control transfer yields
  ClassCounts counts;

  // Turns of a loop that waits for memory or a clock (Instruction kSpins), the branch of which was
  // taken last.
  const Instruction* spinning = nullptr;
  unsigned spins = 0;

  // The instruction being executed when a Fault is thrown; memory handlers and other throwing
  // handlers set it before they can throw.
  const Instruction* current = nullptr;

  // Last region that accesses of a static instruction fell in, indexed by its address. `begin` is
  // past `end` in an empty entry.
  struct CachedRegion {
    std::uint64_t begin = 1;
    std::uint64_t end = 0;
    std::byte* host = nullptr;
    MemoryKind kind = MemoryKind::kDeviceCoarse;
  };
  std::array<CachedRegion, 16> cached_regions{};

  std::uint32_t exec(unsigned half = 0) const { return s[operand::kExecLo + half]; }
  std::uint64_t exec64() const { return read_pair(operand::kExecLo); }
  std::uint64_t vcc64() const { return read_pair(operand::kVccLo); }
  bool is_wave64() const { return halves == 2; }

  std::uint64_t read_pair(unsigned code) const {
    if (code == operand::kNull) return 0;  // what follows NULL is EXEC
    return s[code] | static_cast<std::uint64_t>(s[code + 1]) << 32;
  }
  void write_scalar(unsigned code, std::uint32_t value) {
    if (code != operand::kNull) s[code] = value;
  }
  void write_pair(unsigned code, std::uint64_t value) {
    if (code == operand::kNull) return;
    s[code] = static_cast<std::uint32_t>(value);
    s[code + 1] = static_cast<std::uint32_t>(value >> 32);
  }
  // Masks of lanes: one SGPR in wave32, a pair in wave64.
  std::uint32_t mask(unsigned code, unsigned half) const {
    return code == operand::kNull ? 0 : s[code + half];
  }
  void write_mask(unsigned code, unsigned half, std::uint32_t value) {
    if (code != operand::kNull) s[code + half] = value;
  }
};

// Adds the block that ends with `last` (a control transfer) to the wave's counts and lets the next
// one begin at `next`. Returns `next`, or null when the wave's budget is used up: it then goes on
// at `next` in its next turn.
const Instruction* transfer_control(Wave& wave, const Instruction& last, const Instruction* next);

// The same for a taken branch of a loop that waits: after some turns the wave yields, for what it
// waits for must come from others.
const Instruction* spin(Wave& wave, const Instruction& branch);

}  // namespace emulator
