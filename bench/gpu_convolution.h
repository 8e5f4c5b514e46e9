#pragma once

// One convolution on the GPU through the public MIOpen API, the way an inference program calls it:
// immediate mode, workspace from the caller.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/conv_problem.h"
#include "device/device_facts.h"
#include "device_memory.h"
#include "miopen_objects.h"

namespace rdna1conv::bench {

// No solver takes the problem; what() is the reason.
class NoSolver : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

class GpuConvolution {
 public:
  // Asks the library for a solution: the best one, or that of `solver_name` unless empty.
  // Throws NoSolver, or std::runtime_error with what failed.
  GpuConvolution(MiopenHandle& handle, const ConvProblem& problem, const DeviceFacts& device,
                 const std::string& solver_name);

  const std::string& solver() const { return solver_; }
  // The kernel instance that the solver takes, such as "128x128x8".
  const std::string& instance() const { return instance_; }

  // Allocates and fills the buffers, y with NaN so that an element never written shows, and makes
  // the library prepare its kernels.
  void prepare(std::span<const float> x, std::span<const float> w);

  // Enqueues one run.
  void run();

  // Seconds on the device of `times` runs in a row, by HIP's events.
  double timed_runs(std::int64_t times);

  // y, after everything enqueued has finished.
  std::vector<float> result() const;

 private:
  MiopenHandle& handle_;
  TensorDescriptor x_desc_, w_desc_, y_desc_;
  ConvolutionDescriptor convolution_;
  std::string solver_, instance_;
  std::uint64_t solution_id_ = 0;
  std::size_t y_count_ = 0;
  std::size_t workspace_bytes_ = 0;
  DeviceMemory x_, w_, y_, workspace_;
};

}  // namespace rdna1conv::bench
