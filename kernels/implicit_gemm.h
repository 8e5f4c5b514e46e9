#pragma once

// The implicit GEMM of params/implicit_gemm.h for one element type: implicit_gemm_<type>.hip makes
// the kernels. Blocking as in gemm.hip: a workgroup computes a BM x BN tile from BM x BK and
// BK x BN tiles in LDS, a thread TM x TN of it from registers, and the next tile travels from
// memory to registers meanwhile. Where the indices r and j lie in the tensors is decoded once and
// kept in LDS: that of the tile's columns for the whole kernel, that of r by one wave for 32 at a
// time.

#include <hip/hip_runtime.h>

#include <cstdint>
#include <type_traits>

#include "barrier.h"
#include "buffer_access.h"
#include "element_types.h"
#include "global_memory.h"
#include "implicit_gemm_index.h"
#include "kernel_arguments.h"
#include "params/implicit_gemm.h"

namespace rdna1conv {

// Elements become what their products are added up in when they are staged in LDS.
__device__ inline float multiply_staged(float a, float b, float sum) {
  return __builtin_fmaf(a, b, sum);
}
// Staged int8: 24-bit operands multiply at four times the rate of 32-bit ones.
__device__ inline int32_t multiply_staged(int32_t a, int32_t b, int32_t sum) {
  return __mul24(a, b) + sum;
}

template <class Element, bool kWide, int BM, int BN, int BK, int TM, int TN>
struct ImplicitGemmTile {
  using Value = Accumulator<Element>;
  using Value4 = Value __attribute__((ext_vector_type(4)));
  using Offset = typename OffsetOf<kWide>::Type;

  static constexpr int kWave = 32;
  static constexpr int kThreadRows = BM / TM, kThreadColumns = BN / TN;
  static constexpr int kThreads = kThreadRows * kThreadColumns;

  // Staging with neighbouring lanes along r: 8 of r times kThreads / 8 of m or j.
  static constexpr int kLanesR = 8, kHalves = BK / kLanesR, kPassSize = kThreads / kLanesR;
  // Staging with neighbouring lanes along m or j.
  static constexpr int kLanesM = BM < kThreads ? BM : kThreads, kRowsM = kThreads / kLanesM;
  static constexpr int kLanesJ = BN < kThreads ? BN : kThreads, kRowsJ = kThreads / kLanesJ;
  static constexpr int kAElements = BM * BK / kThreads, kBElements = BN * BK / kThreads;
  static constexpr int kAOffsets = BM / kPassSize > BM / kLanesM ? BM / kPassSize : BM / kLanesM;
  // 4 (mod 32): 8 r x 4 columns fall into distinct banks.
  static constexpr int kAPitch = BM + 4, kBPitch = BN + 4;

  // The tile is stored in chunks of four rows and four columns a thread.
  static constexpr int kChunkRows = kThreadRows * 4, kChunkColumns = kThreadColumns * 4;
  static constexpr int kChunksDown = TM / 4, kChunksAcross = TN / 4;

  static constexpr int kTableRows = kImplicitGemmTableRows, kStepsPerTable = kTableRows / BK;

  static_assert(TM % 4 == 0 && TN % 4 == 0, "fragments are read from LDS 16 bytes at a time");
  static_assert(kThreadColumns % 8 == 0 && kThreadRows % 4 == 0, "a wave is 8 x 4 threads");
  static_assert(BK % kLanesR == 0 && BM % kPassSize == 0 && BN % kPassSize == 0, "even staging");
  static_assert(BK % kRowsM == 0 && BK % kRowsJ == 0, "even staging");
  static_assert(kTableRows == kWave && kTableRows % BK == 0, "a wave decodes whole steps");
  static_assert(kThreads >= 2 * kTableRows, "both tables are filled at once");

