// What the software device does not offer: copies of images, and what an RX 5700 XT or its Linux
// driver does not offer either in this version: memory shared with a display or between processes,
// shared virtual memory. HIP turns the status into an error of its own.
#include <hsa/hsa.h>
#include <hsa/hsa_ext_amd.h>
#include <hsa/hsa_ext_image.h>

#include "hsa/status.h"

namespace {

constexpr const char* kNoImages =
    "images are one-dimensional views of buffers here, and not copied";
constexpr const char* kNoInterop = "the software device shares no memory with a display";
constexpr const char* kNoIpc = "the software device's memory belongs to one process";
constexpr const char* kNoSvm = "gfx1010 has no shared virtual memory";

hsa_status_t unsupported(const char* entry_point, const char* why) {
  return emulator::hsa::guarded(entry_point,
                                [&] { throw emulator::hsa::Refusal(HSA_STATUS_ERROR, why); });
}

}  // namespace

hsa_status_t hsa_ext_image_export(hsa_agent_t, hsa_ext_image_t, void*, size_t, size_t,
                                  const hsa_ext_image_region_t*) {
  return unsupported(__func__, kNoImages);
}
hsa_status_t hsa_ext_image_import(hsa_agent_t, const void*, size_t, size_t, hsa_ext_image_t,
                                  const hsa_ext_image_region_t*) {
  return unsupported(__func__, kNoImages);
}
hsa_status_t hsa_amd_image_create(hsa_agent_t, const hsa_ext_image_descriptor_t*,
                                  const hsa_amd_image_descriptor_t*, const void*,
                                  hsa_access_permission_t, hsa_ext_image_t*) {
  return unsupported(__func__, kNoImages);
}

hsa_status_t hsa_amd_interop_map_buffer(uint32_t, hsa_agent_t*, int, uint32_t, size_t*, void**,
                                        size_t*, const void**) {
  return unsupported(__func__, kNoInterop);
}
hsa_status_t hsa_amd_interop_unmap_buffer(void*) { return unsupported(__func__, kNoInterop); }

hsa_status_t hsa_amd_ipc_memory_create(void*, size_t, hsa_amd_ipc_memory_t*) {
  return unsupported(__func__, kNoIpc);
}
hsa_status_t hsa_amd_ipc_memory_attach(const hsa_amd_ipc_memory_t*, size_t, uint32_t,
                                       const hsa_agent_t*, void**) {
  return unsupported(__func__, kNoIpc);
}
hsa_status_t hsa_amd_ipc_memory_detach(void*) { return unsupported(__func__, kNoIpc); }

hsa_status_t hsa_amd_svm_attributes_set(void*, size_t, hsa_amd_svm_attribute_pair_t*, size_t) {
  return unsupported(__func__, kNoSvm);
}
hsa_status_t hsa_amd_svm_attributes_get(void*, size_t, hsa_amd_svm_attribute_pair_t*, size_t) {
  return unsupported(__func__, kNoSvm);
}
hsa_status_t hsa_amd_svm_prefetch_async(void*, size_t, hsa_agent_t, uint32_t, const hsa_signal_t*,
                                        hsa_signal_t) {
  return unsupported(__func__, kNoSvm);
}
