// Which instructions of a kernel decide what it touches and where it goes.
//
// A launch whose times alone matter (RDNA1CONV_EMULATOR_EXECUTE=modelled) need not compute its
// results: multiply-adds that end in a stored value change neither addresses nor branches. What is
// left to carry out is a backward slice of the kernel: a register is live where some path leads to
// an instruction that is carried out, or whose addresses are recorded, and that reads it.
//
// Over all paths that is next to everything: some activation of an epilogue branches on the sums. A
// launch goes the paths that its arguments ask for, so the slice can be that of the instructions
// that one of its workgroups executed. It is good for others as long as they execute no other
// instruction; whoever comes to one has come there rightly, and must begin anew with all paths.
#pragma once

#include <cstdint>
#include <vector>

#include "machine/program.h"

namespace emulator::timing {

class NeededInstructions {
 public:
  // Of the kernel that starts at `entry`, an index into the program's instructions. Where it jumps
  // to addresses that registers hold, all are needed. With `executed`, which has a place for each
  // instruction of the program: for paths of these alone.
  NeededInstructions(const Program& program, std::size_t entry, bool wave64,
                     const std::vector<bool>* executed = nullptr);

  struct Step {
    // Instructions from this one on that need not be carried out and touch no memory.
    std::uint32_t idle_run = 0;
    // The same for those who look at vector memory alone: no vector memory.
    std::uint32_t idle_but_vector_memory = 0;
    // To be carried out. Others that touch memory have addresses that can be looked at.
    bool needed = true;
    // Not among those that were executed.
    bool is_off_path = false;
  };
  const Step& operator[](std::size_t index) const { return steps_[index - first_]; }
  std::uint32_t idle_run(std::size_t index) const { return (*this)[index].idle_run; }
  bool is_needed(std::size_t index) const { return (*this)[index].needed; }
  // Whether addresses or branches depend on vector memory that workgroups may have written, or it
  // is changed in ways that must not be done twice.
  bool depends_on_stores() const { return depends_on_stores_; }

 private:
  std::size_t first_ = 0;
  std::vector<Step> steps_;
  bool depends_on_stores_ = true;
};

}  // namespace emulator::timing
