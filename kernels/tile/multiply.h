#pragma once

// The products of one stage. A stage of rows answers at(k, row) with a scalar register's value, a
// stage of columns at(k, column) with a vector register's.

#include "tile/shape.h"

namespace rdna1conv::tile {

template <class Shape>
struct Accumulators {
  float value[Shape::kRows][Shape::kColumns] = {};  // (kRows,kColumns)
};

template <class Shape, class Rows, class Columns>
__device__ inline void multiply(const Rows& a, const Columns& b, Accumulators<Shape>& sum) {
#pragma unroll
  for (int k = 0; k < Shape::kDepth; ++k)
#pragma unroll
    for (int i = 0; i < Shape::kRows; ++i)
#pragma unroll
      for (int j = 0; j < Shape::kColumns; ++j)
        sum.value[i][j] = __builtin_fmaf(a.at(k, i), b.at(k, j), sum.value[i][j]);
}

}  // namespace rdna1conv::tile
