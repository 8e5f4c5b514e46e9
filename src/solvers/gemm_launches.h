#pragma once

// The launches of kernels/gemm.hip that several solvers share: im2col + GEMM, 1x1 and Winograd.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "params/gemm.h"
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
  // Whose output C is, packed NCHW, and whose epilogue is applied; or nobody's.
  const ConvProblem* problem = nullptr;

  // Partial sums, if only one, that a launch of their own makes the output.
  bool has_sum(std::uint32_t splits) const {
    return splits > 1 || (problem != nullptr && !(problem->epilogue == Epilogue{}));
  }
};

// A convolution as GEMMs of the same kind, one after the other, each with launches around it. They
// use the workspace again: what the launches around them need, and behind it the partial sums.
struct GemmSequence {
  Gemm full;                 // all but perhaps the last
  std::int64_t count = 0;    // of these
  std::optional<Gemm> rest;  // the last, if it is smaller
  std::uint64_t workspace_bytes = 0;
  Estimate others;  // of all other launches around the GEMMs
};

// Why the kernel's 32-bit index arithmetic does not reach, or nothing.
std::optional<std::string> gemm_refusal(const Gemm& gemm);

// Every tile that can be launched, without splits and with those that the estimate likes best.
std::vector<Instance> gemm_instances(const GemmSequence& sequence, const DeviceFacts& device);

// Of one of them.
Estimate gemm_estimate(const GemmSequence& sequence, const Instance& instance,
                       const DeviceFacts& device);

// Appends the launches of an instance: with splits or an epilogue also the sum of the partial
// results, which lie at `partial_offset` of the workspace.
void append_gemm(std::vector<Launch>& launches, const Gemm& gemm, const Instance& instance,
                 std::uint64_t partial_offset);

}  // namespace rdna1conv
