#include "hip_calls.h"

#include <dlfcn.h>
#include <hip/hip_runtime_api.h>

#include <cstdlib>
#include <new>

namespace rdna1conv {
namespace {

thread_local bool watching = false;
thread_local int inside_hip = 0;  // HIP's own work is not ours to count
thread_local HostWork* work = nullptr;

// The function of this name that the program would have called.
template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

class InsideHip {
 public:
  InsideHip() { ++inside_hip; }
  ~InsideHip() { --inside_hip; }
};

void note(const char* name) {
  if (!watching || inside_hip > 0) return;
  const InsideHip hip;  // the text is no work of the watched
  work->hip_calls.append(name).append(" ");
}

}  // namespace

void watch_host_work() {
  delete work;
  work = new HostWork;
  watching = true;
}

HostWork end_of_host_work() {
  watching = false;
  return *work;
}

}  // namespace rdna1conv

using rdna1conv::InsideHip;
using rdna1conv::next;
using rdna1conv::note;

// One row a function: result type, name, parameters, arguments.
#define WATCHED_FUNCTIONS(ROW)                                                            \
  ROW(hipMalloc, (void** p, size_t n), (p, n))                                            \
  ROW(hipFree, (void* p), (p))                                                            \
  ROW(hipHostMalloc, (void** p, size_t n, unsigned f), (p, n, f))                         \
  ROW(hipHostFree, (void* p), (p))                                                        \
  ROW(hipMallocManaged, (void** p, size_t n, unsigned f), (p, n, f))                      \
  ROW(hipMallocAsync, (void** p, size_t n, hipStream_t s), (p, n, s))                     \
  ROW(hipFreeAsync, (void* p, hipStream_t s), (p, s))                                     \
  ROW(hipMemcpy, (void* d, const void* s, size_t n, hipMemcpyKind k), (d, s, n, k))       \
  ROW(hipMemcpyAsync, (void* d, const void* s, size_t n, hipMemcpyKind k, hipStream_t t), \
      (d, s, n, k, t))                                                                    \
  ROW(hipMemset, (void* d, int v, size_t n), (d, v, n))                                   \
  ROW(hipDeviceSynchronize, (), ())                                                       \
  ROW(hipStreamSynchronize, (hipStream_t s), (s))                                         \
  ROW(hipStreamQuery, (hipStream_t s), (s))                                               \
  ROW(hipEventSynchronize, (hipEvent_t e), (e))                                           \
  ROW(hipEventCreate, (hipEvent_t * e), (e))                                              \
  ROW(hipEventRecord, (hipEvent_t e, hipStream_t s), (e, s))                              \
  ROW(hipModuleLoadData, (hipModule_t * m, const void* d), (m, d))                        \
  ROW(hipModuleGetFunction, (hipFunction_t * f, hipModule_t m, const char* n), (f, m, n)) \
  ROW(hipGetDeviceProperties, (hipDeviceProp_t * p, int d), (p, d))

#define WATCH(name, parameters, arguments)                              \
  extern "C" hipError_t name parameters {                               \
    static const auto original = next<hipError_t(*) parameters>(#name); \
    note(#name);                                                        \
    const InsideHip hip;                                                \
    return original arguments;                                          \
  }
WATCHED_FUNCTIONS(WATCH)

// A launch is what a run call is for; what HIP allocates in it is HIP's.
extern "C" hipError_t hipModuleLaunchKernel(hipFunction_t f, unsigned gx, unsigned gy, unsigned gz,
                                            unsigned bx, unsigned by, unsigned bz, unsigned lds,
                                            hipStream_t stream, void** arguments, void** extra) {
  static const auto original = next<decltype(&hipModuleLaunchKernel)>("hipModuleLaunchKernel");
  const InsideHip hip;
  return original(f, gx, gy, gz, bx, by, bz, lds, stream, arguments, extra);
}

void* operator new(std::size_t bytes) {
  using namespace rdna1conv;
  if (watching && inside_hip == 0) ++work->heap_allocations;
  if (void* const memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