  struct Operands {
    Value a[2][BK][kAPitch];  // (buffer, BK, BM)
    Value b[2][BK][kBPitch];  // (buffer, BK, BN)
  };
  struct Shared {
    union {
      alignas(16) Operands operands;
      alignas(16) Value chunk[kChunkRows][kChunkColumns + 4];
    };
    union {
      Place<kWide> column[BN];
      Offset out[BN];
    };
    Place<kWide> r_place[2][kTableRows];
    Offset r_other[2][kTableRows];
    ClassParams of_class;
  };
};

// One operand tensor, from the workgroup's group on.
template <class Element, bool kWide>
class Operand {
 public:
  __device__ explicit Operand(const char* base) : buffer_(make_buffer(base)) {}
  // 0 for kOutsideBuffer and beyond.
  __device__ Element load(uint32_t offset) const { return buffer_load<Element>(buffer_, offset); }

 private:
  BufferResource buffer_;
};
template <class Element>
class Operand<Element, true> {
 public:
  __device__ explicit Operand(const char* base) : base_(base) {}
  // 0 for negative offsets.
  __device__ Element load(int64_t offset) const {
    Element element{};
    if (offset >= 0) element = load_global(reinterpret_cast<const Element*>(base_ + offset));
    return element;
  }

 private:
  const char* base_;
};

// Stores the sum of a row and column, `offset` bytes from the start of the output of the group and
// class.
template <class Element, bool kWeights, class Value>
__device__ inline void store_sum(const ImplicitGemmParams& p, const ClassParams& of_class,
                                 uint64_t offset, Value value, uint32_t group, uint32_t m,
                                 uint32_t j) {
  const uint32_t channel = group * p.m.divisor + m;
  uint32_t pixel = 0;
  if (!kWeights && p.epilogue.norm_pixel != 0)
    pixel = norm_pixel_of(p, of_class, digits_of(p.pixel, of_class.pixel, j));
  offset += group * p.out_group + of_class.out[0] + of_class.out[1] + of_class.out[2];
  const auto store_as = [&](auto* out) {
    store_output(p.epilogue, value, channel, pixel, offset / sizeof(*out), out);
  };
  if constexpr (std::is_same<Element, int8_t>::value) {
    switch (p.out_type) {
      case kImplicitGemmOutInt8:
        return store_as(static_cast<int8_t*>(p.out));
      case kImplicitGemmOutInt32:
        return store_as(static_cast<int32_t*>(p.out));
      default:
        return store_as(static_cast<float*>(p.out));
    }
  } else {
    store_as(static_cast<Element*>(p.out));
  }
}

template <class Element, bool kWeights, bool kWide, int BM, int BN, int BK, int TM, int TN>
__device__ inline void implicit_gemm_tile(const ImplicitGemmParams& launched) {
  using T = ImplicitGemmTile<Element, kWide, BM, BN, BK, TM, TN>;
  using Value = typename T::Value;
  using Value4 = typename T::Value4;
  using Offset = typename T::Offset;
  __shared__ typename T::Shared shared;

  const uint32_t thread = threadIdx.x;
  const uint32_t lane = thread % T::kWave;
  const uint32_t wave = __builtin_amdgcn_readfirstlane(thread / T::kWave);

  // blockIdx.x = (((class * groups + group) * splits + split) * tiles_j + tile_j) * tiles_m +
  // tile_m: neighbours in time share columns, the larger operand of a convolution.
  uint32_t rest = blockIdx.x;
  uint32_t next = quotient(rest, launched.tiles_m);
  const uint32_t m0 = remainder(rest, next, launched.tiles_m) * BM;
  rest = next;
  next = quotient(rest, launched.tiles_j);
  const uint32_t j0 = remainder(rest, next, launched.tiles_j) * BN;
  rest = next;  // the partial sum's number
  next = quotient(rest, launched.splits);
  const uint32_t split = remainder(rest, next, launched.splits);
  const uint32_t number = quotient(next, launched.groups);  // of the class
  const uint32_t group = remainder(next, number, launched.groups);
  if (wave == 0) fill_class_params(shared.of_class, launched, number);
  lds_barrier();

  const auto params = reload_argument<ImplicitGemmParams>();
  const ClassParams& of_class = shared.of_class;
  const uint32_t pixels = __builtin_amdgcn_readfirstlane(of_class.pixels(params));
  const uint32_t taps = __builtin_amdgcn_readfirstlane(of_class.all_taps(params));
  const uint32_t j_count = kWeights ? taps : pixels, r_count = kWeights ? pixels : taps;
  if (j0 >= j_count) return;

  const IndexSpace& columns = kWeights ? params.tap : params.pixel;
  const IndexSpace& summed = kWeights ? params.pixel : params.tap;
  const auto& column_digits = kWeights ? of_class.tap : of_class.pixel;
  const auto& summed_digits = kWeights ? of_class.pixel : of_class.tap;
  const uint32_t r_begin = min(split * params.r_per_split, r_count);
  const uint32_t r_end = min(r_begin + params.r_per_split, r_count);
  const uint32_t steps = (r_end - r_begin + BK - 1) / BK;

  const Operand<Element, kWide> a(static_cast<const char*>(params.a) + group * params.a_group +
                                  of_class.a[0] + of_class.a[1] + of_class.a[2]);
  const Operand<Element, kWide> x(static_cast<const char*>(params.x) + group * params.x_group);

  constexpr int32_t kTapStart[3] = {0, 0, 0};
  constexpr Place<kWide> kOutside{OffsetOf<kWide>::kOutside, kNowhere, kNowhere, kNowhere};
  for (uint32_t j = thread; j < BN; j += T::kThreads) {
    shared.column[j] = j0 + j < j_count
                           ? place_of<kWide>(params, columns, kWeights ? kTapStart : of_class.start,
                                             digits_of(columns, column_digits, j0 + j))
                           : kOutside;
  }
  const auto fill_table = [&](uint32_t table, uint32_t entry) {
    const uint32_t index = r_begin + table * T::kTableRows + entry;
    Place<kWide> place = kOutside;
    Offset other = OffsetOf<kWide>::kOutside;
    if (index < r_end) {
      const Digits digits = digits_of(summed, summed_digits, index);
      place = place_of<kWide>(params, summed, kWeights ? of_class.start : kTapStart, digits);
      other = other_offset<kWide>(summed, digits);
    }
    shared.r_place[table % 2][entry] = place;
    shared.r_other[table % 2][entry] = other;
  };
  if (thread < 2 * T::kTableRows) fill_table(thread / T::kTableRows, thread % T::kTableRows);
  lds_barrier();

  const bool a_along_r = (params.flags & kImplicitGemmAAlongR) != 0;
  const bool b_along_r = (params.flags & kImplicitGemmBAlongR) != 0;
  const bool is_padded = (params.flags & kImplicitGemmPadded) != 0;
  const uint32_t lane_r = thread % T::kLanesR, pass_row = thread / T::kLanesR;
  const uint32_t lane_m = thread % T::kLanesM, row_m = thread / T::kLanesM;
  const uint32_t lane_j = thread % T::kLanesJ, row_j = thread / T::kLanesJ;

  Offset a_offset[T::kAOffsets];  // of the rows that this thread stages
#pragma unroll
  for (int i = 0; i < T::kAOffsets; ++i) {
    const uint32_t m = m0 + (a_along_r ? pass_row + i * T::kPassSize : lane_m + i * T::kLanesM);
    a_offset[i] =
        m < params.m.divisor ? m * static_cast<Offset>(params.a_row) : OffsetOf<kWide>::kOutside;
  }
  Place<kWide> own_column[BN / T::kLanesJ];  // that this thread stages if lanes are along j
#pragma unroll
  for (int j = 0; j < BN / T::kLanesJ; ++j) own_column[j] = shared.column[lane_j + j * T::kLanesJ];

  Element a_stage[T::kAElements];
  Element b_stage[T::kBElements];

  const auto gather = [&](const Place<kWide>& r, const Place<kWide>& column, auto is_checked) {
    const Offset offset = r.x + column.x;
    if constexpr (!is_checked()) return x.load(offset);
    const bool inside = (static_cast<uint32_t>(r.d + column.d) < params.in[0]) &
                        (static_cast<uint32_t>(r.h + column.h) < params.in[1]) &
                        (static_cast<uint32_t>(r.w + column.w) < params.in[2]);
    return x.load(inside ? offset : OffsetOf<kWide>::kOutside);
  };
  const auto load_b = [&](const Place<kWide>* r_place, auto is_checked) {
    if (b_along_r) {
#pragma unroll
      for (int half = 0; half < T::kHalves; ++half) {
        const Place<kWide> r = r_place[half * T::kLanesR + lane_r];
#pragma unroll
        for (int i = 0; i < BN / T::kPassSize; ++i)
          b_stage[i * T::kHalves + half] =
              gather(r, shared.column[pass_row + i * T::kPassSize], is_checked);
      }
    } else {
#pragma unroll
      for (int i = 0; i < BK / T::kRowsJ; ++i) {
        const Place<kWide> r = r_place[i * T::kRowsJ + row_j];
#pragma unroll
        for (int j = 0; j < BN / T::kLanesJ; ++j)
          b_stage[i * (BN / T::kLanesJ) + j] = gather(r, own_column[j], is_checked);
      }
    }
  };

  const auto load = [&](uint32_t step) {
    const uint32_t table = step / T::kStepsPerTable % 2;
    const uint32_t first = step % T::kStepsPerTable * BK;
    const Place<kWide>* const r_place = shared.r_place[table] + first;
    const Offset* const r_other = shared.r_other[table] + first;
    if (a_along_r) {
#pragma unroll
      for (int half = 0; half < T::kHalves; ++half) {
        const Offset other = r_other[half * T::kLanesR + lane_r];
#pragma unroll
        for (int i = 0; i < BM / T::kPassSize; ++i)
          a_stage[i * T::kHalves + half] = a.load(a_offset[i] + other);
      }
    } else {
#pragma unroll
      for (int i = 0; i < BK / T::kRowsM; ++i) {
        const Offset other = r_other[i * T::kRowsM + row_m];
#pragma unroll
        for (int j = 0; j < BM / T::kLanesM; ++j)
          a_stage[i * (BM / T::kLanesM) + j] = a.load(a_offset[j] + other);
      }
    }
    if (is_padded) {
      load_b(r_place, std::true_type());
    } else {
      load_b(r_place, std::false_type());
    }
  };

  const auto stage = [&](uint32_t buffer) {
    auto& a_tile = shared.operands.a[buffer];
    auto& b_tile = shared.operands.b[buffer];
    if (a_along_r) {
#pragma unroll
      for (int half = 0; half < T::kHalves; ++half)
#pragma unroll
        for (int i = 0; i < BM / T::kPassSize; ++i)
          a_tile[half * T::kLanesR + lane_r][pass_row + i * T::kPassSize] =
              static_cast<Value>(a_stage[i * T::kHalves + half]);
    } else {
#pragma unroll
      for (int i = 0; i < BK / T::kRowsM; ++i)
#pragma unroll
        for (int j = 0; j < BM / T::kLanesM; ++j)
          a_tile[i * T::kRowsM + row_m][lane_m + j * T::kLanesM] =
              static_cast<Value>(a_stage[i * (BM / T::kLanesM) + j]);
    }
    if (b_along_r) {
#pragma unroll
      for (int half = 0; half < T::kHalves; ++half)
#pragma unroll
        for (int i = 0; i < BN / T::kPassSize; ++i)
          b_tile[half * T::kLanesR + lane_r][pass_row + i * T::kPassSize] =
              static_cast<Value>(b_stage[i * T::kHalves + half]);
    } else {
#pragma unroll
      for (int i = 0; i < BK / T::kRowsJ; ++i)
#pragma unroll
        for (int j = 0; j < BN / T::kLanesJ; ++j)
          b_tile[i * T::kRowsJ + row_j][lane_j + j * T::kLanesJ] =
              static_cast<Value>(b_stage[i * (BN / T::kLanesJ) + j]);
    }
  };

  // A wave is 4 rows x 8 columns of threads. A thread's rows and columns come in quads that lie
  // kChunkRows rows and kChunkColumns columns apart: lanes read adjacent 16 bytes.
  constexpr int kWavesAcross = T::kThreadColumns / 8;
  const uint32_t row = (wave / kWavesAcross * 4 + lane / 8) * 4;
  const uint32_t column = (wave % kWavesAcross * 8 + lane % 8) * 4;

  Value acc[TM][TN] = {};  // (TM,TN)
  // Fragments of step k + 1 are read while those of step k multiply. Without the empty asm the
  // compiler hoists all BK steps' reads to the top and runs out of registers.
  const auto multiply = [&](uint32_t buffer) {
    Value4 a4[2][TM / 4], b4[2][TN / 4];  // (parity,TM/4), (parity,TN/4)
    const auto read = [&](int k) {
#pragma unroll
      for (int i = 0; i < TM / 4; ++i)
        a4[k % 2][i] = *reinterpret_cast<const Value4*>(
            &shared.operands.a[buffer][k][i * T::kChunkRows + row]);
#pragma unroll
      for (int j = 0; j < TN / 4; ++j)
        b4[k % 2][j] = *reinterpret_cast<const Value4*>(
            &shared.operands.b[buffer][k][j * T::kChunkColumns + column]);
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
          acc[i][j] = multiply_staged(a4[k % 2][i / 4][i % 4], b4[k % 2][j / 4][j % 4], acc[i][j]);
    }
  };

  // Tile `step` is loaded while tile `step` - 1 is multiplied.
#pragma unroll 1
  for (uint32_t step = 0; steps > 0 && step <= steps; ++step) {
    if (step < steps) load(step);
    if (step > 0) {
      // The first step of a table was the last to need the table before it.
      if (step % T::kStepsPerTable == 0 && wave == 0)
        fill_table(step / T::kStepsPerTable + 1, lane);
      multiply((step - 1) % 2);
    }
    if (step < steps) stage(step % 2);
    lds_barrier();
  }

  if (steps == 0) lds_barrier();  // else the last step's

  // Through LDS to memory, so that lanes store neighbours in memory whatever the layout and the
  // epilogue is compiled once.
  const auto p = reload_argument<ImplicitGemmParams>();
  const IndexSpace& stored = kWeights ? p.tap : p.pixel;
  const bool is_partial = p.splits.divisor > 1;
  for (uint32_t j = thread; j < BN; j += T::kThreads) {
    const uint32_t index = j0 + j;
    Offset offset = OffsetOf<kWide>::kOutside;
    if (index < j_count) {
      offset = is_partial ? index * static_cast<Offset>(sizeof(Value))
                          : other_offset<kWide>(stored, digits_of(stored, column_digits, index));
    }
    shared.out[j] = offset;
  }
  Value* const partial =
      static_cast<Value*>(p.partial) + uint64_t{rest} * (p.m.divisor * p.columns.divisor);
  const Offset out_row =
      is_partial ? static_cast<Offset>(p.columns.divisor) * static_cast<Offset>(sizeof(Value))
                 : static_cast<Offset>(p.out_row);
  const bool along_m = !is_partial && (p.flags & kImplicitGemmStoreAlongM) != 0;
  const uint32_t first_row = along_m ? thread % T::kChunkRows : thread / T::kChunkColumns;
  const uint32_t first_column = along_m ? thread / T::kChunkRows : thread % T::kChunkColumns;
  const uint32_t row_step = along_m ? 0 : T::kThreads / T::kChunkColumns;
  const uint32_t column_step = along_m ? T::kThreads / T::kChunkRows : 0;
  constexpr int kElements = T::kChunkRows * T::kChunkColumns / T::kThreads;
#pragma unroll 1
  for (int chunk = 0; chunk < T::kChunksDown * T::kChunksAcross; ++chunk) {
    const int down = chunk / T::kChunksAcross, across = chunk % T::kChunksAcross;
    if (chunk > 0) lds_barrier();
#pragma unroll
    for (int q = 0; q < T::kChunksDown * T::kChunksAcross; ++q) {
      if (q != chunk) continue;
      constexpr int kAcross = T::kChunksAcross;
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        Value* const from = &acc[q / kAcross * 4 + i][q % kAcross * 4];
        // Opaque values: otherwise the quads are put together ahead of the loop, in as many
        // registers again.
#pragma unroll
        for (int e = 0; e < 4; ++e) asm volatile("" : "+v"(from[e]));
        *reinterpret_cast<Value4*>(&shared.chunk[row + i][column]) =
            Value4{from[0], from[1], from[2], from[3]};
      }
    }
    lds_barrier();
    const uint32_t first_m = m0 + down * T::kChunkRows + first_row;
    const Offset* const out_of = shared.out + across * T::kChunkColumns;
    if constexpr (!kWide) {
      // Without an epilogue: a few instructions an element.
      const auto store_chunk = [&](auto* to) {
        using Out = std::remove_pointer_t<decltype(to)>;
        const BufferResource buffer = make_buffer(to);
        uint32_t m = first_m, chunk_row = first_row, chunk_column = first_column;
#pragma unroll 4
        for (int i = 0; i < kElements; ++i) {
          const uint32_t offset = m * out_row + out_of[chunk_column];
          buffer_store(buffer, m < p.m.divisor ? offset : kOutsideBuffer,
                       element_of<Out>(shared.chunk[chunk_row][chunk_column]));
          m += row_step;
          chunk_row += row_step;
          chunk_column += column_step;
        }
      };
      char* const out = static_cast<char*>(p.out) + group * p.out_group + of_class.out[0] +
                        of_class.out[1] + of_class.out[2];
      if (is_partial) {
        store_chunk(partial);
        continue;
      }
      if (is_plain(p.epilogue)) {
        if constexpr (std::is_same<Element, int8_t>::value) {
          if (p.out_type == kImplicitGemmOutInt8) store_chunk(reinterpret_cast<int8_t*>(out));
          if (p.out_type == kImplicitGemmOutInt32) store_chunk(reinterpret_cast<int32_t*>(out));
          if (p.out_type == kImplicitGemmOutFloat) store_chunk(reinterpret_cast<float*>(out));
        } else {
          store_chunk(reinterpret_cast<Element*>(out));
        }
        continue;
      }
    }
    uint32_t m = first_m, chunk_row = first_row, chunk_column = first_column;
#pragma unroll 1
    for (int i = 0; i < kElements; ++i) {
      const uint32_t j = j0 + across * T::kChunkColumns + chunk_column;
      if (m < p.m.divisor && j < j_count) {
        const Value value = shared.chunk[chunk_row][chunk_column];
        const uint64_t offset = m * out_row + out_of[chunk_column];
        if (kWide && is_partial) {
          store_global(reinterpret_cast<Value*>(reinterpret_cast<char*>(partial) + offset), value);
        } else {
          store_sum<Element, kWeights>(p, of_class, offset, value, group, m, j);
        }
      }
      m += row_step;
      chunk_row += row_step;
      chunk_column += column_step;
    }
  }
}

