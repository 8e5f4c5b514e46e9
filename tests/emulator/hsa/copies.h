// Copies that run beside the queues, as the card's copy engines do.
#pragma once

#include <hsa/hsa.h>

#include <cstdint>
#include <functional>
#include <span>

namespace emulator::hsa {

// Runs `work` in the copy engine's thread once all `dependencies` are 0, then completes the signal.
void enqueue_copy(std::span<const hsa_signal_t> dependencies, hsa_signal_t completion_signal,
                  std::function<void()> work);

}  // namespace emulator::hsa
