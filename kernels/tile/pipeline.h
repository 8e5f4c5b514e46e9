#pragma once

// The main loop: two stages of either operand, one multiplied while the other is on its way.
//
// A source is positioned at its first stage. load(stage) starts the loads of the stage it stands
// at, advance() moves on. Its Stage has arrived(), which holds the place in the program where
// scalar loads have to be there: they come back in no order, so that a wait is one for all of them,
// and the next stage's may start only after it. multiply_stage(a, b, sum) adds a stage's products.

#include "tile/multiply.h"

namespace rdna1conv::tile {

template <class Shape>
struct MultiplyFloats {
  template <class Rows, class Columns>
  __device__ void operator()(const Rows& a, const Columns& b, Accumulators<Shape>& sum) const {
    multiply<Shape>(a, b, sum);
  }
};

template <class Shape, class RowSource, class ColumnSource, class Multiply = MultiplyFloats<Shape>>
__device__ inline void run_pipeline(RowSource& rows, ColumnSource& columns, uint32_t stages,
                                    Accumulators<Shape>& sum, Multiply multiply_stage = {}) {
  typename RowSource::Stage a[2];
  typename ColumnSource::Stage b[2];
  if (stages == 0) return;
  rows.load(a[0]);
  columns.load(b[0]);
  // After the last stage it is loaded once more, for nobody: the compiler would wait for all loads
  // at once if their number depended on a branch.
  const auto step = [&](int now, int next) {
    a[now].arrived();
    if (stages > 1) {
      rows.advance();
      columns.advance();
    }
    rows.load(a[next]);
    columns.load(b[next]);
    __builtin_amdgcn_sched_barrier(0);
    multiply_stage(a[now], b[now], sum);
    __builtin_amdgcn_sched_barrier(0);
  };
  for (;;) {
    step(0, 1);
    if (--stages == 0) break;
    step(1, 0);
    if (--stages == 0) break;
  }
}

}  // namespace rdna1conv::tile
