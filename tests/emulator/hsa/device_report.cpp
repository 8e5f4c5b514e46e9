#include "hsa/device_report.h"

#include <cstdio>
#include <string>

#include "machine/device.h"
#include "timing/launch_observer.h"
#include "timing/profile_store.h"
#include "timing/settings.h"

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

bool emulator_read_clock(RdnaEmulatorClock* clock) {
  const auto& setting = emulator::timing::device_clock();
  if (!setting || clock == nullptr) return false;
  *clock = {.name = setting->name.c_str(),
            .core_mhz = setting->constants.core_mhz,
            .workgroup_processors = setting->constants.workgroup_processors};
  return true;
}

void emulator_take_first_stall(char* text, std::size_t size) {
  if (text == nullptr || size == 0) return;
  const auto longest = emulator::timing::take_longest_launch();
  const std::string stall = longest == nullptr ? "" : emulator::timing::first_stall(*longest);
  std::snprintf(text, size, "%s", stall.c_str());
}

void emulator_capture_profile(bool on) { emulator::timing::ProfileStore::instance().capture(on); }

const char* emulator_take_profile() {
  static std::string& text = *new std::string;
  text = emulator::timing::ProfileStore::instance().take_text();
  return text.c_str();
}
