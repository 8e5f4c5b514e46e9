#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <random>
#include <set>

#include "bench/random_problems.h"
#include "bench/tuner/fit.h"
#include "bench/tuner/samples.h"
#include "bench/tuner/sweep.h"
#include "core/driver_line.h"
#include "dispatch/solver_table.h"
#include "plan/machine.h"

namespace rdna1conv::tuner {
namespace {

class TunerFiles : public testing::Test {
 protected:
  TunerFiles()
      : file_(std::filesystem::temp_directory_path() /
              ("rdna1conv_tuner_test_" + std::to_string(getpid()))) {}
  ~TunerFiles() override { std::filesystem::remove(file_); }
  const std::filesystem::path file_;
};

const ConvProblem kProblem =
    parse_driver_line("conv -n 1 -c 64 -H 56 -W 56 -k 64 -y 3 -x 3 -p 1 -q 1 -F 1").problem;

TEST_F(TunerFiles, SamplesComeBackAndDamagedLinesAreLeftOut) {
  open_samples(file_, "a card");
  append_samples(file_, {kProblem, {{0.125, "S", "a", "1,0,0,0"}, {0.25, "S", "b", "2,0,0,0"}}});
  std::ofstream(file_, std::ios::app) << "0.5\tS\ttorn\n"
                                      << "-1\tS\ta\t1,0,0,0\t" << to_driver_line(kProblem) << "\n"
                                      << "1\tS\ta\t1,0,0,0\tconv -n what\n";
  append_samples(file_, {kProblem, {{0.5, "T", "c", "0,0,0,0"}}});
  const Samples read = read_samples(file_);
  EXPECT_EQ(read.device, "a card");
  EXPECT_EQ(read.bad_lines, 3u);
  ASSERT_EQ(read.problems.size(), 1u);
  EXPECT_EQ(read.problems[0].problem, kProblem);
  ASSERT_EQ(read.problems[0].samples.size(), 3u);
  Instance instance;
  instance.name = "b";
  instance.parameters = {2, 0, 0, 0};
  EXPECT_EQ(milliseconds_of(read.problems[0], "S", instance), 0.25);
  instance.parameters = {3, 0, 0, 0};  // the library decides otherwise by now
  EXPECT_FALSE(milliseconds_of(read.problems[0], "S", instance));
}

TEST_F(TunerFiles, TimesOfAnotherDeviceAreNotMixedIn) {
  open_samples(file_, "a card");
  open_samples(file_, "a card");
  EXPECT_THROW(open_samples(file_, "another"), std::runtime_error);
  std::ofstream(file_) << "something else\n";
  EXPECT_THROW(read_samples(file_), std::runtime_error);
}

TEST(Sweeps, TimeTheLikelyOnesAndSomeOthers) {
  std::vector<bench::LayerPlan> plans;
  for (int i = 0; i < 100; ++i)
    plans.push_back({i < 90 ? "A" : "B", std::to_string(i), 1.0 + i, {}});
  const auto picked = plans_to_time(plans, 20);
  EXPECT_LE(picked.size(), 20u);
  EXPECT_GE(picked.size(), 18u);
  const std::set<std::size_t> all(picked.begin(), picked.end());
  EXPECT_EQ(all.size(), picked.size());
  for (std::size_t i = 0; i < 14; ++i) EXPECT_TRUE(all.contains(i)) << i;
  EXPECT_TRUE(all.contains(90));  // the best of the other solver
  const auto others = std::ranges::count_if(all, [](std::size_t i) { return i > 20 && i != 90; });
  EXPECT_GE(others, 3);
  EXPECT_EQ(plans_to_time(plans, 200).size(), 100u);
}

// As the two solvers of 1x1 filters do.
TEST(Sweeps, TimeEqualPlansOfTwoSolversOnce) {
  const std::vector<bench::LayerPlan> plans{{"A", "tile", 1.0, {}, "2,0,0,0"},
                                            {"A", "tile", 2.0, {}, "4,0,0,0"},
                                            {"B", "tile", 1.0, {}, "2,0,0,0"},
                                            {"B", "tile", 3.0, {}, "8,0,0,0"}};
  EXPECT_EQ(plans_to_time(plans, 20), (std::vector<std::size_t>{0, 1, 3}));
}

// Samples whose times are the estimates' with other coefficients: the fit finds them again.
Samples made_up(double compute, bench::ProblemSet set) {
  const DeviceFacts device = rx_5700_xt();
  Samples samples;
  for (const ConvProblem& problem : bench::random_problems(1, 40, {{}}, set, 2e8)) {
    SampledProblem& sampled = samples.problems.emplace_back();
    sampled.problem = problem;
    for (const SolverRow& solver : solver_table()) {
      if (solver.refusal(problem, device)) continue;
      for (const Instance& instance : solver.instances(problem, device)) {
        double clocks = 0;
        const Estimate estimate = solver.estimate(problem, instance, device);
        for (const LaunchCost& launch : estimate.launches()) {
          CostCoefficients coefficients = coefficients_of(launch.family);
          coefficients[0] *= compute;
          clocks += launch.count * clocks_of(launch.terms, coefficients, launch.factor);
        }
        sampled.samples.push_back({clocks / (machine_of(device).core_mhz * 1e3),
                                   std::string(solver.name), std::string(instance.name),
                                   bench::parameters_of(instance)});
      }
    }
  }
  return samples;
}

TEST_F(TunerFiles, FitFindsCoefficientsAgain) {
  std::size_t refused = 0;
  const auto observations = observations_of(made_up(1.5, bench::ProblemSet::kTuning),
                                            bench::ProblemSet::kTuning, refused);
  EXPECT_EQ(refused, 0u);
  std::size_t tuned = 0;
  const auto apart = observations_of(made_up(1.5, bench::ProblemSet::kHeldApart),
                                     bench::ProblemSet::kHeldApart, tuned);
  EXPECT_EQ(tuned, 0u);
  const Fit found = fit(observations, apart);
  EXPECT_EQ(found.apart_after.count(), 40u);
  EXPECT_LT(found.apart_after.mean(), 0.01);
  EXPECT_LE(found.apart_after.mean(), found.apart_before.mean());
  EXPECT_GT(found.rms_before, 0.05);
  EXPECT_LT(found.rms_after, 0.02);
  const auto product = static_cast<std::size_t>(CostFamily::kProduct);
  EXPECT_NEAR(found.families[product].coefficients[0],
              1.5 * coefficients_of(CostFamily::kProduct)[0],
              0.15 * coefficients_of(CostFamily::kProduct)[0]);
  write_table(file_, found, "a card", 40, observations.size());
  std::ifstream stream(file_);
  std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  EXPECT_NE(text.find("on: a card."), std::string::npos);
  EXPECT_NE(text.find("FAMILY(\"product\","), std::string::npos);
}

TEST(Fits, RefuseWhatIsHeldApart) {
  std::size_t refused = 0;
  EXPECT_TRUE(observations_of(made_up(1, bench::ProblemSet::kHeldApart), bench::ProblemSet::kTuning,
                              refused)
                  .empty());
  EXPECT_GT(refused, 40u);
}

}  // namespace
}  // namespace rdna1conv::tuner
