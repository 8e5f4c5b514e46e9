#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/activation_descriptor.h"
#include "core/convolution_descriptor.h"
#include "core/softmax_descriptor.h"
#include "core/tensor_descriptor.h"

namespace rdna1conv {

// An operator of a problem, in the order in which a problem may have them.
enum class ProblemOp : std::uint8_t { kConvolution, kBias, kActivation, kBatchNorm, kSoftmax };

// What a problem reads and writes. x, w and y are those of y = conv(x, w) in every direction, as in
// ConvProblem; of a fused problem, y is what the last operator gives.
enum class TensorRole : std::uint8_t { kX, kW, kY, kBias };
inline constexpr std::size_t kTensorRoles = 4;

// Tensors by their value of miopenTensorArgumentId_t.
using TensorId = std::uint32_t;
inline constexpr TensorId kSoftmaxX = 44, kSoftmaxY = 45, kSoftmaxDx = 46, kSoftmaxDy = 47;

// "miopenTensorConvolutionX". Throws Error (kBadParm) if no operator above has such a tensor.
const char* name_of_tensor(TensorId id);

// The id of what the operator gives.
TensorId output_of(ProblemOp op);

// The role of a tensor in a problem with this output. Throws Error (kBadParm) if it has none:
// what one operator hands to the next never is in memory.
TensorRole role_of(TensorId id, TensorId output, bool has_bias);

// What a miopenProblem_t points to. The fields of operators that it does not have mean nothing.
struct FindProblem {
  std::vector<ProblemOp> ops;  // one; more after fuse()
  ConvolutionDescriptor convolution;
  Direction direction = Direction::kForward;
  ActivationDescriptor activation;
  SoftmaxDescriptor softmax;
  bool softmax_backward = false;
  std::map<TensorId, TensorDescriptor> tensors;

  // Throws Error (kBadParm) unless one of the operators has such a tensor.
  void describe(TensorId id, const TensorDescriptor& tensor);
  // Appends the operators of another problem.
  void fuse(const FindProblem& next);
};

// The direction with this value of miopenProblemDirection_t. Throws Error (kBadParm).
Direction direction_of(std::uint32_t value);

// What a problem asks for, once all that it needs is known.
struct ProblemDescription {
  ConvProblem problem;
  TensorId output = 0;
  std::array<std::size_t, kTensorRoles> bytes{};  // of each tensor; 0: it has none
};

// Throws Error: kNotImplemented if one of them is a batch normalization, kUnsupportedOp if the
// operators are not a convolution followed by bias and activation (each or none, in this order,
// forward), kBadParm if a tensor is missing or they do not fit together.
ProblemDescription description_of(const FindProblem& problem);

// The inverse: the operators and descriptors from which description_of() makes this problem with
// this output, as far as a client can describe it at all. Throws Error (kBadParm) for lengths and
// strides that no descriptor has.
FindProblem as_described(const ConvProblem& problem, TensorId output);

enum class ResultsOrder : std::uint32_t { kByTime = 0, kByWorkspace = 1 };

// What a miopenFindOptions_t points to.
struct FindOptions {
  struct Memory {
    void* address = nullptr;
    std::size_t bytes = 0;
  };
  bool tuning = false;
  ResultsOrder order = ResultsOrder::kByTime;
  std::size_t workspace_limit = std::numeric_limits<std::size_t>::max();
  std::optional<Memory> workspace;    // else allocated while searching
  std::map<TensorId, void*> tensors;  // those that are missing are allocated while searching
};

}  // namespace rdna1conv
