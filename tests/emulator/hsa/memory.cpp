#include "hsa/memory.h"

#include <hsa/hsa.h>
#include <hsa/hsa_ext_amd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>
#include <string>

#include "hsa/agents.h"
#include "hsa/mapping.h"
#include "hsa/pools.h"
#include "hsa/status.h"
#include "machine/device.h"
#include "observers/written_bytes.h"

namespace emulator::hsa {
namespace {

// What hsa_amd_pointer_info tells about a range and what freeing or unlocking it needs.
struct Allocation {
  const Pool* pool = nullptr;
  std::uint64_t device_begin = 0;
  std::uint64_t host_begin = 0;  // differs from device_begin in locked memory
  std::size_t bytes = 0;
  bool locked = false;
  unsigned lock_count = 1;
  void* user_data = nullptr;
  std::unique_ptr<DeviceMemoryShare> share;  // device memory
  std::unique_ptr<DeviceRange> range;        // pool memory

  bool holds(std::uint64_t begin, std::uint64_t address) const {
    return address >= begin && address - begin < bytes;
  }
};

class Allocations {
 public:
  // Never destroyed: queue threads outlive static destructors.
  static Allocations& instance() {
    static Allocations& allocations = *new Allocations;
    return allocations;
  }

  void* allocate(const Pool& pool, std::size_t bytes) {
    Allocation allocation{.pool = &pool, .bytes = bytes};
    if (pool.owner.handle == kGpuAgent.handle) {
      allocation.share = std::make_unique<DeviceMemoryShare>(bytes);
    }
    allocation.range = std::make_unique<DeviceRange>(bytes, pool.kind);
    allocation.device_begin = allocation.host_begin = allocation.range->address();
    void* const data = allocation.range->data();
    const std::lock_guard lock(mutex_);
    by_device_address_.emplace(allocation.device_begin, std::move(allocation));
    return data;
  }

  void free(void* pointer) {
    Allocation freed;  // unmaps after the lock is released
    const std::lock_guard lock(mutex_);
    const auto found = by_device_address_.find(reinterpret_cast<std::uint64_t>(pointer));
    if (found == by_device_address_.end() || found->second.locked) {
      throw StatusError(HSA_STATUS_ERROR_INVALID_ALLOCATION, "ptr is not the start of pool memory");
    }
    freed = std::move(found->second);
    by_device_address_.erase(found);
  }

  // Gives host memory an address of its own on the device: HIP keeps separate records of the two
  // and takes equal addresses for an error.
  void* lock(void* host, std::size_t bytes, const Pool& pool) {
    const auto host_begin = reinterpret_cast<std::uint64_t>(host);
    const std::lock_guard lock(mutex_);
    for (auto& [device_begin, allocation] : by_device_address_) {
      if (allocation.locked && allocation.host_begin == host_begin && allocation.bytes == bytes) {
        ++allocation.lock_count;
        return reinterpret_cast<void*>(device_begin);
      }
    }
    const std::size_t offset = host_begin % kPageBytes;
    const auto reserved = Mapping::create(offset + bytes, Mapping::Access::kNone);
    const std::uint64_t device_begin = reserved->address() + offset;
    Device::instance().memory().add({.begin = device_begin,
                                     .end = device_begin + bytes,
                                     .host = static_cast<std::byte*>(host),
                                     .kind = MemoryKind::kRegistered,
                                     .owner = reserved});
    by_device_address_.emplace(device_begin, Allocation{.pool = &pool,
                                                        .device_begin = device_begin,
                                                        .host_begin = host_begin,
                                                        .bytes = bytes,
                                                        .locked = true});
    return reinterpret_cast<void*>(device_begin);
  }

  void unlock(void* host) {
    const auto host_begin = reinterpret_cast<std::uint64_t>(host);
    const std::lock_guard lock(mutex_);
    const auto found =
        std::find_if(by_device_address_.begin(), by_device_address_.end(), [&](const auto& entry) {
          return entry.second.locked && entry.second.host_begin == host_begin;
        });
    if (found == by_device_address_.end()) {
      throw StatusError(HSA_STATUS_ERROR_INVALID_ALLOCATION, "host_ptr is not locked");
    }
    if (--found->second.lock_count > 0) return;
    Device::instance().memory().remove(found->first);
    by_device_address_.erase(found);
  }

  // Calls `body` with the allocation that holds `address`, a device or a locked host address, or
  // with null.
  template <class Body>
  void with(const void* pointer, Body&& body) {
    const auto address = reinterpret_cast<std::uint64_t>(pointer);
    const std::lock_guard lock(mutex_);
    auto next = by_device_address_.upper_bound(address);
    if (next != by_device_address_.begin()) {
      Allocation& candidate = std::prev(next)->second;
      if (candidate.holds(candidate.device_begin, address)) return body(&candidate);
    }
    for (auto& [begin, allocation] : by_device_address_) {
      if (allocation.locked && allocation.holds(allocation.host_begin, address)) {
        return body(&allocation);
      }
    }
    body(static_cast<Allocation*>(nullptr));
  }

