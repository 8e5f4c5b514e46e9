#pragma once

// Into how many ranges the sum of a GEMM is split, whose partial sums are added up afterwards.

#include <array>
#include <cstdint>

namespace rdna1conv {

inline constexpr std::array<std::uint32_t, 17> kSplitCandidates = {
    2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512};

// The number of ranges that takes the fewest clocks, 1 if none takes fewer than `unsplit_clocks`.
// Candidates go up to `most`; `useful(candidate)` is how many ranges are left of them when none is
// empty, 0 if they are not to be tried; `clocks(ranges)` is the estimate.
template <class Useful, class Clocks>
std::uint32_t best_splits(std::uint32_t most, double unsplit_clocks, const Useful& useful,
                          const Clocks& clocks) {
  std::uint32_t best = 1;
  double best_clocks = unsplit_clocks;
  for (const std::uint32_t candidate : kSplitCandidates) {
    if (candidate > most) break;
    const std::uint32_t splits = useful(candidate);
    if (splits < 2) continue;
    const double splits_clocks = clocks(splits);
    if (splits_clocks >= best_clocks) continue;
    best = splits;
    best_clocks = splits_clocks;
  }
  return best;
}

}  // namespace rdna1conv
