#include "hsa/queue.h"

#include <hsa/hsa_ext_amd.h>

#include <bit>
#include <map>
#include <mutex>
#include <new>

#include "hsa/agents.h"
#include "hsa/host_progress.h"
#include "hsa/signals.h"
#include "hsa/status.h"
#include "machine/device.h"
#include "machine/occupancy.h"
#include "machine/workgroup.h"

namespace emulator::hsa {
namespace {

constexpr std::size_t kPacketBytes = 64;

class Queues {
 public:
  static Queues& instance() {
    static Queues& queues = *new Queues;  // never destroyed: queue threads outlive main
    return queues;
  }

  void add(std::shared_ptr<Queue> queue) {
    const std::lock_guard lock(mutex_);
    hsa_queue_t* const handle = queue->handle();
    queues_.emplace(handle, std::move(queue));
  }

  std::shared_ptr<Queue> find(const hsa_queue_t* handle) {
    const std::lock_guard lock(mutex_);
    const auto found = queues_.find(handle);
    if (found == queues_.end()) {
      throw StatusError(HSA_STATUS_ERROR_INVALID_QUEUE, "queue is not a queue");
    }
    return found->second;
  }

  void remove(const hsa_queue_t* handle) {
    const std::lock_guard lock(mutex_);
    queues_.erase(handle);
  }

 private:
  std::mutex mutex_;
  std::map<const hsa_queue_t*, std::shared_ptr<Queue>> queues_;
};

std::atomic<std::uint64_t> next_queue_id{0};

amd_queue_t& amd_queue_of(const hsa_queue_t* queue) {
  // hsa_queue_t is the first member of amd_queue_t.
  return *reinterpret_cast<amd_queue_t*>(const_cast<hsa_queue_t*>(queue));
}

}  // namespace

std::shared_ptr<Queue> Queue::create(std::uint32_t size, hsa_queue_type32_t type,
                                     ErrorCallback callback, void* callback_data) {
  std::shared_ptr<Queue> queue(new Queue(size, type, callback, callback_data));
  queue->thread_ = std::thread([queue] { queue->run(); });
  return queue;
}

Queue::Queue(std::uint32_t size, hsa_queue_type32_t type, ErrorCallback callback,
             void* callback_data)
    : header_(sizeof(amd_queue_t), MemoryKind::kRuntime),
      ring_(size * kPacketBytes, MemoryKind::kRuntime),
      callback_(callback),
      callback_data_(callback_data) {
  amd_queue_t& queue = *new (header_.data()) amd_queue_t{};
  queue.hsa_queue.type = type;
  queue.hsa_queue.features = HSA_QUEUE_FEATURE_KERNEL_DISPATCH;
  queue.hsa_queue.base_address = ring_.data();
  queue.hsa_queue.doorbell_signal = make_doorbell(&doorbell_);
  queue.hsa_queue.size = size;
  queue.hsa_queue.id = next_queue_id.fetch_add(1);
  queue.group_segment_aperture_base_hi = static_cast<std::uint32_t>(kSharedAperture >> 32);
  queue.private_segment_aperture_base_hi = static_cast<std::uint32_t>(kPrivateAperture >> 32);
  queue.max_cu_id = kComputeUnits * Device::instance().workgroup_processors() - 1;
  queue.max_wave_id = kWavesPerComputeUnit - 1;
  queue.read_dispatch_id_field_base_byte_offset = offsetof(amd_queue_t, read_dispatch_id);
  queue.queue_properties = AMD_QUEUE_PROPERTIES_IS_PTR64 | AMD_QUEUE_PROPERTIES_ENABLE_PROFILING;
  queue.queue_inactive_signal = make_signal(0);
  for (std::uint32_t i = 0; i < size; ++i) {
    auto* const header = reinterpret_cast<std::uint16_t*>(ring_.data() + i * kPacketBytes);
    *header = HSA_PACKET_TYPE_INVALID << HSA_PACKET_HEADER_TYPE;
  }
}

Queue::~Queue() {
  destroy_signal(amd_queue().hsa_queue.doorbell_signal);
  destroy_signal(amd_queue().queue_inactive_signal);
}

void Queue::stop() {
  stopping_ = true;
  SignalEvents::instance().notify();
  if (!thread_.joinable()) return;
  // The error callback runs in the queue's own thread and may destroy the queue.
  if (thread_.get_id() == std::this_thread::get_id()) {
    thread_.detach();
  } else {
    thread_.join();
  }
}

}  // namespace emulator::hsa

