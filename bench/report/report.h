#pragma once

// What conv-bench found out about workloads as one JSON document: for other programs (--json) and
// for the page that people look at (--html), which shows these numbers and no others.

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "bench/device.h"
#include "bench/layer_plans.h"
#include "bench/measurement.h"
#include "bench/workload.h"

namespace rdna1conv::bench {

struct ReportedLayer {
  const Layer* layer = nullptr;
  const Measurement* measurement = nullptr;
  LayerPlans plans;
};

struct ReportedWorkload {
  const Workload* workload = nullptr;
  std::string network;  // its name, or that of the workload that it compares another type with
  std::vector<ReportedLayer> layers;
};

// Times are seconds, rates are per second; what is not known is null. The layers of workloads with
// the same network are the same, in the same order, in other types.
nlohmann::ordered_json report_of(const BenchDevice& device, const std::string& cpu,
                                 std::span<const ReportedWorkload> workloads);

}  // namespace rdna1conv::bench
