#include "bench/report/write_report.h"

#include <hip/hip_runtime_api.h>

#include <fstream>
#include <stdexcept>

#include "bench/device_memory.h"
#include "bench/progress.h"
#include "bench/report/page.h"
#include "core/element_types.h"
#include "core/epilogue.h"

namespace rdna1conv::bench {
namespace {

std::optional<DataType> type_to_compare(DataType type) {
  switch (type) {
    case DataType::kFloat:
      return DataType::kHalf;
    case DataType::kHalf:
    case DataType::kBFloat16:
      return DataType::kFloat;
    default:
      return std::nullopt;
  }
}

std::optional<DataType> type_to_compare(const Workload& workload) {
  const auto type = type_to_compare(workload.layers.front().problem.x_type);
  for (const Layer& layer : workload.layers) {
    if (type_to_compare(layer.problem.x_type) != type) return std::nullopt;
  }
  return type;
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

bool is_comparison(const ReportedWorkload& workload) {
  return workload.network != workload.workload->name;
}

// Of comparisons, whose times are of interest alone, none.
void add_plans(const BenchDevice& device, std::vector<ReportedWorkload>& workloads,
               const Options& options) {
  if (!options.all_plans) {
    for (ReportedWorkload& workload : workloads) {
      if (is_comparison(workload)) continue;
      for (ReportedLayer& layer : workload.layers) {
        layer.plans = plans_of(device, *layer.layer, options.solver);
      }
    }
    return;
  }
  int current = 0;
  check_hip(hipGetDevice(&current), "hipGetDevice");
  const auto modules = KernelModules::of_device(current);
  std::size_t layers = 0;
  for (const ReportedWorkload& workload : workloads) {
    if (!is_comparison(workload)) layers += workload.layers.size();
  }
  Progress progress(layers);
  for (ReportedWorkload& workload : workloads) {
    if (is_comparison(workload)) continue;
    for (ReportedLayer& layer : workload.layers) {
      progress.next("all plans of " + workload.workload->name + " " + layer.layer->name);
      layer.plans = layer.layer->problem.epilogue == Epilogue{}
                        ? timed_plans_of(device, *layer.layer, options.solver, modules)
                        : plans_of(device, *layer.layer, options.solver);
    }
  }
}

}  // namespace

std::vector<std::string> add_comparisons(std::vector<Workload>& workloads) {
  std::vector<Workload> all;
  std::vector<std::string> networks;
  for (Workload& workload : workloads) {
    const std::string name = workload.name;
    const std::optional<DataType> type = type_to_compare(workload);
    Workload other = workload;
    all.push_back(std::move(workload));
    networks.push_back(name);
    if (!type) continue;
    other.name = name + "_" + std::string(name_of(*type));
    for (Layer& layer : other.layers) {
      layer.problem.x_type = layer.problem.w_type = *type;
      layer.problem.y_type = usual_output(*type);
    }
    all.push_back(std::move(other));
    networks.push_back(name);
  }
  workloads = std::move(all);
  return networks;
}

void check_report_can_be_written(const Options& options) {
  if (!options.html.empty()) load_plotting_library(plotting_library_folders());
  for (const std::string& path : {options.json, options.html}) {
    if (path.empty()) continue;
    if (!std::ofstream(path, std::ios::app)) throw std::runtime_error("cannot write " + path);
  }
}

void write_report(const BenchDevice& device, const std::string& cpu,
                  std::vector<ReportedWorkload> workloads, const Options& options) {
  add_plans(device, workloads, options);
  const nlohmann::ordered_json report = report_of(device, cpu, workloads);
  if (!options.json.empty()) write_file(options.json, report.dump(1) + "\n");
  if (!options.html.empty()) {
    write_file(options.html, page_of(report, load_plotting_library(plotting_library_folders())));
  }
}

}  // namespace rdna1conv::bench
