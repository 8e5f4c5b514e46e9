#pragma once

// Source and multiply of the fused Winograd kernel (params/winograd.h).
//
// Waves of a workgroup that share a slice of c transform one channel each of a step, put it to LDS,
// and then multiply all channels of the step with their own filters: each input is loaded and
// transformed once for all the waves' output channels.
//
// Filters are uniform over a wave, but each serves one multiply-add of it: as scalars they would
// take all that the scalar cache gives, and their loads, which come in no order, would have to be
// waited for after 40 multiply-adds. So they lie in vector registers, spread over lanes, and the
// multiply-add takes each from its lane (DPP row_share); their loads stay in order and a channel
// ahead. Seen on the software device, 16 images (64,56,64): 169 % of the FMA peak with scalars, 191
// so.

#include <cstddef>

#include "element_types.h"
#include "tile/bfloat_sources.h"
#include "tile/column_sources.h"
#include "tile/row_sources.h"
#include "tile/sinks.h"
#include "tile/winograd_transform.h"

namespace rdna1conv::tile {

template <int M, int K>
struct WinogradShape {
  static constexpr int kTile = M;      // outputs along an axis
  static constexpr int kSide = M + 2;  // inputs along an axis
  static constexpr int kFrequencies = kSide * kSide;
  static constexpr int kRows = K, kColumns = M * M;  // of the sink: channels, outputs of a lane
  static constexpr int kFilters = kFrequencies * K;  // elements of U of a channel
  // Floats of LDS for a channel of 32 tiles, (kFrequencies / 4, 32, 4). Those past it let eight
  // lanes that hold four channels each of two tiles write 16 bytes to different banks.
  static constexpr int kPlane = kFrequencies * kWave + 8;
  static_assert(kFrequencies % 4 == 0 && kFilters % 16 == 0, "read by 4 and by 16");
};

// Where a tile lies.
struct WinogradTile {
  uint32_t image, h, w;  // of its first output
  bool exists;

  __device__ WinogradTile(const WinogradParams& p, uint32_t tile, uint32_t side)
      : exists(tile < p.tiles) {
    image = quotient(tile, p.image_tiles);
    const uint32_t in_image = remainder(tile, image, p.image_tiles);
    const uint32_t row = quotient(in_image, p.tiles_w);
    h = row * side;
    w = remainder(in_image, row, p.tiles_w) * side;
  }
};

// Bytes from a filter to its tap (i,j); of turned filters the first tap lies last.
__device__ inline uint32_t tap_offset(uint32_t first, const uint32_t* axis, uint32_t i,
                                      uint32_t j) {
  return first + i * axis[0] + j * axis[1];
}

// One, two or four dwords side by side; the rest as load_column() has it.
template <int Count>
__device__ inline Vector<Count> load_dwords(BufferResource buffer, uint32_t offset,
                                            uint32_t shift) {
  const auto of_lane = static_cast<int32_t>(offset), of_wave = static_cast<int32_t>(uniform(shift));
  if constexpr (Count == 1)
    return Vector<1>(buffer_load_f32(buffer, of_lane, of_wave, 0));
  else if constexpr (Count == 2)
    return buffer_load_f32x2(buffer, of_lane, of_wave, 0);
  else
    return buffer_load_f32x4(buffer, of_lane, of_wave, 0);
}

// Inputs under a tile, one channel at a time.
template <class Shape>
class WinogradPatch {
 public:
  // `channel`: of the step, bytes of x from its first one on.
  __device__ WinogradPatch(const TileConvParams& p, const WinogradTile& tile, const char* x,
                           uint32_t channel)
      : buffer_(make_buffer(x - p.gather.origin)) {
    const GatherAxis &height = p.gather.axis[1], &width = p.gather.axis[2];
    const uint32_t start =
        tile.image * p.gather.image + tile.h * height.step + tile.w * width.step + channel;
#pragma unroll
    for (uint32_t i = 0; i < Shape::kSide; ++i) {
      row_[i] = tile.exists && tile.h + i - height.pad < height.length ? start + i * height.step
                                                                       : kOutsideBuffer;
      column_[i] = tile.w + i - width.pad < width.length ? i * width.step : kOutsideBuffer;
    }
  }

  // `shift`: bytes to the step's first channel. Of absent channels nothing is read.
  template <class T>
  __device__ void load(T* value, uint32_t shift, bool present) const {  // (kSide,kSide)
#pragma unroll
    for (int i = 0; i < Shape::kSide; ++i) {
      const uint32_t row = present ? row_[i] : kOutsideBuffer;
#pragma unroll
      for (int j = 0; j < Shape::kSide; ++j)
        value[i * Shape::kSide + j] =
            load_column<T>(buffer_, __builtin_elementwise_add_sat(row, column_[j]), shift);
    }
  }

