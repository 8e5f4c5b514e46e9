#pragma once

// Pictures that are too large for the device's memory go through the network in tiles.

#include <functional>
#include <vector>

#include "model.h"
#include "network.h"
#include "picture.h"

namespace upscale {

// One axis of a picture cut into tiles of one length. What tiles keep of their result, [keep_first,
// keep_last) of the picture, covers it; they overlap so that everything that a kept pixel depends
// on is in its tile.
struct TileSpan {
  int first;                  // of the tile
  int keep_first, keep_last;  // in input pixels
};
// `reach` as in Model; tile >= length, or tile > 2 * reach.
std::vector<TileSpan> tile_spans(int length, int tile, int reach);

// The length of the tiles for pictures whose whole does not fit: halved at each try.
struct TileSize {
  int height, width;
};
// Half of the longer side, but not so little that overlaps are most of it; the same size if it
// cannot be less.
TileSize smaller(TileSize size, int reach);

// Runs every tile and puts the picture together. `on_tile` is told after each how many are done.
Picture run_tiled(Network& network, const Model& model, TileSize size, const Picture& picture,
                  const std::function<void(std::size_t done, std::size_t of)>& on_tile);

}  // namespace upscale
