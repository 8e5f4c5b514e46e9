#include "observers/mutation/data_use.h"

#include <algorithm>
#include <bit>
#include <compare>
#include <map>

#include "machine/device.h"

namespace emulator {
namespace {

thread_local DataUse* watched = nullptr;

}  // namespace

DataUse::Watch::Watch(DataUse& use) { watched = &use; }
DataUse::Watch::~Watch() { watched = nullptr; }

void DataUse::follow(std::uint64_t begin, std::uint64_t bytes) {
  ranges_.push_back({begin, std::vector<std::uint8_t>(bytes, kUntouched)});
}

std::uint64_t DataUse::never_loaded(std::size_t range) const {
  const std::vector<std::uint8_t>& state = ranges_[range].state;
  return state.size() - static_cast<std::uint64_t>(std::ranges::count(state, kLoaded));
}

std::uint64_t DataUse::never_touched(std::size_t range) const {
  return static_cast<std::uint64_t>(std::ranges::count(ranges_[range].state, kUntouched));
}

std::uint64_t DataUse::stored_in_vain(std::size_t range) const {
  const Range& of = ranges_[range];
  return of.stored_in_vain + static_cast<std::uint64_t>(std::ranges::count(of.state, kStored));
}

std::uint64_t DataUse::touch(std::uint8_t* state, std::uint64_t bytes, Access access) {
  std::uint64_t in_vain = 0;
  for (std::uint64_t i = 0; i < bytes; ++i) {
    if (access == Access::kStore) {
      in_vain += __atomic_exchange_n(state + i, kStored, __ATOMIC_RELAXED) == kStored;
    } else {
      __atomic_store_n(state + i, kLoaded, __ATOMIC_RELAXED);
    }
  }
  return in_vain;
}

namespace {

// What becomes of the bytes that one workgroup stores to its LDS.
class LdsUse {
 public:
  explicit LdsUse(std::size_t bytes) : bytes_(bytes) {}

  // Which dword of an instruction's data, and how many barriers the wave had reached.
  struct Part {
    std::uint64_t instruction = 0;
    unsigned part = 0;
    unsigned phase = 0;
    auto operator<=>(const Part&) const = default;
  };

  void store(const Part& part, std::uint64_t offset, unsigned bytes) {
    const auto [found, is_new] = number_of_.try_emplace(part, stores_.size());
    if (is_new) stores_.push_back({.part = part});
    stores_[found->second].stored += bytes;
    std::fill_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), bytes,
                Byte{static_cast<std::uint32_t>(found->second), true});
  }
  void load(std::uint64_t offset, unsigned bytes) {
    for (std::uint64_t at = offset; at < offset + bytes; ++at) {
      if (!bytes_[at].awaits_load) continue;
      bytes_[at].awaits_load = false;
      ++stores_[bytes_[at].store].loaded;
    }
  }
  void add_in_vain(std::set<LdsStore>& in_vain) const {
    std::set<unsigned> loaded_phases;
    for (const Store& each : stores_) {
      if (each.loaded != 0) loaded_phases.insert(each.part.phase);
    }
    for (const Store& each : stores_) {
      if (each.loaded == each.stored || !loaded_phases.contains(each.part.phase)) continue;
      in_vain.insert({each.part.instruction, each.part.part, each.loaded != 0});
    }
  }

 private:
  struct Byte {
    std::uint32_t store = 0;   // the last one
    bool awaits_load = false;  // and nothing has loaded it since
  };
  struct Store {
    Part part;
    std::uint64_t stored = 0;
    std::uint64_t loaded = 0;
  };
  std::vector<Byte> bytes_;
  std::vector<Store> stores_;
  std::map<Part, std::size_t> number_of_;
};

}  // namespace

class DataUseWorkgroup final : public WorkgroupObserver {
 public:
  DataUseWorkgroup(DataUse& use, const Workgroup& workgroup)
      : use_(use), lds_(workgroup.lds.size()), phase_(workgroup.wave_count) {}

  TurnEnd run_turn(Workgroup& workgroup, std::uint64_t quantum) override {
    const TurnEnd end = emulator::run_turn(workgroup, [&](Wave& wave) {
      resume_wave(wave, quantum);
      while (wave.state == WaveState::kReady) {
        const std::uint64_t instruction = wave.program->address_of(*wave.next);
        list_accesses(wave, *wave.next, accesses_);
        step(wave);  // addresses are valid after it
        unsigned part = 0;
        for (const LaneAccess& access : accesses_.all()) {
          touch(access, {instruction, part, phase_[wave.index]});
          part += (access.bytes + 3u) / 4;
        }
      }
      phase_[wave.index] += wave.state == WaveState::kAtBarrier;
    });
    if (end == TurnEnd::kDone) {
      const std::lock_guard lock(use_.mutex_);
      lds_.add_in_vain(use_.lds_stores_in_vain_);
    }
    return end;
  }

 private:
  void touch(const LaneAccess& access, const LdsUse::Part& first) {
    if (access.space == AccessSpace::kScratch || access.space == AccessSpace::kOutsideLds) return;
    for (std::uint32_t rest = access.lanes; rest != 0; rest &= rest - 1) {
      const std::uint64_t address = access.address[static_cast<unsigned>(std::countr_zero(rest))];
      if (access.space != AccessSpace::kLds) {
        touch_global(access, address);
      } else if (access.access == Access::kStore) {
        LdsUse::Part part = first;
        for (unsigned byte = 0; byte < access.bytes; byte += 4, ++part.part) {
          lds_.store(part, address + byte, std::min(4u, access.bytes - byte));
        }
      } else {
        lds_.load(address, access.bytes);
      }
    }
  }
  void touch_global(const LaneAccess& access, std::uint64_t address) {
    for (DataUse::Range& range : use_.ranges_) {
      if (address < range.begin || address - range.begin >= range.state.size()) continue;
      const std::uint64_t in_vain =
          DataUse::touch(range.state.data() + (address - range.begin), access.bytes, access.access);
      if (in_vain != 0) __atomic_fetch_add(&range.stored_in_vain, in_vain, __ATOMIC_RELAXED);
      return;
    }
  }

  DataUse& use_;
  LdsUse lds_;
  std::vector<unsigned> phase_;  // barriers that each wave has reached
  AccessList accesses_;
};

namespace {

class DataUseDispatch final : public DispatchObserver {
 public:
  explicit DataUseDispatch(DataUse& use) : use_(use) {}
  std::shared_ptr<WorkgroupObserver> begin(Workgroup& workgroup) override {
    return std::make_shared<DataUseWorkgroup>(use_, workgroup);
  }

 private:
  DataUse& use_;
};

}  // namespace

std::unique_ptr<DispatchObserver> DataUse::make(const Dispatch&, const MemorySnapshot&) {
  return std::make_unique<DataUseDispatch>(*watched);
}

}  // namespace emulator
