// FLAT, GLOBAL and SCRATCH: per-lane addresses in VGPRs, on top of a base in SGPRs for the latter
// two. Source: AMD, "RDNA 1.0 Instruction Set Architecture", chapter 9 and section 12.17.
#include "isa/lds_access.h"
#include "isa/opcode_tables.h"
#include "isa/vector_memory.h"

namespace emulator {
namespace {

constexpr std::uint64_t kApertureBytes = 1ull << 32;

bool in_aperture(std::uint64_t address, std::uint64_t aperture) {
  return address >= aperture && address - aperture < kApertureBytes;
}

Opcode constexpr flat_opcode(std::uint16_t number, std::string_view mnemonic, Handler handler,
                             Type loaded, Type stored, std::uint32_t flags, Type address,
                             Type base) {
  Opcode opcode;
  opcode.number = number;
  opcode.mnemonic = mnemonic;
  opcode.execute = handler;
  opcode.destination = loaded;
  opcode.sources = {{{address}, {stored}, {base}}};
  opcode.flags = flags;
  opcode.cost = kVectorMemoryCost;
  return opcode;
}

// Adds the immediate to 64-bit addresses in a VGPR pair.
void pair_addresses(const Wave& wave, const Instruction& instruction, unsigned half,
                    std::uint64_t* address) {
  const Vgpr* pair = &wave.v[half][instruction.source[0] - operand::kVgpr];
  const std::uint64_t offset = static_cast<std::uint64_t>(std::int64_t{instruction.offset});
  const std::uint32_t* low = pair[0].lane.data();
  const std::uint32_t* high = pair[1].lane.data();
#pragma clang loop vectorize(assume_safety)
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    address[lane] = (low[lane] | std::uint64_t{high[lane]} << 32) + offset;
  }
}

std::uint64_t pair_address(const Wave& wave, const Instruction& instruction, unsigned half,
                           unsigned lane) {
  const Vgpr* pair = &wave.v[half][instruction.source[0] - operand::kVgpr];
  return read_lane<std::uint64_t>(pair, lane) +
         static_cast<std::uint64_t>(std::int64_t{instruction.offset});
}

// Scratch at one offset a lane: whole lanes, or byte by byte if one straddles dwords.
template <class Offset>
void list_scratch(const Wave& wave, unsigned half, std::uint32_t exec, unsigned bytes,
                  Access access, AccessList& list, Offset offset_of) {
  const unsigned stride = 4 * wave.halves * kLanes;
  bool whole = true;
  for_lanes_of(exec, [&](unsigned lane) {
    whole = whole && offset_of(lane) % 4 + std::min(bytes, 4u) <= 4;
  });
  const unsigned piece = whole ? bytes : 1;
  for (unsigned byte = 0; byte < bytes; byte += piece) {
    LaneAccess& added = list.add(AccessSpace::kScratch, access, half, piece, exec);
    added.dword_stride = static_cast<std::uint16_t>(stride);
    added.first_byte = static_cast<std::uint8_t>(byte);
    for_lanes_of(exec, [&](unsigned lane) {
      const std::uint64_t offset = std::uint64_t{offset_of(lane)} + byte;
      added.address[lane] =
          wave.flat_scratch + offset / 4 * stride + lane_number(half, lane) * 4 + offset % 4;
    });
  }
}

struct Global {
  static constexpr FixedString kPrefix{"global_"};
  static constexpr Opcode opcode(std::uint16_t number, std::string_view mnemonic, Handler handler,
                                 Type loaded, Type stored, std::uint32_t flags) {
    return flat_opcode(number, mnemonic, handler, loaded, stored, flags, Type::kB64, Type::kB64);
  }
  static unsigned data(const Instruction& instruction) { return instruction.source[1]; }

  template <class Fn>
  static bool with_lanes(Wave& wave, const Instruction& instruction, unsigned half,
                         std::uint32_t& exec, unsigned bytes, Access access, Fn fn) {
    const Vgpr* vaddr = &wave.v[half][instruction.source[0] - operand::kVgpr];
    const std::uint64_t offset = static_cast<std::uint64_t>(std::int64_t{instruction.offset});
    const bool has_base = instruction.source[2] != operand::kNull;
    // One base and 32-bit offsets: the saddr form, and pairs whose upper halves agree.
    if (has_base || !any_different(vaddr[1].lane.data(), exec)) [[likely]] {
      const std::uint64_t base =
          has_base
              ? wave.read_pair(instruction.source[2])
              : std::uint64_t{vaddr[1].lane[static_cast<unsigned>(std::countr_zero(exec))]} << 32;
      const LaneData<std::uint32_t> lanes =
          global_lanes_from(wave, instruction, exec, bytes, base + offset, vaddr[0].lane.data());
      if (lanes.offset != nullptr) [[likely]] {
        fn(lanes);
        return true;
      }
    }
    LaneArray<std::uint64_t> address;
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      address.lane[lane] = lane_address(wave, instruction, half, lane);
    }
    fn(global_lanes(wave, instruction, half, exec, bytes, access, address.lane.data()));
    return true;
  }

