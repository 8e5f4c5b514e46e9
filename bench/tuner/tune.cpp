// tune: fits the dispatcher's estimates to what the device at hand takes. `./run tune` does all of
// it; docs/tuning.md says how.

#include <CLI/CLI.hpp>
#include <iostream>
#include <thread>

#include "bench/random_problems.h"
#include "bench/tuner/fit.h"
#include "bench/tuner/judge.h"
#include "bench/tuner/samples.h"
#include "bench/tuner/sweep.h"
#include "bench/workload.h"

namespace rdna1conv::tuner {
namespace {

using bench::ProblemSet;

struct Options {
  std::filesystem::path log = "tuning-samples.txt";
  std::int64_t problems = 100;
  std::uint64_t seed = 1;
  unsigned jobs = std::max(1u, std::thread::hardware_concurrency());
  std::size_t instances = 20;
  double most_gflop = 0.5;
  bool held_apart = false, anew = false;
  std::vector<std::string> networks;
};

// Of fp32 in all directions, and forward in fp16 and NHWC, in turns.
const std::vector<bench::RandomKind> kKinds{
    {DataType::kFloat, Direction::kForward, Layout::kNchw},
    {DataType::kFloat, Direction::kBackwardData, Layout::kNchw},
    {DataType::kFloat, Direction::kForward, Layout::kNchw},
    {DataType::kFloat, Direction::kBackwardWeights, Layout::kNchw},
    {DataType::kHalf, Direction::kForward, Layout::kNchw},
    {DataType::kFloat, Direction::kForward, Layout::kNhwc}};

std::vector<ConvProblem> problems_of(const Options& options) {
  const ProblemSet set = options.held_apart ? ProblemSet::kHeldApart : ProblemSet::kTuning;
  std::vector<ConvProblem> problems =
      bench::random_problems(options.seed, options.problems, kKinds, set, options.most_gflop * 1e9);
  for (const std::string& network : options.networks) {
    for (const bench::Layer& layer :
         bench::load_workload(network, bench::networks_directory(), std::cin).layers)
      problems.push_back(layer.problem);
  }
  return problems;
}

void fit_table(const std::filesystem::path& log, const std::filesystem::path& table,
               const std::filesystem::path& residuals,
               const std::vector<std::filesystem::path>& held_apart) {
  const Samples samples = read_samples(log);
  std::size_t refused = 0;
  const std::vector<Observation> observations =
      observations_of(samples, ProblemSet::kTuning, refused);
  if (observations.empty()) throw std::runtime_error(log.string() + " has no samples to fit");
  if (refused > 0) std::cout << refused << " samples are of problems held apart and are not used\n";
  if (!residuals.empty()) write_residuals(residuals, observations);
  std::vector<Observation> apart;
  for (const std::filesystem::path& file : held_apart) {
    std::size_t tuned = 0;
    const std::size_t before = apart.empty() ? 0 : apart.back().problem + 1;
    for (Observation& each : observations_of(read_samples(file), ProblemSet::kHeldApart, tuned)) {
      each.problem += before;
      apart.push_back(std::move(each));
    }
  }
  const Fit found = fit(observations, apart);
  write_table(table, found, samples.device, samples.problems.size(), observations.size());
  std::printf(
      "%zu samples of %zu problems; errors of the logarithm of time, rms: %.3f with the "
      "table that is compiled in, %.3f with the new one\n",
      observations.size(), samples.problems.size(), found.rms_before, found.rms_after);
  for (std::size_t family = 0; family < found.families.size(); ++family) {
    const FamilyFit& row = found.families[family];
    if (row.samples == 0) continue;
    std::printf("  %-18s %5zu samples, rms %.3f\n",
                std::string(name_of(static_cast<CostFamily>(family))).c_str(), row.samples,
                row.rms);
  }
  if (!apart.empty()) {
    std::cout << "regret on problems held apart, before: " << found.apart_before.summary()
              << "\n                               after:  " << found.apart_after.summary() << "\n";
  }
  std::cout << "wrote " << table.string() << "\n";
}

int run(int argc, char** argv) {
  CLI::App app("tune: fits the dispatcher's estimates to what the device at hand takes");
  app.require_subcommand(1);
  Options options;
  const auto add_log = [&](CLI::App* command) {
    command->add_option("--log", options.log, "the file of samples")->capture_default_str();
  };
  CLI::App* const sweep_command =
      app.add_subcommand("sweep", "time instances of problems; goes on with the file of samples");
  add_log(sweep_command);
  sweep_command->add_option("--problems", options.problems, "so many random ones")
      ->capture_default_str();
  sweep_command->add_option("--seed", options.seed)->capture_default_str();
  sweep_command->add_option("--jobs", options.jobs, "processes, on the software device")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  sweep_command->add_option("--instances", options.instances, "of a problem, at most")
      ->capture_default_str();
  sweep_command->add_option("--most-gflop", options.most_gflop, "of a problem")
      ->capture_default_str();
  sweep_command->add_flag("--held-apart", options.held_apart,
                          "problems to judge by, which fit refuses");
  sweep_command->add_flag("--anew", options.anew, "begin the file of samples again");
  sweep_command->add_option("networks", options.networks, "networks or files of lines as well");
  std::filesystem::path table = RDNA1CONV_COST_TABLE;
  CLI::App* const fit_command = app.add_subcommand(
      "fit", "write the table of coefficients that fits a file of samples; then build again");
  add_log(fit_command);
  fit_command->add_option("--table", table, "the table")->capture_default_str();
  std::filesystem::path residuals;
  fit_command->add_option("--residuals", residuals,
                          "a file for the terms and the error of each sample, by the table that is "
                          "compiled in");
  std::vector<std::filesystem::path> apart;
  fit_command->add_option("--judge-by", apart,
                          "files of samples held apart: what choices lose by the new table");
  CLI::App* const judge_command = app.add_subcommand(
      "judge", "regret and errors of the library's estimates on a file of samples");
  add_log(judge_command);
  std::size_t worst = 5;
  judge_command->add_option("--worst", worst, "problems to show, those with most regret")
      ->capture_default_str();
  double most_mean = 1e9, most_worst = 1e9;
  judge_command->add_option("--most-mean", most_mean, "exit status 1 if regret is more, percent");
  judge_command->add_option("--most-worst", most_worst, "the same of the worst problem");
  CLI11_PARSE(app, argc, argv);
  if (sweep_command->parsed()) {
    if (options.anew) std::filesystem::remove(options.log);
    sweep(problems_of(options), {options.log, options.jobs, options.instances});
  } else if (fit_command->parsed()) {
    fit_table(options.log, table, residuals, apart);
  } else {
    const Judgement judgement = judge(read_samples(options.log), worst, std::cout);
    if (100 * judgement.all.mean() > most_mean || 100 * judgement.all.worst() > most_worst) {
      std::cout << "regret is over its limits\n";
      return 1;
    }
  }
  return 0;
}

}  // namespace
}  // namespace rdna1conv::tuner

int main(int argc, char** argv) try {
  return rdna1conv::tuner::run(argc, argv);
} catch (const std::exception& error) {
  std::fprintf(stderr, "tune: %s\n", error.what());
  return 2;
}
