#include "bench/layer_plans.h"

#include <hip/hip_runtime_api.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <numeric>
#include <random>
#include <vector>

#include "bench/device_memory.h"
#include "device/prepared_plan.h"
#include "dispatch/solver_table.h"
#include "element_type.h"
#include "plan/cost_model.h"

namespace rdna1conv::bench {
namespace {

std::size_t bytes_of_tensor(const FiveDims& lengths, const FiveDims& strides, DataType type) {
  std::int64_t last = 0;
  for (std::size_t i = 0; i < lengths.size(); ++i) last += (lengths[i] - 1) * strides[i];
  return static_cast<std::size_t>(last + 1) * bytes_of(type);
}

// Values of a tensor: these, over and over. Their number is odd, so that none of a power of two lie
// at a distance of one.
constexpr std::size_t kValues = 65521;
std::vector<std::byte> drawn_values(DataType type) {
  std::vector<std::byte> values(kValues * bytes_of(type));
  std::minstd_rand generator(1);
  const double width = type == DataType::kInt8 ? 256 : 1;
  for (std::size_t i = 0; i < kValues; ++i) {
    const double drawn = static_cast<double>(generator()) / std::minstd_rand::max() - 0.5;
    store_element(type, std::floor(drawn * 256) * (width / 256), &values[i * bytes_of(type)]);
  }
  return values;
}

// What a tensor holds matters to the time where sums of fp16 leave its range or are next to
// nothing, which is what Winograd's transforms make of neighbours that are alike. It is copied, for
// of a kernel that fills it the software device may execute a part.
DeviceMemory filled(const FiveDims& lengths, const FiveDims& strides, DataType type) {
  const std::size_t bytes = bytes_of_tensor(lengths, strides, type);
  DeviceMemory memory(bytes);
  const std::vector<std::byte> drawn = drawn_values(type);
  std::vector<std::byte> values(bytes);
  for (std::size_t begin = 0; begin < bytes; begin += drawn.size())
    std::copy_n(drawn.begin(), std::min(drawn.size(), bytes - begin),
                values.begin() + static_cast<std::ptrdiff_t>(begin));
  check_hip(hipMemcpy(memory.data(), values.data(), bytes, hipMemcpyHostToDevice), "a copy");
  return memory;
}
struct Tensors {
  explicit Tensors(const ConvProblem& p)
      : x(filled(p.x_lengths(), p.x_strides, p.x_type)),
        w(filled(p.w_lengths(), p.w_strides, p.w_type)),
        y(filled(p.y_lengths(), p.y_strides, p.y_type)) {}
  DeviceMemory x, w, y;
};

// A launched plan's begin and end. What a clock model makes of a launch is worked out while others
// are executed, so nobody asks before all are.
struct Events {
  std::unique_ptr<DeviceEvent> start = std::make_unique<DeviceEvent>();
  std::unique_ptr<DeviceEvent> stop = std::make_unique<DeviceEvent>();
};

// The fastest of a card's runs counts, after one whose caches and clocks are cold; the software
// device's one run is exact.
constexpr int kRunsOnCard = 3;

std::vector<Events> launched(const Plan& plan, const Tensors& tensors,
                             const std::shared_ptr<KernelModules>& modules, bool software) {
  const DeviceMemory workspace(std::max<std::size_t>(plan.workspace_bytes, 1));
  const PreparedPlan prepared(plan.launches, modules);
  Buffers buffers;
  buffers.x = tensors.x.data();
  buffers.w = tensors.w.data();
  buffers.y = tensors.y.data();
  buffers.workspace = workspace.data();
  // No plan finds in the caches what the one before left there.
  if (software) {
    displace_modelled_caches();
  } else {
    prepared.launch(nullptr, buffers);
  }
  std::vector<Events> runs(software ? 1 : kRunsOnCard);
  for (const Events& run : runs) {
    run.start->record();
    prepared.launch(nullptr, buffers);
    run.stop->record();
  }
  check_hip(hipDeviceSynchronize(), "hipDeviceSynchronize");
  return runs;
}

// The software device executes only what its clock looks at, while this lives; but of fp16 all: its
// sums say which way a kernel goes, and panels and transformed filters come from kernels that the
// clock alone need not carry out.
class ExecutesForTimes {
 public:
  explicit ExecutesForTimes(const ConvProblem& problem) {
    execute_modelled_only(problem.x_type != DataType::kHalf);
  }
  ~ExecutesForTimes() { execute_modelled_only(false); }
  ExecutesForTimes(const ExecutesForTimes&) = delete;
  ExecutesForTimes& operator=(const ExecutesForTimes&) = delete;
};

struct Candidate {
  const SolverRow* solver;
  Instance instance;
};

// The rows of `found` are those of `candidates`.
LayerPlans candidates_of(const BenchDevice& device, const ConvProblem& problem,
                         const std::string& solver_name, std::vector<Candidate>& candidates) {
  LayerPlans found;
  for (const SolverRow& solver : solver_table()) {
    if (!solver_name.empty() ? solver.name != solver_name : solver.id == solver_table().back().id)
      continue;
    if (const auto reason = solver.refusal(problem, device.facts)) {
      found.refusals.push_back({std::string(solver.name), *reason});
      continue;
    }
    for (const Instance& instance : solver.instances(problem, device.facts)) {
      LayerPlan& row = found.plans.emplace_back();
      row.solver = solver.name;
      row.instance = instance.name;
      row.parameters = parameters_of(instance);
      row.estimate_seconds = clocks_to_milliseconds(instance.estimated_clocks, device.facts) * 1e-3;
      candidates.push_back({&solver, instance});
    }
  }
  return found;
}

}  // namespace

bool run_the_same(const LayerPlan& a, const LayerPlan& b) {
  return a.instance == b.instance && a.parameters == b.parameters &&
         a.estimate_seconds == b.estimate_seconds;
}

std::string parameters_of(const Instance& instance) {
  std::string text;
  for (const std::uint32_t parameter : instance.parameters)
    text += (text.empty() ? "" : ",") + std::to_string(parameter);
  return text;
}

LayerPlans plans_of(const BenchDevice& device, const Layer& layer, const std::string& solver_name) {
  std::vector<Candidate> candidates;
  return candidates_of(device, untransposed(layer.problem), solver_name, candidates);
}

LayerPlans timed_plans_of(const BenchDevice& device, const Layer& layer,
                          const std::string& solver_name,
                          const std::shared_ptr<KernelModules>& modules, const WhichPlans& which) {
  const ConvProblem problem = untransposed(layer.problem);
  std::vector<Candidate> candidates;
  LayerPlans found = candidates_of(device, problem, solver_name, candidates);
  std::vector<std::size_t> picked(candidates.size());
  std::iota(picked.begin(), picked.end(), std::size_t{0});
  if (which) picked = which(found.plans);
  const Tensors tensors(problem);
  const ExecutesForTimes executes(problem);
  std::vector<std::vector<Events>> events;
  for (const std::size_t number : picked) {
    const Candidate& candidate = candidates.at(number);
    const Plan plan = plan_of(*candidate.solver, problem, candidate.instance);
    events.push_back(launched(plan, tensors, modules, device.software));
  }
  for (std::size_t i = 0; i < events.size(); ++i) {
    double best = std::numeric_limits<double>::infinity();
    for (const Events& run : events[i])
      best = std::min(best, DeviceEvent::seconds_between(*run.start, *run.stop));
    found.plans[picked[i]].seconds = best;
  }
  return found;
}

}  // namespace rdna1conv::bench
