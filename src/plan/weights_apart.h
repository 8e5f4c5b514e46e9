#pragma once

// A plan in two parts: what it does to the weights, once, and what every run does.

#include <vector>

#include "plan/plan.h"

namespace rdna1conv {

struct WeightsApart {
  std::vector<Launch> prepare;  // w -> Buffer::kPreparedWeights, of Instance::weights_bytes
  std::vector<Launch> run;      // with a workspace that is smaller by these
};

// Both parts of an instance's launches. Without prepared weights the first is empty.
WeightsApart weights_apart(const std::vector<Launch>& launches, const Instance& instance);

}  // namespace rdna1conv
