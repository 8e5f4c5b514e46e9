#include <gtest/gtest.h>
#include <rdna1conv/arena.hpp>

#include <random>

namespace {

using rdna1conv::ArenaBlock;

void expect_apart(const std::vector<ArenaBlock>& blocks, std::size_t total) {
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const ArenaBlock& a = blocks[i];
    EXPECT_EQ(a.offset % rdna1conv::kArenaAlignment, 0u);
    EXPECT_LE(a.offset + a.bytes, total);
    for (std::size_t j = 0; j < i; ++j) {
      const ArenaBlock& b = blocks[j];
      const bool at_same_time = a.first <= b.last && b.first <= a.last;
      const bool at_same_place = a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
      EXPECT_FALSE(at_same_time && at_same_place) << "blocks " << i << " and " << j;
    }
  }
}

TEST(Arena, BlocksOfDifferentTimesShareMemory) {
  std::vector<ArenaBlock> blocks{{1000, 0, 1, 0}, {1000, 2, 3, 0}, {512, 1, 2, 0}};
  const std::size_t total = rdna1conv::plan_arena(blocks);
  expect_apart(blocks, total);
  EXPECT_EQ(total, 1024u + 512u);
}

TEST(Arena, RandomBlocksLieApart) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    std::vector<ArenaBlock> blocks(40);
    for (ArenaBlock& block : blocks) {
      block.bytes = random() % 5000;
      block.first = random() % 30;
      block.last = block.first + random() % 6;
    }
    expect_apart(blocks, rdna1conv::plan_arena(blocks));
  }
}

TEST(Arena, OfNothingIsEmpty) {
  std::vector<ArenaBlock> none;
  EXPECT_EQ(rdna1conv::plan_arena(none), 0u);
}

}  // namespace
