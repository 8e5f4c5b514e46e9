// Entry points that HIP 6 and 7 import beside those of HIP 5 (hsa_ext_amd.h of ROCm 6.4 and 7.2).
// The headers of HIP 5 do not declare them and those of later ones declare them with types of their
// own, so this file includes neither: the types here are the same to the C ABI.
#include <hsa/hsa.h>

#include "hsa/agents.h"
#include "hsa/status.h"
#include "hsa/virtual_memory.h"

using namespace emulator::hsa;

namespace {

// Of each pair of agents' two: a mask of hsa_amd_sdma_engine_id_t.
constexpr std::uint32_t kBothCopyEngines = 0b11;

struct AccessDescriptor {  // hsa_amd_memory_access_desc_t
  hsa_access_permission_t permissions;
  hsa_agent_t agent;
};

}  // namespace

extern "C" {

hsa_status_t hsa_amd_memory_async_copy(void* dst, hsa_agent_t dst_agent, const void* src,
                                       hsa_agent_t src_agent, size_t size, uint32_t num_dep_signals,
                                       const hsa_signal_t* dep_signals,
                                       hsa_signal_t completion_signal);

// Logging to a file is a service of AMD's runtime; there is none here.
hsa_status_t hsa_amd_enable_logging(uint8_t*, void*) {
  return guarded(__func__, [] { throw Refusal(HSA_STATUS_ERROR, "there is no log to switch on"); });
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

hsa_status_t hsa_amd_memory_copy_engine_status(hsa_agent_t dst_agent, hsa_agent_t src_agent,
                                               uint32_t* engine_ids_mask) {
  return guarded(__func__, [&] {
    require_agent(dst_agent);
    require_agent(src_agent);
    require(engine_ids_mask != nullptr, "engine_ids_mask is null");
    *engine_ids_mask = kBothCopyEngines;
  });
}

// One engine is as good as the other.
hsa_status_t hsa_amd_memory_get_preferred_copy_engine(hsa_agent_t dst_agent, hsa_agent_t src_agent,
                                                      uint32_t* recommended_ids_mask) {
  return hsa_amd_memory_copy_engine_status(dst_agent, src_agent, recommended_ids_mask);
}

// Only devices that give scratch back while queues run have such a limit (gfx94x); AMD's runtime
// gives this status on the others.
hsa_status_t hsa_amd_agent_set_async_scratch_limit(hsa_agent_t agent, size_t) {
  return guarded(__func__, [&] {
    require_gpu(agent);
    throw Refusal(HSA_STATUS_ERROR_INVALID_ARGUMENT,
                  "gfx1010 does not reclaim scratch, and so has no limit for it");
  });
}

// Faults are told to the error callback of the queue that stopped, which HIP gives every queue of
// its own; no event is left that only a handler would see.
hsa_status_t hsa_amd_register_system_event_handler(
    hsa_status_t (*callback)(const /* hsa_amd_event_t */ void*, void*), void*) {
  return guarded(__func__, [&] { require(callback != nullptr, "callback is null"); });
}

// Another driver could make nothing of this process's memory.
hsa_status_t hsa_amd_portable_export_dmabuf(const void*, size_t, int*, uint64_t*) {
  return guarded(__func__, [] {
    throw Refusal(HSA_STATUS_ERROR, "memory of the software device cannot be a dma-buf");
  });
}

// A disk that writes to the card's memory needs a card.
hsa_status_t hsa_amd_ais_file_write(/* hsa_amd_ais_file_handle_t */ uint64_t, void*, uint64_t,
                                    int64_t, uint64_t*, int32_t*) {
  return guarded(__func__, [] {
    throw Refusal(HSA_STATUS_ERROR, "files are not written from device memory without the host");
  });
}
hsa_status_t hsa_amd_ais_file_read(/* hsa_amd_ais_file_handle_t */ uint64_t, void*, uint64_t,
                                   int64_t, uint64_t*, int32_t*) {
  return guarded(__func__, [] {
    throw Refusal(HSA_STATUS_ERROR, "files are not read into device memory without the host");
  });
}

hsa_status_t hsa_amd_vmem_address_reserve_align(void** va, size_t size, uint64_t /* wish */,
                                                uint64_t alignment, uint64_t flags) {
  constexpr uint64_t kNoRegister = 1;  // there is no driver to register addresses with
  return guarded(__func__, [&] {
    require(va != nullptr, "va is null");
    require((flags & ~kNoRegister) == 0, "flags has unknown bits");
    *va = virtual_memory::reserve(size, alignment);
  });
}
hsa_status_t hsa_amd_vmem_address_reserve(void** va, size_t size, uint64_t address,
                                          uint64_t flags) {
  return hsa_amd_vmem_address_reserve_align(va, size, address, 0, flags);
}
hsa_status_t hsa_amd_vmem_address_free(void* va, size_t size) {
  return guarded(__func__, [&] { virtual_memory::free(va, size); });
}
hsa_status_t hsa_amd_vmem_handle_create(/* hsa_amd_memory_pool_t */ uint64_t pool, size_t size,
                                        int /* pinned or not is all the same */, uint64_t flags,
                                        /* hsa_amd_vmem_alloc_handle_t */ uint64_t* memory_handle) {
  return guarded(__func__, [&] {
    require(memory_handle != nullptr, "memory_handle is null");
    require(flags == 0, "flags is not 0");
    *memory_handle = virtual_memory::create(pool, size);
  });
}
hsa_status_t hsa_amd_vmem_handle_release(uint64_t memory_handle) {
  return guarded(__func__, [&] { virtual_memory::release(memory_handle); });
}
// AMD's runtime does not look at the offset either, and HIP passes that of the address.
hsa_status_t hsa_amd_vmem_map(void* va, size_t size, size_t /* in_offset */, uint64_t memory_handle,
                              uint64_t flags) {
  return guarded(__func__, [&] {
    require(flags == 0, "flags is not 0");
    virtual_memory::map(va, size, memory_handle);
  });
}
hsa_status_t hsa_amd_vmem_unmap(void* va, size_t size) {
  return guarded(__func__, [&] { virtual_memory::unmap(va, size); });
}
hsa_status_t hsa_amd_vmem_set_access(void* va, size_t size, const AccessDescriptor* desc,
                                     size_t desc_cnt) {
  return guarded(__func__, [&] {
    require(desc != nullptr && desc_cnt > 0, "desc is null or empty");
    for (size_t i = 0; i < desc_cnt; ++i) {
      virtual_memory::set_access(va, size, desc[i].agent, desc[i].permissions);
    }
  });
}
hsa_status_t hsa_amd_vmem_get_access(void* va, hsa_access_permission_t* perms, hsa_agent_t agent) {
  return guarded(__func__, [&] {
    require(perms != nullptr, "perms is null");
    *perms = virtual_memory::access_of(va, agent);
  });
}
hsa_status_t hsa_amd_vmem_export_shareable_handle(int* dmabuf_fd, uint64_t handle, uint64_t flags) {
  return guarded(__func__, [&] {
    require(dmabuf_fd != nullptr, "dmabuf_fd is null");
    require(flags == 0, "flags is not 0");
    *dmabuf_fd = virtual_memory::export_file(handle);
  });
}
hsa_status_t hsa_amd_vmem_import_shareable_handle(int dmabuf_fd, uint64_t* handle) {
  return guarded(__func__, [&] {
    require(handle != nullptr, "handle is null");
    *handle = virtual_memory::import_file(dmabuf_fd);
  });
}
hsa_status_t hsa_amd_vmem_retain_alloc_handle(uint64_t* memory_handle, void* addr) {
  return guarded(__func__, [&] {
    require(memory_handle != nullptr, "memory_handle is null");
    *memory_handle = virtual_memory::retain_at(addr);
  });
}

// One descriptor is as good as another: no instruction here looks at a sampler.
hsa_status_t hsa_ext_sampler_create(hsa_agent_t, const /* hsa_ext_sampler_descriptor_t */ void*,
                                    /* hsa_ext_sampler_t */ uint64_t*);
hsa_status_t hsa_ext_sampler_create_v2(hsa_agent_t agent,
                                       const /* hsa_ext_sampler_descriptor_v2_t */ void* descriptor,
                                       uint64_t* sampler) {
  return hsa_ext_sampler_create(agent, descriptor, sampler);
}
}
