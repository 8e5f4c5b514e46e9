// Hardware registers that s_getreg and s_setreg reach, as far as a compute wave can see them.
#pragma once

#include <cstdint>

#include "machine/wave.h"

namespace emulator {

// The operand of s_getreg and s_setreg: which register and which of its bits.
struct HardwareRegister {
  unsigned id;
  unsigned offset;
  unsigned size;

  static HardwareRegister decode(std::uint32_t immediate) {
    return {immediate & 0x3f, immediate >> 6 & 0x1f, (immediate >> 11 & 0x1f) + 1};
  }
  std::uint32_t mask() const { return size == 32 ? ~0u : (1u << size) - 1; }
};

// Throw Fault for a register that gfx1010 lacks, or a MODE that the software device lacks.
std::uint32_t read_hardware_register(const Wave& wave, HardwareRegister field);
void write_hardware_register(Wave& wave, HardwareRegister field, std::uint32_t value);

// Sets the arithmetic mode and tells the host's floating-point unit.
void set_float_mode(Wave& wave, const FloatMode& mode);

}  // namespace emulator
