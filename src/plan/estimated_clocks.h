#pragma once

#include "plan/estimate.h"

namespace rdna1conv {

// What an Estimate comes to, where nobody asks what of: no more than a number.
class EstimatedClocks {
 public:
  void add(const LaunchCost& launch) { clocks_ += clocks_of(launch); }
  double clocks() const { return clocks_; }

 private:
  double clocks_ = 0;
};

}  // namespace rdna1conv
