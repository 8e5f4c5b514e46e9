// Entry points that HIP 6 imports beside those of HIP 5 (ROCm 6.4's hsa_ext_amd.h). The headers of
// HIP 5 do not declare them and those of HIP 6 declare them with types of their own, so this file
// includes neither: the types here are the same to the C ABI.
#include <hsa/hsa.h>

#include "hsa/status.h"

using emulator::hsa::guarded;
using emulator::hsa::require;
using emulator::hsa::StatusError;

namespace {

hsa_status_t no_virtual_memory(const char* entry_point) {
  return guarded(entry_point, [] {
    throw StatusError(HSA_STATUS_ERROR, "HSA_AMD_SYSTEM_INFO_VIRTUAL_MEM_API_SUPPORTED is false");
  });
}

}  // namespace

extern "C" {

hsa_status_t hsa_amd_memory_async_copy(void* dst, hsa_agent_t dst_agent, const void* src,
                                       hsa_agent_t src_agent, size_t size, uint32_t num_dep_signals,
                                       const hsa_signal_t* dep_signals,
                                       hsa_signal_t completion_signal);

// Logging to a file is a service of AMD's runtime; there is none here.
hsa_status_t hsa_amd_enable_logging(uint8_t*, void*) {
  return guarded(__func__, [] { throw StatusError(HSA_STATUS_ERROR, "no logging"); });
}

hsa_status_t hsa_amd_memory_async_copy_on_engine(void* dst, hsa_agent_t dst_agent, const void* src,
                                                 hsa_agent_t src_agent, size_t size,
                                                 uint32_t num_dep_signals,
                                                 const hsa_signal_t* dep_signals,
                                                 hsa_signal_t completion_signal,
                                                 /* hsa_amd_sdma_engine_id_t */ uint32_t, bool) {
  return hsa_amd_memory_async_copy(dst, dst_agent, src, src_agent, size, num_dep_signals,
                                   dep_signals, completion_signal);
}

hsa_status_t hsa_amd_memory_copy_engine_status(hsa_agent_t, hsa_agent_t,
                                               uint32_t* engine_ids_mask) {
  constexpr uint32_t kBothEngines = 0b11;
  return guarded(__func__, [&] {
    require(engine_ids_mask != nullptr, "engine_ids_mask is null");
    *engine_ids_mask = kBothEngines;
  });
}

hsa_status_t hsa_amd_vmem_address_reserve(void**, size_t, uint64_t, uint64_t) {
  return no_virtual_memory(__func__);
}
hsa_status_t hsa_amd_vmem_address_free(void*, size_t) { return no_virtual_memory(__func__); }
hsa_status_t hsa_amd_vmem_handle_create(/* hsa_amd_memory_pool_t */ uint64_t, size_t, int, uint64_t,
                                        void*) {
  return no_virtual_memory(__func__);
}
hsa_status_t hsa_amd_vmem_handle_release(/* hsa_amd_vmem_alloc_handle_t */ uint64_t) {
  return no_virtual_memory(__func__);
}
hsa_status_t hsa_amd_vmem_map(void*, size_t, size_t, uint64_t, uint64_t) {
  return no_virtual_memory(__func__);
}
hsa_status_t hsa_amd_vmem_unmap(void*, size_t) { return no_virtual_memory(__func__); }
hsa_status_t hsa_amd_vmem_set_access(void*, size_t, const void*, size_t) {
  return no_virtual_memory(__func__);
}
hsa_status_t hsa_amd_vmem_get_access(void*, void*, hsa_agent_t) {
  return no_virtual_memory(__func__);
}
hsa_status_t hsa_amd_vmem_export_shareable_handle(int*, uint64_t, uint64_t) {
  return no_virtual_memory(__func__);
}
hsa_status_t hsa_amd_vmem_import_shareable_handle(int, void*) {
  return no_virtual_memory(__func__);
}
}
