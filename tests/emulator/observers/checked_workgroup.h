// One workgroup under checks: executes its waves step by step and looks at each instruction before
// and after it.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "machine/device.h"
#include "machine/observer.h"
#include "observers/checks.h"
#include "observers/global_races.h"
#include "observers/hazards.h"
#include "observers/instruction_facts.h"
#include "observers/lds_races.h"
#include "observers/ordering.h"
#include "observers/undefined_values.h"
#include "observers/wait_counters.h"
#include "observers/written_bytes.h"

namespace emulator {

// What the workgroups of a checked dispatch share.
struct CheckedDispatch {
  CheckSet checks;
  const Dispatch* dispatch = nullptr;
  std::shared_ptr<const ProgramFacts> facts;
  bool wave64 = false;
  bool workgroup_processor_mode = true;
  bool may_read_unwritten = false;  // the runtime's copies take padding along
  std::mutex synchronizing;
  std::mutex warning;
  std::set<const Instruction*> warned;
  GlobalRaces races;
  DispatchOrder order;
};

class CheckedWorkgroup final : public WorkgroupObserver {
 public:
  CheckedWorkgroup(CheckedDispatch& shared, const Workgroup& workgroup);
  TurnEnd run_turn(Workgroup& workgroup, std::uint64_t quantum) override;

 private:
  struct WaveChecks {
    WaitCounters waits;
    HazardHistory hazards;
    UndefinedValues undefined;
    std::uint32_t sequence = 0;  // memory instructions so far
  };
  // The last wave that changed a byte of LDS by an atomic, for what it releases.
  struct LdsRelease {
    Party party;
    std::uint32_t release = 0;
  };

  bool has(Check check) const { return shared_.checks.has(check); }
  [[noreturn]] void report(Check check, const std::string& text) const;
  std::string describe(const Wave& wave, const Instruction& instruction) const;
  std::string describe(const Party& party, std::string_view what) const;

  void execute(Wave& wave);
  bool execute_plain_row(Wave& wave, const Instruction& instruction);
  void check_before(Wave& wave, const Instruction& instruction, const InstructionFacts& facts);
  void check_hazards(Wave& wave, const Instruction& instruction, const InstructionFacts& facts);
  void check_undefined(Wave& wave, const Instruction& instruction, const InstructionFacts& facts);
  void check_in_flight(const Wave& wave, const InstructionFacts& facts) const;
  void check_scalar_alignment(const Wave& wave, const Instruction& instruction) const;
  void check_accesses(Wave& wave, const Instruction& instruction, const InstructionFacts& facts);
  void check_lds_range(const LaneAccess& access) const;
  void check_lds(const Wave& wave, const Instruction& instruction, const LaneAccess& access,
                 const Party& party, std::uint32_t release);
  void check_scratch(const Wave& wave, const Instruction& instruction, const LaneAccess& access);
  void check_region(const Wave& wave, const Instruction& instruction, const Region& region,
                    const LaneAccess& access, std::uint64_t low, std::uint64_t high,
                    bool may_be_unwritten);
  void check_global(const Wave& wave, const Instruction& instruction, const LaneAccess& access,
                    const Party& party, std::uint32_t release);
  // What is read or written: from which address offsets count, and its name.
  struct Memory {
    std::uint64_t origin;
    const Region* region;  // or null
    const char* name;
  };
  void check_written(const Wave& wave, const Instruction& instruction, WrittenBytes& written,
                     const Memory& memory, const LaneAccess& access);
  void load_unwritten(const Wave& wave, const Instruction& instruction, const WrittenBytes& written,
                      const Memory& memory, const LaneAccess& access, unsigned piece);
  const Region* region_of(std::uint64_t address);
  bool is_allowed(const Region& region, std::uint64_t low, std::uint64_t high) const;

  void check_barrier(const Workgroup& workgroup);
  void check_lds_races(const Workgroup& workgroup) const;
  void waves_meet(const Workgroup& workgroup);

  CheckedDispatch& shared_;
  std::uint32_t group_ = 0;
  std::vector<WaveChecks> waves_;
  AccessList accesses_;
  LdsRaces lds_races_;
  std::unordered_map<std::uint32_t, LdsRelease> lds_releases_;
  std::shared_ptr<GroupOrder> order_;
  std::unique_ptr<WrittenBytes> lds_written_;
  std::unique_ptr<WrittenBytes> scratch_written_;
  const Region* last_region_ = nullptr;
  GlobalRaces::Recent recent_chunks_;
  const MemorySnapshot* memory_ = nullptr;
};

}  // namespace emulator
