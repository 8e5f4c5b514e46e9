#include "observers/lds_races.h"

#include <algorithm>

namespace emulator {
namespace {

// Entries of a wave's log between two barriers; a wave that waits in a loop must not fill memory.
constexpr std::size_t kMostLogged = 1u << 16;

std::vector<std::uint64_t>& set_of(Access access, std::vector<std::uint64_t>& reads,
                                   std::vector<std::uint64_t>& writes,
                                   std::vector<std::uint64_t>& atomics) {
  switch (access) {
    case Access::kLoad:
      return reads;
    case Access::kStore:
      return writes;
    case Access::kAtomic:
      break;
  }
  return atomics;
}

bool can_race(Access a, Access b) { return (a == Access::kStore || b == Access::kStore); }

}  // namespace

void LdsRaces::begin(std::size_t lds_bytes, std::size_t waves) {
  words_ = (lds_bytes + 63) / 64 + 1;
  wave_count_ = waves;
  waves_.resize(std::max(waves_.size(), waves));
  for (Touched& touched : waves_) {
    touched.reads.assign(words_, 0);
    touched.writes.assign(words_, 0);
    touched.atomics.assign(words_, 0);
    touched.log.clear();
    touched.any = false;
  }
}

void LdsRaces::mark(Touched& touched, const LdsAccess& access) {
  std::vector<std::uint64_t>& set =
      set_of(access.access, touched.reads, touched.writes, touched.atomics);
  const std::uint64_t ones = (std::uint64_t{1} << access.bytes) - 1;
  touched.any = true;
  for (std::uint32_t rest = access.lanes; rest != 0; rest &= rest - 1) {
    const std::uint32_t offset = access.offset[static_cast<unsigned>(std::countr_zero(rest))];
    const unsigned shift = offset % 64;
    set[offset / 64] |= ones << shift;
    if (shift + access.bytes > 64) set[offset / 64 + 1] |= ones >> (64 - shift);
  }
}

void LdsRaces::access(unsigned wave, const LaneAccess& access, const Party& party,
                      const std::shared_ptr<const Acquired>& acquired) {
  Touched& touched = waves_[wave];
  LdsAccess entry;
  entry.party = party;
  entry.access = access.access;
  entry.bytes = access.bytes;
  entry.half = access.half;
  entry.lanes = access.lanes;
  entry.acquired = acquired;
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    entry.offset[lane] = static_cast<std::uint32_t>(access.address[lane]);
  }
  mark(touched, entry);
  if (touched.log.size() < kMostLogged) touched.log.push_back(std::move(entry));
}

std::optional<LdsRace> LdsRaces::find() const {
  if (wave_count_ < 2) return std::nullopt;
  std::vector<std::uint64_t> reads(words_), writes(words_), atomics(words_);
  for (std::size_t i = 0; i < wave_count_; ++i) {
    const Touched& mine = waves_[i];
    if (!mine.any) continue;
    std::uint64_t common = 0;
    for (std::size_t w = 0; w < words_; ++w) {
      common |= (mine.writes[w] & (reads[w] | writes[w] | atomics[w])) |
                ((mine.reads[w] | mine.atomics[w]) & writes[w]);
      reads[w] |= mine.reads[w];
      writes[w] |= mine.writes[w];
      atomics[w] |= mine.atomics[w];
    }
    if (common == 0) continue;
    for (std::size_t k = 0; k < i; ++k) {
      if (auto race = find_pair(waves_[k], mine)) return race;
    }
  }
  return std::nullopt;
}

std::optional<LdsRace> LdsRaces::find_pair(const Touched& a, const Touched& b) const {
  const auto touch = [&](std::size_t w) {
    return (a.writes[w] & (b.reads[w] | b.writes[w] | b.atomics[w])) |
           ((a.reads[w] | a.atomics[w]) & b.writes[w]);
  };
  // Bytes that both touch; the accesses of `a` to them, which are few, then those of `b`.
  std::vector<std::uint64_t> common(words_);
  bool any = false;
  for (std::size_t w = 0; w < words_; ++w) {
    common[w] = touch(w);
    any = any || common[w] != 0;
  }
  if (!any) return std::nullopt;
  const auto covers = [&](const LdsAccess& entry) {
    for (std::uint32_t rest = entry.lanes; rest != 0; rest &= rest - 1) {
      const std::uint32_t offset = entry.offset[static_cast<unsigned>(std::countr_zero(rest))];
      for (unsigned byte = 0; byte < entry.bytes; ++byte) {
        if ((common[(offset + byte) / 64] >> (offset + byte) % 64 & 1) != 0) return true;
      }
    }
    return false;
  };
  std::vector<const LdsAccess*> from_b;
  for (const LdsAccess& entry : b.log) {
    if (covers(entry)) from_b.push_back(&entry);
  }
  std::vector<std::int16_t> lane_at(words_ * 64);
  for (const LdsAccess& first : a.log) {
    if (!covers(first)) continue;
    std::fill(lane_at.begin(), lane_at.end(), std::int16_t{-1});
    for (std::uint32_t rest = first.lanes; rest != 0; rest &= rest - 1) {
      const auto lane = static_cast<unsigned>(std::countr_zero(rest));
      for (unsigned byte = 0; byte < first.bytes; ++byte) {
        lane_at[first.offset[lane] + byte] = static_cast<std::int16_t>(lane);
      }
    }
    for (const LdsAccess* second : from_b) {
      if (!can_race(first.access, second->access)) continue;
      if (GroupOrder::is_acquired(second->acquired.get(), first.party) ||
          GroupOrder::is_acquired(first.acquired.get(), second->party)) {
        continue;
      }
      for (std::uint32_t rest = second->lanes; rest != 0; rest &= rest - 1) {
        const auto lane = static_cast<unsigned>(std::countr_zero(rest));
        for (unsigned byte = 0; byte < second->bytes; ++byte) {
          const std::uint32_t offset = second->offset[lane] + byte;
          if (lane_at[offset] < 0) continue;
          return LdsRace{first, *second,
                         lane_number(first.half, static_cast<unsigned>(lane_at[offset])),
                         lane_number(second->half, lane), offset};
        }
      }
    }
  }
  return std::nullopt;
}

void LdsRaces::clear_marks(Touched& touched) {
  if (!touched.any) return;
  std::fill(touched.reads.begin(), touched.reads.end(), 0);
  std::fill(touched.writes.begin(), touched.writes.end(), 0);
  std::fill(touched.atomics.begin(), touched.atomics.end(), 0);
  touched.any = false;
}

void LdsRaces::meet(const std::array<std::uint32_t, kMostWaves>& ended) {
  for (std::size_t i = 0; i < wave_count_; ++i) {
    Touched& touched = waves_[i];
    clear_marks(touched);
    std::erase_if(touched.log,
                  [&](const LdsAccess& entry) { return entry.party.sequence < ended[i]; });
    for (const LdsAccess& entry : touched.log) mark(touched, entry);
  }
}

}  // namespace emulator
