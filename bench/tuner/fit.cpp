#include "bench/tuner/fit.h"

#include <Eigen/Dense>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <limits>
#include <stdexcept>

#include "core/driver_line.h"
#include "dispatch/solver_table.h"
#include "plan/machine.h"

namespace rdna1conv::tuner {
namespace {

constexpr auto kFamilies = static_cast<std::size_t>(CostFamily::kCount);

// How far, in logarithms, a coefficient and a kernel's factor are thought to lie from 1: what fewer
// samples say counts less.
constexpr double kCoefficientSpread = 0.7, kFactorSpread = 0.15;
// Errors beyond this count in proportion, not by their squares: an estimate that misses what
// happens altogether does not bend the others.
constexpr double kOutlier = 0.3;
constexpr int kIterations = 40;

// Parameters are logarithms: first the coefficients of all families, then the factors.
class Model {
 public:
  Model(const std::vector<Observation>& observations, const std::vector<Observation>& apart) {
    for (const auto* list : {&observations, &apart}) {
      for (const Observation& each : *list) {
        for (const LaunchCost& launch : each.estimate.launches()) {
          if (!launch.kernel.empty()) place_of(launch);
        }
      }
    }
    parameters =
        Eigen::VectorXd::Zero(static_cast<Eigen::Index>(kFamilies * kCostTerms + places_.size()));
    for (std::size_t family = 0; family < kFamilies; ++family) {
      const CostCoefficients& now = coefficients_of(static_cast<CostFamily>(family));
      for (std::size_t term = 0; term < kCostTerms; ++term)
        parameters[static_cast<Eigen::Index>(family * kCostTerms + term)] = std::log(now[term]);
    }
    for (const auto& [key, place] : places_)
      parameters[static_cast<Eigen::Index>(place)] = std::log(cost_factor(key.first, key.second));
  }

  CostCoefficients coefficients(std::size_t family) const {
    CostCoefficients result{};
    for (std::size_t term = 0; term < kCostTerms; ++term) {
      result[term] = std::exp(parameters[static_cast<Eigen::Index>(family * kCostTerms + term)]);
    }
    return result;
  }

  double factor(const LaunchCost& launch) const {
    if (launch.kernel.empty()) return 1;
    const auto found = places_.find({launch.family, std::string(launch.kernel)});
    return std::exp(parameters[static_cast<Eigen::Index>(found->second)]);
  }

  double log_clocks(const Estimate& estimate) const {
    double clocks = 0;
    for (const LaunchCost& launch : estimate.launches()) {
      clocks += launch.count * clocks_of(launch.terms,
                                         coefficients(static_cast<std::size_t>(launch.family)),
                                         factor(launch));
    }
    return std::log(clocks);
  }

