// Modelled time of the device: when kernels, copies and barriers of all queues begin and end by the
// clock model. It advances by what they take, never by the host's clock, so that elapsed times are
// the same in every run of a program that submits its work from one thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

#include <hsa/hsa.h>

namespace emulator::timing {
struct LaunchTiming;
}

namespace emulator::hsa {

struct Times {
  std::uint64_t begin_ns = 0;
  std::uint64_t end_ns = 0;
};

class Timeline {
 public:
  static Timeline& instance();

  // False if the clock is off: times are then the host's.
  bool enabled() const { return enabled_; }

  // What the host has seen the end of lies behind everything that it submits from then on.
  std::uint64_t host_ns() const;
  void host_saw(hsa_signal_t signal);
  void host_saw(std::uint64_t end_ns);

  // A kernel whose queue and dependencies are ready at `ready_ns`. Kernels of other queues share
  // the device as far as their workgroups leave room on it.
  Times place_kernel(std::uint64_t ready_ns, const timing::LaunchTiming& launch);

  enum class Link { kHostAndDevice, kDevice, kHost };
  // A copy of `bytes`, after the ones before it.
  Times place_copy(std::uint64_t ready_ns, std::uint64_t bytes, Link link);

 private:
  Timeline();

  struct Running {
    Times times;
    double share;  // of the device
  };

  bool enabled_;
  mutable std::mutex mutex_;
  std::uint64_t host_ns_;
  std::uint64_t copies_ns_ = 0;   // the copy engine is free
  std::vector<Running> running_;  // kernels that others may have to wait for
};

// The latest end of the completed signals among `signals`.
std::uint64_t latest_end(std::span<const hsa_signal_t> signals);
// The earliest, of those that have completed; 0 if none has.
std::uint64_t earliest_end(std::span<const hsa_signal_t> signals);

}  // namespace emulator::hsa
