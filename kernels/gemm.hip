// Batched GEMM with two-level blocking: a workgroup computes a BM x BN tile of C from BM x BK and
// BK x BN tiles in LDS, a thread TM x TN of it from registers. While a step's tile is multiplied,
// the next one travels from memory to registers; two LDS buffers make one barrier a step enough.
#include <hip/hip_runtime.h>

#include <cstdint>

#include "barrier.h"
#include "epilogue.h"
#include "params/gemm.h"
#include "params/gemm_tiles.h"

namespace rdna1conv {
namespace {

using Float4 = float __attribute__((ext_vector_type(4)));
// Four floats in memory with the alignment of one: the hardware takes it in one instruction.
struct __attribute__((packed, aligned(4))) UnalignedFloat4 {
  Float4 value;
};

constexpr uint32_t kWave = 32;

__device__ inline uint32_t uniform(uint32_t value) { return __builtin_amdgcn_readfirstlane(value); }
__device__ inline uint32_t smaller(uint32_t a, uint32_t b) { return a < b ? a : b; }

// A uniform base and a 32-bit byte offset a lane: one global_load with a scalar address.
__device__ inline float load_at(const float* base, uint32_t byte_offset) {
  return *reinterpret_cast<const float*>(reinterpret_cast<const char*>(base) + byte_offset);
}

template <int BM, int BN, int BK, int TM, int TN>
struct Tile {
  static constexpr int kThreads = (BM / TM) * (BN / TN);
  static constexpr int kWaves = kThreads / kWave;
  static constexpr int kThreadRows = BM / TM, kThreadColumns = BN / TN;

  // Staging of A: a wave loads 4 rows x 8 k, so that the transposed LDS writes hit 32 banks.
  static constexpr int kARowsAPass = kThreads / 8;
  static constexpr int kAPasses = BM / kARowsAPass, kAHalves = BK / 8;
  static constexpr int kAPitch = BM + 4;  // 4 (mod 32): 8 k x 4 rows fall into distinct banks

  // Staging of B: a wave loads 32 columns of one k.
  static constexpr int kColumnWaves = BN / kWave;
  static constexpr int kBColumnPasses = kColumnWaves > kWaves ? kColumnWaves / kWaves : 1;
  static constexpr int kBRowsAPass = kColumnWaves > kWaves ? 1 : kWaves / kColumnWaves;
  static constexpr int kBRowPasses = BK / kBRowsAPass;

  static_assert(TM % 4 == 0 && TN % 4 == 0, "fragments are read from LDS 16 bytes at a time");
  static_assert(kThreadColumns % 8 == 0 && kThreadRows % 4 == 0, "a wave is 8 x 4 threads");
  static_assert(BK % 8 == 0 && BM % kARowsAPass == 0 && BK % kBRowsAPass == 0, "staging is even");

