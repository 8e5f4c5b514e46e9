// Records the traces of workgroups while they are executed.
#pragma once

#include "machine/observer.h"
#include "machine/workgroup.h"
#include "timing/instruction_timing.h"
#include "timing/needed_instructions.h"
#include "timing/trace.h"

namespace emulator::timing {

// What run_recorded_turn() throws where a wave comes to an instruction that is off `needed`'s path.
struct OffPath {};

// Runs a workgroup as run_turn() does, and adds what its waves execute to `trace`. `needed`: what
// to carry out of the instructions that it passes, or null for all of them; then its results are
// right.
TurnEnd run_recorded_turn(Workgroup& workgroup, std::uint64_t quantum, const ProgramTiming& timing,
                          unsigned lds_banks, const NeededInstructions* needed,
                          WorkgroupTrace& trace);

}  // namespace emulator::timing
