// Repeats a measurement's experiment on the current HIP device.
#pragma once

#include <optional>
#include <string>

#include "bench/calibration/kernel_timer.h"
#include "bench/calibration/measurement.h"

namespace rdna1conv::calibration {

struct Outcome {
  double value = 0;    // in the group's terms, see groups.cpp
  std::string as_run;  // what differs from the measured experiment; empty if nothing does
  // How far the modelled time may be off, see kernel_timer.h; nothing unless it was asked for.
  std::optional<RelativeRange> range = {};
};

// Nothing if no kernel of ours does what was measured.
std::optional<Outcome> run_mixbench(const Measurement& row);     // GFLOP/s
std::optional<Outcome> run_loads(const Measurement& row);        // bytes a clock and CU
std::optional<Outcome> run_peak(const Measurement& row);         // GFLOP/s
std::optional<Outcome> run_gemm(const Measurement& row);         // GFLOP/s
std::optional<Outcome> run_cache_reads(const Measurement& row);  // GB/s
std::optional<Outcome> run_l2_reads(const Measurement& row);     // GB/s
std::optional<Outcome> run_chain(const Measurement& row);        // nanoseconds a link
std::optional<Outcome> run_strides(const Measurement& row);      // GB/s
std::optional<Outcome> run_smallest(const Measurement& row);     // microseconds

}  // namespace rdna1conv::calibration
