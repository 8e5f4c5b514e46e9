// How far a host thread has come since it submitted a packet.
//
// HIP 5.2 registers a handler for an event's signal, submits the packet, and only then notes which
// time stamps the event has. A card's interrupt takes longer than that. Here the packet may be done
// and its handler called in between, and HIP then takes the host's clock for the time of the event.
// So handlers wait until the thread that registered them has submitted something and gone on to
// its next call, or sleeps or spins.
#pragma once

#include <atomic>
#include <cstdint>

namespace emulator::hsa {

class HostProgress {
 public:
  // Of the calling thread; lives for ever.
  static HostProgress& of_this_thread();

  void note_call();
  void note_doorbell();

  // A point in the thread's progress, and whether it has submitted a packet since and gone on.
  std::uint64_t doorbells() const { return doorbells_.load(); }
  bool has_gone_on_since(std::uint64_t doorbells) const;
  // Whether the thread waits for something, or has ended: false while it could run.
  bool is_asleep() const;
  // Processor time the thread has used; the largest number if it has ended.
  std::uint64_t processor_ns() const;

  // While handlers wait for threads, their calls wake the handlers' thread.
  static void watch(bool on);

 private:
  HostProgress();

  int thread_;  // as the kernel numbers it
  std::atomic<std::uint64_t> calls_{0};
  std::atomic<std::uint64_t> doorbells_{0};
  std::atomic<std::uint64_t> calls_at_doorbell_{0};
};

}  // namespace emulator::hsa