  static std::uint64_t lane_address(const Wave& wave, const Instruction& instruction, unsigned half,
                                    unsigned lane) {
    if (instruction.source[2] == operand::kNull) {
      return pair_address(wave, instruction, half, lane);
    }
    return wave.read_pair(instruction.source[2]) +
           wave.v[half][instruction.source[0] - operand::kVgpr].lane[lane] +
           static_cast<std::uint64_t>(std::int64_t{instruction.offset});
  }

  static void list(Wave& wave, const Instruction& instruction, unsigned half, std::uint32_t exec,
                   unsigned bytes, Access access, AccessList& list) {
    LaneAccess& added = list.add(AccessSpace::kGlobal, access, half, bytes, exec);
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      added.address[lane] = lane_address(wave, instruction, half, lane);
    }
  }

  static std::byte* locate(Wave& wave, const Instruction& instruction, unsigned half, unsigned lane,
                           unsigned byte, unsigned bytes, Access access) {
    return global_address(wave, instruction, lane_address(wave, instruction, half, lane), bytes,
                          access, static_cast<int>(lane_number(half, lane))) +
           byte;
  }
};

struct Scratch {
  static constexpr FixedString kPrefix{"scratch_"};
  static constexpr Opcode opcode(std::uint16_t number, std::string_view mnemonic, Handler handler,
                                 Type loaded, Type stored, std::uint32_t flags) {
    return flat_opcode(number, mnemonic, handler, loaded, stored, flags, Type::kB32, Type::kB32);
  }
  static unsigned data(const Instruction& instruction) { return instruction.source[1]; }

  static std::uint32_t lane_offset(const Wave& wave, const Instruction& instruction, unsigned half,
                                   unsigned lane) {
    auto offset = static_cast<std::uint32_t>(instruction.offset);
    if (instruction.source[0] != operand::kNull) {
      offset += wave.v[half][instruction.source[0] - operand::kVgpr].lane[lane];
    }
    if (instruction.source[2] != operand::kNull) offset += wave.s[instruction.source[2]];
    return offset;
  }

  template <class Fn>
  static bool with_lanes(Wave& wave, const Instruction& instruction, unsigned half,
                         std::uint32_t& exec, unsigned bytes, Access access, Fn fn) {
    LaneArray<std::uint32_t> offset;
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      offset.lane[lane] = lane_offset(wave, instruction, half, lane);
    }
    LaneData<std::uint32_t> lanes;
    if (!scratch_lanes(wave, wave.flat_scratch, half, exec, bytes, access, offset.lane.data(),
                       lanes)) {
      return false;
    }
    fn(lanes);
    return true;
  }

  static void list(Wave& wave, const Instruction& instruction, unsigned half, std::uint32_t exec,
                   unsigned bytes, Access access, AccessList& list) {
    list_scratch(wave, half, exec, bytes, access, list,
                 [&](unsigned lane) { return lane_offset(wave, instruction, half, lane); });
  }

  static std::byte* locate(Wave& wave, const Instruction& instruction, unsigned half, unsigned lane,
                           unsigned byte, unsigned bytes, Access access) {
    const std::uint64_t offset = lane_offset(wave, instruction, half, lane);
    return scratch_address(wave, wave.flat_scratch, offset + byte, bytes - byte, access,
                           lane_number(half, lane));
  }
};

// Addresses decide between global memory, LDS and scratch.
struct Flat {
  static constexpr FixedString kPrefix{"flat_"};
  static constexpr Opcode opcode(std::uint16_t number, std::string_view mnemonic, Handler handler,
                                 Type loaded, Type stored, std::uint32_t flags) {
    return flat_opcode(number, mnemonic, handler, loaded, stored, flags, Type::kB64, Type::kNone);
  }
  static unsigned data(const Instruction& instruction) { return instruction.source[1]; }

