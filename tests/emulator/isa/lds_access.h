// What the DS instructions share: checked access to the workgroup's LDS by the lanes' offsets.
#pragma once

#include <span>
#include <string_view>

#include "isa/atomic_operation.h"
#include "isa/lane_transfer.h"
#include "isa/lane_types.h"
#include "isa/vector_memory.h"

namespace emulator {

// GDS shares the DS opcodes; compute kernels of this device have none.
[[noreturn]] void throw_gds(Wave& wave, const Instruction& instruction);
inline void begin_lds(Wave& wave, const Instruction& instruction) {
  wave.current = &instruction;
  if ((instruction.memory.flags & kGds) != 0) [[unlikely]]
    throw_gds(wave, instruction);
}

// Data of lanes whose address + offset may pass 32 bits, as with negative addresses: the sum wraps
// (LLVM's isDSOffsetLegal: only Southern Islands cannot). It stays valid until the next but one
// call on the thread: instructions with two offsets need two.
LaneData<std::uint32_t> wrapped_lds_lanes(std::vector<std::byte>& lds, const std::uint32_t* address,
                                          std::uint32_t offset);

// Data of the active lanes at address + offset, aligned as the hardware needs. Takes lanes that are
// out of range out of `exec`.
[[gnu::always_inline]] inline LaneData<std::uint32_t> lds_lanes(const Wave& wave, unsigned half,
                                                                std::uint32_t& exec,
                                                                const std::uint32_t* address,
                                                                std::uint32_t offset,
                                                                unsigned bytes) {
  std::vector<std::byte>& lds = wave.workgroup->lds;
  const std::uint32_t end = offset + bytes;
  const std::uint32_t size = static_cast<std::uint32_t>(lds.size());
  const U32x16 limit(size - end);
  const U32x16 misaligned(lds_alignment(bytes) - 1);
  const auto wrong = [&](U32x16 lanes) {
    return (lanes > limit) | (((lanes + U32x16(offset)) & misaligned) != 0);
  };
  const bool check = exec == ~0u ? any(wrong(group_of(address, 0)) | wrong(group_of(address, 1)))
                                 : any(wrong(active_group(address, 0, exec, 0u)) |
                                       wrong(active_group(address, 1, exec, 0u)));
  if (check || end > size) [[unlikely]] {
    exec = lanes_in_lds(wave, half, exec, address, offset, bytes);
    return wrapped_lds_lanes(lds, address, offset);
  }
  return {reinterpret_cast<std::uintptr_t>(lds.data()) + offset, address};
}

// Loads the lanes in range and gives the other active ones zero.
template <unsigned kDwords>
[[gnu::always_inline]] inline void load_or_zero(const LaneData<std::uint32_t>& from,
                                                std::uint32_t exec, std::uint32_t inside,
                                                Vgpr* to) {
  if (inside != 0) [[likely]]
    load_dwords<kDwords>(from, inside, to);
  if (inside == exec) [[likely]]
    return;
  for_lanes_of(exec & ~inside, [&](unsigned lane) {
    for (unsigned d = 0; d < kDwords; ++d) to[d].lane[lane] = 0;
  });
}

// Address VGPR of a DS instruction.
inline const std::uint32_t* ds_addresses(const Wave& wave, const Instruction& instruction,
                                         unsigned half) {
  return wave.v[half][instruction.source[0] - operand::kVgpr].lane.data();
}

// Adds accesses of `exec` at address + offset: those in range, and those that are not.
void list_lds(Wave& wave, unsigned half, std::uint32_t exec, const std::uint32_t* address,
              std::uint32_t offset, unsigned bytes, Access access, AccessList& list,
              unsigned first_byte = 0);

template <unsigned kBytes, Access kAccess>
void list_ds(Wave& wave, const Instruction& instruction, AccessList& list) {
  for (unsigned half = 0; half < wave.halves; ++half) {
    list_lds(wave, half, wave.exec(half), ds_addresses(wave, instruction, half),
             static_cast<std::uint32_t>(instruction.offset), kBytes, kAccess, list);
  }
}

// Two-offset forms count offsets in elements, st64 forms in 64 elements.
template <unsigned kBytes, unsigned kScale>
std::uint32_t element_offset(const Instruction& instruction, unsigned k) {
  return (static_cast<std::uint32_t>(instruction.offset) >> (8 * k) & 0xff) * kBytes * kScale;
}
template <unsigned kBytes, unsigned kScale, Access kAccess>
void list_ds2(Wave& wave, const Instruction& instruction, AccessList& list) {
  for (unsigned half = 0; half < wave.halves; ++half) {
    for (unsigned k = 0; k < 2; ++k) {
      list_lds(wave, half, wave.exec(half), ds_addresses(wave, instruction, half),
               element_offset<kBytes, kScale>(instruction, k), kBytes, kAccess, list, k * kBytes);
    }
  }
}

constexpr Opcode ds_row(std::uint16_t number, std::string_view mnemonic, Handler handler,
                        Type destination, Type address, Type first = Type::kNone,
                        Type second = Type::kNone, std::uint32_t flags = 0) {
  Opcode opcode;
  opcode.number = number;
  opcode.mnemonic = mnemonic;
  opcode.execute = handler;
  opcode.destination = destination;
  opcode.sources = {{{address}, {first}, {second}}};
  opcode.flags = flags;
  opcode.cost = kLdsCost;
  return opcode;
}

// The rows that ds.cpp puts together.
std::span<const Opcode> ds_access_rows();
std::span<const Opcode> ds_atomic_rows();
std::span<const Opcode> ds_permute_rows();

}  // namespace emulator
