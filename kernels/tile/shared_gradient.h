#pragma once

// Gradients of filters through LDS: params/shared_weights.h.

#include "element_types.h"
#include "params/shared_weights.h"
#include "params/winograd.h"
#include "tile/column_sources.h"
#include "tile/pixel_walk.h"
#include "tile/winograd.h"

namespace rdna1conv::tile {

// Of a workgroup with WavesK waves along k and WavesC along c.
template <int WavesK, int WavesC>
struct SharedGradientShape {
  static constexpr int kWavesK = WavesK, kWaves = WavesK * WavesC;
  static constexpr int kRows = kSharedWeightsRows, kColumns = kSharedWeightsColumns;
  static constexpr int kK = kRows * WavesK, kC = kWave * kColumns * WavesC;  // of the workgroup
  // Floats of LDS from a channel to the next: of 32 pixels, and four so that eight lanes with
  // neighbouring channels read 16 bytes of different banks.
  static constexpr int kPitch = kWave + 4;
  static constexpr int kShared = (kK + kC) * kPitch;
};

// What buffer loads bring of an element.
template <class T>
__device__ inline float load_as_float(BufferResource buffer, uint32_t offset, uint32_t shift) {
  if constexpr (sizeof(T) == sizeof(float)) {
    return load_column(buffer, offset, shift);
  } else {
    return static_cast<float>(__builtin_bit_cast(T, load_column<uint16_t>(buffer, offset, shift)));
  }
}

// A step of one tensor, 32 pixels of Channels channels: lane l of each wave has pixel l, and wave w
// loads channels w, w + Waves, ...
template <int Channels, int Waves, class T>
struct PixelsInLanes {
  static constexpr int kLoads = Channels / Waves;
  float value[kLoads];

  // `first`: the workgroup's first channel of the tensor's `channels`, `bytes` apart.
  __device__ void load(BufferResource buffer, uint32_t pixel, uint32_t wave, uint32_t first,
                       uint32_t channels, uint32_t bytes) {
#pragma unroll
    for (uint32_t i = 0; i < kLoads; ++i) {
      const uint32_t channel = first + wave + i * Waves;
      value[i] =
          load_as_float<T>(buffer, pixel, channel < channels ? channel * bytes : kOutsideBuffer);
    }
  }
  template <int Pitch>
  __device__ void store(float* shared, uint32_t wave) const {
    float* const to = shared + wave * Pitch + threadIdx.x % kWave;
#pragma unroll
    for (int i = 0; i < kLoads; ++i) to[i * Waves * Pitch] = value[i];
  }
};

// The same for channels last: lane l has channels l, l + 32, ..., and each wave its part of the
// pixels, whose places the lanes of PixelWalk know.
template <int Channels, int Waves, class T>
struct ChannelsInLanes {
  static constexpr int kPixels = kWave / Waves, kBlocks = Channels / kWave;
  float value[kPixels][kBlocks];

  __device__ void load(BufferResource buffer, uint32_t pixel, uint32_t wave, uint32_t first,
                       uint32_t channels, uint32_t bytes) {
    const uint32_t channel = first + threadIdx.x % kWave;
#pragma unroll
    for (uint32_t i = 0; i < kPixels; ++i) {
      const uint32_t place = __builtin_amdgcn_readlane(pixel, wave * kPixels + i);
#pragma unroll
      for (uint32_t j = 0; j < kBlocks; ++j) {
        const uint32_t each = channel + j * kWave;
        value[i][j] =
            load_as_float<T>(buffer, each < channels ? each * bytes : kOutsideBuffer, place);
      }
    }
  }
  template <int Pitch>
  __device__ void store(float* shared, uint32_t wave) const {
    float* const to = shared + threadIdx.x % kWave * Pitch + wave * kPixels;
#pragma unroll
    for (int i = 0; i < kPixels; ++i)
#pragma unroll
      for (int j = 0; j < kBlocks; ++j) to[j * kWave * Pitch + i] = value[i][j];
  }
};

// Sums of a wave's 16 output channels and a lane's channels, four pixels at a time. Lane l of each
// row of 16 holds what output channel l has, and the multiply-add takes it from there (DPP
// row_share, tile/winograd.h).
template <class Shape>
struct SharedGradientProducts {
  struct Stage {
    Vector<4> dy;
    Vector<4> x[Shape::kColumns];
    __device__ void load(const float* of_k, const float* of_c) {
      dy = *reinterpret_cast<const Vector<4>*>(of_k);
#pragma unroll
      for (int j = 0; j < Shape::kColumns; ++j)
        x[j] = *reinterpret_cast<const Vector<4>*>(of_c + j * (kWave * Shape::kPitch));
    }
  };

  float sum[Shape::kRows][Shape::kColumns] = {};  // (kRows,kColumns)

  __device__ void add_step(const float* of_k, const float* of_c) {
    Stage stage[2];
    stage[0].load(of_k, of_c);
    uint32_t pairs = kWave / 8;
    do {
      unroll<2>([&](auto now) {
        // After the last four pixels those again, for nobody.
        if (now == 0 || pairs > 1) {
          of_k += 4;
          of_c += 4;
        }
        stage[1 - now].load(of_k, of_c);
        __builtin_amdgcn_sched_barrier(0);
        unroll<Shape::kRows>([&](auto k) {
#pragma unroll
          for (int e = 0; e < 4; ++e)
#pragma unroll
            for (int j = 0; j < Shape::kColumns; ++j)
              add_shared_product<k>(sum[k][j], stage[now].dy[e], stage[now].x[j][e]);
        });
        __builtin_amdgcn_sched_barrier(0);
      });
    } while (--pairs != 0);
  }
};

}  // namespace rdna1conv::tile
