#include "device/pointer_kind.h"

#include <hip/hip_runtime_api.h>

#include "core/error.h"
#include "device/hip_check.h"
#include "device/prepared_plan.h"

namespace rdna1conv {
namespace {

// The field is called `type` since HIP 6.
template <class Attributes>
hipMemoryType memory_type(const Attributes& attributes) {
  if constexpr (requires { attributes.memoryType; }) {
    return attributes.memoryType;
  } else {
    return attributes.type;
  }
}

[[noreturn]] void refuse(const char* name, const std::string& what) {
  throw Error(Status::kBadParm,
              std::string(name) + " is " + what + ", must be memory of hipMalloc");
}

}  // namespace

void require_device_memory(const void* address, const char* name, int device) {
  hipPointerAttribute_t attributes{};
  if (hipPointerGetAttributes(&attributes, address) != hipSuccess) {
    // What hipGetLastError() tells the client later is none of its own doing.
    static_cast<void>(hipGetLastError());
    refuse(name, "no memory that HIP knows");
  }
  if (attributes.isManaged != 0) refuse(name, "managed memory");
  if (memory_type(attributes) != hipMemoryTypeDevice) refuse(name, "host memory");
  if (attributes.device != device) {
    refuse(name, "memory of device " + std::to_string(attributes.device) + ", the handle's is " +
                     std::to_string(device));
  }
}

std::vector<int> numbers_on_host(const int* numbers, std::size_t count, const char* name,
                                 hipStream_t stream) {
  hipPointerAttribute_t attributes{};
  const bool is_known = hipPointerGetAttributes(&attributes, numbers) == hipSuccess;
  if (!is_known) static_cast<void>(hipGetLastError());
  if (!is_known || attributes.isManaged != 0 || memory_type(attributes) != hipMemoryTypeDevice)
    return {numbers, numbers + count};
  if (is_capturing(stream)) {
    throw Error(Status::kUnknownError,
                std::string(name) + " is memory of a device, which cannot be read during capture");
  }
  std::vector<int> copied(count);
  check_hip(
      hipMemcpyAsync(copied.data(), numbers, count * sizeof(int), hipMemcpyDeviceToHost, stream),
      "hipMemcpyAsync");
  check_hip(hipStreamSynchronize(stream), "hipStreamSynchronize");
  return copied;
}

}  // namespace rdna1conv
