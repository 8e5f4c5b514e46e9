// Registers whose values matter from some point of a program on, and in which lanes: what a
// backward walk over instructions carries.
//
// A vector instruction writes the lanes of EXEC alone, so it ends the life of a register only if
// none but these lanes are read later. Compilers open and close EXEC around conditions, so the
// lanes that are read are kept as a set of mask registers: they lie within those masks together, as
// they are at that point. Where a mask is computed from others the set names those instead.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <span>

#include "isa/registers_used.h"

namespace emulator::timing {

using Registers = std::bitset<512>;  // by operand code

// Mask registers by operand code (a pair's by its first), or any lanes.
constexpr std::size_t kAnyLanes = 128;
using Masks = std::bitset<kAnyLanes + 1>;

// What an instruction makes of the scalar registers it writes: `written` hold lanes within `from`,
// as they are before it.
struct MaskResult {
  Masks written;
  Masks from;
};

class LiveRegisters {
 public:
  bool any_of(const Registers& registers) const { return (registers & live_).any(); }

  // Goes back over the writes of an instruction: `registers` as a whole or, `by_lanes`, VGPRs in
  // the lanes of EXEC.
  void kill(const Registers& registers, bool by_lanes) {
    const Registers killed = registers & live_;
    if (killed.none()) return;
    for (std::size_t code = killed._Find_first(); code < killed.size();
         code = killed._Find_next(code)) {
      if (code < operand::kVgpr) {
        live_.reset(code);
        continue;
      }
      Masks& lanes = lanes_[code - operand::kVgpr];
      if (by_lanes && (lanes & ~kExec).any()) continue;
      lanes.reset();
      live_.reset(code);
    }
  }

  // Goes back over the masks that an instruction writes, all at a time: what each is made of is as
  // it was before.
  void rename(std::span<const MaskResult> results) {
    Masks written;
    for (const MaskResult& result : results) written |= result.written;
    if ((named_ & written).none()) return;
    named_ = renamed(named_, results, written);
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      if ((lanes_[i] & written).none()) continue;
      lanes_[i] = renamed(lanes_[i], results, written);
      if (lanes_[i].none()) live_.reset(operand::kVgpr + i);
    }
  }

  // Goes back over an instruction that reads these, VGPRs in the lanes of EXEC.
  void read(const Registers& registers) {
    live_ |= registers;
    for (std::size_t code = registers._Find_next(operand::kVgpr - 1); code < registers.size();
         code = registers._Find_next(code)) {
      lanes_[code - operand::kVgpr] |= kExec;
    }
    named_ |= kExec;
  }

  // Joins what is live on another path. Whether that is more.
  bool add(const LiveRegisters& other) {
    const Registers live = live_ | other.live_;
    bool grew = live != live_;
    live_ = live;
    named_ |= other.named_;
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      if ((other.lanes_[i] & ~lanes_[i]).none()) continue;
      lanes_[i] |= other.lanes_[i];
      grew = true;
    }
    return grew;
  }

 private:
  static Masks renamed(const Masks& masks, std::span<const MaskResult> results,
                       const Masks& written) {
    Masks made = masks & ~written;
    for (const MaskResult& result : results) {
      if ((masks & result.written).any()) made |= result.from;
    }
    return made;
  }

  static inline const Masks kExec = Masks().set(operand::kExecLo);

  Registers live_;
  std::array<Masks, 256> lanes_;  // of VGPRs
  Masks named_;                   // by any of them, and perhaps more
};

}  // namespace emulator::timing
