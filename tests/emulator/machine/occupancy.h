// How many workgroups of a kernel a workgroup processor holds, and what stops it from more.
#pragma once

#include <cstdint>
#include <string_view>

namespace emulator {

struct Dispatch;

// Of a workgroup processor. LLVM, AMDGPUBaseInfo.cpp: getMaxWavesPerEU (20 slots),
// getMaxWorkGroupsPerCU (16 barriers a CU, none for a workgroup of one wave), getTotalNumVGPRs
// (1024 in wave32, 512 in wave64, so a wave64's registers are two rows of 32 lanes each);
// AMD, "RDNA Architecture" (4 SIMDs and 128 KB of LDS a processor).
constexpr unsigned kSimds = 4;
constexpr unsigned kComputeUnits = 2;
constexpr unsigned kSimdsPerComputeUnit = 2;
constexpr unsigned kWaveSlotsPerSimd = 20;
constexpr unsigned kVgprsPerSimd = 1024;  // of 32 lanes
constexpr unsigned kLdsBytesPerComputeUnit = 65536;
constexpr unsigned kLdsGranule = 512;
constexpr unsigned kBarriersPerComputeUnit = 16;

// What a kernel's workgroups take. Granules are those of gfx1010 (LLVM, SIRegisterInfo; Mesa,
// aco_ir.cpp): 8 VGPRs in wave32, 4 in wave64, 512 bytes of LDS.
struct WorkgroupNeeds {
  unsigned waves = 1;
  unsigned vgprs = 8;      // per lane, as allocated
  unsigned lds_bytes = 0;  // as allocated
  bool wave64 = false;
  bool compute_unit_mode = false;  // all waves on the two SIMDs of one CU

  // VGPRs of 32 lanes that a wave takes.
  unsigned vgpr_rows() const { return wave64 ? 2 * vgprs : vgprs; }
};

WorkgroupNeeds needs_of(const Dispatch& dispatch);

enum class OccupancyLimit : std::uint8_t { kWaveSlots, kVgprs, kLds, kBarriers, kGrid };
std::string_view to_string(OccupancyLimit limit);

struct Occupancy {
  unsigned workgroups = 1;      // per workgroup processor
  unsigned waves_per_simd = 1;  // on the fullest SIMD
  OccupancyLimit limit = OccupancyLimit::kWaveSlots;
};

// Waves of `vgprs` that a SIMD holds.
unsigned waves_per_simd(const WorkgroupNeeds& needs);

// Of full workgroup processors. A workgroup that does not fit counts as one.
Occupancy occupancy_of(const WorkgroupNeeds& needs);

}  // namespace emulator
