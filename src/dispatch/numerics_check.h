#pragma once

// MIOPEN_CHECK_NUMERICS: looks for NaN and infinity in what a convolution reads, before it runs,
// and in what it has written, after. A debugging aid: it waits for the stream and copies the
// tensors to the host.

#include <array>
#include <span>

#include "core/conv_problem.h"
#include "dispatch/handle.h"

namespace rdna1conv {

struct CheckedTensor {
  const char* name;  // of the argument
  const void* data;  // device memory
  DataType type;
  FiveDims lengths, strides;
  bool is_output;
};

// x, w and y of a convolution under the names of its direction's arguments.
std::array<CheckedTensor, 3> checked_tensors(const ConvProblem& problem, const Buffers& buffers);

// Checks the inputs or the outputs among `tensors` as handle.environment says, which may be not at
// all. On a hit all tensors are dumped to MIOPEN_DUMP_TENSOR_PATH if that is set: the elements as
// they lie in memory, in files <path>_<argument>.bin. Does nothing while the stream is captured.
// Throws Error (kInternalError) naming the argument, if asked to.
void check_numerics(const Handle& handle, const char* function,
                    std::span<const CheckedTensor> tensors, bool outputs);

}  // namespace rdna1conv
