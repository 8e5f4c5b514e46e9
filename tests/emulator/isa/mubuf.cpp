// MUBUF: buffer loads, stores and atomics. Source: AMD, "RDNA 1.0 Instruction Set Architecture",
// sections 8.1 and 12.15.
#include <atomic>
#include <string>

#include "isa/buffer_format.h"
#include "isa/buffer_resource.h"
#include "isa/opcode_tables.h"
#include "isa/scalar_operation.h"
#include "isa/vector_memory.h"

namespace emulator {
namespace {

struct Buffer {
  static constexpr LaneArray<std::uint32_t> kZero{};
  static constexpr FixedString kPrefix{"buffer_"};
  static constexpr Opcode opcode(std::uint16_t number, std::string_view mnemonic, Handler handler,
                                 Type loaded, Type stored, std::uint32_t flags) {
    Opcode opcode;
    opcode.number = number;
    opcode.mnemonic = mnemonic;
    opcode.execute = handler;
    opcode.destination = stored != Type::kNone ? stored : loaded;
    opcode.sources = {{{Type::kB32}, {Type::kB128}, {Type::kB32}}};
    opcode.flags = flags;
    opcode.cost = kVectorMemoryCost;
    return opcode;
  }
  static unsigned data(const Instruction& instruction) { return instruction.destination; }

  static BufferResource resource(const Wave& wave, const Instruction& instruction) {
    return BufferResource::decode_typed(&wave.s[instruction.source[1]]);
  }

  // With both enabled, the index comes first and the offset in the next VGPR.
  static std::uint32_t lane_index(const Wave& wave, const Instruction& instruction,
                                  const BufferResource& v, unsigned half, unsigned lane) {
    std::uint32_t index = v.adds_lane ? lane_number(half, lane) : 0;
    if ((instruction.memory.flags & kIdxen) != 0) {
      index += wave.v[half][instruction.source[0] - operand::kVgpr].lane[lane];
    }
    return index;
  }
  static const Vgpr* offset_vgpr(const Wave& wave, const Instruction& instruction, unsigned half) {
    if ((instruction.memory.flags & kOffen) == 0) return nullptr;
    const unsigned after_index = (instruction.memory.flags & kIdxen) != 0 ? 1 : 0;
    return &wave.v[half][instruction.source[0] - operand::kVgpr + after_index];
  }

  // Takes the lanes that are out of range out of `exec`; false if one is partly in range.
  static bool drop_outside(const std::uint32_t* offset, std::uint32_t& exec,
                           std::uint32_t immediate, std::uint32_t limit, unsigned bytes,
                           Access access) {
    const unsigned element = access == Access::kAtomic ? bytes : std::min(bytes, 4u);
    const auto lanes_inside = [&](unsigned size) {
      const std::uint32_t end = immediate + size;
      return end <= limit ? lanes_up_to(offset, exec, limit - end) : 0u;
    };
    const std::uint32_t inside = lanes_inside(bytes);
    if (element != bytes && lanes_inside(element) != inside) return false;
    exec = inside;
    return true;
  }

