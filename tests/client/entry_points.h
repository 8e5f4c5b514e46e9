#pragma once

// The convolution entry points of all directions behind one list of arguments, so that a test is
// written once and a table of bad input spoils one argument at a time.

#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/conv_problem.h"

namespace rdna1conv {

// x, w and y are the tensors of ConvProblem: of backward data, x is dx and y is dy; of backward
// weights, w is dw and y is dy.
struct CallArguments {
  miopenHandle_t handle = nullptr;
  miopenTensorDescriptor_t x_desc = nullptr, w_desc = nullptr, y_desc = nullptr;
  miopenConvolutionDescriptor_t conv_desc = nullptr;
  void* x = nullptr;
  void* w = nullptr;
  void* y = nullptr;
  void* workspace = nullptr;
  std::size_t workspace_bytes = 0;
  const void* alpha = nullptr;
  const void* beta = nullptr;
  unsigned algo = 0;
  int request = 0;
  int* returned = nullptr;
  miopenConvAlgoPerf_t* perf = nullptr;
  bool exhaustive = false;
  std::size_t max_solutions = 0;
  std::size_t* size = nullptr;  // solutionCount or workSpaceSize
  miopenConvSolution_t* solutions = nullptr;
  std::uint64_t solution_id = 0;
};

enum EntryPoint : unsigned {
  kGetWorkSpaceSize = 1,
  kFind = 2,
  kRun = 4,
  kGetSolutionCount = 8,
  kGetSolution = 16,
  kGetSolutionWorkspaceSize = 32,
  kCompileSolution = 64,
  kImmediate = 128,
  kAllEntryPoints = 255,
  kTakingData = kFind | kRun | kImmediate,
  kById = kGetSolutionWorkspaceSize | kCompileSolution | kImmediate,
};
inline constexpr EntryPoint kEntryPoints[] = {
    kGetWorkSpaceSize, kFind,      kRun, kGetSolutionCount, kGetSolution, kGetSolutionWorkspaceSize,
    kCompileSolution,  kImmediate,
};

// What the entry points of a direction call their arguments.
struct ArgumentNames {
  std::string x_desc, w_desc, y_desc, x, w, y;
};

std::string name_of(Direction direction, EntryPoint entry);
ArgumentNames names_of(Direction direction);
miopenStatus_t call(Direction direction, EntryPoint entry, const CallArguments& arguments);

// The algorithm in a result of the direction's Find.
unsigned algorithm_in(Direction direction, const miopenConvAlgoPerf_t& result);

}  // namespace rdna1conv
