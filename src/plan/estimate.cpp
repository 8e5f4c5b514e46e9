#include "plan/estimate.h"

#include <iterator>

namespace rdna1conv {
namespace {

constexpr auto kFamilies = static_cast<std::size_t>(CostFamily::kCount);

// In the order of CostFamily.
constexpr std::array<std::string_view, kFamilies> kNames{"product",
                                                         "gathered_product",
                                                         "packed_product",
                                                         "gradient",
                                                         "winograd",
                                                         "raw_winograd",
                                                         "packed_winograd",
                                                         "filter",
                                                         "pack",
                                                         "strips",
                                                         "gemm",
                                                         "gemm_sum",
                                                         "im2col",
                                                         "direct",
                                                         "grouped",
                                                         "grouped_weights",
                                                         "implicit_gemm",
                                                         "implicit_gemm_sum",
                                                         "other"};

struct FamilyRow {
  std::string_view name;
  CostCoefficients coefficients;
};
struct KernelRow {
  std::string_view family, kernel;
  double factor;
};

#define FAMILY(NAME, ...) FamilyRow{NAME, {__VA_ARGS__}},
#define KERNEL(NAME, KERNEL_NAME, FACTOR)
constexpr FamilyRow kFamilyRows[] = {
#include "plan/cost_coefficients.inc"
};
#undef FAMILY
#undef KERNEL
#define FAMILY(NAME, ...)
#define KERNEL(NAME, KERNEL_NAME, FACTOR) KernelRow{NAME, KERNEL_NAME, FACTOR},
constexpr KernelRow kKernelRows[] = {
#include "plan/cost_coefficients.inc"
    {"", "", 1}};
#undef FAMILY
#undef KERNEL

constexpr bool rows_are_in_order() {
  if (std::size(kFamilyRows) != kFamilies) return false;
  for (std::size_t i = 0; i < kFamilies; ++i) {
    if (kFamilyRows[i].name != kNames[i]) return false;
  }
  return true;
}
static_assert(rows_are_in_order(), "cost_coefficients.inc has a row for each family, in order");

constexpr double fourth(double x) { return (x * x) * (x * x); }

}  // namespace

std::string_view name_of(CostFamily family) { return kNames[static_cast<std::size_t>(family)]; }

const CostCoefficients& coefficients_of(CostFamily family) {
  return kFamilyRows[static_cast<std::size_t>(family)].coefficients;
}

double cost_factor(CostFamily family, std::string_view kernel) {
  for (const KernelRow& row : kKernelRows) {
    if (row.kernel == kernel && row.family == name_of(family)) return row.factor;
  }
  return 1;
}

double clocks_of(const CostTerms& t, const CostCoefficients& c, double factor) {
  const double loop =
      std::sqrt(std::sqrt(fourth(c[0] * t.compute) + fourth(c[1] * t.lds) + fourth(c[2] * t.l2) +
                          fourth(c[3] * t.dram) + fourth(c[4] * t.latency)));
  return c[6] * t.launch + factor * (c[5] * t.tail + loop);
}

void Estimate::add(const LaunchCost& launch) {
  const double clocks = clocks_of(launch);
  clocks_ += clocks;
  if (count_ < kMostKinds) {
    launches_[count_++] = launch;
    return;
  }
  LaunchCost& last = launches_.back();
  last.count += clocks / clocks_of(last) * last.count;
}

}  // namespace rdna1conv
