// Which instructions of a kernel decide what it touches and where it goes.
//
// A launch whose times alone matter (RDNA1CONV_EMULATOR_EXECUTE=modelled) need not compute its
// results: multiply-adds that end in a stored value change neither addresses nor branches. What is
// left to carry out is a backward slice of the kernel: a register is live where some path leads to
// an instruction that is carried out, or whose addresses are recorded, and that reads it.
#pragma once

#include <cstdint>
#include <vector>

#include "machine/program.h"

namespace emulator::timing {

class NeededInstructions {
 public:
  // Of the kernel that starts at `entry`, an index into the program's instructions. Where it jumps
  // to addresses that registers hold, all are needed.
  NeededInstructions(const Program& program, std::size_t entry, bool wave64);

  struct Step {
    // Instructions from this one on that need not be carried out and touch no memory.
    std::uint32_t idle_run = 0;
    // The same for those who look at vector memory alone: no vector memory.
    std::uint32_t idle_but_vector_memory = 0;
    // To be carried out. Others that touch memory have addresses that can be looked at.
    bool needed = true;
  };
  const Step& operator[](std::size_t index) const { return steps_[index - first_]; }
  std::uint32_t idle_run(std::size_t index) const { return (*this)[index].idle_run; }
  bool is_needed(std::size_t index) const { return (*this)[index].needed; }

 private:
  std::size_t first_ = 0;
  std::vector<Step> steps_;
};

}  // namespace emulator::timing
