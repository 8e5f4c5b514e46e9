#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/data_type.h"

namespace rdna1conv {

inline constexpr std::size_t kMaxTensorDims = 8;

// What a miopenTensorDescriptor_t points to. Lengths and strides are positive and the tensor's size
// in bytes fits into 63 bits; the constructor sees to it.
class TensorDescriptor {
 public:
  TensorDescriptor() = default;  // float, no dimensions

  // Throws Error (kBadParm) whose text calls the arrays by these names. Without strides the tensor
  // is packed, last dimension innermost.
  TensorDescriptor(DataType type, std::span<const std::int64_t> lengths,
                   std::optional<std::span<const std::int64_t>> strides,
                   const char* lengths_name = "dimsA", const char* strides_name = "stridesA");

  DataType type() const { return type_; }
  std::size_t rank() const { return rank_; }
  std::span<const std::int64_t> lengths() const { return {lengths_.data(), rank_}; }
  std::span<const std::int64_t> strides() const { return {strides_.data(), rank_}; }

  // What fp8 arithmetic would convert elements to; stored for clients alone.
  DataType cast_type() const { return cast_type_.value_or(type_); }
  void set_cast_type(DataType type) { cast_type_ = type; }

  std::int64_t elements() const;  // 1 without dimensions
  // From the first to the last element; 0 without dimensions.
  std::size_t bytes() const;

 private:
  DataType type_ = DataType::kFloat;
  std::optional<DataType> cast_type_;
  std::size_t rank_ = 0;
  std::array<std::int64_t, kMaxTensorDims> lengths_{}, strides_{};
};

// [1, 64, 56, 56], for error texts.
std::string lengths_text(std::span<const std::int64_t> lengths);

}  // namespace rdna1conv
