#include "plan_check.h"

#include <hip/hip_runtime_api.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/driver_line.h"
#include "device/device_query.h"
#include "device/hip_check.h"
#include "device/prepared_plan.h"

namespace rdna1conv {
namespace {

constexpr std::uint32_t kPoison = 0x7fc0dead;  // a NaN: what nobody wrote
constexpr std::size_t kGuardWords = 1024;      // on either side of a guarded buffer
constexpr std::uint32_t kGuard = 0x7fc0babe;   // a NaN as well: reads of it show too

// Device memory of exactly `words` 32-bit words.
class DeviceWords {
 public:
  explicit DeviceWords(std::size_t words) : words_(words) {
    void* address = nullptr;
    check_hip(hipMalloc(&address, std::max<std::size_t>(words, 1) * 4), "hipMalloc");
    memory_.reset(address);
  }
  void* address() const { return memory_.get(); }

  void upload(const void* from) const {
    check_hip(hipMemcpy(address(), from, words_ * 4, hipMemcpyHostToDevice), "hipMemcpy");
  }
  std::vector<std::uint32_t> download() const {
    std::vector<std::uint32_t> words(words_);
    check_hip(hipMemcpy(words.data(), address(), words_ * 4, hipMemcpyDeviceToHost), "hipMemcpy");
    return words;
  }

 private:
  struct Free {
    void operator()(void* address) const { static_cast<void>(hipFree(address)); }
  };
  std::size_t words_;
  std::unique_ptr<void, Free> memory_;
};

// `words` poisoned words between two guard zones.
class GuardedWords {
 public:
  explicit GuardedWords(std::size_t words) : words_(words), memory_(words + 2 * kGuardWords) {
    std::vector<std::uint32_t> content(words + 2 * kGuardWords, kGuard);
    std::fill_n(content.begin() + kGuardWords, words, kPoison);
    memory_.upload(content.data());
  }
  void* address() const { return static_cast<std::uint32_t*>(memory_.address()) + kGuardWords; }

  // The words, and whether the guard zones are as they were.
  std::vector<std::uint32_t> download(bool& intact) const {
    const std::vector<std::uint32_t> all = memory_.download();
    const auto is_guard = [](std::uint32_t word) { return word == kGuard; };
    const auto first = all.begin() + kGuardWords;
    const auto last = first + static_cast<std::ptrdiff_t>(words_);
    intact = std::all_of(all.begin(), first, is_guard) && std::all_of(last, all.end(), is_guard);
    return {first, last};
  }

 private:
  std::size_t words_;
  DeviceWords memory_;
};

bool same_bits(const std::vector<std::uint32_t>& words, const std::vector<float>& floats) {
  return std::memcmp(words.data(), floats.data(), floats.size() * 4) == 0;
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
  explicit State(const ConvProblem& problem)
      : facts(test_device_facts()),
        modules(KernelModules::of_device(current_device())),
        conv_case(make_case(problem)),
        x(conv_case.x.size()),
        w(conv_case.w.size()) {
    x.upload(conv_case.x.data());
    w.upload(conv_case.w.data());
  }

  // The words of y. Throws Error if the run fails or touches what is not its own.
  std::vector<std::uint32_t> run(const Plan& plan) const {
    const auto require = [](bool condition, const char* what) {
      if (!condition) throw Error(Status::kInternalError, what);
    };
    require(plan.workspace_bytes % 4 == 0, "asks for a workspace of part of a word");
    const GuardedWords y(conv_case.y.size());
    const GuardedWords workspace(plan.workspace_bytes / 4);
    PreparedPlan(plan, modules)
        .launch(nullptr, {x.address(), w.address(), y.address(),
                          plan.workspace_bytes == 0 ? nullptr : workspace.address()});
    check_hip(hipDeviceSynchronize(), "hipDeviceSynchronize");

    bool y_intact = false, workspace_intact = false;
    std::vector<std::uint32_t> words = y.download(y_intact);
    static_cast<void>(workspace.download(workspace_intact));
    require(y_intact, "wrote outside y");
    require(workspace_intact, "wrote outside its workspace");
    require(same_bits(x.download(), conv_case.x), "changed x");
    require(same_bits(w.download(), conv_case.w), "changed w");
    return words;
  }

  DeviceFacts facts;
  std::shared_ptr<KernelModules> modules;
  ConvCase conv_case;
  DeviceWords x, w;
};

PlanChecker::PlanChecker(const ConvProblem& problem) : state_(new State(problem)) {}
PlanChecker::~PlanChecker() = default;

std::string PlanChecker::name_of(const SolverRow& solver, const Plan& plan) const {
  return to_driver_line(state_->conv_case.problem) + " -S " + std::string(solver.name) + " (" +
         std::string(plan.instance) + "): ";
}

testing::AssertionResult PlanChecker::check(const SolverRow& solver, const Plan& plan) const {
  const auto fail = [&] { return testing::AssertionFailure() << name_of(solver, plan); };
  std::vector<std::uint32_t> words;
  try {
    words = state_->run(plan);
  } catch (const std::exception& error) {
    return fail() << error.what();
  }
  const std::vector<double>& reference = state_->conv_case.y;
  const auto unwritten = std::find(words.begin(), words.end(), kPoison);
  if (unwritten != words.end())
    return fail() << "left y[" << unwritten - words.begin() << "] unwritten";
  std::vector<float> result(words.size());
  std::memcpy(result.data(), words.data(), words.size() * 4);
  const auto strange =
      std::find_if(result.begin(), result.end(), [](float value) { return !std::isfinite(value); });
  if (strange != result.end())
    return fail() << "y[" << strange - result.begin() << "] is " << *strange;
  if (std::all_of(result.begin(), result.end(), [](float value) { return value == 0; }) &&
      std::any_of(reference.begin(), reference.end(), [](double value) { return value != 0; }))
    return fail() << "result is all zero";
  const double error = rms_range(result, reference);
  if (!(error <= kFp32Tolerance))
    return fail() << "error " << error << " exceeds " << kFp32Tolerance;
  return testing::AssertionSuccess();
}

testing::AssertionResult PlanChecker::check_repeats(const SolverRow& solver,
                                                    const Plan& plan) const {
  try {
    if (state_->run(plan) == state_->run(plan)) return testing::AssertionSuccess();
    return testing::AssertionFailure() << name_of(solver, plan) << "two runs differ";
  } catch (const std::exception& error) {
    return testing::AssertionFailure() << name_of(solver, plan) << error.what();
  }
}

void PlanChecker::check_all() const {
  const ConvProblem& problem = state_->conv_case.problem;
  for (const SolverRow& solver : solver_table()) {
    if (solver.refusal(problem, state_->facts)) continue;
    for (const Plan& plan : solver.plans(problem, state_->facts)) EXPECT_TRUE(check(solver, plan));
  }
}

}  // namespace rdna1conv
