#include "hsa/status.h"

#include <hsa/hsa_ext_amd.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <new>
#include <set>

namespace emulator::hsa {
namespace {

struct StatusRow {
  int status;
  const char* text;
};

constexpr StatusRow kStatusTexts[] = {
    {HSA_STATUS_SUCCESS, "HSA_STATUS_SUCCESS: the call succeeded"},
    {HSA_STATUS_INFO_BREAK, "HSA_STATUS_INFO_BREAK: a callback ended the iteration"},
    {HSA_STATUS_ERROR, "HSA_STATUS_ERROR: the call failed"},
    {HSA_STATUS_ERROR_INVALID_ARGUMENT,
     "HSA_STATUS_ERROR_INVALID_ARGUMENT: an argument is invalid"},
    {HSA_STATUS_ERROR_INVALID_QUEUE_CREATION,
     "HSA_STATUS_ERROR_INVALID_QUEUE_CREATION: the agent does not support queues of this kind"},
    {HSA_STATUS_ERROR_INVALID_ALLOCATION,
     "HSA_STATUS_ERROR_INVALID_ALLOCATION: the allocation is not valid"},
    {HSA_STATUS_ERROR_INVALID_AGENT, "HSA_STATUS_ERROR_INVALID_AGENT: no such agent"},
    {HSA_STATUS_ERROR_INVALID_REGION, "HSA_STATUS_ERROR_INVALID_REGION: no such region"},
    {HSA_STATUS_ERROR_INVALID_SIGNAL, "HSA_STATUS_ERROR_INVALID_SIGNAL: no such signal"},
    {HSA_STATUS_ERROR_INVALID_QUEUE, "HSA_STATUS_ERROR_INVALID_QUEUE: no such queue"},
    {HSA_STATUS_ERROR_OUT_OF_RESOURCES,
     "HSA_STATUS_ERROR_OUT_OF_RESOURCES: memory or another resource is used up"},
    {HSA_STATUS_ERROR_INVALID_PACKET_FORMAT,
     "HSA_STATUS_ERROR_INVALID_PACKET_FORMAT: the AQL packet is malformed"},
    {HSA_STATUS_ERROR_RESOURCE_FREE, "HSA_STATUS_ERROR_RESOURCE_FREE: a resource is still in use"},
    {HSA_STATUS_ERROR_NOT_INITIALIZED,
     "HSA_STATUS_ERROR_NOT_INITIALIZED: the runtime is not initialised"},
    {HSA_STATUS_ERROR_REFCOUNT_OVERFLOW,
     "HSA_STATUS_ERROR_REFCOUNT_OVERFLOW: the reference count overflowed"},
    {HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS,
     "HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS: the arguments contradict each other"},
    {HSA_STATUS_ERROR_INVALID_INDEX, "HSA_STATUS_ERROR_INVALID_INDEX: the index is out of range"},
    {HSA_STATUS_ERROR_INVALID_ISA, "HSA_STATUS_ERROR_INVALID_ISA: the ISA is invalid"},
    {HSA_STATUS_ERROR_INVALID_ISA_NAME, "HSA_STATUS_ERROR_INVALID_ISA_NAME: no ISA has this name"},
    {HSA_STATUS_ERROR_INVALID_CODE_OBJECT,
     "HSA_STATUS_ERROR_INVALID_CODE_OBJECT: the code object is invalid"},
    {HSA_STATUS_ERROR_INVALID_EXECUTABLE,
     "HSA_STATUS_ERROR_INVALID_EXECUTABLE: no such executable"},
    {HSA_STATUS_ERROR_FROZEN_EXECUTABLE,
     "HSA_STATUS_ERROR_FROZEN_EXECUTABLE: the executable is frozen"},
    {HSA_STATUS_ERROR_INVALID_SYMBOL_NAME,
     "HSA_STATUS_ERROR_INVALID_SYMBOL_NAME: no symbol has this name"},
    {HSA_STATUS_ERROR_VARIABLE_ALREADY_DEFINED,
     "HSA_STATUS_ERROR_VARIABLE_ALREADY_DEFINED: the variable is already defined"},
    {HSA_STATUS_ERROR_VARIABLE_UNDEFINED,
     "HSA_STATUS_ERROR_VARIABLE_UNDEFINED: a variable is not defined"},
    {HSA_STATUS_ERROR_EXCEPTION, "HSA_STATUS_ERROR_EXCEPTION: a wave raised an exception"},
    {HSA_STATUS_ERROR_INVALID_CODE_SYMBOL,
     "HSA_STATUS_ERROR_INVALID_CODE_SYMBOL: no such code object symbol"},
    {HSA_STATUS_ERROR_INVALID_EXECUTABLE_SYMBOL,
     "HSA_STATUS_ERROR_INVALID_EXECUTABLE_SYMBOL: no such executable symbol"},
    {HSA_STATUS_ERROR_INVALID_FILE, "HSA_STATUS_ERROR_INVALID_FILE: no such file"},
    {HSA_STATUS_ERROR_INVALID_CODE_OBJECT_READER,
     "HSA_STATUS_ERROR_INVALID_CODE_OBJECT_READER: no such code object reader"},
    {HSA_STATUS_ERROR_INVALID_CACHE, "HSA_STATUS_ERROR_INVALID_CACHE: no such cache"},
    {HSA_STATUS_ERROR_INVALID_WAVEFRONT, "HSA_STATUS_ERROR_INVALID_WAVEFRONT: no such wavefront"},
    {HSA_STATUS_ERROR_INVALID_SIGNAL_GROUP,
     "HSA_STATUS_ERROR_INVALID_SIGNAL_GROUP: no such signal group"},
    {HSA_STATUS_ERROR_INVALID_RUNTIME_STATE,
     "HSA_STATUS_ERROR_INVALID_RUNTIME_STATE: the runtime is in the wrong state"},
    {HSA_STATUS_ERROR_FATAL, "HSA_STATUS_ERROR_FATAL: the queue cannot go on"},
    {HSA_STATUS_ERROR_INVALID_MEMORY_POOL,
     "HSA_STATUS_ERROR_INVALID_MEMORY_POOL: no such memory pool"},
    {HSA_STATUS_ERROR_MEMORY_APERTURE_VIOLATION,
     "HSA_STATUS_ERROR_MEMORY_APERTURE_VIOLATION: a kernel accessed memory outside its apertures"},
    {HSA_STATUS_ERROR_ILLEGAL_INSTRUCTION,
     "HSA_STATUS_ERROR_ILLEGAL_INSTRUCTION: a kernel executed an illegal instruction"},
    {HSA_STATUS_ERROR_MEMORY_FAULT,
     "HSA_STATUS_ERROR_MEMORY_FAULT: a kernel accessed memory that it may not access"},
    {HSA_STATUS_CU_MASK_REDUCED, "HSA_STATUS_CU_MASK_REDUCED: not all compute units are available"},
};

// A program that asks for the same in a loop is told once.
void tell_user(const char* entry_point, const char* text) {
  static std::mutex& mutex = *new std::mutex;
  static std::set<std::string>& told = *new std::set<std::string>;
  const std::lock_guard lock(mutex);
  if (!told.emplace(text).second) return;
  std::fprintf(stderr, "software RX 5700 XT: %s: %s\n", entry_point, text);
}

}  // namespace

const char* status_text(int status) {
  for (const StatusRow& row : kStatusTexts) {
    if (row.status == status) return row.text;
  }
  return nullptr;
}

hsa_status_t report_exception(const char* entry_point) noexcept {
  static const bool log = std::getenv("EMULATOR_HSA_LOG") != nullptr;
  hsa_status_t status = HSA_STATUS_ERROR;
  try {
    throw;
  } catch (const Refusal& refusal) {
    status = refusal.status();
    tell_user(entry_point, refusal.what());
  } catch (const StatusError& error) {
    status = error.status();
    if (log) std::fprintf(stderr, "%s: %s\n", entry_point, error.what());
  } catch (const std::bad_alloc&) {
    status = HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    if (log) std::fprintf(stderr, "%s: the host is out of memory\n", entry_point);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", entry_point, error.what());
  } catch (...) {
    std::fprintf(stderr, "%s: unknown exception\n", entry_point);
  }
  return status;
}

}  // namespace emulator::hsa

hsa_status_t hsa_status_string(hsa_status_t status, const char** status_string) {
  using namespace emulator::hsa;
  return guarded(__func__, [&] {
    require(status_string != nullptr, "status_string is null");
    const char* text = status_text(status);
    require(text != nullptr, "status is not an HSA status");
    *status_string = text;
  });
}
