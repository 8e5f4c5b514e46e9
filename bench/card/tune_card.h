#pragma once

// conv-bench --tune: what the card at hand does best. Finds its speed, times of each layer the
// instances that may be the fastest, and writes what it found as a find-db that the library takes
// from MIOPEN_SYSTEM_DB_PATH.

#include <filesystem>
#include <ostream>
#include <vector>

#include "bench/device.h"
#include "bench/workload.h"

namespace rdna1conv::bench {

// Throws std::runtime_error with one sentence if there can be no file in `folder`.
void check_folder(const std::filesystem::path& folder);

// Adds to the file in `folder` that an earlier run has left; a problem that is tuned again replaces
// its line. Layers with an epilogue go by what their convolution takes. Prints what was found, what
// changed and what that gains. Throws std::runtime_error if the device gives no times, or if the
// file cannot be written.
void tune_card(const BenchDevice& device, const std::vector<Workload>& workloads,
               const std::filesystem::path& folder, std::ostream& out);

}  // namespace rdna1conv::bench
