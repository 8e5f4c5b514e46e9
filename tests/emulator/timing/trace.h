// What the clock model gets to know of an execution: which instructions each wave of a workgroup
// executed, in order, and which memory they touched. Times are the model's own business, so a
// trace is the same whatever the host did meanwhile.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace emulator::timing {

// Consecutive instructions of the program, by index.
struct Block {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

enum class OperationKind : std::uint8_t {
  kLoad,
  kStore,
  kAtomic,
  kLds,
  kScalarLoad,
  kScalarStore,
  kInvalidateL0,
  kInvalidateL1,
};

// One executed memory instruction.
struct MemoryOperation {
  OperationKind kind = OperationKind::kLoad;
  bool has_setup = false;      // not a structured buffer access
  bool is_scattered = false;   // over 2 dwords a lane, not aligned to 4 and not one after the other
  bool is_misaligned = false;  // a multi-dword access of lanes that are not aligned to its size
  std::uint8_t dwords = 0;     // per lane, at least 1
  std::uint8_t passes = 1;     // halves of a wave64 with active lanes: each is 32 lanes' work
  std::uint16_t clocks = 0;    // kLds: clocks of the port
  std::uint16_t line_count = 0;
  std::uint16_t bank_passes = 0;  // loads: turns that L0's banks take, at least dwords * passes
  std::uint32_t first_line = 0;   // in WaveTrace::lines
  std::uint32_t bytes = 0;        // of all active lanes
};

constexpr unsigned kVectorLineBytes = 128;
constexpr unsigned kScalarLineBytes = 64;

struct WaveTrace {
  std::vector<Block> blocks;  // empty in traces of memory alone
  std::vector<MemoryOperation> operations;
  // Distinct lines of each operation in the order in which lanes touch them: numbers of 128-byte
  // lines in the model's address space, of 64-byte lines for scalar operations.
  std::vector<std::uint64_t> lines;
  std::uint64_t instructions = 0;  // recorded
  std::uint64_t executed = 0;      // including those after the recording was cut off
};

// How much of a workgroup is recorded.
enum class Detail : std::uint8_t {
  kEverything,
  kVectorMemory,  // for the other workgroup processors' load on the shared caches
};

struct WorkgroupTrace {
  Detail detail = Detail::kEverything;
  std::uint64_t number = 0;             // in the grid
  std::uint64_t instruction_limit = 0;  // per wave; 0 is none
  std::vector<WaveTrace> waves;
};

}  // namespace emulator::timing
