// Runs generated cases that exchange values between the lanes of a wave.
#pragma once

#include <hip/hip_runtime.h>

#include "differential/lane_operations.h"

namespace differential {

// Row blockIdx.y of the grid runs case y. Cases are types because the signature of their functions,
// and with it a kernel's name, would differ between the device's and the host's compilation.
template <class... Cases>
__global__ void __launch_bounds__(kWorkgroup)
    lane_kernel([[maybe_unused]] const Inputs* inputs, [[maybe_unused]] std::size_t n,
                [[maybe_unused]] U64* results) {
#ifdef __HIP_DEVICE_COMPILE__
  const std::size_t i = std::size_t{blockIdx.x} * kWorkgroup + threadIdx.x;
  const Inputs in = inputs[i];
  U64 result = 0;
  unsigned number = 0;
  ((blockIdx.y == number++ ? static_cast<void>(result = Cases::run(in)) : static_cast<void>(0)),
   ...);
  results[blockIdx.y * n + i] = result;
#endif
}

template <class... Cases>
struct LaneGroup {
  static void run_on_device(const Inputs* inputs, std::size_t n, U64* results) {
    const dim3 grid(static_cast<unsigned>(n / kWorkgroup), sizeof...(Cases));
    lane_kernel<Cases...><<<grid, kWorkgroup>>>(inputs, n, results);
  }
  static void run_on_host([[maybe_unused]] const Inputs* inputs, [[maybe_unused]] std::size_t n,
                          [[maybe_unused]] U64* results) {
#ifndef __HIP_DEVICE_COMPILE__
    const auto run = [&](auto run_case) {
      for (std::size_t i = 0; i < n; i += kWave, results += kWave) {
        const Lanes<U64> words = run_case(LaneInputs{inputs + i});
        for (unsigned k = 0; k < kWave; ++k) results[k] = words.lane[k];
      }
    };
    (run(Cases::run), ...);
#endif
  }
};

}  // namespace differential
