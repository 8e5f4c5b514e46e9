#include "bench/card/tune_card.h"

#include <hip/hip_runtime_api.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>
#include <string>

#include "bench/card/speed.h"
#include "bench/device_memory.h"
#include "bench/layer_plans.h"
#include "bench/progress_bar.h"
#include "core/driver_line.h"
#include "dispatch/card_speed.h"
#include "dispatch/find_db.h"
#include "dispatch/likely_instances.h"

namespace rdna1conv::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

fs::path file_in(const fs::path& folder, const DeviceFacts& device) {
  return folder / find_db_file_name(device, "fdb");
}

// What is in the file already; nothing of a file that cannot be understood, which is an error.
FindRecords read_file(const fs::path& path) {
  if (!fs::exists(path)) return {};
  std::ifstream stream(path);
  const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  ParsedFindDb parsed = parse_find_db(text);
  if (!stream || !parsed.complaints.empty()) {
    throw std::runtime_error(
        path.string() + " cannot be added to: " +
        (parsed.complaints.empty() ? "it cannot be read" : parsed.complaints.front()));
  }
  return std::move(parsed.records);
}

// In one step: a library that reads meanwhile finds the old or the new one.
void write_file(const fs::path& path, const FindRecords& records) {
  const fs::path fresh = path.string() + ".new";
  std::ofstream stream(fresh);
  stream << to_text(records);
  stream.close();
  std::error_code error;
  if (stream) fs::rename(fresh, path, error);
  if (!stream || error) {
    fs::remove(fresh, error);
    throw std::runtime_error(path.string() + " cannot be written");
  }
}

// What the library would run by its estimates, as plans have it: the first of equals.
std::size_t lowest_estimate(const std::vector<LayerPlan>& plans) {
  return static_cast<std::size_t>(std::distance(
      plans.begin(), std::ranges::min_element(plans, {}, &LayerPlan::estimate_seconds)));
}

// Of each solver the instances that may be the fastest, as Find has it, launches that two solvers
// share once, and `also`.
std::vector<std::size_t> likely_plans(const std::vector<LayerPlan>& plans, std::size_t also) {
  std::vector<std::size_t> order(plans.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return plans[i].estimate_seconds; });
  const double most = plans[order.front()].estimate_seconds * kLikelyFactor;
  std::set<std::size_t> picked{also};
  std::map<std::string, std::size_t> of_solver;
  for (const std::size_t i : order) {
    if (plans[i].estimate_seconds > most) break;
    if (std::ranges::any_of(picked,
                            [&](std::size_t p) { return run_the_same(plans[p], plans[i]); }))
      continue;
    if (++of_solver[plans[i].solver] <= kMostLikely) picked.insert(i);
  }
  return {picked.begin(), picked.end()};
}

// Each solver's fastest instance, best first.
FindRecord record_of(const std::vector<LayerPlan>& plans) {
  std::map<std::string, const LayerPlan*> fastest;
  for (const LayerPlan& plan : plans) {
    if (!plan.seconds) continue;
    const LayerPlan*& known = fastest[plan.solver];
    if (known == nullptr || *plan.seconds < *known->seconds) known = &plan;
  }
  FindRecord record;
  for (const auto& [solver, plan] : fastest)
    record.entries.push_back({solver, plan->instance, static_cast<float>(*plan->seconds * 1e3)});
  std::ranges::stable_sort(record.entries, {}, &FindRecord::Entry::milliseconds);
  return record;
}

struct Tuned {
  FindRecord record;
  std::string before, now;  // "Solver instance"
  double seconds_before = 0, seconds_now = 0;
  double card_seconds = 0;  // of all that were timed
};

std::string name_of(const LayerPlan& plan) { return plan.solver + " " + plan.instance; }

Tuned tune(const BenchDevice& device, const BenchDevice& as_found, const Layer& layer,
           const std::shared_ptr<KernelModules>& modules) {
  const std::vector<LayerPlan> reported = plans_of(device, layer, "").plans;
  if (reported.empty()) throw std::runtime_error("no solver but the reference takes it");
  const std::size_t before = lowest_estimate(reported);
  LayerPlans timed = timed_plans_of(
      as_found, layer, "", modules,
      [&](const std::vector<LayerPlan>& plans) { return likely_plans(plans, before); });
  Tuned tuned;
  for (const LayerPlan& plan : timed.plans) tuned.card_seconds += plan.seconds.value_or(0);
  for (LayerPlan& plan : timed.plans) {
    if (plan.seconds) continue;
    for (const LayerPlan& other : timed.plans) {
      if (other.seconds && run_the_same(plan, other)) plan.seconds = other.seconds;
    }
  }
  tuned.record = record_of(timed.plans);
  tuned.before = name_of(reported[before]);
  tuned.seconds_before = timed.plans[before].seconds.value();
  const FindRecord::Entry& best = tuned.record.entries.front();
  tuned.seconds_now = best.milliseconds * 1e-3;
  tuned.now = best.solver + " " + best.instance;
  if (tuned.seconds_now >= tuned.seconds_before * (1 - 1e-6)) tuned.now = tuned.before;
  return tuned;
}

