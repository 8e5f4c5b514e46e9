// DS instructions that move data between lanes through the LDS crossbar and touch no memory, and
// those of the wave as a whole. Source: AMD, "RDNA 1.0 Instruction Set Architecture", section
// 12.14. Lanes are exchanged within halves of 32.
#include <bit>

#include "isa/lds_access.h"

namespace emulator {
namespace {

constexpr unsigned kLaneMask = kLanes - 1;

bool is_active(std::uint32_t exec, unsigned lane) { return (exec >> lane & 1) != 0; }

unsigned reverse5(unsigned lane) {
  return (lane & 1) << 4 | (lane & 2) << 2 | (lane & 4) | (lane & 8) >> 2 | (lane & 16) >> 4;
}

// The lane that ds_swizzle reads for `lane`.
unsigned swizzle_source(unsigned pattern, unsigned lane) {
  const unsigned mask = pattern & 0x1f;
  if (pattern >= 0xe000) {  // butterfly
    return reverse5(lane) >> std::popcount(mask) | (lane & mask);
  }
  if (pattern >= 0xc000) {  // rotate
    const unsigned distance = pattern >> 5 & 0x1f;
    const unsigned rotated = (pattern & 1u << 10) != 0 ? lane - distance : lane + distance;
    return (lane & mask) | (rotated & ~mask & kLaneMask);
  }
  if (pattern >= 0x8000) {  // any permutation of a quad
    return (lane & ~3u) | (pattern >> (2 * (lane & 3)) & 3);
  }
  return ((lane & mask) | (pattern >> 5 & 0x1f)) ^ (pattern >> 10 & 0x1f);
}

// Gives `to` the active lanes of `values`; source lanes that are inactive count as zero.
void write_active(Vgpr& to, std::uint32_t exec, const LaneArray<std::uint32_t>& values) {
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    if (is_active(exec, lane)) to.lane[lane] = values.lane[lane];
  }
}

const Instruction* swizzle(Wave& wave, const Instruction& instruction) {
  begin_lds(wave, instruction);
  for (unsigned half = 0; half < wave.halves; ++half) {
    const std::uint32_t exec = wave.exec(half);
    const Vgpr& from = *vgpr(wave, half, instruction.source[0]);
    LaneArray<std::uint32_t> values;
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      const unsigned source =
          swizzle_source(static_cast<unsigned>(instruction.offset), lane) & kLaneMask;
      values.lane[lane] = is_active(exec, source) ? from.lane[source] : 0;
    }
    write_active(*vgpr(wave, half, instruction.destination), exec, values);
  }
  return &instruction + 1;
}

unsigned permuted_lane(const Vgpr& address, const Instruction& instruction, unsigned lane) {
  return (address.lane[lane] + static_cast<std::uint32_t>(instruction.offset)) / 4 & kLaneMask;
}

const Instruction* permute(Wave& wave, const Instruction& instruction) {
  begin_lds(wave, instruction);
  for (unsigned half = 0; half < wave.halves; ++half) {
    const std::uint32_t exec = wave.exec(half);
    const Vgpr& address = *vgpr(wave, half, instruction.source[0]);
    const Vgpr& from = *vgpr(wave, half, instruction.source[1]);
    LaneArray<std::uint32_t> values{};
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      if (!is_active(exec, lane)) continue;
      values.lane[permuted_lane(address, instruction, lane)] = from.lane[lane];
    }
    write_active(*vgpr(wave, half, instruction.destination), exec, values);
  }
  return &instruction + 1;
}

const Instruction* backward_permute(Wave& wave, const Instruction& instruction) {
  begin_lds(wave, instruction);
  for (unsigned half = 0; half < wave.halves; ++half) {
    const std::uint32_t exec = wave.exec(half);
    const Vgpr& address = *vgpr(wave, half, instruction.source[0]);
    const Vgpr& from = *vgpr(wave, half, instruction.source[1]);
    LaneArray<std::uint32_t> values;
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      const unsigned source = permuted_lane(address, instruction, lane);
      values.lane[lane] = is_active(exec, source) ? from.lane[source] : 0;
    }
    write_active(*vgpr(wave, half, instruction.destination), exec, values);
  }
  return &instruction + 1;
}

// One addition for the whole wave at M0 + offset; every active lane gets the old value.
template <bool kAppend>
const Instruction* count_lanes(Wave& wave, const Instruction& instruction) {
  begin_lds(wave, instruction);
  const std::uint64_t exec = wave.is_wave64() ? wave.exec64() : wave.exec();
  if (exec == 0) return &instruction + 1;
  const std::uint64_t offset =
      (wave.s[operand::kM0] & 0xffff) + static_cast<std::uint64_t>(instruction.offset);
  std::byte* at = lds_address(wave, offset, 4, static_cast<unsigned>(std::countr_zero(exec)));
  const auto old = at != nullptr ? load_from<std::uint32_t>(at) : 0;
  const auto lanes = static_cast<std::uint32_t>(std::popcount(exec));
  if (at != nullptr) store_to(at, kAppend ? old + lanes : old - lanes);
  for (unsigned half = 0; half < wave.halves; ++half) {
    Vgpr& to = *vgpr(wave, half, instruction.destination);
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      if (is_active(wave.exec(half), lane)) to.lane[lane] = old;
    }
  }
  return &instruction + 1;
}

void list_count(Wave& wave, const Instruction& instruction, AccessList& list) {
  const std::uint64_t exec = wave.is_wave64() ? wave.exec64() : wave.exec();
  if (exec == 0) return;
  const auto lane = static_cast<unsigned>(std::countr_zero(exec));
  LaneArray<std::uint32_t> address{};
  address.lane[lane % kLanes] = wave.s[operand::kM0] & 0xffff;
  list_lds(wave, lane / kLanes, 1u << lane % kLanes, address.lane.data(),
           static_cast<std::uint32_t>(instruction.offset), 4, Access::kAtomic, list);
}

const Instruction* global_data_share(Wave& wave, const Instruction& instruction) {
  throw_gds(wave, instruction);
}

// clang-format off
constexpr Opcode kRows[] = {
    ds_row(24, "ds_gws_sema_release_all", global_data_share, Type::kNone, Type::kNone),
    ds_row(25, "ds_gws_init", global_data_share, Type::kNone, Type::kB32),
    ds_row(26, "ds_gws_sema_v", global_data_share, Type::kNone, Type::kNone),
    ds_row(27, "ds_gws_sema_br", global_data_share, Type::kNone, Type::kB32),
    ds_row(28, "ds_gws_sema_p", global_data_share, Type::kNone, Type::kNone),
    ds_row(29, "ds_gws_barrier", global_data_share, Type::kNone, Type::kB32),
    ds_row(53, "ds_swizzle_b32", swizzle, Type::kB32, Type::kB32),
    with_uses(with_accesses(ds_row(61, "ds_consume", count_lanes<false>, Type::kB32, Type::kNone, Type::kNone, Type::kNone, kAtomic), list_count), kReadsM0),
    with_uses(with_accesses(ds_row(62, "ds_append", count_lanes<true>, Type::kB32, Type::kNone, Type::kNone, Type::kNone, kAtomic), list_count), kReadsM0),
    ds_row(63, "ds_ordered_count", global_data_share, Type::kB32, Type::kB32),
    ds_row(178, "ds_permute_b32", permute, Type::kB32, Type::kB32, Type::kB32),
    ds_row(179, "ds_bpermute_b32", backward_permute, Type::kB32, Type::kB32, Type::kB32),
};
// clang-format on

}  // namespace

std::span<const Opcode> ds_permute_rows() { return kRows; }

}  // namespace emulator