 private:
  std::mutex mutex_;
  std::map<std::uint64_t, Allocation> by_device_address_;
};

std::atomic<std::uint64_t> device_memory_taken{0};

std::optional<HostRange> find_range(const void* pointer, std::size_t bytes) {
  const auto address = reinterpret_cast<std::uint64_t>(pointer);
  const auto view = Device::instance().memory().snapshot();
  const Region* region = view->find(address);
  if (region == nullptr) return std::nullopt;
  if (!region->contains(address, bytes)) return HostRange{};
  return HostRange{region->at(address), region->owner, region->written, address - region->begin};
}

[[noreturn]] void throw_range(const void* address, std::size_t bytes, const char* name,
                              const char* why) {
  char text[160];
  std::snprintf(text, sizeof text, "%s: the %zu bytes at %p %s", name, bytes, address, why);
  throw StatusError(HSA_STATUS_ERROR_INVALID_ALLOCATION, text);
}

}  // namespace

std::uint64_t device_memory_available() { return kDeviceMemoryBytes - device_memory_taken; }

DeviceMemoryShare::DeviceMemoryShare(std::size_t bytes) {
  const auto throw_used_up = [&](std::uint64_t taken) {
    throw StatusError(HSA_STATUS_ERROR_OUT_OF_RESOURCES,
                      "device memory is used up: " + std::to_string(bytes) + " bytes asked, " +
                          std::to_string(kDeviceMemoryBytes - taken) + " free");
  };
  std::uint64_t taken = device_memory_taken;
  if (bytes > kDeviceMemoryBytes) throw_used_up(taken);
  bytes_ = (bytes + kPageBytes - 1) / kPageBytes * kPageBytes;
  do {
    if (bytes_ > kDeviceMemoryBytes - taken) throw_used_up(taken);
  } while (!device_memory_taken.compare_exchange_weak(taken, taken + bytes_));
}

DeviceMemoryShare::~DeviceMemoryShare() { device_memory_taken -= bytes_; }

void copy_range(const HostRange& to, std::size_t to_offset, const HostRange& from,
                std::size_t from_offset, std::size_t bytes) {
  std::memmove(to.data + to_offset, from.data + from_offset, bytes);
  if (to.written == nullptr) return;
  if (from.written != nullptr) {
    to.written->copy(to.offset + to_offset, *from.written, from.offset + from_offset, bytes);
  } else {
    to.written->mark(to.offset + to_offset, bytes);
  }
}

void note_written(const HostRange& range, std::size_t bytes) {
  if (range.written != nullptr) range.written->mark(range.offset, bytes);
}

HostRange device_range(const void* address, std::size_t bytes, const char* name) {
  const auto range = find_range(address, bytes);
  if (!range) throw_range(address, bytes, name, "lie in no allocation");
  if (range->data == nullptr) throw_range(address, bytes, name, "reach past their allocation");
  return *range;
}

HostRange any_range(const void* address, std::size_t bytes, const char* name) {
  const auto range = find_range(address, bytes);
  if (!range) return {static_cast<std::byte*>(const_cast<void*>(address)), nullptr};
  if (range->data == nullptr) throw_range(address, bytes, name, "reach past their allocation");
  return *range;
}

}  // namespace emulator::hsa

using namespace emulator;
using namespace emulator::hsa;

hsa_status_t hsa_amd_memory_pool_allocate(hsa_amd_memory_pool_t memory_pool, size_t size, uint32_t,
                                          void** ptr) {
  return guarded(__func__, [&] {
    const Pool& pool = pool_of(memory_pool);
    require(ptr != nullptr, "ptr is null");
    require(size > 0, "size is 0");
    if (pool.segment != HSA_AMD_SEGMENT_GLOBAL) {
      throw StatusError(HSA_STATUS_ERROR_INVALID_ALLOCATION, "the pool has no memory to give");
    }
    *ptr = Allocations::instance().allocate(pool, size);
  });
}

hsa_status_t hsa_amd_memory_pool_free(void* ptr) {
  return guarded(__func__, [&] {
    if (ptr != nullptr) Allocations::instance().free(ptr);
  });
}

