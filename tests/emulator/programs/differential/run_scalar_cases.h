// Runs generated cases that look at one work-item alone.
#pragma once

#include <hip/hip_runtime.h>

#include "differential/packed_operations.h"

namespace differential {

// Row blockIdx.y of the grid runs case y: the branch is uniform.
template <class... Cases>
__global__ void __launch_bounds__(kWorkgroup)
    scalar_kernel(const Inputs* inputs, std::size_t n, U64* results) {
  const std::size_t i = std::size_t{blockIdx.x} * kWorkgroup + threadIdx.x;
  const Inputs in = inputs[i];
  U64 result = 0;
  unsigned number = 0;
  ((blockIdx.y == number++ ? static_cast<void>(result = Cases::run(in)) : static_cast<void>(0)),
   ...);
  results[blockIdx.y * n + i] = result;
}

template <class... Cases>
struct ScalarGroup {
  static void run_on_device(const Inputs* inputs, std::size_t n, U64* results) {
    const dim3 grid(static_cast<unsigned>(n / kWorkgroup), sizeof...(Cases));
    scalar_kernel<Cases...><<<grid, kWorkgroup>>>(inputs, n, results);
  }
  static void run_on_host(const Inputs* inputs, std::size_t n, U64* results) {
    const auto run = [&](auto run_case) {
      for (std::size_t i = 0; i < n; ++i) *results++ = run_case(inputs[i]);
    };
    (run(Cases::run), ...);
  }
};

}  // namespace differential
