#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include "core/convolution_descriptor.h"
#include "core/tensor_descriptor.h"

namespace rdna1conv {

// The tensors of a convolution problem, as positions of an array. They are those of y = conv(x, w)
// in every direction, as in ConvProblem.
inline constexpr std::size_t kProblemTensors = 3;
inline constexpr const char* kProblemTensorNames[kProblemTensors] = {
    "miopenTensorConvolutionX", "miopenTensorConvolutionW", "miopenTensorConvolutionY"};

// The position of the tensor with this value of miopenTensorArgumentId_t. Throws Error (kBadParm).
std::size_t problem_tensor(std::uint32_t id);

// What a miopenProblem_t points to.
struct FindProblem {
  ConvolutionDescriptor convolution;
  Direction direction = Direction::kForward;
  std::array<std::optional<TensorDescriptor>, kProblemTensors> tensors;
};

// The direction with this value of miopenProblemDirection_t. Throws Error (kBadParm).
Direction direction_of(std::uint32_t value);

// The convolution that the problem describes. Throws Error (kBadParm) if a tensor is missing or
// they do not fit together.
ConvProblem conv_problem_of(const FindProblem& problem);

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
  std::optional<Memory> workspace;               // else allocated while searching
  std::array<void*, kProblemTensors> tensors{};  // null: allocated while searching
};

}  // namespace rdna1conv
