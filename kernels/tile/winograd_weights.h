#pragma once

// Transforms and products of params/winograd_weights.h.

#include "element_types.h"
#include "params/winograd.h"
#include "params/winograd_weights.h"
#include "tile/winograd.h"

namespace rdna1conv::tile {

template <class Matrix>
struct Transposed : WinogradMatrix<Transposed<Matrix>, Matrix::kColumns, Matrix::kRows> {
  static constexpr float entry(int row, int column) { return Matrix::entry(column, row); }
};

// Of a workgroup with kWavesK waves along k and kWavesC along c.
template <int WavesK, int WavesC>
struct WinogradWeightsShape {
  static constexpr int kTile = 2, kSide = 4, kFrequencies = 16;
  static constexpr int kRows = kWinogradWeightsRows;  // k of a wave
  static constexpr int kTiles = kWinogradWeightsStep;
  static constexpr int kWavesK = WavesK, kWavesC = WavesC;
  static constexpr int kThreads = kWavesK * kWavesC * kWave;
  static constexpr int kK = kRows * kWavesK, kC = kWave * kWavesC;  // of the workgroup
  // Channels of a step that a work item transforms, 32 apart, all of the same tile.
  static constexpr int kItems = kThreads / kTiles;
  static constexpr int kItemsK = kK / kItems, kItemsC = kC / kItems;
  static_assert(kItems == kWave && kK % kItems == 0 && kC % kItems == 0, "");
  // Floats of LDS for a tile: (kWavesK, kFrequencies / 4, kRows, 4) and (kWavesC, kFrequencies / 4,
  // 32, 4). Those past it let eight lanes that hold the same channel of a step's tiles write 16
  // bytes to different banks.
  static constexpr int kPlaneK = kK * kFrequencies + 4, kPlaneC = kC * kFrequencies + 4;
  static constexpr int kSharedK = kTiles * kPlaneK, kShared = kSharedK + kTiles * kPlaneC;
};

// What buffer loads bring of an element.
template <class T>
struct LoadedAs {
  using Type = uint16_t;
};
template <>
struct LoadedAs<float> {
  using Type = float;
};
template <class T>
__device__ inline float float_of(typename LoadedAs<T>::Type bits) {
  if constexpr (sizeof(T) == sizeof(float)) {
    return bits;
  } else {
    return static_cast<float>(__builtin_bit_cast(T, bits));
  }
}

// The patches of a tile's Side x Side pixels: a place for each row and column, outside the buffer
// where there is no pixel.
template <int Side>
struct PatchPlaces {
  uint32_t row[Side], column[Side];  // bytes

  // `start`: bytes to the first pixel; `h`, `w`: its place, below 0 in padding.
  __device__ PatchPlaces(uint32_t start, bool exists, uint32_t h, uint32_t w,
                         const uint32_t (&length)[2], const uint32_t (&axis)[2]) {
#pragma unroll
    for (uint32_t i = 0; i < Side; ++i) {
      row[i] = exists && h + i < length[0] ? start + i * axis[0] : kOutsideBuffer;
      column[i] = w + i < length[1] ? i * axis[1] : kOutsideBuffer;
    }
  }
  // Of the channel `shift` bytes on, nothing if it is absent.
  template <class Bits>
  __device__ void load(BufferResource buffer, uint32_t shift, bool present, Bits* value) const {
#pragma unroll
    for (int i = 0; i < Side; ++i) {
      const uint32_t of_row = present ? row[i] : kOutsideBuffer;
#pragma unroll
      for (int j = 0; j < Side; ++j)
        value[i * Side + j] =
            load_column<Bits>(buffer, __builtin_elementwise_add_sat(of_row, column[j]), shift);
    }
  }
};

// What a work item loads a step ahead: a tile of kItemsK output channels and kItemsC channels.
template <class Shape, class T>
class WinogradWeightsItems {
  using Bits = typename LoadedAs<T>::Type;

 public:
  // `first_k`, `first_c`: of the workgroup.
  __device__ WinogradWeightsItems(const WinogradWeightsParams& p, uint32_t group, uint32_t first_k,
                                  uint32_t first_c)
      : p_(p),
        dy_(make_buffer(p.dy + group * p.y_group)),
        x_(make_buffer(p.x + group * p.x_group - p.origin)),
        tile_(p.channels_in_lanes ? threadIdx.x / kWave : threadIdx.x % Shape::kTiles),
        item_(p.channels_in_lanes ? threadIdx.x % kWave : threadIdx.x / Shape::kTiles),
        k_(first_k + item_),
        c_(first_c + item_) {}

  // The step from tile `first` on; those from `end` on are zero.
  __device__ void load(uint32_t first, uint32_t end) {
    const uint32_t tile = first + tile_;
    const uint32_t image = quotient(tile, p_.image_tiles);
    const uint32_t in_image = remainder(tile, image, p_.image_tiles);
    const uint32_t row = quotient(in_image, p_.tiles_w);
    const uint32_t h = row * Shape::kTile;
    const uint32_t w = remainder(in_image, row, p_.tiles_w) * Shape::kTile;
    const PatchPlaces<Shape::kTile> of_dy(
        image * p_.y_image + h * p_.y_axis[0] + w * p_.y_axis[1] + k_ * p_.y_channel, tile < end, h,
        w, p_.out, p_.y_axis);
    const PatchPlaces<Shape::kSide> of_x(
        image * p_.x_image + h * p_.x_axis[0] + w * p_.x_axis[1] + c_ * p_.x_channel, tile < end,
        h - p_.pad[0], w - p_.pad[1], p_.in, p_.x_axis);
#pragma unroll
    for (int i = 0; i < Shape::kItemsK; ++i)
      of_dy.load(dy_, i * Shape::kItems * p_.y_channel, k_ + i * Shape::kItems < p_.k, dy_bits_[i]);
#pragma unroll
    for (int i = 0; i < Shape::kItemsC; ++i)
      of_x.load(x_, i * Shape::kItems * p_.x_channel, c_ + i * Shape::kItems < p_.c, x_bits_[i]);
  }