  struct Shared {
    alignas(16) float a[2][BK][kAPitch];  // (buffer, BK, BM)
    alignas(16) float b[2][BK][BN];       // (buffer, BK, BN)
  };
};

template <int BM, int BN, int BK, int TM, int TN>
__device__ inline void gemm_tile(const GemmParams& p) {
  using T = Tile<BM, BN, BK, TM, TN>;
  __shared__ typename T::Shared shared;

  const uint32_t lane = threadIdx.x % kWave;
  const uint32_t wave = uniform(threadIdx.x / kWave);

  // blockIdx.x = ((batch * splits + split) * tiles_n + tile_n) * tiles_m + tile_m: neighbours in
  // time share columns of B, the larger operand of a convolution.
  uint32_t rest = blockIdx.x;
  uint32_t next = quotient(rest, p.tiles_m);
  const uint32_t m0 = remainder(rest, next, p.tiles_m) * BM;
  rest = next;
  next = quotient(rest, p.tiles_n);
  const uint32_t n0 = remainder(rest, next, p.tiles_n) * BN;
  rest = next;
  const uint32_t batch = quotient(rest, p.splits);
  const uint32_t split = remainder(rest, batch, p.splits);

  const uint32_t k_begin = split * p.k_per_split;
  const uint32_t k_end = smaller(k_begin + p.k_per_split, p.k);

  // Lane l of a wave holds row l / 8, k l % 8 of A. Rows beyond m repeat the last one: what they
  // give is not stored.
  const float* a_base = p.a + batch * p.a_batch_stride + uint64_t{m0} * p.lda;  // (BM,k)
  const uint32_t a_k = lane % 8;
  const uint32_t a_row = wave * 4 + lane / 8;
  uint32_t a_offset[T::kAPasses];  // bytes, (kAPasses)
#pragma unroll
  for (int i = 0; i < T::kAPasses; ++i) {
    const uint32_t row = smaller(a_row + i * T::kARowsAPass, p.m - 1 - m0);
    a_offset[i] = (row * p.lda + a_k) * 4;
  }

  // Lane l of a wave holds column l of 32 of one row of B.
  const float* b_base = p.b + batch * p.b_batch_stride;  // (k,BN)
  const uint32_t b_row = uniform(wave / T::kColumnWaves);
  const uint32_t b_column = (wave % T::kColumnWaves) * kWave + lane;
  uint32_t b_offset[T::kBColumnPasses];  // bytes, (kBColumnPasses)
#pragma unroll
  for (int j = 0; j < T::kBColumnPasses; ++j) {
    const uint32_t column = smaller(n0 + b_column + j * T::kWaves * kWave, p.n - 1);
    const uint32_t image = quotient(column, p.columns_per_image);
    const uint32_t pixel = remainder(column, image, p.columns_per_image);
    const uint32_t h = quotient(pixel, p.out_width);
    const uint32_t w = remainder(pixel, h, p.out_width);
    b_offset[j] = (image * p.b_image_stride + h * p.b_row_step + w * p.b_column_step) * 4;
  }

  float a_stage[T::kAPasses][T::kAHalves];           // (kAPasses,kAHalves)
  float b_stage[T::kBRowPasses][T::kBColumnPasses];  // (kBRowPasses,kBColumnPasses)

  const auto load = [&](uint32_t k0) {
    const float* a = a_base + k0;                            // (BM,BK)
    const float* b = b_base + uint64_t{k0 + b_row} * p.ldb;  // (BK,BN)
    // Opaque offsets: otherwise their extension to 64 bits moves out of the loop, where the
    // compiler no longer sees that base plus offset is a scalar address.
#pragma unroll
    for (uint32_t& offset : a_offset) asm volatile("" : "+v"(offset));
#pragma unroll
    for (uint32_t& offset : b_offset) asm volatile("" : "+v"(offset));
#pragma unroll
    for (int i = 0; i < T::kAPasses; ++i)
#pragma unroll
      for (int half = 0; half < T::kAHalves; ++half)
        a_stage[i][half] = load_at(a + half * 8, a_offset[i]);
#pragma unroll
    for (int i = 0; i < T::kBRowPasses; ++i)
#pragma unroll
      for (int j = 0; j < T::kBColumnPasses; ++j)
        b_stage[i][j] = load_at(b + static_cast<uint32_t>(i * T::kBRowsAPass) * p.ldb, b_offset[j]);
  };

  // The first step takes what k leaves over when divided by BK, so that the loop needs no checks.
  // The rest of its tile is zero in both operands: a product with a stray infinity would not be.
  const auto load_first = [&](uint32_t count) {
#pragma unroll
    for (int half = 0; half < T::kAHalves; ++half)
#pragma unroll
      for (int i = 0; i < T::kAPasses; ++i) {
        a_stage[i][half] = 0;
        if (half * 8 + a_k < count)
          a_stage[i][half] = load_at(a_base + k_begin + half * 8, a_offset[i]);
      }
#pragma unroll
    for (int i = 0; i < T::kBRowPasses; ++i) {
      const uint32_t k = b_row + i * T::kBRowsAPass;
#pragma unroll
      for (int j = 0; j < T::kBColumnPasses; ++j) {
        b_stage[i][j] = 0;
        if (k < count) b_stage[i][j] = load_at(b_base + uint64_t{k_begin + k} * p.ldb, b_offset[j]);
      }
    }
  };

  const auto stage = [&](uint32_t buffer) {
#pragma unroll
    for (int i = 0; i < T::kAPasses; ++i)
#pragma unroll
      for (int half = 0; half < T::kAHalves; ++half)
        shared.a[buffer][half * 8 + a_k][a_row + i * T::kARowsAPass] = a_stage[i][half];
#pragma unroll
    for (int i = 0; i < T::kBRowPasses; ++i)
#pragma unroll
      for (int j = 0; j < T::kBColumnPasses; ++j)
        shared.b[buffer][b_row + i * T::kBRowsAPass][b_column + j * T::kWaves * kWave] =
            b_stage[i][j];
  };

  // A wave is 4 rows x 8 columns of threads. A thread's rows and columns come in quads that lie
  // kThreadRows * 4 rows and kThreadColumns * 4 columns apart: lanes read adjacent 16 bytes.
  constexpr int kWavesAcross = T::kThreadColumns / 8;
  const uint32_t row = (wave / kWavesAcross * 4 + lane / 8) * 4;
  const uint32_t column = (wave % kWavesAcross * 8 + lane % 8) * 4;

  float acc[TM][TN] = {};  // (TM,TN)
  // Fragments of step k + 1 are read while those of step k multiply. Without the empty asm the
  // compiler hoists all BK steps' reads to the top and runs out of registers.
  const auto multiply = [&](uint32_t buffer) {
    Float4 a[2][TM / 4], b[2][TN / 4];  // (parity,TM/4), (parity,TN/4)
    const auto read = [&](int k) {
#pragma unroll
      for (int i = 0; i < TM / 4; ++i)
        a[k % 2][i] =
            *reinterpret_cast<const Float4*>(&shared.a[buffer][k][i * T::kThreadRows * 4 + row]);
#pragma unroll
      for (int j = 0; j < TN / 4; ++j)
        b[k % 2][j] = *reinterpret_cast<const Float4*>(
            &shared.b[buffer][k][j * T::kThreadColumns * 4 + column]);
    };
    read(0);
#pragma unroll
    for (int k = 0; k < BK; ++k) {
      asm volatile("" ::: "memory");
      if (k + 1 < BK) read(k + 1);
#pragma unroll
      for (int i = 0; i < TM; ++i)
#pragma unroll
        for (int j = 0; j < TN; ++j)
          acc[i][j] = __builtin_fmaf(a[k % 2][i / 4][i % 4], b[k % 2][j / 4][j % 4], acc[i][j]);
    }
  };

  const uint32_t first = (k_end - k_begin - 1) % BK + 1;
  load_first(first);
  stage(0);
  lds_barrier();
  // The last step stages its own tile again, for nobody: cheaper than a second copy of multiply().
  for (uint32_t k0 = k_begin + first, buffer = 0; k0 <= k_end; k0 += BK, buffer ^= 1) {
    if (k0 < k_end) load(k0);
    multiply(buffer);
    stage(buffer ^ 1);
    lds_barrier();
  }

  float* c_base = p.c + batch * p.c_batch_stride + split * p.c_split_stride;  // (image,m,pixel)
#pragma unroll
  for (int j = 0; j < TN; j += 4) {
    const uint32_t first = n0 + j / 4 * (T::kThreadColumns * 4) + column;
    const uint32_t image = quotient(first, p.columns_per_image);
    const uint32_t pixel = remainder(first, image, p.columns_per_image);
    const bool whole = first + 3 < p.n && pixel + 3 < p.columns_per_image.divisor;
    float* const quad = c_base + image * p.c_image_stride + pixel;  // (m,4)
    float* element[4];                                              // (4): columns of row 0
#pragma unroll
    for (int e = 0; e < 4; ++e) {
      const uint32_t e_image = quotient(first + e, p.columns_per_image);
      const uint32_t e_pixel = remainder(first + e, e_image, p.columns_per_image);
      element[e] = c_base + e_image * p.c_image_stride + e_pixel;
    }
#pragma unroll
    for (int i = 0; i < TM; ++i) {
      const uint32_t c_row = m0 + i / 4 * (T::kThreadRows * 4) + row + i % 4;
      const uint64_t below = uint64_t{c_row} * p.ldc;
      if (c_row >= p.m) continue;
      if (whole) {
        reinterpret_cast<UnalignedFloat4*>(quad + below)->value =
            Float4{acc[i][j], acc[i][j + 1], acc[i][j + 2], acc[i][j + 3]};
      } else {
#pragma unroll
        for (int e = 0; e < 4; ++e)
          if (first + e < p.n) element[e][below] = acc[i][j + e];
      }
    }
  }
}

}  // namespace

#define RDNA1CONV_GEMM_KERNEL(BM, BN, BK, TM, TN)                     \
  extern "C" __global__ void __launch_bounds__((BM / TM) * (BN / TN)) \
      gemm_f32_##BM##x##BN##x##BK(const GemmParams p) {               \
    gemm_tile<BM, BN, BK, TM, TN>(p);                                 \
  }
