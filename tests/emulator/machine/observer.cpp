#include "machine/observer.h"

#include "isa/float_mode.h"

namespace emulator {

LaneAccess& AccessList::add(AccessSpace space, Access access, unsigned half, unsigned bytes,
                            std::uint32_t lanes) {
  if (count_ == accesses_.size()) accesses_.emplace_back();
  LaneAccess& added = accesses_[count_++];
  added.space = space;
  added.access = access;
  added.half = static_cast<std::uint8_t>(half);
  added.bytes = static_cast<std::uint8_t>(bytes);
  added.first_byte = 0;
  added.extend = nullptr;
  added.dword_stride = 4;
  added.lanes = lanes;
  return added;
}

void resume_wave(Wave& wave, std::uint64_t quantum) {
  wave.budget = quantum <= kNeverYields - wave.executed ? wave.executed + quantum : kNeverYields;
  wave.state = WaveState::kReady;
  name_running_wave(wave);
  apply_float_mode(wave);
}

void step(Wave& wave) {
  const Instruction& instruction = *wave.next;
  wave.current = &instruction;
  const Instruction* next = instruction.execute(wave, instruction);
  // Without a next instruction the handler has set wave.next and the state.
  if (next != nullptr) wave.next = next;
}

}  // namespace emulator
