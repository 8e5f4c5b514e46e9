#include "observers/mutation/trial.h"

#include <algorithm>
#include <random>
#include <set>

#include "core/driver_line.h"
#include "device/device_facts.h"
#include "dispatch/solver_table.h"
#include "observers/checked_dispatch.h"
#include "observers/late_arrival.h"

namespace emulator {
namespace {

using rdna1conv::ConvProblem;
using rdna1conv::Plan;

// A driver line of a problem that takes a workgroup or a few.
std::string random_line(std::mt19937& random) {
  const auto pick = [&](unsigned first, unsigned last) {
    return first + static_cast<unsigned>(random() % (last - first + 1));
  };
  constexpr const char* kWords[] = {"conv", "conv", "convfp16", "convbfp16", "convint8"};
  const std::string word = kWords[pick(0, std::size(kWords) - 1)];
  const unsigned direction = word == "convint8" ? 1 : 1u << pick(0, 2);
  constexpr unsigned kFilters[][2] = {{1, 1}, {1, 1}, {3, 3}, {3, 3}, {1, 3}, {5, 3}, {2, 2}};
  const auto& [filter_h, filter_w] = kFilters[pick(0, std::size(kFilters) - 1)];
  const unsigned stride = pick(0, 3) == 0 ? 2 : 1;
  const unsigned pad_h = pick(0, 1) * (filter_h / 2);
  const unsigned pad_w = pick(0, 1) * (filter_w / 2);
  const bool is_depthwise = pick(0, 4) == 0;
  const unsigned channels = pick(0, 3) == 0 ? pick(8, 40) : pick(1, 9);
  const unsigned outputs = is_depthwise      ? channels * pick(1, 2)
                           : pick(0, 3) == 0 ? pick(8, 40)
                                             : pick(1, 9);
  const auto text = [](const char* option, unsigned value) {
    return std::string(" ") + option + " " + std::to_string(value);
  };
  return word + text("-n", pick(1, 2)) + text("-c", channels) +
         text("-H", pick(filter_h, filter_h + 9)) + text("-W", pick(filter_w, filter_w + 9)) +
         text("-k", outputs) + text("-y", filter_h) + text("-x", filter_w) + text("-p", pad_h) +
         text("-q", pad_w) + text("-u", stride) + text("-v", stride) +
         text("-g", is_depthwise ? channels : 1) + text("-F", direction);
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
  for (unsigned i = 0; i < problems; ++i) {
    const std::string line = random_line(random);
    const ConvProblem problem = rdna1conv::parse_driver_line(line).problem;
    for (const rdna1conv::SolverRow& solver : rdna1conv::solver_table()) {
      if (solver.refusal(problem, device)) continue;
      for (const Plan& plan : solver.plans(problem, device)) {
        trials_.push_back(std::make_unique<Trial>(
            problem, plan,
            line + " -S " + std::string(solver.name) + " (" + std::string(plan.instance) + ")",
            store));
        std::set<std::string> kernels;
        for (const rdna1conv::Launch& launch : plan.launches) kernels.insert(launch.kernel.name);
        for (const std::string& kernel : kernels)
          of_kernel_[kernel].push_back(trials_.back().get());
      }
    }
  }
}

std::vector<Trial*> SmallTrials::of(std::string_view kernel, std::size_t most) const {
  const auto found = of_kernel_.find(kernel);
  if (found == of_kernel_.end()) return {};
  const std::vector<Trial*>& all = found->second;
  return {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min(most, all.size()))};
}

}  // namespace emulator