RDNA1CONV_GEMM_TILES(RDNA1CONV_GEMM_KERNEL)

extern "C" __global__ void __launch_bounds__(kGemmSumSplitsThreads)
    gemm_sum_splits(const GemmSumSplitsParams p) {
  const uint32_t i = (blockIdx.x * kGemmSumSplitsThreads + threadIdx.x) * kGemmSumSplitsPerThread;
  if (i >= p.count) return;
  const uint32_t left = smaller(p.count - i, kGemmSumSplitsPerThread);
  const bool whole = left == kGemmSumSplitsPerThread;
  Float4 sum = {};
  if (whole) {
    sum = reinterpret_cast<const UnalignedFloat4*>(p.partial + i)->value;
    for (uint32_t s = 1; s < p.splits; ++s)
      sum += reinterpret_cast<const UnalignedFloat4*>(p.partial + s * p.split_stride + i)->value;
    if (is_plain(p.epilogue)) {
      reinterpret_cast<UnalignedFloat4*>(p.y + i)->value = sum;
      return;
    }
  }
  // Element by element, so that there is one copy of the activations' code.
#pragma unroll 1
  for (uint32_t e = 0; e < left; ++e) {
    float value = sum[0];
    sum = Float4{sum[1], sum[2], sum[3], 0};
    if (!whole) {
      value = p.partial[i + e];
      for (uint32_t s = 1; s < p.splits; ++s) value += p.partial[s * p.split_stride + i + e];
    }
    const uint32_t plane = quotient(i + e, p.pixels), image = quotient(plane, p.channels);
    p.y[i + e] = apply_epilogue<float>(p.epilogue, value, remainder(plane, image, p.channels),
                                       remainder(i + e, plane, p.pixels), i + e, p.y);
  }
}

}  // namespace rdna1conv
