#pragma once

// How fast a card is in truth: what its shader core's clock is under load, and what its memory
// moves, found by two kernels in less than a second. On the software device both are modelled.

#include <cstddef>
#include <span>

#include "bench/device.h"
#include "dispatch/card_speed.h"

namespace rdna1conv::bench {

// Throws std::runtime_error if a kernel cannot be run or times make no sense.
CardSpeed find_card_speed(const BenchDevice& device);

// Of the kernels, the fat binary with code for gfx1010.
std::span<const std::byte> speed_kernels();

}  // namespace rdna1conv::bench
