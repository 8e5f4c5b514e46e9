#include "isa/dpp.h"

#include "isa/vector_operation.h"

namespace emulator {
namespace {

constexpr unsigned kRowLanes = 16;
constexpr unsigned kNoLane = ~0u;

// The lane that `lane` reads, both within 32 lanes, or kNoLane past the end of a row. Control
// values: RDNA ISA, "DPP16"; LLVM's AMDGPU modifier syntax names them.
unsigned source_lane(unsigned control, unsigned lane) {
  const unsigned row = lane & ~(kRowLanes - 1);
  const unsigned in_row = lane & (kRowLanes - 1);
  const unsigned count = control & 0xf;
  switch (control >> 4) {
    case 0x10:  // row_shl
      return in_row + count < kRowLanes ? lane + count : kNoLane;
    case 0x11:  // row_shr
      return in_row >= count ? lane - count : kNoLane;
    case 0x12:  // row_ror
      return row + ((in_row - count) & (kRowLanes - 1));
    case 0x14:  // row_mirror, row_half_mirror
      return count == 0 ? row + (kRowLanes - 1 - in_row) : lane ^ 7;
    case 0x15:  // row_share
      return row + count;
    case 0x16:  // row_xmask
      return row + (in_row ^ count);
    default:  // quad_perm
      return (lane & ~3u) + (control >> 2 * (lane & 3) & 3);
  }
}

// `lane`'s source, or kNoLane when there is none or it is inactive and not to be fetched.
unsigned valid_source_lane(const Instruction& instruction, std::uint32_t exec, unsigned lane) {
  const bool is_dpp8 = (instruction.flags & kDpp8) != 0;
  const unsigned from = is_dpp8 ? (lane & ~7u) + (instruction.dpp8_selectors >> 3 * (lane & 7) & 7)
                                : source_lane(instruction.dpp.control, lane);
  const bool fetch_inactive =
      is_dpp8 ? (instruction.dpp8_selectors >> 24 & 1) != 0 : instruction.dpp.fetch_inactive;
  if (from == kNoLane || fetch_inactive) return from;
  return (exec >> from & 1) != 0 ? from : kNoLane;
}

}  // namespace

void permute_dpp(const Wave& wave, const Instruction& instruction, unsigned half,
                 const std::uint32_t* in, std::uint32_t* out) {
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    const unsigned from = valid_source_lane(instruction, wave.exec(half), lane);
    out[lane] = from == kNoLane ? 0 : in[from];
  }
}

std::uint32_t dpp_write_mask(const Wave& wave, const Instruction& instruction, unsigned half) {
  const std::uint32_t exec = wave.exec(half);
  // DPP8 has no masks, and lanes without a source compute with zero (LLVM, AMDGPU modifier syntax,
  // "fi": "fetch zero values from inactive lanes").
  if ((instruction.flags & kDpp8) != 0) return exec;
  std::uint32_t mask = 0;
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    const unsigned row = half * 2 + lane / kRowLanes;
    const unsigned bank = lane % kRowLanes / 4;
    const bool enabled =
        (instruction.dpp.row_mask >> row & 1) != 0 && (instruction.dpp.bank_mask >> bank & 1) != 0;
    const bool has_value =
        instruction.dpp.bound_control || valid_source_lane(instruction, exec, lane) != kNoLane;
    if (enabled && has_value) mask |= 1u << lane;
  }
  return exec & mask;
}

}  // namespace emulator
