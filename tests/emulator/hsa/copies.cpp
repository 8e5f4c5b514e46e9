#include "hsa/copies.h"

#include <hsa/hsa_ext_amd.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "hsa/agents.h"
#include "hsa/memory.h"
#include "hsa/signals.h"
#include "hsa/status.h"

namespace emulator::hsa {
namespace {

// One thread for all copies. A copy that still waits does not hold up the ones behind it; those
// that are ready go in the order they came.
class CopyEngine {
 public:
  static CopyEngine& instance() {
    static CopyEngine& engine = *new CopyEngine;  // never destroyed: its thread outlives main
    return engine;
  }

  struct Job {
    std::vector<hsa_signal_t> dependencies;
    hsa_signal_t completion_signal;
    CopySize size;
    Moment submitted;  // modelled
    std::function<void()> work;
  };

  void add(Job job) {
    {
      const std::lock_guard lock(mutex_);
      jobs_.push_back(std::move(job));
    }
    SignalEvents::instance().notify();
  }

 private:
  CopyEngine() {
    std::thread([this] { run(); }).detach();
  }

  static bool is_ready(const Job& job) {
    // A negative dependency is one that failed: its waiters must get on all the same.
    return std::ranges::all_of(job.dependencies, [](hsa_signal_t signal) {
      return signal.handle == 0 || signal_value(signal) <= 0;
    });
  }

  std::optional<Job> take_ready() {
    const std::lock_guard lock(mutex_);
    const auto ready = std::ranges::find_if(jobs_, is_ready);
    if (ready == jobs_.end()) return std::nullopt;
    Job job = std::move(*ready);
    jobs_.erase(ready);
    return job;
  }

  bool is_empty() {
    const std::lock_guard lock(mutex_);
    return jobs_.empty();
  }

  void run() {
    for (;;) {
      std::optional<Job> job;
      SignalEvents::instance().wait([&] { return !is_empty(); }, SignalEvents::Writers::kHostCalls);
      SignalEvents::instance().wait(
          [&] {
            job = take_ready();
            return job.has_value();
          },
          SignalEvents::Writers::kAnyone);
      Times times{now_ns(), 0};
      job->work();
      Timeline& timeline = Timeline::instance();
      if (timeline.enabled()) {
        const Moment ready = timeline.later(job->submitted, latest_end(job->dependencies));
        times = timeline.place_copy(ready, job->size.bytes, job->size.link);
      } else {
        times.end = now_ns();
      }
      complete_signal(job->completion_signal, times);
    }
  }

  std::mutex mutex_;
  std::deque<Job> jobs_;
};

std::span<const hsa_signal_t> checked_dependencies(std::uint32_t count,
                                                   const hsa_signal_t* signals) {
  require(count == 0 || signals != nullptr, "dep_signals is null");
  return {signals, count};
}

Timeline::Link link_between(hsa_agent_t to, hsa_agent_t from) {
  const bool to_gpu = to.handle == kGpuAgent.handle;
  const bool from_gpu = from.handle == kGpuAgent.handle;
  if (to_gpu != from_gpu) return Timeline::Link::kHostAndDevice;
  return to_gpu ? Timeline::Link::kDevice : Timeline::Link::kHost;
}

Timeline::Link link_of(hsa_amd_copy_direction_t direction) {
  switch (direction) {
    case hsaHostToDevice:
    case hsaDeviceToHost:
      return Timeline::Link::kHostAndDevice;
    case hsaDeviceToDevice:
      return Timeline::Link::kDevice;
    default:
      return Timeline::Link::kHost;
  }
}

// Offsets in bytes of the first and one past the last byte that a box of rows touches.
struct BoxExtent {
  std::uint64_t first;
  std::uint64_t bytes;
};

BoxExtent extent_of(const hsa_pitched_ptr_t& memory, const hsa_dim3_t& offset,
                    const hsa_dim3_t& range) {
  const std::uint64_t first =
      offset.x + std::uint64_t{offset.y} * memory.pitch + std::uint64_t{offset.z} * memory.slice;
  return {first, (range.y - 1) * memory.pitch + (range.z - 1) * memory.slice + range.x};
}

}  // namespace

void enqueue_copy(std::span<const hsa_signal_t> dependencies, hsa_signal_t completion_signal,
                  CopySize size, std::function<void()> work) {
  CopyEngine::instance().add({.dependencies = {dependencies.begin(), dependencies.end()},
                              .completion_signal = completion_signal,
                              .size = size,
                              .submitted = Timeline::instance().host_now(),
                              .work = std::move(work)});
}

}  // namespace emulator::hsa

