// Read-modify-write operations, one line of meaning each; LDS, global, flat, buffer and scalar
// atomics all take theirs from here. Meaning: AMD, "RDNA 1.0 Instruction Set Architecture",
// sections 12.14 to 12.18.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace emulator {

template <class T>
using BitsOf = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;

// IEEE minNum and maxNum, with -0 below +0.
template <class T>
T min_number(T a, T b) {
  if (std::isnan(a)) return b;
  if (std::isnan(b)) return a;
  if (a == b) return std::signbit(a) ? a : b;
  return a < b ? a : b;
}
template <class T>
T max_number(T a, T b) {
  if (std::isnan(a)) return b;
  if (std::isnan(b)) return a;
  if (a == b) return std::signbit(a) ? b : a;
  return a > b ? a : b;
}

// What memory holds afterwards, from what it holds and one operand.
namespace atomic {
constexpr auto kSwap = [](auto, auto data) { return data; };
constexpr auto kAdd = [](auto memory, auto data) { return memory + data; };
constexpr auto kSub = [](auto memory, auto data) { return memory - data; };
constexpr auto kReverseSub = [](auto memory, auto data) { return data - memory; };
constexpr auto kMin = [](auto memory, auto data) { return data < memory ? data : memory; };
constexpr auto kMax = [](auto memory, auto data) { return data > memory ? data : memory; };
constexpr auto kAnd = [](auto memory, auto data) { return memory & data; };
constexpr auto kOr = [](auto memory, auto data) { return memory | data; };
constexpr auto kXor = [](auto memory, auto data) { return memory ^ data; };
constexpr auto kInc = [](auto memory, auto data) { return memory >= data ? 0 : memory + 1; };
constexpr auto kDec = [](auto memory, auto data) {
  return memory == 0 || memory > data ? data : memory - 1;
};
constexpr auto kMinNumber = [](auto memory, auto data) { return min_number(memory, data); };
constexpr auto kMaxNumber = [](auto memory, auto data) { return max_number(memory, data); };
// Of two operands.
constexpr auto kCompareSwap = [](auto memory, auto data, auto compare) {
  return memory == compare ? data : memory;
};
}  // namespace atomic

template <class T, class Fn>
constexpr bool kHasTwoOperands = std::is_invocable_v<Fn, T, T, T>;

// The new bits of memory that holds `memory`.
template <class T, class Fn>
BitsOf<T> apply_atomic(BitsOf<T> memory, BitsOf<T> data, [[maybe_unused]] BitsOf<T> second) {
  const auto in = [](BitsOf<T> bits) { return std::bit_cast<T>(bits); };
  if constexpr (kHasTwoOperands<T, Fn>) {
    return std::bit_cast<BitsOf<T>>(static_cast<T>(Fn{}(in(memory), in(data), in(second))));
  } else {
    return std::bit_cast<BitsOf<T>>(static_cast<T>(Fn{}(in(memory), in(data))));
  }
}

// On memory that other host threads may change at the same time; aligned. Returns the old value.
template <class T, class Fn>
BitsOf<T> atomic_on_shared(std::byte* at, BitsOf<T> data, BitsOf<T> second) {
  auto* memory = reinterpret_cast<BitsOf<T>*>(at);
  BitsOf<T> old = __atomic_load_n(memory, __ATOMIC_RELAXED);
  while (!__atomic_compare_exchange_n(memory, &old, apply_atomic<T, Fn>(old, data, second), true,
                                      __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
  }
  return old;
}

// On memory of the workgroup, whose waves share one host thread.
template <class T, class Fn>
BitsOf<T> atomic_on_private(std::byte* at, BitsOf<T> data, BitsOf<T> second) {
  BitsOf<T> old;
  std::memcpy(&old, at, sizeof old);
  const BitsOf<T> value = apply_atomic<T, Fn>(old, data, second);
  std::memcpy(at, &value, sizeof value);
  return old;
}

}  // namespace emulator
