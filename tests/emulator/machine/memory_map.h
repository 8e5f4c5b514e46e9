// Every range of memory that kernels may touch, with its kind.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

namespace emulator {

enum class MemoryKind : std::uint8_t {
  kDeviceCoarse,  // hipMalloc
  kHostCoarse,
  kHostFine,  // hipHostMalloc and managed memory
  kKernarg,
  kCode,        // a loaded code object: instructions, constants and __device__ variables
  kRegistered,  // host memory locked by hipHostRegister
  kScratch,
  kRuntime,  // queues and signals of the HSA runtime
};

std::string_view to_string(MemoryKind kind);

class WrittenBytes;  // observers/written_bytes.h

// A range of device addresses and the host memory behind it. Whoever shares the region keeps the
// host memory alive, so a range that is freed under a running kernel stays readable until it ends.
struct Region {
  std::uint64_t begin = 0;  // device address
  std::uint64_t end = 0;    // one past the last byte
  std::byte* host = nullptr;
  MemoryKind kind = MemoryKind::kDeviceCoarse;
  std::shared_ptr<void> owner;
  std::shared_ptr<WrittenBytes> written;  // null where it is not tracked
  // Where the clock model takes the range to lie: host addresses differ from run to run, and caches
  // care about addresses. MemoryMap assigns it in the order of the allocations.
  std::uint64_t modelled_begin = 0;

  bool contains(std::uint64_t address, std::uint64_t size) const {
    return address >= begin && size <= end - begin && address - begin <= (end - begin) - size;
  }
  std::byte* at(std::uint64_t address) const { return host + (address - begin); }
};

class MemoryMap;

// A sorted view of all regions at one time. Kernels run on a snapshot.
class MemorySnapshot {
 public:
  // `map` is where regions come from later, and must outlive the snapshot; null for none.
  explicit MemorySnapshot(std::vector<Region> regions, std::vector<Region> freed = {},
                          const MemoryMap* map = nullptr)
      : regions_(std::move(regions)), freed_(std::move(freed)), map_(map) {}
  // The region that holds `address`, or null. Also one that was added since: a kernel's own
  // malloc() has the host allocate memory while the kernel runs. It stays valid as long as the
  // snapshot.
  const Region* find(std::uint64_t address) const;
  // The region that ends last below `address`, or null: fault texts name the nearest neighbour.
  const Region* before(std::uint64_t address) const;
  const std::vector<Region>& regions() const { return regions_; }
  // Regions that were freed and whose addresses nothing else uses yet, the oldest first.
  const std::vector<Region>& freed() const { return freed_; }

 private:
  const Region* find_added(std::uint64_t address) const;

  std::vector<Region> regions_;
  std::vector<Region> freed_;
  const MemoryMap* map_;
  mutable std::mutex added_mutex_;
  // Later snapshots of which regions were given away.
  mutable std::vector<std::shared_ptr<const MemorySnapshot>> added_;
};

// Thread-safe. Adding and removing copies the table: allocations are rare, look-ups are not.
class MemoryMap {
 public:
  MemoryMap() = default;
  MemoryMap(const MemoryMap&) = delete;
  MemoryMap& operator=(const MemoryMap&) = delete;

  // The range must be free; throws std::invalid_argument if it overlaps another.
  void add(Region region);
  // Removes the region that begins at `begin`; false if there is none. With `keep_address` nothing
  // else gets its addresses before many more were freed, so that faults can name it.
  bool remove(std::uint64_t begin, bool keep_address = false);
  std::shared_ptr<const MemorySnapshot> snapshot() const;

 private:
  mutable std::mutex mutex_;
  std::uint64_t next_modelled_ = 1ull << 32;
  std::shared_ptr<const MemorySnapshot> current_ =
      std::make_shared<const MemorySnapshot>(std::vector<Region>{}, std::vector<Region>{}, this);
};

}  // namespace emulator
