#pragma once

// Stochastic gradient descent with momentum: on the card through MIOpen's C API, and on the CPU in
// double precision.

#include <miopen/miopen.h>

#include <vector>

#include "network.h"
#include "pictures.h"

namespace train {

struct Settings {
  int steps = 200;  // a batch each, in turn
  double rate = 0.05, momentum = 0.9;
};

struct Trained {
  std::vector<double> losses;  // of each step, before its update: the mean of -log p(class)
  int right = 0;               // pictures of the unseen batches that are told right
};

// Convolutions, biases and all that lies between layers are of `type` (miopenFloat, miopenHalf or
// miopenBFloat16); weights, their gradients as they are summed up and batch normalization's
// parameters are fp32. The card alone computes, and the host waits once, after the last step.
// Throws std::runtime_error naming the call that failed.
Trained train_on_card(const Network& network, miopenDataType_t type, const Settings& settings,
                      const std::vector<Batch>& batches, const std::vector<Batch>& unseen);

Trained train_on_cpu(const Network& network, const Settings& settings,
                     const std::vector<Batch>& batches, const std::vector<Batch>& unseen);

// How many pictures have their largest value at their class. `log_probabilities` as targets_of().
int count_right(const Batch& batch, const std::vector<double>& log_probabilities);

}  // namespace train
