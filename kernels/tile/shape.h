#pragma once

// What one wave of the tile engine computes: a tile of C = A * B of kRows rows by kColumns columns
// a lane. Lane l holds columns l, l + 32, l + 64, ... so that 32 lanes touch 128 bytes in a row.
//
// Rows are uniform over the wave: their operand comes through scalar registers and each
// multiply-add is v_fmac_f32 v, s, v. Columns come straight from L0 into vector registers. Nothing
// passes through LDS and no wave waits for another, so neither what LDS reads cost the vector ALU
// nor barriers nor the LDS ports of a workgroup that spans both CUs decide the speed.
//
// A stage is kDepth products deep: while one is multiplied, the next is on its way. Effects seen on
// the software device (512 x 10240 x 256, share of the FMA peak at the clock's default, kind and
// harsh constants): 16x4 and 8x8 at depth 2 from panels 89, 93, 85; 16x8 88, 90, 85; 8x8 at depth 4
// from rows of a matrix 85, 86, 81. Operands of both sides through LDS: 72, 88, 64 at best.

#include <hip/hip_runtime.h>

#include <cstdint>

namespace rdna1conv::tile {

inline constexpr int kWave = 32;

template <int Rows, int Columns, int Depth>
struct Shape {
  static constexpr int kRows = Rows, kColumns = Columns, kDepth = Depth;
  static constexpr int kWidth = kWave * Columns;  // columns of a wave
  static_assert(Rows == 8 || Rows == 16, "a panel of A is 16 rows, a scalar load brings 8 or 16");
  static_assert(Rows * Columns <= 128, "accumulators and two stages of B fit 256 vector registers");
  static_assert(2 * Rows * Depth <= 64, "two stages of A fit 104 scalar registers");
  static_assert(2 * Columns * Depth < 64, "two stages of loads fit what vmcnt counts");
};

template <int N>
using Vector = float __attribute__((ext_vector_type(N)));

__device__ inline uint32_t uniform(uint32_t value) { return __builtin_amdgcn_readfirstlane(value); }

}  // namespace rdna1conv::tile
