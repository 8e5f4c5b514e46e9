// DS read-modify-write instructions. Source: AMD, "RDNA 1.0 Instruction Set Architecture", section
// 12.14. The waves of a workgroup take turns on one host thread, so plain loads and stores serve.
#include <cfenv>

#include "isa/lds_access.h"

namespace emulator {
namespace {

// Operand order of DS: data0 first, then data1.
constexpr auto kWrite = [](auto, auto data) { return data; };
constexpr auto kCompareStore = [](auto memory, auto compare, auto data) {
  return memory == compare ? data : memory;
};
constexpr auto kMaskedOr = [](auto memory, auto mask, auto data) {
  return (memory & ~mask) | data;
};
constexpr auto kWrap = [](auto memory, auto limit, auto step) {
  return memory >= limit ? memory - limit : memory + step;
};

// Rounds to nearest even whatever MODE says, as the LDS unit does.
[[gnu::noinline]] float add_rounding_to_nearest(float a, float b) {
  if (std::fegetround() == FE_TONEAREST) return a + b;
  const int mode = std::fegetround();
  std::fesetround(FE_TONEAREST);
  volatile float sum = a;
  sum = sum + b;
  std::fesetround(mode);
  return sum;
}
constexpr auto kAddFloat = [](float memory, float data) {
  return add_rounding_to_nearest(memory, data);
};

template <class Bits>
void check_alignment(const LaneData<std::uint32_t>& lanes, const Wave& wave, unsigned half,
                     unsigned lane) {
  const std::uintptr_t begin = reinterpret_cast<std::uintptr_t>(wave.workgroup->lds.data());
  const std::uintptr_t offset = reinterpret_cast<std::uintptr_t>(lanes.at(lane)) - begin;
  if (offset % sizeof(Bits) != 0) {
    throw_misaligned(offset, sizeof(Bits), sizeof(Bits), "LDS offset", lane_number(half, lane));
  }
}

template <class T, class Fn, bool kReturns>
const Instruction* update(Wave& wave, const Instruction& instruction) {
  using Bits = BitsOf<T>;
  begin_lds(wave, instruction);
  for (unsigned half = 0; half < wave.halves; ++half) {
    const std::uint32_t exec = wave.exec(half);
    if (exec == 0) continue;
    LaneArray<std::uint32_t> address;
    std::memcpy(address.lane.data(), ds_addresses(wave, instruction, half), sizeof address);
    std::uint32_t inside = exec;
    const auto lanes = lds_lanes(wave, half, inside, address.lane.data(),
                                 static_cast<std::uint32_t>(instruction.offset), sizeof(Bits));
    const Vgpr* first = vgpr(wave, half, instruction.source[1]);
    for_lanes_of(inside, [&](unsigned lane) {
      check_alignment<Bits>(lanes, wave, half, lane);
      Bits second{};
      if constexpr (kHasTwoOperands<T, Fn>) {
        second = read_lane<Bits>(vgpr(wave, half, instruction.source[2]), lane);
      }
      const Bits old =
          atomic_on_private<T, Fn>(lanes.at(lane), read_lane<Bits>(first, lane), second);
      if constexpr (kReturns) {
        write_lane<Bits>(vgpr(wave, half, instruction.destination), lane, old);
      }
    });
    if constexpr (kReturns) {
      for_lanes_of(exec & ~inside, [&](unsigned lane) {
        write_lane<Bits>(vgpr(wave, half, instruction.destination), lane, Bits{0});
      });
    }
  }
  return &instruction + 1;
}

// The second operand of src2 forms lies in LDS as well, at a distance in dwords that the offset
// field or, with its top bit set, the upper half of the address gives.
std::uint32_t second_address(std::uint32_t address, std::uint32_t offset) {
  std::int32_t dwords = static_cast<std::int32_t>(address) >> 17;
  if ((offset & 0x8000) == 0) {
    dwords = static_cast<std::int32_t>(offset << 17) >> 17;  // 15 bits, signed
  }
  return (address & 0x1ffff) + static_cast<std::uint32_t>(dwords * 4);
}

template <class T, class Fn>
const Instruction* update_from_lds(Wave& wave, const Instruction& instruction) {
  using Bits = BitsOf<T>;
  begin_lds(wave, instruction);
  for (unsigned half = 0; half < wave.halves; ++half) {
    const std::uint32_t* address = ds_addresses(wave, instruction, half);
    for_lanes_of(wave.exec(half), [&](unsigned lane) {
      const unsigned number = lane_number(half, lane);
      const std::uint32_t from =
          second_address(address[lane], static_cast<std::uint32_t>(instruction.offset));
      const std::byte* const second = lds_address(wave, from, sizeof(Bits), number);
      std::byte* const at = lds_address(wave, address[lane] & 0x1ffff, sizeof(Bits), number);
      if (at == nullptr) return;
      atomic_on_private<T, Fn>(at, second != nullptr ? load_from<Bits>(second) : Bits{}, Bits{});
    });
  }
  return &instruction + 1;
}

template <unsigned kBytes>
void list_src2(Wave& wave, const Instruction& instruction, AccessList& list) {
  for (unsigned half = 0; half < wave.halves; ++half) {
    const std::uint32_t* address = ds_addresses(wave, instruction, half);
    LaneArray<std::uint32_t> first;
    LaneArray<std::uint32_t> second;
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      first.lane[lane] = address[lane] & 0x1ffff;
      second.lane[lane] =
          second_address(address[lane], static_cast<std::uint32_t>(instruction.offset));
    }
    const std::uint32_t exec = wave.exec(half);
    list_lds(wave, half, exec, second.lane.data(), 0, kBytes, Access::kLoad, list);
    list_lds(wave, half, exec, first.lane.data(), 0, kBytes, Access::kAtomic, list);
  }
}

// Exchanges two elements; the offsets count elements (times 64 in st64 forms).
template <class Bits, unsigned kScale>
const Instruction* exchange2(Wave& wave, const Instruction& instruction) {
  begin_lds(wave, instruction);
  for (unsigned half = 0; half < wave.halves; ++half) {
    const std::uint32_t exec = wave.exec(half);
    if (exec == 0) continue;
    LaneArray<std::uint32_t> address;
    std::memcpy(address.lane.data(), ds_addresses(wave, instruction, half), sizeof address);
    LaneData<std::uint32_t> lanes[2];
    std::uint32_t inside[2] = {exec, exec};
    for (unsigned k = 0; k < 2; ++k) {
      lanes[k] = lds_lanes(wave, half, inside[k], address.lane.data(),
                           element_offset<sizeof(Bits), kScale>(instruction, k), sizeof(Bits));
    }
    for_lanes_of(exec, [&](unsigned lane) {
      Bits old[2] = {};
      for (unsigned k = 0; k < 2; ++k) {
        if ((inside[k] >> lane & 1) == 0) continue;
        check_alignment<Bits>(lanes[k], wave, half, lane);
        old[k] = load_from<Bits>(lanes[k].at(lane));
        store_to(lanes[k].at(lane),
                 read_lane<Bits>(vgpr(wave, half, instruction.source[1 + k]), lane));
      }
      for (unsigned k = 0; k < 2; ++k) {
        write_lane<Bits>(vgpr(wave, half, instruction.destination) + k * (sizeof(Bits) / 4), lane,
                         old[k]);
      }
    });
  }
  return &instruction + 1;
}

// Each dword of the data whose top bit is set is written without that bit.
const Instruction* conditional_exchange(Wave& wave, const Instruction& instruction) {
  constexpr std::uint32_t kWanted = 1u << 31;
  begin_lds(wave, instruction);
  for (unsigned half = 0; half < wave.halves; ++half) {
    const std::uint32_t exec = wave.exec(half);
    if (exec == 0) continue;
    LaneArray<std::uint32_t> address;
    std::memcpy(address.lane.data(), ds_addresses(wave, instruction, half), sizeof address);
    std::uint32_t inside = exec;
    const auto lanes = lds_lanes(wave, half, inside, address.lane.data(),
                                 static_cast<std::uint32_t>(instruction.offset), 8);
    for_lanes_of(exec, [&](unsigned lane) {
      for (unsigned d = 0; d < 2; ++d) {
        if ((inside >> lane & 1) == 0) {
          vgpr(wave, half, instruction.destination)[d].lane[lane] = 0;
          continue;
        }
        std::byte* at = lanes.at(lane, d);
        const std::uint32_t data = vgpr(wave, half, instruction.source[1])[d].lane[lane];
        const auto old = load_from<std::uint32_t>(at);
        if ((data & kWanted) != 0) store_to(at, data & ~kWanted);
        vgpr(wave, half, instruction.destination)[d].lane[lane] = old;
      }
    });
  }
  return &instruction + 1;
}

template <class T>
constexpr Type kTypeOf = dword_type(sizeof(T) / 4);

template <class T, class Fn>
constexpr Opcode update_row(std::uint16_t number, std::string_view mnemonic, Fn) {
  return with_accesses(
      ds_row(number, mnemonic, update<T, Fn, false>, Type::kNone, Type::kB32, kTypeOf<T>,
             kHasTwoOperands<T, Fn> ? kTypeOf<T> : Type::kNone, kAtomic),
      list_ds<sizeof(T), Access::kAtomic>);
}
template <class T, class Fn>
constexpr Opcode return_row(std::uint16_t number, std::string_view mnemonic, Fn) {
  return with_accesses(
      ds_row(number, mnemonic, update<T, Fn, true>, kTypeOf<T>, Type::kB32, kTypeOf<T>,
             kHasTwoOperands<T, Fn> ? kTypeOf<T> : Type::kNone, kAtomic | kReturnsData),
      list_ds<sizeof(T), Access::kAtomic>);
}
template <class T, class Fn>
constexpr Opcode src2_row(std::uint16_t number, std::string_view mnemonic, Fn) {
  return with_accesses(ds_row(number, mnemonic, update_from_lds<T, Fn>, Type::kNone, Type::kB32,
                              Type::kNone, Type::kNone, kAtomic),
                       list_src2<sizeof(T)>);
}
template <class Bits, unsigned kScale>
constexpr Opcode exchange2_row(std::uint16_t number, std::string_view mnemonic) {
  return with_accesses(
      ds_row(number, mnemonic, exchange2<Bits, kScale>, dword_type(sizeof(Bits) / 2), Type::kB32,
             kTypeOf<Bits>, kTypeOf<Bits>, kAtomic | kReturnsData | kTwoOffsets),
      list_ds2<sizeof(Bits), kScale, Access::kAtomic>);
}

using U = std::uint32_t;
using S = std::int32_t;
using F = float;
using UX = std::uint64_t;
using SX = std::int64_t;
using FX = double;

// clang-format off
constexpr Opcode kRows[] = {
    update_row<U>(0, "ds_add_u32", atomic::kAdd),
    update_row<U>(1, "ds_sub_u32", atomic::kSub),
    update_row<U>(2, "ds_rsub_u32", atomic::kReverseSub),
    update_row<U>(3, "ds_inc_u32", atomic::kInc),
    update_row<U>(4, "ds_dec_u32", atomic::kDec),
    update_row<S>(5, "ds_min_i32", atomic::kMin),
    update_row<S>(6, "ds_max_i32", atomic::kMax),
    update_row<U>(7, "ds_min_u32", atomic::kMin),
    update_row<U>(8, "ds_max_u32", atomic::kMax),
    update_row<U>(9, "ds_and_b32", atomic::kAnd),
    update_row<U>(10, "ds_or_b32", atomic::kOr),
    update_row<U>(11, "ds_xor_b32", atomic::kXor),
    update_row<U>(12, "ds_mskor_b32", kMaskedOr),
    update_row<U>(16, "ds_cmpst_b32", kCompareStore),
    update_row<F>(17, "ds_cmpst_f32", kCompareStore),
    update_row<F>(18, "ds_min_f32", atomic::kMinNumber),
    update_row<F>(19, "ds_max_f32", atomic::kMaxNumber),
    update_row<F>(21, "ds_add_f32", kAddFloat),
    return_row<U>(32, "ds_add_rtn_u32", atomic::kAdd),
    return_row<U>(33, "ds_sub_rtn_u32", atomic::kSub),
    return_row<U>(34, "ds_rsub_rtn_u32", atomic::kReverseSub),
    return_row<U>(35, "ds_inc_rtn_u32", atomic::kInc),
    return_row<U>(36, "ds_dec_rtn_u32", atomic::kDec),
    return_row<S>(37, "ds_min_rtn_i32", atomic::kMin),
    return_row<S>(38, "ds_max_rtn_i32", atomic::kMax),
    return_row<U>(39, "ds_min_rtn_u32", atomic::kMin),
    return_row<U>(40, "ds_max_rtn_u32", atomic::kMax),
    return_row<U>(41, "ds_and_rtn_b32", atomic::kAnd),
    return_row<U>(42, "ds_or_rtn_b32", atomic::kOr),
    return_row<U>(43, "ds_xor_rtn_b32", atomic::kXor),
    return_row<U>(44, "ds_mskor_rtn_b32", kMaskedOr),
    return_row<U>(45, "ds_wrxchg_rtn_b32", kWrite),
    exchange2_row<U, 1>(46, "ds_wrxchg2_rtn_b32"),
    exchange2_row<U, 64>(47, "ds_wrxchg2st64_rtn_b32"),
    return_row<U>(48, "ds_cmpst_rtn_b32", kCompareStore),
    return_row<F>(49, "ds_cmpst_rtn_f32", kCompareStore),
    return_row<F>(50, "ds_min_rtn_f32", atomic::kMinNumber),
    return_row<F>(51, "ds_max_rtn_f32", atomic::kMaxNumber),
    return_row<U>(52, "ds_wrap_rtn_b32", kWrap),
    update_row<UX>(64, "ds_add_u64", atomic::kAdd),
    update_row<UX>(65, "ds_sub_u64", atomic::kSub),
    update_row<UX>(66, "ds_rsub_u64", atomic::kReverseSub),
    update_row<UX>(67, "ds_inc_u64", atomic::kInc),
    update_row<UX>(68, "ds_dec_u64", atomic::kDec),
    update_row<SX>(69, "ds_min_i64", atomic::kMin),
    update_row<SX>(70, "ds_max_i64", atomic::kMax),
    update_row<UX>(71, "ds_min_u64", atomic::kMin),
    update_row<UX>(72, "ds_max_u64", atomic::kMax),
    update_row<UX>(73, "ds_and_b64", atomic::kAnd),
    update_row<UX>(74, "ds_or_b64", atomic::kOr),
    update_row<UX>(75, "ds_xor_b64", atomic::kXor),
    update_row<UX>(76, "ds_mskor_b64", kMaskedOr),
    update_row<UX>(80, "ds_cmpst_b64", kCompareStore),
    update_row<FX>(81, "ds_cmpst_f64", kCompareStore),
    update_row<FX>(82, "ds_min_f64", atomic::kMinNumber),
    update_row<FX>(83, "ds_max_f64", atomic::kMaxNumber),
    return_row<F>(85, "ds_add_rtn_f32", kAddFloat),
    return_row<UX>(96, "ds_add_rtn_u64", atomic::kAdd),
    return_row<UX>(97, "ds_sub_rtn_u64", atomic::kSub),
    return_row<UX>(98, "ds_rsub_rtn_u64", atomic::kReverseSub),
    return_row<UX>(99, "ds_inc_rtn_u64", atomic::kInc),
    return_row<UX>(100, "ds_dec_rtn_u64", atomic::kDec),
    return_row<SX>(101, "ds_min_rtn_i64", atomic::kMin),
    return_row<SX>(102, "ds_max_rtn_i64", atomic::kMax),
    return_row<UX>(103, "ds_min_rtn_u64", atomic::kMin),
    return_row<UX>(104, "ds_max_rtn_u64", atomic::kMax),
    return_row<UX>(105, "ds_and_rtn_b64", atomic::kAnd),
    return_row<UX>(106, "ds_or_rtn_b64", atomic::kOr),
    return_row<UX>(107, "ds_xor_rtn_b64", atomic::kXor),
    return_row<UX>(108, "ds_mskor_rtn_b64", kMaskedOr),
    return_row<UX>(109, "ds_wrxchg_rtn_b64", kWrite),
    exchange2_row<UX, 1>(110, "ds_wrxchg2_rtn_b64"),
    exchange2_row<UX, 64>(111, "ds_wrxchg2st64_rtn_b64"),
    return_row<UX>(112, "ds_cmpst_rtn_b64", kCompareStore),
    return_row<FX>(113, "ds_cmpst_rtn_f64", kCompareStore),
    return_row<FX>(114, "ds_min_rtn_f64", atomic::kMinNumber),
    return_row<FX>(115, "ds_max_rtn_f64", atomic::kMaxNumber),
    with_accesses(ds_row(126, "ds_condxchg32_rtn_b64", conditional_exchange, Type::kB64, Type::kB32, Type::kB64, Type::kNone, kAtomic | kReturnsData), list_ds<8, Access::kAtomic>),
    src2_row<U>(128, "ds_add_src2_u32", atomic::kAdd),
    src2_row<U>(129, "ds_sub_src2_u32", atomic::kSub),
    src2_row<U>(130, "ds_rsub_src2_u32", atomic::kReverseSub),
    src2_row<U>(131, "ds_inc_src2_u32", atomic::kInc),
    src2_row<U>(132, "ds_dec_src2_u32", atomic::kDec),
    src2_row<S>(133, "ds_min_src2_i32", atomic::kMin),
    src2_row<S>(134, "ds_max_src2_i32", atomic::kMax),
    src2_row<U>(135, "ds_min_src2_u32", atomic::kMin),
    src2_row<U>(136, "ds_max_src2_u32", atomic::kMax),
    src2_row<U>(137, "ds_and_src2_b32", atomic::kAnd),
    src2_row<U>(138, "ds_or_src2_b32", atomic::kOr),
    src2_row<U>(139, "ds_xor_src2_b32", atomic::kXor),
    src2_row<U>(141, "ds_write_src2_b32", kWrite),
    src2_row<F>(146, "ds_min_src2_f32", atomic::kMinNumber),
    src2_row<F>(147, "ds_max_src2_f32", atomic::kMaxNumber),
    src2_row<F>(149, "ds_add_src2_f32", kAddFloat),
    src2_row<UX>(192, "ds_add_src2_u64", atomic::kAdd),
    src2_row<UX>(193, "ds_sub_src2_u64", atomic::kSub),
    src2_row<UX>(194, "ds_rsub_src2_u64", atomic::kReverseSub),
    src2_row<UX>(195, "ds_inc_src2_u64", atomic::kInc),
    src2_row<UX>(196, "ds_dec_src2_u64", atomic::kDec),
    src2_row<SX>(197, "ds_min_src2_i64", atomic::kMin),
    src2_row<SX>(198, "ds_max_src2_i64", atomic::kMax),
    src2_row<UX>(199, "ds_min_src2_u64", atomic::kMin),
    src2_row<UX>(200, "ds_max_src2_u64", atomic::kMax),
    src2_row<UX>(201, "ds_and_src2_b64", atomic::kAnd),
    src2_row<UX>(202, "ds_or_src2_b64", atomic::kOr),
    src2_row<UX>(203, "ds_xor_src2_b64", atomic::kXor),
    src2_row<UX>(205, "ds_write_src2_b64", kWrite),
    src2_row<FX>(210, "ds_min_src2_f64", atomic::kMinNumber),
    src2_row<FX>(211, "ds_max_src2_f64", atomic::kMaxNumber),
};
// clang-format on

}  // namespace

std::span<const Opcode> ds_atomic_rows() { return kRows; }

}  // namespace emulator
