#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/data_type.h"

namespace rdna1conv {

// The values are those of miopenRNNBaseLayout_t.
enum class SequenceLayout : std::uint32_t {
  kUnknown = 0,
  kPacked = 1,
  kStepsFirst = 2,
  kBatchFirst = 3,
};

// What a miopenSeqTensorDescriptor_t points to.
struct SequenceDescriptor {
  DataType type = DataType::kFloat;
  SequenceLayout layout = SequenceLayout::kUnknown;  // until it is set
  std::int64_t most_steps = 0, vector = 0;
  std::vector<std::int64_t> lengths;
  std::optional<std::array<std::byte, 4>> marker;  // an element of the padding
};

}  // namespace rdna1conv
