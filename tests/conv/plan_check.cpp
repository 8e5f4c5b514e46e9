#include "plan_check.h"

#include <hip/hip_runtime_api.h>
#include <unistd.h>

#include <csignal>
#include <optional>
#include <utility>

#include "conv_case.h"
#include "core/driver_line.h"
#include "device/device_query.h"
#include "device/hip_check.h"
#include "device/kernel_module.h"
#include "device/prepared_plan.h"
#include "guarded_tensor.h"
#include "tolerance.h"

namespace rdna1conv {
namespace {

// What runs, for the message of a run that ends the process: the software device aborts at a fault.
char running[4096];

extern "C" void print_running(int signal) {
  static_cast<void>(!write(STDERR_FILENO, running, std::char_traits<char>::length(running)));
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void note_running(const std::string& name) {
  static const auto previous = std::signal(SIGABRT, print_running);
  static_cast<void>(previous);
  const std::string text = "while running " + name + "\n";
  text.copy(running, sizeof running - 1);
  running[std::min(text.size(), sizeof running - 1)] = '\0';
}

std::optional<GuardedTensor> input(const StridedTensor& tensor, std::span<const float> values,
                                   std::int64_t misalignment = 0) {
  if (values.empty()) return std::nullopt;
  return std::optional<GuardedTensor>(std::in_place, tensor, GuardedTensor::Use::kRead, values,
                                      misalignment);
}

// A packed list of one value a channel, or a channel and pixel.
std::optional<GuardedTensor> list(DataType type, std::span<const float> values) {
  return input({type, {1, 1, 1, 1, static_cast<std::int64_t>(values.size())}, {1, 1, 1, 1, 1}},
               values);
}

std::byte* address_of(const std::optional<GuardedTensor>& tensor) {
  return tensor ? tensor->address() : nullptr;
}

}  // namespace

DeviceFacts test_device_facts() {
  static const DeviceFacts facts = [] {
    const DeviceFacts found = query_device(current_device());
    require_supported(found);
    return found;
  }();
  return facts;
}

struct PlanChecker::State {
  explicit State(const ConvProblem& asked)
      : line(to_driver_line(asked)),
        facts(test_device_facts()),
        modules(KernelModules::of_device(current_device())),
        conv_case(make_case(asked)),
        // An even chance of each: aligned plans and views that begin anywhere are both usual.
        misalignment(static_cast<std::int64_t>(hash_of(asked) >> 7 & 1)),
        x(input(x_tensor(conv_case.problem), conv_case.x, misalignment)),
        w(input(w_tensor(conv_case.problem), conv_case.w, misalignment)),
        y(input(y_tensor(conv_case.problem), conv_case.y, misalignment)),
        z(input(conv_case.output(), conv_case.z, misalignment)),
        bias(list(conv_case.output().type, conv_case.bias)),
        norm_scale(list(DataType::kFloat, conv_case.norm_scale)),
        norm_shift(list(DataType::kFloat, conv_case.norm_shift)),
        norm_mean(list(DataType::kFloat, conv_case.norm_mean)),
        norm_variance(list(DataType::kFloat, conv_case.norm_variance)) {}

  // The result in N, C, D, H, W order. Throws Error if the run fails or touches what is not its
  // own.
  std::vector<double> run(const Plan& plan, const EpilogueScalars& scalars) const {
    const bool reads_output = scalars.beta != 0 && conv_case.problem.epilogue.scaled;
    const GuardedTensor output(
        conv_case.output(), GuardedTensor::Use::kWrite,
        reads_output ? std::span<const float>(conv_case.output_before) : std::span<const float>(),
        misalignment);
    std::optional<GuardedWorkspace> workspace;
    if (plan.workspace_bytes > 0) workspace.emplace(plan.workspace_bytes);

    Buffers buffers;
    const Direction direction = conv_case.problem.direction;
    buffers.x = direction == Direction::kBackwardData ? output.address() : address_of(x);
    buffers.w = direction == Direction::kBackwardWeights ? output.address() : address_of(w);
    buffers.y = direction == Direction::kForward ? output.address() : address_of(y);
    buffers.workspace = workspace ? workspace->address() : nullptr;
    buffers.bias = address_of(bias);
    buffers.z = address_of(z);
    buffers.norm_scale = address_of(norm_scale);
    buffers.norm_shift = address_of(norm_shift);
    buffers.norm_mean = address_of(norm_mean);
    buffers.norm_variance = address_of(norm_variance);
    buffers.scalars = scalars;
    PreparedPlan(plan, modules).launch(nullptr, buffers);
    check_hip(hipDeviceSynchronize(), "hipDeviceSynchronize");

    if (workspace && !workspace->has_canaries())
      throw Error(Status::kInternalError, "wrote outside its workspace");
    for (const auto& [tensor, name] :
         {std::pair{&x, "x"}, {&w, "w"}, {&y, "y"}, {&z, "z"}, {&bias, "bias"}}) {
      if (*tensor && !(*tensor)->is_unchanged())
        throw Error(Status::kInternalError, std::string("changed ") + name);
    }
    return output.stored_values();
  }

  std::string name_of(const SolverRow& solver, const Plan& plan) const {
    return line + " -S " + std::string(solver.name) + " (" + std::string(plan.instance) + "): ";
  }

  std::string line;
  DeviceFacts facts;
  std::shared_ptr<KernelModules> modules;
  ConvCase conv_case;
  std::int64_t misalignment;
  std::optional<GuardedTensor> x, w, y, z, bias, norm_scale, norm_shift, norm_mean, norm_variance;
};

PlanChecker::PlanChecker(const ConvProblem& problem) : state_(new State(problem)) {}
PlanChecker::~PlanChecker() = default;

const ConvProblem& PlanChecker::problem() const { return state_->conv_case.problem; }

testing::AssertionResult PlanChecker::check(const SolverRow& solver, const Plan& plan) const {
  const std::string name = state_->name_of(solver, plan);
  note_running(name);
  for (const bool overwrites : {true, false}) {
    if (!overwrites && !problem().epilogue.scaled) continue;
    const EpilogueScalars scalars = scalars_for(problem(), overwrites);
    try {
      const std::vector<double> result = state_->run(plan, scalars);
      const auto fault = fault_of(result, expected_output(state_->conv_case, scalars),
                                  tolerance_of(problem(), solver.algorithm));
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

int PlanChecker::check_all() const {
  int checked = 0;
  for (const SolverRow& solver : solver_table()) {
    if (solver.refusal(problem(), state_->facts)) continue;
    for (const Plan& plan : solver.plans(problem(), state_->facts)) {
      EXPECT_TRUE(check(solver, plan));
      ++checked;
    }
  }
  return checked;
}

int PlanChecker::check_sample(std::uint64_t seed) const {
  int checked = 0;
  for (const SolverRow& solver : solver_table()) {
    if (solver.refusal(problem(), state_->facts)) continue;
    const Plan best = make_plan(solver, problem(), state_->facts);
    EXPECT_TRUE(check(solver, best));
    ++checked;
    const std::vector<Plan> plans = solver.plans(problem(), state_->facts);
    const Plan& other = plans[seed % plans.size()];
    if (other.instance == best.instance) continue;
    EXPECT_TRUE(check(solver, other));
    ++checked;
  }
  return checked;
}

}  // namespace rdna1conv
