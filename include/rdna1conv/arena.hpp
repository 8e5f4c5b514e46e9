#pragma once

// Where tensors that do not live at the same time share memory.

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace rdna1conv {
inline namespace v1 {

// A block of memory that is in use in the steps [first, last] of a sequence.
struct ArenaBlock {
  std::size_t bytes = 0;
  std::size_t first = 0, last = 0;
  std::size_t offset = 0;  // what plan_arena() finds, a multiple of kArenaAlignment
};

inline constexpr std::size_t kArenaAlignment = 256;

// Gives blocks that are in use in a common step different memory and returns the bytes that all of
// it takes: the largest block first, each at the lowest place that is free while it is in use.
inline std::size_t plan_arena(std::vector<ArenaBlock>& blocks) {
  std::vector<std::size_t> order(blocks.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return blocks[a].bytes > blocks[b].bytes; });
  std::size_t total = 0;
  std::vector<std::size_t> placed;  // by offset
  for (const std::size_t index : order) {
    ArenaBlock& block = blocks[index];
    block.offset = 0;
    for (const std::size_t other : placed) {
      const ArenaBlock& taken = blocks[other];
      const bool at_same_time = taken.first <= block.last && block.first <= taken.last;
      const bool at_same_place =
          taken.offset < block.offset + block.bytes && block.offset < taken.offset + taken.bytes;
      if (!at_same_time || !at_same_place) continue;
      const std::size_t end = taken.offset + taken.bytes;
      block.offset = (end + kArenaAlignment - 1) / kArenaAlignment * kArenaAlignment;
    }
    total = std::max(total, block.offset + block.bytes);
    placed.insert(std::upper_bound(placed.begin(), placed.end(), block.offset,
                                   [&](std::size_t offset, std::size_t other) {
                                     return offset < blocks[other].offset;
                                   }),
                  index);
  }
  return total;
}

}  // namespace v1
}  // namespace rdna1conv
