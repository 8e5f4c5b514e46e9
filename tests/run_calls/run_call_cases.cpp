#include "run_call_cases.h"

#include "core/driver_line.h"
#include "plan_check.h"

namespace rdna1conv {
namespace {

constexpr const char* kLines[] = {
    "conv -n 1 -c 8 -H 7 -W 7 -k 16 -y 3 -x 3 -p 1 -q 1",
    "conv -n 2 -c 16 -H 4 -W 4 -k 16 -y 1 -x 1",
    "conv -n 1 -c 8 -H 6 -W 6 -k 8 -y 3 -x 3 -p 1 -q 1 -g 8",
    "conv -n 1 -c 3 -H 11 -W 9 -k 4 -y 5 -x 5 -p 2 -q 2 -u 2 -v 2",
    "conv -n 1 -c 8 -H 5 -W 5 -k 8 -y 3 -x 3 -p 1 -q 1 -g 2",
    "conv -n 1 -c 8 -H 6 -W 6 -k 16 -y 3 -x 3 -p 1 -q 1 "
    "--in_layout NHWC --fil_layout NHWC --out_layout NHWC",
    "conv -n 1 -c 64 -H 5 -W 5 -k 32 -y 1 -x 1 -u 2 -v 2 -F 4",
    "convfp16 -n 1 -c 8 -H 7 -W 7 -k 16 -y 3 -x 3 -p 1 -q 1",
    "convfp16 -n 2 -c 16 -H 4 -W 4 -k 16 -y 1 -x 1",
    "convfp16 -n 1 -c 8 -H 6 -W 6 -k 8 -y 3 -x 3 -p 1 -q 1 -g 8",
    "convfp16 -n 1 -c 8 -H 6 -W 6 -k 16 -y 3 -x 3 -p 1 -q 1 "
    "--in_layout NHWC --fil_layout NHWC --out_layout NHWC",
    "convbfp16 -n 1 -c 8 -H 5 -W 5 -k 16 -y 3 -x 3 -p 1 -q 1",
    "convint8 -n 1 -c 8 -H 5 -W 5 -k 16 -y 3 -x 3 -p 1 -q 1 -F 1",
    "conv -n 1 -c 4 --in_d 3 -H 5 -W 5 -k 4 --fil_d 3 -y 3 -x 3 --pad_d 1 -p 1 -q 1 --spatial_dim "
    "3",
    "conv -n 1 -c 3 --in_d 3 -H 4 -W 4 -k 4 --fil_d 2 -y 3 -x 3 -p 1 -q 1 --spatial_dim 3 "
    "--epilogue scale",
    "conv -n 1 -c 4 -H 4 -W 4 -k 6 -y 4 -x 4 -p 1 -q 1 -u 2 -v 2 -m trans",
};

}  // namespace

std::vector<ConvProblem> run_call_problems() {
  std::vector<ConvProblem> problems;
  for (const char* line : kLines) {
    const ParsedLine parsed = parse_driver_line(line);
    for (const Direction direction : parsed.directions) {
      problems.push_back(parsed.problem);
      problems.back().direction = direction;
    }
  }
  return problems;
}

std::vector<SolverCase> case_of_each_solver() {
  std::vector<SolverCase> cases;
  const std::vector<ConvProblem> problems = run_call_problems();
  for (const SolverRow& solver : solver_table()) {
    for (const ConvProblem& problem : problems) {
      if (solver.refusal(untransposed(problem), test_device_facts())) continue;
      cases.push_back({&solver, problem});
      break;
    }
  }
  return cases;
}

std::string name_of(const SolverCase& row) {
  return to_driver_line(row.problem) + " -S " + std::string(row.solver->name);
}

}  // namespace rdna1conv
