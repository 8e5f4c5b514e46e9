#pragma once

// Times instances of generated problems, in several processes, and notes the samples in a file that
// a later sweep goes on with.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "bench/layer_plans.h"
#include "core/conv_problem.h"

namespace rdna1conv::tuner {

struct SweepOptions {
  std::filesystem::path log;
  unsigned jobs = 1;           // processes; one on a card
  std::size_t instances = 20;  // at most so many of a problem
};

// Which of a problem's plans a sweep times: the best of each solver, those whose estimates are next
// to the best, and for a fifth of the number some of the others, spread over all.
std::vector<std::size_t> plans_to_time(const std::vector<bench::LayerPlan>& plans,
                                       std::size_t most);

// Of the problems those plans that the file does not have yet. On the software device only what its
// clock looks at is executed. Writes to stderr how far it is and how long it will take. Throws
// std::runtime_error. The calling process must not have used HIP.
void sweep(const std::vector<ConvProblem>& problems, const SweepOptions& options);

}  // namespace rdna1conv::tuner
