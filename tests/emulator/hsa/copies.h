// Copies that run beside the queues, as the card's copy engines do.
#pragma once

#include <hsa/hsa.h>

#include <cstdint>
#include <functional>
#include <span>

#include "hsa/timeline.h"

namespace emulator::hsa {

// What a copy moves, for the time it takes.
struct CopySize {
  std::uint64_t bytes = 0;
  Timeline::Link link = Timeline::Link::kDevice;
};

// Runs `work` in the copy engine's thread once all `dependencies` are 0, then completes the signal.
void enqueue_copy(std::span<const hsa_signal_t> dependencies, hsa_signal_t completion_signal,
                  CopySize size, std::function<void()> work);

}  // namespace emulator::hsa
