#pragma once

// What the solvers for few channels a group have in common: which problems are theirs, and the
// 32-bit arithmetic of their kernels.

#include <cstdint>
#include <optional>
#include <string>

#include "core/conv_problem.h"

namespace rdna1conv::grouped {

// Offsets within an image, in bytes of what is read and in elements of what is written.
inline constexpr std::int64_t kOffsetLimit = std::int64_t{1} << 32;

// Elements from the first to the last of a tensor.
std::int64_t span_of(const FiveDims& lengths, const FiveDims& strides);
double volume_of(const FiveDims& lengths);

// Clocks to start one workgroup: at most 18, from the 106 a microsecond that rocBLAS's shortest
// timed kernels on Navi 10 show; an estimate, which decides between workgroups of different sizes
// that take as long otherwise.
inline constexpr double kWorkgroupClocks = 2;

inline constexpr double kLineBytes = 128;  // of the caches

// Latencies in the cost model's steps of a barrier and an LDS read: of filters from DRAM and
// through LDS, and of a load that the L2 cache answers.
inline constexpr double kStagingSteps = 6;
inline constexpr double kLoadSteps = 2.5;

// Lines that the 32 lanes of a wave touch at once, of which `inner` neighbouring ones are
// `inner_step` bytes apart and their runs `outer_step` bytes.
double lines_of(std::int64_t inner, double inner_step, double outer_step);

// Reasons to refuse, see solvers/refusals.h.
std::optional<std::string> unless_few_channels(const ConvProblem& problem);
std::optional<std::string> unless_offsets_fit(const ConvProblem& problem);

}  // namespace rdna1conv::grouped
