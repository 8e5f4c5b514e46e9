#include "observers/global_races.h"

#include <algorithm>
#include <bit>
#include <vector>

namespace emulator {
namespace {

constexpr std::uint64_t kChunkBytes = 4096;

// What one access does to one cell.
class CellAccess {
 public:
  CellAccess(Access access, const GlobalAccess& by, const GroupOrder& group)
      : access_(access), by_(by), group_(group) {}

  struct Outcome {
    const Party* race = nullptr;  // lies in the cell as it was
    bool other_wrote = false;
    bool other_atomic = false;
    std::optional<Party> acquires;  // the writer whose value was seen
    std::uint32_t release = 0;
  };

  // What the access means for a cell; update() then records it.
  Outcome look(const RaceCell& cell) const {
    Outcome outcome;
    const bool has_writer = cell.writer.sequence != 0;
    const bool writer_ordered = !has_writer || is_ordered(cell.writer);
    if (has_writer && by_.synchronizes && cell.writer.wave != by_.party.wave) {
      outcome.acquires = cell.writer;
      outcome.release = cell.release;
    }
    const auto race_with = [&](const Party& other, bool wrote, bool atomic) {
      outcome.race = &other;
      outcome.other_wrote = wrote;
      outcome.other_atomic = atomic;
    };
    switch (access_) {
      case Access::kLoad:
        if (!by_.synchronizes && !writer_ordered && !cell.atomic_writer) {
          race_with(cell.writer, true, false);
        }
        break;
      case Access::kAtomic: {
        // A plain store of a wave that had ended all its accesses is how compilers write an atomic
        // store that releases.
        const bool released = cell.release > cell.writer.sequence;
        if (!writer_ordered && !cell.atomic_writer && !released) {
          race_with(cell.writer, true, false);
        }
        break;
      }
      case Access::kStore:
        if (!writer_ordered) race_with(cell.writer, true, cell.atomic_writer);
        for (const Party& reader : cell.readers) {
          if (outcome.race == nullptr && reader.sequence != 0 && !is_ordered(reader)) {
            race_with(reader, false, false);
          }
        }
        break;
    }
    return outcome;
  }

  void update(RaceCell& cell) const {
    if (access_ == Access::kLoad) {
      if (by_.synchronizes) return;
      Party& latest = cell.readers[0];
      // Of the readers that are unordered to each other two are kept: a store of a third wave then
      // meets one that is not its own.
      if (latest.sequence != 0 && latest.wave != by_.party.wave && !is_ordered(latest)) {
        cell.readers[1] = latest;
      }
      latest = by_.party;
      return;
    }
    cell.writer = by_.party;
    cell.release = by_.release;
    cell.atomic_writer = access_ == Access::kAtomic;
    if (access_ == Access::kStore) cell.readers = {};
  }

 private:
  bool is_ordered(const Party& other) const {
    return group_.is_ordered(other, by_.party.wave, group_.before_barrier_global);
  }

  Access access_;
  const GlobalAccess& by_;
  const GroupOrder& group_;
};

}  // namespace

struct GlobalRaces::Chunk {
  std::atomic_flag busy;
  std::array<RaceCell, kChunkBytes / 4> dwords;
  std::unordered_map<std::uint32_t, std::array<RaceCell, 4>> bytes;  // of split dwords

  class Lock {
   public:
    explicit Lock(Chunk& chunk) : chunk_(chunk) {
      while (chunk_.busy.test_and_set(std::memory_order_acquire)) {
      }
    }
    ~Lock() { chunk_.busy.clear(std::memory_order_release); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

   private:
    Chunk& chunk_;
  };
};

GlobalRaces::GlobalRaces() = default;
GlobalRaces::~GlobalRaces() = default;

GlobalRaces::Chunk& GlobalRaces::chunk_at(std::uint64_t key, Recent& recent) {
  const std::size_t slot = key % recent.key.size();
  if (recent.chunk[slot] != nullptr && recent.key[slot] == key) return *recent.chunk[slot];
  Shard& shard = shards_[key % shards_.size()];
  const std::lock_guard lock(shard.mutex);
  std::unique_ptr<Chunk>& chunk = shard.chunks[key];
  if (chunk == nullptr) chunk = std::make_unique<Chunk>();
  recent.key[slot] = key;
  recent.chunk[slot] = chunk.get();
  return *chunk;
}

std::optional<GlobalRace> GlobalRaces::access(const LaneAccess& lanes, const GlobalAccess& access,
                                              const GroupOrder& group, DispatchOrder& order,
                                              Recent& recent) {
  const CellAccess cell_access(lanes.access, access, group);
  std::optional<GlobalRace> race;
  std::vector<std::pair<Party, std::uint32_t>> acquires;
  std::optional<Chunk::Lock> lock;  // on `chunk`
  Chunk* chunk = nullptr;
  std::uint64_t chunk_key = 0;
  const auto visit = [&](RaceCell& cell, std::uint64_t address, unsigned lane) {
    const CellAccess::Outcome outcome = cell_access.look(cell);
    if (outcome.race != nullptr && !race) {
      race = GlobalRace{*outcome.race, outcome.other_wrote, outcome.other_atomic,
                        lane_number(lanes.half, lane), address};
    }
    if (outcome.acquires) acquires.emplace_back(*outcome.acquires, outcome.release);
    cell_access.update(cell);
  };
  std::uint64_t previous = ~std::uint64_t{0};
  for (std::uint32_t rest = lanes.lanes; rest != 0 && !race; rest &= rest - 1) {
    const auto lane = static_cast<unsigned>(std::countr_zero(rest));
    const std::uint64_t begin = lanes.address[lane];
    const std::uint64_t end = begin + lanes.bytes;
    if (begin == previous) continue;  // the lanes of a wave do not race with each other
    previous = begin;
    for (std::uint64_t dword = begin & ~std::uint64_t{3}; dword < end; dword += 4) {
      if (chunk == nullptr || dword / kChunkBytes != chunk_key) {
        lock.reset();
        chunk_key = dword / kChunkBytes;
        chunk = &chunk_at(chunk_key, recent);
        lock.emplace(*chunk);
      }
      const auto index = static_cast<std::uint32_t>(dword % kChunkBytes / 4);
      RaceCell& cell = chunk->dwords[index];
      const unsigned first = begin > dword ? static_cast<unsigned>(begin - dword) : 0;
      const unsigned last = end < dword + 4 ? static_cast<unsigned>(end - dword) : 4;
      if (first == 0 && last == 4 && !cell.split) [[likely]] {
        visit(cell, dword, lane);
        continue;
      }
      if (!cell.split) {
        chunk->bytes[index].fill(cell);
        cell.split = true;
      }
      std::array<RaceCell, 4>& bytes = chunk->bytes[index];
      for (unsigned byte = first; byte < last; ++byte) visit(bytes[byte], dword + byte, lane);
    }
  }
  lock.reset();
  for (const auto& [from, release] : acquires) order.acquire(access.party.wave, from.wave, release);
  return race;
}

}  // namespace emulator
