#include "hsa/signals.h"

#include <hsa/hsa_ext_amd.h>

#include <mutex>
#include <new>
#include <unordered_map>
#include <vector>

#include "hsa/agents.h"
#include "hsa/host_progress.h"
#include "hsa/mapping.h"
#include "hsa/status.h"
#include "hsa/timeline.h"

namespace emulator::hsa {
namespace {

// Signals lie in blocks that are never unmapped: a thread that still polls a destroyed signal reads
// memory that exists, and kernels may address every signal.
class SignalBlocks {
 public:
  static SignalBlocks& instance() {
    static SignalBlocks& blocks = *new SignalBlocks;
    return blocks;
  }

  amd_signal_t* take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) add_block();
    amd_signal_t* const signal = free_.back();
    free_.pop_back();
    return signal;
  }

  void give_back(amd_signal_t* signal) {
    const std::lock_guard lock(mutex_);
    free_.push_back(signal);
  }

 private:
  static constexpr std::size_t kSignalsPerBlock = 1024;

  void add_block() {
    auto block = std::make_unique<DeviceRange>(kSignalsPerBlock * sizeof(amd_signal_t),
                                               MemoryKind::kRuntime);
    auto* const signals = reinterpret_cast<amd_signal_t*>(block->data());
    blocks_.push_back(std::move(block));
    for (std::size_t i = kSignalsPerBlock; i-- > 0;) free_.push_back(signals + i);
  }

  std::mutex mutex_;
  std::vector<std::unique_ptr<DeviceRange>> blocks_;
  std::vector<amd_signal_t*> free_;
};

// The times of completed signals. Beside the signals, for they may not be known yet.
class SignalTimes {
 public:
  static SignalTimes& instance() {
    static SignalTimes& times = *new SignalTimes;
    return times;
  }

  void set(hsa_signal_t signal, const Times& times) {
    const std::lock_guard lock(mutex_);
    times_[signal.handle] = times;
  }
  Times of(hsa_signal_t signal) {
    const std::lock_guard lock(mutex_);
    const auto found = times_.find(signal.handle);
    return found == times_.end() ? Times{} : found->second;
  }
  void forget(hsa_signal_t signal) {
    const std::lock_guard lock(mutex_);
    times_.erase(signal.handle);
  }

 private:
  std::mutex mutex_;
  std::unordered_map<std::uint64_t, Times> times_;
};

hsa_signal_t handle_of(amd_signal_t* signal) { return {reinterpret_cast<std::uint64_t>(signal)}; }

void store(hsa_signal_t handle, hsa_signal_value_t value, int order) {
  amd_signal_t& signal = signal_of(handle);
  if (signal.kind == AMD_SIGNAL_KIND_DOORBELL) {
    HostProgress::of_this_thread().note_doorbell();
    // Producers may ring out of order: the doorbell never goes back.
    auto* const word = reinterpret_cast<volatile std::int64_t*>(signal.hardware_doorbell_ptr);
    std::int64_t current = __atomic_load_n(word, __ATOMIC_RELAXED);
    while (current < value && !__atomic_compare_exchange_n(word, &current, value, false,
                                                           __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {
    }
  } else if (order == __ATOMIC_RELAXED) {
    __atomic_store_n(&signal.value, value, __ATOMIC_RELAXED);
  } else {
    __atomic_store_n(&signal.value, value, __ATOMIC_RELEASE);
  }
}

void add(hsa_signal_t handle, hsa_signal_value_t value) {
  __atomic_fetch_add(&signal_of(handle).value, value, __ATOMIC_ACQ_REL);
  SignalEvents::instance().notify();
}

}  // namespace

bool satisfies(std::int64_t value, hsa_signal_condition_t condition, std::int64_t compare) {
  switch (condition) {
    case HSA_SIGNAL_CONDITION_EQ:
      return value == compare;
    case HSA_SIGNAL_CONDITION_NE:
      return value != compare;
    case HSA_SIGNAL_CONDITION_LT:
      return value < compare;
    case HSA_SIGNAL_CONDITION_GTE:
      return value >= compare;
  }
  return false;
}

hsa_signal_t make_signal(std::int64_t value) {
  amd_signal_t* const signal = new (SignalBlocks::instance().take()) amd_signal_t{};
  signal->kind = AMD_SIGNAL_KIND_USER;
  signal->value = value;
  return handle_of(signal);
}

hsa_signal_t make_doorbell(std::int64_t* word) {
  amd_signal_t* const signal = new (SignalBlocks::instance().take()) amd_signal_t{};
  signal->kind = AMD_SIGNAL_KIND_DOORBELL;
  signal->hardware_doorbell_ptr = reinterpret_cast<std::uint64_t*>(word);
  return handle_of(signal);
}

void destroy_signal(hsa_signal_t handle) {
  SignalTimes::instance().forget(handle);
  SignalBlocks::instance().give_back(&signal_of(handle));
}

void complete_signal(hsa_signal_t handle, const Times& times) {
  if (handle.handle == 0) return;
  SignalTimes::instance().set(handle, times);
  add(handle, -1);
}

Times times_of(hsa_signal_t handle) { return SignalTimes::instance().of(handle); }

void fail_signal(hsa_signal_t handle, hsa_status_t status) {
  if (handle.handle == 0) return;
  SignalTimes::instance().set(handle, {now_ns(), now_ns()});
  __atomic_store_n(&signal_of(handle).value, -static_cast<std::int64_t>(status), __ATOMIC_RELEASE);
  SignalEvents::instance().notify();
}

void require_signal(hsa_signal_t handle) {
  if (handle.handle == 0) throw StatusError(HSA_STATUS_ERROR_INVALID_SIGNAL, "signal is null");
}

}  // namespace emulator::hsa