using namespace emulator::hsa;

hsa_status_t hsa_amd_memory_async_copy(void* dst, hsa_agent_t dst_agent, const void* src,
                                       hsa_agent_t src_agent, size_t size, uint32_t num_dep_signals,
                                       const hsa_signal_t* dep_signals,
                                       hsa_signal_t completion_signal) {
  return guarded(__func__, [&] {
    require(dst != nullptr && src != nullptr, "dst or src is null");
    require_agent(dst_agent);
    require_agent(src_agent);
    const auto dependencies = checked_dependencies(num_dep_signals, dep_signals);
    const HostRange to = device_range(dst, size, "dst");
    const HostRange from = device_range(src, size, "src");
    enqueue_copy(dependencies, completion_signal, {size, link_between(dst_agent, src_agent)},
                 [to, from, size] { copy_range(to, 0, from, 0, size); });
  });
}

hsa_status_t hsa_amd_memory_async_copy_rect(
    const hsa_pitched_ptr_t* dst, const hsa_dim3_t* dst_offset, const hsa_pitched_ptr_t* src,
    const hsa_dim3_t* src_offset, const hsa_dim3_t* range, hsa_agent_t copy_agent,
    hsa_amd_copy_direction_t direction, uint32_t num_dep_signals, const hsa_signal_t* dep_signals,
    hsa_signal_t completion_signal) {
  return guarded(__func__, [&] {
    require(dst != nullptr && src != nullptr, "dst or src is null");
    require(dst_offset != nullptr && src_offset != nullptr, "dst_offset or src_offset is null");
    require(range != nullptr, "range is null");
    require_agent(copy_agent);
    const auto dependencies = checked_dependencies(num_dep_signals, dep_signals);
    const hsa_dim3_t box = *range;
    if (box.x == 0 || box.y == 0 || box.z == 0) {
      return enqueue_copy(dependencies, completion_signal, {}, [] {});
    }
    require(box.y == 1 || (dst->pitch >= box.x && src->pitch >= box.x), "a pitch is under range.x");
    const BoxExtent to_extent = extent_of(*dst, *dst_offset, box);
    const BoxExtent from_extent = extent_of(*src, *src_offset, box);
    const HostRange to =
        device_range(static_cast<std::byte*>(dst->base) + to_extent.first, to_extent.bytes, "dst");
    const HostRange from = device_range(static_cast<std::byte*>(src->base) + from_extent.first,
                                        from_extent.bytes, "src");
    enqueue_copy(dependencies, completion_signal,
                 {std::uint64_t{box.x} * box.y * box.z, link_of(direction)},
                 [to, from, box, to_pitch = dst->pitch, to_slice = dst->slice,
                  from_pitch = src->pitch, from_slice = src->slice] {
                   for (std::uint64_t z = 0; z < box.z; ++z) {
                     for (std::uint64_t y = 0; y < box.y; ++y) {
                       copy_range(to, z * to_slice + y * to_pitch, from,
                                  z * from_slice + y * from_pitch, box.x);
                     }
                   }
                 });
  });
}

hsa_status_t hsa_memory_copy(void* dst, const void* src, size_t size) {
  return guarded(__func__, [&] {
    if (size == 0) return;
    require(dst != nullptr && src != nullptr, "dst or src is null");
    const HostRange to = any_range(dst, size, "dst");
    const HostRange from = any_range(src, size, "src");
    copy_range(to, 0, from, 0, size);
    Timeline& timeline = Timeline::instance();
    if (!timeline.enabled()) return;
    // The caller waits for it.
    timeline.host_saw(
        timeline.place_copy(timeline.host_now(), size, Timeline::Link::kHostAndDevice).end);
  });
}

hsa_status_t hsa_amd_memory_fill(void* ptr, uint32_t value, size_t count) {
  return guarded(__func__, [&] {
    require(ptr != nullptr, "ptr is null");
    require(reinterpret_cast<std::uintptr_t>(ptr) % sizeof value == 0, "ptr is not 4-byte aligned");
    const HostRange to = device_range(ptr, count * sizeof value, "ptr");
    std::fill_n(reinterpret_cast<uint32_t*>(to.data), count, value);
    note_written(to, count * sizeof value);
  });
}

hsa_status_t hsa_amd_profiling_async_copy_enable(bool) {
  return guarded(__func__, [] {});
}
