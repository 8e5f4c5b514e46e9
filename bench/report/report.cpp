#include "bench/report/report.h"

#include <cmath>

#include "core/driver_line.h"
#include "core/element_types.h"
#include "core/tensor_dims.h"
#include "reference/element_type.h"

namespace rdna1conv::bench {
namespace {

using Json = nlohmann::ordered_json;

template <class Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json();
}

// JSON has no NaN and no infinity.
Json finite_or_text(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "NaN" : "infinity";
}

const char* name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kVerified:
      return "verified";
    case Outcome::kWrong:
      return "wrong";
    case Outcome::kFailed:
      return "failed";
    case Outcome::kNoSolver:
      return "no solver";
    case Outcome::kTimed:
      return "not verified";
  }
  return "";
}

// Each tensor once: what a convolution cannot do without.
double compulsory_bytes(const ConvProblem& p) {
  const auto bytes = [](const FiveDims& lengths, DataType type) {
    return static_cast<double>(count_of(lengths)) * static_cast<double>(bytes_of(type));
  };
  return bytes(p.x_lengths(), p.x_type) + bytes(p.w_lengths(), p.w_type) +
         bytes(p.y_lengths(), p.y_type);
}

// The rows of the clock model, and what events see between launches beside them.
Json spent_rows(const Measurement& m) {
  Json rows = Json::array();
  double sum = 0;
  for (const TimeSpent::Row& row : m.spent.rows) {
    rows.push_back({{"cause", row.cause}, {"seconds", row.seconds}});
    sum += row.seconds;
  }
  if (!m.spent.rows.empty() && m.gpu_seconds.value_or(0) > sum) {
    rows.push_back({{"cause", "between launches"}, {"seconds", *m.gpu_seconds - sum}});
  }
  return rows;
}

Json layer_json(const ReportedLayer& reported) {
  const ConvProblem& problem = reported.layer->problem;
  const Measurement& m = *reported.measurement;
  Json layer{{"name", reported.layer->name},
             {"line", to_driver_line(problem)},
             {"count", reported.layer->count},
             {"flop", problem.direct_flops()},
             {"bytes", compulsory_bytes(problem)},
             {"outcome", name_of(m.outcome)},
             {"reason", m.reason},
             {"solver", m.solver},
             {"instance", m.instance},
             {"gpu_seconds", or_null(m.gpu_seconds)},
             {"cpu_seconds", or_null(m.cpu_seconds)}};
  if (m.gpu_range) {
    layer["gpu_seconds_low"] = *m.gpu_seconds - m.gpu_range->down;
    layer["gpu_seconds_high"] = *m.gpu_seconds + m.gpu_range->up;
  }
  if (m.outcome == Outcome::kVerified || m.outcome == Outcome::kWrong) {
    layer["error_rms_range"] = finite_or_text(m.error);
    layer["tolerance"] = m.tolerance;
  }
  if (m.instructions.wave_instructions > 0) {
    layer["wave_instructions"] = m.instructions.wave_instructions;
    layer["fma_wave_instructions"] = m.instructions.fma;
  }
  layer["spent"] = spent_rows(m);
  layer["dram_bytes"] = m.spent.rows.empty() ? Json() : Json(m.spent.dram_bytes);
  layer["plans"] = Json::array();
  for (const LayerPlan& plan : reported.plans.plans) {
    layer["plans"].push_back({{"solver", plan.solver},
                              {"instance", plan.instance},
                              {"estimate_seconds", plan.estimate_seconds},
                              {"seconds", or_null(plan.seconds)}});
  }
  layer["refusals"] = Json::array();
  for (const Refusal& refusal : reported.plans.refusals) {
    layer["refusals"].push_back({{"solver", refusal.solver}, {"reason", refusal.reason}});
  }
  return layer;
}

}  // namespace

Json report_of(const BenchDevice& device, const std::string& cpu,
               std::span<const ReportedWorkload> workloads) {
  const char* times = !device.has_times() ? "none" : device.software ? "modelled" : "measured";
  Json report{{"program", "conv-bench"},
              {"version", RDNA1CONV_VERSION},
              {"gpu_times", times},
              {"device",
               {{"name", device.facts.name},
                {"architecture", device.facts.architecture},
                {"software", device.software},
                {"workgroup_processors", device.facts.workgroup_processors},
                {"hip_mhz", device.facts.clock_khz / 1e3},
                {"clock", device.clock ? Json(device.clock->name) : Json()},
                {"clock_mhz", device.clock ? Json(device.clock->core_mhz) : Json()},
                {"fma_flop_per_second", device.fma_peak()},
                {"dram_bytes_per_second", device.dram_bytes_per_second}}},
              {"cpu", cpu.empty() ? Json() : Json(cpu)},
              {"workloads", Json::array()}};
  for (const ReportedWorkload& reported : workloads) {
    Json workload{{"name", reported.workload->name},
                  {"network", reported.network},
                  {"type", types_text(reported.workload->layers.front().problem)},
                  {"layers", Json::array()}};
    for (const ReportedLayer& layer : reported.layers) {
      workload["layers"].push_back(layer_json(layer));
    }
    report["workloads"].push_back(std::move(workload));
  }
  return report;
}

}  // namespace rdna1conv::bench
