#include "hsa/virtual_memory.h"

#include <sys/mman.h>

#include <bit>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "hsa/agents.h"
#include "hsa/mapping.h"
#include "hsa/memory.h"
#include "hsa/pools.h"
#include "hsa/shared_memory.h"
#include "hsa/status.h"
#include "machine/device.h"
#include "observers/checks.h"
#include "observers/written_bytes.h"

namespace emulator::hsa::virtual_memory {
namespace {

struct Physical {
  std::shared_ptr<SharedMemory> memory;
  const Pool* pool = nullptr;
  std::unique_ptr<DeviceMemoryShare> share;  // of device memory that this process made
  std::shared_ptr<WrittenBytes> written;
};

// What keeps a mapping's memory while a kernel runs on it: the addresses stay the reservation's.
struct Backing {
  std::shared_ptr<Mapping> addresses;
  std::shared_ptr<Physical> physical;
};

struct Mapped {
  std::uint64_t handle = 0;
  std::size_t bytes = 0;
  std::shared_ptr<Backing> backing;
  hsa_access_permission_t host = kNoAccess;
  hsa_access_permission_t gpu = kNoAccess;
};

struct Reservation {
  std::size_t bytes = 0;
  std::shared_ptr<Mapping> addresses;
};

struct Handle {
  std::shared_ptr<Physical> physical;
  unsigned references = 1;
};

struct State {
  std::mutex mutex;
  std::map<std::uint64_t, Reservation> reservations;  // by address
  std::map<std::uint64_t, Mapped> mappings;           // by address
  std::map<std::uint64_t, Handle> handles;
  std::uint64_t last_handle = 0;
};

State& state() {
  static State& state = *new State;  // never destroyed: queue threads outlive static destructors
  return state;
}

std::uint64_t number_of(const void* address) { return reinterpret_cast<std::uint64_t>(address); }

void require_pages(std::size_t bytes) {
  require(bytes > 0 && bytes % kPageBytes == 0, "size is not a multiple of 4096");
}

[[noreturn]] void throw_unmapped() {
  throw StatusError(HSA_STATUS_ERROR_INVALID_ALLOCATION, "nothing is mapped at the address");
}

// The entry of a map by address that holds `address`, or its end.
template <class Map>
auto holder_of(Map& map, std::uint64_t address) {
  auto next = map.upper_bound(address);
  if (next == map.begin()) return map.end();
  --next;
  return address - next->first < next->second.bytes ? next : map.end();
}

std::map<std::uint64_t, Mapped>::iterator whole_mapping(State& state, void* address,
                                                        std::size_t bytes) {
  const auto found = state.mappings.find(number_of(address));
  if (found == state.mappings.end()) throw_unmapped();
  require(found->second.bytes == bytes, "size is not that of the mapping");
  return found;
}

// The mappings that fill `bytes` bytes from `address` on without a gap.
std::vector<std::map<std::uint64_t, Mapped>::value_type*> mappings_that_fill(State& state,
                                                                             std::uint64_t address,
                                                                             std::size_t bytes) {
  std::vector<std::map<std::uint64_t, Mapped>::value_type*> mappings;
  std::uint64_t end = address;
  for (auto next = state.mappings.find(address);
       next != state.mappings.end() && next->first == end && end - address < bytes; ++next) {
    mappings.push_back(&*next);
    end += next->second.bytes;
  }
  if (mappings.empty()) throw_unmapped();
  require(end - address == bytes, "size is not that of one mapping or several side by side");
  return mappings;
}

Handle& handle_of(State& state, std::uint64_t handle) {
  const auto found = state.handles.find(handle);
  if (found == state.handles.end()) {
    throw StatusError(HSA_STATUS_ERROR_INVALID_ALLOCATION, "memory_handle is not a handle");
  }
  return found->second;
}

void show_to_kernels(std::uint64_t address, const Mapped& mapped) {
  const Physical& physical = *mapped.backing->physical;
  Device::instance().memory().add({.begin = address,
                                   .end = address + mapped.bytes,
                                   .host = reinterpret_cast<std::byte*>(address),
                                   .kind = physical.pool->kind,
                                   .owner = mapped.backing,
                                   .written = physical.written});
}

void hide_from_kernels(std::uint64_t address) {
  Device::instance().memory().remove(address, enabled_checks().has(Check::kMemory));
}

}  // namespace

void* reserve(std::size_t bytes, std::uint64_t alignment) {
  require_pages(bytes);
  require(alignment == 0 || (alignment >= kPageBytes && std::has_single_bit(alignment)),
          "alignment is not a power of two of at least 4096");
  auto addresses = Mapping::create(bytes, Mapping::Access::kNone, alignment);
  void* const address = addresses->data();
  const std::lock_guard lock(state().mutex);
  state().reservations[number_of(address)] = {bytes, std::move(addresses)};
  return address;
}

void free(void* address, std::size_t bytes) {
  State& s = state();
  const std::lock_guard lock(s.mutex);
  const auto found = s.reservations.find(number_of(address));
  if (found == s.reservations.end()) {
    throw StatusError(HSA_STATUS_ERROR_INVALID_ALLOCATION, "va was not reserved");
  }
  require(found->second.bytes == bytes, "size is not that of the reservation");
  const auto mapped = s.mappings.lower_bound(found->first);
  if (mapped != s.mappings.end() && mapped->first - found->first < bytes) {
    throw StatusError(HSA_STATUS_ERROR_RESOURCE_FREE, "memory is still mapped there");
  }
  s.reservations.erase(found);
}

std::uint64_t create(std::uint64_t pool_handle, std::size_t bytes) {
  const Pool& pool = pool_of({pool_handle});
  require_pages(bytes);
  if (pool.segment != HSA_AMD_SEGMENT_GLOBAL) {
    throw StatusError(HSA_STATUS_ERROR_INVALID_ALLOCATION, "the pool has no memory to give");
  }
  auto physical = std::make_shared<Physical>();
  physical->pool = &pool;
  if (pool.owner.handle == kGpuAgent.handle) {
    physical->share = std::make_unique<DeviceMemoryShare>(bytes);
  }
  physical->memory = SharedMemory::create(bytes);
  physical->written = tracking_of(pool.kind, bytes);
  State& s = state();
  const std::lock_guard lock(s.mutex);
  s.handles[++s.last_handle] = {std::move(physical)};
  return s.last_handle;
}

void release(std::uint64_t handle) {
  State& s = state();
  const std::lock_guard lock(s.mutex);
  if (--handle_of(s, handle).references == 0) s.handles.erase(handle);
}

std::uint64_t retain_at(const void* address) {
  State& s = state();
  const std::lock_guard lock(s.mutex);
  const auto mapped = holder_of(s.mappings, number_of(address));
  if (mapped == s.mappings.end()) throw_unmapped();
  // A handle that was released and lives by its mapping comes back as what it was.
  const std::uint64_t handle = mapped->second.handle;
  const auto [entry, is_new] = s.handles.try_emplace(handle);
  if (is_new) {
    entry->second = {mapped->second.backing->physical};
  } else {
    ++entry->second.references;
  }
  return handle;
}

void map(void* address, std::size_t bytes, std::uint64_t handle) {
  require_pages(bytes);
  require(number_of(address) % kPageBytes == 0, "va is not a multiple of 4096");
  State& s = state();
  const std::lock_guard lock(s.mutex);
  const auto& physical = handle_of(s, handle).physical;
  require(bytes <= physical->memory->bytes(), "size is more than the handle's");
  const std::uint64_t begin = number_of(address);
  const auto reservation = holder_of(s.reservations, begin);
  require(reservation != s.reservations.end() &&
              bytes <= reservation->second.bytes - (begin - reservation->first),
          "va and size are not inside a reservation");
  const auto next = s.mappings.lower_bound(begin);
  require(holder_of(s.mappings, begin) == s.mappings.end() &&
              (next == s.mappings.end() || next->first - begin >= bytes),
          "memory is mapped there already");
  physical->memory->map_at(address, bytes);
  s.mappings[begin] = {
      .handle = handle,
      .bytes = bytes,
      .backing = std::make_shared<Backing>(Backing{reservation->second.addresses, physical})};
}

void unmap(void* address, std::size_t bytes) {
  State& s = state();
  const std::lock_guard lock(s.mutex);
  const auto found = whole_mapping(s, address, bytes);
  if (found->second.gpu != kNoAccess) hide_from_kernels(found->first);
  // A kernel that still runs on the memory must not take this process down: it finds other pages
  // there. Whoever unmaps memory then is at fault.
  mmap(address, bytes, PROT_READ | PROT_WRITE,
       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
  s.mappings.erase(found);
}

void set_access(void* address, std::size_t bytes, hsa_agent_t agent,
                hsa_access_permission_t permission) {
  require_agent(agent);
  if (permission != kNoAccess && permission != HSA_ACCESS_PERMISSION_RW) {
    throw Refusal(
        HSA_STATUS_ERROR_INVALID_ARGUMENT,
        "mapped memory is for reading and writing or for nothing here, not for one of the "
        "two");
  }
  State& s = state();
  const std::lock_guard lock(s.mutex);
  for (auto* const entry : mappings_that_fill(s, number_of(address), bytes)) {
    auto& [begin, mapped] = *entry;
    if (agent.handle == kHostAgent.handle) {
      mapped.host = permission;
      continue;
    }
    if (permission == mapped.gpu) continue;
    if (permission == HSA_ACCESS_PERMISSION_RW) {
      show_to_kernels(begin, mapped);
    } else {
      hide_from_kernels(begin);
    }
    mapped.gpu = permission;
  }
}

hsa_access_permission_t access_of(const void* address, hsa_agent_t agent) {
  require_agent(agent);
  State& s = state();
  const std::lock_guard lock(s.mutex);
  const auto found = holder_of(s.mappings, number_of(address));
  if (found == s.mappings.end()) throw_unmapped();
  return agent.handle == kHostAgent.handle ? found->second.host : found->second.gpu;
}

int export_file(std::uint64_t handle) {
  State& s = state();
  const std::lock_guard lock(s.mutex);
  return handle_of(s, handle).physical->memory->duplicate();
}

std::uint64_t import_file(int file) {
  auto physical = std::make_shared<Physical>();
  physical->memory = SharedMemory::open(file);
  physical->pool = &device_pool();
  // The process that made the memory wrote to it unseen from here.
  physical->written = nullptr;
  State& s = state();
  const std::lock_guard lock(s.mutex);
  s.handles[++s.last_handle] = {std::move(physical)};
  return s.last_handle;
}

}  // namespace emulator::hsa::virtual_memory
