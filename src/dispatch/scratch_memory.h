#pragma once

#include <cstddef>

#include "dispatch/handle.h"

namespace rdna1conv {

// Device memory for the time of one call, from the client's allocator (miopenSetAllocator) or HIP.
// Only Find needs any; a run call has the client's workspace, or that of stream_scratch.h.
class ScratchMemory {
 public:
  // Throws Error (kAllocFailed). Zero bytes are no allocation.
  ScratchMemory(const Handle& handle, std::size_t bytes);
  ~ScratchMemory();
  ScratchMemory(const ScratchMemory&) = delete;
  ScratchMemory& operator=(const ScratchMemory&) = delete;

  void* get() const { return memory_; }

 private:
  DeviceAllocator allocator_;
  void* memory_ = nullptr;
};

}  // namespace rdna1conv
