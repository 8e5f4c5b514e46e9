#pragma once

// A step of Adam, and of AdamW as the Transformers library has it. Sums and products are fp32.

#include <cstdint>

namespace rdna1conv {

inline constexpr std::uint32_t kAdamThreads = 256;
inline constexpr std::uint32_t kAdamVector = 4;  // elements
inline constexpr std::uint32_t kAdamWorkgroups = 4096;

// What is one number on the card comes as a pointer with the run's numbers.
struct AdamScalars {
  const std::int32_t* gradient_scale = nullptr;  // what the gradient is a multiple by, or null
  const std::uint8_t* found_infinity = nullptr;  // a bool: if set, nothing changes; or null
  const std::int32_t* done_steps = nullptr;      // or null
  float rate = 0, beta1 = 0, beta2 = 0, weight_decay = 0, epsilon = 0;
  float step_size = -1;    // of the Transformers' AdamW; below 0: of the rate
  std::uint32_t step = 1;  // from 1; where the card counts the steps it is not read
};

struct AdamParams {
  const void *values, *gradient, *mean, *square, *largest;
  void *new_values, *new_mean, *new_square, *new_largest;
  void* new_half;  // the new values once more in fp16, or null
  std::uint64_t count;
  std::uint32_t workgroups;
  std::uint32_t gradient_is_half;  // whatever the values are
  std::uint32_t is_transformers;
  std::uint32_t uses_largest, maximizes, decays_values, corrects_bias;
  AdamScalars scalars;
};

// One lane counts the steps, behind all that have read how many there were.
struct AdamStepParams {
  const std::int32_t* done_steps;
  const std::uint8_t* found_infinity;
  std::int32_t* new_steps;
};

}  // namespace rdna1conv
