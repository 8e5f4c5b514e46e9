#pragma once

// Which instances are worth their time where not all are timed.

#include <cstddef>

namespace rdna1conv {

// Of each solver those that may be the fastest by their estimates: these are off by 17 % (rms,
// src/plan/cost_coefficients.inc), so that one in fifty that takes no longer than another is
// estimated at 1.6 times as long.
inline constexpr double kLikelyFactor = 1.6;
inline constexpr std::size_t kMostLikely = 4;

}  // namespace rdna1conv
