#pragma once

// The rows of w as panels, for the sources that read those.

#include <cstddef>

#include "element_types.h"
#include "kernel_arguments.h"
#include "params/tile_conv.h"
#include "tile/row_sources.h"

namespace rdna1conv::tile {

// A workgroup writes kTilePackChunk elements of 16 rows: reads run along the rows of w, writes
// along the panel's. w is of In, the panels of Out; with kPairs each row has two neighbouring k
// side by side.
template <class In, class Out, bool kPairs = false>
__device__ inline void pack_rows(const TilePackParams& p) {
  constexpr uint32_t kRows = kPanelRows, kPitch = kRows + 1;
  __shared__ Out rows[kTilePackChunk * kPitch];  // (chunk,16)
  const uint32_t block = quotient(blockIdx.x, p.chunks);
  const uint32_t first = remainder(blockIdx.x, block, p.chunks) * kTilePackChunk;
  const uint32_t group = quotient(block, p.panels_a_group);
  const uint32_t panel = remainder(block, group, p.panels_a_group);
  const char* const w = p.w + group * p.w_group;

  // Element e of a row: channel e / taps, tap e % taps, as packed KCRS weights lie in memory.
  for (uint32_t i = threadIdx.x; i < kTilePackChunk * kRows; i += kTilePackThreads) {
    const uint32_t in_panel = p.along_rows ? i % kRows : i / kTilePackChunk;
    const uint32_t in_chunk = p.along_rows ? i / kRows : i % kTilePackChunk;
    const uint32_t row = panel * kRows + in_panel;
    const uint32_t element = first + in_chunk;
    const uint32_t channel = quotient(element, p.taps);
    uint32_t tap = remainder(element, channel, p.taps);
    if (p.ordered) tap = argument_element<uint16_t>(offsetof(TilePackParams, order), tap);
    const uint32_t d = quotient(tap, p.tap_plane);
    const uint32_t in_plane = remainder(tap, d, p.tap_plane);
    const uint32_t h = quotient(in_plane, p.tap_width);
    const uint32_t s = remainder(in_plane, h, p.tap_width);
    Out value{};
    if (row < p.m && channel < p.channels) {
      value = static_cast<Out>(load_global(reinterpret_cast<const In*>(
          w + uint64_t{row} * p.w_row + uint64_t{channel} * p.w_channel +
          uint64_t{d} * p.w_axis[0] + uint64_t{h} * p.w_axis[1] + uint64_t{s} * p.w_axis[2])));
    }
    rows[in_chunk * kPitch + in_panel] = value;
  }
  __syncthreads();
  Out* const out = reinterpret_cast<Out*>(p.panels) +
                   (uint64_t{group} * p.panels_a_group.divisor + panel) * p.pitch * kRows;
  for (uint32_t i = threadIdx.x; i < kTilePackChunk * kRows; i += kTilePackThreads) {
    const uint32_t element = first + i / kRows;
    if (element >= p.depth) break;
    const uint32_t channel = quotient(element, p.taps);
    const uint32_t k = remainder(element, channel, p.taps) * p.padded_channels.divisor + channel;
    const uint32_t at = kPairs ? (k / 2 * kRows + i % kRows) * 2 + k % 2 : k * kRows + i % kRows;
    store_global(out + at, rows[i / kRows * kPitch + i % kRows]);
  }
}

}  // namespace rdna1conv::tile