void print_speed(const BenchDevice& device, const CardSpeed& speed, double host_seconds,
                 std::ostream& out) {
  char line[240];
  std::snprintf(line, sizeof line,
                "%s: shader core %.0f MHz under load%s, memory %.0f GB/s (HIP: at most "
                "%.0f MHz, %.0f GB/s); found in %.1f s\n",
                device.facts.name.c_str(), speed.core_mhz, device.software ? " (modelled)" : "",
                speed.dram_gb_per_s, device.facts.clock_khz * 1e-3, device.facts.dram_gb_per_s,
                host_seconds);
  out << line;
}

}  // namespace

void check_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  const fs::path probe = folder / "rdna1conv-tune.probe";
  const bool can_write = !error && std::ofstream(probe).put('\n').good();
  fs::remove(probe, error);
  if (!can_write)
    throw std::runtime_error("--tune-to: no file can be written in " + folder.string());
}

void tune_card(const BenchDevice& device, const std::vector<Workload>& workloads,
               const fs::path& folder, std::ostream& out) {
  if (!device.has_times()) throw std::runtime_error("--tune needs the software device's clock");
  const fs::path path = file_in(folder, device.facts);
  FindRecords records = read_file(path);
  const Clock::time_point start = Clock::now();
  const CardSpeed speed = find_card_speed(device);
  print_speed(device, speed, seconds_since(start), out);
  records.insert_or_assign(kCardRecord, rdna1conv::record_of(speed));
  BenchDevice as_found = device;
  as_found.facts = with_speed(device.facts, speed);

  int current = 0;
  check_hip(hipGetDevice(&current), "hipGetDevice");
  const auto modules = KernelModules::of_device(current);
  std::set<std::string> distinct;
  for (const Workload& workload : workloads)
    for (const Layer& layer : workload.layers) distinct.insert(to_driver_line(layer.problem));
  const ProgressBar progress(distinct.size(), "layers");
  std::map<std::string, Tuned> known;
  double card_seconds = 0;
  const Clock::time_point begin = Clock::now();
  char line[300];
  for (const Workload& workload : workloads) {
    double before = 0, now = 0;
    std::size_t changed = 0, passed_over = 0;
    for (const Layer& layer : workload.layers) {
      const std::string key = to_driver_line(layer.problem);
      if (layer.problem.epilogue != Epilogue{}) {
        ++passed_over;
        continue;
      }
      auto found = known.find(key);
      if (found == known.end()) {
        found = known.emplace(key, tune(device, as_found, layer, modules)).first;
        records.insert_or_assign(key, found->second.record);
        card_seconds += found->second.card_seconds;
        progress.show(known.size());
      }
      const Tuned& tuned = found->second;
      before += static_cast<double>(layer.count) * tuned.seconds_before;
      now += static_cast<double>(layer.count) * std::min(tuned.seconds_now, tuned.seconds_before);
      if (tuned.now == tuned.before) continue;
      ++changed;
      std::snprintf(line, sizeof line, "  %-28s %s -> %s: %.4f -> %.4f ms, %.1f %% less\n",
                    layer.name.c_str(), tuned.before.c_str(), tuned.now.c_str(),
                    tuned.seconds_before * 1e3, tuned.seconds_now * 1e3,
                    100 * (1 - tuned.seconds_now / tuned.seconds_before));
      out << line;
    }
    std::snprintf(line, sizeof line,
                  "%s: %zu of %zu layers changed; all by count %.4f -> %.4f ms%s, %.1f %% less\n",
                  workload.name.c_str(), changed, workload.layers.size(), before * 1e3, now * 1e3,
                  device.software ? " (modelled)" : "", before > 0 ? 100 * (1 - now / before) : 0);
    out << line;
    if (passed_over > 0)
      out << "  " << passed_over << " layers with an epilogue were passed over\n";
  }
  write_file(path, records);
  std::snprintf(line, sizeof line, "tuned in %.1f s\n", seconds_since(begin));
  if (device.software) {
    std::snprintf(line, sizeof line,
                  "tuned in %.1f s of this machine's time; what was timed takes a card %.1f ms "
                  "(modelled)\n",
                  seconds_since(begin), card_seconds * 1e3);
  }
  out << line << "wrote " << path.string() << ": " << records.size() - 1
      << " problems and the card's speed\nprograms use it with MIOPEN_SYSTEM_DB_PATH="
      << fs::absolute(folder).lexically_normal().string() << "\n";
}

}  // namespace rdna1conv::bench
