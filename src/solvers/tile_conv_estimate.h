#pragma once

// Terms of the estimates (plan/estimate.h) of the tile engine's launches.

#include <cstdint>

#include "plan/estimate.h"
#include "plan/machine.h"

namespace rdna1conv::tile_conv {

// One launch of a product.
struct ProductWork {
  double workgroups = 1;
  double waves = 4, waves_above = 1;  // of a workgroup; those that share columns
  double rows = 8, lane_columns = 4, depth = 2;
  double stages = 1;  // of one wave
  double taps = 1, slices = 1;
  bool from_panels = true, padded = false;
  double lines = 1;       // of 128 bytes that 32 lanes of a load touch
  double passes = 1;      // turns of L0's banks that they take
  double filled = 1;      // part of a wave's columns that there are
  double dram_bytes = 0;  // each tensor once
  // Bytes of x that all columns meet at one tap, and how often a tap meets lines that the tap
  // before it has met, or one of the row before.
  double tap_bytes = 0, taps_along = 0, taps_across = 0, row_stride = 1;
  bool packed = false;    // fp16, two products an instruction
  double neighbours = 1;  // columns of a lane that a load brings
};
CostTerms product_terms(const ProductWork& work, const Machine& machine);

// One launch of strips (solvers/grouped_strips.h), four waves a workgroup.
struct StripWork {
  double workgroups = 1;
  double loads = 18, multiply_adds = 36;  // of a lane for one channel
  double channels = 1, outputs = 4;       // channels of a group; outputs of a lane
  double dram_bytes = 0;
};
CostTerms strip_terms(const StripWork& work, const Machine& machine);

// One launch of the gradient of filters (solvers/tile_weights.h).
struct GradientWork {
  double workgroups = 1;
  double waves = 4;      // of a workgroup
  double k = 8, c = 16;  // of a wave
  double lines = 24;     // of 128 bytes, that a wave's step brings to L0
  double steps = 1;      // of one wave, 32 pixels each
  double slices = 1, splits = 1;
  double pixel_bytes = 4;   // from a pixel to the next in x
  double tensor_bytes = 0;  // of x and dy, once
};
CostTerms gradient_terms(const GradientWork& work, const Machine& machine);

// One launch of the fused Winograd kernel (solvers/winograd.h).
struct WinogradWork {
  double workgroups = 1;
  double side = 6, rows = 4;  // of a tile's inputs; output channels of a wave
  double share = 4, slices = 1, slice_channels = 64;
  bool is_raw = false;          // filters are transformed on their way
  bool packed = false;          // fp16: packed_winograd.hip
  std::uint32_t half_bits = 0;  // 1 if rows of lanes take halves of a slice
  double lds_bytes = 1;         // of a workgroup
  // In whole lines that a workgroup loads a step: inputs, and filters that it transforms.
  double input_bytes = 0, raw_filter_bytes = 0;
  double input_clocks = 0;  // of L0, for a wave's inputs of a step
  double dram_bytes = 0;    // each tensor once
};
CostTerms winograd_terms(const WinogradWork& work, const Machine& machine);

// One launch of the Winograd gradient of filters (solvers/winograd_weights.h).
struct WinogradGradientWork {
  double workgroups = 1;
  double waves = 8, rows = 8;       // of a workgroup; output channels of a wave
  double items_k = 2, items_c = 1;  // tiles that a work item transforms a step, of dy and of x
  double steps = 1;
  // Of all workgroups; of x, dy and what is written, once.
  double read_bytes = 0, tensor_bytes = 0;
};
CostTerms winograd_gradient_terms(const WinogradGradientWork& work, const Machine& machine);

// One launch of the gradient of filters through LDS (solvers/shared_weights.h).
struct SharedGradientWork {
  double workgroups = 1;
  double channels = 256;    // of both tensors that a workgroup loads a step
  double steps = 1;         // of 32 pixels
  double lines = 2;         // of 128 bytes that a load touches
  double tensor_bytes = 0;  // of x, dy and what is written, once
};
CostTerms shared_gradient_terms(const SharedGradientWork& work, const Machine& machine);

// Transforming `filters` filters to `frequencies` elements each, of `element` bytes.
CostTerms filter_terms(double filters, double frequencies, double element, const Machine& machine);

// Writing `bytes` of panels, or adding as many of partial sums up.
CostTerms pack_terms(double bytes, double workgroups, const Machine& machine);

}  // namespace rdna1conv::tile_conv
