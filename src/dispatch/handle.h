#pragma once

#include <hip/hip_runtime_api.h>

#include <cstddef>
#include <memory>

#include "core/environment.h"
#include "device/kernel_module.h"
#include "dispatch/find_db.h"
#include "dispatch/plan_cache.h"
#include "dispatch/stream_scratch.h"
#include "plan/device_facts.h"

namespace rdna1conv {

// The client's functions for device memory; HIP's where they are null.
struct DeviceAllocator {
  void* (*allocate)(void* context, std::size_t bytes) = nullptr;
  void (*release)(void* context, void* memory) = nullptr;
  void* context = nullptr;
};

struct OperatorPlanLists;  // dispatch/operator_plan_lists.h

// What a miopenHandle_t points to.
struct Handle {
  // On HIP's current device. Throws Error if that is not an RDNA1 device.
  explicit Handle(hipStream_t on_stream);
  ~Handle();

  const Environment environment;
  const int device;
  const std::shared_ptr<FindDb> find_db;  // null if it is switched off
  const DeviceFacts facts;                // with the speed that the find-db has of the card
  const std::shared_ptr<KernelModules> modules;
  PlanCache plans;
  const std::unique_ptr<OperatorPlanLists> operators;
  StreamScratch scratch;

  hipStream_t stream;
  DeviceAllocator allocator;
  bool profiling = false;
  FindEnforce find_enforce = environment.find_enforce;  // or what miopenSetTuningPolicy said
  float kernel_milliseconds = 0;                        // of the last profiled run call

 private:
  struct Surroundings {
    Environment environment;
    int device;
    DeviceFacts reported;  // what HIP says of the device
  };
  static Surroundings surroundings();
  Handle(hipStream_t on_stream, Surroundings found);
};

}  // namespace rdna1conv
