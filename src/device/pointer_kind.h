#pragma once

#include <hip/hip_runtime_api.h>

#include <cstddef>
#include <string>
#include <vector>

namespace rdna1conv {

// Throws Error (kBadParm) naming the argument unless `address` lies in coarse-grained memory of the
// device. Host and managed memory is fine-grained and lies behind PCIe. Fine-grained memory on the
// device does not exist on RDNA1, where hipExtMallocWithFlags(hipDeviceMallocFinegrained) fails.
//
// Asks HIP at every call. A look-up in HIP's map of allocations costs about 30 ns, and a cache of
// our own would be wrong as soon as an address is freed and handed out again as another kind.
void require_device_memory(const void* address, const char* name, int device);

// `count` numbers that the host or a device has. Those of a device are copied on the stream, which
// is waited for. Throws Error; while the stream is captured, such a wait is impossible.
std::vector<int> numbers_on_host(const int* numbers, std::size_t count, const char* name,
                                 hipStream_t stream);

}  // namespace rdna1conv
