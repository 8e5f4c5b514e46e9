#pragma once

// A pooling as a value: the window, both tensors, and where positions of maxima go.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/conv_problem.h"
#include "params/pooling.h"

namespace rdna1conv {

// The values are those of miopenIndexType_t: unsigned integers of 1, 2, 4 and 8 bytes.
enum class IndexType : std::uint8_t { kUint8 = 0, kUint16 = 1, kUint32 = 2, kUint64 = 3 };
constexpr std::size_t bytes_of(IndexType type) { return std::size_t{1} << static_cast<int>(type); }

// What a miopenPoolingDescriptor_t points to. Windows begin at output * stride - pad.
struct PoolingDescriptor {
  PoolingMode mode = PoolingMode::kMax;
  int dims = 2;  // 2: the axes are height and width, 3: with depth
  std::array<std::int64_t, 3> window{1, 1, 1}, pad{0, 0, 0}, stride{1, 1, 1};  // d, h, w
  IndexType index_type = IndexType::kUint8;
  bool index_in_image = false;  // else in the window

  auto operator<=>(const PoolingDescriptor&) const = default;
};

struct PoolingProblem {
  bool backward = false;
  DataType type = DataType::kFloat;  // of all tensors
  PoolingDescriptor pooling;
  FiveDims x_lengths{1, 1, 1, 1, 1}, x_strides{};  // of backward dx
  FiveDims y_lengths{1, 1, 1, 1, 1}, y_strides{};  // of backward dy
  bool saves = false;                              // forward: positions of maxima are written

  auto operator<=>(const PoolingProblem&) const = default;
};

// Pixels of an output: max(1, floor((in + 2 pad - window) / stride) + 1).
std::int64_t pooled_length(const PoolingDescriptor& pooling, std::size_t axis, std::int64_t in);

// MIOpenDriver's line:
//   pool -W 16x64x112x112 -y 3 -x 3 -v 2 -u 2 -p 1 -q 1 -m max -F 1
// with -O for the output's lengths where they are not those of the formula; -F 1 is forward without
// positions, 3 forward with them, 2 backward. -Z, -s, -o are the depth's window, stride and
// padding. A tensor is its lengths, and `,NHWC` or `,s0xs1xs2xs3` where it is not packed.
std::string to_driver_line(const PoolingProblem& problem);

// Throws Error (kBadParm) naming the option at fault.
PoolingProblem parse_pooling(std::string_view line);

}  // namespace rdna1conv
