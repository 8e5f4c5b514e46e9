// A user-mode queue: a ring of AQL packets and the thread that executes them in order.
#pragma once

#include <hsa/amd_hsa_queue.h>
#include <hsa/hsa.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "hsa/mapping.h"
#include "hsa/timeline.h"

namespace emulator::hsa {

union AqlPacket;

class Queue {
 public:
  using ErrorCallback = void (*)(hsa_status_t, hsa_queue_t*, void*);

  // `size` packets, a power of two. The thread keeps the queue alive until it has ended.
  static std::shared_ptr<Queue> create(std::uint32_t size, hsa_queue_type32_t type,
                                       ErrorCallback callback, void* callback_data);
  ~Queue();
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  hsa_queue_t* handle() { return &amd_queue().hsa_queue; }
  // Ends the thread after the packet it executes; packets behind it stay where they are.
  void stop();

 private:
  struct Error {
    hsa_status_t status;
    std::string text;
  };

  Queue(std::uint32_t size, hsa_queue_type32_t type, ErrorCallback callback, void* callback_data);

  amd_queue_t& amd_queue() { return *reinterpret_cast<amd_queue_t*>(header_.data()); }
  AqlPacket& packet_at(std::uint64_t index);

  void run();
  void process(const AqlPacket& packet, std::uint64_t index);
  std::optional<Error> dispatch(const AqlPacket& packet, std::uint64_t index, Times& times);
  template <class Condition>
  bool wait_for_signals(Condition&& condition);
  void fail(const Error& error, hsa_signal_t completion_signal);

  DeviceRange header_;  // amd_queue_t
  DeviceRange ring_;
  ErrorCallback callback_;
  void* callback_data_;
  std::int64_t doorbell_ = -1;  // index of the last packet rung
  Moment free_;                 // modelled time at which the last packet ended
  std::atomic<bool> stopping_{false};
  // Once set nothing more is executed: later packets end with this status.
  std::optional<hsa_status_t> error_;
  std::thread thread_;
};

}  // namespace emulator::hsa