using namespace emulator::hsa;

hsa_status_t hsa_queue_create(hsa_agent_t agent, uint32_t size, hsa_queue_type32_t type,
                              void (*callback)(hsa_status_t, hsa_queue_t*, void*), void* data,
                              uint32_t, uint32_t, hsa_queue_t** queue) {
  return guarded(__func__, [&] {
    require_agent(agent);
    require(queue != nullptr, "queue is null");
    require(std::has_single_bit(size), "size is not a power of two");
    if (size < kMinQueueSize) size = kMinQueueSize;
    require(size <= kMaxQueueSize, "size is over 131072");
    require(type <= HSA_QUEUE_TYPE_COOPERATIVE, "type is not a queue type");
    if (agent.handle != kGpuAgent.handle) {
      throw StatusError(HSA_STATUS_ERROR_INVALID_QUEUE_CREATION, "the agent has no queues");
    }
    // Linux, kfd_device.c, kfd_gws_init(): gfx9, and from gfx10.3 on.
    if (type == HSA_QUEUE_TYPE_COOPERATIVE) {
      throw Refusal(
          HSA_STATUS_ERROR_INVALID_QUEUE_CREATION,
          "kernels cannot be launched cooperatively: Linux gives queues of gfx1010 no global "
          "wave sync");
    }
    const auto created = Queue::create(size, type, callback, data);
    *queue = created->handle();
    Queues::instance().add(created);
  });
}

hsa_status_t hsa_queue_destroy(hsa_queue_t* queue) {
  return guarded(__func__, [&] {
    const auto found = Queues::instance().find(queue);
    found->stop();
    Queues::instance().remove(queue);
  });
}

uint64_t hsa_queue_load_read_index_relaxed(const hsa_queue_t* queue) {
  return __atomic_load_n(&amd_queue_of(queue).read_dispatch_id, __ATOMIC_RELAXED);
}

uint64_t hsa_queue_load_read_index_scacquire(const hsa_queue_t* queue) {
  return __atomic_load_n(&amd_queue_of(queue).read_dispatch_id, __ATOMIC_ACQUIRE);
}

uint64_t hsa_queue_load_write_index_relaxed(const hsa_queue_t* queue) {
  return __atomic_load_n(&amd_queue_of(queue).write_dispatch_id, __ATOMIC_RELAXED);
}

uint64_t hsa_queue_add_write_index_screlease(const hsa_queue_t* queue, uint64_t value) {
  HostProgress::of_this_thread().note_call();
  return __atomic_fetch_add(&amd_queue_of(queue).write_dispatch_id, value, __ATOMIC_ACQ_REL);
}

// Where waves run and which queue goes first changes no result; the calls check their arguments.
hsa_status_t hsa_amd_queue_cu_set_mask(const hsa_queue_t* queue, uint32_t num_cu_mask_count,
                                       const uint32_t* cu_mask) {
  return guarded(__func__, [&] {
    Queues::instance().find(queue);
    require(num_cu_mask_count % 32 == 0, "num_cu_mask_count is not a multiple of 32");
    require(num_cu_mask_count == 0 || cu_mask != nullptr, "cu_mask is null");
  });
}

hsa_status_t hsa_amd_queue_set_priority(hsa_queue_t* queue, hsa_amd_queue_priority_t priority) {
  return guarded(__func__, [&] {
    Queues::instance().find(queue);
    require(priority <= HSA_AMD_QUEUE_PRIORITY_HIGH, "priority is not a priority");
  });
}

// Every completion signal carries its times, so there is nothing to switch on.
hsa_status_t hsa_amd_profiling_set_profiler_enabled(hsa_queue_t* queue, int) {
  return guarded(__func__, [&] { Queues::instance().find(queue); });
}
