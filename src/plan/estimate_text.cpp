#include "plan/estimate_text.h"

#include <array>
#include <cstdio>

#include "plan/machine.h"

namespace rdna1conv {

std::string to_text(const Estimate& estimate, const DeviceFacts& device) {
  const double mhz = machine_of(device).core_mhz;
  // compute, lds, l2, dram, latency, tail, launch, as coefficients are.
  std::array<double, kCostTerms> sums{};
  for (const LaunchCost& launch : estimate.launches()) {
    const CostTerms& t = launch.terms;
    const std::array<double, kCostTerms> terms{t.compute, t.lds,  t.l2,    t.dram,
                                               t.latency, t.tail, t.launch};
    const CostCoefficients& coefficients = coefficients_of(launch.family);
    for (std::size_t i = 0; i < kCostTerms; ++i) {
      const double factor = i + 1 == kCostTerms ? 1 : launch.factor;
      sums[i] += launch.count * coefficients[i] * factor * terms[i] / mhz;
    }
  }
  char text[200];
  std::snprintf(text, sizeof text,
                "%.1f us: launch %.1f, tail %.1f, compute %.1f, lds %.1f, l2 %.1f, dram %.1f, "
                "latency %.1f",
                estimate.clocks() / mhz, sums[6], sums[5], sums[0], sums[1], sums[2], sums[3],
                sums[4]);
  return text;
}

}  // namespace rdna1conv
