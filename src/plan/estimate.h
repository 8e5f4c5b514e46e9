#pragma once

// How long a plan would take: of each launch what could hold it up, in engine clocks, and what
// becomes of that by a few coefficients of the kernels' family, fitted to times of the software
// device (`./run tune`). It ranks; it is not a measurement and is never printed as one.
//
//   clocks = launch + tail + (sum of (compute, LDS, L2, DRAM, latency)^4)^(1/4)
//
// each term times its family's coefficient, all but the launch times the kernel's own factor: what
// limits a launch counts most, and what nearly does shows too.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace rdna1conv {

// Clocks that a launch would take if nothing else held it up.
struct CostTerms {
  double compute = 0;  // vector ALUs, on the workgroup processor with most to do
  double lds = 0;      // LDS, L0 and scalar cache: what a workgroup processor has for itself
  double l2 = 0;       // L1 and L2
  double dram = 0;
  double latency = 0;  // the chain of steps of a wave with nobody to hide it
  double tail = 0;     // what is done before and after the loop, with others idle
  double launch = 0;   // from a kernel's end to the next one's first wave and back
};

// The list of families, and of their terms in the order of coefficients.
enum class CostFamily : std::uint8_t {
  kProduct,          // tile engine: products (kernels/tile_conv.hip)
  kGatheredProduct,  // the same of pixels whose channels lie side by side, a lane's by themselves
  kPackedProduct,    // the same of fp16 pairs
  kGradient,         // tile engine: gradients of filters
  kWinograd,         // filters transformed before
  kRawWinograd,      // filters transformed on their way
  kPackedWinograd,   // fp16, filters transformed before
  kFilter,           // Winograd's transform of filters
  kPack,             // panels, sums of partial results
  kStrips,
  kGemm,
  kGemmSum,
  kIm2col,
  kDirect,
  kGrouped,
  kGroupedWeights,
  kImplicitGemm,
  kImplicitGemmSum,
  kOther,  // operators beside convolution, the reference: as their terms say
  kCount
};

constexpr std::size_t kCostTerms = 7;
// compute, lds, l2, dram, latency, tail, launch.
using CostCoefficients = std::array<double, kCostTerms>;
constexpr std::array<std::string_view, kCostTerms> kCostTermNames{
    "compute", "lds", "l2", "dram", "latency", "tail", "launch"};

std::string_view name_of(CostFamily family);
const CostCoefficients& coefficients_of(CostFamily family);
// Of a kernel, or 1: what it takes beyond its family.
double cost_factor(CostFamily family, std::string_view kernel);

// Of the kernels of a table of tiles, which is in the program for ever: name(row) for each.
template <class Rows, class Name>
std::vector<double> cost_factors(CostFamily family, const Rows& rows, const Name& name) {
  std::vector<double> factors;
  for (const auto& row : rows) factors.push_back(cost_factor(family, name(row)));
  return factors;
}

// One kind of launch of a plan.
struct LaunchCost {
  CostFamily family = CostFamily::kOther;
  std::string_view kernel;  // a row of the family's tiles, or empty; points at a literal
  double factor = 1;        // of this kernel
  double count = 1;         // so many launches
  CostTerms terms;          // of one
};

// Clocks of one such launch.
double clocks_of(const CostTerms& terms, const CostCoefficients& coefficients, double factor);
inline double clocks_of(const LaunchCost& launch) {
  return launch.count * clocks_of(launch.terms, coefficients_of(launch.family), launch.factor);
}

// Of a whole plan: few launches of few kinds.
class Estimate {
 public:
  static constexpr std::size_t kMostKinds = 6;

  // Beyond kMostKinds the kind is added to the last one.
  void add(const LaunchCost& launch);
  std::span<const LaunchCost> launches() const { return std::span(launches_).first(count_); }
  double clocks() const { return clocks_; }

 private:
  std::array<LaunchCost, kMostKinds> launches_{};
  std::size_t count_ = 0;
  double clocks_ = 0;
};

}  // namespace rdna1conv
