// Verifies convolutions on the device, from tables of driver lines and from random numbers.
#include <CLI/CLI.hpp>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "api_check.h"
#include "core/driver_line.h"
#include "core/element_types.h"
#include "coverage.h"
#include "plan_check.h"
#include "problem_generator.h"

namespace rdna1conv {
namespace {

struct Options {
  std::vector<std::string> tables;
  std::vector<std::string> lines;
  std::vector<DataType> types;
  double products = 3e5;
  bool full = false, all_directions = false, all_plans = false, api = false, verbose = false;
  std::uint64_t every = 1, offset = 0;
  std::uint64_t seed = 1, count = 0;
  std::string solver;
};

// Those that every direction has.
const std::map<std::string, DataType> kTypeNames = [] {
  std::map<std::string, DataType> types;
  for (const ElementTypes& row : float_types()) types.emplace(name_of(row.in), row.in);
  return types;
}();

Options parse(int argc, char** argv) {
  Options options;
  CLI::App app{"Verifies convolutions on the device against double precision."};
  app.add_option("tables", options.tables, "files of driver lines");
  app.add_option("--line", options.lines, "one driver line, quoted");
  app.add_option("--types", options.types,
                 "types that lines in fp32 take in turn: " + float_types_text())
      ->transform(CLI::CheckedTransformer(kTypeNames))
      ->delimiter(',');
  app.add_flag_callback(
      "--all-types",
      [&options] {
        for (const ElementTypes& row : float_types()) options.types.push_back(row.in);
      },
      "the same with all of these");
  app.add_option("--products", options.products,
                 "cut lines of tables to so many products, keeping remainders of lengths; "
                 "limit of random problems");
  app.add_flag("--full", options.full, "lines of tables as they are");
  app.add_flag("--all-directions", options.all_directions,
               "lines of tables in every direction, whatever their -F says");
  app.add_option("--every", options.every, "of the tables' problems only each N-th");
  app.add_option("--offset", options.offset, "the first of these");
  app.add_option("--seed", options.seed, "the first random problem");
  app.add_option("--count", options.count, "how many random problems");
  app.add_option("--solver", options.solver, "this solver alone");
  app.add_flag("--all-plans", options.all_plans,
               "every instance of every solver, not the best and another one");
  app.add_flag("--api", options.api, "also by MIOpen's calls: what Find and immediate mode offer");
  app.add_flag("--verbose", options.verbose, "print each problem before it runs");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  return options;
}

const std::vector<Direction> kAllDirections{Direction::kForward, Direction::kBackwardData,
                                            Direction::kBackwardWeights};

class Verifier {
 public:
  explicit Verifier(const Options& options) : options_(options) {}

  // `seed` chooses the instances; `origin` says where the problem comes from.
  void verify(const ConvProblem& problem, std::uint64_t seed, const std::string& origin) {
    const std::string line = to_driver_line(problem);
    if (options_.verbose) std::cout << line << " # " << origin << std::endl;
    try {
      const PlanChecker checker(problem);
      int plans = 0;
      bool passed = true;
      for (const auto& [solver, plan] :
           options_.all_plans ? checker.all_plans() : checker.some_plans(seed)) {
        if (!options_.solver.empty() && solver->name != options_.solver) continue;
        ++plans;
        const testing::AssertionResult result = checker.check(*solver, plan);
        if (result) continue;
        passed = false;
        fail(result.message(), origin);
        shrink(problem, *solver, plan.instance);
      }
      if (options_.api) {
        const std::string fault = fault_of_api(problem, static_cast<unsigned>(seed));
        if (!fault.empty()) {
          passed = false;
          fail(line + " by the API: " + fault, origin);
        } else {
          ++by_api_;
        }
      }
      if (plans == 0 && options_.solver.empty()) {
        fail(line + ": no solver takes it", origin);
        passed = false;
      }
      if (passed && plans > 0) coverage_.add(problem, plans);
    } catch (const std::exception& error) {
      fail(line + ": " + error.what(), origin);
    }
  }

  int finish() const {
    coverage_.print(std::cout);
    if (options_.api) std::cout << by_api_ << " problems verified by the API as well\n";
    std::cout << failures_ << " failures" << std::endl;
    return failures_ == 0 ? 0 : 1;
  }

 private:
  void fail(const std::string& text, const std::string& origin) {
    ++failures_;
    std::cout << "FAILED " << text << " # " << origin << std::endl;
  }

  void shrink(const ConvProblem& problem, const SolverRow& solver,
              std::string_view instance) const {
    const auto fails = [&](const ConvProblem& candidate) -> bool {
      try {
        const PlanChecker checker(candidate);
        if (solver.refusal(checker.problem(), test_device_facts())) return false;
        for (const Plan& plan : make_plans(solver, checker.problem(), test_device_facts())) {
          if (plan.instance == instance) return !checker.check(solver, plan);
        }
      } catch (const std::exception&) {
      }
      return false;
    };
    const ConvProblem smallest = shrunk(problem, fails);
    std::cout << "  smallest like it: " << to_driver_line(smallest) << " -S " << solver.name << " ("
              << instance << ")" << std::endl;
  }

  const Options& options_;
  Coverage coverage_;
  int by_api_ = 0;
  int failures_ = 0;
};

// Every direction of every line.
void verify_table(const std::string& path, const Options& options, Verifier& verifier) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::string line;
  std::uint64_t problems = 0;
  for (std::uint64_t number = 1; std::getline(file, line); ++number) {
    if (is_blank_line(line)) continue;
    const ParsedLine parsed = parse_driver_line(line);
    for (const Direction direction : options.all_directions ? kAllDirections : parsed.directions) {
      const std::uint64_t index = problems++;
      if (index % options.every != options.offset % options.every) continue;
      ConvProblem problem = parsed.problem;
      problem.direction = direction;
      if (problem.is_all(DataType::kFloat) && !options.types.empty()) {
        // By line and direction, so that every direction meets every type.
        problem.x_type = problem.w_type = problem.y_type =
            options.types[(number + static_cast<std::uint64_t>(direction)) % options.types.size()];
      }
      if (!options.full) problem = scaled_down(problem, options.products);
      verifier.verify(problem, index, path + ":" + std::to_string(number));
    }
  }
}

int run(const Options& options) {
  static_cast<void>(test_device_facts());  // says so if there is no device
  Verifier verifier(options);
  for (const std::string& table : options.tables) verify_table(table, options, verifier);
  for (const std::string& line : options.lines) {
    const ParsedLine parsed = parse_driver_line(line);
    for (const Direction direction : parsed.directions) {
      ConvProblem problem = parsed.problem;
      problem.direction = direction;
      verifier.verify(problem, 0, "--line");
    }
  }
  for (std::uint64_t seed = options.seed; seed < options.seed + options.count; ++seed) {
    verifier.verify(random_problem(seed, options.products), seed,
                    "--seed " + std::to_string(seed) + " --count 1");
  }
  return verifier.finish();
}

}  // namespace
}  // namespace rdna1conv

int main(int argc, char** argv) {
  // Calls that have to be refused are not worth a line each.
  setenv("MIOPEN_LOG_LEVEL", "1", 0);
  try {
    return rdna1conv::run(rdna1conv::parse(argc, argv));
  } catch (const std::exception& error) {
    std::cerr << "verify_problems: " << error.what() << "\n";
    return 2;
  }
}
