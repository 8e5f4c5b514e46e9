#pragma once

// Fits the coefficients of the estimates (plan/estimate.h) to samples: least squares on the
// logarithm of time, so that a short kernel counts as much as a long one.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "bench/random_problems.h"
#include "bench/regret.h"
#include "bench/tuner/samples.h"
#include "plan/estimate.h"

namespace rdna1conv::tuner {

// A plan that was timed, as the estimate sees it.
struct Observation {
  Estimate estimate;
  double clocks = 0;        // measured
  std::string name;         // instance and driver line
  std::size_t problem = 0;  // its number among the samples'
  double weight = 1;        // what its error counts
};

// Of all samples of one set of problems; those of the other are added to `refused`. Samples of
// instances that the library has no more are left out. What takes as long as its problem's best
// instance counts in full, slower ones less: no choice is between those.
std::vector<Observation> observations_of(const Samples& samples, bench::ProblemSet set,
                                         std::size_t& refused);

struct FamilyFit {
  CostCoefficients coefficients{};
  std::size_t samples = 0;  // with such a launch
  double rms = 0;           // of the logarithm of estimate over time, of these
};

struct Fit {
  std::vector<FamilyFit> families;                               // by CostFamily
  std::map<std::pair<CostFamily, std::string>, double> factors;  // of kernels
  double rms_before = 0, rms_after = 0;
  // Of samples held apart, which are not fitted to: regret with the table before and the new one.
  bench::Regrets apart_before, apart_after;
};

// From what the library has now. Coefficients stay near 1 and kernels' factors nearer, but for what
// the samples say otherwise: families without samples keep what they have.
Fit fit(const std::vector<Observation>& observations, const std::vector<Observation>& apart = {});

// For people: a line for each observation with its error, the sum of each term over its launches,
// and its name.
void write_residuals(const std::filesystem::path& path,
                     const std::vector<Observation>& observations);

// The table of the library, with a head that says how it was made.
void write_table(const std::filesystem::path& path, const Fit& fit, const std::string& device,
                 std::size_t problems, std::size_t observations);

}  // namespace rdna1conv::tuner
