#pragma once

#include <array>
#include <memory>
#include <shared_mutex>
#include <vector>

#include "dispatch/handle.h"
#include "dispatch/plan_cache.h"
#include "find2/find_problem.h"
#include "find2/solution_record.h"

namespace rdna1conv {

// The tensors of a problem as a run call takes them, and the numbers of its activation.
Buffers buffers_of_roles(const std::array<void*, kTensorRoles>& tensors);
EpilogueScalars scalars_of(const SolutionRecord& record);

// What a miopenSolution_t points to. Any thread may use it.
class Solution {
 public:
  explicit Solution(SolutionRecord record) : record_(std::move(record)) {}

  const SolutionRecord& record() const { return record_; }

  // The plan for the handle's device, made at its first use there. It needs no more workspace than
  // the record says. Throws Error: kUnsupportedOp if the solver cannot do the problem on this
  // device.
  std::shared_ptr<const Choice> choice_for(const Handle& handle);

  // As if choice_for() had made it: Find has it already.
  void keep(const Handle& handle, std::shared_ptr<const Choice> choice);

 private:
  struct OfDevice {
    std::shared_ptr<KernelModules> modules;
    std::shared_ptr<const Choice> choice;
  };
  const SolutionRecord record_;
  std::shared_mutex mutex_;
  std::vector<OfDevice> choices_;
};

}  // namespace rdna1conv
