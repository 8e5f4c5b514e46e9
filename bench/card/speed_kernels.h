#pragma once

// What the kernels that find a card's speed (speed_kernels.hip) share with their caller.

namespace rdna1conv::bench {

constexpr int kSpeedThreads = 256;
constexpr int kSpeedChains = 16;
constexpr int kSpeedStepsARound = 16;
constexpr int kSpeedReadBytes = 16 * 1024;  // of a workgroup

}  // namespace rdna1conv::bench
