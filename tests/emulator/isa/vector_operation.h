// Turns one line of per-lane meaning into an instruction handler: reads the sources, applies it to
// 32 lanes at a time, and writes the active ones. EXEC, modifiers, SDWA and DPP are applied here.
#pragma once

#include <cstddef>
#include <tuple>
#include <utility>

#include "isa/lane_types.h"

namespace emulator {

// The general path for a source operand: scalars and constants, neg, abs, op_sel, SDWA, DPP and
// types that are not a plain 32-bit register. Instantiated for every tag in vector_operand.cpp.
template <class T>
void read_source(const Wave& wave, const Instruction& instruction, unsigned k, unsigned half,
                 typename T::Lane* out);

// The general path for results: clamp, omod, SDWA selection, op_sel and types that are not a plain
// 32-bit register. Writes the lanes of `exec`.
template <class T>
void write_result(Wave& wave, const Instruction& instruction, unsigned half, std::uint32_t exec,
                  const typename T::Lane* in);

// Lanes that a DPP instruction writes: EXEC less masked rows and banks and lanes without a source.
std::uint32_t dpp_write_mask(const Wave& wave, const Instruction& instruction, unsigned half);

// The lanes an instruction acts on.
inline std::uint32_t active_lanes(const Wave& wave, const Instruction& instruction, unsigned half) {
  if ((instruction.flags & (kDpp16 | kDpp8)) != 0) [[unlikely]] {
    return dpp_write_mask(wave, instruction, half);
  }
  return wave.exec(half);
}

template <class T>
inline const typename T::Lane* source(const Wave& wave, const Instruction& instruction, unsigned k,
                                      unsigned half, LaneBuffer<T>& buffer) {
  if constexpr (kIsRegisterImage<T>) {
    if ((instruction.plain_vgpr >> k & 1) != 0) [[likely]] {
      const Vgpr& vgpr = wave.v[half][instruction.source[k] - operand::kVgpr];
      return reinterpret_cast<const typename T::Lane*>(vgpr.lane.data());
    }
  }
  read_source<T>(wave, instruction, k, half, buffer.lane.data());
  return buffer.lane.data();
}

// The loops below are one iteration of two 512-bit vectors, or of more and narrower ones; without
// the hints clang unrolls them before it vectorizes. Sources and destination may be the same
// register but never overlap otherwise, hence assume_safety.
//
// Handler of an instruction whose meaning is `Fn`, a captureless lambda from source lanes to a
// destination lane.
template <class Fn, class D, class... S>
const Instruction* execute_lanes(Wave& wave, const Instruction& instruction) {
  for (unsigned half = 0; half < wave.halves; ++half) {
    const std::uint32_t exec = active_lanes(wave, instruction, half);
    [&]<std::size_t... K>(std::index_sequence<K...>) {
      std::tuple<LaneBuffer<S>...> buffers;
      const auto in = std::tuple{source<S>(wave, instruction, K, half, std::get<K>(buffers))...};
      if constexpr (kIsRegisterImage<D>) {
        if ((instruction.flags & kModifiedResult) == 0) [[likely]] {
          Vgpr& vgpr = wave.v[half][instruction.destination - operand::kVgpr];
          auto* out = reinterpret_cast<typename D::Lane*>(vgpr.lane.data());
          if (exec == ~0u) [[likely]] {
#pragma clang loop vectorize(assume_safety) vectorize_width(16) interleave_count(2) unroll(disable)
            for (unsigned lane = 0; lane < kLanes; ++lane) {
              out[lane] = Fn{}(std::get<K>(in)[lane]...);
            }
          } else {
#pragma clang loop vectorize(assume_safety) vectorize_width(16) interleave_count(2) unroll(disable)
            for (unsigned lane = 0; lane < kLanes; ++lane) {
              const auto value = Fn{}(std::get<K>(in)[lane]...);
              out[lane] = (exec & (1u << lane)) != 0 ? value : out[lane];
            }
          }
          return;
        }
      }
      LaneBuffer<D> result;
      for (unsigned lane = 0; lane < kLanes; ++lane) {
        result.lane[lane] = Fn{}(std::get<K>(in)[lane]...);
      }
      write_result<D>(wave, instruction, half, exec, result.lane.data());
    }
    (std::index_sequence_for<S...>{});
  }
  return &instruction + 1;
}

template <class Signature>
struct VectorRow;

// row<F32(F32, F32)>(3, "v_add_f32", [](float a, float b) { return a + b; })
template <class D, class... S>
struct VectorRow<D(S...)> {
  template <class Fn>
  static constexpr Opcode make(std::uint16_t number, std::string_view mnemonic, Fn,
                               std::uint32_t flags) {
    return with_handler(number, mnemonic, &execute_lanes<Fn, D, S...>, flags);
  }
  static constexpr Opcode with_handler(std::uint16_t number, std::string_view mnemonic,
                                       Handler handler, std::uint32_t flags) {
    Opcode opcode;
    opcode.number = number;
    opcode.mnemonic = mnemonic;
    opcode.execute = handler;
    opcode.destination = D::kType;
    std::size_t k = 0;
    ((opcode.sources[k++] = OperandRow{S::kType, S::kRole}), ...);
    opcode.flags = flags;
    return opcode;
  }
};

template <class Signature, class Fn>
constexpr Opcode row(std::uint16_t number, std::string_view mnemonic, Fn fn,
                     std::uint32_t flags = 0) {
  return VectorRow<Signature>::make(number, mnemonic, fn, flags);
}

// A row whose meaning does not fit a function of one lane (lane crossing, masks).
template <class Signature>
constexpr Opcode handler_row(std::uint16_t number, std::string_view mnemonic, Handler handler,
                             std::uint32_t flags = 0) {
  return VectorRow<Signature>::with_handler(number, mnemonic, handler, flags);
}

}  // namespace emulator
