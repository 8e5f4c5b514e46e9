#pragma once

// What the convolution entry points do, for one direction or another: it is in the problem. Find
// 2.0 and fusion plans use the same functions: a fused problem has its epilogue in
// ConvolutionCall::problem and the epilogue's buffers in Buffers.
//
// Buffers::x, w and y are those of ConvProblem's tensors, also of a transposed problem.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/convolution_descriptor.h"
#include "core/error.h"
#include "dispatch/handle.h"
#include "plan/convolution_buffers.h"

namespace rdna1conv {

// A convolution asked for by the entry point `function` (for log lines).
struct ConvolutionCall {
  const char* function;
  ConvProblem problem;
  bool deterministic = false;
  FindMode find_mode = kDefaultFindMode;
};

// The call with what the descriptor and the handle's environment say about how to run it.
ConvolutionCall make_call(const char* function, const Handle& handle,
                          const ConvolutionDescriptor& convolution, const ConvProblem& problem);

// Every solver for the problem, best first: from the handle's cache, from the find-db, or by
// estimate. Throws Error (if_none) with each solver's reason if there is no solver.
std::shared_ptr<const Choices> choices_of(Handle& handle, const ConvolutionCall& call,
                                          Status if_none = Status::kNotImplemented);

// The same for immediate mode, which the environment may keep from estimates.
std::shared_ptr<const Choices> solutions_of(Handle& handle, const ConvolutionCall& call);

// The best plan without workspace of each solver, by estimate and best first; there may be none.
std::shared_ptr<const Choices> choices_without_workspace_of(Handle& handle,
                                                            const ConvolutionCall& call);

// The workspace that Find and the run call after it want: of every solver, or of the best one if
// the find mode will not try the others.
std::size_t workspace_of(Handle& handle, const ConvolutionCall& call);

// The choices that the workspace admits, best first, at least one. Times them on the buffers, whose
// output is overwritten, unless the find mode makes do with what the find-db or the estimate says.
// The handle's later calls follow it. Throws Error (kUnknownError) if there is none.
std::shared_ptr<const Choices> find(Handle& handle, const ConvolutionCall& call,
                                    const Buffers& buffers, std::size_t workspace_bytes,
                                    bool exhaustive);

// The first choice of each algorithm that the workspace admits, in order.
std::vector<std::shared_ptr<const Choice>> best_of_each_algorithm(const Choices& choices,
                                                                  const Buffers& buffers,
                                                                  std::size_t workspace_bytes);

// Queues the convolution: by the best solver of the algorithm, or if none fits by the best of all.
void run(Handle& handle, const ConvolutionCall& call, Algorithm algorithm, const Buffers& buffers,
         std::size_t workspace_bytes);

// The choice that a solution id stands for. Throws Error (kBadParm).
std::shared_ptr<const Choice> solution_of(Handle& handle, const ConvolutionCall& call,
                                          std::uint64_t solution_id);

// Queues the convolution by this choice, which need not be one of the handle's. Throws Error
// (kBadParm) if the workspace is too small for it.
void run_choice(Handle& handle, const ConvolutionCall& call, const Choice& choice,
                const Buffers& buffers, std::size_t workspace_bytes);

// Queues the convolution by this solution.
void run_solution(Handle& handle, const ConvolutionCall& call, std::uint64_t solution_id,
                  const Buffers& buffers, std::size_t workspace_bytes);

// Whether the instance can run with this workspace.
bool fits(const Instance& instance, const Buffers& buffers, std::size_t workspace_bytes);

// The buffers as a plan for the problem takes them: plans are for untransposed(problem), whose x
// and y are the other way round.
Buffers plan_buffers(const ConvProblem& problem, const Buffers& buffers);

}  // namespace rdna1conv