using namespace emulator::hsa;

hsa_status_t hsa_signal_create(hsa_signal_value_t initial_value, uint32_t num_consumers,
                               const hsa_agent_t* consumers, hsa_signal_t* signal) {
  return guarded(__func__, [&] {
    require(signal != nullptr, "signal is null");
    require(num_consumers == 0 || consumers != nullptr, "consumers is null");
    for (uint32_t i = 0; i < num_consumers; ++i) require_agent(consumers[i]);
    *signal = make_signal(initial_value);
  });
}

hsa_status_t hsa_amd_signal_create(hsa_signal_value_t initial_value, uint32_t num_consumers,
                                   const hsa_agent_t* consumers, uint64_t attributes,
                                   hsa_signal_t* signal) {
  if ((attributes & HSA_AMD_SIGNAL_IPC) != 0) return HSA_STATUS_ERROR_INVALID_ARGUMENT;
  return hsa_signal_create(initial_value, num_consumers, consumers, signal);
}

hsa_status_t hsa_signal_destroy(hsa_signal_t signal) {
  return guarded(__func__, [&] {
    require_signal(signal);
    destroy_signal(signal);
  });
}

hsa_status_t hsa_amd_signal_value_pointer(hsa_signal_t signal,
                                          volatile hsa_signal_value_t** value_ptr) {
  return guarded(__func__, [&] {
    require_signal(signal);
    require(value_ptr != nullptr, "value_ptr is null");
    require(signal_of(signal).kind == AMD_SIGNAL_KIND_USER, "signal is a doorbell");
    *value_ptr = &signal_of(signal).value;
  });
}

namespace {

// Whoever sees that work has ended submits what follows after it.
hsa_signal_value_t seen_value(hsa_signal_t signal) {
  HostProgress::of_this_thread().note_call();
  const std::int64_t value = signal_value(signal);
  if (value <= 0) Timeline::instance().host_saw(signal);
  return value;
}

}  // namespace

hsa_signal_value_t hsa_signal_load_relaxed(hsa_signal_t signal) { return seen_value(signal); }

hsa_signal_value_t hsa_signal_load_scacquire(hsa_signal_t signal) { return seen_value(signal); }

void hsa_signal_store_relaxed(hsa_signal_t signal, hsa_signal_value_t value) {
  store(signal, value, __ATOMIC_RELAXED);
  SignalEvents::instance().notify();
}

void hsa_signal_store_screlease(hsa_signal_t signal, hsa_signal_value_t value) {
  store(signal, value, __ATOMIC_RELEASE);
  SignalEvents::instance().notify();
}

void hsa_signal_silent_store_relaxed(hsa_signal_t signal, hsa_signal_value_t value) {
  store(signal, value, __ATOMIC_RELAXED);
}

void hsa_signal_add_relaxed(hsa_signal_t signal, hsa_signal_value_t value) { add(signal, value); }

void hsa_signal_subtract_relaxed(hsa_signal_t signal, hsa_signal_value_t value) {
  add(signal, -value);
}

hsa_signal_value_t hsa_signal_wait_scacquire(hsa_signal_t signal, hsa_signal_condition_t condition,
                                             hsa_signal_value_t compare_value,
                                             uint64_t timeout_hint, hsa_wait_state_t) {
  HostProgress::of_this_thread().note_call();
  std::optional<std::uint64_t> deadline;
  const std::uint64_t now = now_ns();
  if (timeout_hint < ~std::uint64_t{0} - now) deadline = now + timeout_hint;
  std::int64_t value = 0;
  SignalEvents::instance().wait(
      [&] {
        value = signal_value(signal);
        return satisfies(value, condition, compare_value);
      },
      SignalEvents::Writers::kAnyone, deadline);
  if (value <= 0) Timeline::instance().host_saw(signal);
  return value;
}
