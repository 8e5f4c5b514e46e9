// DS loads and stores. Source: AMD, "RDNA 1.0 Instruction Set Architecture", section 12.14.
#include "isa/lds_access.h"

namespace emulator {
namespace {

template <unsigned kDwords>
const Instruction* read(Wave& wave, const Instruction& instruction) {
  begin_lds(wave, instruction);
  for (unsigned half = 0; half < wave.halves; ++half) {
    const std::uint32_t exec = wave.exec(half);
    if (exec == 0) continue;
    std::uint32_t inside = exec;
    const auto from = lds_lanes(wave, half, inside, ds_addresses(wave, instruction, half),
                                static_cast<std::uint32_t>(instruction.offset), kDwords * 4);
    load_or_zero<kDwords>(from, exec, inside, vgpr(wave, half, instruction.destination));
  }
  return &instruction + 1;
}

template <class Part, class Fn>
const Instruction* read_part(Wave& wave, const Instruction& instruction) {
  begin_lds(wave, instruction);
  for (unsigned half = 0; half < wave.halves; ++half) {
    const std::uint32_t exec = wave.exec(half);
    if (exec == 0) continue;
    std::uint32_t inside = exec;
    const auto from = lds_lanes(wave, half, inside, ds_addresses(wave, instruction, half),
                                static_cast<std::uint32_t>(instruction.offset), sizeof(Part));
    Vgpr& to = *vgpr(wave, half, instruction.destination);
    load_parts<Part, Fn>(from, inside, to);
    for_lanes_of(exec & ~inside, [&](unsigned lane) { to.lane[lane] = Fn{}(0u, to.lane[lane]); });
  }
  return &instruction + 1;
}

template <unsigned kDwords>
const Instruction* write(Wave& wave, const Instruction& instruction) {
  begin_lds(wave, instruction);
  for (unsigned half = 0; half < wave.halves; ++half) {
    std::uint32_t exec = wave.exec(half);
    if (exec == 0) continue;
    const auto to = lds_lanes(wave, half, exec, ds_addresses(wave, instruction, half),
                              static_cast<std::uint32_t>(instruction.offset), kDwords * 4);
    store_dwords<kDwords>(to, exec, vgpr(wave, half, instruction.source[1]));
  }
  return &instruction + 1;
}

template <class Part, unsigned kShift>
const Instruction* write_part(Wave& wave, const Instruction& instruction) {
  begin_lds(wave, instruction);
  for (unsigned half = 0; half < wave.halves; ++half) {
    std::uint32_t exec = wave.exec(half);
    if (exec == 0) continue;
    const auto to = lds_lanes(wave, half, exec, ds_addresses(wave, instruction, half),
                              static_cast<std::uint32_t>(instruction.offset), sizeof(Part));
    store_parts<Part, kShift>(to, exec, *vgpr(wave, half, instruction.source[1]));
  }
  return &instruction + 1;
}

template <unsigned kDwords, unsigned kScale>
const Instruction* read2(Wave& wave, const Instruction& instruction) {
  begin_lds(wave, instruction);
  for (unsigned half = 0; half < wave.halves; ++half) {
    const std::uint32_t exec = wave.exec(half);
    if (exec == 0) continue;
    // The first result may go to the register that holds the addresses.
    LaneArray<std::uint32_t> address;
    std::memcpy(address.lane.data(), ds_addresses(wave, instruction, half), sizeof address);
    Vgpr* to = vgpr(wave, half, instruction.destination);
    LaneData<std::uint32_t> from[2];
    std::uint32_t inside[2] = {exec, exec};
    for (unsigned k = 0; k < 2; ++k) {
      from[k] = lds_lanes(wave, half, inside[k], address.lane.data(),
                          element_offset<kDwords * 4, kScale>(instruction, k), kDwords * 4);
    }
    for (unsigned k = 0; k < 2; ++k) {
      load_or_zero<kDwords>(from[k], exec, inside[k], to + k * kDwords);
    }
  }
  return &instruction + 1;
}

template <unsigned kDwords, unsigned kScale>
const Instruction* write2(Wave& wave, const Instruction& instruction) {
  begin_lds(wave, instruction);
  for (unsigned half = 0; half < wave.halves; ++half) {
    const std::uint32_t exec = wave.exec(half);
    if (exec == 0) continue;
    LaneData<std::uint32_t> to[2];
    std::uint32_t inside[2] = {exec, exec};
    for (unsigned k = 0; k < 2; ++k) {
      to[k] = lds_lanes(wave, half, inside[k], ds_addresses(wave, instruction, half),
                        element_offset<kDwords * 4, kScale>(instruction, k), kDwords * 4);
    }
    for (unsigned k = 0; k < 2; ++k) {
      store_dwords<kDwords>(to[k], inside[k], vgpr(wave, half, instruction.source[1 + k]));
    }
  }
  return &instruction + 1;
}

// Addresses of the add-thread-id forms: the lane number and M0 make them, not a VGPR.
void thread_addresses(const Wave& wave, unsigned half, LaneArray<std::uint32_t>& address) {
  const std::uint32_t base = wave.s[operand::kM0] & 0xffff;
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    address.lane[lane] = base + lane_number(half, lane) * 4;
  }
}

LaneData<std::uint32_t> thread_lanes(const Wave& wave, const Instruction& instruction,
                                     unsigned half, std::uint32_t& exec,
                                     LaneArray<std::uint32_t>& address) {
  thread_addresses(wave, half, address);
  return lds_lanes(wave, half, exec, address.lane.data(),
                   static_cast<std::uint32_t>(instruction.offset), 4);
}

template <Access kAccess>
void list_by_thread(Wave& wave, const Instruction& instruction, AccessList& list) {
  for (unsigned half = 0; half < wave.halves; ++half) {
    LaneArray<std::uint32_t> address;
    thread_addresses(wave, half, address);
    list_lds(wave, half, wave.exec(half), address.lane.data(),
             static_cast<std::uint32_t>(instruction.offset), 4, kAccess, list);
  }
}

const Instruction* read_by_thread(Wave& wave, const Instruction& instruction) {
  begin_lds(wave, instruction);
  for (unsigned half = 0; half < wave.halves; ++half) {
    const std::uint32_t exec = wave.exec(half);
    if (exec == 0) continue;
    LaneArray<std::uint32_t> address;
    std::uint32_t inside = exec;
    const auto from = thread_lanes(wave, instruction, half, inside, address);
    load_or_zero<1>(from, exec, inside, vgpr(wave, half, instruction.destination));
  }
  return &instruction + 1;
}

const Instruction* write_by_thread(Wave& wave, const Instruction& instruction) {
  begin_lds(wave, instruction);
  for (unsigned half = 0; half < wave.halves; ++half) {
    std::uint32_t exec = wave.exec(half);
    if (exec == 0) continue;
    LaneArray<std::uint32_t> address;
    const auto to = thread_lanes(wave, instruction, half, exec, address);
    store_dwords<1>(to, exec, vgpr(wave, half, instruction.source[1]));
  }
  return &instruction + 1;
}

const Instruction* no_operation(Wave&, const Instruction& instruction) { return &instruction + 1; }

constexpr Type kAddress = Type::kB32;

template <unsigned kDwords>
constexpr Opcode read_row(std::uint16_t number, std::string_view mnemonic) {
  return with_accesses(ds_row(number, mnemonic, read<kDwords>, dword_type(kDwords), kAddress),
                       list_ds<kDwords * 4, Access::kLoad>);
}
template <class Part, class Fn>
constexpr Opcode read_part_row(std::uint16_t number, std::string_view mnemonic, Fn) {
  return with_accesses(ds_row(number, mnemonic, read_part<Part, Fn>, Type::kB32, kAddress,
                              Type::kNone, Type::kNone, kKept<Fn>),
                       list_extended<list_ds<sizeof(Part), Access::kLoad>, Fn>);
}
template <unsigned kDwords>
constexpr Opcode write_row(std::uint16_t number, std::string_view mnemonic) {
  return with_accesses(ds_row(number, mnemonic, write<kDwords>, Type::kNone, kAddress,
                              dword_type(kDwords), Type::kNone, kStore),
                       list_ds<kDwords * 4, Access::kStore>);
}
template <class Part, unsigned kShift>
constexpr Opcode write_part_row(std::uint16_t number, std::string_view mnemonic) {
  return with_accesses(ds_row(number, mnemonic, write_part<Part, kShift>, Type::kNone, kAddress,
                              Type::kB32, Type::kNone, kStore),
                       list_ds<sizeof(Part), Access::kStore>);
}
template <unsigned kDwords, unsigned kScale>
constexpr Opcode read2_row(std::uint16_t number, std::string_view mnemonic) {
  return with_accesses(ds_row(number, mnemonic, read2<kDwords, kScale>, dword_type(2 * kDwords),
                              kAddress, Type::kNone, Type::kNone, kTwoOffsets),
                       list_ds2<kDwords * 4, kScale, Access::kLoad>);
}
template <unsigned kDwords, unsigned kScale>
constexpr Opcode write2_row(std::uint16_t number, std::string_view mnemonic) {
  return with_accesses(ds_row(number, mnemonic, write2<kDwords, kScale>, Type::kNone, kAddress,
                              dword_type(kDwords), dword_type(kDwords), kStore | kTwoOffsets),
                       list_ds2<kDwords * 4, kScale, Access::kStore>);
}

constexpr std::uint32_t extend_byte(std::uint32_t raw) {
  return static_cast<std::uint32_t>(static_cast<std::int8_t>(raw));
}

// clang-format off
constexpr Opcode kRows[] = {
    write_row<1>(13, "ds_write_b32"),
    write2_row<1, 1>(14, "ds_write2_b32"),
    write2_row<1, 64>(15, "ds_write2st64_b32"),
    with_control(ds_row(20, "ds_nop", no_operation, Type::kNone, Type::kNone), kControlCost, Control::kNoOperation),
    write_part_row<std::uint8_t, 0>(30, "ds_write_b8"),
    write_part_row<std::uint16_t, 0>(31, "ds_write_b16"),
    read_row<1>(54, "ds_read_b32"),
    read2_row<1, 1>(55, "ds_read2_b32"),
    read2_row<1, 64>(56, "ds_read2st64_b32"),
    read_part_row<std::uint8_t>(57, "ds_read_i8", [](std::uint32_t raw, std::uint32_t) { return extend_byte(raw); }),
    read_part_row<std::uint8_t>(58, "ds_read_u8", [](std::uint32_t raw, std::uint32_t) { return raw; }),
    read_part_row<std::uint16_t>(59, "ds_read_i16", [](std::uint32_t raw, std::uint32_t) { return static_cast<std::uint32_t>(static_cast<std::int16_t>(raw)); }),
    read_part_row<std::uint16_t>(60, "ds_read_u16", [](std::uint32_t raw, std::uint32_t) { return raw; }),
    write_row<2>(77, "ds_write_b64"),
    write2_row<2, 1>(78, "ds_write2_b64"),
    write2_row<2, 64>(79, "ds_write2st64_b64"),
    read_row<2>(118, "ds_read_b64"),
    read2_row<2, 1>(119, "ds_read2_b64"),
    read2_row<2, 64>(120, "ds_read2st64_b64"),
    write_part_row<std::uint8_t, 16>(160, "ds_write_b8_d16_hi"),
    write_part_row<std::uint16_t, 16>(161, "ds_write_b16_d16_hi"),
    read_part_row<std::uint8_t>(162, "ds_read_u8_d16", [](std::uint32_t raw, std::uint32_t old) { return (old & 0xffff0000) | raw; }),
    read_part_row<std::uint8_t>(163, "ds_read_u8_d16_hi", [](std::uint32_t raw, std::uint32_t old) { return (old & 0xffff) | raw << 16; }),
    read_part_row<std::uint8_t>(164, "ds_read_i8_d16", [](std::uint32_t raw, std::uint32_t old) { return (old & 0xffff0000) | (extend_byte(raw) & 0xffff); }),
    read_part_row<std::uint8_t>(165, "ds_read_i8_d16_hi", [](std::uint32_t raw, std::uint32_t old) { return (old & 0xffff) | extend_byte(raw) << 16; }),
    read_part_row<std::uint16_t>(166, "ds_read_u16_d16", [](std::uint32_t raw, std::uint32_t old) { return (old & 0xffff0000) | raw; }),
    read_part_row<std::uint16_t>(167, "ds_read_u16_d16_hi", [](std::uint32_t raw, std::uint32_t old) { return (old & 0xffff) | raw << 16; }),
    with_uses(with_accesses(ds_row(176, "ds_write_addtid_b32", write_by_thread, Type::kNone, Type::kNone, Type::kB32, Type::kNone, kStore), list_by_thread<Access::kStore>), kReadsM0),
    with_uses(with_accesses(ds_row(177, "ds_read_addtid_b32", read_by_thread, Type::kB32, Type::kNone), list_by_thread<Access::kLoad>), kReadsM0),
    write_row<3>(222, "ds_write_b96"),
    write_row<4>(223, "ds_write_b128"),
    read_row<3>(254, "ds_read_b96"),
    read_row<4>(255, "ds_read_b128"),
};
// clang-format on

}  // namespace

std::span<const Opcode> ds_access_rows() { return kRows; }

}  // namespace emulator
