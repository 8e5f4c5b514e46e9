// Runs kernel dispatches on the host's cores.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "machine/fault.h"
#include "machine/memory_map.h"
#include "machine/observer.h"
#include "machine/program.h"

namespace emulator {

// A kernel of a loaded code object: its name and the 64-byte kernel descriptor's fields
// (LLVM's AMDGPU usage guide, "Code Object V3 Kernel Descriptor").
struct Kernel {
  std::string name;
  std::shared_ptr<const Program> program;
  std::uint64_t entry = 0;  // device address of the first instruction
  std::uint32_t group_segment_bytes = 0;
  std::uint32_t private_segment_bytes = 0;
  std::uint32_t kernarg_bytes = 0;
  std::uint32_t rsrc1 = 0;
  std::uint32_t rsrc2 = 0;
  std::uint32_t rsrc3 = 0;
  std::uint16_t properties = 0;

  bool is_wave64() const { return (properties & 1u << 10) == 0; }
  // The waves of a workgroup spread over both CUs of a workgroup processor; else they share one.
  bool is_workgroup_processor_mode() const { return (rsrc1 & 1u << 29) != 0; }
};

// What an AQL kernel dispatch packet asks for.
struct Dispatch {
  std::shared_ptr<const Kernel> kernel;
  std::array<std::uint32_t, 3> grid{1, 1, 1};       // work-items
  std::array<std::uint32_t, 3> workgroup{1, 1, 1};  // work-items
  std::uint32_t group_segment_bytes = 0;            // static and dynamic LDS
  std::uint32_t private_segment_bytes = 0;          // scratch per work-item
  std::uint64_t kernarg_address = 0;
  std::uint64_t packet_address = 0;  // hsa_kernel_dispatch_packet_t, for kernels that ask for it
  std::uint64_t queue_address = 0;   // amd_queue_t, likewise
  std::uint64_t dispatch_id = 0;
};

// Why a dispatch stopped. `text` names kernel, workgroup, wave, address and instruction.
struct FaultReport {
  FaultKind kind;
  std::string text;
};

struct DispatchResult {
  std::optional<FaultReport> fault;
  ClassCounts counts;
  std::uint64_t wave_instructions = 0;
  // What the observer has to say; null without one and after a fault.
  std::shared_ptr<const Observation> observation;
};

class Device {
 public:
  // The process-wide device, made at first use and never destroyed: threads may still wait on it
  // when static destructors run.
  static Device& instance();

  MemoryMap& memory();

  // Executes all workgroups of a dispatch and returns when the last has ended. Any number of
  // threads may call it at a time: their workgroups share the host's cores.
  DispatchResult run(const Dispatch& dispatch);
  // The same, watched by what `factory` makes; null: plainly.
  DispatchResult run(const Dispatch& dispatch, ObserverFactory factory);

  // Watches the dispatches that begin from now on; null: they run plainly.
  void set_observer(ObserverFactory factory);

  // How many workgroups the device holds at a time follows from its processors: those of an RX 5700
  // XT unless set here, before the first dispatch.
  void set_workgroup_processors(unsigned count);
  unsigned workgroup_processors() const;

  // Totals of all dispatches that ended.
  ClassCounts total_counts() const;
  std::uint64_t total_wave_instructions() const;
  std::uint64_t total_dispatches() const;

 private:
  Device();
  struct State;
  State* state_;
};

}  // namespace emulator
