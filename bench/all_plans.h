#pragma once

// conv-bench --all-plans: every instance of every solver, its time beside the dispatcher's
// estimate.

#include <ostream>
#include <string>
#include <vector>

#include "bench/device.h"
#include "bench/workload.h"

namespace rdna1conv::bench {

// Times all plans of all layers on the device, each with cold caches on the software device, and
// writes a table of each layer: time, estimate and their ratio, the instance that immediate mode
// takes marked. Its regret (bench/regret.h) is what it loses against the best one; each workload
// ends with those of all layers, and if there are several by direction and type. Of one solver if
// `solver_name` is not empty. Nothing is verified, and
// convolutions with an epilogue are left out. Throws std::runtime_error.
void time_all_plans(const BenchDevice& device, const std::vector<Workload>& workloads,
                    const std::string& solver_name, std::ostream& out);

}  // namespace rdna1conv::bench