  template <class Fn>
  static bool with_lanes(Wave& wave, const Instruction& instruction, unsigned half,
                         std::uint32_t& exec, unsigned bytes, Access access, Fn fn) {
    if ((instruction.memory.flags & (kLds | kTfe)) != 0) [[unlikely]] {
      throw Fault(FaultKind::kIllegalInstruction,
                  "the software device does not implement buffer loads to LDS or with tfe");
    }
    if ((instruction.memory.flags & kIdxen) != 0) return false;
    const BufferResource v = resource(wave, instruction);
    const std::uint32_t soffset = read_scalar(wave, instruction, instruction.source[2]);
    const auto immediate = static_cast<std::uint32_t>(instruction.offset);
    const Vgpr* varying = offset_vgpr(wave, instruction, half);
    if (!v.swizzled && !v.adds_lane) [[likely]] {
      const std::uint32_t* offset = varying != nullptr ? varying->lane.data() : kZero.lane.data();
      if (v.check == BufferResource::RangeCheck::kRaw) {
        const std::uint32_t limit = v.records - std::min(v.records, soffset);
        const std::uint32_t end = immediate + bytes;
        if (end > limit || any_outside(offset, exec, 0u, limit - end)) {
          if (!drop_outside(offset, exec, immediate, limit, bytes, access)) return false;
          if (exec == 0) return true;
        }
      } else if (!v.in_range(0, immediate, soffset, bytes) ||
                 v.check == BufferResource::RangeCheck::kStructured) {
        return false;
      }
      const LaneData<std::uint32_t> lanes =
          global_lanes_from(wave, instruction, exec, bytes, v.base + soffset + immediate, offset);
      if (lanes.offset == nullptr) return false;
      fn(lanes);
      return true;
    }
    // The shape of the runtime's scratch resource.
    const bool is_scratch = v.swizzled && v.adds_lane && v.stride == 0 &&
                            v.index_stride == wave.halves * kLanes &&
                            v.check == BufferResource::RangeCheck::kNone && v.records != 0;
    if (!is_scratch) return false;
    LaneArray<std::uint32_t> offset;
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      offset.lane[lane] = (varying != nullptr ? varying->lane[lane] : 0) + immediate;
    }
    LaneData<std::uint32_t> lanes;
    if (!scratch_lanes(wave, v.base + soffset, half, exec, bytes, access, offset.lane.data(),
                       lanes)) {
      return false;
    }
    fn(lanes);
    return true;
  }

  // Accesses that are nothing but offsets into a range of bytes, as nearly all are; false if a lane
  // is partly in range.
  static bool list_raw(Wave& wave, const Instruction& instruction, const BufferResource& v,
                       std::uint32_t soffset, const Vgpr* varying, unsigned half,
                       std::uint32_t exec, unsigned bytes, Access access, AccessList& list) {
    const auto immediate = static_cast<std::uint32_t>(instruction.offset);
    const std::uint32_t limit = v.records - std::min(v.records, soffset);
    const std::uint32_t* offset = varying != nullptr ? varying->lane.data() : kZero.lane.data();
    if (!drop_outside(offset, exec, immediate, limit, bytes, access)) return false;
    if (exec == 0) return true;
    LaneAccess& added = list.add(AccessSpace::kGlobal, access, half, bytes, exec);
    const std::uint64_t base = v.base + soffset + immediate;
    for (unsigned lane = 0; lane < kLanes; ++lane) added.address[lane] = base + offset[lane];
    const std::uint64_t first = added.address[static_cast<unsigned>(std::countr_zero(exec))];
    if (first - wave.scratch_base < wave.scratch_bytes) added.space = AccessSpace::kScratch;
    return true;
  }

  static void list(Wave& wave, const Instruction& instruction, unsigned half, std::uint32_t exec,
                   unsigned bytes, Access access, AccessList& list) {
    const BufferResource v = resource(wave, instruction);
    const std::uint32_t soffset = read_scalar(wave, instruction, instruction.source[2]);
    const Vgpr* varying = offset_vgpr(wave, instruction, half);
    if (v.check == BufferResource::RangeCheck::kRaw && !v.swizzled && !v.adds_lane &&
        (instruction.memory.flags & kIdxen) == 0 &&
        list_raw(wave, instruction, v, soffset, varying, half, exec, bytes, access, list)) {
      return;
    }
    const auto offset_of = [&](unsigned lane) {
      return static_cast<std::uint64_t>(instruction.offset) +
             (varying != nullptr ? varying->lane[lane] : 0);
    };
    const unsigned element = access == Access::kAtomic ? bytes : std::min(bytes, 4u);
    const auto in_range = [&](unsigned lane, unsigned byte) {
      return v.in_range(lane_index(wave, instruction, v, half, lane), offset_of(lane) + byte,
                        soffset, element);
    };
    // Whole lanes in one piece, unless one is partly out of range or straddles swizzled dwords.
    std::uint32_t inside = 0;
    unsigned piece = bytes;
    for_lanes_of(exec, [&](unsigned lane) {
      const bool first = in_range(lane, 0);
      inside |= std::uint32_t{first} << lane;
      if (in_range(lane, bytes - element) != first) piece = std::min(piece, element);
      if (v.swizzled && offset_of(lane) % 4 + element > 4) piece = 1;
    });
    for (unsigned byte = 0; byte < bytes; byte += piece) {
      std::uint32_t lanes = inside;
      if (piece != bytes) {
        lanes = 0;
        for_lanes_of(exec, [&](unsigned lane) {
          lanes |= std::uint32_t{in_range(lane, byte / element * element)} << lane;
        });
      }
      if (lanes == 0) continue;
      LaneAccess& added = list.add(AccessSpace::kGlobal, access, half, piece, lanes);
      added.first_byte = static_cast<std::uint8_t>(byte);
      if (v.swizzled) added.dword_stride = static_cast<std::uint16_t>(4 * v.index_stride);
      for_lanes_of(lanes, [&](unsigned lane) {
        added.address[lane] =
            v.base + soffset +
            v.place(lane_index(wave, instruction, v, half, lane), offset_of(lane) + byte);
      });
      const std::uint64_t first = added.address[static_cast<unsigned>(std::countr_zero(lanes))];
      if (first - wave.scratch_base < wave.scratch_bytes) added.space = AccessSpace::kScratch;
    }
  }

