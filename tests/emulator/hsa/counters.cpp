#include "hsa/counters.h"

#include "machine/device.h"

void emulator_read_counters(RdnaEmulatorCounters* counters) {
  using emulator::InstructionClass;
  if (counters == nullptr) return;
  const emulator::Device& device = emulator::Device::instance();
  const emulator::ClassCounts counts = device.total_counts();
  const auto of = [&](InstructionClass c) { return counts.of[static_cast<std::size_t>(c)]; };
  *counters = {
      .wave_instructions = device.total_wave_instructions(),
      // The machine counts an instruction in one class only.
      .valu = of(InstructionClass::kValu) + of(InstructionClass::kFma),
      .fma = of(InstructionClass::kFma),
      .salu = of(InstructionClass::kSalu),
      .vmem = of(InstructionClass::kVmem),
      .lds = of(InstructionClass::kLds),
      .smem = of(InstructionClass::kSmem),
      .branch = of(InstructionClass::kBranch),
      .dispatches = device.total_dispatches(),
  };
}
