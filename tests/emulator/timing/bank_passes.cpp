#include "timing/bank_passes.h"

#include <algorithm>
#include <array>
#include <bit>

namespace emulator::timing {
namespace {

constexpr unsigned kMaxBanks = 64;

// Distinct dwords by bank of one group of lanes.
class BankUse {
 public:
  explicit BankUse(unsigned banks) : banks_(banks) { clear(); }

  void clear() {
    std::fill_n(count_.begin(), banks_, 0u);
    busiest_ = 0;
  }

  void add(std::uint64_t dword, bool counts_equal_ones) {
    const auto bank = static_cast<unsigned>(dword % banks_);
    auto& seen = dwords_[bank];
    unsigned& count = count_of(bank);
    if (!counts_equal_ones &&
        std::find(seen.begin(), seen.begin() + count, dword) != seen.begin() + count) {
      return;
    }
    seen[count++] = dword;
    busiest_ = std::max(busiest_, count);
  }
  unsigned busiest() const { return busiest_; }

 private:
  unsigned& count_of(unsigned bank) { return count_[bank]; }

  unsigned banks_;
  std::array<unsigned, kMaxBanks> count_{};
  // A group has at most 32 dwords, or twice that when misaligned pieces straddle dwords.
  std::array<std::array<std::uint64_t, 2 * kLanes>, kMaxBanks> dwords_;
  unsigned busiest_ = 0;
};

}  // namespace

unsigned bank_passes(const LaneAccess& access, unsigned banks) {
  const unsigned dwords = std::max(1u, (access.bytes + 3u) / 4);
  const bool is_atomic = access.access == Access::kAtomic;
  // Three dwords do not divide the width: they go one after the other, all lanes at a time.
  const bool by_dword = dwords == 3;
  const unsigned lanes_per_group = by_dword ? kLanes : kLanes / dwords;
  unsigned passes = 0;
  BankUse use(std::clamp(banks, 1u, kMaxBanks));
  for (unsigned turn = 0; turn < (by_dword ? dwords : 1); ++turn) {
    for (unsigned first = 0; first < kLanes; first += lanes_per_group) {
      use.clear();
      for (unsigned lane = first; lane < first + lanes_per_group; ++lane) {
        if ((access.lanes >> lane & 1) == 0) continue;
        const std::uint64_t begin = access.address[lane] / 4;
        const std::uint64_t end = (access.address[lane] + access.bytes + 3) / 4;
        if (by_dword) {
          use.add(begin + turn, is_atomic);
          continue;
        }
        for (std::uint64_t dword = begin; dword < end; ++dword) use.add(dword, is_atomic);
      }
      passes += std::max(use.busiest(), 1u);
    }
  }
  return std::max(passes, dwords);
}

unsigned RepeatedBankPasses::operator()(std::size_t number, const LaneAccess& access,
                                        unsigned banks) {
  Entry& entry = entries_[number % entries_.size()];
  const std::uint64_t first = access.address[static_cast<unsigned>(std::countr_zero(access.lanes))];
  std::array<std::uint64_t, kLanes> address;
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    address[lane] = (access.lanes >> lane & 1) != 0 ? access.address[lane] : first;
  }
  const std::uint64_t moved = address[0] - entry.address[0];
  std::uint64_t different = moved % 4;
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    different |= (address[lane] - entry.address[lane]) ^ moved;
  }
  const bool known = different == 0 && entry.lanes == access.lanes && entry.banks == banks &&
                     entry.bytes == access.bytes && entry.access == access.access;
  if (!known) {
    entry = {access.lanes, banks, bank_passes(access, banks), access.bytes, access.access, address};
  }
  return entry.passes;
}

}  // namespace emulator::timing