  // U and V of what was loaded, in place of what LDS has: store() after the barrier.
  __device__ void transform() {
    using OfDy = Transposed<WinogradOutputMatrix<float, Shape::kTile>>;
    constexpr int kPixels = Shape::kTile * Shape::kTile;
#pragma unroll
    for (int i = 0; i < Shape::kItemsK; ++i) {
      float dy[kPixels];
#pragma unroll
      for (int j = 0; j < kPixels; ++j) dy[j] = float_of<T>(dy_bits_[i][j]);
      transform_by_entries<OfDy>(dy, u_[i]);
    }
#pragma unroll
    for (int i = 0; i < Shape::kItemsC; ++i) {
#pragma unroll
      for (int j = 0; j < Shape::kFrequencies; ++j) v_[i][j] = float_of<T>(x_bits_[i][j]);
      transform_input<Shape::kTile>(v_[i]);
    }
  }
  __device__ void store(float* shared) const {
    constexpr int kRows = Shape::kRows;
    float* const of_k = shared + tile_ * Shape::kPlaneK +
                        item_ / kRows * (kRows * Shape::kFrequencies) + item_ % kRows * 4;
#pragma unroll
    for (int i = 0; i < Shape::kItemsK; ++i)
      store_quads(u_[i], of_k + i * (Shape::kItems * Shape::kFrequencies), kRows * 4);
    float* const of_c = shared + Shape::kSharedK + tile_ * Shape::kPlaneC + item_ * 4;
#pragma unroll
    for (int i = 0; i < Shape::kItemsC; ++i)
      store_quads(v_[i], of_c + i * (kWave * Shape::kFrequencies), kWave * 4);
  }

 private:
  __device__ static void store_quads(const float* value, float* to, int pitch) {
#pragma unroll
    for (int f = 0; f < Shape::kFrequencies; f += 4)
      *reinterpret_cast<Vector<4>*>(to + f / 4 * pitch) = {value[f], value[f + 1], value[f + 2],
                                                           value[f + 3]};
  }

  const WinogradWeightsParams& p_;
  const BufferResource dy_, x_;
  const uint32_t tile_, item_;  // of the step; channel of the workgroup's
  const uint32_t k_, c_;        // the first of both
  Bits dy_bits_[Shape::kItemsK][Shape::kTile * Shape::kTile];
  Bits x_bits_[Shape::kItemsC][Shape::kFrequencies];
  float u_[Shape::kItemsK][Shape::kFrequencies], v_[Shape::kItemsC][Shape::kFrequencies];
};

// Sums of a lane's channel and a wave's output channels over the tiles of a step. As with the
// filters of the forward kernel (tile/winograd.h), U lies spread over the 16 lanes of a row, and
// the multiply-add takes each element from its lane.
template <class Shape>
struct WinogradWeightsProducts {
  static constexpr int kFours = Shape::kFrequencies * Shape::kRows / 64;
  struct Stage {
    Vector<4> u[kFours];                   // lane l of a row has quad l, l + 16, ...
    Vector<4> v[Shape::kFrequencies / 4];  // (kFrequencies)
    __device__ void load(const float* of_k, const float* of_c) {
#pragma unroll
      for (int i = 0; i < kFours; ++i) u[i] = *reinterpret_cast<const Vector<4>*>(of_k + i * 64);
#pragma unroll
      for (int i = 0; i < Shape::kFrequencies / 4; ++i)
        v[i] = *reinterpret_cast<const Vector<4>*>(of_c + i * (kWave * 4));
    }
  };

  float sum[Shape::kRows][Shape::kFrequencies] = {};  // (kRows,kFrequencies)

  // `of_k`, `of_c`: the lane's part of the first tile's planes.
  __device__ void add_step(const float* of_k, const float* of_c) {
    Stage stage[2];
    stage[0].load(of_k, of_c);
    uint32_t pairs = Shape::kTiles / 2;
    do {
      unroll<2>([&](auto now) {
        // After the last tile its planes again, for nobody.
        if (now == 0 || pairs > 1) {
          of_k += Shape::kPlaneK;
          of_c += Shape::kPlaneC;
        }
        stage[1 - now].load(of_k, of_c);
        __builtin_amdgcn_sched_barrier(0);
        add_products(stage[now]);
        __builtin_amdgcn_sched_barrier(0);
      });
    } while (--pairs != 0);
  }

 private:
  __device__ void add_products(const Stage& stage) {
    unroll<Shape::kFrequencies / 4>([&](auto quad) {
      unroll<Shape::kRows>([&](auto k) {
        constexpr int kQuad = quad * Shape::kRows + k;
#pragma unroll
        for (int e = 0; e < 4; ++e)
          add_shared_product<kQuad % 16>(sum[k][quad * 4 + e], stage.u[kQuad / 16][e],
                                         stage.v[quad][e]);
      });
    });
  }
};

}  // namespace rdna1conv::tile
