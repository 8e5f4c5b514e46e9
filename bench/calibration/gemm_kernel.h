// A tiled fp32 matrix product with the structure of the kernels that were measured on gfx1010
// boards (rocBLAS 924dad272, library/src/blas3/Tensile/Logic/asm_full/navi10_Cijk_*_SB.yaml, names
// there): a macro tile of `WG0 * TM` by `WG1 * TN` a workgroup, `kDepth` steps of K at a time
// through LDS. Loads run one tile ahead of the multiply-adds, through two buffers, or come when the
// one buffer has been read; LDS reads run one step of K ahead of them, or come when they are
// needed.
//
// Matrices are column-major as in BLAS: C[m + n * M], A[m + k * M] ("N") or A[k + m * lda] ("T"),
// B[k + n * ldb] ("N") or B[n + k * N] ("T"). As the measured kernels do, tiles at an edge load the
// last elements instead of those beyond it and store what there is, and a loop of single steps ends
// a K that is no multiple of kDepth. Sizes along which vectors are loaded must be multiples of
// them.
#pragma once

#include <hip/hip_runtime.h>

#include "bench/calibration/buffer_access.h"
#include "bench/calibration/gemm_arguments.h"
#include "bench/calibration/kernel_tables.h"

namespace rdna1conv::calibration {

// By how much neighbouring workgroups are apart along K: what one channel of the memory holds.
constexpr int kStaggerBytes = 256;

// kWave: lanes of a wave, set by the source's compile options. TM x TN: elements of C a thread. WG0
// x WG1: threads. VW: elements of one LDS read. kLoadA, kLoadB: elements of one global load.
// kPrefetchGlobal, kPrefetchLocal: see above. kPadA, kPadB: elements added to a row in LDS.
template <int kWave_, bool kTransA, bool kTransB, int TM, int TN, int WG0, int WG1, int kDepth_,
          int VW_, int kLoadA_, int kLoadB_, bool kPrefetchGlobal_, bool kPrefetchLocal_,
          int kPadA_, int kPadB_>
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
  static constexpr int kLoadA = kLoadA_;
  static constexpr int kLoadB = kLoadB_;
  static constexpr bool kPrefetchGlobal = kPrefetchGlobal_;
  static constexpr bool kPrefetchLocal = kPrefetchLocal_;
  static constexpr int kPadA = kPadA_;
  static constexpr int kPadB = kPadB_;
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

__device__ inline void lds_wait() { asm volatile("s_waitcnt lgkmcnt(0)" ::: "memory"); }

// One operand's tile: `kTile` elements by kDepth steps of K, on its way from memory through
// registers into LDS at [k][element].
template <int kTile, int kDepth, int kThreads, int kWidth, int kPad, bool kContiguousK>
struct OperandTile {
  static constexpr int kPerRow = (kContiguousK ? kDepth : kTile) / kWidth;
  static constexpr int kPieces = kTile * kDepth / kWidth;
  static constexpr int kLoads = (kPieces + kThreads - 1) / kThreads;
  static constexpr int kRow = kTile + kPad;
  using Vector = FloatVector<kWidth>;

  Vector pieces[kLoads];
  unsigned offsets[kLoads];  // bytes, from the tile's first element at a step of K

  __device__ static constexpr bool takes_part(int piece) {
    return kPieces % kThreads == 0 || piece < kPieces;
  }

  // The first step of K of a piece, from the tile's first.
  __device__ static int step_of(int piece) {
    return kContiguousK ? piece % kPerRow * kWidth : piece / kPerRow;
  }

  // `stride`: elements between rows as stored; `tile`: number along M or N, of which there are
  // `size` elements.
  __device__ OperandTile(int stride, int tile, int size, int thread) {
#pragma unroll
    for (int i = 0; i < kLoads; ++i) {
      const int piece = thread + i * kThreads;
      const int element = kContiguousK ? piece / kPerRow : piece % kPerRow * kWidth;
      const int inside = min(tile * kTile + element, size - (kContiguousK ? 1 : kWidth));
      offsets[i] = (kContiguousK ? unsigned(inside) * stride + step_of(piece)
                                 : unsigned(step_of(piece)) * stride + inside) *
                   sizeof(float);
    }
  }