  // The same where rows of tiles are whole and padding is one pixel: columns 1 to M are a tile's
  // own, side by side in memory, and inside the input if the row is. `each(i, left, own, right)`
  // takes row i: T, as many dwords as M of them make, and T.
  template <class T, class Each>
  __device__ void load_rows(uint32_t shift, bool present, const Each& each) const {
    constexpr int kDwords = Shape::kTile * sizeof(T) / 4;
#pragma unroll
    for (int i = 0; i < Shape::kSide; ++i) {
      const uint32_t row = present ? row_[i] : kOutsideBuffer;
      const auto neighbour = [&](int j) {
        return load_column<T>(buffer_, __builtin_elementwise_add_sat(row, column_[j]), shift);
      };
      each(i, neighbour(0),
           load_dwords<kDwords>(buffer_, row + static_cast<uint32_t>(sizeof(T)), shift),
           neighbour(Shape::kTile + 1));
    }
  }
  __device__ void load_rows(float* value, uint32_t shift, bool present) const {  // (kSide,kSide)
    load_rows<float>(shift, present, [&](int i, float left, const auto& own, float right) {
      float* const to = value + i * Shape::kSide;
      to[0] = left;
#pragma unroll
      for (int j = 0; j < Shape::kTile; ++j) to[1 + j] = own[j];
      to[1 + Shape::kTile] = right;
    });
  }

 private:
  const BufferResource buffer_;
  uint32_t row_[Shape::kSide], column_[Shape::kSide];  // bytes, (kSide)
};

// Inputs under a lane's tile of one channel, on their way: pixel by pixel or by rows. arrived()
// holds the place in the program where they have to be there.
template <class Shape, class Element, bool kByRows>
struct WinogradInputs;

template <class Shape, bool kByRows>
struct WinogradInputs<Shape, float, kByRows> {
  float value[Shape::kFrequencies];  // (kSide,kSide)

  __device__ void load(const WinogradPatch<Shape>& patch, uint32_t shift, bool present) {
    if constexpr (kByRows)
      patch.load_rows(value, shift, present);
    else
      patch.load(value, shift, present);
  }
  __device__ void arrived() {}
  __device__ float at(int f) const { return value[f]; }
};

// bf16 in a register each, as bits.
template <class Shape>
struct WinogradInputs<Shape, BFloat16, false> {
  uint16_t value[Shape::kFrequencies];  // (kSide,kSide)

  __device__ void load(const WinogradPatch<Shape>& patch, uint32_t shift, bool present) {
    patch.load(value, shift, present);
  }
  __device__ void arrived() {}
  __device__ float at(int f) const { return float_of_bfloat(value[f]); }
};

// A tile's own pixels of a row two in a register, and its neighbours.
template <class Shape>
struct WinogradInputs<Shape, BFloat16, true> {
  static constexpr int kSide = Shape::kSide, kWords = Shape::kTile / 2;
  uint16_t left[kSide], right[kSide];
  float own[kSide][kWords];  // (kSide,kTile), as bits

  __device__ void load(const WinogradPatch<Shape>& patch, uint32_t shift, bool present) {
    patch.template load_rows<uint16_t>(
        shift, present, [&](int i, uint16_t first, const Vector<kWords>& pixels, uint16_t last) {
          left[i] = first;
#pragma unroll
          for (int j = 0; j < kWords; ++j) own[i][j] = pixels[j];
          right[i] = last;
        });
  }
  // Else clang 15 takes the words apart as soon as they come, and waits for each.
  __device__ void arrived() {
#pragma unroll
    for (auto& row : own)
#pragma unroll
      for (float& word : row) asm volatile("" : "+v"(word));
  }
  __device__ float at(int f) const {
    const int i = f / kSide, j = f % kSide;
    if (j == 0) return float_of_bfloat(left[i]);
    if (j == kSide - 1) return float_of_bfloat(right[i]);
    const auto word = __builtin_bit_cast(uint32_t, own[i][(j - 1) / 2]);
    return j % 2 == 1 ? float_of_bfloat(word) : __builtin_bit_cast(float, word & 0xffff0000u);
  }
};

// V of a channel to LDS. `plane`: the lane's tile in it.
template <class Shape>
__device__ inline void store_transformed(const float* value, float* plane) {
#pragma unroll
  for (int f = 0; f < Shape::kFrequencies; f += 4) {
    const Vector<4> quad{value[f], value[f + 1], value[f + 2], value[f + 3]};
    *reinterpret_cast<Vector<4>*>(plane + f * kWave) = quad;
  }
}

// The sums of K output channels at all frequencies.
template <class Shape>
struct WinogradSums {
  float value[Shape::kRows][Shape::kFrequencies] = {};  // (kRows,kFrequencies)
};

// sum += what lane `Lane` of each row of 16 lanes holds of `shared`, times `value`. As an
// instruction, for clang 15 does not fold the move between lanes into a multiply-add.
template <int Lane>
__device__ inline void add_shared_product(float& sum, float shared, float value) {
  asm("v_fmac_f32_dpp %0, %1, %2 row_share:%3 row_mask:0xf bank_mask:0xf"
      : "+v"(sum)
      : "v"(shared), "v"(value), "i"(Lane));
}

// The filters of a channel. Each row of 16 lanes holds all of them, spread over its lanes: by fours
// as far as they go, the rest one by one.
template <class Shape>
struct WinogradFilters {
  static constexpr int kFours = Shape::kFilters / 64, kOnes = Shape::kFilters % 64 / 16;
  Vector<4> four[kFours];
  float one[kOnes + 1];

