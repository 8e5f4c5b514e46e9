#pragma once

// One convolution of any direction, type, layout and dimension on the device, ready to be called
// through the public API, and what its result must be.

#include <gtest/gtest.h>
#include <rdna1conv/error.h>

#include <optional>
#include <string>
#include <vector>

#include "conv_case.h"
#include "entry_points.h"
#include "guarded_tensor.h"

namespace rdna1conv {

// A handle of its own for a scope.
class ScopedHandle {
 public:
  explicit ScopedHandle(hipStream_t stream = nullptr);
  ~ScopedHandle();
  ScopedHandle(const ScopedHandle&) = delete;
  ScopedHandle& operator=(const ScopedHandle&) = delete;
  operator miopenHandle_t() const { return handle_; }

 private:
  miopenHandle_t handle_ = nullptr;
};

class ApiConvolution {
 public:
  // `line` is a driver line. With `dimensions` 1, of an image of one row, the tensors are described
  // as [N, C, W]. `epilogue scale` in the line gives alpha and beta other than 1 and 0.
  explicit ApiConvolution(const std::string& line, int dimensions = 0);
  ~ApiConvolution();
  ApiConvolution(const ApiConvolution&) = delete;
  ApiConvolution& operator=(const ApiConvolution&) = delete;

  const std::string& line() const { return line_; }
  Direction direction() const { return problem_.direction; }
  const ConvProblem& problem() const { return problem_; }
  const ConvCase& conv_case() const { return case_; }
  // The epilogue's numbers, for tests to change before reset_output().
  EpilogueScalars& scalars() { return scalars_; }
  miopenHandle_t handle() const { return *handle_; }
  void destroy_handle() { handle_.reset(); }
  miopenConvolutionDescriptor_t descriptor() const { return conv_desc_; }

  // Arguments with which every entry point succeeds. The workspace is of the size that
  // GetWorkSpaceSize asks for, exactly. Tests change what they want other.
  CallArguments arguments();
  // The same without workspace, and without having called the library.
  CallArguments bare_arguments();
  miopenStatus_t call(EntryPoint entry, const CallArguments& arguments) const {
    return rdna1conv::call(direction(), entry, arguments);
  }

  // A workspace of exactly these bytes, null for none; valid until the next one.
  void* workspace(std::size_t bytes);

  // The output becomes NaN, with canaries around it (or what a scaled problem adds to).
  void reset_output();
  testing::AssertionResult is_correct() const;    // waits for the device
  testing::AssertionResult is_untouched() const;  // since reset_output()
  std::vector<double> output() const;

  // Find with room for `request` results, and GetSolution with as many as GetSolutionCount says.
  std::vector<miopenConvAlgoPerf_t> find(const CallArguments& arguments, int request = 10);
  std::vector<miopenConvSolution_t> solutions(const CallArguments& arguments);

 private:
  std::string line_;
  ConvProblem problem_;
  ConvCase case_;
  EpilogueScalars scalars_;
  std::optional<ScopedHandle> handle_{std::in_place};
  miopenTensorDescriptor_t x_desc_ = nullptr, w_desc_ = nullptr, y_desc_ = nullptr;
  miopenConvolutionDescriptor_t conv_desc_ = nullptr;
  std::optional<GuardedTensor> x_, w_, y_, output_;  // of the untransposed problem
  std::optional<GuardedWorkspace> workspace_;
  std::size_t workspace_bytes_ = 0;
  // Where the arguments point.
  int returned_ = 0;
  std::size_t size_ = 0;
  miopenConvAlgoPerf_t perf_[10] = {};
  miopenConvSolution_t solutions_[16] = {};
};

}  // namespace rdna1conv
