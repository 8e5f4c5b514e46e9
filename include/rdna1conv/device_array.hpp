#pragma once

// Device memory that frees itself, and views of memory that do not.

#include <hip/hip_runtime_api.h>

#include <cstddef>
#include <memory>
#include <string>
#include <type_traits>

#include "rdna1conv/result.hpp"

namespace rdna1conv {
inline namespace v1 {

// A view of `size()` elements in a row that somebody else owns, on the host or the device. Taken
// from anything with data() and size(): std::vector, std::array, std::span, DeviceArray.
template <class T>
class Span {
 public:
  constexpr Span() = default;
  constexpr Span(T* data, std::size_t size) : data_(data), size_(size) {}
  template <class Container,
            class = std::enable_if_t<std::is_convertible_v<
                std::remove_pointer_t<decltype(std::declval<Container&>().data())> (*)[], T (*)[]>>>
  constexpr Span(Container&& container) : data_(container.data()), size_(container.size()) {}

  constexpr T* data() const noexcept { return data_; }
  constexpr std::size_t size() const noexcept { return size_; }
  constexpr std::size_t size_bytes() const noexcept { return size_ * sizeof(T); }
  constexpr T* begin() const noexcept { return data_; }
  constexpr T* end() const noexcept { return data_ + size_; }
  constexpr T& operator[](std::size_t i) const { return data_[i]; }

 private:
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

namespace detail {

inline Expected<void> checked(hipError_t status, const char* what) {
  if (status == hipSuccess) return {};
  const auto as_status =
      status == hipErrorOutOfMemory ? miopenStatusAllocFailed : miopenStatusUnknownError;
  return Error(as_status, std::string(what) + ": " + hipGetErrorString(status));
}

struct FreesDeviceMemory {
  void operator()(void* memory) const noexcept { static_cast<void>(hipFree(memory)); }
};

}  // namespace detail

// `size()` elements of coarse-grained memory of HIP's current device, freed with the object. Moves,
// does not copy.
template <class T>
class DeviceArray {
  static_assert(std::is_trivially_copyable_v<T>, "elements are copied as bytes");

 public:
  DeviceArray() = default;

  // Uninitialized memory. Fails with miopenStatusAllocFailed if there is not enough.
  static Expected<DeviceArray> try_allocate(std::size_t size) {
    DeviceArray array;
    array.size_ = size;
    if (size == 0) return array;
    void* memory = nullptr;
    const auto status = detail::checked(hipMalloc(&memory, size * sizeof(T)), "hipMalloc");
    if (!status) return status.error();
    array.memory_.reset(memory);
    return array;
  }
  explicit DeviceArray(std::size_t size) : DeviceArray(try_allocate(size).value()) {}

  // A copy of the host's elements, complete on return.
  explicit DeviceArray(Span<const T> host) : DeviceArray(host.size()) { copy_from(host); }

  T* data() const noexcept { return static_cast<T*>(memory_.get()); }
  std::size_t size() const noexcept { return size_; }

  // Copies from and to as many elements of the host, complete on return, after all work that was
  // queued on the null stream and on blocking streams.
  Expected<void> try_copy_from(Span<const T> host) {
    if (auto fits = as_many(host.size()); !fits || size_ == 0) return fits;
    return detail::checked(hipMemcpy(data(), host.data(), host.size_bytes(), hipMemcpyHostToDevice),
                           "copying to the device");
  }
  void copy_from(Span<const T> host) { try_copy_from(host).value(); }

  Expected<void> try_copy_to(Span<T> host) const {
    if (auto fits = as_many(host.size()); !fits || size_ == 0) return fits;
    return detail::checked(hipMemcpy(host.data(), data(), host.size_bytes(), hipMemcpyDeviceToHost),
                           "copying from the device");
  }
  void copy_to(Span<T> host) const { try_copy_to(host).value(); }

 private:
  Expected<void> as_many(std::size_t host) const {
    if (host == size_) return {};
    return Error(miopenStatusBadParm, "the host has " + std::to_string(host) +
                                          " elements, the device array " + std::to_string(size_));
  }

  std::unique_ptr<void, detail::FreesDeviceMemory> memory_;
  std::size_t size_ = 0;
};

}  // namespace v1
}  // namespace rdna1conv
