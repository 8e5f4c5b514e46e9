#pragma once

// What conv-bench finds out about one layer, and the one function that does it: the run that is
// verified is the run that is counted or timed.

#include <cstdint>
#include <optional>
#include <string>

#include "bench/device.h"
#include "bench/gpu_convolution.h"
#include "bench/workload.h"

namespace rdna1conv::bench {

enum class Outcome : std::uint8_t {
  kVerified,
  kWrong,     // the error exceeds the tolerance, or an element is not finite
  kFailed,    // a call failed, or a run wrote beside its output or not all of it
  kNoSolver,  // no solver takes the problem
  kTimed,     // nothing was verified (--times-only)
};

struct Measurement {
  Outcome outcome = Outcome::kFailed;
  std::string reason;  // of kFailed and kNoSolver
  std::string solver, instance;
  InstructionCounts instructions;  // of one convolution, on the software device
  // Of one convolution: measured on a card; modelled, with cold caches, on the software device.
  std::optional<double> gpu_seconds;
  std::optional<TimeRange> gpu_range;  // of a modelled time, if it was asked for
  std::string first_stall;             // of its longest kernel, on the software device's clock
  TimeSpent spent;                     // likewise, of all its kernels
  std::string profile;                 // if it was asked for
  std::optional<double> cpu_seconds;   // unless the CPU was left out
  std::string cpu_implementation;
  double error = 0;      // rms_range against the oracle
  double tolerance = 0;  // of the output's type, the direction and the algorithm
};

struct MeasureOptions {
  std::string solver_name;  // empty: the library's choice
  bool cpu = true;          // run and time oneDNN
  bool profile = false;     // on the software device's clock
  bool times_only = false;  // verify nothing; inputs are what the memory holds
  bool range = false;       // how sure a modelled time is
};

// A layer ready to run on the GPU with its first result verified. On the software device that one
// run is all there is; on a card Google Benchmark asks for more with GpuConvolution::timed_runs.
struct MeasuredLayer {
  Measurement measurement;
  std::unique_ptr<GpuConvolution> convolution;  // unless nothing ran
};

// Never throws for what a layer can cause: it becomes the outcome. See make_oracle() for what is
// compared with what.
MeasuredLayer measure(const BenchDevice& device, const Layer& layer, const MeasureOptions& options);

}  // namespace rdna1conv::bench
