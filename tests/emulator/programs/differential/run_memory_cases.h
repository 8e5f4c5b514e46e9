// Runs generated cases that exchange values through memory.
#pragma once

#include <hip/hip_runtime.h>

#include <cstdlib>
#include <utility>
#include <vector>

#include "differential/memory_operations.h"

namespace differential {

// The memory of a workgroup: two halves.
constexpr unsigned kHalfBytes = 4096;

enum class MemorySpace { kLds, kGlobal, kFlat };

template <class Case, unsigned... kPhase>
__device__ U64 run_phases(U8* memory, const Inputs& in,
                          std::integer_sequence<unsigned, kPhase...>) {
  State state{};
  ((Case::template phase<kPhase>(state, memory, memory + kHalfBytes, in, threadIdx.x),
    __syncthreads()),
   ...);
  return state.sum;
}

// `scratch`: 2 * kHalfBytes a workgroup.
template <MemorySpace kSpace, class Case>
__global__ void __launch_bounds__(kWorkgroup)
    memory_kernel(const Inputs* inputs, U64* results, U8* scratch) {
  const std::size_t i = std::size_t{blockIdx.x} * kWorkgroup + threadIdx.x;
  const Inputs in = inputs[i];
  constexpr auto kPhases = std::make_integer_sequence<unsigned, Case::kPhases>{};
  U8* global = scratch + std::size_t{blockIdx.x} * 2 * kHalfBytes;
  if constexpr (kSpace == MemorySpace::kGlobal) {
    results[i] = run_phases<Case>(global, in, kPhases);
  } else {
    alignas(16) __shared__ U8 lds[2 * kHalfBytes];
    if constexpr (kSpace == MemorySpace::kLds) {
      results[i] = run_phases<Case>(lds, in, kPhases);
    } else {
      // The compiler must not know which it is.
      U8* memory = blockIdx.x % 2 == 0 ? lds : global;
      asm volatile("" : "+v"(memory));
      results[i] = run_phases<Case>(memory, in, kPhases);
    }
  }
}

template <class Case, unsigned... kPhase>
void run_phases_on_host(const Inputs* inputs, U64* results,
                        std::integer_sequence<unsigned, kPhase...>) {
  alignas(16) U8 memory[2 * kHalfBytes];
  std::vector<State> states(kWorkgroup);
  const auto run_all = [&](auto phase) {
    for (unsigned thread = 0; thread < kWorkgroup; ++thread) {
      phase(states[thread], inputs[thread], thread);
    }
  };
  (run_all([&](State& state, const Inputs& in, unsigned thread) {
     Case::template phase<kPhase>(state, memory, memory + kHalfBytes, in, thread);
   }),
   ...);
  for (unsigned thread = 0; thread < kWorkgroup; ++thread) results[thread] = states[thread].sum;
}

template <MemorySpace kSpace, class... Cases>
struct MemoryGroup {
  static void run_on_device(const Inputs* inputs, std::size_t n, U64* results) {
    const unsigned workgroups = static_cast<unsigned>(n / kWorkgroup);
    U8* scratch = nullptr;
    if (hipMalloc(&scratch, std::size_t{workgroups} * 2 * kHalfBytes) != hipSuccess) std::abort();
    ((memory_kernel<kSpace, Cases><<<workgroups, kWorkgroup>>>(inputs, results, scratch),
      results += n),
     ...);
    if (hipFree(scratch) != hipSuccess) std::abort();
  }
  static void run_on_host(const Inputs* inputs, std::size_t n, U64* results) {
    (run_case<Cases>(inputs, n, results), ...);
  }

 private:
  template <class Case>
  static void run_case(const Inputs* inputs, std::size_t n, U64*& results) {
    constexpr auto kPhases = std::make_integer_sequence<unsigned, Case::kPhases>{};
    for (std::size_t i = 0; i < n; i += kWorkgroup, results += kWorkgroup) {
      run_phases_on_host<Case>(inputs + i, results, kPhases);
    }
  }
};

template <class... Cases>
using LdsGroup = MemoryGroup<MemorySpace::kLds, Cases...>;
template <class... Cases>
using GlobalGroup = MemoryGroup<MemorySpace::kGlobal, Cases...>;
template <class... Cases>
using FlatGroup = MemoryGroup<MemorySpace::kFlat, Cases...>;

}  // namespace differential
