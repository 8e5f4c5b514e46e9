// One workgroup processor clock by clock: four SIMDs that execute the traces of its workgroups.
//
// Rules. Each clock a SIMD issues at most one instruction to each unit, from different waves, the
// oldest that are ready first. A wave goes in order; it waits for register results by their
// latency, for memory by its s_waitcnt, at barriers for its workgroup. The vector ALU is busy for
// an instruction's issue clocks, both passes of wave64 included. LDS and vector memory serve
// requests of a CU in the order of issue. Workgroups whose waves lie on both CUs (WGP mode, more
// waves than one CU's two SIMDs got) share one LDS port of 128 bytes a clock, a little less in
// practice; all others have that of their CU. Rows of SGEMM measured on gfx1010 say so (rocBLAS
// 924dad272, navi10_Cijk_*_SB.yaml): at thread tiles of 8x4 and 4x8, workgroups of 256 threads
// reach 66 to 79 % of the best kernel and those of 128 threads 89 to 92 %; one LDS pass a clock and
// WGP gives the former, two the latter. Likely the LDS of a workgroup lies in one of the two
// arrays, each with a port of its own, and waves of the other CU use the same port. The other
// workgroup processors execute the traces that the workgroups' `others` hold as this one does, each
// earlier or later by an amount of its own: what a wave of ours touches, theirs touch at another
// time in their own caches and in the shared ones.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "machine/occupancy.h"
#include "timing/execution_statistics.h"
#include "timing/memory_system.h"
#include "timing/trace.h"

namespace emulator::timing {

// A workgroup for the processor to run, and those that run on the others at the same time, which
// may be null.
struct WorkgroupJob {
  const WorkgroupTrace* trace = nullptr;
  std::vector<const WorkgroupTrace*> others;  // of processors 1, 2, ...
};

struct WorkgroupTimes {
  double start = 0;
  double end = 0;
};

struct ProcessorResult {
  double clocks = 0;                  // until the last workgroup has ended
  std::vector<WorkgroupTimes> times;  // by job
  ExecutionStatistics statistics;
};

// Runs the jobs in order, as many at a time as fit.
ProcessorResult run_processor(const ProgramTiming& program, const WorkgroupNeeds& needs,
                              std::span<const WorkgroupJob> jobs, const Constants& constants,
                              MemorySystem& memory);

}  // namespace emulator::timing
