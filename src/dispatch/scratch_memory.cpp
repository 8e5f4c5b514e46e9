#include "dispatch/scratch_memory.h"

#include <string>

#include "core/error.h"
#include "device/device_query.h"
#include "device/hip_check.h"

namespace rdna1conv {

ScratchMemory::ScratchMemory(const Handle& handle, std::size_t bytes)
    : allocator_(handle.allocator) {
  if (bytes == 0) return;
  if (allocator_.allocate == nullptr) {
    const ScopedDevice current(handle.device);
    check_hip(hipMalloc(&memory_, bytes), "hipMalloc");
    return;
  }
  memory_ = allocator_.allocate(allocator_.context, bytes);
  if (memory_ == nullptr) {
    throw Error(Status::kAllocFailed,
                "the allocator of miopenSetAllocator gave no " + std::to_string(bytes) + " bytes");
  }
}

ScratchMemory::~ScratchMemory() {
  if (memory_ == nullptr) return;
  if (allocator_.release == nullptr) {
    static_cast<void>(hipFree(memory_));
  } else {
    allocator_.release(allocator_.context, memory_);
  }
}

}  // namespace rdna1conv
