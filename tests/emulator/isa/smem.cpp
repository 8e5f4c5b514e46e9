// SMEM: scalar loads, stores and atomics. Source: AMD, "RDNA 1.0 Instruction Set Architecture",
// chapter 7 and section 12.4.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>

#include "isa/atomic_operation.h"
#include "isa/buffer_resource.h"
#include "isa/opcode_tables.h"
#include "isa/scalar_operation.h"
#include "machine/observer.h"

namespace emulator {
namespace {

// How the base operand and the offsets make an address.
enum class Base { kAddress, kBuffer, kScratch };

std::uint32_t register_offset(const Wave& wave, const Instruction& instruction) {
  return wave.s[instruction.source[1]];  // NULL reads as zero
}

// Device address of dword `d` of the access, or null where a buffer access is out of range.
template <Base kBase>
std::optional<std::uint64_t> dword_place(const Wave& wave, const Instruction& instruction,
                                         unsigned d, unsigned bytes) {
  const std::uint64_t immediate = static_cast<std::uint64_t>(std::int64_t{instruction.offset});
  const std::uint32_t soffset = register_offset(wave, instruction);
  if constexpr (kBase == Base::kBuffer) {
    const auto v = BufferResource::decode(&wave.s[instruction.source[0]]);
    const std::uint64_t size = std::uint64_t{v.records} * std::max(v.stride, 1u);
    const std::uint64_t offset = (immediate + soffset) / 4 * 4 + d * 4;
    if (offset + bytes > size || offset + bytes < bytes) return std::nullopt;
    return v.base / 4 * 4 + offset;
  } else {
    const std::uint64_t scale = kBase == Base::kScratch ? 64 : 1;
    return (wave.read_pair(instruction.source[0]) + immediate + soffset * scale) / 4 * 4 + d * 4;
  }
}

// Its host address, likewise.
template <Base kBase>
std::byte* dword_address(Wave& wave, const Instruction& instruction, unsigned d, unsigned bytes,
                         Access access) {
  const std::optional<std::uint64_t> address = dword_place<kBase>(wave, instruction, d, bytes);
  if (!address) return nullptr;
  if (kBase == Base::kScratch && *address - wave.scratch_base < wave.scratch_bytes) {
    return reinterpret_cast<std::byte*>(*address);
  }
  return global_address(wave, instruction, *address, bytes, access, kScalarAccess);
}

// The dwords in range are the first ones. Atomics are one element.
template <Base kBase, unsigned kBytes, Access kAccess>
void list_scalar_access(Wave& wave, const Instruction& instruction, AccessList& list) {
  constexpr unsigned kElement = kAccess == Access::kAtomic ? kBytes : 4;
  const auto first = dword_place<kBase>(wave, instruction, 0, kElement);
  if (!first) return;
  unsigned bytes = kElement;
  while (bytes < kBytes && dword_place<kBase>(wave, instruction, bytes / 4, 4)) bytes += 4;
  const bool in_scratch =
      kBase == Base::kScratch && *first - wave.scratch_base < wave.scratch_bytes;
  LaneAccess& added =
      list.add(in_scratch ? AccessSpace::kScratch : AccessSpace::kScalar, kAccess, 0, bytes, 1);
  added.address[0] = *first;
}

template <Base kBase, unsigned kDwords>
const Instruction* load(Wave& wave, const Instruction& instruction) {
  wave.current = &instruction;
  std::array<std::uint32_t, kDwords> data{};
  if constexpr (kBase == Base::kAddress) {
    std::memcpy(data.data(), dword_address<kBase>(wave, instruction, 0, kDwords * 4, Access::kLoad),
                sizeof data);
  } else {
    for (unsigned d = 0; d < kDwords; ++d) {
      const std::byte* from = dword_address<kBase>(wave, instruction, d, 4, Access::kLoad);
      if (from != nullptr) std::memcpy(&data[d], from, 4);
    }
  }
  if (instruction.destination == operand::kNull) return &instruction + 1;
  for (unsigned d = 0; d < kDwords; ++d) wave.s[instruction.destination + d] = data[d];
  return &instruction + 1;
}

template <Base kBase, unsigned kDwords>
const Instruction* store(Wave& wave, const Instruction& instruction) {
  wave.current = &instruction;
  const auto data = [&](unsigned d) {
    const unsigned code = instruction.destination;
    if constexpr (kDwords == 2) return static_cast<std::uint32_t>(wave.read_pair(code) >> (32 * d));
    return wave.s[code + d];
  };
  for (unsigned d = 0; d < kDwords; ++d) {
    std::byte* to = dword_address<kBase>(wave, instruction, d, 4, Access::kStore);
    const std::uint32_t value = data(d);
    if (to != nullptr) std::memcpy(to, &value, sizeof value);
  }
  return &instruction + 1;
}

template <Base kBase, class T, class Fn>
const Instruction* atomic_operation(Wave& wave, const Instruction& instruction) {
  using Bits = BitsOf<T>;
  wave.current = &instruction;
  const auto operand_at = [&](unsigned k) {
    const unsigned code = instruction.destination;
    if constexpr (sizeof(Bits) == 8) return Bits{wave.read_pair(code + 2 * k)};
    return k == 0 ? Bits{wave.s[code]} : static_cast<Bits>(wave.read_pair(code) >> 32);
  };
  std::byte* at = dword_address<kBase>(wave, instruction, 0, sizeof(Bits), Access::kAtomic);
  Bits old = 0;
  if (at != nullptr) {
    const auto address = reinterpret_cast<std::uintptr_t>(at);
    if (address % sizeof(Bits) != 0) {
      throw_misaligned(address, sizeof(Bits), sizeof(Bits), "address", 0);
    }
    old = atomic_on_shared<T, Fn>(at, operand_at(0),
                                  kHasTwoOperands<T, Fn> ? operand_at(1) : Bits{0});
  }
  if ((instruction.memory.flags & kGlc) != 0) {
    if constexpr (sizeof(Bits) == 8) {
      wave.write_pair(instruction.destination, old);
    } else {
      wave.write_scalar(instruction.destination, old);
    }
  }
  return &instruction + 1;
}

// Caches do not exist here; what other workgroups wrote must be visible afterwards.
const Instruction* cache_control(Wave&, const Instruction& instruction) {
  std::atomic_thread_fence(std::memory_order_acq_rel);
  return &instruction + 1;
}

const Instruction* no_operation(Wave&, const Instruction& instruction) { return &instruction + 1; }

std::uint64_t nanoseconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

// There is no core clock: the host's nanoseconds stand in for it.
const Instruction* read_core_clock(Wave& wave, const Instruction& instruction) {
  wave.write_pair(instruction.destination, nanoseconds());
  return &instruction + 1;
}

const Instruction* read_constant_clock(Wave& wave, const Instruction& instruction) {
  constexpr std::uint64_t kNanosecondsPerTick = 10;  // 100 MHz
  wave.write_pair(instruction.destination, nanoseconds() / kNanosecondsPerTick);
  return &instruction + 1;
}

const Instruction* wave_id(Wave& wave, const Instruction& instruction) {
  wave.write_scalar(instruction.destination, wave.index);
  return &instruction + 1;
}

constexpr Type kSizes[] = {Type::kNone, Type::kB32,  Type::kB64,  Type::kNone, Type::kB128,
                           Type::kNone, Type::kNone, Type::kNone, Type::kB256};
constexpr Type type_of(unsigned dwords) { return dwords == 16 ? Type::kB512 : kSizes[dwords]; }
constexpr Type base_type(Base base) { return base == Base::kBuffer ? Type::kB128 : Type::kB64; }

constexpr Opcode smem_row(std::uint16_t number, std::string_view mnemonic, Handler handler,
                          Type data, Type base, std::uint32_t flags = 0,
                          AccessLister accesses = nullptr) {
  Opcode opcode;
  opcode.number = number;
  opcode.mnemonic = mnemonic;
  opcode.execute = handler;
  opcode.destination = data;
  opcode.sources[0].type = base;
  opcode.sources[1].type = base == Type::kNone ? Type::kNone : Type::kB32;
  opcode.flags = flags;
  opcode.accesses = accesses;
  opcode.cost = kScalarMemoryCost;
  return opcode;
}
template <Base kBase, unsigned kDwords>
constexpr Opcode load_row(std::uint16_t number, std::string_view mnemonic) {
  return smem_row(number, mnemonic, load<kBase, kDwords>, type_of(kDwords), base_type(kBase), 0,
                  list_scalar_access<kBase, kDwords * 4, Access::kLoad>);
}
template <Base kBase, unsigned kDwords>
constexpr Opcode store_row(std::uint16_t number, std::string_view mnemonic) {
  return smem_row(number, mnemonic, store<kBase, kDwords>, type_of(kDwords), base_type(kBase),
                  kStore, list_scalar_access<kBase, kDwords * 4, Access::kStore>);
}
template <Base kBase, class T, class Fn>
constexpr Opcode atomic_row(std::uint16_t number, std::string_view mnemonic, Fn) {
  constexpr unsigned kDwords = sizeof(T) / 4 * (kHasTwoOperands<T, Fn> ? 2 : 1);
  return smem_row(number, mnemonic, atomic_operation<kBase, T, Fn>, type_of(kDwords),
                  base_type(kBase), kAtomic | (kHasTwoOperands<T, Fn> ? kTwoData : 0u),
                  list_scalar_access<kBase, sizeof(T), Access::kAtomic>);
}

using U = std::uint32_t;
using S = std::int32_t;
using UX = std::uint64_t;
using SX = std::int64_t;

// clang-format off
constexpr Opcode kRows[] = {
    load_row<Base::kAddress, 1>(0, "s_load_dword"),
    load_row<Base::kAddress, 2>(1, "s_load_dwordx2"),
    load_row<Base::kAddress, 4>(2, "s_load_dwordx4"),
    load_row<Base::kAddress, 8>(3, "s_load_dwordx8"),
    load_row<Base::kAddress, 16>(4, "s_load_dwordx16"),
    load_row<Base::kScratch, 1>(5, "s_scratch_load_dword"),
    load_row<Base::kScratch, 2>(6, "s_scratch_load_dwordx2"),
    load_row<Base::kScratch, 4>(7, "s_scratch_load_dwordx4"),
    load_row<Base::kBuffer, 1>(8, "s_buffer_load_dword"),
    load_row<Base::kBuffer, 2>(9, "s_buffer_load_dwordx2"),
    load_row<Base::kBuffer, 4>(10, "s_buffer_load_dwordx4"),
    load_row<Base::kBuffer, 8>(11, "s_buffer_load_dwordx8"),
    load_row<Base::kBuffer, 16>(12, "s_buffer_load_dwordx16"),
    store_row<Base::kAddress, 1>(16, "s_store_dword"),
    store_row<Base::kAddress, 2>(17, "s_store_dwordx2"),
    store_row<Base::kAddress, 4>(18, "s_store_dwordx4"),
    store_row<Base::kScratch, 1>(21, "s_scratch_store_dword"),
    store_row<Base::kScratch, 2>(22, "s_scratch_store_dwordx2"),
    store_row<Base::kScratch, 4>(23, "s_scratch_store_dwordx4"),
    store_row<Base::kBuffer, 1>(24, "s_buffer_store_dword"),
    store_row<Base::kBuffer, 2>(25, "s_buffer_store_dwordx2"),
    store_row<Base::kBuffer, 4>(26, "s_buffer_store_dwordx4"),
    smem_row(31, "s_gl1_inv", cache_control, Type::kNone, Type::kNone),
    smem_row(32, "s_dcache_inv", cache_control, Type::kNone, Type::kNone),
    smem_row(33, "s_dcache_wb", cache_control, Type::kNone, Type::kNone),
    smem_row(36, "s_memtime", read_core_clock, Type::kB64, Type::kNone),
    smem_row(37, "s_memrealtime", read_constant_clock, Type::kB64, Type::kNone),
    smem_row(38, "s_atc_probe", no_operation, Type::kNone, Type::kB64),
    smem_row(39, "s_atc_probe_buffer", no_operation, Type::kNone, Type::kB128),
    smem_row(40, "s_dcache_discard", no_operation, Type::kNone, Type::kB64),
    smem_row(41, "s_dcache_discard_x2", no_operation, Type::kNone, Type::kB64),
    smem_row(42, "s_get_waveid_in_workgroup", wave_id, Type::kB32, Type::kNone),
    atomic_row<Base::kBuffer, U>(64, "s_buffer_atomic_swap", atomic::kSwap),
    atomic_row<Base::kBuffer, U>(65, "s_buffer_atomic_cmpswap", atomic::kCompareSwap),
    atomic_row<Base::kBuffer, U>(66, "s_buffer_atomic_add", atomic::kAdd),
    atomic_row<Base::kBuffer, U>(67, "s_buffer_atomic_sub", atomic::kSub),
    atomic_row<Base::kBuffer, S>(68, "s_buffer_atomic_smin", atomic::kMin),
    atomic_row<Base::kBuffer, U>(69, "s_buffer_atomic_umin", atomic::kMin),
    atomic_row<Base::kBuffer, S>(70, "s_buffer_atomic_smax", atomic::kMax),
    atomic_row<Base::kBuffer, U>(71, "s_buffer_atomic_umax", atomic::kMax),
    atomic_row<Base::kBuffer, U>(72, "s_buffer_atomic_and", atomic::kAnd),
    atomic_row<Base::kBuffer, U>(73, "s_buffer_atomic_or", atomic::kOr),
    atomic_row<Base::kBuffer, U>(74, "s_buffer_atomic_xor", atomic::kXor),
    atomic_row<Base::kBuffer, U>(75, "s_buffer_atomic_inc", atomic::kInc),
    atomic_row<Base::kBuffer, U>(76, "s_buffer_atomic_dec", atomic::kDec),
    atomic_row<Base::kBuffer, UX>(96, "s_buffer_atomic_swap_x2", atomic::kSwap),
    atomic_row<Base::kBuffer, UX>(97, "s_buffer_atomic_cmpswap_x2", atomic::kCompareSwap),
    atomic_row<Base::kBuffer, UX>(98, "s_buffer_atomic_add_x2", atomic::kAdd),
    atomic_row<Base::kBuffer, UX>(99, "s_buffer_atomic_sub_x2", atomic::kSub),
    atomic_row<Base::kBuffer, SX>(100, "s_buffer_atomic_smin_x2", atomic::kMin),
    atomic_row<Base::kBuffer, UX>(101, "s_buffer_atomic_umin_x2", atomic::kMin),
    atomic_row<Base::kBuffer, SX>(102, "s_buffer_atomic_smax_x2", atomic::kMax),
    atomic_row<Base::kBuffer, UX>(103, "s_buffer_atomic_umax_x2", atomic::kMax),
    atomic_row<Base::kBuffer, UX>(104, "s_buffer_atomic_and_x2", atomic::kAnd),
    atomic_row<Base::kBuffer, UX>(105, "s_buffer_atomic_or_x2", atomic::kOr),
    atomic_row<Base::kBuffer, UX>(106, "s_buffer_atomic_xor_x2", atomic::kXor),
    atomic_row<Base::kBuffer, UX>(107, "s_buffer_atomic_inc_x2", atomic::kInc),
    atomic_row<Base::kBuffer, UX>(108, "s_buffer_atomic_dec_x2", atomic::kDec),
    atomic_row<Base::kAddress, U>(128, "s_atomic_swap", atomic::kSwap),
    atomic_row<Base::kAddress, U>(129, "s_atomic_cmpswap", atomic::kCompareSwap),
    atomic_row<Base::kAddress, U>(130, "s_atomic_add", atomic::kAdd),
    atomic_row<Base::kAddress, U>(131, "s_atomic_sub", atomic::kSub),
    atomic_row<Base::kAddress, S>(132, "s_atomic_smin", atomic::kMin),
    atomic_row<Base::kAddress, U>(133, "s_atomic_umin", atomic::kMin),
    atomic_row<Base::kAddress, S>(134, "s_atomic_smax", atomic::kMax),
    atomic_row<Base::kAddress, U>(135, "s_atomic_umax", atomic::kMax),
    atomic_row<Base::kAddress, U>(136, "s_atomic_and", atomic::kAnd),
    atomic_row<Base::kAddress, U>(137, "s_atomic_or", atomic::kOr),
    atomic_row<Base::kAddress, U>(138, "s_atomic_xor", atomic::kXor),
    atomic_row<Base::kAddress, U>(139, "s_atomic_inc", atomic::kInc),
    atomic_row<Base::kAddress, U>(140, "s_atomic_dec", atomic::kDec),
    atomic_row<Base::kAddress, UX>(160, "s_atomic_swap_x2", atomic::kSwap),
    atomic_row<Base::kAddress, UX>(161, "s_atomic_cmpswap_x2", atomic::kCompareSwap),
    atomic_row<Base::kAddress, UX>(162, "s_atomic_add_x2", atomic::kAdd),
    atomic_row<Base::kAddress, UX>(163, "s_atomic_sub_x2", atomic::kSub),
    atomic_row<Base::kAddress, SX>(164, "s_atomic_smin_x2", atomic::kMin),
    atomic_row<Base::kAddress, UX>(165, "s_atomic_umin_x2", atomic::kMin),
    atomic_row<Base::kAddress, SX>(166, "s_atomic_smax_x2", atomic::kMax),
    atomic_row<Base::kAddress, UX>(167, "s_atomic_umax_x2", atomic::kMax),
    atomic_row<Base::kAddress, UX>(168, "s_atomic_and_x2", atomic::kAnd),
    atomic_row<Base::kAddress, UX>(169, "s_atomic_or_x2", atomic::kOr),
    atomic_row<Base::kAddress, UX>(170, "s_atomic_xor_x2", atomic::kXor),
    atomic_row<Base::kAddress, UX>(171, "s_atomic_inc_x2", atomic::kInc),
    atomic_row<Base::kAddress, UX>(172, "s_atomic_dec_x2", atomic::kDec),
};
// clang-format on

}  // namespace

std::span<const Opcode> smem_opcodes() { return kRows; }

}  // namespace emulator
