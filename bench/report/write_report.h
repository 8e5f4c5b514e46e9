#pragma once

// conv-bench's --json and --html.

#include <string>
#include <vector>

#include "bench/options.h"
#include "bench/report/report.h"

namespace rdna1conv::bench {

// Puts behind each workload the same in the type to compare with: fp16 for fp32, fp32 for the
// others, nothing for integers. Returns for each workload the name of the one that it is of.
std::vector<std::string> add_comparisons(std::vector<Workload>& workloads);

// Throws std::runtime_error if a file that the options name cannot be written or the plotting
// library is not there: before anything has taken its time.
void check_report_can_be_written(const Options& options);

// Adds the plans of the layers that were asked for, timed with --all-plans, and writes the files
// that the options name. Throws std::runtime_error.
void write_report(const BenchDevice& device, const std::string& cpu,
                  std::vector<ReportedWorkload> workloads, const Options& options);

}  // namespace rdna1conv::bench
