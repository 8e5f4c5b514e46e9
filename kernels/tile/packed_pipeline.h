#pragma once

// The main loop of packed products, as pipeline.h has it, with a fold every kFoldStages stages.
// They are unrolled, so that the first products after a fold need no zeros to be added to.

#include "tile/packed_multiply.h"

namespace rdna1conv::tile {

template <class Shape, class RowSource, class ColumnSource>
__device__ inline void run_packed(RowSource& rows, ColumnSource& columns, uint32_t stages,
                                  Accumulators<Shape>& sum) {
  typename RowSource::Stage a[2];
  typename ColumnSource::Stage b[2];
  PartialSums<Shape> partial;
  if (stages == 0) return;
  rows.load(a[0]);
  columns.load(b[0]);
  const auto step = [&](int now, auto first) {
    a[now].arrived();
    if (stages > 1) {
      rows.advance();
      columns.advance();
    }
    rows.load(a[1 - now]);
    columns.load(b[1 - now]);
    __builtin_amdgcn_sched_barrier(0);
    multiply_pairs<Shape, decltype(first)::value>(a[now], b[now], partial);
    __builtin_amdgcn_sched_barrier(0);
  };
  const auto fold_stages = [&]() -> bool {
    step(0, BoolConstant<true>{});
    if (--stages == 0) return false;
#pragma unroll
    for (int s = 1; s < Shape::kFoldStages; ++s) {
      step(s % 2, BoolConstant<false>{});
      if (--stages == 0) return false;
    }
    return true;
  };
  while (fold_stages()) fold<Shape>(partial, sum);
  fold<Shape>(partial, sum);
}

// The same sums in fp32, for few: one stage after the other.
template <class Shape, class RowSource, class ColumnSource>
__device__ inline void run_exactly(RowSource& rows, ColumnSource& columns, uint32_t stages,
                                   Accumulators<Shape>& sum) {
  typename RowSource::Stage a;
  typename ColumnSource::Stage b;
#pragma unroll 1
  for (uint32_t stage = 0; stage < stages; ++stage) {
    if (stage > 0) {
      rows.advance();
      columns.advance();
    }
    rows.load(a);
    columns.load(b);
    a.arrived();
    multiply_exactly<Shape>(a, b, sum);
  }
}

}  // namespace rdna1conv::tile
