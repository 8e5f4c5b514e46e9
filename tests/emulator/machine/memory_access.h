// From the addresses of a wave's lanes to host memory, with the checks that a card makes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "machine/fault.h"
#include "machine/lane_vector.h"
#include "machine/wave.h"
#include "machine/workgroup.h"

namespace emulator {

enum class Access : std::uint8_t { kLoad, kStore, kAtomic };

// For the texts of faults: "load", and "4096 bytes of device memory at 0x7f0000001000".
std::string_view verb(Access access);
std::string describe(const Region& region);

// Where the data of 32 lanes lie: dword d of a lane is at base + offset[lane] + d * dword_stride.
// The offsets are 32 bits wide (one base for all lanes) or 64 (whole addresses). Only those of
// active lanes mean anything.
template <class Offset>
struct LaneData {
  std::uintptr_t base = 0;
  const Offset* offset = nullptr;
  unsigned dword_stride = 4;  // more than 4 in swizzled scratch

  std::byte* at(unsigned lane) const { return reinterpret_cast<std::byte*>(base + offset[lane]); }
  std::byte* at(unsigned lane, unsigned dword) const { return at(lane) + dword * dword_stride; }
};

template <class T>
struct LaneArray {
  alignas(64) std::array<T, kLanes> lane;
};

// Number of a lane in the wave.
constexpr unsigned lane_number(unsigned half, unsigned lane) { return half * kLanes + lane; }

// `lane` of a scalar access.
constexpr int kScalarAccess = -1;

[[noreturn]] void throw_memory_violation(const Wave& wave, std::uint64_t address, unsigned bytes,
                                         Access access, int lane);
[[noreturn]] void throw_scratch_violation(const Wave& wave, std::uint64_t offset, unsigned bytes,
                                          Access access, unsigned lane);
[[noreturn]] void throw_misaligned(std::uint64_t address, unsigned bytes, unsigned alignment,
                                   std::string_view where, unsigned lane);

// The entry of an instruction in the wave's region cache.
inline Wave::CachedRegion& region_entry(Wave& wave, const Instruction& instruction) {
  return wave.cached_regions[instruction.address / 8 % wave.cached_regions.size()];
}

// Host address of [address, address + bytes) in global memory; throws Fault if no allocation holds
// it. Looks in the instruction's cached region first.
std::byte* find_global(Wave& wave, const Instruction& instruction, std::uint64_t address,
                       unsigned bytes, Access access, int lane);
inline std::byte* global_address(Wave& wave, const Instruction& instruction, std::uint64_t address,
                                 unsigned bytes, Access access, int lane) {
  const Wave::CachedRegion& region = region_entry(wave, instruction);
  if (address >= region.begin && address < region.end && region.end - address >= bytes) [[likely]] {
    return region.host + (address - region.begin);
  }
  return find_global(wave, instruction, address, bytes, access, lane);
}

// Makes the region that holds `address` the instruction's cached one; false if none does.
bool cache_region(Wave& wave, const Instruction& instruction, std::uint64_t address);

// The slow way of global_lanes().
LaneData<std::uint64_t> find_global_lanes(Wave& wave, const Instruction& instruction, unsigned half,
                                          std::uint32_t exec, unsigned bytes, Access access,
                                          std::uint64_t* address);

// Data of the active lanes at device addresses, if the cached region holds them all; otherwise the
// offset pointer is null.
[[gnu::always_inline]] inline LaneData<std::uint64_t> cached_lanes(Wave& wave,
                                                                   const Instruction& instruction,
                                                                   std::uint32_t exec,
                                                                   unsigned bytes,
                                                                   const std::uint64_t* address) {
  const Wave::CachedRegion& region = region_entry(wave, instruction);
  if (region.begin + bytes > region.end ||
      any_outside(address, exec, region.begin, region.end - bytes - region.begin)) [[unlikely]] {
    return {};
  }
  return {reinterpret_cast<std::uintptr_t>(region.host) - region.begin, address};
}

// Data of the active lanes at the device addresses `address`, which may be rewritten.
[[gnu::always_inline]] inline LaneData<std::uint64_t> global_lanes(
    Wave& wave, const Instruction& instruction, unsigned half, std::uint32_t exec, unsigned bytes,
    Access access, std::uint64_t* address) {
  const LaneData<std::uint64_t> lanes = cached_lanes(wave, instruction, exec, bytes, address);
  if (lanes.offset != nullptr) [[likely]]
    return lanes;
  return find_global_lanes(wave, instruction, half, exec, bytes, access, address);
}

// The slow way of global_lanes_from().
LaneData<std::uint32_t> find_lanes_from(Wave& wave, const Instruction& instruction,
                                        std::uint32_t exec, unsigned bytes, std::uint64_t base,
                                        const std::uint32_t* offset);

// Data of the active lanes at base + offset[lane], if the cached region holds them all; otherwise
// the offset pointer is null.
[[gnu::always_inline]] inline LaneData<std::uint32_t> cached_lanes_from(
    Wave& wave, const Instruction& instruction, std::uint32_t exec, unsigned bytes,
    std::uint64_t base, const std::uint32_t* offset) {
  const Wave::CachedRegion& region = region_entry(wave, instruction);
  // The offsets that reach the region, clipped to 32 bits.
  constexpr std::uint64_t kMost = 0xffffffff;
  if (region.begin + bytes > region.end || base + kMost < base) return {};
  const std::uint64_t last = region.end - bytes;
  if (last < base) return {};
  const std::uint64_t low = region.begin > base ? region.begin - base : 0;
  const std::uint64_t high = last - base < kMost ? last - base : kMost;
  if (low > high) return {};
  if (any_outside(offset, exec, static_cast<std::uint32_t>(low),
                  static_cast<std::uint32_t>(high - low))) [[unlikely]] {
    return {};
  }
  return {reinterpret_cast<std::uintptr_t>(region.host) + (base - region.begin), offset};
}

// The same for any region that holds them all.
[[gnu::always_inline]] inline LaneData<std::uint32_t> global_lanes_from(
    Wave& wave, const Instruction& instruction, std::uint32_t exec, unsigned bytes,
    std::uint64_t base, const std::uint32_t* offset) {
  const LaneData<std::uint32_t> lanes =
      cached_lanes_from(wave, instruction, exec, bytes, base, offset);
  if (lanes.offset != nullptr) [[likely]]
    return lanes;
  return find_lanes_from(wave, instruction, exec, bytes, base, offset);
}

// Multi-dword LDS accesses must be naturally aligned in WGP mode: gfx1010 gets them wrong
// otherwise (LLVM's FeatureLdsMisalignedBug). CU mode takes any alignment.
bool lds_needs_alignment(const Wave& wave);
constexpr unsigned lds_alignment(unsigned bytes) { return bytes <= 4 ? 1 : bytes <= 8 ? 8 : 16; }

// Out of the workgroup's LDS a load gives zero and a store is dropped, the whole of a lane's access
// if a part of it is outside. Source: AMD, "RDNA 1.0 Instruction Set Architecture", section 3.6.1;
// for parts "RDNA3 Instruction Set Architecture", section 3.3.4.1. Hand-written kernels rely on it:
// they send idle lanes there.
inline bool is_in_lds(const Workgroup& workgroup, std::uint64_t offset, unsigned bytes) {
  return offset <= workgroup.lds.size() && workgroup.lds.size() - offset >= bytes;
}

// Host address of `bytes` bytes at `offset` in the workgroup's LDS; null if they are out of range.
// Throws Fault if they are misaligned in a way that the hardware cannot do.
std::byte* lds_address(const Wave& wave, std::uint64_t offset, unsigned bytes, unsigned lane);

// The active lanes whose access is in range. Throws as lds_address().
std::uint32_t lanes_in_lds(const Wave& wave, unsigned half, std::uint32_t exec,
                           const std::uint32_t* address, std::uint32_t offset, unsigned bytes);

// Scratch interleaves the dwords of a wave's lanes. `base` is where byte 0 of lane 0 lies and
// `offset` counts the bytes of one lane.
//
// Host address of byte `offset` of a lane; the bytes up to the next multiple of 4 follow it. Throws
// Fault unless all `bytes` bytes are inside the wave's scratch.
std::byte* scratch_address(const Wave& wave, std::uint64_t base, std::uint64_t offset,
                           unsigned bytes, Access access, unsigned lane);

// Data of the active lanes at their own offsets, which are turned into host offsets; false if a
// lane's data straddle dwords, so that only scratch_address() finds all bytes.
bool scratch_lanes(const Wave& wave, std::uint64_t base, unsigned half, std::uint32_t exec,
                   unsigned bytes, Access access, std::uint32_t* offset,
                   LaneData<std::uint32_t>& data);

}  // namespace emulator
