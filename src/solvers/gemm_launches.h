#pragma once

// The launches of kernels/gemm.hip that several solvers share: im2col + GEMM, 1x1 and Winograd.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "params/gemm.h"
#include "plan/cost_model.h"
#include "solvers/solver.h"

namespace rdna1conv {

// One row of kernels/params/gemm_tiles.h.
struct GemmTile {
  const char* kernel;
  std::string_view name;          // "128x128x16"
  std::string_view split_k_name;  // "128x128x16_split_k"
  std::uint32_t m, n, k;          // of a workgroup
  std::uint32_t thread_m, thread_n;

  std::uint32_t threads() const { return m / thread_m * (n / thread_n); }
};
std::span<const GemmTile> gemm_tiles();

// A GEMM before a tile is chosen. `params` holds all but what follows from the tile: k_per_split,
// tiles_m, tiles_n, splits and c_split_stride.
struct Gemm {
  GemmParams params{};
  std::uint32_t batches = 1;
  PointerPatch a, b, c;              // params_offset is filled in here
  std::uint64_t c_elements = 0;      // all of C, contiguous: what one of the partial sums takes
  std::uint64_t b_unique_bytes = 0;  // of B in memory, each element once
};

// Why the kernel's 32-bit index arithmetic does not reach, or nothing.
std::optional<std::string> gemm_refusal(const Gemm& gemm);

// Whether `tile` can be launched with `splits`: the number of workgroups has a limit.
bool gemm_fits(const Gemm& gemm, const GemmTile& tile, std::uint32_t splits);

// The number of ranges of k that the estimate likes best among those above 1, 1 if k is too short
// for any.
std::uint32_t best_splits(const Gemm& gemm, const GemmTile& tile, const DeviceFacts& device);

// Bytes of partial sums that `splits` > 1 need.
std::uint64_t split_bytes(const Gemm& gemm, std::uint32_t splits);

// Appends the launches (with splits > 1 also the sum of the partial results, which lie at
// `partial_offset` of the workspace) and returns their estimate.
double append_gemm(Plan& plan, const Gemm& gemm, const GemmTile& tile, std::uint32_t splits,
                   std::uint64_t partial_offset, const DeviceFacts& device);

}  // namespace rdna1conv
