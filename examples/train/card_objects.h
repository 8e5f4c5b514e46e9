#pragma once

// Owners of what MIOpen's C API and the HIP runtime hand out, for the training alone.

#include <hip/hip_runtime_api.h>
#include <miopen/miopen.h>

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "network.h"

namespace train {

inline void check(miopenStatus_t status, const char* what) {
  if (status == miopenStatusSuccess) return;
  throw std::runtime_error(std::string(what) + ": " + miopenGetErrorString(status));
}
inline void check(hipError_t error, const char* what) {
  if (error == hipSuccess) return;
  throw std::runtime_error(std::string(what) + ": " + hipGetErrorString(error));
}

// Of a handle or a descriptor.
template <class Pointer, miopenStatus_t (*Destroy)(Pointer)>
class Object {
 public:
  explicit Object(miopenStatus_t (*create)(Pointer*)) {
    Pointer pointer = nullptr;
    check(create(&pointer), "creating an object of MIOpen's");
    pointer_.reset(pointer);
  }
  operator Pointer() const { return pointer_.get(); }

 private:
  struct Destroyer {
    void operator()(Pointer pointer) const { Destroy(pointer); }
  };
  std::unique_ptr<std::remove_pointer_t<Pointer>, Destroyer> pointer_;
};
using HandleObject = Object<miopenHandle_t, miopenDestroy>;
using TensorObject = Object<miopenTensorDescriptor_t, miopenDestroyTensorDescriptor>;
using ConvolutionObject = Object<miopenConvolutionDescriptor_t, miopenDestroyConvolutionDescriptor>;
using PoolingObject = Object<miopenPoolingDescriptor_t, miopenDestroyPoolingDescriptor>;
using ActivationObject = Object<miopenActivationDescriptor_t, miopenDestroyActivationDescriptor>;

// A packed NCHW tensor's descriptor.
inline TensorObject describe(miopenDataType_t type, const Shape& shape) {
  TensorObject tensor(miopenCreateTensorDescriptor);
  check(miopenSet4dTensorDescriptor(tensor, type, shape.n, shape.c, shape.h, shape.w),
        "miopenSet4dTensorDescriptor");
  return tensor;
}

// Device memory, zero at first.
class DeviceMemory {
 public:
  explicit DeviceMemory(std::size_t bytes) {
    void* pointer = nullptr;
    check(hipMalloc(&pointer, bytes + 16), "hipMalloc");
    pointer_.reset(static_cast<std::byte*>(pointer));
    check(hipMemset(pointer, 0, bytes + 16), "hipMemset");
  }
  std::byte* at(std::size_t offset = 0) const { return pointer_.get() + offset; }

 private:
  struct Free {
    void operator()(std::byte* pointer) const { static_cast<void>(hipFree(pointer)); }
  };
  std::unique_ptr<std::byte, Free> pointer_;
};

}  // namespace train