  // `row`: bytes of the buffer to the channels of the lane's row of 16; `offset`: from there to the
  // channel, uniform.
  __device__ void load(BufferResource filters, uint32_t row, uint32_t offset) {
    unroll<Shape::kFrequencies>([&](auto f) { reload<f + 1>(filters, row, offset); });
  }
  // Of another channel those that the first `Done` frequencies were the last to need.
  template <int Done>
  __device__ void reload(BufferResource filters, uint32_t row, uint32_t offset) {
    constexpr int kDone = Done * Shape::kRows;
    const uint32_t lane = threadIdx.x % 16;
    if constexpr (kDone % 64 == 0) {
      constexpr int i = kDone / 64 - 1;
      four[i] = buffer_load_f32x4(filters, static_cast<int32_t>(row + lane * 16),
                                  static_cast<int32_t>(offset + i * 256), 0);
    }
    if constexpr (Done == Shape::kFrequencies) {
#pragma unroll
      for (int i = 0; i < kOnes; ++i)
        one[i] = load_column(filters, row + lane * 4, offset + kFours * 256 + i * 64);
    }
  }
  // The same from LDS.
  __device__ void load(const float* filters) {
    const uint32_t lane = threadIdx.x % 16;
#pragma unroll
    for (int i = 0; i < kFours; ++i)
      four[i] = *reinterpret_cast<const Vector<4>*>(filters + lane * 4 + i * 64);
#pragma unroll
    for (int i = 0; i < kOnes; ++i) one[i] = filters[lane + kFours * 64 + i * 16];
  }
  // sum += filter I * value
  template <int I>
  __device__ void add_product(float& sum, float value) const {
    if constexpr (I < kFours * 64) {
      add_shared_product<I % 64 / 4>(sum, four[I / 64][I % 4], value);
    } else {
      add_shared_product<I % 16>(sum, one[(I - kFours * 64) / 16], value);
    }
  }
};

// Filters that a launch of its own has transformed, asked for across steps. With kRefills a
// channel's are asked for as soon as those two channels before are used up: loads come in order,
// and two channels' products cover the wait for a step's inputs, behind which the third one's
// filters come. Seen on the software device, 16 images: (64,56,64) 201 % of the FMA peak instead of
// 197, (128,28,128) 209 and 191, (256,14,256) 144 and 139. Else while the one before is multiplied.
template <class Shape, bool RefillsFilters>
class TransformedFilters {
 public:
  static constexpr bool kRefills = RefillsFilters;
  template <int Frequencies>
  static constexpr int kPiece = Frequencies == 36 ? 12 : 8;
  // `u`: of a wave's K from its first channel on. `row`: as WinogradFilters has it. `turn`: the
  // channel to begin with, an even one; after the last of `count` the first one follows.
  __device__ TransformedFilters(const float* u, uint32_t row, uint32_t turn, uint32_t count)
      : buffer_(make_buffer(u)),
        row_(row),
        end_((count + 1) / 2 * 2 * kChannel),
        offset_(turn * kChannel) {}

  __device__ void begin(WinogradFilters<Shape>* filters) {
    next(filters[0], false);
    if constexpr (kRefills) next(filters[1], false);
  }
  __device__ void begin_step(WinogradFilters<Shape>&) {}
  __device__ void next(WinogradFilters<Shape>& filters, bool) {
    filters.load(buffer_, row_, offset_);
    advance();
  }
  template <int Done>
  __device__ void refill(WinogradFilters<Shape>& filters) {
    filters.template reload<Done>(buffer_, row_, offset_);
    if constexpr (Done == Shape::kFrequencies) advance();
  }

