// Turns one line of per-lane meaning into an instruction handler: reads the sources, applies it to
// 32 lanes at a time, and writes the active ones. EXEC, modifiers, SDWA and DPP are applied here.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

#include "isa/float_mode.h"
#include "isa/lane_types.h"
#include "isa/plain_form.h"
#include "machine/lane_vector.h"
#include "machine/program.h"

namespace emulator {

// The general path for a source operand: scalars and constants, neg, abs, op_sel, SDWA, DPP and
// types that are not a plain 32-bit register. Returns `buffer` or where the elements lie already.
// Instantiated for every tag in vector_operand.cpp.
template <class T>
const typename T::Lane* read_source(const Wave& wave, const Instruction& instruction, unsigned k,
                                    unsigned half, typename T::Lane* buffer);

// A lane mask operand: an SGPR, VCC, or a constant.
std::uint32_t read_mask(const Wave& wave, const Instruction& instruction, unsigned k,
                        unsigned half);

// The first register of a lane mask at `code`: in wave64 it is a pair, which begins at an even
// register. Throws Fault for VCC_HI, EXEC_HI and M0, which begin none.
std::uint16_t mask_register(const Wave& wave, const Instruction& instruction, std::uint16_t code);

// The general path for results: clamp, omod, SDWA selection, op_sel and types that are not a plain
// 32-bit register. Writes the lanes of `exec`. Instantiated for every tag in vector_result.cpp.
template <class D>
void write_result(Wave& wave, const Instruction& instruction, unsigned half, std::uint32_t exec,
                  const typename D::Result* in);

// Lanes that a DPP instruction writes: EXEC less masked rows and banks and lanes without a source.
std::uint32_t dpp_write_mask(const Wave& wave, const Instruction& instruction, unsigned half);

// The lanes an instruction acts on.
inline std::uint32_t active_lanes(const Wave& wave, const Instruction& instruction, unsigned half) {
  if ((instruction.flags & (kDpp16 | kDpp8)) != 0) [[unlikely]] {
    return dpp_write_mask(wave, instruction, half);
  }
  return wave.exec(half);
}

// Writes the dwords of the active lanes.
template <class Element>
inline void store_active(const Element* in, std::uint32_t exec, Vgpr& out) {
  const auto* words = reinterpret_cast<const std::uint32_t*>(in);
#if defined(__AVX512F__)
  const auto low = static_cast<__mmask16>(exec);
  const auto high = static_cast<__mmask16>(exec >> 16);
  _mm512_mask_storeu_epi32(out.lane.data(), low, _mm512_loadu_si512(words));
  _mm512_mask_storeu_epi32(out.lane.data() + 16, high, _mm512_loadu_si512(words + 16));
#else
  for (unsigned i = 0; i < kLanes; ++i) {
    out.lane[i] = (exec & (1u << i)) != 0 ? words[i] : out.lane[i];
  }
#endif
}

// A lane mask, to be indexed like a source's lanes.
struct MaskLanes {
  std::uint32_t bits;
  bool operator[](unsigned lane) const { return (bits & (1u << lane)) != 0; }
};

template <class T>
inline auto source(const Wave& wave, const Instruction& instruction, unsigned k, unsigned half,
                   LaneBuffer<T>& buffer) {
  if constexpr (std::is_same_v<T, ImplicitVcc>) {
    return MaskLanes{wave.mask(operand::kVccLo, half)};
  } else if constexpr (T::kType == Type::kMask) {
    return MaskLanes{read_mask(wave, instruction, k, half)};
  } else {
    using Lane = typename T::Lane;
    if constexpr (kIsRegisterImage<T> && T::kRole == Role::kDestination) {
      const Vgpr& vgpr = wave.v[half][instruction.destination - operand::kVgpr];
      return reinterpret_cast<const Lane*>(vgpr.lane.data());
    } else if constexpr (kIsRegisterImage<T> && T::kRole == Role::kEncoded) {
      if ((instruction.plain_vgpr >> k & 1) != 0) [[likely]] {
        const Vgpr& vgpr = wave.v[half][instruction.source[k] - operand::kVgpr];
        return reinterpret_cast<const Lane*>(vgpr.lane.data());
      }
    }
    return read_source<T>(wave, instruction, k, half, buffer.lane.data());
  }
}

template <class Fn, class... A>
inline auto apply_to_lane(const LaneContext& context, A... values) {
  if constexpr (std::is_invocable_v<Fn, const LaneContext&, A...>) {
    return Fn{}(context, values...);
  } else {
    return Fn{}(values...);
  }
}

// Scope of the f16/f64 mode for instructions that compute in one of the two.
template <class... T>
using ModeScope = std::conditional_t<(kHasHalfOrDoubleMode<T> || ...), HalfAndDoubleMode,
                                     std::tuple<const Wave&>>;

// The loops are one iteration of two 512-bit vectors, or of more and narrower ones; without the
// hints clang unrolls them before it vectorizes. The destination may be one of the sources but
// never overlaps them otherwise, so that the stores of one element cannot change the loads of
// another:
// __restrict says so, without which a check at run time would send v_add v0, v0, v1 to a scalar
// loop.
template <unsigned kCount, class Lane, class Compute>
[[gnu::always_inline]] inline void compute_lanes(Lane* __restrict out, const Compute& compute) {
  constexpr unsigned kWidth = sizeof(Lane) < 8 ? kCount / 2 : 8;
#pragma clang loop vectorize(assume_safety) vectorize_width(kWidth) interleave_count(2) \
    unroll(disable)
  for (unsigned i = 0; i < kCount; ++i) out[i] = static_cast<Lane>(compute(i));
}

// Likewise for a `compute` that gives a value and a flag.
template <class Lane, class Compute>
[[gnu::always_inline]] inline void compute_lanes_and_flags(Lane* __restrict out,
                                                           std::int32_t* __restrict flags,
                                                           const Compute& compute) {
  constexpr unsigned kWidth = sizeof(Lane) < 8 ? 16 : 8;
#pragma clang loop vectorize(assume_safety) vectorize_width(kWidth) interleave_count(2) \
    unroll(disable)
  for (unsigned i = 0; i < kLanes; ++i) {
    const auto result = compute(i);
    out[i] = static_cast<Lane>(result.value);
    flags[i] = result.flag ? -1 : 0;
  }
}

// Handler of an instruction whose meaning is `Fn`, a captureless lambda from source lanes to a
// destination lane.
template <class Fn, class D, class... S>
const Instruction* execute_lanes(Wave& wave, const Instruction& instruction) {
  [[maybe_unused]] const ModeScope<D, S...> scope(wave);
  for (unsigned half = 0; half < wave.halves; ++half) {
    const std::uint32_t exec = active_lanes(wave, instruction, half);
    const LaneContext context{wave.mode, instruction.clamp, half * kLanes};
    [&]<std::size_t... K>(std::index_sequence<K...>) {
      std::tuple<LaneBuffer<S>...> buffers;
      const auto in = std::tuple{source<S>(wave, instruction, K, half, std::get<K>(buffers))...};
      const auto compute = [&](unsigned i) {
        const LaneContext here{context.mode, context.clamp, context.lane + i};
        return apply_to_lane<Fn>(here, std::get<K>(in)[i]...);
      };
      if constexpr (kIsRegisterImage<D>) {
        if ((instruction.flags & kModifiedResult) == 0) [[likely]] {
          using Lane = typename D::Lane;
          Vgpr& vgpr = wave.v[half][instruction.destination - operand::kVgpr];
          LaneBuffer<D> inactive_too;
          Lane* out =
              exec == ~0u ? reinterpret_cast<Lane*>(vgpr.lane.data()) : inactive_too.lane.data();
          compute_lanes<D::kElements>(out, compute);
          if (exec != ~0u) [[unlikely]]
            store_active(out, exec, vgpr);
          return;
        }
      }
      ElementBuffer<typename D::Result, D::kElements> result;
      compute_lanes<D::kElements>(result.lane.data(), compute);
      write_result<D>(wave, instruction, half, exec, result.lane.data());
    }
    (std::index_sequence_for<S...>{});
  }
  return &instruction + 1;
}

// Whether an instruction in plain form needs nothing but registers as they lie.
template <class T>
constexpr bool kIsPlainSource = kIsRegisterImage<T>&& T::kRole != Role::kLiteral;
template <class D, class... S>
constexpr bool kRunsPlainly = kIsRegisterImage<D> && sizeof...(S) != 0 &&
                              (kIsPlainSource<S> && ...) &&
                              !(kHasHalfOrDoubleMode<D> || ... || kHasHalfOrDoubleMode<S>);

// A source of an instruction in plain form: where the elements lie, or `buffer` with a scalar or a
// lane of each row.
template <class T>
[[gnu::always_inline]] inline const typename T::Lane* plain_source(Wave& wave,
                                                                   const PlainOperands& operands,
                                                                   unsigned k,
                                                                   LaneBuffer<T>& buffer) {
  const unsigned place = T::kRole == Role::kDestination ? operands.destination : operands.source[k];
  const auto* const registers = reinterpret_cast<const std::byte*>(wave.v[0].data());
  if constexpr (T::kRole == Role::kEncoded && sizeof(typename T::Lane) == 4) {
    if ((place & (kScalarSource | kSharedLane)) != 0) [[unlikely]] {
      auto* const lanes = reinterpret_cast<U32x16*>(buffer.lane.data());
      if ((place & kScalarSource) != 0) {
        const unsigned code = place / 4;
        lanes[0] = lanes[1] =
            U32x16(code == operand::kLiteral ? operands.constant : wave.s[code & 0x7f]);
      } else {
        const auto* const lane =
            reinterpret_cast<const std::uint32_t*>(registers + (place - kSharedLane));
        lanes[0] = U32x16(lane[0]);
        lanes[1] = U32x16(lane[kGroup]);
      }
      return buffer.lane.data();
    }
  }
  return reinterpret_cast<const typename T::Lane*>(registers + place);
}

// Runs an instruction in plain form and those of its row that follow it.
template <class Fn, class D, class... S>
const Instruction* run_lanes(Wave& wave, const Instruction& instruction) {
  if (wave.halves != 1 || wave.exec() != ~0u) [[unlikely]] {
    return execute_lanes<Fn, D, S...>(wave, instruction);
  }
  const LaneContext context{wave.mode, false, 0};
  const PlainOperands* at = wave.program->plain(instruction);
  const std::uint32_t count = at->row_count;
  const PlainOperands* const end = at + count;
  do {
    [&]<std::size_t... K>(std::index_sequence<K...>) {
      std::tuple<LaneBuffer<S>...> buffers;
      const std::tuple in{plain_source<S>(wave, *at, K, std::get<K>(buffers))...};
      auto* const out = reinterpret_cast<typename D::Lane*>(
          reinterpret_cast<std::byte*>(wave.v[0].data()) + at->destination);
      compute_lanes<D::kElements>(out, [&](unsigned i) {
        return apply_to_lane<Fn>(LaneContext{context.mode, false, i}, std::get<K>(in)[i]...);
      });
    }
    (std::index_sequence_for<S...>{});
  } while (++at != end);
  return &instruction + count;
}

// Writes the mask of each half: after both are computed, for the mask may be a source of either.
inline void write_masks(Wave& wave, const Instruction& instruction,
                        const std::array<std::uint32_t, 2>& mask) {
  const unsigned first = mask_register(wave, instruction, instruction.scalar_destination);
  for (unsigned half = 0; half < wave.halves; ++half) wave.write_mask(first, half, mask[half]);
}

// Handler of comparisons: `Fn` gives a bool. Inactive lanes get zeros (RDNA ISA, "VOPC").
template <class Fn, class... S>
const Instruction* execute_compare(Wave& wave, const Instruction& instruction) {
  std::array<std::uint32_t, 2> mask{};
  {
    [[maybe_unused]] const ModeScope<Mask, S...> scope(wave);
    for (unsigned half = 0; half < wave.halves; ++half) {
      const std::uint32_t exec = active_lanes(wave, instruction, half);
      ElementBuffer<std::int32_t, kLanes> flags;
      [&]<std::size_t... K>(std::index_sequence<K...>) {
        std::tuple<LaneBuffer<S>...> buffers;
        const auto in = std::tuple{source<S>(wave, instruction, K, half, std::get<K>(buffers))...};
        compute_lanes<kLanes>(flags.lane.data(),
                              [&](unsigned i) { return Fn{}(std::get<K>(in)[i]...) ? -1 : 0; });
      }
      (std::index_sequence_for<S...>{});
      mask[half] = gather_mask(flags.lane.data()) & exec;
    }
  }
  write_masks(wave, instruction, mask);
  return &instruction + 1;
}

// Handler of instructions with a vector and a mask result: `Fn` gives WithMask<D>::Result.
template <class Fn, class D, class... S>
const Instruction* execute_lanes_and_mask(Wave& wave, const Instruction& instruction) {
  std::array<std::uint32_t, 2> mask{};
  {
    [[maybe_unused]] const ModeScope<D, S...> scope(wave);
    for (unsigned half = 0; half < wave.halves; ++half) {
      const std::uint32_t exec = active_lanes(wave, instruction, half);
      const LaneContext context{wave.mode, instruction.clamp, half * kLanes};
      ElementBuffer<std::int32_t, kLanes> flags;
      [&]<std::size_t... K>(std::index_sequence<K...>) {
        std::tuple<LaneBuffer<S>...> buffers;
        const auto in = std::tuple{source<S>(wave, instruction, K, half, std::get<K>(buffers))...};
        const auto compute = [&](unsigned i) {
          const LaneContext here{context.mode, context.clamp, context.lane + i};
          return apply_to_lane<Fn>(here, std::get<K>(in)[i]...);
        };
        if constexpr (kIsRegisterImage<D>) {
          if ((instruction.flags & kModifiedResult) == 0) [[likely]] {
            using Lane = typename D::Lane;
            Vgpr& vgpr = wave.v[half][instruction.destination - operand::kVgpr];
            LaneBuffer<D> inactive_too;
            Lane* out =
                exec == ~0u ? reinterpret_cast<Lane*>(vgpr.lane.data()) : inactive_too.lane.data();
            compute_lanes_and_flags(out, flags.lane.data(), compute);
            if (exec != ~0u) [[unlikely]]
              store_active(out, exec, vgpr);
            return;
          }
        }
        ElementBuffer<typename D::Result, kLanes> result;
        compute_lanes_and_flags(result.lane.data(), flags.lane.data(), compute);
        write_result<D>(wave, instruction, half, exec, result.lane.data());
      }
      (std::index_sequence_for<S...>{});
      mask[half] = gather_mask(flags.lane.data()) & exec;
    }
  }
  write_masks(wave, instruction, mask);
  return &instruction + 1;
}

template <class Signature>
struct VectorRow;

// row<F32(F32, F32)>(3, "v_add_f32", kFullRate, [](float a, float b) { return a + b; })
template <class D, class... S>
struct VectorRow<D(S...)> {
  template <class Fn>
  static constexpr Handler handler() {
    return &execute_lanes<Fn, D, S...>;
  }
  template <class Fn>
  static constexpr Handler run() {
    if constexpr (kRunsPlainly<D, S...>) return &run_lanes<Fn, D, S...>;
    return nullptr;
  }
  static constexpr Opcode make(std::uint16_t number, std::string_view mnemonic, Cost cost,
                               Handler handler, std::uint32_t flags, Type destination = D::kType) {
    Opcode opcode;
    opcode.number = number;
    opcode.mnemonic = mnemonic;
    opcode.cost = cost;
    opcode.execute = handler;
    opcode.destination = destination;
    std::size_t k = 0;
    const auto add = [&]<class T>(T) {
      if constexpr (!std::is_same_v<T, ImplicitVcc>) {
        opcode.sources[k++] = OperandRow{T::kType, T::kRole};
      }
    };
    (add(S{}), ...);
    opcode.flags = flags | (kIsExact<D> ? kSaturates : 0u);
    return opcode;
  }
};

template <class D, class... S>
struct VectorRow<WithMask<D>(S...)> : VectorRow<D(S...)> {
  template <class Fn>
  static constexpr Handler handler() {
    return &execute_lanes_and_mask<Fn, D, S...>;
  }
  template <class Fn>
  static constexpr Handler run() {
    return nullptr;
  }
};

template <class... S>
struct VectorRow<Mask(S...)> : VectorRow<B32(S...)> {
  template <class Fn>
  static constexpr Handler handler() {
    return &execute_compare<Fn, S...>;
  }
  template <class Fn>
  static constexpr Handler run() {
    return nullptr;
  }
  static constexpr Opcode make(std::uint16_t number, std::string_view mnemonic, Cost cost,
                               Handler handler, std::uint32_t flags) {
    return VectorRow<B32(S...)>::make(number, mnemonic, cost, handler, flags, Type::kMask);
  }
};

template <class Signature, class Fn>
constexpr Opcode row(std::uint16_t number, std::string_view mnemonic, Cost cost, Fn,
                     std::uint32_t flags = 0) {
  using Row = VectorRow<Signature>;
  Opcode opcode = Row::make(number, mnemonic, cost, Row::template handler<Fn>(), flags);
  opcode.run = Row::template run<Fn>();
  return opcode;
}

// A row whose meaning does not fit a function of one lane (lane crossing, register indexing).
template <class Signature>
constexpr Opcode handler_row(std::uint16_t number, std::string_view mnemonic, Cost cost,
                             Handler handler, std::uint32_t flags = 0) {
  return VectorRow<Signature>::make(number, mnemonic, cost, handler, flags);
}

}  // namespace emulator