// Every agent may access every allocation; the checks of kernels' accesses go by the kind.
hsa_status_t hsa_amd_agents_allow_access(uint32_t num_agents, const hsa_agent_t* agents,
                                         const uint32_t* flags, const void* ptr) {
  return guarded(__func__, [&] {
    require(num_agents > 0 && agents != nullptr, "agents is empty");
    require(flags == nullptr, "flags is not null");
    require(ptr != nullptr, "ptr is null");
    for (uint32_t i = 0; i < num_agents; ++i) require_agent(agents[i]);
    Allocations::instance().with(ptr, [](const Allocation* allocation) {
      if (allocation == nullptr) {
        throw StatusError(HSA_STATUS_ERROR_INVALID_ALLOCATION, "ptr lies in no allocation");
      }
    });
  });
}

hsa_status_t hsa_amd_memory_lock_to_pool(void* host_ptr, size_t size, hsa_agent_t* agents,
                                         int num_agent, hsa_amd_memory_pool_t pool, uint32_t flags,
                                         void** agent_ptr) {
  return guarded(__func__, [&] {
    require(host_ptr != nullptr && size > 0, "host_ptr is null or size is 0");
    require(agent_ptr != nullptr, "agent_ptr is null");
    require(flags == 0, "flags is not 0");
    require((agents == nullptr) == (num_agent <= 0), "agents and num_agent contradict each other");
    for (int i = 0; i < num_agent; ++i) require_agent(agents[i]);
    const Pool& host_pool = pool_of(pool);
    require(host_pool.owner.handle == kHostAgent.handle, "pool is not one of the host");
    *agent_ptr = nullptr;
    *agent_ptr = Allocations::instance().lock(host_ptr, size, host_pool);
  });
}

hsa_status_t hsa_amd_memory_lock(void* host_ptr, size_t size, hsa_agent_t* agents, int num_agent,
                                 void** agent_ptr) {
  return hsa_amd_memory_lock_to_pool(host_ptr, size, agents, num_agent, {pools()[0].handle}, 0,
                                     agent_ptr);
}

hsa_status_t hsa_amd_memory_unlock(void* host_ptr) {
  return guarded(__func__, [&] {
    require(host_ptr != nullptr, "host_ptr is null");
    Allocations::instance().unlock(host_ptr);
  });
}

hsa_status_t hsa_amd_pointer_info(const void* ptr, hsa_amd_pointer_info_t* info,
                                  void* (*alloc)(size_t), uint32_t* num_agents_accessible,
                                  hsa_agent_t** accessible) {
  return guarded(__func__, [&] {
    require(ptr != nullptr, "ptr is null");
    require(info != nullptr, "info is null");
    hsa_amd_pointer_info_t answer{};
    answer.type = HSA_EXT_POINTER_TYPE_UNKNOWN;
    Allocations::instance().with(ptr, [&](const Allocation* allocation) {
      if (allocation == nullptr) return;
      answer.type = allocation->locked ? HSA_EXT_POINTER_TYPE_LOCKED : HSA_EXT_POINTER_TYPE_HSA;
      answer.agentBaseAddress = reinterpret_cast<void*>(allocation->device_begin);
      answer.hostBaseAddress = reinterpret_cast<void*>(allocation->host_begin);
      answer.sizeInBytes = allocation->bytes;
      answer.userData = allocation->user_data;
      answer.agentOwner = allocation->pool->owner;
      answer.global_flags = allocation->pool->global_flags;
    });
    // The caller's header may be older or newer and its structure of another size.
    answer.size = static_cast<std::uint32_t>(std::min<std::size_t>(info->size, sizeof answer));
    std::memcpy(info, &answer, answer.size);
    if (alloc == nullptr || num_agents_accessible == nullptr || accessible == nullptr) return;
    *num_agents_accessible = 0;
    if (answer.type == HSA_EXT_POINTER_TYPE_UNKNOWN) return;
    *accessible = static_cast<hsa_agent_t*>(alloc(2 * sizeof(hsa_agent_t)));
    if (*accessible == nullptr) throw std::bad_alloc();
    (*accessible)[0] = kHostAgent;
    (*accessible)[1] = kGpuAgent;
    *num_agents_accessible = 2;
  });
}

hsa_status_t hsa_amd_pointer_info_set_userdata(const void* ptr, void* userdata) {
  return guarded(__func__, [&] {
    Allocations::instance().with(ptr, [&](Allocation* allocation) {
      require(allocation != nullptr, "ptr lies in no allocation");
      allocation->user_data = userdata;
    });
  });
}

// Registration is a hint on this profile; access to host memory is given by locking it.
hsa_status_t hsa_memory_register(void* ptr, size_t size) {
  return guarded(__func__, [&] { require(ptr != nullptr || size == 0, "ptr is null"); });
}

hsa_status_t hsa_memory_deregister(void*, size_t) {
  return guarded(__func__, [] {});
}

hsa_status_t hsa_amd_coherency_set_type(hsa_agent_t agent, hsa_amd_coherency_type_t) {
  return guarded(__func__, [&] { require_gpu(agent); });
}
