// Runs a solver's plan straight on the machine of the software device, without the HIP runtime,
// which would end the process at the first fault; with kernels and memory changed at will.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/conv_problem.h"
#include "hsa/code_object.h"
#include "hsa/mapping.h"
#include "machine/device.h"
#include "observers/mutation/data_use.h"
#include "solvers/solver.h"

namespace emulator {

// The library's kernels, loaded once. Thread-safe.
class KernelStore {
 public:
  std::shared_ptr<const Kernel> find(const rdna1conv::KernelRef& reference);

 private:
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<hsa::CodeObject>, std::less<>> code_objects_;
  std::map<std::string, std::shared_ptr<const Kernel>, std::less<>> kernels_;
};

// What one run does to the plan.
struct Change {
  // Takes the place of the kernel of this name.
  std::string_view kernel_name;
  std::shared_ptr<const Kernel> kernel;
  // The buffer that `pointer` of launch `launch` gives the kernel begins this many bytes later.
  std::size_t launch = 0;
  std::uint32_t pointer = 0;
  std::int64_t pointer_shift = 0;
  // A buffer (by its number in rdna1conv::Buffer) that ends this many bytes early.
  int shrunk_buffer = -1;
  std::uint64_t shrunk_by = 0;
};

struct Outcome {
  std::string fault;              // empty if the run ended well
  bool by_check = false;          // the fault is a finding of a check
  std::vector<std::byte> output;  // what the problem computes
  bool operator==(const Outcome& other) const {
    return fault.empty() == other.fault.empty() && output == other.output;
  }
};

// Bytes that a run left alone although a kernel that computes the problem has to use them. Some
// problems and kernels have such bytes by nature: an image that strides jump over, a tile's edge.
struct UnusedData {
  std::uint64_t output = 0;       // never stored
  std::uint64_t input = 0;        // never loaded
  std::uint64_t workspace = 0;    // stored and never loaded
  std::set<LdsStore> lds_stores;  // whose bytes nothing loads
};

class PlanRunner {
 public:
  PlanRunner(const rdna1conv::ConvProblem& problem, const rdna1conv::Plan& plan,
             KernelStore& store);
  // Fresh inputs, poisoned outputs, then all launches.
  Outcome run(ObserverFactory observer, const Change& change = {});
  // The same, plainly, for what it leaves unused; nothing if the run faults.
  std::optional<UnusedData> unused_data(const Change& change = {});
  const rdna1conv::Plan& plan() const { return plan_; }
  std::uint64_t bytes_of(int buffer) const;

 private:
  struct Memory {
    std::unique_ptr<hsa::DeviceRange> range;
    std::vector<std::byte> content;  // at the start of a run
    bool is_input = false;
  };
  void fill(Memory& memory);
  DispatchResult launch(const rdna1conv::Launch& launch, std::size_t index,
                        ObserverFactory observer, const Change& change);

  rdna1conv::Plan plan_;
  KernelStore& store_;
  std::array<Memory, 4> buffers_;  // x, w, y, workspace
  int output_ = 2;
  hsa::DeviceRange arguments_;
  hsa::DeviceRange packet_;
};

}  // namespace emulator
