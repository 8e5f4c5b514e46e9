#include "group_times.h"

#include <algorithm>

namespace upscale {

GroupTimes::GroupTimes(const std::vector<Step>& steps) {
  for (const Step& step : steps) {
    auto found = std::find_if(groups_.begin(), groups_.end(),
                              [&](const GroupTime& group) { return group.group == step.group; });
    if (found == groups_.end()) found = groups_.insert(found, {step.group, 0, 0, ""});
    found->convolutions += step.kind == StepKind::kConvolution ? 1 : 0;
    group_of_.push_back(static_cast<std::size_t>(found - groups_.begin()));
  }
}

void GroupTimes::name_kernel(std::size_t step, const std::string& kernel) {
  std::string& kernels = groups_[group_of_[step]].kernels;
  if (kernels.find(kernel) != std::string::npos) return;
  kernels += (kernels.empty() ? "" : ", ") + kernel;
}

void GroupTimes::add(std::size_t step, double milliseconds) {
  groups_[group_of_[step]].milliseconds += milliseconds;
}

}  // namespace upscale