// Adds up the partial sums: a work item an output, tiles_m workgroups for each group and class.
template <class Element, bool kWeights>
__device__ inline void implicit_gemm_sum(const ImplicitGemmParams& p) {
  using Value = Accumulator<Element>;
  const uint32_t batch = quotient(blockIdx.x, p.tiles_m);
  const uint32_t index =
      remainder(blockIdx.x, batch, p.tiles_m) * kImplicitGemmSumThreads + threadIdx.x;
  const uint32_t size = p.m.divisor * p.columns.divisor;
  const uint32_t number = quotient(batch, p.groups);  // of the class
  const uint32_t group = remainder(batch, number, p.groups);
  __shared__ ClassParams of_class;
  if (__builtin_amdgcn_readfirstlane(threadIdx.x) == 0) fill_class_params(of_class, p, number);
  lds_barrier();
  if (index >= size) return;
  uint32_t m, j;
  if (p.flags & kImplicitGemmStoreAlongM) {
    j = quotient(index, p.m);
    m = remainder(index, j, p.m);
  } else {
    m = quotient(index, p.columns);
    j = remainder(index, m, p.columns);
  }
  if (j >= (kWeights ? of_class.all_taps(p) : of_class.pixels(p))) return;
  const Value* partial = static_cast<const Value*>(p.partial) +
                         uint64_t{batch} * p.splits.divisor * size + (m * p.columns.divisor + j);
  Value sum = *partial;
  for (uint32_t split = 1; split < p.splits.divisor; ++split) {
    partial += size;
    sum += *partial;
  }
  const IndexSpace& columns = kWeights ? p.tap : p.pixel;
  const uint64_t offset =
      m * p.out_row +
      other_offset<true>(columns, digits_of(columns, kWeights ? of_class.tap : of_class.pixel, j));
  store_sum<Element, kWeights>(p, of_class, offset, sum, group, m, j);
}

}  // namespace rdna1conv
