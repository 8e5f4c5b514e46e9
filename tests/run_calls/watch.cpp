#include "watch.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <hip/hip_runtime_api.h>

#include <cerrno>
#include <cstddef>
#include <sstream>

// glibc's allocator under the names that a replacement of malloc() may call.
extern "C" {
void* __libc_malloc(std::size_t bytes);
void* __libc_calloc(std::size_t count, std::size_t bytes);
void* __libc_realloc(void* memory, std::size_t bytes);
void* __libc_memalign(std::size_t alignment, std::size_t bytes);
}

namespace rdna1conv {
namespace {

thread_local Observed observed;
thread_local bool watching = false;
thread_local int depth = 0;  // of HIP calls, and of this file's own work

void note_allocation() {
  if (!watching || depth > 0) return;
  ++depth;
  if (observed.allocations++ == 0) backtrace(observed.first_allocation, 12);
  --depth;
}

enum class Kind { kQuick, kLaunch, kForbidden };

// While the thread is in a HIP function.
class InHip {
 public:
  InHip(const char* name, Kind kind) {
    if (watching && depth == 0) {
      if (kind == Kind::kLaunch) ++observed.launches;
      if (kind == Kind::kForbidden && observed.forbidden_calls++ == 0)
        observed.first_forbidden = name;
    }
    ++depth;
  }
  ~InHip() { --depth; }
  InHip(const InHip&) = delete;
  InHip& operator=(const InHip&) = delete;
};

// HIP's own function of this name.
template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

}  // namespace

Watch::Watch() {
  void* frame = nullptr;
  backtrace(&frame, 1);  // its first call allocates
  observed = {};
  watching = true;
}

Watch::~Watch() { watching = false; }

Observed Watch::stop() {
  watching = false;
  return observed;
}

std::string fault_of(const Observed& seen) {
  std::ostringstream text;
  if (seen.launches == 0) text << "launched nothing; ";
  if (seen.forbidden_calls > 0)
    text << seen.forbidden_calls << " calls of HIP that wait or allocate, first "
         << seen.first_forbidden << "; ";
  if (seen.allocations > 0) {
    text << seen.allocations << " allocations of host memory, the first by";
    for (void* const frame : seen.first_allocation) text << " " << frame;
  }
  return text.str();
}

}  // namespace rdna1conv

using rdna1conv::InHip;
using rdna1conv::Kind;
using rdna1conv::next;
using rdna1conv::note_allocation;

extern "C" {

void* malloc(std::size_t bytes) {
  note_allocation();
  return __libc_malloc(bytes);
}
void* calloc(std::size_t count, std::size_t bytes) {
  note_allocation();
  return __libc_calloc(count, bytes);
}
void* realloc(void* memory, std::size_t bytes) {
  note_allocation();
  return __libc_realloc(memory, bytes);
}
void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
  note_allocation();
  return __libc_memalign(alignment, bytes);
}
void* memalign(std::size_t alignment, std::size_t bytes) {
  note_allocation();
  return __libc_memalign(alignment, bytes);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t bytes) {
  note_allocation();
  *memory = __libc_memalign(alignment, bytes);
  return *memory == nullptr ? ENOMEM : 0;
}

