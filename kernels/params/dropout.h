#pragma once

// Dropout: an element is kept and scaled, or becomes zero, by a random number that depends on the
// seed and on the element's place in N, C, D, H, W order alone. The mask has a byte for each
// element in that order, 1 where it is kept.

#include <cstdint>

#include "philox.h"
#include "walk.h"

namespace rdna1conv {

enum class DropoutMask : std::uint32_t {
  kNone,     // made, and forgotten
  kWritten,  // made
  kRead,
};

// A random number of 24 bits keeps its element if it is at least `threshold`, which drops elements
// at a rate of threshold / 2^24.
struct DropoutScalars {
  std::uint32_t threshold = 0;
  float scale = 1;
  std::uint32_t stream = 0;  // numbers of their own for each, of the same seed
};
inline constexpr float kDropoutNumbers = 1 << 24;

// The four numbers of elements 4 * `quad` to 4 * `quad` + 3.
constexpr PhiloxWords dropout_numbers(std::uint64_t quad, std::uint64_t seed,
                                      std::uint32_t stream = 0) {
  PhiloxWords words = philox(
      {{static_cast<std::uint32_t>(quad), static_cast<std::uint32_t>(quad >> 32), stream, 0}},
      seed);
  for (std::uint32_t& word : words.at) word >>= 8;
  return words;
}

// What a client's memory for states holds.
struct DropoutStates {
  std::uint64_t seed;
};

struct DropoutParams {
  const void* x;
  void* y;
  std::uint8_t* mask;           // unless kNone
  const DropoutStates* states;  // unless kRead
  SplitWalk<3> elements;        // of the mask, x, y
  DropoutMask mask_use;
  DropoutScalars scalars;
};

struct DropoutSeedParams {
  DropoutStates* states;
  DropoutStates value;
};

}  // namespace rdna1conv
