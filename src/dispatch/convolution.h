#pragma once

// What the convolution entry points do, for one direction or another: it is in the problem.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/convolution_descriptor.h"
#include "core/error.h"
#include "device/prepared_plan.h"
#include "dispatch/handle.h"

namespace rdna1conv {

// A convolution asked for by the entry point `function` (for log lines).
struct ConvolutionCall {
  const char* function;
  ConvProblem problem;
  bool deterministic = false;
  FindMode find_mode = FindMode::kDynamicHybrid;
};

// Every solver for the problem, best first: from the handle's cache, or by estimate. Throws Error
// (if_none) with each solver's reason if there is no solver.
std::shared_ptr<const Choices> choices_of(Handle& handle, const ConvolutionCall& call,
                                          Status if_none);

// The workspace with which every solver can run.
std::size_t workspace_of(Handle& handle, const ConvolutionCall& call);

struct FindResult {
  Algorithm algorithm;
  float milliseconds;
  std::size_t workspace_bytes;
};

// Times the solvers that the workspace admits and returns the best of each algorithm, best first.
// The handle's later calls follow it.
std::vector<FindResult> find(Handle& handle, const ConvolutionCall& call, const Buffers& buffers,
                             std::size_t workspace_bytes, bool exhaustive);

// Queues the convolution: by the best solver of the algorithm, or if none fits by the best of all.
void run(Handle& handle, const ConvolutionCall& call, Algorithm algorithm, const Buffers& buffers,
         std::size_t workspace_bytes);

// The choice that a solution id stands for. Throws Error (kBadParm).
std::shared_ptr<const Choice> solution_of(Handle& handle, const ConvolutionCall& call,
                                          std::uint64_t solution_id);

// Queues the convolution by this solution.
void run_solution(Handle& handle, const ConvolutionCall& call, std::uint64_t solution_id,
                  const Buffers& buffers, std::size_t workspace_bytes);

}  // namespace rdna1conv