  template <class Fn>
  static bool with_lanes(Wave& wave, const Instruction& instruction, unsigned half,
                         std::uint32_t& exec, unsigned bytes, Access access, Fn fn) {
    const Vgpr* pair = &wave.v[half][instruction.source[0] - operand::kVgpr];
    const std::uint64_t high = pair[1].lane[static_cast<unsigned>(std::countr_zero(exec))];
    if (high < kSharedAperture >> 32 && !any_different(pair[1].lane.data(), exec)) [[likely]] {
      const LaneData<std::uint32_t> lanes = global_lanes_from(
          wave, instruction, exec, bytes,
          (high << 32) + static_cast<std::uint64_t>(std::int64_t{instruction.offset}),
          pair[0].lane.data());
      if (lanes.offset != nullptr) [[likely]] {
        fn(lanes);
        return true;
      }
    }
    LaneArray<std::uint64_t> address;
    pair_addresses(wave, instruction, half, address.lane.data());
    const auto all_in = [&](std::uint64_t begin, std::uint64_t bytes_from_there) {
      return !any_outside(address.lane.data(), exec, begin, bytes_from_there - 1);
    };
    if (all_in(0, kSharedAperture)) [[likely]] {
      fn(global_lanes(wave, instruction, half, exec, bytes, access, address.lane.data()));
      return true;
    }
    LaneArray<std::uint32_t> offset;
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      offset.lane[lane] = static_cast<std::uint32_t>(address.lane[lane]);
    }
    LaneData<std::uint32_t> lanes;
    if (all_in(kSharedAperture, kApertureBytes)) {
      exec = lanes_in_lds(wave, half, exec, offset.lane.data(), 0, bytes);
      if (exec == 0) return true;
      lanes = {reinterpret_cast<std::uintptr_t>(wave.workgroup->lds.data()), offset.lane.data()};
    } else if (!all_in(kPrivateAperture, kApertureBytes) ||
               !scratch_lanes(wave, wave.flat_scratch, half, exec, bytes, access,
                              offset.lane.data(), lanes)) {
      return false;
    }
    fn(lanes);
    return true;
  }

  static void list(Wave& wave, const Instruction& instruction, unsigned half, std::uint32_t exec,
                   unsigned bytes, Access access, AccessList& list) {
    LaneArray<std::uint64_t> address;
    pair_addresses(wave, instruction, half, address.lane.data());
    std::uint32_t shared = 0;
    std::uint32_t scratch = 0;
    for_lanes_of(exec, [&](unsigned lane) {
      shared |= std::uint32_t{in_aperture(address.lane[lane], kSharedAperture)} << lane;
      scratch |= std::uint32_t{in_aperture(address.lane[lane], kPrivateAperture)} << lane;
    });
    if (const std::uint32_t global = exec & ~shared & ~scratch; global != 0) {
      LaneAccess& added = list.add(AccessSpace::kGlobal, access, half, bytes, global);
      std::copy_n(address.lane.data(), kLanes, added.address.data());
    }
    if (shared != 0) {
      LaneArray<std::uint32_t> offset;
      for (unsigned lane = 0; lane < kLanes; ++lane) {
        offset.lane[lane] = static_cast<std::uint32_t>(address.lane[lane] - kSharedAperture);
      }
      list_lds(wave, half, shared, offset.lane.data(), 0, bytes, access, list);
    }
    if (scratch == 0) return;
    list_scratch(wave, half, scratch, bytes, access, list, [&](unsigned lane) {
      return static_cast<std::uint32_t>(address.lane[lane] - kPrivateAperture);
    });
  }

  static std::byte* locate(Wave& wave, const Instruction& instruction, unsigned half, unsigned lane,
                           unsigned byte, unsigned bytes, Access access) {
    const std::uint64_t address = pair_address(wave, instruction, half, lane);
    const unsigned number = lane_number(half, lane);
    if (in_aperture(address, kSharedAperture)) {
      std::byte* const begin = lds_address(wave, address - kSharedAperture, bytes, number);
      return begin == nullptr ? nullptr : begin + byte;
    }
    if (in_aperture(address, kPrivateAperture)) {
      return scratch_address(wave, wave.flat_scratch, address - kPrivateAperture + byte,
                             bytes - byte, access, number);
    }
    return global_address(wave, instruction, address, bytes, access, static_cast<int>(number)) +
           byte;
  }
};

constexpr auto kFlatRows = concatenate(load_store_rows<Flat>(), atomic_rows<Flat>());
constexpr auto kGlobalRows = concatenate(load_store_rows<Global>(), atomic_rows<Global>());
constexpr auto kScratchRows = load_store_rows<Scratch>();

}  // namespace

std::span<const Opcode> flat_opcodes() { return kFlatRows; }
std::span<const Opcode> global_opcodes() { return kGlobalRows; }
std::span<const Opcode> scratch_opcodes() { return kScratchRows; }

}  // namespace emulator
