#pragma once

// What the network learns to tell apart: stripes that lie, stand, rise or are crossed, of any phase
// and width, in noise.

#include <cstdint>
#include <vector>

#include "network.h"

namespace train {

inline constexpr int kBatchesSeen = 16, kBatchesUnseen = 4;

struct Batch {
  std::vector<float> pictures;  // (kBatch, 1, kPictureSize, kPictureSize)
  std::vector<int> classes;     // (kBatch)
};

// The same at every call with this seed.
std::vector<Batch> make_batches(int count, std::uint32_t seed);

// 1 at each picture's class, else 0: (kBatch, kClasses).
std::vector<float> targets_of(const Batch& batch);

}  // namespace train
