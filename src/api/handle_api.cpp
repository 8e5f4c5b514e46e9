#include <miopen/miopen.h>

#include "api/guard.h"

using namespace rdna1conv;

extern "C" {

miopenStatus_t miopenCreateWithStream(miopenHandle_t* handle, miopenAcceleratorQueue_t stream) {
  return guard({__func__, {{"handle", handle}, {"stream", stream}}}, [&] {
    miopenHandle_t& result = require(handle, "handle");
    result = reinterpret_cast<miopenHandle_t>(new Handle(stream));
  });
}

miopenStatus_t miopenCreate(miopenHandle_t* handle) {
  return guard({__func__, {{"handle", handle}}}, [&] {
    miopenHandle_t& result = require(handle, "handle");
    result = reinterpret_cast<miopenHandle_t>(new Handle(nullptr));
  });
}

miopenStatus_t miopenDestroy(miopenHandle_t handle) {
  return guard({__func__, {{"handle", handle}}}, [&] { delete &object(handle); });
}

miopenStatus_t miopenSetStream(miopenHandle_t handle, miopenAcceleratorQueue_t streamID) {
  return guard({__func__, {{"handle", handle}, {"streamID", streamID}}},
               [&] { object(handle).stream = streamID; });
}

miopenStatus_t miopenGetStream(miopenHandle_t handle, miopenAcceleratorQueue_t* streamID) {
  return guard({__func__, {{"handle", handle}, {"streamID", streamID}}},
               [&] { require(streamID, "streamID") = object(handle).stream; });
}

miopenStatus_t miopenSetAllocator(miopenHandle_t handle, miopenAllocatorFunction allocator,
                                  miopenDeallocatorFunction deallocator, void* allocatorContext) {
  return guard({__func__,
                {{"handle", handle},
                 {"allocator", reinterpret_cast<const void*>(allocator)},
                 {"deallocator", reinterpret_cast<const void*>(deallocator)},
                 {"allocatorContext", allocatorContext}}},
               [&] {
                 Handle& owner = object(handle);
                 if ((allocator == nullptr) != (deallocator == nullptr)) {
                   throw Error(Status::kBadParm,
                               std::string(allocator == nullptr ? "allocator" : "deallocator") +
                                   " is null, the other is not");
                 }
                 owner.allocator = {allocator, deallocator, allocatorContext};
               });
}

miopenStatus_t miopenEnableProfiling(miopenHandle_t handle, bool enable) {
  return guard({__func__, {{"handle", handle}, {"enable", enable}}},
               [&] { object(handle).profiling = enable; });
}

miopenStatus_t miopenGetKernelTime(miopenHandle_t handle, float* time) {
  return guard({__func__, {{"handle", handle}, {"time", time}}},
               [&] { require(time, "time") = object(handle).kernel_milliseconds; });
}

miopenStatus_t miopenSetTuningPolicy(miopenHandle_t handle, miopenTuningPolicy_t newValue) {
  return guard({__func__, {{"handle", handle}, {"newValue", newValue}}}, [&] {
    Handle& owner = object(handle);
    require_enumerator(newValue, {miopenTuningPolicyNone, miopenTuningPolicyDbClean}, "newValue",
                       "miopenTuningPolicy_t");
    owner.find_enforce = static_cast<FindEnforce>(newValue);
  });
}

miopenStatus_t miopenGetTuningPolicy(miopenHandle_t handle, miopenTuningPolicy_t* value) {
  return guard({__func__, {{"handle", handle}, {"value", value}}}, [&] {
    const Handle& owner = object(handle);
    require(value, "value") = static_cast<miopenTuningPolicy_t>(owner.find_enforce);
  });
}

}  // extern "C"
