// Turns one line of meaning into the handler of a scalar instruction: reads the source operands,
// applies it, writes the destination and SCC.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

#include "isa/lane_types.h"

namespace emulator {

// Values of the source codes 128 and above that are no literal. `wide` is true for 64-bit operands,
// where the floating-point constants are doubles. Throws Fault for codes that name no scalar.
std::uint64_t read_scalar_constant(Wave& wave, const Instruction& instruction, unsigned code,
                                   bool wide);

inline std::uint32_t read_scalar(Wave& wave, const Instruction& instruction, unsigned code) {
  if (code < 128) [[likely]]
    return wave.s[code];
  if (code == operand::kLiteral) return instruction.literal;
  return static_cast<std::uint32_t>(read_scalar_constant(wave, instruction, code, false));
}

// A literal is 32 bits wide: sign-extended for signed operands, zero-extended for all others.
inline std::uint64_t read_scalar_pair(Wave& wave, const Instruction& instruction, unsigned code,
                                      bool is_signed = false) {
  if (code < 128) [[likely]]
    return wave.read_pair(code);
  if (code == operand::kLiteral) {
    return is_signed ? static_cast<std::uint64_t>(static_cast<std::int32_t>(instruction.literal))
                     : instruction.literal;
  }
  return read_scalar_constant(wave, instruction, code, true);
}

template <class T>
typename T::Lane read_scalar_as(Wave& wave, const Instruction& instruction, unsigned code) {
  if constexpr (register_count(T::kType) == 2) {
    return static_cast<typename T::Lane>(
        read_scalar_pair(wave, instruction, code, T::kType == Type::kI64));
  } else {
    return static_cast<typename T::Lane>(read_scalar(wave, instruction, code));
  }
}

template <class T>
typename T::Lane scalar_source(Wave& wave, const Instruction& instruction, unsigned k) {
  const unsigned code =
      T::kRole == Role::kDestination ? instruction.destination : instruction.source[k];
  return read_scalar_as<T>(wave, instruction, code);
}

template <class T>
void write_scalar_as(Wave& wave, unsigned code, typename T::Lane value) {
  if constexpr (register_count(T::kType) == 2) {
    wave.write_pair(code, static_cast<std::uint64_t>(value));
  } else {
    wave.write_scalar(code, static_cast<std::uint32_t>(value));
  }
}

// What an instruction does to SCC. One whose lambda takes a `bool& scc` as its last argument reads
// or writes SCC itself and is kOwn.
enum class Scc { kOwn, kNonZero };

template <class Fn, Scc kRule, class D, class... S>
const Instruction* execute_scalar(Wave& wave, const Instruction& instruction) {
  const auto apply = [&]<std::size_t... K>(std::index_sequence<K...>) {
    if constexpr (std::is_invocable_v<Fn, typename S::Lane..., bool&>) {
      return static_cast<typename D::Lane>(
          Fn{}(scalar_source<S>(wave, instruction, K)..., wave.scc));
    } else {
      return static_cast<typename D::Lane>(Fn{}(scalar_source<S>(wave, instruction, K)...));
    }
  };
  const typename D::Lane result = apply(std::index_sequence_for<S...>{});
  if constexpr (kRule == Scc::kNonZero) wave.scc = result != 0;
  write_scalar_as<D>(wave, instruction.destination, result);
  return &instruction + 1;
}

// SCC alone is the result.
template <class Fn, class... S>
const Instruction* execute_scalar_compare(Wave& wave, const Instruction& instruction) {
  const auto apply = [&]<std::size_t... K>(std::index_sequence<K...>) {
    return Fn{}(scalar_source<S>(wave, instruction, K)...);
  };
  wave.scc = apply(std::index_sequence_for<S...>{});
  return &instruction + 1;
}

template <class... S>
constexpr Opcode scalar_opcode(std::uint16_t number, std::string_view mnemonic, std::uint32_t uses,
                               Handler handler, Type destination) {
  Opcode opcode;
  opcode.number = number;
  opcode.mnemonic = mnemonic;
  opcode.execute = handler;
  opcode.destination = destination;
  opcode.cost = kScalarCost;
  opcode.uses = uses;
  std::size_t k = 0;
  ((opcode.sources[k++] = OperandRow{S::kType, S::kRole}), ...);
  return opcode;
}

template <class Signature>
struct ScalarRow;

template <class D, class... S>
struct ScalarRow<D(S...)> {
  template <Scc kRule, class Fn>
  static constexpr Opcode make(std::uint16_t number, std::string_view mnemonic, std::uint32_t uses,
                               Fn) {
    return scalar_opcode<S...>(number, mnemonic, uses, &execute_scalar<Fn, kRule, D, S...>,
                               D::kType);
  }
  static constexpr Opcode with_handler(std::uint16_t number, std::string_view mnemonic,
                                       std::uint32_t uses, Handler handler) {
    return scalar_opcode<S...>(number, mnemonic, uses, handler, D::kType);
  }
};

template <class... S>
struct ScalarRow<void(S...)> {
  static constexpr Opcode with_handler(std::uint16_t number, std::string_view mnemonic,
                                       std::uint32_t uses, Handler handler) {
    return scalar_opcode<S...>(number, mnemonic, uses, handler, Type::kNone);
  }
};

// scalar_row<U32(U32, U32), Scc::kNonZero>(14, "s_and_b32", kWritesScc,
//                                          [](auto a, auto b) { return a & b; })
template <class Signature, Scc kRule = Scc::kOwn, class Fn>
constexpr Opcode scalar_row(std::uint16_t number, std::string_view mnemonic, std::uint32_t uses,
                            Fn fn) {
  return ScalarRow<Signature>::template make<kRule>(number, mnemonic, uses, fn);
}

// A row whose meaning is more than a function of its operands and SCC.
template <class Signature>
constexpr Opcode scalar_handler_row(std::uint16_t number, std::string_view mnemonic,
                                    std::uint32_t uses, Handler handler) {
  return ScalarRow<Signature>::with_handler(number, mnemonic, uses, handler);
}

// compare_row<I32, I32>(0, "s_cmp_eq_i32", kWritesScc, [](auto a, auto b) { return a == b; })
template <class... S, class Fn>
constexpr Opcode compare_row(std::uint16_t number, std::string_view mnemonic, std::uint32_t uses,
                             Fn) {
  return scalar_opcode<S...>(number, mnemonic, uses, &execute_scalar_compare<Fn, S...>,
                             Type::kNone);
}

}  // namespace emulator