// What the library uses of HIP, and what it must not use in a run call: kind, name, parameters,
// arguments. A function that is missing here shows as allocations if it allocates.
#define RDNA1CONV_HIP_FUNCTIONS(X)                                                                 \
  X(kQuick, hipGetDevice, (int* device), (device))                                                 \
  X(kQuick, hipSetDevice, (int device), (device))                                                  \
  X(kQuick, hipGetLastError, (), ())                                                               \
  X(kQuick, hipPointerGetAttributes, (hipPointerAttribute_t * attributes, const void* pointer),    \
    (attributes, pointer))                                                                         \
  X(kQuick, hipStreamIsCapturing, (hipStream_t stream, hipStreamCaptureStatus * status),           \
    (stream, status))                                                                              \
  X(kLaunch, hipModuleLaunchKernel,                                                                \
    (hipFunction_t function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,      \
     unsigned bz, unsigned lds, hipStream_t stream, void** arguments, void** extra),               \
    (function, gx, gy, gz, bx, by, bz, lds, stream, arguments, extra))                             \
  X(kForbidden, hipMalloc, (void** memory, size_t bytes), (memory, bytes))                         \
  X(kForbidden, hipExtMallocWithFlags, (void** memory, size_t bytes, unsigned flags),              \
    (memory, bytes, flags))                                                                        \
  X(kForbidden, hipHostMalloc, (void** memory, size_t bytes, unsigned flags),                      \
    (memory, bytes, flags))                                                                        \
  X(kForbidden, hipMallocManaged, (void** memory, size_t bytes, unsigned flags),                   \
    (memory, bytes, flags))                                                                        \
  X(kForbidden, hipMallocAsync, (void** memory, size_t bytes, hipStream_t stream),                 \
    (memory, bytes, stream))                                                                       \
  X(kForbidden, hipFree, (void* memory), (memory))                                                 \
  X(kForbidden, hipFreeAsync, (void* memory, hipStream_t stream), (memory, stream))                \
  X(kForbidden, hipHostFree, (void* memory), (memory))                                             \
  X(kForbidden, hipDeviceSynchronize, (), ())                                                      \
  X(kForbidden, hipStreamSynchronize, (hipStream_t stream), (stream))                              \
  X(kForbidden, hipStreamQuery, (hipStream_t stream), (stream))                                    \
  X(kForbidden, hipStreamCreate, (hipStream_t * stream), (stream))                                 \
  X(kForbidden, hipStreamCreateWithFlags, (hipStream_t * stream, unsigned flags), (stream, flags)) \
  X(kForbidden, hipStreamWaitEvent, (hipStream_t stream, hipEvent_t event, unsigned flags),        \
    (stream, event, flags))                                                                        \
  X(kForbidden, hipEventCreate, (hipEvent_t * event), (event))                                     \
  X(kForbidden, hipEventCreateWithFlags, (hipEvent_t * event, unsigned flags), (event, flags))     \
  X(kForbidden, hipEventRecord, (hipEvent_t event, hipStream_t stream), (event, stream))           \
  X(kForbidden, hipEventDestroy, (hipEvent_t event), (event))                                      \
  X(kForbidden, hipEventQuery, (hipEvent_t event), (event))                                        \
  X(kForbidden, hipEventSynchronize, (hipEvent_t event), (event))                                  \
  X(kForbidden, hipMemcpy, (void* to, const void* from, size_t bytes, hipMemcpyKind kind),         \
    (to, from, bytes, kind))                                                                       \
  X(kForbidden, hipMemcpyAsync,                                                                    \
    (void* to, const void* from, size_t bytes, hipMemcpyKind kind, hipStream_t stream),            \
    (to, from, bytes, kind, stream))                                                               \
  X(kForbidden, hipMemcpyWithStream,                                                               \
    (void* to, const void* from, size_t bytes, hipMemcpyKind kind, hipStream_t stream),            \
    (to, from, bytes, kind, stream))                                                               \
  X(kForbidden, hipMemcpyHtoD, (hipDeviceptr_t to, void* from, size_t bytes), (to, from, bytes))   \
  X(kForbidden, hipMemcpyDtoH, (void* to, hipDeviceptr_t from, size_t bytes), (to, from, bytes))   \
  X(kForbidden, hipMemcpyToSymbol,                                                                 \
    (const void* symbol, const void* from, size_t bytes, size_t offset, hipMemcpyKind kind),       \
    (symbol, from, bytes, offset, kind))                                                           \
  X(kForbidden, hipMemset, (void* memory, int value, size_t bytes), (memory, value, bytes))        \
  X(kForbidden, hipMemsetAsync, (void* memory, int value, size_t bytes, hipStream_t stream),       \
    (memory, value, bytes, stream))                                                                \
  X(kForbidden, hipModuleLoadData, (hipModule_t * module, const void* image), (module, image))     \
  X(kForbidden, hipModuleUnload, (hipModule_t module), (module))                                   \
  X(kForbidden, hipModuleGetFunction,                                                              \
    (hipFunction_t * function, hipModule_t module, const char* name), (function, module, name))    \
  X(kForbidden, hipGetDeviceProperties, (hipDeviceProp_t * properties, int device),                \
    (properties, device))

#define RDNA1CONV_STAND_IN(KIND, NAME, PARAMETERS, ARGUMENTS)      \
  hipError_t NAME PARAMETERS {                                     \
    const InHip in_hip(#NAME, Kind::KIND);                         \
    static const auto hip = next<hipError_t(*) PARAMETERS>(#NAME); \
    return hip ARGUMENTS;                                          \
  }
RDNA1CONV_HIP_FUNCTIONS(RDNA1CONV_STAND_IN)

}  // extern "C"
