#pragma once

// Owners of the MIOpen API's objects.

#include <miopen/miopen.h>

#include <vector>

#include "core/conv_problem.h"

namespace rdna1conv::client {

// Throws std::runtime_error "<call>: <the library's text>" unless `status` is success.
void check_miopen(miopenStatus_t status, const char* call);

// Owns an object that a miopenCreate* call made and a miopenDestroy* call frees.
template <class Object, miopenStatus_t (*create)(Object*), miopenStatus_t (*destroy)(Object)>
class MiopenObject {
 public:
  explicit MiopenObject(const char* call) { check_miopen(create(&object_), call); }
  MiopenObject(const MiopenObject&) = delete;
  MiopenObject& operator=(const MiopenObject&) = delete;
  ~MiopenObject() { static_cast<void>(destroy(object_)); }

  operator Object() const { return object_; }

 private:
  Object object_ = nullptr;
};

class MiopenHandle : public MiopenObject<miopenHandle_t, miopenCreate, miopenDestroy> {
 public:
  // On the current device and its default stream.
  MiopenHandle() : MiopenObject("miopenCreate") {}
};

class TensorDescriptor : public MiopenObject<miopenTensorDescriptor_t, miopenCreateTensorDescriptor,
                                             miopenDestroyTensorDescriptor> {
 public:
  TensorDescriptor(DataType type, int spatial_dims, const FiveDims& lengths,
                   const FiveDims& strides);
  // Of any rank; packed without strides.
  TensorDescriptor(miopenDataType_t type, const std::vector<int>& lengths,
                   const std::vector<int>& strides = {});
};

class ConvolutionDescriptor
    : public MiopenObject<miopenConvolutionDescriptor_t, miopenCreateConvolutionDescriptor,
                          miopenDestroyConvolutionDescriptor> {
 public:
  explicit ConvolutionDescriptor(const ConvProblem& problem);
};

}  // namespace rdna1conv::client
