// Unordered accesses of two waves of a dispatch to the same byte of global memory.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "machine/observer.h"
#include "observers/ordering.h"

namespace emulator {

// What a byte's or dword's last accesses were.
struct RaceCell {
  Party writer;
  std::uint32_t release = 0;  // sequence number below which the writer's accesses had ended then
  std::array<Party, 2> readers;
  bool atomic_writer = false;
  bool split = false;  // the four bytes of a dword have cells of their own
};

struct GlobalRace {
  Party other;
  bool other_wrote = false;
  bool other_atomic = false;
  unsigned lane = 0;  // of the wave that has found it
  std::uint64_t address = 0;
};

// An access as the wave makes it.
struct GlobalAccess {
  Party party;
  std::uint32_t release = 0;  // as in RaceCell, of this access
  // An atomic, or a load that bypasses the L0 cache (glc), as compilers emit for atomic loads.
  bool synchronizes = false;
};

class GlobalRaces {
 public:
  GlobalRaces();
  ~GlobalRaces();

  struct Chunk;
  // The chunks that a workgroup used last.
  struct Recent {
    std::array<std::uint64_t, 64> key;
    std::array<Chunk*, 64> chunk{};
  };
  std::optional<GlobalRace> access(const LaneAccess& lanes, const GlobalAccess& access,
                                   const GroupOrder& group, DispatchOrder& order, Recent& recent);

 private:
  Chunk& chunk_at(std::uint64_t key, Recent& recent);

  struct Shard {
    std::mutex mutex;
    std::unordered_map<std::uint64_t, std::unique_ptr<Chunk>> chunks;
  };
  std::array<Shard, 64> shards_;
};

}  // namespace emulator
