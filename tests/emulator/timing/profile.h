// What a profile says of a kernel: where its time goes and what would change it.
#pragma once

#include <string>
#include <vector>

#include "machine/program.h"
#include "timing/constants.h"
#include "timing/launch_timing.h"
#include "timing/sensitivity.h"

namespace emulator::timing {

// A kernel's longest launch, and how often it was launched with that grid.
struct KernelProfile {
  std::string name;
  std::string clock;                    // whose constants
  std::array<std::uint32_t, 3> grid{};  // work-items
  std::array<std::uint32_t, 3> workgroup{};
  std::uint64_t entry = 0;  // address of the first instruction
  std::uint64_t launches = 0;
  double total_us = 0;  // of all launches
  LaunchTiming timing;
  std::vector<Sensitivity> sensitivities;  // the largest first; empty if not asked for
  Constants constants{};
};

// What the vector ALU waits for most, in a word or two: "vector ALU" if it is busy for most of the
// time, else the largest of the stalls, "occupancy" for SIMDs without a wave.
std::string first_stall(const LaunchTiming& timing);

std::string profile_text(const KernelProfile& profile);
std::string profile_json(const KernelProfile& profile, const Program& program);
// Every instruction that the kernel executed, with its share of the issues and what waves waited
// for there.
std::string profile_listing(const KernelProfile& profile, const Program& program);

}  // namespace emulator::timing
