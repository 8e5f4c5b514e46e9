#include "hsa/pools.h"

#include <unistd.h>

#include <algorithm>

#include "hsa/agents.h"
#include "hsa/attribute.h"
#include "hsa/mapping.h"
#include "hsa/status.h"

namespace emulator::hsa {
namespace {

constexpr std::uint32_t kKernarg = HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_KERNARG_INIT;
constexpr std::uint32_t kFine = HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_FINE_GRAINED;
constexpr std::uint32_t kCoarse = HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_COARSE_GRAINED;

// RDNA1 cards have no fine-grained pool of their own.
constexpr Pool kPools[] = {
    {1, kHostAgent, HSA_AMD_SEGMENT_GLOBAL, kFine, MemoryKind::kHostFine},
    {2, kHostAgent, HSA_AMD_SEGMENT_GLOBAL, kFine | kKernarg, MemoryKind::kKernarg},
    {3, kHostAgent, HSA_AMD_SEGMENT_GLOBAL, kCoarse, MemoryKind::kHostCoarse},
    {4, kGpuAgent, HSA_AMD_SEGMENT_GLOBAL, kCoarse, MemoryKind::kDeviceCoarse},
    {5, kGpuAgent, HSA_AMD_SEGMENT_GROUP, 0, MemoryKind::kDeviceCoarse},
};

// Named by later headers.
constexpr std::uint32_t kPoolInfoLocation = 17;
constexpr std::uint32_t kPoolInfoRecommendedGranule = 18;

std::uint64_t host_memory_bytes() {
  return static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

std::uint64_t size_of(const Pool& pool) {
  if (pool.segment == HSA_AMD_SEGMENT_GROUP) return kLdsBytesPerWorkgroup;
  return pool.owner.handle == kGpuAgent.handle ? kDeviceMemoryBytes : host_memory_bytes();
}

void read_pool_info(const Pool& pool, std::uint32_t attribute, void* value) {
  const bool allocatable = pool.segment == HSA_AMD_SEGMENT_GLOBAL;
  switch (attribute) {
    case HSA_AMD_MEMORY_POOL_INFO_SEGMENT:
      return store(value, pool.segment);
    case HSA_AMD_MEMORY_POOL_INFO_GLOBAL_FLAGS:
      return store(value, pool.global_flags);
    case HSA_AMD_MEMORY_POOL_INFO_SIZE:
    case HSA_AMD_MEMORY_POOL_INFO_ALLOC_MAX_SIZE:
      return store(value, static_cast<std::size_t>(size_of(pool)));
    case HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_ALLOWED:
      return store(value, allocatable);
    case HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_GRANULE:
    case HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_ALIGNMENT:
    case kPoolInfoRecommendedGranule:
      return store(value, allocatable ? kPageBytes : std::size_t{0});
    case HSA_AMD_MEMORY_POOL_INFO_ACCESSIBLE_BY_ALL:
      return store(value, allocatable && pool.owner.handle == kHostAgent.handle);
    case kPoolInfoLocation:
      return store(value, std::uint32_t{pool.owner.handle == kGpuAgent.handle ? 1u : 0u});
    default:
      throw StatusError(HSA_STATUS_ERROR_INVALID_ARGUMENT, "attribute is not one of a memory pool");
  }
}

// The bus has no large BAR: the host cannot reach device memory, the GPU asks for host memory.
hsa_amd_memory_pool_access_t access_of(hsa_agent_t agent, const Pool& pool) {
  if (pool.segment != HSA_AMD_SEGMENT_GLOBAL) return HSA_AMD_MEMORY_POOL_ACCESS_NEVER_ALLOWED;
  if (agent.handle == pool.owner.handle) return HSA_AMD_MEMORY_POOL_ACCESS_ALLOWED_BY_DEFAULT;
  return agent.handle == kGpuAgent.handle ? HSA_AMD_MEMORY_POOL_ACCESS_DISALLOWED_BY_DEFAULT
                                          : HSA_AMD_MEMORY_POOL_ACCESS_NEVER_ALLOWED;
}

// One hop of PCI Express 4.0 x16 (31.5 GB/s) between the agents. Navi 10 routes PCI Express atomics
// to host memory where the slot does; without them HIP 6 refuses kernels that print or allocate.
constexpr hsa_amd_memory_pool_link_info_t kPciExpressLink = {
    .min_latency = 0,
    .max_latency = 0,
    .min_bandwidth = 0,
    .max_bandwidth = 31500,
    .atomic_support_32bit = true,
    .atomic_support_64bit = true,
    .coherent_support = true,
    .link_type = HSA_AMD_LINK_INFO_TYPE_PCIE,
    .numa_distance = 20,
};

}  // namespace

std::span<const Pool> pools() { return kPools; }

const Pool& device_pool() {
  return *std::ranges::find(kPools, MemoryKind::kDeviceCoarse, &Pool::kind);
}

const Pool& pool_of(hsa_amd_memory_pool_t handle) {
  for (const Pool& pool : kPools) {
    if (pool.handle == handle.handle) return pool;
  }
  throw StatusError(HSA_STATUS_ERROR_INVALID_MEMORY_POOL, "memory_pool is not a pool");
}

}  // namespace emulator::hsa

using namespace emulator::hsa;

hsa_status_t hsa_amd_agent_iterate_memory_pools(
    hsa_agent_t agent, hsa_status_t (*callback)(hsa_amd_memory_pool_t, void*), void* data) {
  hsa_status_t status = HSA_STATUS_SUCCESS;
  const hsa_status_t outcome = guarded(__func__, [&] {
    require_agent(agent);
    require(callback != nullptr, "callback is null");
    for (const Pool& pool : pools()) {
      if (pool.owner.handle != agent.handle) continue;
      status = callback({pool.handle}, data);
      if (status != HSA_STATUS_SUCCESS) return;
    }
  });
  return outcome == HSA_STATUS_SUCCESS ? status : outcome;
}

hsa_status_t hsa_amd_memory_pool_get_info(hsa_amd_memory_pool_t memory_pool,
                                          hsa_amd_memory_pool_info_t attribute, void* value) {
  return guarded(__func__, [&] {
    const Pool& pool = pool_of(memory_pool);
    require(value != nullptr, "value is null");
    read_pool_info(pool, attribute, value);
  });
}

hsa_status_t hsa_amd_agent_memory_pool_get_info(hsa_agent_t agent,
                                                hsa_amd_memory_pool_t memory_pool,
                                                hsa_amd_agent_memory_pool_info_t attribute,
                                                void* value) {
  return guarded(__func__, [&] {
    require_agent(agent);
    const Pool& pool = pool_of(memory_pool);
    require(value != nullptr, "value is null");
    const bool local = agent.handle == pool.owner.handle;
    switch (attribute) {
      case HSA_AMD_AGENT_MEMORY_POOL_INFO_ACCESS:
        return store(value, access_of(agent, pool));
      case HSA_AMD_AGENT_MEMORY_POOL_INFO_NUM_LINK_HOPS:
        return store(value, std::uint32_t{local ? 0u : 1u});
      case HSA_AMD_AGENT_MEMORY_POOL_INFO_LINK_INFO:
        if (!local) store(value, kPciExpressLink);
        return;
    }
    throw StatusError(HSA_STATUS_ERROR_INVALID_ARGUMENT, "attribute is not one of agent and pool");
  });
}
