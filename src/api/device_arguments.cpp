#include "api/device_arguments.h"

#include <cstdint>
#include <string>

#include "core/error.h"
#include "device/pointer_kind.h"

namespace rdna1conv {
namespace {

constexpr std::size_t kWorkspaceAlignment = 16;

void require_aligned(const void* pointer, const char* name, std::size_t alignment,
                     const char* to_what) {
  if (reinterpret_cast<std::uintptr_t>(pointer) % alignment == 0) return;
  throw Error(Status::kBadParm, std::string(name) + " is not aligned to " + to_what);
}

void check_memory(const Handle& handle, const void* pointer, const char* name) {
  if (handle.environment.check_pointers) require_device_memory(pointer, name, handle.device);
}

}  // namespace

void* device_argument(const Handle& handle, const void* pointer, const char* name, DataType type) {
  if (pointer == nullptr) throw Error(Status::kBadParm, std::string(name) + " is null");
  require_aligned(pointer, name, bytes_of(type), "its elements");
  check_memory(handle, pointer, name);
  return const_cast<void*>(pointer);
}

void* workspace_argument(const Handle& handle, void* pointer, const char* name) {
  if (pointer == nullptr) return nullptr;
  require_aligned(pointer, name, kWorkspaceAlignment, "16 bytes");
  check_memory(handle, pointer, name);
  return pointer;
}

}  // namespace rdna1conv
