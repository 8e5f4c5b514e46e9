#include "observers/mutation/trial.h"

#include <algorithm>
#include <random>
#include <set>

#include "core/driver_line.h"
#include "dispatch/solver_table.h"
#include "observers/checked_dispatch.h"
#include "observers/late_arrival.h"
#include "plan/device_facts.h"

namespace emulator {
namespace {

using rdna1conv::ConvProblem;
using rdna1conv::Plan;

// Problems that fill what random ones seldom fill.
constexpr const char* kFullLines[] = {
    // An image of one Winograd tile, F(4, 3) and F(2, 3): each element is loaded once.
    "conv -n 1 -c 2 -H 6 -W 6 -k 2 -y 3 -x 3 -F 1",
    "conv -n 1 -c 2 -H 4 -W 4 -k 2 -y 3 -x 3 -F 1",
    // Reductions of 57 to 64 terms: the implicit GEMM's two tables of places, all of them read.
    "conv -n 1 -c 7 -H 5 -W 4 -k 3 -y 3 -x 3 -p 1 -q 1 -F 1",
    "conv -n 1 -c 3 -H 5 -W 4 -k 7 -y 3 -x 3 -p 1 -q 1 -F 2",
    "conv -n 1 -c 3 -H 8 -W 8 -k 5 -y 3 -x 3 -p 1 -q 1 -F 4",
    "convfp16 -n 1 -c 7 -H 5 -W 4 -k 3 -y 3 -x 3 -p 1 -q 1 -F 1",
    "convfp16 -n 1 -c 3 -H 5 -W 4 -k 7 -y 3 -x 3 -p 1 -q 1 -F 2",
    "convfp16 -n 1 -c 3 -H 8 -W 8 -k 5 -y 3 -x 3 -p 1 -q 1 -F 4",
    "convbfp16 -n 1 -c 7 -H 5 -W 4 -k 3 -y 3 -x 3 -p 1 -q 1 -F 1",
    "convbfp16 -n 1 -c 3 -H 5 -W 4 -k 7 -y 3 -x 3 -p 1 -q 1 -F 2",
    "convbfp16 -n 1 -c 3 -H 8 -W 8 -k 5 -y 3 -x 3 -p 1 -q 1 -F 4",
    "convint8 -n 1 -c 7 -H 5 -W 4 -k 3 -y 3 -x 3 -p 1 -q 1 -F 1",
};

// A driver line of a problem that takes a workgroup or a few.
std::string random_line(std::mt19937& random) {
  const auto any_of = [&](const auto& values) { return values[random() % std::size(values)]; };
  constexpr const char* kWords[] = {"conv", "conv", "convfp16", "convbfp16", "convint8"};
  const std::string word = any_of(kWords);
  const unsigned direction = word == "convint8" ? 1 : 1u << random() % 3;
  struct Filter {
    unsigned h, w;
  };
  constexpr Filter kFilters[] = {{1, 1}, {1, 1}, {3, 3}, {3, 3}, {1, 3}, {5, 3}, {2, 2}};
  const Filter filter = any_of(kFilters);
  constexpr unsigned kStrides[] = {1, 1, 1, 2};
  const unsigned stride = any_of(kStrides);
  // Lengths that fill tiles, and lengths that do not. Images hold one tile, or one and a bit.
  constexpr unsigned kChannels[] = {1, 2, 3, 4, 5, 7, 8, 8, 9, 16, 16, 24, 32, 37};
  constexpr unsigned kLonger[] = {0, 1, 1, 2, 2, 3, 3, 4, 5, 7, 9};
  const bool is_depthwise = random() % 5 == 0;
  const unsigned channels = any_of(kChannels);
  const unsigned outputs = is_depthwise ? channels * (1 + random() % 2) : any_of(kChannels);
  const auto text = [](const char* option, unsigned value) {
    return std::string(" ") + option + " " + std::to_string(value);
  };
  return word + text("-n", 1 + random() % 2) + text("-c", channels) +
         text("-H", filter.h + any_of(kLonger)) + text("-W", filter.w + any_of(kLonger)) +
         text("-k", outputs) + text("-y", filter.h) + text("-x", filter.w) +
         text("-p", random() % 2 * (filter.h / 2)) + text("-q", random() % 2 * (filter.w / 2)) +
         text("-u", stride) + text("-v", stride) + text("-g", is_depthwise ? channels : 1) +
         text("-F", direction) +
         (random() % 3 == 0 ? " --in_layout NHWC --fil_layout NHWC --out_layout NHWC" : "");
}

}  // namespace

Trial::Trial(const ConvProblem& problem, const Plan& plan, std::string name, KernelStore& store)
    : problem_(problem), plan_(plan), name_(std::move(name)), store_(store) {}

std::string Trial::examine() {
  PlanRunner runner = make_runner();
  expected_ = runner.run(nullptr);
  if (!expected_.fault.empty()) return expected_.fault;
  if (!(runner.run(make_late_arrival) == expected_))
    return "differs when memory operations are late";
  const Outcome checked = runner.run(make_enabled_checks);
  if (!checked.fault.empty()) return checked.fault;
  if (!(checked == expected_)) return "differs under checks";
  unused_ = *runner.unused_data();
  return {};
}

const std::string& Trial::complaint() {
  std::call_once(once_, [this] { complaint_ = examine(); });
  return complaint_;
}

Found Trial::find(PlanRunner& runner, const Change& change) const {
  if (!runner.run(make_enabled_checks, change).fault.empty()) return Found::kByCheck;
  const auto unused = runner.unused_data(change);
  if (!unused) return Found::kByCheck;
  const bool is_new = (unused_.output == 0 && unused->output != 0) ||
                      (unused_.input == 0 && unused->input != 0) ||
                      (unused_.workspace == 0 && unused->workspace != 0) ||
                      !std::ranges::includes(unused_.lds_stores, unused->lds_stores);
  return is_new ? Found::kByUnusedData : Found::kNot;
}

SmallTrials::SmallTrials(unsigned problems, std::uint32_t seed, KernelStore& store) {
  std::mt19937 random(seed);
  const rdna1conv::DeviceFacts device = rdna1conv::rx_5700_xt();
  std::vector<std::string> lines(std::begin(kFullLines), std::end(kFullLines));
  for (unsigned i = 0; i < problems; ++i) lines.push_back(random_line(random));
  for (const std::string& line : lines) {
    const ConvProblem problem = rdna1conv::parse_driver_line(line).problem;
    for (const rdna1conv::SolverRow& solver : rdna1conv::solver_table()) {
      if (solver.refusal(problem, device)) continue;
      for (const Plan& plan : make_plans(solver, problem, device)) {
        std::set<std::string> kernels;
        for (const rdna1conv::Launch& launch : plan.launches) kernels.insert(launch.kernel.name);
        std::erase_if(kernels, [&](const std::string& kernel) {
          return of_kernel_[kernel].size() >= kMostOfAKernel;
        });
        if (kernels.empty()) continue;
        trials_.push_back(std::make_unique<Trial>(
            problem, plan,
            line + " -S " + std::string(solver.name) + " (" + std::string(plan.instance) + ")",
            store));
        for (const std::string& kernel : kernels)
          of_kernel_[kernel].push_back(trials_.back().get());
      }
    }
  }
}

std::vector<Trial*> SmallTrials::of(std::string_view kernel) const {
  const auto found = of_kernel_.find(kernel);
  return found == of_kernel_.end() ? std::vector<Trial*>() : found->second;
}

}  // namespace emulator
