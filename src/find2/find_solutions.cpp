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

// The most that an instance within the options' limit wants, of those that the search will time.
std::size_t wanted_workspace(Handle& handle, const ConvolutionCall& call,
                             const FindOptions& options) {
  std::size_t most = 0;
  const auto want = [&](const Instance& instance) {
    if (instance.workspace_bytes <= options.workspace_limit)
      most = std::max(most, instance.workspace_bytes);
  };
  for (const auto& choice : choices_of(handle, call, Status::kUnknownError)->list) {
    want(choice->instance());
    if (!options.tuning) continue;
    for (const Instance& instance : choice->solver().instances(*choice->problem(), handle.facts)) {
      want(instance);
    }
  }
  return most;
}

// The memory that a search works in: the caller's, and for what that lacks some of its own.
class WorkingMemory {
 public:
  WorkingMemory(Handle& handle, const ConvolutionCall& call, const ProblemDescription& description,
                const FindOptions& options)
      : handle_(handle) {
    std::array<void*, kTensorRoles> tensors{};
    for (const auto& [id, address] : options.tensors) {
      tensors[static_cast<std::size_t>(
          role_of(id, description.output, call.problem.epilogue.adds_bias))] = address;
    }
    for (std::size_t i = 0; i < kTensorRoles; ++i) {
      if (tensors[i] != nullptr || description.bytes[i] == 0) continue;
      tensors[i] = own_tensors_[i].emplace(handle, description.bytes[i]).get();
    }
    buffers_ = buffers_of_roles(tensors);
    if (options.workspace) {
      buffers_.workspace = options.workspace->address;
      workspace_bytes_ = std::min(options.workspace->bytes, options.workspace_limit);
    } else {
      allocate_workspace(wanted_workspace(handle, call, options));
    }
    // Zeros: what the memory held before may be slow to compute with. Last, so that nothing is
    // under way if an allocation fails.
    for (std::size_t i = 0; i < kTensorRoles; ++i) {
      if (!own_tensors_[i]) continue;
      check_hip(hipMemsetAsync(tensors[i], 0, description.bytes[i], handle.stream),
                "hipMemsetAsync");
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
  std::array<std::optional<ScratchMemory>, kTensorRoles> own_tensors_;
  std::optional<ScratchMemory> own_workspace_;
  Buffers buffers_;
  std::size_t workspace_bytes_ = 0;
};

}  // namespace

std::vector<std::unique_ptr<Solution>> find_solutions(Handle& handle, const ConvolutionCall& call,
                                                      const ProblemDescription& description,
                                                      const ActivationDescriptor& activation,
                                                      const FindOptions& options,
                                                      std::size_t most) {
  const ScopedDevice current(handle.device);
  // Before it becomes part of the graph that memory is set.
  if (is_capturing(handle.stream)) {
    throw Error(Status::kUnsupportedOp,
                "the handle's stream is being captured; a search has to wait for its work");
  }
  const WorkingMemory memory(handle, call, description, options);
  SolutionRecord record{.problem = call.problem,
                        .deterministic = call.deterministic,
                        .output = description.output,
                        .activation_alpha = static_cast<float>(activation.alpha),
                        .activation_beta = static_cast<float>(activation.beta),
                        .activation_gamma = static_cast<float>(activation.gamma)};
  Buffers buffers = memory.buffers();
  buffers.scalars = scalars_of(record);
  auto list = find(handle, call, buffers, memory.workspace_bytes(), options.tuning)->list;
  // The handle knows them for calls with more workspace.
  std::erase_if(list, [&](const auto& choice) {
    return !fits(choice->instance(), buffers, memory.workspace_bytes());
  });
  if (options.order == ResultsOrder::kByWorkspace) {
    std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) {
      return a->instance().workspace_bytes < b->instance().workspace_bytes;
    });
  }
  if (list.size() > most) list.resize(most);

  std::vector<std::unique_ptr<Solution>> solutions;
  for (const auto& choice : list) {
    const Instance& instance = choice->instance();
    record.solver_id = choice->solver().id;
    record.instance = instance.name;
    record.milliseconds = choice->milliseconds();
    record.workspace_bytes = instance.workspace_bytes;
    solutions.push_back(std::make_unique<Solution>(record));
    solutions.back()->keep(handle, choice);
  }
  return solutions;
}

}  // namespace rdna1conv
