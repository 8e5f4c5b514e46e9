#pragma once

#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "entry_points.h"
#include "miopen_objects.h"
#include "plan/convolution_buffers.h"
#include "solvers/solver.h"

namespace rdna1conv {

// A program that uses MIOpen's convolution calls for one problem: a handle, the descriptors, and
// the calls of the problem's direction. Buffers are those of the untransposed problem. The calls
// that return no status throw std::runtime_error with the library's text.
class ApiClient {
 public:
  // Given a seed, strides of dimensions of length 1 are such that no tensor has, as some programs
  // leave them.
  explicit ApiClient(const ConvProblem& problem, std::optional<unsigned> odd_strides_seed = {});

  miopenHandle_t handle() const { return handle_; }
  // As the problem was asked for.
  Direction direction() const { return direction_; }
  miopenTensorDescriptor_t x() const { return x_; }
  miopenTensorDescriptor_t w() const { return w_; }
  miopenTensorDescriptor_t y() const { return y_; }
  miopenConvolutionDescriptor_t convolution() const { return convolution_; }
  Buffers as_asked(Buffers buffers) const;

  std::size_t workspace_bytes() const;
  std::vector<miopenConvAlgoPerf_t> find(const Buffers& buffers, std::size_t bytes) const;
  // With the buffers' alpha and beta.
  miopenStatus_t run(Algorithm algorithm, const Buffers& buffers, std::size_t bytes) const;

  std::vector<miopenConvSolution_t> solutions() const;
  std::size_t workspace_bytes(std::uint64_t id) const;
  void compile(std::uint64_t id) const;
  miopenStatus_t run_immediate(std::uint64_t id, const Buffers& buffers, std::size_t bytes) const;

 private:
  void call(EntryPoint entry, const CallArguments& arguments) const;
  CallArguments arguments() const;
  CallArguments arguments(const Buffers& buffers, std::size_t bytes) const;

  Direction direction_;
  bool transposed_;
  client::MiopenHandle handle_;
  client::TensorDescriptor x_, w_, y_;
  client::ConvolutionDescriptor convolution_;
};

}  // namespace rdna1conv
