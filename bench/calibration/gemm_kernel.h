// A tiled fp32 matrix product with the structure of the kernels that were measured on gfx1010
// boards (rocBLAS 924dad272, library/src/blas3/Tensile/Logic/asm_full/navi10_Cijk_*_SB.yaml, names
// there): a macro tile of `WG0 * TM` by `WG1 * TN` a workgroup, `kDepth` steps of K at a time
// through two buffers in LDS, global loads one tile and LDS reads one step of K ahead of the
// multiply-adds.
//
// Matrices are column-major as in BLAS: C[m + n * M], A[m + k * M] ("N") or A[k + m * lda] ("T"),
// B[k + n * ldb] ("N") or B[n + k * N] ("T"). Sizes must be multiples of the tile.
#pragma once

#include <hip/hip_runtime.h>

#include "bench/calibration/buffer_loads.h"
#include "bench/calibration/gemm_arguments.h"
#include "bench/calibration/kernel_tables.h"

namespace rdna1conv::calibration {

// By how much neighbouring workgroups are apart along K: what one channel of the memory holds.
constexpr int kStaggerBytes = 256;

// kWave: lanes of a wave, set by the source's compile options. TM x TN: elements of C a thread. WG0
// x WG1: threads. VW: elements of one LDS read, and of one global load.
template <int kWave_, bool kTransA, bool kTransB, int TM, int TN, int WG0, int WG1, int kDepth_,
          int VW_>
struct GemmShape {
  static constexpr int kWave = kWave_;
  static constexpr bool kContiguousKOfA = kTransA;
  static constexpr bool kContiguousKOfB = !kTransB;
  static constexpr int kTile0 = TM * WG0;
  static constexpr int kTile1 = TN * WG1;
  static constexpr int kThreads = WG0 * WG1;
  static constexpr int kThreadTile0 = TM;
  static constexpr int kThreadTile1 = TN;
  static constexpr int kGroup0 = WG0;
  static constexpr int kDepth = kDepth_;
  static constexpr int VW = VW_;
  // Tiles of K in 256 bytes of an operand that is contiguous along it.
  static constexpr int kStagger = kDepth * 4 < kStaggerBytes ? kStaggerBytes / (kDepth * 4) : 1;
};

__device__ inline float element(float scalar, int) { return scalar; }
template <class Vector>
__device__ inline float element(const Vector& vector, int i) {
  return vector[i];
}
__device__ inline void set_element(float& scalar, int, float value) { scalar = value; }
template <class Vector>
__device__ inline void set_element(Vector& vector, int i, float value) {
  vector[i] = value;
}

// Ends a phase of LDS use without what __syncthreads() adds in WGP mode (an L0 invalidation and a
// wait for stores), which the measured kernels do not have.
__device__ inline void lds_barrier() {
  asm volatile("s_waitcnt lgkmcnt(0)\n\ts_barrier" ::: "memory");
}

// One operand's tile: `kTile` elements by kDepth steps of K, on its way from memory through
// registers into LDS at [k][element].
template <int kTile, int kDepth, int kThreads, int VW, bool kContiguousK>
struct OperandTile {
  // Elements of a load: a tile too small for all threads to take VW is loaded in narrower pieces.
  static constexpr int narrow(int width) {
    return width > 1 && (kTile * kDepth < kThreads * width || kDepth % width != 0)
               ? narrow(width / 2)
               : width;
  }
  static constexpr int kWidth = narrow(VW);
  static constexpr int kPerRow = (kContiguousK ? kDepth : kTile) / kWidth;
  static constexpr int kPieces = kTile * kDepth / kWidth;
  static constexpr int kLoads = (kPieces + kThreads - 1) / kThreads;
  // Scattered single writes need a padded row; vector writes and reads stay aligned.
  static constexpr int kRow = kTile + (kContiguousK ? VW : 0);
  using Vector = FloatVector<kWidth>;

  Vector pieces[kLoads];
  unsigned offsets[kLoads];  // bytes, from the tile's first element at a step of K

  __device__ static constexpr bool takes_part(int piece) {
    return kPieces % kThreads == 0 || piece < kPieces;
  }

  // `stride`: elements between rows as stored.
  __device__ OperandTile(int stride, int thread) {
#pragma unroll
    for (int i = 0; i < kLoads; ++i) {
      const int piece = thread + i * kThreads;
      offsets[i] = (piece / kPerRow * stride + piece % kPerRow * kWidth) * sizeof(float);
    }
  }

  // `first`: the byte where the tile of K starts, the same for all lanes.
  __device__ void load(Descriptor buffer, unsigned first, int thread) {
#pragma unroll
    for (int i = 0; i < kLoads; ++i) {
      if (!takes_part(thread + i * kThreads)) continue;
      pieces[i] = raw_load<kWidth>(buffer, offsets[i], first);
    }
  }

