// What a run did with its data, byte by byte: what it read of what it was given, and what it stored
// for itself and never read. A kernel that computes what it should leaves nothing unread; one whose
// address is off by a little often does, although every access of it is in bounds.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "machine/observer.h"

namespace emulator {

// A part of what an instruction stored to LDS between two barriers of one workgroup, a dword of
// each lane, that nothing loaded: of some lanes, or of all while other data stored between these
// barriers were loaded. Where a loop runs ahead of itself, what its last round stores is not loaded
// at all.
struct LdsStore {
  std::uint64_t address = 0;  // of the instruction
  unsigned part = 0;
  bool some_loaded = false;
  auto operator<=>(const LdsStore&) const = default;
};

class DataUse {
 public:
  // Follows the bytes [begin, begin + bytes) of global memory.
  void follow(std::uint64_t begin, std::uint64_t bytes);

  // Bytes of the n-th range followed that no kernel has loaded; that none has loaded or stored.
  std::uint64_t never_loaded(std::size_t range) const;
  std::uint64_t never_touched(std::size_t range) const;
  // Bytes of the n-th range that were stored and not loaded before the next store or the end.
  std::uint64_t stored_in_vain(std::size_t range) const;
  const std::set<LdsStore>& lds_stores_in_vain() const { return lds_stores_in_vain_; }

  // An ObserverFactory for dispatches that the calling thread runs while a Watch of it lives.
  static std::unique_ptr<DispatchObserver> make(const Dispatch& dispatch,
                                                const MemorySnapshot& memory);
  class Watch {
   public:
    explicit Watch(DataUse& use);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
  };

 private:
  friend class DataUseWorkgroup;

  // What last happened to bytes, a byte of state for each.
  enum State : std::uint8_t { kUntouched, kStored, kLoaded };
  struct Range {
    std::uint64_t begin = 0;
    std::vector<std::uint8_t> state;
    std::uint64_t stored_in_vain = 0;
  };
  // Returns how many of the bytes had been stored and not loaded since. Workgroups call it at the
  // same time: what they share is in order, or the checks find it.
  static std::uint64_t touch(std::uint8_t* state, std::uint64_t bytes, Access access);

  std::vector<Range> ranges_;
  std::mutex mutex_;
  std::set<LdsStore> lds_stores_in_vain_;
};

}  // namespace emulator
