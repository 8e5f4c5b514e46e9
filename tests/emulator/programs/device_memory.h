// Device memory that frees itself, for HIP programs that stop at the first error.
#pragma once

#include <hip/hip_runtime_api.h>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace programs {

inline void check(hipError_t status, const char* call) {
  if (status == hipSuccess) return;
  throw std::runtime_error(std::string(call) + ": " + hipGetErrorString(status));
}

// An array of `size` elements in device memory; its contents are undefined unless copied in.
template <class T>
class DeviceArray {
 public:
  explicit DeviceArray(std::size_t size) : size_(size) {
    check(hipMalloc(reinterpret_cast<void**>(&data_), bytes() > 0 ? bytes() : 1), "hipMalloc");
  }
  explicit DeviceArray(const std::vector<T>& values) : DeviceArray(values.size()) {
    check(hipMemcpy(data_, values.data(), bytes(), hipMemcpyHostToDevice), "hipMemcpy");
  }
  ~DeviceArray() { static_cast<void>(hipFree(data_)); }
  DeviceArray(const DeviceArray&) = delete;
  DeviceArray& operator=(const DeviceArray&) = delete;

  T* data() const { return data_; }
  std::size_t size() const { return size_; }
  std::size_t bytes() const { return size_ * sizeof(T); }
  std::vector<T> to_host() const {
    std::vector<T> values(size_);
    check(hipMemcpy(values.data(), data_, bytes(), hipMemcpyDeviceToHost), "hipMemcpy");
    return values;
  }

 private:
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace programs
