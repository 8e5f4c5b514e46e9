// By how much the modelled time of a program's launches may be off together.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "timing/modelled_launch.h"

namespace emulator::timing {

// In us: the time lies between what is modelled less `down` and what is modelled plus `up`, as far
// as the constants' ranges and the sampling tell.
struct TimeRange {
  double down = 0;
  double up = 0;
};

class RangeStore {
 public:
  static RangeStore& instance();

  // Whether launches are to be kept for their range.
  bool wanted() const;
  void capture(bool on);
  void add(std::shared_ptr<const ModelledLaunch> launch);

  // Of the launches since the last call together, one after the other: a constant that is off is so
  // for all of them.
  TimeRange take(const Constants& constants);

 private:
  mutable std::mutex mutex_;
  bool capturing_ = false;
  std::vector<std::shared_ptr<const ModelledLaunch>> launches_;
};

}  // namespace emulator::timing
