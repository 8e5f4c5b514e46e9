// Loads, stores and atomics of generated code, through a pointer to LDS, to global memory or to
// either.
#pragma once

#include "differential/packed_operations.h"

namespace differential {

// Elements of several words. The loose ones are aligned to a word alone.
struct alignas(8) Two {
  U32 word[2];
};
struct Three {
  U32 word[3];
};
struct alignas(16) Four {
  U32 word[4];
};
struct LooseTwo {
  U32 word[2];
};
struct LooseFour {
  U32 word[4];
};
// Two halves that are accessed one by one.
struct Halves {
  F16 half[2];
};

enum class AtomicOperation {
  kAdd,
  kMinimum,
  kMaximum,
  kAnd,
  kOr,
  kXor,
  kIncrement,
  kDecrement,
  kExchange,
  kCompareExchange,
};

#pragma clang force_cuda_host_device begin

// What a work-item carries from phase to phase.
struct State {
  U64 word[3];
  U64 sum;

  void add(U64 value) {
    word[2] = word[1];
    word[1] = word[0];
    word[0] = fold(word[0], value);
    sum = fold(sum, value);
  }
};

template <class T>
T element_of(U64 word) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(word);
  } else if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(static_cast<I32>(word));
  } else if constexpr (std::is_same_v<T, Halves>) {
    return {static_cast<F16>(static_cast<F32>(word & 2047)),
            static_cast<F16>(static_cast<F32>(word >> 16 & 2047))};
  } else {
    T element;
    for (U32 k = 0; k < sizeof(T) / 4; ++k) element.word[k] = static_cast<U32>(word >> 8 * k);
    return element;
  }
}

template <class T>
U64 word_of(const T& element) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<U64>(element);
  } else if constexpr (sizeof(T) == 4) {
    return __builtin_bit_cast(U32, element);
  } else if constexpr (std::is_floating_point_v<T>) {
    return __builtin_bit_cast(U64, element);
  } else {
    U64 word = 0;
    for (U32 k = 0; k < sizeof(T) / 4; ++k) word = fold(word, element.word[k]);
    return word;
  }
}

template <class T>
U64 load(const U8* memory, U32 index) {
  return word_of<T>(*reinterpret_cast<const T*>(memory + index * sizeof(T)));
}

template <class T>
void store(U8* memory, U32 index, U64 word) {
  *reinterpret_cast<T*>(memory + index * sizeof(T)) = element_of<T>(word);
}

template <class T, AtomicOperation kOperation>
T combine(T old, T value) {
  switch (kOperation) {
    case AtomicOperation::kAdd:
      return static_cast<T>(old + value);
    case AtomicOperation::kMinimum:
      return old < value ? old : value;
    case AtomicOperation::kMaximum:
      return old > value ? old : value;
    case AtomicOperation::kExchange:
      return value;
    case AtomicOperation::kCompareExchange:
      return old;
    default:
      break;
  }
  if constexpr (std::is_integral_v<T>) {
    switch (kOperation) {
      case AtomicOperation::kAnd:
        return old & value;
      case AtomicOperation::kOr:
        return old | value;
      case AtomicOperation::kXor:
        return old ^ value;
      case AtomicOperation::kIncrement:
        return old >= value ? 0 : old + 1;
      case AtomicOperation::kDecrement:
        return old == 0 || old > value ? value : old - 1;
      default:
        break;
    }
  }
  return old;
}

#ifdef __HIP_DEVICE_COMPILE__
template <class T, AtomicOperation kOperation>
T atomic_update(T* cell, T value) {
  constexpr auto kOrder = __ATOMIC_RELAXED;
  constexpr auto kScope = __HIP_MEMORY_SCOPE_AGENT;
  if constexpr (kOperation == AtomicOperation::kAdd) {
    return __hip_atomic_fetch_add(cell, value, kOrder, kScope);
  } else if constexpr (kOperation == AtomicOperation::kMinimum) {
    return __hip_atomic_fetch_min(cell, value, kOrder, kScope);
  } else if constexpr (kOperation == AtomicOperation::kMaximum) {
    return __hip_atomic_fetch_max(cell, value, kOrder, kScope);
  } else if constexpr (kOperation == AtomicOperation::kAnd) {
    return __hip_atomic_fetch_and(cell, value, kOrder, kScope);
  } else if constexpr (kOperation == AtomicOperation::kOr) {
    return __hip_atomic_fetch_or(cell, value, kOrder, kScope);
  } else if constexpr (kOperation == AtomicOperation::kXor) {
    return __hip_atomic_fetch_xor(cell, value, kOrder, kScope);
  } else if constexpr (kOperation == AtomicOperation::kIncrement) {
    return __builtin_amdgcn_atomic_inc32(cell, value, __ATOMIC_RELAXED, "agent");
  } else if constexpr (kOperation == AtomicOperation::kDecrement) {
    return __builtin_amdgcn_atomic_dec32(cell, value, __ATOMIC_RELAXED, "agent");
  } else if constexpr (kOperation == AtomicOperation::kExchange) {
    return __hip_atomic_exchange(cell, value, kOrder, kScope);
  }
}
template <class T>
T atomic_compare_exchange(T* cell, T expected, T value) {
  __hip_atomic_compare_exchange_strong(cell, &expected, value, __ATOMIC_RELAXED, __ATOMIC_RELAXED,
                                       __HIP_MEMORY_SCOPE_AGENT);
  return expected;
}
#else
template <class T, AtomicOperation kOperation>
T atomic_update(T* cell, T value) {
  const T old = *cell;
  *cell = combine<T, kOperation>(old, value);
  return old;
}
template <class T>
T atomic_compare_exchange(T* cell, T expected, T value) {
  const T old = *cell;
  if (old == expected) *cell = value;
  return old;
}
#endif

// The value before.
template <AtomicOperation kOperation, class T>
U64 atomic(U8* memory, U32 index, U64 word) {
  T* cell = reinterpret_cast<T*>(memory + index * sizeof(T));
  if constexpr (kOperation == AtomicOperation::kCompareExchange) {
    // Half of the work-items find what they expect.
    const T expected = static_cast<T>(*cell + (word & 1));
    return static_cast<U64>(atomic_compare_exchange<T>(cell, expected, static_cast<T>(~word)));
  } else {
    return word_of<T>(atomic_update<T, kOperation>(cell, static_cast<T>(word)));
  }
}

#pragma clang force_cuda_host_device end

}  // namespace differential
