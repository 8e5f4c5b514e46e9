// Signals in the layout that device code knows (amd_signal_t), and waiting for them.
#pragma once

#include <hsa/amd_hsa_signal.h>
#include <hsa/hsa.h>

#include <atomic>
#include <cstdint>
#include <optional>

#include "hsa/timeline.h"

namespace emulator::hsa {

inline amd_signal_t& signal_of(hsa_signal_t handle) {
  return *reinterpret_cast<amd_signal_t*>(handle.handle);
}

inline std::int64_t signal_value(hsa_signal_t handle) {
  return __atomic_load_n(&signal_of(handle).value, __ATOMIC_ACQUIRE);
}

// Throws StatusError for the null handle.
void require_signal(hsa_signal_t handle);

bool satisfies(std::int64_t value, hsa_signal_condition_t condition, std::int64_t compare);

hsa_signal_t make_signal(std::int64_t value);
// A signal whose stores raise `word` to the value: what a queue's producers ring.
hsa_signal_t make_doorbell(std::int64_t* word);
void destroy_signal(hsa_signal_t handle);

// Decrements a completion signal; a null handle is allowed.
void complete_signal(hsa_signal_t handle, const Times& times);
// When what a signal was completed for ran; 0 before.
Times times_of(hsa_signal_t handle);
// Makes a completion signal negative, which tells its waiters of an error.
void fail_signal(hsa_signal_t handle, hsa_status_t status);

std::uint64_t now_ns();

// The one place where threads wait for anything that a signal or a doorbell can tell. It counts
// events in a futex word, so a thread may wait for any number of signals at a time, and nothing
// has to be torn down when the process exits under waiting threads.
class SignalEvents {
 public:
  static SignalEvents& instance();

  // To be called after every change that somebody may wait for.
  void notify();

  // What else can change the awaited value beside code that calls notify().
  enum class Writers {
    kHostCalls,  // nothing
    kAnyone,     // kernels, and host code that holds a pointer to the value: poll as well
  };

  // Returns true once `condition()` holds, false when `deadline_ns` has passed before.
  template <class Condition>
  bool wait(Condition&& condition, Writers writers,
            std::optional<std::uint64_t> deadline_ns = std::nullopt) {
    for (;;) {
      const std::uint32_t seen = events_.load();
      if (condition()) return true;
      if (deadline_ns && now_ns() >= *deadline_ns) return false;
      sleep(seen, writers, deadline_ns);
    }
  }

  // Kernels that run make polling worth while.
  void kernel_begins();
  void kernel_ends();

 private:
  void sleep(std::uint32_t seen, Writers writers, std::optional<std::uint64_t> deadline_ns);

  std::atomic<std::uint32_t> events_{0};
  std::atomic<std::uint32_t> sleepers_{0};
  std::atomic<std::uint32_t> running_kernels_{0};
};

}  // namespace emulator::hsa