  __device__ void store(float* lds, int thread) const {
#pragma unroll
    for (int i = 0; i < kLoads; ++i) {
      const int piece = thread + i * kThreads;
      if (!takes_part(piece)) continue;
      const int row = piece / kPerRow;
      const int column = piece % kPerRow * kWidth;
      if constexpr (kContiguousK) {
#pragma unroll
        for (int j = 0; j < kWidth; ++j) lds[(column + j) * kRow + row] = element(pieces[i], j);
      } else {
        *reinterpret_cast<Vector*>(lds + row * kRow + column) = pieces[i];
      }
    }
  }
};

// A thread's elements of one step of K: vectors of VW, one every kGroup * VW elements.
template <int kElements, int kGroup, int VW>
__device__ inline void read_fragment(const float* row, int position, float (&fragment)[kElements]) {
#pragma unroll
  for (int i = 0; i < kElements / VW; ++i) {
    const auto piece =
        *reinterpret_cast<const FloatVector<VW>*>(row + (i * kGroup + position) * VW);
#pragma unroll
    for (int j = 0; j < VW; ++j) fragment[i * VW + j] = element(piece, j);
  }
}

// The order in which workgroups take tiles: strips of 8 tiles along N, so that those running at a
// time share operands in the L2.
__device__ inline void tile_of_workgroup(const GemmArguments& p, int& tile0, int& tile1) {
  constexpr int kStrip = 8;
  const int strip = static_cast<int>(blockIdx.y) / kStrip;
  const int width = min(kStrip, p.tiles1 - strip * kStrip);
  const int number = static_cast<int>(blockIdx.x + blockIdx.y % kStrip * gridDim.x);
  // The division is the vector ALU's; what follows from it belongs into scalar registers.
  tile0 = __builtin_amdgcn_readfirstlane(number / width);
  tile1 = __builtin_amdgcn_readfirstlane(number % width) + strip * kStrip;
}

constexpr int power_of_two_from(int size) {
  int power = 1;
  while (power < size) power *= 2;
  return power;
}

template <class Shape>
__global__ __launch_bounds__(Shape::kThreads) void gemm(GemmArguments p) {
  using TileA =
      OperandTile<Shape::kTile0, Shape::kDepth, Shape::kThreads, Shape::VW, Shape::kContiguousKOfA>;
  using TileB =
      OperandTile<Shape::kTile1, Shape::kDepth, Shape::kThreads, Shape::VW, Shape::kContiguousKOfB>;
  constexpr int kDepth = Shape::kDepth;
  constexpr int TM = Shape::kThreadTile0;
  constexpr int TN = Shape::kThreadTile1;
  constexpr int VW = Shape::VW;
  constexpr int kSizeA = kDepth * TileA::kRow;
  constexpr int kSizeB = kDepth * TileB::kRow;
  constexpr int kSecondBuffer = power_of_two_from(kSizeA + kSizeB);
  // Where two buffers do not fit into the 64 KB of a workgroup, one has to do.
  constexpr int kTwo = kSecondBuffer + kSizeA + kSizeB;
  constexpr bool kTwoBuffers = kTwo * sizeof(float) <= 65536;
  // Of 32 steps the compiler would keep more addresses in registers than there are.
  constexpr bool kEarlyStore = kDepth <= 16;
  __shared__ __attribute__((aligned(16))) float lds[kTwoBuffers ? kTwo : kSizeA + kSizeB];

  const int thread = static_cast<int>(threadIdx.x);
  const int thread0 = thread % Shape::kGroup0;
  const int thread1 = thread / Shape::kGroup0;
  constexpr int kGroup1 = Shape::kThreads / Shape::kGroup0;
  int tile0;
  int tile1;
  tile_of_workgroup(p, tile0, tile1);

  const float* a = p.a + blockIdx.z * p.a_batch;
  const float* b = p.b + blockIdx.z * p.b_batch;
  a += size_t{Shape::kTile0} * tile0 * (Shape::kContiguousKOfA ? p.a_stride : 1);
  b += size_t{Shape::kTile1} * tile1 * (Shape::kContiguousKOfB ? p.b_stride : 1);
  // Bytes from one tile of K to the next.
  const unsigned a_step = kDepth * sizeof(float) * (Shape::kContiguousKOfA ? 1 : p.a_stride);
  const unsigned b_step = kDepth * sizeof(float) * (Shape::kContiguousKOfB ? 1 : p.b_stride);
  // The tile of K to go on with: workgroups along M start at different ones, and go round. Kept in
  // a scalar register, which the compiler does not see by itself.
  unsigned tile = __builtin_amdgcn_readfirstlane((tile0 & p.stagger_mask) * Shape::kStagger);
  const Descriptor buffer_a = descriptor(a, ~0u);
  const Descriptor buffer_b = descriptor(b, ~0u);

  TileA tile_a(p.a_stride, thread);
  TileB tile_b(p.b_stride, thread);
  tile_a.load(buffer_a, tile * a_step, thread);
  tile_b.load(buffer_b, tile * b_step, thread);
  tile_a.store(lds, thread);
  tile_b.store(lds + kSizeA, thread);
  lds_barrier();

  float sum[TN][TM] = {};
  float fragment_a[2][TM];
  float fragment_b[2][TN];
  read_fragment<TM, Shape::kGroup0, VW>(lds, thread0, fragment_a[0]);
  read_fragment<TN, kGroup1, VW>(lds + kSizeA, thread1, fragment_b[0]);

  const auto multiply_add = [&](const float(&column)[TM], const float(&row)[TN]) {
#pragma unroll
    for (int j = 0; j < TN; ++j) {
#pragma unroll
      for (int i = 0; i < TM; ++i) sum[j][i] = fmaf(column[i], row[j], sum[j][i]);
    }
  };
  // All steps of a tile but the last, each reading the next one's fragments first; `before_last`
  // comes before the multiply-adds of the last of them. The compiler would move all reads to the
  // front, and has too few registers for that.
  const auto multiply_add_all_but_last = [&](const float* lds_a, auto before_last) {
#pragma unroll
    for (int step = 0; step + 1 < kDepth; ++step) {
      const float* row_a = lds_a + (step + 1) * TileA::kRow;
      const float* row_b = lds_a + kSizeA + (step + 1) * TileB::kRow;
      read_fragment<TM, Shape::kGroup0, VW>(row_a, thread0, fragment_a[(step + 1) % 2]);
      read_fragment<TN, kGroup1, VW>(row_b, thread1, fragment_b[(step + 1) % 2]);
      if (step + 2 == kDepth) before_last();
      multiply_add(fragment_a[step % 2], fragment_b[step % 2]);
      __builtin_amdgcn_sched_barrier(0);
    }
  };

  float* current = lds;
  float* next = lds + (kTwoBuffers ? kSecondBuffer : 0);
  for (int k = kDepth; k < p.depth; k += kDepth) {
    tile = __builtin_amdgcn_readfirstlane(tile + 1 == p.tiles_of_k ? 0 : tile + 1);
    const auto load = [&] {
      tile_a.load(buffer_a, tile * a_step, thread);
      tile_b.load(buffer_b, tile * b_step, thread);
      __builtin_amdgcn_sched_barrier(0);
    };
    const auto store = [&] {
      tile_a.store(next, thread);
      tile_b.store(next + kSizeA, thread);
      __builtin_amdgcn_sched_barrier(0);
    };
    const auto multiply_add_last = [&] {
      multiply_add(fragment_a[(kDepth - 1) % 2], fragment_b[(kDepth - 1) % 2]);
      __builtin_amdgcn_sched_barrier(0);
    };
    if constexpr (kTwoBuffers) {
      load();
      // The multiply-adds of the last two steps hide the writes and then the reads of the next
      // tile.
      multiply_add_all_but_last(current, [&] {
        if constexpr (kEarlyStore) store();
      });
      if constexpr (!kEarlyStore) store();
    } else {
      multiply_add_all_but_last(current, [] {});
      multiply_add_last();
      load();
      lds_barrier();
      store();
    }
    lds_barrier();
    read_fragment<TM, Shape::kGroup0, VW>(next, thread0, fragment_a[kDepth % 2]);
    read_fragment<TN, kGroup1, VW>(next + kSizeA, thread1, fragment_b[kDepth % 2]);
    __builtin_amdgcn_sched_barrier(0);
    if constexpr (kTwoBuffers) multiply_add_last();
    float* const filled = next;
    next = current;
    current = filled;
  }
  multiply_add_all_but_last(current, [] {});
  multiply_add(fragment_a[(kDepth - 1) % 2], fragment_b[(kDepth - 1) % 2]);

  float* c = p.c + blockIdx.z * p.c_batch + size_t{Shape::kTile1} * tile1 * p.c_stride +
             size_t{Shape::kTile0} * tile0;
#pragma unroll
  for (int j = 0; j < TN; ++j) {
    float* column = c + size_t((j / VW * kGroup1 + thread1) * VW + j % VW) * p.c_stride;
#pragma unroll
    for (int i = 0; i < TM / VW; ++i) {
      FloatVector<VW> piece;
#pragma unroll
      for (int l = 0; l < VW; ++l) set_element(piece, l, sum[j][i * VW + l]);
      *reinterpret_cast<FloatVector<VW>*>(column + (i * Shape::kGroup0 + thread0) * VW) = piece;
    }
  }
}

template <class Shape>
GemmKernel gemm_instance() {
  return {Shape::kWave,
          std::string(Shape::kContiguousKOfA ? "T" : "N") + (Shape::kContiguousKOfB ? "N" : "T"),
          Shape::kThreadTile0,
          Shape::kThreadTile1,
          Shape::kGroup0,
          Shape::kThreads / Shape::kGroup0,
          Shape::kDepth,
          Shape::VW,
          reinterpret_cast<const void*>(&gemm<Shape>)};
}

template <class... Shapes>
std::vector<GemmKernel> gemm_instances() {
  return {gemm_instance<Shapes>()...};
}

}  // namespace rdna1conv::calibration
