#pragma once

// A problem cut into pieces that are launched one after the other: images, or tiles of them.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "plan/solver.h"
#include "solvers/launch_arithmetic.h"

namespace rdna1conv {

// `full` pieces of `size`, and if `rest` is not 0 a last one of that size.
struct Chunks {
  std::int64_t size, full, rest;

  std::int64_t count() const { return full + (rest > 0 ? 1 : 0); }
  std::int64_t total() const { return full * size + rest; }
};

// A chunk takes up to four launches.
inline constexpr std::int64_t kMaxChunks = kMaxLaunches / 4 - 1;

// Pieces of the preferred size, or larger ones where there would be more than kMaxChunks; none is
// larger than `most`, and all but the last are multiples of `granule`.
inline Chunks chunks_of(std::int64_t total, std::int64_t preferred, std::int64_t most,
                        std::int64_t granule = 1) {
  const std::int64_t wanted = std::max(preferred, divide_up(total, kMaxChunks));
  const std::int64_t rounded = divide_up(std::min(wanted, most), granule) * granule;
  const std::int64_t size = std::clamp<std::int64_t>(rounded > most ? rounded - granule : rounded,
                                                     std::min(granule, total), total);
  return {size, total / size, total % size};
}

// A reason to refuse, see solvers/refusals.h.
inline std::optional<std::string> unless_few(const Chunks& chunks, std::int64_t launches_a_chunk) {
  const std::int64_t launches = chunks.count() * launches_a_chunk;
  if (launches < kMaxLaunches) return std::nullopt;
  return "takes " + std::to_string(launches) + " launches one after the other, at most " +
         std::to_string(kMaxLaunches);
}

// Calls visit(first, size) for each piece.
template <class Visit>
void for_each_chunk(const Chunks& chunks, const Visit& visit) {
  const std::int64_t total = chunks.total();
  for (std::int64_t first = 0; first < total; first += chunks.size)
    visit(first, std::min(chunks.size, total - first));
}

}  // namespace rdna1conv
