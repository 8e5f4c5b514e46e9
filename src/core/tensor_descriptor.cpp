#include "core/tensor_descriptor.h"

#include <algorithm>
#include <string>

#include "core/error.h"

namespace rdna1conv {
namespace {

[[noreturn]] void fail(const std::string& text) { throw Error(Status::kBadParm, text); }

void check_positive(const char* name, std::span<const std::int64_t> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] < 1) {
      fail(std::string(name) + "[" + std::to_string(i) + "] is " + std::to_string(values[i]) +
           ", must be at least 1");
    }
  }
}

}  // namespace

TensorDescriptor::TensorDescriptor(DataType type, std::span<const std::int64_t> lengths,
                                   std::optional<std::span<const std::int64_t>> strides,
                                   const char* lengths_name, const char* strides_name)
    : type_(type), rank_(lengths.size()) {
  if (bytes_of(type) == 0) {
    fail("dataType " + std::to_string(static_cast<std::uint32_t>(type)) +
         " is not a miopenDataType_t");
  }
  if (rank_ < 1 || rank_ > kMaxTensorDims) {
    fail("number of dimensions is " + std::to_string(rank_) + ", must be between 1 and " +
         std::to_string(kMaxTensorDims));
  }
  check_positive(lengths_name, lengths);
  std::copy(lengths.begin(), lengths.end(), lengths_.begin());

  std::int64_t packed = 1;
  for (std::size_t i = rank_; i-- > 0;) {
    strides_[i] = packed;
    if (__builtin_mul_overflow(packed, lengths_[i], &packed))
      fail(std::string(lengths_name) + " makes the tensor too large");
  }
  if (strides) {
    check_positive(strides_name, *strides);
    std::copy(strides->begin(), strides->end(), strides_.begin());
  }

  std::int64_t span = static_cast<std::int64_t>(bytes_of(type));
  for (std::size_t i = 0; i < rank_; ++i) {
    std::int64_t reach = static_cast<std::int64_t>(bytes_of(type));
    if (__builtin_mul_overflow(reach, lengths_[i] - 1, &reach) ||
        __builtin_mul_overflow(reach, strides_[i], &reach) ||
        __builtin_add_overflow(span, reach, &span)) {
      fail("the tensor that dimsA and stridesA span is too large");
    }
  }
}

std::int64_t TensorDescriptor::elements() const {
  std::int64_t count = 1;
  for (const std::int64_t length : lengths()) count *= length;
  return count;
}

std::size_t TensorDescriptor::bytes() const {
  if (rank_ == 0) return 0;
  std::int64_t elements = 1;
  for (std::size_t i = 0; i < rank_; ++i) elements += (lengths_[i] - 1) * strides_[i];
  return static_cast<std::size_t>(elements) * bytes_of(type_);
}

std::string lengths_text(std::span<const std::int64_t> lengths) {
  std::string text;
  for (const std::int64_t length : lengths) {
    text.append(text.empty() ? "[" : ", ").append(std::to_string(length));
  }
  return text + "]";
}

}  // namespace rdna1conv
