#include "machine/occupancy.h"

#include <algorithm>

#include "machine/device.h"

namespace emulator {

WorkgroupNeeds needs_of(const Dispatch& dispatch) {
  const Kernel& kernel = *dispatch.kernel;
  WorkgroupNeeds needs;
  needs.wave64 = kernel.is_wave64();
  needs.compute_unit_mode = !kernel.is_workgroup_processor_mode();
  const unsigned wave_size = needs.wave64 ? 64 : 32;
  const std::uint64_t items =
      std::uint64_t{dispatch.workgroup[0]} * dispatch.workgroup[1] * dispatch.workgroup[2];
  needs.waves =
      static_cast<unsigned>(std::max<std::uint64_t>((items + wave_size - 1) / wave_size, 1));
  needs.vgprs = ((kernel.rsrc1 & 63) + 1) * (needs.wave64 ? 4 : 8);
  needs.lds_bytes = (dispatch.group_segment_bytes + kLdsGranule - 1) / kLdsGranule * kLdsGranule;
  return needs;
}

std::string_view to_string(OccupancyLimit limit) {
  switch (limit) {
    case OccupancyLimit::kWaveSlots:
      return "wave slots";
    case OccupancyLimit::kVgprs:
      return "VGPRs";
    case OccupancyLimit::kLds:
      return "LDS";
    case OccupancyLimit::kBarriers:
      return "barriers";
    case OccupancyLimit::kGrid:
      return "the grid";
  }
  return "";
}

unsigned waves_per_simd(const WorkgroupNeeds& needs) {
  return std::min(kWaveSlotsPerSimd, kVgprsPerSimd / std::max(needs.vgpr_rows(), 1u));
}

Occupancy occupancy_of(const WorkgroupNeeds& needs) {
  // In WGP mode a workgroup has the whole processor, in CU mode one of its two halves.
  const unsigned parts = needs.compute_unit_mode ? kComputeUnits : 1;
  const unsigned simds = kSimds / parts;
  const unsigned by_registers = kVgprsPerSimd / std::max(needs.vgpr_rows(), 1u);
  const unsigned per_simd = waves_per_simd(needs);
  struct Bound {
    OccupancyLimit limit;
    unsigned workgroups;
  };
  const unsigned lds = kLdsBytesPerComputeUnit * kComputeUnits / parts;
  const Bound bounds[] = {
      {by_registers < kWaveSlotsPerSimd ? OccupancyLimit::kVgprs : OccupancyLimit::kWaveSlots,
       simds * per_simd / needs.waves},
      {OccupancyLimit::kLds, needs.lds_bytes == 0 ? ~0u : lds / needs.lds_bytes},
      // A workgroup of one wave needs no barrier.
      {OccupancyLimit::kBarriers,
       needs.waves == 1 ? ~0u : kBarriersPerComputeUnit * kComputeUnits / parts},
  };
  const Bound least =
      *std::min_element(std::begin(bounds), std::end(bounds),
                        [](const Bound& a, const Bound& b) { return a.workgroups < b.workgroups; });
  Occupancy occupancy;
  occupancy.limit = least.limit;
  occupancy.workgroups = std::max(least.workgroups, 1u) * parts;
  occupancy.waves_per_simd =
      std::min(per_simd, (occupancy.workgroups * needs.waves + kSimds - 1) / kSimds);
  return occupancy;
}

}  // namespace emulator
