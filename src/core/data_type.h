#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rdna1conv {

// Element types of tensors. The values are those of miopenDataType_t, so a cast converts.
enum class DataType : std::uint32_t {
  kHalf = 0,
  kFloat = 1,
  kInt32 = 2,
  kInt8 = 3,
  kBFloat16 = 5,
  kDouble = 6,
  kFloat8 = 7,
  kBFloat8 = 8,
  kInt64 = 9,
};

// Size of one element; 0 for a value that is no element type.
constexpr std::size_t bytes_of(DataType type) {
  switch (type) {
    case DataType::kInt8:
    case DataType::kFloat8:
    case DataType::kBFloat8:
      return 1;
    case DataType::kHalf:
    case DataType::kBFloat16:
      return 2;
    case DataType::kFloat:
    case DataType::kInt32:
      return 4;
    case DataType::kDouble:
    case DataType::kInt64:
      return 8;
  }
  return 0;
}

// Name as messages and the driver line's type options print it.
constexpr std::string_view name_of(DataType type) {
  switch (type) {
    case DataType::kHalf:
      return "fp16";
    case DataType::kFloat:
      return "fp32";
    case DataType::kInt32:
      return "int32";
    case DataType::kInt8:
      return "int8";
    case DataType::kBFloat16:
      return "bfp16";
    case DataType::kDouble:
      return "fp64";
    case DataType::kFloat8:
      return "fp8";
    case DataType::kBFloat8:
      return "bfp8";
    case DataType::kInt64:
      return "int64";
  }
  return "unknown";
}

}  // namespace rdna1conv
