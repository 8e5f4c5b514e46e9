// The calls of later HSA runtimes that tests make: the headers of HIP 5 do not declare them, and
// those of later ones declare them with types that are the same to the C ABI.
#pragma once

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <hsa/hsa.h>

#include <cstddef>
#include <cstdint>

namespace emulator::tests {

struct MemoryAccess {  // hsa_amd_memory_access_desc_t
  hsa_access_permission_t permissions;
  hsa_agent_t agent;
};
constexpr auto kNoAccess = static_cast<hsa_access_permission_t>(0);

template <class Function>
Function* later_call(const char* name) {
  void* const found = dlsym(RTLD_DEFAULT, name);
  EXPECT_NE(found, nullptr) << name;
  return reinterpret_cast<Function*>(found);
}

struct LaterCalls {
  hsa_status_t (*reserve)(void**, std::size_t, std::uint64_t, std::uint64_t, std::uint64_t) =
      later_call<hsa_status_t(void**, std::size_t, std::uint64_t, std::uint64_t, std::uint64_t)>(
          "hsa_amd_vmem_address_reserve_align");
  hsa_status_t (*free)(void*, std::size_t) =
      later_call<hsa_status_t(void*, std::size_t)>("hsa_amd_vmem_address_free");
  hsa_status_t (*create)(std::uint64_t, std::size_t, int, std::uint64_t, std::uint64_t*) =
      later_call<hsa_status_t(std::uint64_t, std::size_t, int, std::uint64_t, std::uint64_t*)>(
          "hsa_amd_vmem_handle_create");
  hsa_status_t (*release)(std::uint64_t) =
      later_call<hsa_status_t(std::uint64_t)>("hsa_amd_vmem_handle_release");
  hsa_status_t (*map)(void*, std::size_t, std::size_t, std::uint64_t, std::uint64_t) =
      later_call<hsa_status_t(void*, std::size_t, std::size_t, std::uint64_t, std::uint64_t)>(
          "hsa_amd_vmem_map");
  hsa_status_t (*unmap)(void*, std::size_t) =
      later_call<hsa_status_t(void*, std::size_t)>("hsa_amd_vmem_unmap");
  hsa_status_t (*set_access)(void*, std::size_t, const MemoryAccess*, std::size_t) =
      later_call<hsa_status_t(void*, std::size_t, const MemoryAccess*, std::size_t)>(
          "hsa_amd_vmem_set_access");
  hsa_status_t (*get_access)(void*, hsa_access_permission_t*, hsa_agent_t) =
      later_call<hsa_status_t(void*, hsa_access_permission_t*, hsa_agent_t)>(
          "hsa_amd_vmem_get_access");
  hsa_status_t (*export_file)(int*, std::uint64_t, std::uint64_t) =
      later_call<hsa_status_t(int*, std::uint64_t, std::uint64_t)>(
          "hsa_amd_vmem_export_shareable_handle");
  hsa_status_t (*import_file)(int, std::uint64_t*) =
      later_call<hsa_status_t(int, std::uint64_t*)>("hsa_amd_vmem_import_shareable_handle");
  hsa_status_t (*retain)(std::uint64_t*, void*) =
      later_call<hsa_status_t(std::uint64_t*, void*)>("hsa_amd_vmem_retain_alloc_handle");
  hsa_status_t (*preferred_copy_engine)(hsa_agent_t, hsa_agent_t, std::uint32_t*) =
      later_call<hsa_status_t(hsa_agent_t, hsa_agent_t, std::uint32_t*)>(
          "hsa_amd_memory_get_preferred_copy_engine");
  hsa_status_t (*set_async_scratch_limit)(hsa_agent_t, std::size_t) =
      later_call<hsa_status_t(hsa_agent_t, std::size_t)>("hsa_amd_agent_set_async_scratch_limit");
  hsa_status_t (*export_dmabuf)(const void*, std::size_t, int*, std::uint64_t*) =
      later_call<hsa_status_t(const void*, std::size_t, int*, std::uint64_t*)>(
          "hsa_amd_portable_export_dmabuf");
};

}  // namespace emulator::tests
