// What watches execution: the memory that an instruction is about to touch, and waves that are
// executed one instruction at a time. The plain run loop of machine/workgroup.cpp knows nothing of
// it and pays nothing for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "machine/memory_access.h"

namespace emulator {

enum class AccessSpace : std::uint8_t {
  kGlobal,      // device addresses
  kLds,         // offsets into the workgroup's LDS
  kOutsideLds,  // offsets beyond it: loads give zero, stores are dropped
  kScratch,     // device addresses inside the wave's scratch
  kScalar,      // device addresses, through the scalar cache; lane 0 stands for the wave
};

// What a load smaller than a register leaves there: from the loaded bits, zero-extended, and what
// the register held.
using Extend = std::uint32_t (*)(std::uint32_t raw, std::uint32_t old);

// One access of up to 32 lanes. Dword d of a lane is at address[lane] + d * dword_stride; smaller
// pieces never straddle a dword unless dword_stride is 4.
struct LaneAccess {
  AccessSpace space = AccessSpace::kGlobal;
  Access access = Access::kLoad;
  std::uint8_t half = 0;
  std::uint8_t bytes = 0;  // per lane
  std::uint8_t first_byte =
      0;  // of the lane's data in registers, where an access is a part of them
  std::uint16_t dword_stride = 4;
  std::uint32_t lanes = 0;  // bit per lane that takes part: never zero
  Extend extend = nullptr;  // of loads smaller than a register
  alignas(64) std::array<std::uint64_t, kLanes> address;

  // Address of byte `byte` of a lane's data.
  std::uint64_t byte_address(unsigned lane, unsigned byte) const {
    return address[lane] + (dword_stride == 4 ? byte : byte / 4 * dword_stride + byte % 4);
  }
};

// The accesses of one instruction, in the order in which the lanes' data go. Reused from
// instruction to instruction, so that it seldom allocates.
class AccessList {
 public:
  void clear() { count_ = 0; }
  // A new access at the end; its addresses hold anything.
  LaneAccess& add(AccessSpace space, Access access, unsigned half, unsigned bytes,
                  std::uint32_t lanes);
  std::span<const LaneAccess> all() const { return {accesses_.data(), count_}; }
  std::span<LaneAccess> all() { return {accesses_.data(), count_}; }
  bool empty() const { return count_ == 0; }

 private:
  std::vector<LaneAccess> accesses_;
  std::size_t count_ = 0;
};

constexpr std::uint64_t kNeverYields = ~std::uint64_t{0};

// Puts what `instruction` would touch if `wave` executed it now into `list`: nothing for
// instructions that touch no memory. Lanes that a buffer's range check takes out are left out.
// Accesses that the device refuses (outside of any allocation, misaligned) are listed all the same,
// and so are those outside of LDS.
inline void list_accesses(Wave& wave, const Instruction& instruction, AccessList& list) {
  list.clear();
  if (instruction.opcode == nullptr || instruction.opcode->accesses == nullptr) return;
  instruction.opcode->accesses(wave, instruction, list);
}

// Makes `wave`, which is ready or yielded, the one that the calling thread executes: floating-point
// modes of the host, and the wave that a fault's text names. To be called before step() whenever
// the thread executed another wave in between. The wave yields at the first control transfer after
// `quantum` instructions.
void resume_wave(Wave& wave, std::uint64_t quantum = kNeverYields);

// Executes the next instruction of a wave, wave.next, and moves wave.next on. The wave's state then
// says whether it can go on: kReady, or why not. Throws Fault. Counts go to the wave at control
// transfers, as in the plain loop.
void step(Wave& wave);

// Runs the waves of one workgroup in place of the plain run loop.
class WorkgroupObserver {
 public:
  virtual ~WorkgroupObserver() = default;
  // As run_turn() of machine/workgroup.h.
  virtual TurnEnd run_turn(Workgroup& workgroup, std::uint64_t quantum) = 0;
};

// What an observer found out about a dispatch: for those who know the observer.
class Observation {
 public:
  virtual ~Observation() = default;
};

// Watches one dispatch. Workgroups run on several threads at a time.
class DispatchObserver {
 public:
  virtual ~DispatchObserver() = default;
  // The observer of a workgroup that start_workgroup() has just prepared; null: it runs plainly.
  virtual std::shared_ptr<WorkgroupObserver> begin(Workgroup& workgroup) = 0;

  // Whether workgroup 0 has its first turn before others begin. look_ahead() is called after that
  // turn, before any of them.
  virtual bool looks_ahead() const { return false; }
  virtual void look_ahead() {}
  // The first workgroup from `number` on that is to be executed; past the grid's last if none is.
  virtual std::uint64_t next_wanted(std::uint64_t number) const { return number; }
  // All workgroups that were wanted have ended, none with a fault; they executed so many wave
  // instructions.
  virtual std::shared_ptr<const Observation> end(std::uint64_t wave_instructions) {
    static_cast<void>(wave_instructions);
    return nullptr;
  }
};

// Makes the observer of a dispatch, or null for one that is to run plainly.
using ObserverFactory = std::unique_ptr<DispatchObserver> (*)(const Dispatch& dispatch,
                                                              const MemorySnapshot& memory);

}  // namespace emulator
