// Every check of the software device on a pair of kernels that differ in one thing: the wrong one
// must be stopped by this check with the place and the reason named, the right one must run through
// all checks. Each kernel runs in a process of its own, which HIP ends at the first finding.
#include <gtest/gtest.h>
#include <hip/hip_runtime.h>

#include <cstdlib>
#include <ostream>
#include <string>
#include <vector>

#include "device_memory.h"

namespace programs {
namespace {

constexpr unsigned kWorkItems = 64;  // two waves
constexpr unsigned kWorkgroups = 2;
constexpr unsigned kElements = 256;

struct Memory {
  int* data;    // kElements zeros
  int* fresh;   // kElements that nothing has written
  int* freed;   // was kElements long
  int* pinned;  // host memory, kElements zeros
};

__device__ unsigned item() { return threadIdx.x; }
__device__ bool first_wave() { return __builtin_amdgcn_readfirstlane(threadIdx.x) < 32; }

// ---- memory ----
__global__ void load_freed(Memory m) { m.data[item()] = m.freed[3]; }
__global__ void load_live(Memory m) { m.fresh[item() + 64 * blockIdx.x] = m.data[3]; }

// ---- uninitialized ----
__global__ void load_unwritten(Memory m) { m.data[item()] = m.fresh[item()]; }
__global__ void load_written(Memory m) {
  m.fresh[item() + 64 * blockIdx.x] = 1;
  m.data[item() + 64 * blockIdx.x] = m.fresh[item() + 64 * blockIdx.x];
}
__global__ void load_unwritten_lds(Memory m) {
  __shared__ int lds[kWorkItems + 1];
  lds[item()] = 1;
  __syncthreads();
  m.data[item() + 64 * blockIdx.x] = lds[item() + 1];
}
__global__ void load_written_lds(Memory m) {
  __shared__ int lds[kWorkItems + 1];
  lds[item() + 1] = 1;
  __syncthreads();
  m.data[item() + 64 * blockIdx.x] = lds[item() + 1];
}
__global__ void load_unwritten_scratch(Memory m) {
  volatile int array[8];
  array[item() % 8] = 1;
  m.data[item() + 64 * blockIdx.x] = array[(item() + 1) % 8];
}
__global__ void load_written_scratch(Memory m) {
  volatile int array[8];
  for (int i = 0; i < 8; ++i) array[i] = i;
  m.data[item() + 64 * blockIdx.x] = array[(item() + 1) % 8];
}

// What is used: an address, a branch, a part of a dword.
__global__ void address_from_unwritten(Memory m) { m.data[m.fresh[item()] & 255] = 1; }
__global__ void address_from_written(Memory m) {
  m.data[item() + 64 * blockIdx.x + (m.data[192] & 1)] = 1;
}
__global__ void branch_on_unwritten(Memory m) {
  if (m.fresh[item()] > 5) m.data[item() + 64 * blockIdx.x] = 1;
}
__global__ void branch_on_written(Memory m) {
  if (m.data[192] < 5) m.data[item() + 64 * blockIdx.x] = 1;
}
template <unsigned kMask>
__device__ void part_of_a_dword(Memory m) {
  const unsigned i = item() + 64 * blockIdx.x;
  reinterpret_cast<volatile char*>(m.fresh)[4 * i] = 7;
  __syncthreads();
  unsigned value;
  asm volatile("global_load_dword %0, %1, %2\n s_waitcnt vmcnt(0)\n v_and_b32 %0, %3, %0"
               : "=&v"(value)
               : "v"(4 * i), "s"(m.fresh), "i"(kMask));
  m.data[i] = static_cast<int>(value << 8);
}
__global__ void second_byte_unwritten(Memory m) { part_of_a_dword<0xffff>(m); }
__global__ void first_byte_written(Memory m) { part_of_a_dword<0xff>(m); }
// An unwritten value goes through LDS, another lane's register and a sum.
template <bool kUsed>
__device__ void through_lds_and_lanes(Memory m) {
  __shared__ int lds[kWorkItems];
  const unsigned i = item() + 64 * blockIdx.x;
  lds[item()] = item() % 32 == 3 ? m.fresh[i] : 2;
  __syncthreads();
  const int sum = __shfl(lds[item()], 3) + 1;
  m.data[i] = kUsed ? sum : lds[item() / 32 * 32 + 4];
}
__global__ void sum_of_unwritten(Memory m) { through_lds_and_lanes<true>(m); }
__global__ void sum_beside_unwritten(Memory m) { through_lds_and_lanes<false>(m); }
__global__ void atomic_on_unwritten(Memory m) { atomicAdd(&m.fresh[item()], 1); }
__global__ void atomic_on_written(Memory m) { atomicAdd(&m.data[item()], 1); }

// ---- lds ----
template <unsigned kLimit>
__device__ void store_to_lds_below(Memory m) {
  __shared__ int lds[kWorkItems];
  lds[item()] = 1;
  asm volatile("ds_write_b32 %0, %0 offset:0\n s_waitcnt lgkmcnt(0)" ::"v"(item() * kLimit)
               : "memory");
  m.data[item() + 64 * blockIdx.x] = lds[item()];
}
__global__ void store_beyond_lds(Memory m) { store_to_lds_below<0x100>(m); }
__global__ void store_inside_lds(Memory m) { store_to_lds_below<4>(m); }

// ---- race ----
template <bool kRight>
__device__ void exchange_through_lds(Memory m) {
  __shared__ int lds[kWorkItems];
  lds[item()] = static_cast<int>(item());
  if (kRight) __syncthreads();
  m.data[item() + 64 * blockIdx.x] = lds[(item() + 32) % kWorkItems];
}
__global__ void lds_without_barrier(Memory m) { exchange_through_lds<false>(m); }
__global__ void lds_with_barrier(Memory m) { exchange_through_lds<true>(m); }

template <bool kRight>
__device__ void overwrite_lds(Memory m) {
  __shared__ int lds[kWorkItems];
  lds[item()] = static_cast<int>(item());
  __syncthreads();
  const int other = lds[(item() + 32) % kWorkItems];
  m.data[item() + 64 * blockIdx.x] = other;
  if (kRight) __syncthreads();
  lds[item()] = other;
  __syncthreads();
  m.data[item() + 64 * blockIdx.x] += lds[item()];
}
__global__ void lds_overwritten_early(Memory m) { overwrite_lds<false>(m); }
__global__ void lds_overwritten_late(Memory m) { overwrite_lds<true>(m); }

// The barrier is there, but the store to LDS may still be on its way.
template <bool kRight>
__device__ void barrier_in_assembly(Memory m) {
  __shared__ int lds[kWorkItems];
  const unsigned mine = item() * 4;
  const unsigned theirs = (item() + 32) % kWorkItems * 4;
  int value;
  asm volatile("; %0" ::"v"(lds));  // the array exists
  if (kRight) {
    asm volatile(
        "ds_write_b32 %1, %1\n s_waitcnt lgkmcnt(0)\n s_barrier\n"
        "ds_read_b32 %0, %2\n s_waitcnt lgkmcnt(0)"
        : "=&v"(value)
        : "v"(mine), "v"(theirs)
        : "memory");
  } else {
    asm volatile(
        "ds_write_b32 %1, %1\n s_barrier\n"
        "ds_read_b32 %0, %2\n s_waitcnt lgkmcnt(0)"
        : "=&v"(value)
        : "v"(mine), "v"(theirs)
        : "memory");
  }
  m.data[item() + 64 * blockIdx.x] = value;
}
__global__ void barrier_before_the_store_ends(Memory m) { barrier_in_assembly<false>(m); }
__global__ void barrier_after_the_store_ends(Memory m) { barrier_in_assembly<true>(m); }

template <bool kRight>
__device__ void exchange_through_memory(Memory m) {
  int* data = m.data + 64 * blockIdx.x;
  data[item()] = static_cast<int>(item());
  if (kRight) __syncthreads();
  m.fresh[item() + 64 * blockIdx.x] = data[(item() + 32) % kWorkItems];
}
__global__ void memory_without_barrier(Memory m) { exchange_through_memory<false>(m); }
__global__ void memory_with_barrier(Memory m) { exchange_through_memory<true>(m); }

__global__ void workgroups_store_the_same(Memory m) { m.data[item()] = 1; }
__global__ void workgroups_store_apart(Memory m) { m.data[item() + 64 * blockIdx.x] = 1; }
__global__ void workgroups_store_the_same_byte(Memory m) {
  reinterpret_cast<char*>(m.data)[item() + 63 * blockIdx.x] = 1;
}
__global__ void workgroups_store_neighbouring_bytes(Memory m) {
  reinterpret_cast<char*>(m.data)[item() + 65 * blockIdx.x] = 1;
}

// The last workgroup to arrive reads what the others stored.
template <bool kRight>
__device__ void last_workgroup_reads(Memory m) {
  int* counter = m.data + 128;
  m.fresh[item() + 64 * blockIdx.x] = 1;
  if (kRight) __threadfence();
  __syncthreads();
  __shared__ bool last;
  if (item() == 0) last = atomicAdd(counter + (kRight ? 0 : blockIdx.x), 1) == kWorkgroups - 1;
  __syncthreads();
  if (kRight ? last : blockIdx.x == 1) {
    m.data[item()] = m.fresh[item()] + m.fresh[item() + 64];
  }
}
__global__ void read_without_an_atomic(Memory m) { last_workgroup_reads<false>(m); }
__global__ void read_after_an_atomic(Memory m) { last_workgroup_reads<true>(m); }

// ---- waitcnt ----
#define RDNA1CONV_ASSEMBLY_PAIR(right, wrong, before, between, after, ...) \
  __global__ void wrong([[maybe_unused]] Memory m) {                       \
    asm volatile(before "\n" after ::__VA_ARGS__);                         \
  }                                                                        \
  __global__ void right([[maybe_unused]] Memory m) {                       \
    asm volatile(before "\n" between "\n" after ::__VA_ARGS__);            \
  }
#define RDNA1CONV_CLOBBERS                                                                   \
  "v40", "v41", "v42", "v43", "s40", "s41", "s42", "s43", "s44", "s45", "s46", "s47", "vcc", \
      "memory"

RDNA1CONV_ASSEMBLY_PAIR(load_waited_for, load_not_waited_for, "global_load_dword v40, %0, %1",
                        "s_waitcnt vmcnt(0)", "v_add_nc_u32 v41, v40, v40\n s_waitcnt vmcnt(0)",
                        "v"(item() * 4), "s"(m.data)
                        : RDNA1CONV_CLOBBERS)
RDNA1CONV_ASSEMBLY_PAIR(second_load_waited_for, second_load_not_waited_for,
                        "global_load_dword v40, %0, %1\n global_load_dword v41, %0, %1\n"
                        "s_waitcnt vmcnt(1)\n v_mov_b32 v42, v40",
                        "s_waitcnt vmcnt(0)", "v_mov_b32 v42, v41\n s_waitcnt vmcnt(0)",
                        "v"(item() * 4), "s"(m.data)
                        : RDNA1CONV_CLOBBERS)
RDNA1CONV_ASSEMBLY_PAIR(overwritten_after_the_load, overwritten_before_the_load,
                        "global_load_dword v40, %0, %1", "s_waitcnt vmcnt(0)",
                        "v_mov_b32 v40, 0\n s_waitcnt vmcnt(0)", "v"(item() * 4), "s"(m.data)
                        : RDNA1CONV_CLOBBERS)
RDNA1CONV_ASSEMBLY_PAIR(scalar_load_waited_for, scalar_load_not_waited_for,
                        "s_load_dword s40, %0, 0x0\n s_load_dword s41, %0, 0x4\n"
                        "s_waitcnt lgkmcnt(1)",
                        "s_waitcnt lgkmcnt(0)", "s_add_u32 s42, s40, 1\n s_waitcnt lgkmcnt(0)",
                        "s"(m.data)
                        : RDNA1CONV_CLOBBERS)
RDNA1CONV_ASSEMBLY_PAIR(permutation_waited_for, permutation_not_waited_for,
                        "ds_bpermute_b32 v40, %0, %0", "s_waitcnt lgkmcnt(0)",
                        "v_mov_b32 v41, v40\n s_waitcnt lgkmcnt(0)", "v"(item() * 4)
                        : RDNA1CONV_CLOBBERS)

// ---- hazard ----
RDNA1CONV_ASSEMBLY_PAIR(permlane_after_a_move, permlane_after_a_compare,
                        "v_mov_b32 v40, 0\n s_waitcnt_depctr 0xfffe\n v_cmpx_eq_u32 v40, v40",
                        "v_mov_b32 v41, v41", "v_permlane16_b32 v40, v40, 0, 0", "s"(m.data)
                        : RDNA1CONV_CLOBBERS)
RDNA1CONV_ASSEMBLY_PAIR(base_changed_after_the_load, base_changed_under_the_load,
                        "s_mov_b64 s[40:41], %1\n global_load_dword v40, %0, s[40:41]",
                        "s_waitcnt_depctr 0xffe3", "s_mov_b32 s40, 0\n s_waitcnt vmcnt(0)",
                        "v"(item() * 4), "s"(m.data)
                        : RDNA1CONV_CLOBBERS)
RDNA1CONV_ASSEMBLY_PAIR(scalar_written_after_the_load, scalar_written_under_the_load,
                        "s_mov_b64 s[40:41], %1\n s_load_dword s42, s[40:41], 0x0",
                        "s_mov_b32 null, 0", "v_readfirstlane_b32 s40, %0\n s_waitcnt lgkmcnt(0)",
                        "v"(item() * 4), "s"(m.data)
                        : RDNA1CONV_CLOBBERS)
RDNA1CONV_ASSEMBLY_PAIR(compare_after_exec_was_read, compare_while_exec_is_read,
                        "v_mov_b32 v40, 0\n s_mov_b32 s40, exec_lo", "s_waitcnt_depctr 0xfffe",
                        "v_cmpx_eq_u32 v40, v40", "s"(m.data)
                        : RDNA1CONV_CLOBBERS)
RDNA1CONV_ASSEMBLY_PAIR(branch_with_a_wait, branch_without_a_wait,
                        "ds_bpermute_b32 v40, %0, %0\n s_branch .Lhop%=\n .Lhop%=:",
                        "s_waitcnt_vscnt null, 0x0",
                        "global_load_dword v41, %0, %1\n s_waitcnt vmcnt(0) lgkmcnt(0)",
                        "v"(item() * 4), "s"(m.data)
                        : RDNA1CONV_CLOBBERS)
__global__ void no_prefetch(Memory) { asm volatile("s_nop 0"); }
__global__ void prefetch(Memory) { asm volatile("s_inst_prefetch 0x3"); }
// The assembler would pad it: s_branch as a number.
__global__ void branch_by_3e(Memory) { asm volatile(".long 0xbf82003e\n .fill 62, 4, 0xbf800000"); }
__global__ void branch_by_3f(Memory) { asm volatile(".long 0xbf82003f\n .fill 63, 4, 0xbf800000"); }
// flat_load_dword v40, v[40:41] with and without offset:4, which the assembler refuses.
#define RDNA1CONV_FLAT_LOAD(word)                                                      \
  asm volatile("v_mov_b32 v40, %0\n v_mov_b32 v41, %1\n .long " word                   \
               ", 0x287d0028\n"                                                        \
               "s_waitcnt vmcnt(0) lgkmcnt(0)" ::"s"(                                  \
                   static_cast<unsigned>(reinterpret_cast<std::size_t>(m.data))),      \
               "s"(static_cast<unsigned>(reinterpret_cast<std::size_t>(m.data) >> 32)) \
               : RDNA1CONV_CLOBBERS)
__global__ void flat_with_offset(Memory m) { RDNA1CONV_FLAT_LOAD("0xdc300004"); }
__global__ void flat_without_offset(Memory m) { RDNA1CONV_FLAT_LOAD("0xdc300000"); }

// The compiler sets scratch up for these instructions because of the generic pointer into it.
template <bool kRight>
__device__ void load_below_in_scratch(Memory m) {
  int array[8];
  for (int i = 0; i < 8; ++i) array[i] = i;
  volatile int* generic = array + item() % 2;
  asm volatile("" : "+v"(generic));
  const int value = *generic;
  const auto offset = static_cast<unsigned>(reinterpret_cast<std::size_t>(generic)) + 16;
  if (kRight) {
    asm volatile("scratch_load_dword v40, %0, off offset:-4\n s_waitcnt vmcnt(0)" ::"v"(offset)
                 : RDNA1CONV_CLOBBERS);
  } else {
    asm volatile("scratch_load_dword v40, %0, off offset:-6\n s_waitcnt vmcnt(0)" ::"v"(offset)
                 : RDNA1CONV_CLOBBERS);
  }
  m.data[item() + 64 * blockIdx.x] = value;
}
__global__ void scratch_two_bytes_below(Memory m) { load_below_in_scratch<false>(m); }
__global__ void scratch_a_dword_below(Memory m) { load_below_in_scratch<true>(m); }

// ---- alignment ----
__global__ void scalar_load_of_half_words(Memory m) {
  asm volatile("s_load_dword s40, %0, 0x2\n s_waitcnt lgkmcnt(0)" ::"s"(m.data)
               : RDNA1CONV_CLOBBERS);
}
__global__ void scalar_load_of_words(Memory m) {
  asm volatile("s_load_dword s40, %0, 0x4\n s_waitcnt lgkmcnt(0)" ::"s"(m.data)
               : RDNA1CONV_CLOBBERS);
}

// ---- barrier ----
__global__ void barrier_of_one_wave(Memory) {
  if (first_wave()) __builtin_amdgcn_s_barrier();
}
__global__ void barrier_of_all_waves(Memory) { __builtin_amdgcn_s_barrier(); }
// The condition is uniform, so that the waves really take different ways.
__global__ void two_barriers_against_one(Memory) {
  if (first_wave()) {
    __builtin_amdgcn_s_barrier();
    __builtin_amdgcn_s_barrier();
  } else {
    __builtin_amdgcn_s_barrier();
  }
}
__global__ void two_barriers_of_all_waves(Memory) {
  __builtin_amdgcn_s_barrier();
  __builtin_amdgcn_s_barrier();
}

// ---- kind ----
__global__ void load_host_memory(Memory m) { m.data[item() + 64 * blockIdx.x] = m.pinned[item()]; }
__global__ void load_device_memory(Memory m) { m.fresh[item() + 64 * blockIdx.x] = m.data[item()]; }

using Kernel = void (*)(Memory);

struct CheckCase {
  const char* check;
  const char* name;  // of the wrong kernel
  Kernel wrong;
  Kernel right;
  const char* says;  // regular expression, after the place
};

#define RDNA1CONV_CASE(check, wrong, right, says) \
  { check, #wrong, wrong, right, says }
constexpr const char* kPlace =
    ", workgroup \\([01], 0, 0\\), wave [01], address 0x[0-9a-f]+: [a-z][^\n]*: ";
// The place of another party.
#define RDNA1CONV_AT "0x[0-9a-f]+: "

const CheckCase kCases[] = {
    RDNA1CONV_CASE("memory", load_freed, load_live,
                   "4-byte load at 0x[0-9a-f]+, byte 12 of freed memory: it was 1024 bytes of "
                   "device memory"),
    RDNA1CONV_CASE("uninitialized", load_unwritten, load_written,
                   "check uninitialized: lane 0: 4-byte store of a value that depends on byte 0 of "
                   "1024 bytes of device memory at 0x[0-9a-f]+, which nothing has written; it was "
                   "loaded at " RDNA1CONV_AT "global_load_dword"),
    RDNA1CONV_CASE("uninitialized", load_unwritten_lds, load_written_lds,
                   "check uninitialized: lane 31: 4-byte store of a value that depends on byte 256 "
                   "of the workgroup's LDS"),
    RDNA1CONV_CASE("uninitialized", load_unwritten_scratch, load_written_scratch,
                   "check uninitialized: lane 0: 4-byte store of a value that depends on byte "
                   "[0-9]+ of the workgroup's scratch"),
    RDNA1CONV_CASE("uninitialized", address_from_unwritten, address_from_written,
                   "check uninitialized: lane 0: the address depends on byte 0 of 1024 bytes"),
    RDNA1CONV_CASE("uninitialized", branch_on_unwritten, branch_on_written,
                   "check uninitialized: (the branch|which lanes are active) depends? on byte 0 of "
                   "1024 bytes"),
    RDNA1CONV_CASE("uninitialized", second_byte_unwritten, first_byte_written,
                   // Whichever wave comes first: each has 128 bytes.
                   "check uninitialized: lane 0: 4-byte store of a value that depends on byte "
                   "(1|129|257|385) of 1024 bytes"),
    RDNA1CONV_CASE(
        "uninitialized", sum_of_unwritten, sum_beside_unwritten,
        "check uninitialized: lane 0: 4-byte store of a value that depends on byte 12 of "
        "the workgroup's LDS"),
    RDNA1CONV_CASE("uninitialized", atomic_on_unwritten, atomic_on_written,
                   "check uninitialized: lane 0: 4-byte atomic operation of byte 0 of 1024 bytes"),
    RDNA1CONV_CASE("lds", store_beyond_lds, store_inside_lds,
                   "check lds: lane 1: 4-byte store at LDS offset 256, but the workgroup has 256 "
                   "bytes of LDS"),
    RDNA1CONV_CASE("race", lds_without_barrier, lds_with_barrier,
                   "check race: lane [0-9]+: 4-byte [a-z]+ of byte [0-9]+ of LDS, and no barrier "
                   "orders it and lane [0-9]+ of the [a-z]+ of workgroup \\([01], 0, 0\\), wave "
                   "[01] at " RDNA1CONV_AT "ds_(write|read)_b32"),
    RDNA1CONV_CASE("race", lds_overwritten_early, lds_overwritten_late,
                   "check race: .* of LDS, and no barrier orders it"),
    RDNA1CONV_CASE("race", barrier_before_the_store_ends, barrier_after_the_store_ends,
                   "check race: .* of LDS, and no barrier orders it"),
    RDNA1CONV_CASE(
        "race", memory_without_barrier, memory_with_barrier,
        "check race: lane [0-9]+: 4-byte (load|store) of the byte at 0x[0-9a-f]+ in 1024 "
        "bytes of device memory at 0x[0-9a-f]+, and nothing orders it and the "
        "(store|load) of workgroup \\([01], 0, 0\\), wave [01] at " RDNA1CONV_AT "global_"),
    RDNA1CONV_CASE("race", workgroups_store_the_same, workgroups_store_apart,
                   "check race: .* nothing orders it and the store of workgroup"),
    RDNA1CONV_CASE("race", workgroups_store_the_same_byte, workgroups_store_neighbouring_bytes,
                   "check race: lane [0-9]+: 1-byte store .* nothing orders it and the store"),
    RDNA1CONV_CASE("race", read_without_an_atomic, read_after_an_atomic,
                   "check race: .* nothing orders it and the (store|load) of workgroup"),
    RDNA1CONV_CASE("waitcnt", load_not_waited_for, load_waited_for,
                   "check waitcnt: v40 is read while the load to it is in flight: no s_waitcnt "
                   "vmcnt\\(0\\) since " RDNA1CONV_AT "global_load_dword v40"),
    RDNA1CONV_CASE("waitcnt", second_load_not_waited_for, second_load_waited_for,
                   "check waitcnt: v41 is read .* vmcnt\\(0\\) since " RDNA1CONV_AT
                   "global_load_dword v41"),
    RDNA1CONV_CASE("waitcnt", overwritten_before_the_load, overwritten_after_the_load,
                   "check waitcnt: v40 is overwritten while the load"),
    RDNA1CONV_CASE("waitcnt", scalar_load_not_waited_for, scalar_load_waited_for,
                   "check waitcnt: s40 is read .* lgkmcnt\\(0\\) since " RDNA1CONV_AT
                   "s_load_dword s40"),
    RDNA1CONV_CASE("waitcnt", permutation_not_waited_for, permutation_waited_for,
                   "check waitcnt: v40 is read .* lgkmcnt\\(0\\) since " RDNA1CONV_AT
                   "ds_bpermute_b32 v40"),
    RDNA1CONV_CASE("hazard", permlane_after_a_compare, permlane_after_a_move,
                   "check hazard: VcmpxPermlane: .* it began at " RDNA1CONV_AT "v_cmpx_eq_u32"),
    RDNA1CONV_CASE("hazard", base_changed_under_the_load, base_changed_after_the_load,
                   "check hazard: VMEMtoScalarWrite: .* it began at " RDNA1CONV_AT
                   "global_load_dword"),
    RDNA1CONV_CASE("hazard", scalar_written_under_the_load, scalar_written_after_the_load,
                   "check hazard: SMEMtoVectorWrite: .* it began at " RDNA1CONV_AT "s_load_dword"),
    RDNA1CONV_CASE("hazard", compare_while_exec_is_read, compare_after_exec_was_read,
                   "check hazard: VcmpxExecWAR: .* it began at " RDNA1CONV_AT "s_mov_b32 s40"),
    RDNA1CONV_CASE("hazard", branch_without_a_wait, branch_with_a_wait,
                   "check hazard: LdsBranchVmemWAR: .* it began at " RDNA1CONV_AT
                   "ds_bpermute_b32"),
    RDNA1CONV_CASE("hazard:strict", prefetch, no_prefetch, "check hazard: InstFwdPrefetchBug: "),
    RDNA1CONV_CASE("hazard", branch_by_3f, branch_by_3e, "check hazard: Offset3fBug: "),
    RDNA1CONV_CASE("hazard", flat_with_offset, flat_without_offset,
                   "check hazard: FlatSegmentOffsetBug: "),
    RDNA1CONV_CASE("hazard", scratch_two_bytes_below, scratch_a_dword_below,
                   "check hazard: NegativeUnalignedScratchOffsetBug: "),
    RDNA1CONV_CASE("alignment", scalar_load_of_half_words, scalar_load_of_words,
                   "check alignment: scalar memory access at base 0x[0-9a-f]+ plus 2: "),
    RDNA1CONV_CASE("barrier", barrier_of_one_wave, barrier_of_all_waves,
                   "check barrier: .* already ended: wave 1"),
    RDNA1CONV_CASE("barrier", two_barriers_against_one, two_barriers_of_all_waves,
                   "check barrier: .* already ended: wave 1"),
    RDNA1CONV_CASE("kind", load_host_memory, load_device_memory,
                   "check kind: lane 0: 4-byte load at 0x[0-9a-f]+, in [0-9]+ bytes of "
                   "[a-z-]+ host memory"),
};

void PrintTo(const CheckCase& which, std::ostream* out) { *out << which.name; }

[[noreturn]] void run(Kernel kernel, const char* checks) {
  setenv("RDNA1CONV_EMULATOR_CHECKS", checks, 1);  // before the device starts
  if (hipInit(0) != hipSuccess) std::exit(EXIT_FAILURE);
  const std::vector<int> zeros(kElements);
  const DeviceArray<int> data(zeros);
  const DeviceArray<int> fresh(kElements);
  int* freed = nullptr;
  check(hipMalloc(reinterpret_cast<void**>(&freed), kElements * sizeof(int)), "hipMalloc");
  check(hipFree(freed), "hipFree");
  int* pinned = nullptr;
  check(hipHostMalloc(reinterpret_cast<void**>(&pinned), kElements * sizeof(int)), "hipHostMalloc");
  std::fill_n(pinned, kElements, 0);
  kernel<<<kWorkgroups, kWorkItems>>>(Memory{data.data(), fresh.data(), freed, pinned});
  const hipError_t status = hipDeviceSynchronize();
  std::exit(status == hipSuccess ? EXIT_SUCCESS : EXIT_FAILURE);
}

class ChecksDeathTest : public testing::TestWithParam<CheckCase> {
 protected:
  // The child starts over, so that HIP is set up in it alone.
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_P(ChecksDeathTest, FindsTheWrongKernel) {
  const CheckCase& which = GetParam();
  const std::string text =
      std::string("kernel [^\n]*") + which.name + "[^\n]*" + kPlace + which.says;
  EXPECT_DEATH(run(which.wrong, which.check), text);
}

TEST_P(ChecksDeathTest, FindsTheWrongKernelAmongAllChecks) {
  const CheckCase& which = GetParam();
  const std::string all = std::string("all,") + which.check;
  EXPECT_DEATH(run(which.wrong, all.c_str()), std::string("kernel [^\n]*") + which.name);
}

TEST_P(ChecksDeathTest, PassesTheRightKernel) {
  EXPECT_EXIT(run(GetParam().right, "all"), testing::ExitedWithCode(EXIT_SUCCESS), "");
}

INSTANTIATE_TEST_SUITE_P(Kernels, ChecksDeathTest, testing::ValuesIn(kCases),
                         [](const auto& which) { return std::string(which.param.name); });

TEST(ChecksDeathTest, NamesAnUnknownCheck) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(run(load_device_memory, "memory,nonsense"), testing::ExitedWithCode(EXIT_FAILURE),
              "there is no check 'nonsense'; there are all, memory, uninitialized, lds, race");
}

}  // namespace
}  // namespace programs