  // `first`: the byte where the tile of K starts, the same for all lanes. `steps`: those that are
  // wanted.
  __device__ void load(Descriptor buffer, unsigned first, int thread, int steps = kDepth) {
#pragma unroll
    for (int i = 0; i < kLoads; ++i) {
      const int piece = thread + i * kThreads;
      if (!takes_part(piece)) continue;
      const bool wanted = steps == kDepth || step_of(piece) < steps;
      pieces[i] = raw_load<kWidth>(buffer, wanted ? offsets[i] : kNowhere, first);
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

// Small thread tiles: 128 registers, so that as many waves fit as of the measured kernels. The
// compiler would take more for addresses.
template <class Shape>
constexpr int kLeastWaves = Shape::kThreadTile0* Shape::kThreadTile1 <= 32 ? 4 : 1;

template <class Shape>
__global__ __launch_bounds__(Shape::kThreads)
    __attribute__((amdgpu_waves_per_eu(kLeastWaves<Shape>))) void gemm(GemmArguments p) {
  using TileA = OperandTile<Shape::kTile0, Shape::kDepth, Shape::kThreads, Shape::kLoadA,
                            Shape::kPadA, Shape::kContiguousKOfA>;
  using TileB = OperandTile<Shape::kTile1, Shape::kDepth, Shape::kThreads, Shape::kLoadB,
                            Shape::kPadB, Shape::kContiguousKOfB>;
  constexpr int kDepth = Shape::kDepth;
  constexpr int TM = Shape::kThreadTile0;
  constexpr int TN = Shape::kThreadTile1;
  constexpr int VW = Shape::VW;
  constexpr int kSizeA = kDepth * TileA::kRow;
  constexpr int kSizeB = kDepth * TileB::kRow;
  constexpr int kSecondBuffer = power_of_two_from(kSizeA + kSizeB);
  constexpr bool kTwoBuffers = Shape::kPrefetchGlobal;
  constexpr int kElements = (kTwoBuffers ? kSecondBuffer : 0) + kSizeA + kSizeB;
  static_assert(kElements * sizeof(float) <= 65536, "more LDS than a workgroup has");
  // Of 32 steps the compiler would keep more addresses in registers than there are.
  constexpr bool kEarlyStore = kDepth <= 16;
  __shared__ __attribute__((aligned(16))) float lds[kElements];

  const int thread = static_cast<int>(threadIdx.x);
  const int thread0 = thread % Shape::kGroup0;
  const int thread1 = thread / Shape::kGroup0;
  constexpr int kGroup1 = Shape::kThreads / Shape::kGroup0;
  int tile0;
  int tile1;
  tile_of_workgroup(p, tile0, tile1);

  const float* a = p.a + blockIdx.z * p.a_batch;
  const float* b = p.b + blockIdx.z * p.b_batch;
  // Bytes from one tile of K to the next.
  const unsigned a_step = kDepth * sizeof(float) * (Shape::kContiguousKOfA ? 1 : p.a_stride);
  const unsigned b_step = kDepth * sizeof(float) * (Shape::kContiguousKOfB ? 1 : p.b_stride);
  // The tile of K to go on with: workgroups along M start at different ones, and go round. Kept in
  // a scalar register, which the compiler does not see by itself.
  unsigned tile = __builtin_amdgcn_readfirstlane((tile0 & p.stagger_mask) * Shape::kStagger);
  const Descriptor buffer_a = descriptor(a, ~0u);
  const Descriptor buffer_b = descriptor(b, ~0u);

  TileA tile_a(p.a_stride, tile0, p.m, thread);
  TileB tile_b(p.b_stride, tile1, p.n, thread);
  const int whole = p.depth - p.depth % kDepth;
  const auto load = [&] {
    tile_a.load(buffer_a, tile * a_step, thread);
    tile_b.load(buffer_b, tile * b_step, thread);
    tile = __builtin_amdgcn_readfirstlane(tile + 1 == p.tiles_of_k ? 0 : tile + 1);
    __builtin_amdgcn_sched_barrier(0);
  };
  const auto store = [&](float* buffer) {
    tile_a.store(buffer, thread);
    tile_b.store(buffer + kSizeA, thread);
    __builtin_amdgcn_sched_barrier(0);
  };

  float sum[TN][TM] = {};
  constexpr int kFragments = Shape::kPrefetchLocal ? 2 : 1;
  float fragment_a[kFragments][TM];
  float fragment_b[kFragments][TN];
  const auto read = [&](const float* buffer, int step) {
    read_fragment<TM, Shape::kGroup0, VW>(buffer + step * TileA::kRow, thread0,
                                          fragment_a[step % kFragments]);
    read_fragment<TN, kGroup1, VW>(buffer + kSizeA + step * TileB::kRow, thread1,
                                   fragment_b[step % kFragments]);
  };
  const auto multiply_add = [&](int step) {
    const auto& column = fragment_a[step % kFragments];
    const auto& row = fragment_b[step % kFragments];
#pragma unroll
    for (int j = 0; j < TN; ++j) {
#pragma unroll
      for (int i = 0; i < TM; ++i) sum[j][i] = fmaf(column[i], row[j], sum[j][i]);
    }
    __builtin_amdgcn_sched_barrier(0);
  };
  // All steps of a tile but the last, the first of which has been read where reads run ahead;
  // `before_last` comes before the multiply-adds of the last of them. The compiler would move all
  // reads to the front, and has too few registers for that.
  const auto all_but_last = [&](const float* buffer, auto before_last) {
#pragma unroll
    for (int step = 0; step + 1 < kDepth; ++step) {
      read(buffer, Shape::kPrefetchLocal ? step + 1 : step);
      if (step + 2 == kDepth) before_last();
      if constexpr (!Shape::kPrefetchLocal) lds_wait();
      multiply_add(step);
    }
  };
  const auto last = [&](const float* buffer) {
    if constexpr (!Shape::kPrefetchLocal) {
      read(buffer, kDepth - 1);
      lds_wait();
    }
    multiply_add(kDepth - 1);
  };
  const auto read_ahead = [&](const float* buffer) {
    if constexpr (Shape::kPrefetchLocal) read(buffer, 0);
    __builtin_amdgcn_sched_barrier(0);
  };

  if (whole == 0) {
  } else if constexpr (kTwoBuffers) {
    float* current = lds;
    float* next = lds + kSecondBuffer;
    load();
    store(current);
    lds_barrier();
    read_ahead(current);
    for (int k = kDepth; k < whole; k += kDepth) {
      load();
      // The multiply-adds of the last two steps hide the writes and then the reads of the next
      // tile.
      all_but_last(current, [&] {
        if constexpr (kEarlyStore) store(next);
      });
      if constexpr (!kEarlyStore) store(next);
      if constexpr (!Shape::kPrefetchLocal) last(current);
      lds_barrier();
      if constexpr (Shape::kPrefetchLocal) {
        read_ahead(next);
        last(current);
      }
      float* const filled = next;
      next = current;
      current = filled;
    }
    all_but_last(current, [] {});
    last(current);
  } else {
    for (int k = 0; k < whole; k += kDepth) {
      load();
      if (k > 0) lds_barrier();  // all have read the tile before
      store(lds);
      lds_barrier();
      read_ahead(lds);
      all_but_last(lds, [] {});
      last(lds);
    }
  }

  if (const int rest = p.depth - whole; rest > 0) {
    const unsigned last_tile = p.depth / kDepth;
    tile_a.load(buffer_a, last_tile * a_step, thread, rest);
    tile_b.load(buffer_b, last_tile * b_step, thread, rest);
    if (whole > 0) lds_barrier();
    tile_a.store(lds, thread);
    tile_b.store(lds + kSizeA, thread);
    lds_barrier();
#pragma unroll 1
    for (int step = 0; step < rest; ++step) {
      read_fragment<TM, Shape::kGroup0, VW>(lds + step * TileA::kRow, thread0, fragment_a[0]);
      read_fragment<TN, kGroup1, VW>(lds + kSizeA + step * TileB::kRow, thread1, fragment_b[0]);
      lds_wait();
      multiply_add(0);
    }
  }

  // No branches: behind one LLVM waits for all stores before it (a hazard of gfx1010 that the
  // measured kernels avoid in the same way).
  const Descriptor buffer_c = descriptor(p.c + blockIdx.z * p.c_batch, ~0u);
#pragma unroll
  for (int j = 0; j < TN; ++j) {
    const int column = tile1 * Shape::kTile1 + (j / VW * kGroup1 + thread1) * VW + j % VW;
#pragma unroll
    for (int i = 0; i < TM / VW; ++i) {
      const int row = tile0 * Shape::kTile0 + (i * Shape::kGroup0 + thread0) * VW;
      FloatVector<VW> piece;
#pragma unroll
      for (int l = 0; l < VW; ++l) set_element(piece, l, sum[j][i * VW + l]);
      const unsigned place = (unsigned(column) * p.c_stride + row) * sizeof(float);
      raw_store<VW>(piece, buffer_c, column < p.n && row < p.m ? place : kNowhere);
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
          {Shape::kLoadA, Shape::kLoadB},
          {Shape::kPadA, Shape::kPadB},
          Shape::kPrefetchGlobal,
          Shape::kPrefetchLocal,
          reinterpret_cast<const void*>(&gemm<Shape>)};
}

template <class... Shapes>
std::vector<GemmKernel> gemm_instances() {
  return {gemm_instance<Shapes>()...};
}

}  // namespace rdna1conv::calibration
