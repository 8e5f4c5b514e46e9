#include "machine/memory_access.h"

#include <bit>
#include <string>

#include "machine/device.h"
#include "machine/format.h"

namespace emulator {
namespace {

// A device allocation further away than this is no help in a fault's text.
constexpr std::uint64_t kNearby = 1ull << 30;

using Long = unsigned long long;

std::string subject(unsigned bytes, Access access, int lane) {
  const std::string lane_text = lane == kScalarAccess ? "" : format("lane %d: ", lane);
  return lane_text + format("%u-byte ", bytes) + std::string(verb(access));
}

// Where `address` lies in relation to the allocations.
std::string neighbourhood(const MemorySnapshot& memory, std::uint64_t address) {
  for (const Region& freed : memory.freed()) {
    if (address >= freed.begin && address < freed.end) {
      return format("byte %llu of freed memory: it was ",
                    static_cast<Long>(address - freed.begin)) +
             describe(freed);
    }
  }
  const Region* below = memory.before(address);
  if (below != nullptr && address < below->end) {
    return format("starts %llu bytes before the end of ", static_cast<Long>(below->end - address)) +
           describe(*below);
  }
  const std::vector<Region>& regions = memory.regions();
  const Region* above = below == nullptr ? regions.data() : below + 1;
  if (above == regions.data() + regions.size()) above = nullptr;
  const std::uint64_t past = below == nullptr ? ~0ull : address - below->end;
  const std::uint64_t before = above == nullptr ? ~0ull : above->begin - address;
  if (past <= before && past < kNearby) {
    return format("%llu bytes past the end of ", static_cast<Long>(past)) + describe(*below);
  }
  if (before < kNearby) {
    return format("%llu bytes before ", static_cast<Long>(before)) + describe(*above);
  }
  if (address < 0x10000) return "a null pointer or a small offset from one";
  return "not near any allocation";
}

}  // namespace

std::string_view verb(Access access) {
  switch (access) {
    case Access::kLoad:
      return "load";
    case Access::kStore:
      return "store";
    case Access::kAtomic:
      break;
  }
  return "atomic operation";
}

std::string describe(const Region& region) {
  return format("%llu bytes of ", static_cast<Long>(region.end - region.begin)) +
         std::string(to_string(region.kind)) +
         format(" at 0x%llx", static_cast<Long>(region.begin));
}

void throw_memory_violation(const Wave& wave, std::uint64_t address, unsigned bytes, Access access,
                            int lane) {
  throw Fault(FaultKind::kMemoryViolation, subject(bytes, access, lane) +
                                               format(" at 0x%llx, ", static_cast<Long>(address)) +
                                               neighbourhood(*wave.memory, address));
}

void throw_scratch_violation(const Wave& wave, std::uint64_t offset, unsigned bytes, Access access,
                             unsigned lane) {
  const std::uint64_t per_lane = wave.scratch_bytes / (wave.halves * kLanes);
  throw Fault(FaultKind::kAperture,
              subject(bytes, access, static_cast<int>(lane)) +
                  format(" at scratch offset %lld, but a lane has %llu bytes of scratch",
                         static_cast<long long>(offset), static_cast<Long>(per_lane)));
}

void throw_misaligned(std::uint64_t address, unsigned bytes, unsigned alignment,
                      std::string_view where, unsigned lane) {
  throw Fault(
      FaultKind::kMisaligned,
      format("lane %u: %u-byte access at ", lane, bytes) + std::string(where) +
          format(" 0x%llx must be aligned to %u bytes", static_cast<Long>(address), alignment));
}

std::byte* find_global(Wave& wave, const Instruction& instruction, std::uint64_t address,
                       unsigned bytes, Access access, int lane) {
  const Region* region = wave.memory->find(address);
  if (region == nullptr || !region->contains(address, bytes)) {
    wave.current = &instruction;
    throw_memory_violation(wave, address, bytes, access, lane);
  }
  region_entry(wave, instruction) = {region->begin, region->end, region->host, region->kind};
  return region->at(address);
}

bool cache_region(Wave& wave, const Instruction& instruction, std::uint64_t address) {
  const Region* region = wave.memory->find(address);
  if (region == nullptr) return false;
  region_entry(wave, instruction) = {region->begin, region->end, region->host, region->kind};
  return true;
}

LaneData<std::uint32_t> find_lanes_from(Wave& wave, const Instruction& instruction,
                                        std::uint32_t exec, unsigned bytes, std::uint64_t base,
                                        const std::uint32_t* offset) {
  const std::uint64_t first = base + offset[static_cast<unsigned>(std::countr_zero(exec))];
  if (!cache_region(wave, instruction, first)) return {};
  return cached_lanes_from(wave, instruction, exec, bytes, base, offset);
}

LaneData<std::uint64_t> find_global_lanes(Wave& wave, const Instruction& instruction, unsigned half,
                                          std::uint32_t exec, unsigned bytes, Access access,
                                          std::uint64_t* address) {
  if (cache_region(wave, instruction, address[static_cast<unsigned>(std::countr_zero(exec))])) {
    const LaneData<std::uint64_t> lanes = cached_lanes(wave, instruction, exec, bytes, address);
    if (lanes.offset != nullptr) return lanes;
  }
  // They lie in several regions, or one in none.
  for (std::uint32_t rest = exec; rest != 0; rest &= rest - 1) {
    const auto lane = static_cast<unsigned>(std::countr_zero(rest));
    address[lane] = reinterpret_cast<std::uint64_t>(
        global_address(wave, instruction, address[lane], bytes, access,
                       static_cast<int>(lane_number(half, lane))));
  }
  return {0, address};
}

bool lds_needs_alignment(const Wave& wave) {
  const Dispatch* dispatch = wave.workgroup->dispatch;
  return dispatch != nullptr && dispatch->kernel != nullptr &&
         dispatch->kernel->is_workgroup_processor_mode();
}

std::byte* lds_address(const Wave& wave, std::uint64_t offset, unsigned bytes, unsigned lane) {
  if (!is_in_lds(*wave.workgroup, offset, bytes)) return nullptr;
  const unsigned alignment = lds_alignment(bytes);
  if ((offset & (alignment - 1)) != 0 && lds_needs_alignment(wave)) {
    throw_misaligned(offset, bytes, alignment, "LDS offset", lane);
  }
  return wave.workgroup->lds.data() + offset;
}

std::uint32_t lanes_in_lds(const Wave& wave, unsigned half, std::uint32_t exec,
                           const std::uint32_t* address, std::uint32_t offset, unsigned bytes) {
  std::uint32_t inside = 0;
  for (std::uint32_t rest = exec; rest != 0; rest &= rest - 1) {
    const auto lane = static_cast<unsigned>(std::countr_zero(rest));
    // The sum wraps at 32 bits.
    const std::uint32_t sum = address[lane] + offset;
    if (lds_address(wave, sum, bytes, lane_number(half, lane)) != nullptr) inside |= 1u << lane;
  }
  return inside;
}

std::byte* scratch_address(const Wave& wave, std::uint64_t base, std::uint64_t offset,
                           unsigned bytes, Access access, unsigned lane) {
  const unsigned wave_size = wave.halves * kLanes;
  const std::uint64_t begin = base - wave.scratch_base;  // wraps around when below
  // All lanes' dwords up to the one that holds the last byte; an offset may have wrapped around.
  const std::uint64_t needed = ((offset + bytes - 1) / 4 + 1) * 4 * wave_size;
  if (offset > wave.scratch_bytes || begin > wave.scratch_bytes ||
      needed > wave.scratch_bytes - begin) {
    throw_scratch_violation(wave, begin / wave_size + offset, bytes, access, lane);
  }
  return reinterpret_cast<std::byte*>(base + offset / 4 * 4 * wave_size + lane * 4 + offset % 4);
}

bool scratch_lanes(const Wave& wave, std::uint64_t base, unsigned half, std::uint32_t exec,
                   unsigned bytes, Access access, std::uint32_t* offset,
                   LaneData<std::uint32_t>& data) {
  const unsigned wave_size = wave.halves * kLanes;
  const unsigned last_start = bytes >= 4 ? 0 : 4 - bytes;
  for (std::uint32_t rest = exec; rest != 0; rest &= rest - 1) {
    const auto lane = static_cast<unsigned>(std::countr_zero(rest));
    const unsigned number = lane_number(half, lane);
    if (offset[lane] % 4 > last_start) return false;
    scratch_address(wave, base, offset[lane], bytes, access, number);
  }
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    offset[lane] =
        offset[lane] / 4 * 4 * wave_size + lane_number(half, lane) * 4 + offset[lane] % 4;
  }
  data = {base, offset, 4 * wave_size};
  return true;
}

}  // namespace emulator
