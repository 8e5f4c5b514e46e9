#include "tiles.h"

#include <algorithm>
#include <cmath>

namespace upscale {
namespace {

// [3][height][width] of the tile at (x, y).
std::vector<float> cut(const Picture& picture, int x, int y, TileSize size) {
  const auto area = static_cast<std::size_t>(size.height) * size.width;
  std::vector<float> planes(kColours * area);
  for (int row = 0; row < size.height; ++row) {
    for (int column = 0; column < size.width; ++column) {
      const std::uint8_t* pixel = picture.at(x + column, y + row);
      const std::size_t at = static_cast<std::size_t>(row) * size.width + column;
      for (std::size_t c = 0; c < kColours; ++c) planes[c * area + at] = pixel[c];
    }
  }
  return planes;
}

std::uint8_t rounded(float value) {
  return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0f, 255.0f)));
}

void keep(Picture& result, const std::vector<float>& planes, const TileSpan& x, const TileSpan& y,
          TileSize size, int factor) {
  const int width = size.width * factor;
  const std::size_t area = static_cast<std::size_t>(size.height) * factor * width;
  for (int row = y.keep_first * factor; row < y.keep_last * factor; ++row) {
    for (int column = x.keep_first * factor; column < x.keep_last * factor; ++column) {
      const std::size_t at =
          static_cast<std::size_t>(row - y.first * factor) * width + (column - x.first * factor);
      std::uint8_t* pixel = result.at(column, row);
      for (std::size_t c = 0; c < kColours; ++c) pixel[c] = rounded(planes[c * area + at]);
    }
  }
}

}  // namespace

std::vector<TileSpan> tile_spans(int length, int tile, int reach) {
  if (tile >= length) return {{0, 0, length}};
  std::vector<TileSpan> spans;
  int kept = 0;
  while (kept < length) {
    const int first = std::min(std::max(0, kept - reach), length - tile);
    const bool is_last = first + tile == length;
    const int last = is_last ? length : first + tile - reach;
    spans.push_back({first, kept, last});
    kept = last;
  }
  return spans;
}

TileSize smaller(TileSize size, int reach) {
  int& side = size.height > size.width ? size.height : size.width;
  side = std::max(side / 2, std::min(side, 4 * reach + 1));
  return size;
}

Picture run_tiled(Network& network, const Model& model, TileSize size, const Picture& picture,
                  const std::function<void(std::size_t, std::size_t)>& on_tile) {
  const auto columns = tile_spans(picture.width, size.width, model.reach);
  const auto rows = tile_spans(picture.height, size.height, model.reach);
  Picture result(picture.width * model.factor, picture.height * model.factor);
  std::vector<float> planes;
  std::size_t done = 0;
  for (const TileSpan& y : rows) {
    for (const TileSpan& x : columns) {
      network.run(cut(picture, x.first, y.first, size), planes);
      keep(result, planes, x, y, size, model.factor);
      on_tile(++done, rows.size() * columns.size());
    }
  }
  return result;
}

}  // namespace upscale
