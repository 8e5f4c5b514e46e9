#include "plan_check.h"

#include <optional>
#include <sstream>
#include <string>
#include <utility>

#include "core/driver_line.h"
#include "device/device_query.h"
#include "device/kernel_module.h"
#include "device/prepared_plan.h"
#include "element_type.h"
#include "guarded_run.h"
#include "running_note.h"
#include "tolerance.h"

namespace rdna1conv {
namespace {

// What differs from the reference rounded to the output's type, in words, or nothing.
std::optional<std::string> difference_of(const std::vector<double>& result,
                                         const std::vector<double>& expected, DataType type) {
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double nearest = rounded(type, expected[i]);
    if (result[i] == nearest) continue;
    std::ostringstream text;
    text << "element " << i << " is " << result[i] << ", not exactly " << nearest;
    return text.str();
  }
  return std::nullopt;
}

}  // namespace

DeviceFacts test_device_facts() {
  static const DeviceFacts facts = [] {
    DeviceFacts found = query_device(current_device());
    require_supported(found);
    return found;
  }();
  return facts;
}

struct PlanChecker::State {
  State(const ConvProblem& asked, Values kind)
      : line(to_driver_line(asked)),
        facts(test_device_facts()),
        modules(KernelModules::of_device(current_device())),
        values(kind),
        guarded(asked, kind) {}

  std::vector<double> run(const Plan& plan, const EpilogueScalars& scalars) const {
    const PreparedPlan prepared(plan.launches, modules);
    return guarded.run(plan.workspace_bytes, scalars,
                       [&](const Buffers& buffers) { prepared.launch(nullptr, buffers); });
  }

  std::string name_of(const SolverRow& solver, const Plan& plan) const {
    return line + " -S " + std::string(solver.name) + " (" + std::string(plan.instance) + "): ";
  }

  std::string line;
  DeviceFacts facts;
  std::shared_ptr<KernelModules> modules;
  Values values;
  GuardedRun guarded;
};

PlanChecker::PlanChecker(const ConvProblem& problem, Values values)
    : state_(new State(problem, values)) {}
PlanChecker::~PlanChecker() = default;

const ConvProblem& PlanChecker::problem() const { return state_->guarded.conv_case().problem; }

bool PlanChecker::is_exact(const SolverRow& solver, DataType type, Values values) {
  if (values == Values::kUniform) return false;
  if (solver.algorithm != Algorithm::kWinograd) return true;
  // What leaves the range of fp16 is summed again in fp32, from the inputs themselves.
  if (type == DataType::kHalf) return values == Values::kLarge || values == Values::kSmall;
  return solver.name.find("F4x3") == std::string_view::npos;
}

testing::AssertionResult PlanChecker::check(const SolverRow& solver, const Plan& plan) const {
  const std::string name = state_->name_of(solver, plan);
  note_running(name);
  for (const bool overwrites : {true, false}) {
    if (!overwrites && !problem().epilogue.scaled) continue;
    const EpilogueScalars scalars = scalars_for(problem(), overwrites);
    try {
      const std::vector<double> result = state_->run(plan, scalars);
      const ConvCase& conv_case = state_->guarded.conv_case();
      const std::vector<double> expected = expected_output(conv_case, scalars);
      const auto fault =
          is_exact(solver, problem().x_type, state_->values)
              ? difference_of(result, expected, conv_case.output().type)
              : fault_of(result, expected, tolerance_of(problem(), solver.algorithm));
      if (fault)
        return testing::AssertionFailure() << name << "beta " << scalars.beta << ": " << *fault;
    } catch (const std::exception& error) {
      return testing::AssertionFailure() << name << error.what();
    }
  }
  return testing::AssertionSuccess();
}

testing::AssertionResult PlanChecker::check_repeats(const SolverRow& solver,
                                                    const Plan& plan) const {
  const std::string name = state_->name_of(solver, plan);
  note_running(name);
  const EpilogueScalars scalars = scalars_for(problem(), true);
  try {
    if (state_->run(plan, scalars) == state_->run(plan, scalars))
      return testing::AssertionSuccess();
    return testing::AssertionFailure() << name << "two runs differ";
  } catch (const std::exception& error) {
    return testing::AssertionFailure() << name << error.what();
  }
}

std::vector<PlanChecker::Candidate> PlanChecker::all_plans() const {
  std::vector<Candidate> candidates;
  for (const SolverRow& solver : solver_table()) {
    if (solver.refusal(problem(), state_->facts)) continue;
    for (Plan& plan : make_plans(solver, problem(), state_->facts))
      candidates.push_back({&solver, std::move(plan)});
  }
  return candidates;
}

std::vector<PlanChecker::Candidate> PlanChecker::some_plans(std::uint64_t seed) const {
  std::vector<Candidate> candidates;
  for (const SolverRow& solver : solver_table()) {
    if (solver.refusal(problem(), state_->facts)) continue;
    candidates.push_back({&solver, make_plan(solver, problem(), state_->facts)});
    std::vector<Plan> plans = make_plans(solver, problem(), state_->facts);
    Plan& other = plans[seed % plans.size()];
    if (other.instance != candidates.back().plan.instance)
      candidates.push_back({&solver, std::move(other)});
  }
  return candidates;
}

int PlanChecker::check_all() const {
  const std::vector<Candidate> candidates = all_plans();
  for (const auto& [solver, plan] : candidates) EXPECT_TRUE(check(*solver, plan));
  return static_cast<int>(candidates.size());
}

int PlanChecker::check_some(std::uint64_t seed) const {
  const std::vector<Candidate> candidates = some_plans(seed);
  for (const auto& [solver, plan] : candidates) EXPECT_TRUE(check(*solver, plan));
  return static_cast<int>(candidates.size());
}

}  // namespace rdna1conv
