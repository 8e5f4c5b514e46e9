#include "bench/tuner/sweep.h"

#include <hip/hip_runtime_api.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <numeric>
#include <set>
#include <stdexcept>

#include "bench/device_memory.h"
#include "bench/progress_bar.h"
#include "bench/tuner/samples.h"
#include "core/driver_line.h"

namespace rdna1conv::tuner {
namespace {

std::string text_of(const bench::BenchDevice& device) {
  if (!device.software) return device.facts.name + ", measured";
  return device.facts.name + ", modelled, clock " + (device.clock ? device.clock->name : "off");
}

// The plans to time that the file does not have.
std::vector<std::size_t> missing_plans(const std::vector<bench::LayerPlan>& plans,
                                       const SampledProblem* known, std::size_t most) {
  std::vector<std::size_t> picked = plans_to_time(plans, most);
  if (known == nullptr) return picked;
  std::erase_if(picked, [&](std::size_t i) {
    return std::ranges::any_of(known->samples, [&](const Sample& sample) {
      return sample.solver == plans[i].solver && sample.instance == plans[i].instance &&
             sample.parameters == plans[i].parameters;
    });
  });
  return picked;
}

// Every `jobs`-th problem from `share` on. Writes a byte to `done` for each.
void work(const std::vector<ConvProblem>& problems, const SweepOptions& options, unsigned share,
          int done) {
  const bench::BenchDevice device = bench::open_device();
  if (!device.has_times()) throw std::runtime_error("the software device's clock is off");
  int current = 0;
  bench::check_hip(hipGetDevice(&current), "hipGetDevice");
  const auto modules = KernelModules::of_device(current);
  const Samples samples = read_samples(options.log);
  std::map<std::string, const SampledProblem*> known;
  for (const SampledProblem& each : samples.problems) known[to_driver_line(each.problem)] = &each;
  for (std::size_t i = share; i < problems.size(); i += options.jobs) {
    bench::Layer layer;
    layer.problem = problems[i];
    const auto found = known.find(to_driver_line(problems[i]));
    const bench::LayerPlans timed = bench::timed_plans_of(
        device, layer, "", modules, [&](const std::vector<bench::LayerPlan>& plans) {
          return missing_plans(plans, found == known.end() ? nullptr : found->second,
                               options.instances);
        });
    SampledProblem sampled{problems[i], {}};
    for (const bench::LayerPlan& plan : timed.plans) {
      if (plan.seconds) {
        sampled.samples.push_back(
            {*plan.seconds * 1e3, plan.solver, plan.instance, plan.parameters});
      }
    }
    append_samples(options.log, sampled);
    if (write(done, "+", 1) != 1) return;  // nobody wants more
  }
}

// In a process of its own, which tells the file's head and whether it can be had.
void prepare_log(const SweepOptions& options) {
  const pid_t child = fork();
  if (child == 0) {
    int status = 0;
    try {
      open_samples(options.log, text_of(bench::open_device()));
    } catch (const std::exception& error) {
      std::fprintf(stderr, "tune: %s\n", error.what());
      status = 1;
    }
    std::fflush(nullptr);
    _exit(status);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0)
    throw std::runtime_error("there is no file of samples to go on with");
}

}  // namespace

std::vector<std::size_t> plans_to_time(const std::vector<bench::LayerPlan>& plans,
                                       std::size_t most) {
  const auto is_known = [&](std::size_t number) {
    return std::any_of(
        plans.begin(), plans.begin() + static_cast<std::ptrdiff_t>(number),
        [&](const bench::LayerPlan& earlier) { return run_the_same(earlier, plans[number]); });
  };
  std::vector<std::size_t> order(plans.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, is_known);
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return plans[i].estimate_seconds; });
  if (order.size() <= most) return order;
  std::vector<std::size_t> picked;
  std::vector<std::size_t> rest;
  std::set<std::string> solvers;
  for (const std::size_t i : order) {
    const bool is_first = solvers.insert(plans[i].solver).second;
    (is_first && picked.size() < most / 2 ? picked : rest).push_back(i);
  }
  const std::size_t others = most / 5;
  const std::size_t nearest = most - std::min(most, picked.size() + others);
  picked.insert(picked.end(), rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(nearest));
  rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(nearest));
  for (std::size_t i = 0; i < others && !rest.empty(); ++i)
    picked.push_back(rest[(2 * i + 1) * rest.size() / (2 * others)]);
  std::ranges::sort(picked);
  picked.erase(std::unique(picked.begin(), picked.end()), picked.end());
  return picked;
}

void sweep(const std::vector<ConvProblem>& problems, const SweepOptions& options) {
  prepare_log(options);
  std::set<std::string> seen;
  std::vector<ConvProblem> left;  // each once
  for (const ConvProblem& problem : problems) {
    if (seen.insert(to_driver_line(problem)).second) left.push_back(problem);
  }

  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("there is no pipe");
  std::vector<pid_t> children;
  for (unsigned share = 0; share < options.jobs; ++share) {
    const pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      int status = 0;
      try {
        work(left, options, share, ends[1]);
      } catch (const std::exception& error) {
        std::fprintf(stderr, "tune: %s\n", error.what());
        status = 1;
      }
      std::fflush(nullptr);
      _exit(status);  // the device's threads are not waited for
    }
    if (child < 0) throw std::runtime_error("there is no process for a job");
    children.push_back(child);
  }
  close(ends[1]);
  const bench::ProgressBar progress(left.size(), "problems");
  char byte = 0;
  for (std::size_t done = 0; read(ends[0], &byte, 1) == 1;) progress.show(++done);
  close(ends[0]);
  bool failed = false;
  for (const pid_t child : children) {
    int status = 0;
    failed |= waitpid(child, &status, 0) < 0 || status != 0;
  }
  if (failed) throw std::runtime_error("a job failed; the samples so far are in the file");
}

}  // namespace rdna1conv::tuner
