#include "tiles.h"

#include <gtest/gtest.h>

namespace upscale {
namespace {

struct SpanCase {
  int length, tile, reach;
};
constexpr SpanCase kSpans[] = {{10, 10, 3}, {10, 64, 3}, {11, 10, 3}, {100, 10, 3},
                               {97, 17, 8}, {5, 5, 0},   {64, 16, 0}, {1000, 33, 16}};

TEST(TileSpans, CoverOnceAndSeeAllThatTheyDependOn) {
  for (const auto& [length, tile, reach] : kSpans) {
    SCOPED_TRACE("length " + std::to_string(length) + ", tile " + std::to_string(tile) +
                 ", reach " + std::to_string(reach));
    int covered = 0;
    for (const TileSpan& span : tile_spans(length, tile, reach)) {
      EXPECT_EQ(span.keep_first, covered);
      EXPECT_GT(span.keep_last, span.keep_first);
      const int last = span.first + std::min(tile, length);
      EXPECT_GE(span.first, 0);
      EXPECT_LE(last, length);
      // Either the tile has `reach` more than it keeps, or it ends where the picture does.
      EXPECT_LE(span.first, std::max(0, span.keep_first - reach));
      EXPECT_GE(last, std::min(length, span.keep_last + reach));
      covered = span.keep_last;
    }
    EXPECT_EQ(covered, length);
  }
}

TEST(TileSize, HalvesTheLongerSideAndEnds) {
  TileSize size{3000, 4000};
  const TileSize first = smaller(size, 10);
  EXPECT_EQ(first.height, 3000);
  EXPECT_EQ(first.width, 2000);
  for (int i = 0; i < 40; ++i) size = smaller(size, 10);
  EXPECT_EQ(size.height, 41);
  EXPECT_EQ(size.width, 41);
  const TileSize little = smaller({20, 20}, 10);
  EXPECT_EQ(little.height, 20);
  EXPECT_EQ(little.width, 20);
}

}  // namespace
}  // namespace upscale