  // Those that the estimate depends on.
  std::vector<Eigen::Index> parameters_of(const Estimate& estimate) const {
    std::vector<Eigen::Index> found;
    for (const LaunchCost& launch : estimate.launches()) {
      for (std::size_t term = 0; term < kCostTerms; ++term) {
        found.push_back(
            static_cast<Eigen::Index>(static_cast<std::size_t>(launch.family) * kCostTerms + term));
      }
      if (!launch.kernel.empty()) {
        found.push_back(
            static_cast<Eigen::Index>(places_.at({launch.family, std::string(launch.kernel)})));
      }
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
  }

  const std::map<std::pair<CostFamily, std::string>, std::size_t>& places() const {
    return places_;
  }

  Eigen::VectorXd parameters;

 private:
  void place_of(const LaunchCost& launch) {
    places_.try_emplace({launch.family, std::string(launch.kernel)},
                        kFamilies * kCostTerms + places_.size());
  }

  std::map<std::pair<CostFamily, std::string>, std::size_t> places_;
};

double spread_of(Eigen::Index parameter) {
  return parameter < static_cast<Eigen::Index>(kFamilies * kCostTerms) ? kCoefficientSpread
                                                                       : kFactorSpread;
}

// Huber's: what the squared error counts.
double weight_of(double error) { return std::min(1.0, kOutlier / std::max(std::abs(error), 1e-9)); }

// The errors' sum with weights, and the parameters' distance from 1, where samples have a
// typical error of 0.15.
constexpr double kNoise = 0.15;
double cost_of(const Model& model, const std::vector<Observation>& observations) {
  double cost = 0;
  for (const Observation& each : observations) {
    const double error = std::abs(model.log_clocks(each.estimate) - std::log(each.clocks));
    cost += each.weight *
            (error <= kOutlier ? error * error : 2 * kOutlier * error - kOutlier * kOutlier);
  }
  cost /= kNoise * kNoise;
  for (Eigen::Index i = 0; i < model.parameters.size(); ++i)
    cost += std::pow(model.parameters[i] / spread_of(i), 2);
  return cost;
}

double rms_of(const Model& model, const std::vector<Observation>& observations) {
  double squares = 0;
  for (const Observation& each : observations)
    squares += std::pow(model.log_clocks(each.estimate) - std::log(each.clocks), 2);
  return std::sqrt(squares / static_cast<double>(std::max<std::size_t>(1, observations.size())));
}

// What choices by the model lose.
bench::Regrets regret_of(const Model& model, const std::vector<Observation>& observations) {
  struct Choice {
    double estimate = std::numeric_limits<double>::infinity(), time = 0;
    double best = std::numeric_limits<double>::infinity();
  };
  std::map<std::size_t, Choice> choices;
  for (const Observation& each : observations) {
    Choice& choice = choices[each.problem];
    choice.best = std::min(choice.best, each.clocks);
    const double estimate = model.log_clocks(each.estimate);
    if (estimate >= choice.estimate) continue;
    choice.estimate = estimate;
    choice.time = each.clocks;
  }
  bench::Regrets regrets;
  for (const auto& [problem, choice] : choices) regrets.add(choice.time, choice.best);
  return regrets;
}

// One step of Levenberg and Marquardt; the model is better by it, or nothing is.
bool improve(Model& model, const std::vector<Observation>& observations, double& damping) {
  const Eigen::Index count = model.parameters.size();
  Eigen::MatrixXd normal = Eigen::MatrixXd::Zero(count, count);
  Eigen::VectorXd gradient = Eigen::VectorXd::Zero(count);
  constexpr double kStep = 1e-5;
  for (const Observation& each : observations) {
    const double value = model.log_clocks(each.estimate);
    const double error = value - std::log(each.clocks);
    const double weight = each.weight * weight_of(error) / (kNoise * kNoise);
    const auto places = model.parameters_of(each.estimate);
    std::vector<double> slopes;
    for (const Eigen::Index place : places) {
      const double before = model.parameters[place];
      model.parameters[place] = before + kStep;
      slopes.push_back((model.log_clocks(each.estimate) - value) / kStep);
      model.parameters[place] = before;
    }
    for (std::size_t i = 0; i < places.size(); ++i) {
      gradient[places[i]] += weight * slopes[i] * error;
      for (std::size_t j = 0; j < places.size(); ++j)
        normal(places[i], places[j]) += weight * slopes[i] * slopes[j];
    }
  }
  for (Eigen::Index i = 0; i < count; ++i) {
    const double prior = 1 / (spread_of(i) * spread_of(i));
    normal(i, i) += prior;
    gradient[i] += prior * model.parameters[i];
  }
  const Eigen::VectorXd start = model.parameters;
  const double cost = cost_of(model, observations);
  for (; damping < 1e6; damping *= 4) {
    Eigen::MatrixXd damped = normal;
    damped.diagonal() *= 1 + damping;
    model.parameters = start - damped.ldlt().solve(gradient);
    const double now = cost_of(model, observations);
    if (now < cost) {
      damping = std::max(damping / 10, 1e-6);
      return cost - now > 1e-5 * cost;
    }
  }
  model.parameters = start;
  return false;
}

}  // namespace

std::vector<Observation> observations_of(const Samples& samples, bench::ProblemSet set,
                                         std::size_t& refused) {
  const DeviceFacts device = rx_5700_xt();
  const double clocks_a_millisecond = machine_of(device).core_mhz * 1e3;
  std::vector<Observation> observations;
  for (std::size_t number = 0; number < samples.problems.size(); ++number) {
    const SampledProblem& sampled = samples.problems[number];
    if (bench::set_of(sampled.problem) != set) {
      refused += sampled.samples.size();
      continue;
    }
    double best = std::numeric_limits<double>::infinity();
    for (const Sample& sample : sampled.samples) best = std::min(best, sample.milliseconds);
    const ConvProblem problem = untransposed(sampled.problem);
    for (const SolverRow& solver : solver_table()) {
      if (solver.refusal(problem, device)) continue;
      const std::vector<Instance> instances = solver.instances(problem, device);
      for (const Sample& sample : sampled.samples) {
        if (sample.solver != solver.name) continue;
        for (Instance instance : instances) {
          if (sample.instance != instance.name) continue;
          // As it was timed: the library may decide otherwise by now.
          instance.parameters = parse_parameters(sample.parameters);
          observations.push_back({solver.estimate(problem, instance, device),
                                  sample.milliseconds * clocks_a_millisecond,
                                  sample.instance + "\t" + to_driver_line(sampled.problem), number,
                                  std::sqrt(best / sample.milliseconds)});
        }
      }
    }
  }
  return observations;
}

Fit fit(const std::vector<Observation>& observations, const std::vector<Observation>& apart) {
  Model model(observations, apart);
  Fit result;
  result.apart_before = regret_of(model, apart);
  result.rms_before = rms_of(model, observations);
  double damping = 1e-3;
  for (int i = 0; i < kIterations && improve(model, observations, damping); ++i) {
  }
  result.rms_after = rms_of(model, observations);
  result.apart_after = regret_of(model, apart);
  result.families.resize(kFamilies);
  for (std::size_t family = 0; family < kFamilies; ++family) {
    FamilyFit& row = result.families[family];
    row.coefficients = model.coefficients(family);
    double squares = 0;
    for (const Observation& each : observations) {
      const auto launches = each.estimate.launches();
      if (std::none_of(launches.begin(), launches.end(), [&](const LaunchCost& launch) {
            return static_cast<std::size_t>(launch.family) == family;
          }))
        continue;
      ++row.samples;
      squares += std::pow(model.log_clocks(each.estimate) - std::log(each.clocks), 2);
    }
    if (row.samples > 0) row.rms = std::sqrt(squares / static_cast<double>(row.samples));
  }
  for (const auto& [key, place] : model.places())
    result.factors[key] = std::exp(model.parameters[static_cast<Eigen::Index>(place)]);
  return result;
}

void write_residuals(const std::filesystem::path& path,
                     const std::vector<Observation>& observations) {
  std::ofstream out(path);
  out << "error\tclocks";
  for (const std::string_view term : kCostTermNames) out << "\t" << term;
  out << "\tfamily\tinstance\tproblem\n";
  for (const Observation& each : observations) {
    out << std::log(each.estimate.clocks() / each.clocks) << "\t" << each.clocks;
    std::array<double, kCostTerms> sums{};
    double most = 0;
    CostFamily family = CostFamily::kOther;
    for (const LaunchCost& launch : each.estimate.launches()) {
      const CostTerms& t = launch.terms;
      const double values[] = {t.compute, t.lds, t.l2, t.dram, t.latency, t.tail, t.launch};
      for (std::size_t i = 0; i < kCostTerms; ++i) sums[i] += launch.count * values[i];
      if (clocks_of(launch) <= most) continue;
      most = clocks_of(launch);
      family = launch.family;
    }
    for (const double sum : sums) out << "\t" << std::llround(sum);
    out << "\t" << name_of(family) << "\t" << each.name << "\n";
  }
  if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
}

void write_table(const std::filesystem::path& path, const Fit& fit, const std::string& device,
                 std::size_t problems, std::size_t observations) {
  std::ofstream out(path);
  char line[200];
  out << "// Coefficients of the estimates (plan/estimate.h): of each family what its terms are\n"
         "// multiplied by, and of kernels what they take beyond that. Written by `tune fit`\n"
         "// (./run tune, docs/tuning.md), not by hand, from\n";
  std::snprintf(line, sizeof line,
                "// %zu samples of %zu problems on: %s.\n"
                "// Errors of the logarithm of time, rms: %.3f with the table before, %.3f now.\n",
                observations, problems, device.c_str(), fit.rms_before, fit.rms_after);
  out << line
      << "//                          compute  lds    l2     dram   latency tail   launch\n";
  for (std::size_t family = 0; family < fit.families.size(); ++family) {
    const FamilyFit& row = fit.families[family];
    const std::string name = "\"" + std::string(name_of(static_cast<CostFamily>(family))) + "\",";
    std::snprintf(line, sizeof line, "FAMILY(%-20s", name.c_str());
    out << line;
    for (std::size_t term = 0; term < kCostTerms; ++term) {
      std::snprintf(line, sizeof line, " %.3f%s", row.coefficients[term],
                    term + 1 < kCostTerms ? "," : ")");
      out << line;
    }
    std::snprintf(line, sizeof line, "  // %zu samples, rms %.3f\n", row.samples, row.rms);
    out << line;
  }
  for (const auto& [key, factor] : fit.factors) {
    std::snprintf(line, sizeof line, "KERNEL(\"%s\", \"%s\", %.3f)\n",
                  std::string(name_of(key.first)).c_str(), key.second.c_str(), factor);
    out << line;
  }
  if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
}

}  // namespace rdna1conv::tuner
