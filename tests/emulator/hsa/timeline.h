// Modelled time of the device: when kernels, copies and barriers of all queues begin and end by the
// clock model. It advances by what they take, never by the host's clock, so that elapsed times are
// the same in every run of a program that submits its work from one thread.
//
// Kernels are followed while others execute, so a time may not be known when it is first spoken of.
// What happens is written down in order and worked out when somebody asks, or when all that it
// takes is there.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include <hsa/hsa.h>

namespace emulator::timing {
class ModelledLaunch;
struct LaunchTiming;
}  // namespace emulator::timing

namespace emulator::hsa {

// A time in nanoseconds that may not be known yet.
class Moment {
 public:
  Moment(std::uint64_t ns = 0) : ns_(ns) {}

 private:
  friend class Timeline;
  struct Unknown {
    std::uint64_t ns = 0;
    bool is_known = false;
  };
  explicit Moment(std::shared_ptr<Unknown> unknown) : unknown_(std::move(unknown)) {}

  std::uint64_t ns_ = 0;
  std::shared_ptr<Unknown> unknown_;
};

struct Times {
  Moment begin;
  Moment end;
};

class Timeline {
 public:
  static Timeline& instance();

  // False if the clock is off: times are then the host's.
  bool enabled() const { return enabled_; }

  // Waits for the launches that it takes.
  std::uint64_t ns(const Moment& moment);

  Moment later(const Moment& a, const Moment& b);
  Moment earlier(const Moment& a, const Moment& b);

  // What the host has seen the end of lies behind everything that it submits from then on.
  Moment host_now() const;
  void host_saw(hsa_signal_t signal);
  void host_saw(const Moment& end);

  // A kernel whose queue and dependencies are ready at `ready`. Kernels of other queues share
  // the device as far as their workgroups leave room on it.
  Times place_kernel(const Moment& ready, std::shared_ptr<const timing::ModelledLaunch> launch);

  enum class Link { kHostAndDevice, kDevice, kHost };
  // A copy of `bytes`, after the ones before it.
  Times place_copy(const Moment& ready, std::uint64_t bytes, Link link);

 private:
  Timeline();

  struct Running {
    std::uint64_t begin_ns;
    std::uint64_t end_ns;
    double share;  // of the device
  };
  // Something that happened, with what works out its times.
  struct Step {
    std::shared_ptr<const timing::ModelledLaunch> launch;  // that it waits for, or null
    std::function<void()> work_out;
  };
  struct Span {
    std::uint64_t begin_ns;
    std::uint64_t end_ns;
  };

  // All with the mutex held.
  static bool is_known(const Moment& moment);
  static std::uint64_t known_ns(const Moment& moment);
  void work_out_known();
  Moment combine(const Moment& a, const Moment& b,
                 const std::uint64_t& (*choose)(const std::uint64_t&, const std::uint64_t&));
  Times place(std::shared_ptr<const timing::ModelledLaunch> launch, std::function<Span()> work_out);
  Span placed_kernel(std::uint64_t ready_ns, const timing::LaunchTiming& launch);
  Span placed_copy(std::uint64_t ready_ns, std::uint64_t bytes, Link link);

  bool enabled_;
  mutable std::mutex mutex_;
  Moment host_;
  Moment last_seen_;              // by the host
  std::uint64_t copies_ns_ = 0;   // the copy engine is free
  std::vector<Running> running_;  // kernels that others may have to wait for
  std::deque<Step> steps_;        // not worked out yet, in order
};

// The latest end of the completed signals among `signals`.
Moment latest_end(std::span<const hsa_signal_t> signals);
// The earliest, of those that have completed; 0 if none has.
Moment earliest_end(std::span<const hsa_signal_t> signals);

}  // namespace emulator::hsa
