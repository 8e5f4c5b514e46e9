// Owners of HIP objects for the tests. A failed call fails the test at once with HIP's name for it.
#pragma once

#include <gtest/gtest.h>
#include <hip/hip_runtime.h>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace emulator::tests {

inline void check(hipError_t status, const char* what = "HIP call") {
  if (status != hipSuccess) {
    throw std::runtime_error(std::string(what) + ": " + hipGetErrorName(status));
  }
}

template <class T>
class DeviceBuffer {
 public:
  explicit DeviceBuffer(std::size_t count) : count_(count) {
    check(hipMalloc(reinterpret_cast<void**>(&data_), count * sizeof(T)), "hipMalloc");
  }
  explicit DeviceBuffer(const std::vector<T>& values) : DeviceBuffer(values.size()) {
    check(hipMemcpy(data_, values.data(), bytes(), hipMemcpyHostToDevice), "hipMemcpy");
  }
  ~DeviceBuffer() { (void)hipFree(data_); }
  DeviceBuffer(const DeviceBuffer&) = delete;
  DeviceBuffer& operator=(const DeviceBuffer&) = delete;

  T* data() const { return data_; }
  std::size_t bytes() const { return count_ * sizeof(T); }
  std::vector<T> read() const {
    std::vector<T> values(count_);
    check(hipMemcpy(values.data(), data_, bytes(), hipMemcpyDeviceToHost), "hipMemcpy");
    return values;
  }

 private:
  T* data_ = nullptr;
  std::size_t count_;
};

// Page-locked host memory of HIP's (hipHostMalloc).
template <class T>
class PinnedBuffer {
 public:
  explicit PinnedBuffer(std::size_t count, unsigned flags = hipHostMallocDefault) : count_(count) {
    check(hipHostMalloc(reinterpret_cast<void**>(&data_), count * sizeof(T), flags),
          "hipHostMalloc");
  }
  ~PinnedBuffer() { (void)hipHostFree(data_); }
  PinnedBuffer(const PinnedBuffer&) = delete;
  PinnedBuffer& operator=(const PinnedBuffer&) = delete;

  T* data() const { return data_; }
  T& operator[](std::size_t i) const { return data_[i]; }
  std::size_t bytes() const { return count_ * sizeof(T); }

 private:
  T* data_ = nullptr;
  std::size_t count_;
};

class Stream {
 public:
  Stream() { check(hipStreamCreate(&stream_), "hipStreamCreate"); }
  ~Stream() { (void)hipStreamDestroy(stream_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  operator hipStream_t() const { return stream_; }
  void synchronize() const { check(hipStreamSynchronize(stream_), "hipStreamSynchronize"); }

 private:
  hipStream_t stream_ = nullptr;
};

class Event {
 public:
  Event() { check(hipEventCreate(&event_), "hipEventCreate"); }
  ~Event() { (void)hipEventDestroy(event_); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  operator hipEvent_t() const { return event_; }

 private:
  hipEvent_t event_ = nullptr;
};

// `count` values that differ from one another and from those of another `seed`.
inline std::vector<int> numbers(std::size_t count, int seed = 1) {
  std::vector<int> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<int>(i * 2654435761u) ^ seed;
  return values;
}

}  // namespace emulator::tests
