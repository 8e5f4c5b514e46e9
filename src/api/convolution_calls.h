#pragma once

// What the convolution entry points do, once for all directions: the C functions only bring their
// arguments, whose order and names differ from direction to direction, into one order.
//
// x, w and y are the tensors of ConvProblem: of backward data, x is dx and y is dy; of backward
// weights, w is dw and y is dy.

#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include <cstddef>
#include <cstdint>

#include "core/conv_problem.h"

namespace rdna1conv {

// Which entry point was called, and with which objects.
struct ConvolutionArguments {
  const char* function;
  Direction direction;
  miopenHandle_t handle;
  miopenTensorDescriptor_t x, w, y;
  miopenConvolutionDescriptor_t convolution;
};

// Device pointers of a call.
struct DataArguments {
  const void* x;
  const void* w;
  const void* y;
  void* workspace;
  std::size_t workspace_bytes;
};

miopenStatus_t get_workspace_size(const ConvolutionArguments& arguments, std::size_t* bytes);

miopenStatus_t find_algorithm(const ConvolutionArguments& arguments, const DataArguments& data,
                              int request, int* returned, miopenConvAlgoPerf_t* results,
                              bool exhaustive);

miopenStatus_t run_algorithm(const ConvolutionArguments& arguments, const DataArguments& data,
                             const void* alpha, unsigned algorithm, const void* beta);

miopenStatus_t get_solution_count(const ConvolutionArguments& arguments, std::size_t* count);

miopenStatus_t get_solutions(const ConvolutionArguments& arguments, std::size_t most,
                             std::size_t* count, miopenConvSolution_t* solutions);

miopenStatus_t get_solution_workspace_size(const ConvolutionArguments& arguments, std::uint64_t id,
                                           std::size_t* bytes);

miopenStatus_t compile_solution(const ConvolutionArguments& arguments, std::uint64_t id);

miopenStatus_t run_immediate(const ConvolutionArguments& arguments, const DataArguments& data,
                             std::uint64_t id);

}  // namespace rdna1conv