 private:
  __device__ void advance() {
    offset_ += kChannel;
    offset_ = offset_ == end_ ? 0 : offset_;
  }

  static constexpr uint32_t kChannel = Shape::kFilters * 4;  // bytes
  const BufferResource buffer_;
  const uint32_t row_, end_;  // bytes
  uint32_t offset_;           // of what is asked for next, bytes
};

template <class Shape, class Source>
class WinogradMultiply {
  // Inputs come from LDS piece by piece, while the piece before is multiplied.
  static constexpr int kPiece = Source::template kPiece<Shape::kFrequencies>;  // frequencies
  static constexpr int kPieces = Shape::kFrequencies / kPiece;
  struct Piece {
    Vector<4> v[kPiece / 4];
    __device__ void load(const float* plane, int piece) {
#pragma unroll
      for (int i = 0; i < kPiece / 4; ++i)
        v[i] = *reinterpret_cast<const Vector<4>*>(plane + (piece * kPiece + i * 4) * kWave);
    }
  };

 public:
  __device__ explicit WinogradMultiply(Source& source) : source_(source) {
    source_.begin(filters_);
  }

  // Products of `pairs` times two channels, at least one pair, whose V begin at `plane`, the lane's
  // tile in it.
  __device__ void add(uint32_t pairs, const float* plane, WinogradSums<Shape>& sum) {
    Piece piece[2];
    source_.begin_step(filters_[0]);
    piece[0].load(plane, 0);
    const auto add_pair = [&] {
      unroll<2>([&](auto channel) {
        // While this channel is multiplied the next one's filters come.
        if constexpr (!Source::kRefills)
          source_.next(filters_[1 - channel], channel == 1 && pairs == 1);
        unroll<kPieces>([&](auto i) {
          constexpr int kNow = (channel * kPieces + i) % 2;
          if constexpr (i + 1 < kPieces) {
            piece[1 - kNow].load(plane, i + 1);
          } else {
            // After the last channel its inputs again, for nobody.
            if (channel == 0 || pairs > 1) plane += Shape::kPlane;
            piece[1 - kNow].load(plane, 0);
          }
          __builtin_amdgcn_sched_barrier(0);
          unroll<kPiece>([&](auto f) {
            constexpr int kFrequency = i * kPiece + f;
            unroll<Shape::kRows>([&](auto k) {
              filters_[channel].template add_product<kFrequency * Shape::kRows + k>(
                  sum.value[k][kFrequency], piece[kNow].v[f / 4][f % 4]);
            });
            if constexpr (Source::kRefills)
              source_.template refill<kFrequency + 1>(filters_[channel]);
          });
          __builtin_amdgcn_sched_barrier(0);
        });
      });
    };
    if constexpr (Source::kRefills) {
      add_pair();
      --pairs;
      if (pairs == 0) return;
    }
    for (;;) {
      add_pair();
      if (--pairs == 0) break;
    }
  }

 private:
  Source& source_;
  WinogradFilters<Shape> filters_[2];
};

// The outputs of a lane's tile, as tile/sinks.h takes columns.
template <class Shape>
struct WinogradOutputs {
  uint32_t h, w, height, width;  // of the tile's first output; of the output, 0 without a tile
  uint32_t start, image;         // bytes from y to the first; pixels before the image

  __device__ WinogradOutputs(const TileConvParams& p, const WinogradTile& tile)
      : h(tile.h), w(tile.w), width(p.gather.space.width.divisor) {
    const uint32_t volume = p.gather.space.volume.divisor;
    height = tile.exists ? quotient(volume, p.gather.space.width) : 0;
    start = tile.image * p.y_image + h * p.y_axis[1] + w * p.y_axis[2];
    image = tile.image * volume;
  }
  __device__ bool has(uint32_t j) const {
    return h + j / Shape::kTile < height && w + j % Shape::kTile < width;
  }
  __device__ uint32_t index(uint32_t j) const {
    return image + (h + j / Shape::kTile) * width + w + j % Shape::kTile;
  }
  __device__ uint32_t pixel_offset(const TileConvParams& p, uint32_t j) const {
    return start + j / Shape::kTile * p.y_axis[1] + j % Shape::kTile * p.y_axis[2];
  }
  // Whether the rows of all tiles are whole and their pixels lie side by side.
  __device__ bool are_runs(const TileConvParams& p, uint32_t element) const {
    return p.y_axis[2] == element && width % Shape::kTile == 0;
  }
};
template <class Shape>
inline constexpr int kRun<WinogradOutputs<Shape>> = Shape::kTile;

}  // namespace rdna1conv::tile
