#pragma once

// A small convolution on the device, ready to be called by every forward entry point, and what its
// result must be.

#include <gtest/gtest.h>
#include <hip/hip_runtime_api.h>
#include <miopen/miopen.h>
#include <rdna1conv/error.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

// Device memory for a test; hipMalloc failing fails the test.
class DeviceBuffer {
 public:
  explicit DeviceBuffer(std::size_t bytes);
  ~DeviceBuffer();
  DeviceBuffer(DeviceBuffer&& other) noexcept;
  DeviceBuffer(const DeviceBuffer&) = delete;
  DeviceBuffer& operator=(const DeviceBuffer&) = delete;

  void* get() const { return memory_; }
  void upload(const std::vector<float>& values);
  std::vector<float> download() const;  // waits for the device

 private:
  void* memory_ = nullptr;
  std::size_t bytes_;
};

// A forward convolution; the tensors are packed unless strides are given.
struct Shape {
  int n = 1, c = 4, h = 8, w = 8, k = 6, r = 3, s = 3;
  int pad_h = 1, pad_w = 1, stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1, groups = 1;
  std::vector<int> x_strides, w_strides, y_strides;

  int out_h() const { return (h + 2 * pad_h - dilation_h * (r - 1) - 1) / stride_h + 1; }
  int out_w() const { return (w + 2 * pad_w - dilation_w * (s - 1) - 1) / stride_w + 1; }
  // As conv-bench takes it, to reproduce a failure.
  std::string line() const;
};

// All arguments of the forward entry points for one shape. Tests spoil one of them and call.
class Convolution {
 public:
  explicit Convolution(const Shape& shape);
  ~Convolution();
  Convolution(const Convolution&) = delete;
  Convolution& operator=(const Convolution&) = delete;

  Shape shape;
  miopenHandle_t handle = nullptr;
  miopenTensorDescriptor_t x_desc = nullptr, w_desc = nullptr, y_desc = nullptr;
  miopenConvolutionDescriptor_t conv_desc = nullptr;
  DeviceBuffer x_buffer, w_buffer, y_buffer, workspace_buffer;

  float alpha = 1, beta = 0;
  miopenConvFwdAlgorithm_t algo = miopenConvolutionFwdAlgoDirect;
  std::uint64_t solution_id = 1;

  std::size_t workspace_bytes() const { return kWorkspaceBytes; }

  // Fills y with NaN, so that what is not written shows.
  void poison_y();
  // Replaces what is expected of each element of y by f(value, its channel, its offset), for calls
  // that do more than convolve.
  void transform_expected(const std::function<double(double, int, std::size_t)>& f);
  // Checks y against the convolution in double precision.
  void expect_correct(const std::string& what);
  // Checks that nothing was written since poison_y().
  void expect_untouched(const std::string& what);

  // The entry points, with this object's arguments.
  miopenStatus_t forward(void* workspace, std::size_t bytes);
  miopenStatus_t immediate(std::uint64_t id, void* workspace, std::size_t bytes);
  std::vector<miopenConvAlgoPerf_t> find(int request, bool exhaustive, std::size_t bytes);
  std::vector<miopenConvSolution_t> solutions();

 private:
  static constexpr std::size_t kWorkspaceBytes = std::size_t{16} << 20;
  std::vector<float> x_, w_;
  std::vector<double> expected_;  // y's buffer, NaN where no element lies
};