  static std::byte* locate(Wave& wave, const Instruction& instruction, unsigned half, unsigned lane,
                           unsigned byte, unsigned bytes, Access access) {
    const BufferResource v = resource(wave, instruction);
    const std::uint32_t soffset = read_scalar(wave, instruction, instruction.source[2]);
    const std::uint64_t index = lane_index(wave, instruction, v, half, lane);
    const Vgpr* varying = offset_vgpr(wave, instruction, half);
    const std::uint64_t offset = static_cast<std::uint64_t>(instruction.offset) +
                                 (varying != nullptr ? varying->lane[lane] : 0);
    // Ranges are checked a dword at a time; an atomic is one element.
    const unsigned first = access == Access::kAtomic ? 0 : byte / 4 * 4;
    const unsigned checked = access == Access::kAtomic ? bytes : std::min(bytes - first, 4u);
    if (!v.in_range(index, offset + first, soffset, checked)) return nullptr;

    const std::uint64_t address = v.base + soffset + v.place(index, offset + byte);
    const std::uint64_t in_scratch = address - wave.scratch_base;
    if (in_scratch < wave.scratch_bytes) return reinterpret_cast<std::byte*>(address);
    const unsigned number = lane_number(half, lane);
    if (v.swizzled && v.adds_lane && wave.memory->find(address) == nullptr) {
      throw_scratch_violation(wave, offset, bytes, access, number);
    }
    if (v.swizzled) {
      return global_address(wave, instruction, address, 1, access, static_cast<int>(number));
    }
    const unsigned rest = access == Access::kAtomic ? bytes : checked - (byte - first);
    return global_address(wave, instruction, address, rest, access, static_cast<int>(number));
  }
};

const Instruction* invalidate(Wave&, const Instruction& instruction) {
  // What other workgroups wrote must be visible to the loads that follow.
  std::atomic_thread_fence(std::memory_order_acq_rel);
  return &instruction + 1;
}

constexpr Opcode invalidate_row(std::uint16_t number, std::string_view mnemonic, Control control) {
  return with_control({number, mnemonic, invalidate}, kVectorMemoryCost, control);
}

const Instruction* typed_access(Wave& wave, const Instruction& instruction) {
  wave.current = &instruction;
  throw Fault(FaultKind::kIllegalInstruction, "the software device does not implement " +
                                                  std::string(instruction.opcode->mnemonic) +
                                                  ", an access that converts formats");
}

constexpr unsigned kFormatShift = 12;  // of the resource's fourth word, 7 bits

BufferFormat format_of(const Wave& wave, const Instruction& instruction) {
  const unsigned number = wave.s[instruction.source[1] + 3] >> kFormatShift & 0x7f;
  const BufferFormat format = buffer_format(number);
  if (number != 0 && format.components == 0) {
    throw Fault(FaultKind::kIllegalInstruction, "the software device does not implement format " +
                                                    std::to_string(number) +
                                                    " of buffer resources");
  }
  return format;
}

template <unsigned kComponents>
const Instruction* typed_load(Wave& wave, const Instruction& instruction) {
  wave.current = &instruction;
  if ((instruction.memory.flags & (kLds | kTfe)) != 0) return typed_access(wave, instruction);
  const BufferFormat format = format_of(wave, instruction);
  const std::uint32_t word3 = wave.s[instruction.source[1] + 3];
  for (unsigned half = 0; half < wave.halves; ++half) {
    Vgpr* const to = vgpr(wave, half, instruction.destination);
    for_lanes_of(wave.exec(half), [&](unsigned lane) {
      std::array<std::uint32_t, 4> value{};  // out of range, and of a resource without a format
      if (format.components != 0 && Buffer::locate(wave, instruction, half, lane, 0, format.bytes(),
                                                   Access::kLoad) != nullptr) {
        std::array<std::byte, 16> raw{};
        copy_from_lane<Buffer>(wave, instruction, half, lane, format.bytes(), raw.data());
        value = convert_element(format, word3, raw.data());
      }
      for (unsigned i = 0; i < kComponents; ++i) to[i].lane[lane] = value[i];
    });
  }
  return &instruction + 1;
}

void list_typed_load(Wave& wave, const Instruction& instruction, AccessList& list) {
  const BufferFormat format = format_of(wave, instruction);
  if (format.components == 0) return;
  for (unsigned half = 0; half < wave.halves; ++half) {
    const std::uint32_t exec = wave.exec(half);
    if (exec == 0) continue;
    Buffer::list(wave, instruction, half, exec, format.bytes(), Access::kLoad, list);
  }
}

template <unsigned kComponents>
constexpr Opcode typed_load_row(std::uint16_t number, std::string_view mnemonic) {
  return with_accesses(Buffer::opcode(number, mnemonic, typed_load<kComponents>,
                                      dword_type(kComponents), Type::kNone, 0),
                       list_typed_load);
}

constexpr Opcode typed_row(std::uint16_t number, std::string_view mnemonic, unsigned dwords,
                           std::uint32_t flags = 0) {
  return Buffer::opcode(number, mnemonic, typed_access, dword_type(dwords), Type::kNone, flags);
}

// clang-format off
constexpr std::array kOtherRows{
    typed_load_row<1>(0, "buffer_load_format_x"),
    typed_load_row<2>(1, "buffer_load_format_xy"),
    typed_load_row<3>(2, "buffer_load_format_xyz"),
    typed_load_row<4>(3, "buffer_load_format_xyzw"),
    typed_row(4, "buffer_store_format_x", 1, kStore),
    typed_row(5, "buffer_store_format_xy", 2, kStore),
    typed_row(6, "buffer_store_format_xyz", 3, kStore),
    typed_row(7, "buffer_store_format_xyzw", 4, kStore),
    typed_row(128, "buffer_load_format_d16_x", 1, kKeepsRest),
    typed_row(129, "buffer_load_format_d16_xy", 1, kKeepsRest),
    typed_row(130, "buffer_load_format_d16_xyz", 2, kKeepsRest),
    typed_row(131, "buffer_load_format_d16_xyzw", 2, kKeepsRest),
    typed_row(132, "buffer_store_format_d16_x", 1, kStore),
    typed_row(133, "buffer_store_format_d16_xy", 1, kStore),
    typed_row(134, "buffer_store_format_d16_xyz", 2, kStore),
    typed_row(135, "buffer_store_format_d16_xyzw", 2, kStore),
    invalidate_row(113, "buffer_gl0_inv", Control::kInvalidateL0),
    invalidate_row(114, "buffer_gl1_inv", Control::kInvalidateL1),
    invalidate_row(241, "buffer_wbinvl1", Control::kNone),  // LLVM's disassembler accepts this one of gfx6
};
// clang-format on

constexpr auto kRows = concatenate(load_store_rows<Buffer>(), atomic_rows<Buffer>(), kOtherRows);

}  // namespace

std::span<const Opcode> mubuf_opcodes() { return kRows; }

}  // namespace emulator
