#pragma once

// The launches of kernels/implicit_gemm*.hip, whatever the direction that they serve.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "params/implicit_gemm.h"
#include "solvers/solver.h"

namespace rdna1conv {

// One row of kernels/params/implicit_gemm_tiles.h.
struct ImplicitGemmTile {
  std::string_view name;        // "128x128x8"; "wide_64x64x8" for the rows with 64-bit offsets
  std::string_view split_name;  // "128x128x8_split"
  std::uint32_t m, n, r;        // of a workgroup
  std::uint32_t thread_m, thread_n;
  bool is_wide;

  std::uint32_t threads() const { return m / thread_m * (n / thread_n); }
};
std::span<const ImplicitGemmTile> implicit_gemm_tiles();

// A GEMM before a tile is chosen. `params` holds all but what follows from the tile and the number
// of splits: tiles_m, tiles_j, splits, groups, r_per_split.
struct ImplicitGemm {
  ImplicitGemmParams params{};
  bool is_weights = false;  // the role weights, else gather
  DataType type = DataType::kFloat;
  std::uint32_t groups = 1;
  std::uint64_t classes = 1;
  double average_r = 0;      // over the classes
  PointerPatch a, x, out;    // params_offset is filled in here
  bool fits_narrow = true;   // all offsets stay below 2^31
  double unique_bytes = 0;   // of a, x and out in memory, each element once
  double element_bytes = 4;  // of a and x

  std::uint64_t batches() const { return groups * classes; }
  std::uint64_t out_elements() const {  // of one group and class
    return std::uint64_t{params.m.divisor} * params.columns.divisor;
  }
};

// A convolution as GEMMs of the same kind, one after the other, that begin at different images.
struct ImplicitGemmSequence {
  ImplicitGemm full;                 // all but perhaps the last
  std::int64_t count = 0;            // of these
  std::optional<ImplicitGemm> rest;  // the last, if it is smaller
};

// Whether some tile can be launched.
bool implicit_gemm_fits(const ImplicitGemmSequence& sequence);

// Every tile that can be launched: without splits, and where that is faster with r split.
std::vector<Instance> implicit_gemm_instances(const ImplicitGemmSequence& sequence,
                                              const DeviceFacts& device);

// Of one of them.
Estimate implicit_gemm_estimate(const ImplicitGemmSequence& sequence, const Instance& instance,
                                const DeviceFacts& device);

// Appends the launches of an instance for one of the sequence's GEMMs, the last or another.
void append_implicit_gemm(std::vector<Launch>& launches, const ImplicitGemm& gemm, bool is_rest,
                          const ConvProblem& problem, const Instance& instance);

}  // namespace rdna1conv
