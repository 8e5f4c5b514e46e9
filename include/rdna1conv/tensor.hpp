#pragma once

// Shapes of tensors, views of device memory with a shape, and MIOpen's descriptors of them.

#include <miopen/miopen.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "rdna1conv/device_array.hpp"
#include "rdna1conv/result.hpp"

namespace rdna1conv {
inline namespace v1 {

enum class ElementType {
  kHalf = miopenHalf,
  kFloat = miopenFloat,
  kInt32 = miopenInt32,
  kInt8 = miopenInt8,
  kBFloat16 = miopenBFloat16
};

inline std::size_t bytes_of(ElementType type) {
  switch (type) {
    case ElementType::kInt8:
      return 1;
    case ElementType::kHalf:
    case ElementType::kBFloat16:
      return 2;
    case ElementType::kFloat:
    case ElementType::kInt32:
      break;
  }
  return 4;
}

enum class Layout {
  kChannelsFirst,  // NCHW, NCDHW
  kChannelsLast    // NHWC, NDHWC
};

// Lengths and strides (in elements) in the order N, C, [D,] H, W, whatever the layout.
struct TensorShape {
  ElementType type = ElementType::kFloat;
  std::vector<std::int64_t> lengths;
  std::vector<std::int64_t> strides;

  // A packed tensor: {n, c, h, w} or {n, c, d, h, w}.
  static TensorShape packed(std::vector<std::int64_t> lengths,
                            ElementType type = ElementType::kFloat,
                            Layout layout = Layout::kChannelsFirst) {
    TensorShape shape{type, std::move(lengths), {}};
    shape.strides.assign(shape.lengths.size(), 1);
    // Innermost first: the last dimension, and of channels-last the channels before it.
    std::vector<std::size_t> order;
    if (layout == Layout::kChannelsLast) order.push_back(1);
    for (std::size_t i = shape.lengths.size(); i-- > 0;) {
      if (i != 1 || layout == Layout::kChannelsFirst) order.push_back(i);
    }
    std::int64_t stride = 1;
    for (const std::size_t i : order) {
      shape.strides[i] = stride;
      stride *= shape.lengths[i];
    }
    return shape;
  }

  // Elements from the first to the last, gaps included.
  std::size_t span() const {
    std::int64_t last = 0;
    for (std::size_t i = 0; i < lengths.size(); ++i) last += (lengths[i] - 1) * strides[i];
    return static_cast<std::size_t>(last) + 1;
  }
  std::size_t span_bytes() const { return span() * bytes_of(type); }

  // "4x64x56x56"
  std::string text() const {
    std::string result;
    for (const std::int64_t length : lengths) {
      result += (result.empty() ? "" : "x") + std::to_string(length);
    }
    return result;
  }

  bool operator==(const TensorShape& other) const {
    return type == other.type && lengths == other.lengths && strides == other.strides;
  }
  bool operator!=(const TensorShape& other) const { return !(*this == other); }
};

// A tensor in device memory that somebody else owns.
struct TensorView {
  TensorShape shape;
  void* data = nullptr;

  // The channels [first, first + count) of it: a concatenation along the channels is written by
  // giving each of its parts such a view.
  TensorView channels(std::int64_t first, std::int64_t count) const {
    TensorView part = *this;
    part.shape.lengths[1] = count;
    part.data = static_cast<std::byte*>(data) +
                first * shape.strides[1] * static_cast<std::int64_t>(bytes_of(shape.type));
    return part;
  }
};

namespace detail {

template <class Descriptor, miopenStatus_t (*destroy)(Descriptor)>
struct Destroys {
  using pointer = Descriptor;
  void operator()(Descriptor descriptor) const noexcept { static_cast<void>(destroy(descriptor)); }
};
using TensorDescriptor =
    std::unique_ptr<miopenTensorDescriptor_t,
                    Destroys<miopenTensorDescriptor_t, miopenDestroyTensorDescriptor>>;
using ConvolutionDescriptor =
    std::unique_ptr<miopenConvolutionDescriptor_t,
                    Destroys<miopenConvolutionDescriptor_t, miopenDestroyConvolutionDescriptor>>;

inline Expected<TensorDescriptor> make_descriptor(const TensorShape& shape) {
  miopenTensorDescriptor_t descriptor = nullptr;
  if (auto made = checked(miopenCreateTensorDescriptor(&descriptor)); !made) return made.error();
  TensorDescriptor owner(descriptor);
  std::vector<int> lengths, strides;
  for (std::size_t i = 0; i < shape.lengths.size(); ++i) {
    lengths.push_back(static_cast<int>(shape.lengths[i]));
    strides.push_back(static_cast<int>(shape.strides[i]));
    if (lengths.back() != shape.lengths[i] || strides.back() != shape.strides[i]) {
      return Error(miopenStatusBadParm,
                   "a length or stride of " + shape.text() + " is beyond 31 bits");
    }
  }
  if (auto set = checked(miopenSetTensorDescriptor(
          descriptor, static_cast<miopenDataType_t>(shape.type), static_cast<int>(lengths.size()),
          lengths.data(), strides.data()));
      !set) {
    return set.error();
  }
  return owner;
}

}  // namespace detail
}  // namespace v1
}  // namespace rdna1conv
