#include "solvers/gemm_1x1.h"

#include "solvers/refusals.h"
#include "solvers/tile_conv.h"

namespace rdna1conv::gemm_1x1 {

std::optional<std::string> refusal(const ConvProblem& p, const DeviceFacts& device) {
  if (auto reason = unless_forward(p)) return reason;
  if (p.filter.volume() != 1) {
    return "filter is " + std::to_string(p.filter.h) + "x" + std::to_string(p.filter.w) +
           ", needs 1x1";
  }
  return tile_conv::refusal(p, device);
}

std::vector<Instance> instances(const ConvProblem& p, const DeviceFacts& device) {
  return tile_conv::instances(p, device);
}

Estimate estimate(const ConvProblem& p, const Instance& instance, const DeviceFacts& device) {
  return tile_conv::estimate(p, instance, device);
}

std::vector<Launch> launches(const ConvProblem& p, const Instance& instance) {
  return tile_conv::launches(p, instance);
}

}  // namespace rdna1conv::gemm_1x1
