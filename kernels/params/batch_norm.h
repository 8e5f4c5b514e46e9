#pragma once

// Batch normalization. What shares its statistics is a group: the elements of a channel over batch
// and image, or, per activation, those of a channel and pixel over the batch. `groups` walks over
// the groups, `members` over the elements of one; parameters and statistics are fp32, one for each
// group.

#include <cstdint>

#include "activation.h"
#include "groups.h"

namespace rdna1conv {

// The numbers of a run call.
struct BatchNormScalars {
  float epsilon = 0;
  float factor = 0;  // weight of this batch in the running statistics
  float activation_alpha = 0, activation_beta = 0;
};

// y = activation(scale * (x - mean) / sqrt(variance + epsilon) + bias)
struct BatchNormInferenceParams {
  const void* x;
  void* y;
  const float *scale, *bias, *mean, *variance;
  SplitWalk<3> elements;         // of parameters, x, y
  std::uint32_t parameter_step;  // to the parameters of a vector's next element
  std::uint32_t is_inverse;      // `variance` is 1 / sqrt(variance + epsilon)
  Activation activation;
  BatchNormScalars scalars;
};

struct BatchNormTrainingParams {
  const void* x;
  void* y;
  const float *scale, *bias;
  const float *old_mean, *old_variance;  // running statistics, if running
  float *new_mean, *new_variance;
  float *saved_mean, *saved_inverse;  // of this batch, if saves
  Walk<3> groups;                     // of parameters, x, y
  Walk<2> members;                    // of x, y
  std::uint32_t column_shift;         // 2^this lanes have neighbouring groups
  std::uint32_t running, saves;
  float members_inverse;  // 1 / number of members
  float unbiased;         // n / (n - 1), 1 if there is one member
  Activation activation;
  BatchNormScalars scalars;
};

struct BatchNormBackwardParams {
  const void *x, *dy;
  void* dx;
  const float *scale, *bias;  // the bias for activations alone
  float *scale_gradient, *bias_gradient;
  const float *saved_mean, *saved_inverse;  // if has_saved, else computed again
  Walk<4> groups;                           // of parameters, x, dy, dx
  Walk<3> members;                          // of x, dy, dx
  std::uint32_t column_shift;
  std::uint32_t has_saved;
  float members_inverse;
  Activation activation;
  BatchNormScalars scalars;
};

inline constexpr std::uint32_t kBatchNormElements = 2;  // vectors of a work item, at inference

}  // namespace rdna1conv
