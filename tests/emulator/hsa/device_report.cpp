#include "hsa/device_report.h"

#include <algorithm>
#include <cstdio>
#include <string>

#include "machine/device.h"
#include "timing/launch_observer.h"
#include "timing/modelled_launch.h"
#include "timing/profile_store.h"
#include "timing/settings.h"
#include "timing/time_range.h"

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
            .workgroup_processors = setting->constants.workgroup_processors,
            .dram_gb_per_s = setting->constants.dram_gb_per_s};
  return true;
}

void emulator_take_first_stall(char* text, std::size_t size) {
  if (text == nullptr || size == 0) return;
  const auto longest = emulator::timing::LaunchFollower::instance().take_longest();
  const std::string stall =
      longest == nullptr ? "" : emulator::timing::first_stall(longest->timing());
  std::snprintf(text, size, "%s", stall.c_str());
}

void emulator_displace_caches() { emulator::timing::displace_caches(); }

std::size_t emulator_take_time_spent(RdnaEmulatorTimeSpent* rows, std::size_t size,
                                     double* dram_bytes) {
  if (!emulator::timing::device_clock() || rows == nullptr || dram_bytes == nullptr) return 0;
  const auto spent = emulator::timing::LaunchFollower::instance().take_time_spent();
  *dram_bytes = spent.dram_bytes();
  const auto all = spent.rows();
  for (std::size_t i = 0; i < std::min(size, all.size()); ++i) {
    rows[i] = {all[i].first.data(), all[i].second};  // literals: they end with a zero
  }
  return all.size();
}

void emulator_execute_modelled_only(bool on) { emulator::timing::execute_modelled_only(on); }

void emulator_capture_range(bool on) { emulator::timing::RangeStore::instance().capture(on); }

bool emulator_take_range(double* down_us, double* up_us) {
  const auto& setting = emulator::timing::device_clock();
  if (!setting || down_us == nullptr || up_us == nullptr) return false;
  const auto range = emulator::timing::RangeStore::instance().take(setting->constants);
  *down_us = range.down;
  *up_us = range.up;
  return true;
}

void emulator_capture_profile(bool on) { emulator::timing::ProfileStore::instance().capture(on); }

const char* emulator_take_profile() {
  static std::string& text = *new std::string;
  text = emulator::timing::ProfileStore::instance().take_text();
  return text.c_str();
}
