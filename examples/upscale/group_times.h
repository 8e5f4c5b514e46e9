#pragma once

#include <string>
#include <vector>

#include "network.h"

namespace upscale {

// Adds up the times of steps by their groups.
class GroupTimes {
 public:
  explicit GroupTimes(const std::vector<Step>& steps);

  void name_kernel(std::size_t step, const std::string& kernel);
  void add(std::size_t step, double milliseconds);
  std::vector<GroupTime> by_group() const { return groups_; }

 private:
  std::vector<std::size_t> group_of_;  // by step
  std::vector<GroupTime> groups_;
};

}  // namespace upscale
