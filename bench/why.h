#pragma once

// conv-bench --why: what the dispatcher goes by, without running anything.

#include <ostream>
#include <string>
#include <vector>

#include "bench/device.h"
#include "bench/workload.h"

namespace rdna1conv::bench {

// Of each layer a line for each solver, or for `solver_name` alone unless it is empty: why it
// refuses, or its best instance's estimate with its terms (plan/estimate_text.h); the lowest one
// marked.
void print_why(const BenchDevice& device, const std::vector<Workload>& workloads,
               const std::string& solver_name, std::ostream& out);

}  // namespace rdna1conv::bench
