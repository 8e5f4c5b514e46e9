#include "find2/find_solutions.h"

#include <algorithm>
#include <optional>
#include <string>

#include "core/error.h"
#include "core/logging.h"
#include "device/device_query.h"
#include "device/hip_check.h"
#include "dispatch/scratch_memory.h"

namespace rdna1conv {
namespace {

// The most that a solver within the limit wants.
std::size_t wanted_workspace(Handle& handle, const ConvolutionCall& call, std::size_t limit) {
  std::size_t most = 0;
  for (const auto& choice : choices_of(handle, call, Status::kUnknownError)->list) {
    const std::size_t bytes = choice->plan().workspace_bytes;
    if (bytes <= limit) most = std::max(most, bytes);
  }
  return most;
}

// The memory that a search works in: the caller's, and for what that lacks some of its own.
class WorkingMemory {
 public:
  WorkingMemory(Handle& handle, const ConvolutionCall& call, const FindOptions& options,
                const std::array<std::size_t, kProblemTensors>& tensor_bytes)
      : handle_(handle) {
    std::array<void*, kProblemTensors> tensors = options.tensors;
    for (std::size_t i = 0; i < kProblemTensors; ++i) {
      if (tensors[i] != nullptr) continue;
      tensors[i] = own_tensors_[i].emplace(handle, tensor_bytes[i]).get();
      // Zeros: what the memory held before may be slow to compute with.
      check_hip(hipMemsetAsync(tensors[i], 0, tensor_bytes[i], handle.stream), "hipMemsetAsync");
    }
    buffers_.x = tensors[0];
    buffers_.w = tensors[1];
    buffers_.y = tensors[2];
    if (options.workspace) {
      buffers_.workspace = options.workspace->address;
      workspace_bytes_ = std::min(options.workspace->bytes, options.workspace_limit);
    } else {
      allocate_workspace(wanted_workspace(handle, call, options.workspace_limit));
    }
  }
  // Work that uses the memory may be under way, and the client's allocator does not wait for it.
  ~WorkingMemory() { static_cast<void>(hipStreamSynchronize(handle_.stream)); }
  WorkingMemory(const WorkingMemory&) = delete;
  WorkingMemory& operator=(const WorkingMemory&) = delete;

  const Buffers& buffers() const { return buffers_; }
  std::size_t workspace_bytes() const { return workspace_bytes_; }

 private:
  // A card too full for the workspace still has solutions without.
  void allocate_workspace(std::size_t bytes) {
    try {
      buffers_.workspace = own_workspace_.emplace(handle_, bytes).get();
      workspace_bytes_ = bytes;
    } catch (const Error& error) {
      if (error.status() != Status::kAllocFailed) throw;
      log_line(LogLevel::kWarning, "miopenFindSolutions",
               std::string(error.what()) + "; searching without workspace");
    }
  }

  Handle& handle_;
  std::array<std::optional<ScratchMemory>, kProblemTensors> own_tensors_;
  std::optional<ScratchMemory> own_workspace_;
  Buffers buffers_;
  std::size_t workspace_bytes_ = 0;
};

}  // namespace

std::vector<std::unique_ptr<Solution>> find_solutions(
    Handle& handle, const ConvolutionCall& call, const FindOptions& options,
    const std::array<std::size_t, kProblemTensors>& tensor_bytes, std::size_t most) {
  const ScopedDevice current(handle.device);
  const WorkingMemory memory(handle, call, options, tensor_bytes);
  const auto found = find(handle, call, memory.buffers(), memory.workspace_bytes(), options.tuning);
  auto list = found->list;
  // At the end are choices that were not timed, for want of workspace or of hope: their estimates
  // may not go with the times.
  std::erase_if(list, [&](const auto& choice) {
    return !fits(choice->plan(), memory.buffers(), memory.workspace_bytes());
  });
  list.erase(std::is_sorted_until(list.begin(), list.end(),
                                  [](const auto& a, const auto& b) {
                                    return a->milliseconds() < b->milliseconds();
                                  }),
             list.end());
  if (options.order == ResultsOrder::kByWorkspace) {
    std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) {
      return a->plan().workspace_bytes < b->plan().workspace_bytes;
    });
  }
  if (list.size() > most) list.resize(most);

  std::vector<std::unique_ptr<Solution>> solutions;
  for (const auto& choice : list) {
    const Plan& plan = choice->plan();
    solutions.push_back(std::make_unique<Solution>(
        SolutionRecord{call.problem, call.deterministic, choice->solver().id,
                       std::string(plan.instance), choice->milliseconds(), plan.workspace_bytes}));
    solutions.back()->keep(handle, choice);
  }
  return solutions;
}

}  // namespace rdna1conv
