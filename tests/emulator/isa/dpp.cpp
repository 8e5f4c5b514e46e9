#include "isa/dpp.h"

#include <array>

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

// What each lane reads by an instruction's control, whatever lanes are active.
struct Sources {
  std::array<std::uint8_t, kLanes> lane{};  // 0 where there is none
  std::uint32_t exist = 0;                  // lanes that have one
};

// By control, worked out once: kernels that multiply through DPP do little else.
const Sources& sources_of(unsigned control) {
  constexpr unsigned kControls = 512;
  static const std::array<Sources, kControls>& table = *[] {
    auto* const all = new std::array<Sources, kControls>;
    for (unsigned c = 0; c < kControls; ++c) {
      for (unsigned lane = 0; lane < kLanes; ++lane) {
        const unsigned from = source_lane(c, lane);
        if (from == kNoLane) continue;
        (*all)[c].lane[lane] = static_cast<std::uint8_t>(from);
        (*all)[c].exist |= 1u << lane;
      }
    }
    return all;
  }();
  return table[control % kControls];
}

Sources sources_of_dpp8(std::uint32_t selectors) {
  Sources sources;
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    sources.lane[lane] =
        static_cast<std::uint8_t>((lane & ~7u) + (selectors >> 3 * (lane & 7) & 7));
  }
  sources.exist = ~0u;
  return sources;
}

// Lanes whose source is there and active, or to be fetched all the same.
std::uint32_t valid_sources(const Sources& sources, bool fetch_inactive, std::uint32_t exec) {
  if (fetch_inactive || exec == ~0u) return sources.exist;
  std::uint32_t valid = 0;
  for (unsigned lane = 0; lane < kLanes; ++lane) valid |= (exec >> sources.lane[lane] & 1) << lane;
  return valid & sources.exist;
}

}  // namespace

void permute_dpp(const Wave& wave, const Instruction& instruction, unsigned half,
                 const std::uint32_t* in, std::uint32_t* out) {
  const bool is_dpp8 = (instruction.flags & kDpp8) != 0;
  const bool fetch_inactive =
      is_dpp8 ? (instruction.dpp8_selectors >> 24 & 1) != 0 : instruction.dpp.fetch_inactive;
  const auto permute = [&](const Sources& sources) {
    const std::uint32_t valid = valid_sources(sources, fetch_inactive, wave.exec(half));
    for (unsigned lane = 0; lane < kLanes; ++lane) out[lane] = in[sources.lane[lane]];
    if (valid == ~0u) return;
    for (unsigned lane = 0; lane < kLanes; ++lane) out[lane] &= 0u - (valid >> lane & 1);
  };
  if (is_dpp8) {
    permute(sources_of_dpp8(instruction.dpp8_selectors));
  } else {
    permute(sources_of(instruction.dpp.control));
  }
}

std::uint32_t dpp_write_mask(const Wave& wave, const Instruction& instruction, unsigned half) {
  const std::uint32_t exec = wave.exec(half);
  // DPP8 has no masks, and lanes without a source compute with zero (LLVM, AMDGPU modifier syntax,
  // "fi": "fetch zero values from inactive lanes").
  if ((instruction.flags & kDpp8) != 0) return exec;
  std::uint32_t mask = exec;
  if (!instruction.dpp.bound_control) {
    mask &=
        valid_sources(sources_of(instruction.dpp.control), instruction.dpp.fetch_inactive, exec);
  }
  if (instruction.dpp.row_mask == 0xf && instruction.dpp.bank_mask == 0xf) return mask;
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    const unsigned row = half * 2 + lane / kRowLanes;
    const unsigned bank = lane % kRowLanes / 4;
    const bool enabled =
        (instruction.dpp.row_mask >> row & 1) != 0 && (instruction.dpp.bank_mask >> bank & 1) != 0;
    if (!enabled) mask &= ~(1u << lane);
  }
  return mask;
}

}  // namespace emulator
