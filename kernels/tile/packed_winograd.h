#pragma once

// Source and multiply of the packed Winograd kernel (params/packed_winograd_tiles.h).
//
// Packed products have no DPP, so filters come through scalar registers, which is what bounds this
// loop: a register serves one instruction. Inputs of an octet of channels and a frequency are one
// LDS read of a lane.

#include "tile/packed_sources.h"
#include "tile/winograd.h"

namespace rdna1conv::tile {

template <int M, int K>
struct PackedWinogradShape {
  static constexpr int kTile = M, kSide = M + 2, kFrequencies = kSide * kSide;
  static constexpr int kRows = K, kColumns = M * M;  // of the sink
  static constexpr int kPairRows = K / 2;
  // Words of LDS for an octet of 32 tiles, (kFrequencies, 32, 4): eight channels of a tile side by
  // side.
  static constexpr int kPlane = kFrequencies * kWave * 4;
  // Of U: words of a row, frequencies whose rows two of which fit the scalar registers.
  static constexpr int kRowWords = kOctet * K / 2, kStage = 32 / kRowWords;
  static constexpr int kStages = kFrequencies / kStage;
  static_assert(kStages % 2 == 0, "two stages are in registers");
};

// A lane's inputs of two channels, c and c + 1, on their way. arrived() holds the place in the
// program where they have to be there.
template <class Shape>
struct InputHalves {
  uint16_t low[Shape::kFrequencies], high[Shape::kFrequencies];  // (kSide,kSide)

  // `channel`: bytes from a channel to the next. `left`: channels that there are.
  __device__ void load(const WinogradPatch<Shape>& patch, uint32_t shift, uint32_t channel,
                       int32_t left) {
    patch.load(low, shift, left > 0);
    patch.load(high, shift + channel, left > 1);
  }
  __device__ void arrived() {}
  __device__ HalfPair at(int f) const {
    return pair_of(low[f] | static_cast<uint32_t>(high[f]) << 16);
  }
};
// The same by rows.
template <class Shape>
struct InputRows {
  static constexpr int kSide = Shape::kSide, kDwords = Shape::kTile / 2;
  struct Channel {
    uint16_t left[kSide], right[kSide];
    float own[kSide][kDwords];  // (kSide,kTile), as bits
  } low, high;

  __device__ void load(const WinogradPatch<Shape>& patch, uint32_t shift, uint32_t channel,
                       int32_t left) {
    load(patch, shift, left > 0, low);
    load(patch, shift + channel, left > 1, high);
  }
  // Else clang 15 puts both channels' halves together as soon as they come, and waits for each.
  __device__ void arrived() {
#pragma unroll
    for (int i = 0; i < kSide; ++i)
#pragma unroll
      for (int j = 0; j < kDwords; ++j)
        asm volatile("" : "+v"(low.own[i][j]), "+v"(high.own[i][j]));
  }
  __device__ HalfPair at(int f) const {
    const int i = f / kSide, j = f % kSide;
    if (j == 0) return pair_of(low.left[i] | static_cast<uint32_t>(high.left[i]) << 16);
    if (j == kSide - 1) return pair_of(low.right[i] | static_cast<uint32_t>(high.right[i]) << 16);
    // Of both channels' dwords the lower halves, or the upper ones.
    return pair_of(__builtin_amdgcn_perm(__builtin_bit_cast(uint32_t, high.own[i][(j - 1) / 2]),
                                         __builtin_bit_cast(uint32_t, low.own[i][(j - 1) / 2]),
                                         j % 2 == 1 ? 0x05040100 : 0x07060302));
  }

 private:
  __device__ static void load(const WinogradPatch<Shape>& patch, uint32_t shift, bool present,
                              Channel& to) {
    patch.template load_rows<uint16_t>(
        shift, present, [&](int i, uint16_t left, const Vector<kDwords>& own, uint16_t right) {
          to.left[i] = left;
#pragma unroll
          for (int j = 0; j < kDwords; ++j) to.own[i][j] = own[j];
          to.right[i] = right;
        });
  }
};
template <class Shape>
struct InputPairs {
  float both[Shape::kFrequencies];  // (kSide,kSide), as bits

  __device__ void load(const WinogradPatch<Shape>& patch, uint32_t shift, uint32_t, int32_t left) {
    patch.load(both, shift, left > 0);
  }
  __device__ void arrived() {}
  __device__ HalfPair at(int f) const { return __builtin_bit_cast(HalfPair, both[f]); }
};

template <class Shape>
class PackedWinogradMultiply {
  static constexpr int kPairs = Shape::kPairRows, kRowWords = Shape::kRowWords;
  struct Stage {
    Words<16> filters[2];            // (kStage,8,kPairs)
    Words<4> inputs[Shape::kStage];  // (kStage,8 / 2)

    __device__ HalfPair filter(int f, int channel, int pair) const {
      const int word = f * kRowWords + channel * kPairs + pair;
      return pair_of(filters[word / 16][word % 16]);
    }
    __device__ void load_filters(ScalarBytes at) {
#pragma unroll
      for (int i = 0; i < 2; ++i) filters[i] = *(ScalarWords<16>*)(at + i * 64);
    }
    __device__ void load_inputs(const uint32_t* plane, int stage) {
#pragma unroll
      for (int f = 0; f < Shape::kStage; ++f)
        inputs[f] =
            *reinterpret_cast<const Words<4>*>(plane + (stage * Shape::kStage + f) * kWave * 4);
    }
    // As PanelRows has it.
    __device__ void arrived() {
#pragma unroll
      for (auto& each : filters) asm volatile("" : "+s"(each));
      asm volatile("" ::: "memory");
    }
  };

 public:
  // `u`: of a wave's K from its first octet on.
  __device__ explicit PackedWinogradMultiply(ScalarBytes u) : u_(u) { stage_[0].load_filters(u_); }

  // Products of as many octets, at least one, whose V begin at `plane`, the lane's tile in it.
  __device__ void add(uint32_t octets, const uint32_t* plane, WinogradSums<Shape>& sum) {
    stage_[0].load_inputs(plane, 0);
    for (;;) {
      unroll<Shape::kStages>([&](auto s) {
        constexpr int kNow = s % 2;
        Stage &now = stage_[kNow], &next = stage_[1 - kNow];
        now.arrived();
        u_ += 128;
        if constexpr (s + 1 < Shape::kStages) {
          next.load_filters(u_);
          next.load_inputs(plane, s + 1);
        } else {
          u_ += kTapRows * kRowWords * 4;
          next.load_filters(u_);
          // After the last octet its inputs again, for nobody.
          if (octets > 1) plane += Shape::kPlane;
          next.load_inputs(plane, 0);
        }
        __builtin_amdgcn_sched_barrier(0);
        multiply<s>(now, sum);
        __builtin_amdgcn_sched_barrier(0);
      });
      if (--octets == 0) break;
    }
  }

 private:
  template <int S>
  __device__ void multiply(const Stage& stage, WinogradSums<Shape>& sum) const {
    HalfPair partial[Shape::kStage][kPairs];
#pragma unroll
    for (int c = 0; c < static_cast<int>(kOctet); ++c)
#pragma unroll
      for (int f = 0; f < Shape::kStage; ++f)
#pragma unroll
        for (int k = 0; k < kPairs; ++k) {
          const HalfPair filter = stage.filter(f, c, k);
          const HalfPair input = twice(pair_of(stage.inputs[f][c / 2]), c % 2);
          partial[f][k] = c == 0 ? filter * input : fma_of_pairs(filter, input, partial[f][k]);
        }
#pragma unroll
    for (int f = 0; f < Shape::kStage; ++f)
#pragma unroll
      for (int k = 0; k < kPairs; ++k)
        fold_pair(partial[f][k], sum.value[2 * k][S * Shape::kStage + f],
                  sum.value[2 * k + 1][S * Shape::kStage + f]);
  }

  ScalarBytes u_;
  Stage stage_[2];
};

// The outputs of a lane's tile summed in fp32 from the inputs and filters themselves, over
// `channels` from the `octet`th on. `u`: of a wave's K.
template <class Shape>
__device__ inline void convolve_exactly(const WinogradPatch<Shape>& patch, ScalarBytes u,
                                        uint32_t first, uint32_t end, uint32_t channel_bytes,
                                        Accumulators<Shape>& sum) {
  constexpr int kSide = Shape::kSide, kTile = Shape::kTile;
  constexpr uint32_t kRow = Shape::kRowWords * 4;  // bytes of a row of U
  sum = {};
#pragma unroll 1
  for (uint32_t channel = first; channel < end; ++channel) {
    uint16_t value[Shape::kFrequencies];  // (kSide,kSide)
    patch.load(value, channel * channel_bytes, true);
    const ScalarBytes taps =
        u +
        (uint64_t{channel / kOctet} * (Shape::kFrequencies + kTapRows) + Shape::kFrequencies) *
            kRow +
        channel % kOctet * (Shape::kPairRows * 4);
#pragma unroll
    for (int t = 0; t < static_cast<int>(kTapRows); ++t) {
      const auto filters = *(ScalarWords<Shape::kPairRows>*)(taps + t * kRow);
#pragma unroll
      for (int k = 0; k < Shape::kRows; ++k)
#pragma unroll
        for (int j = 0; j < Shape::kColumns; ++j) {
          const int at = (j / kTile + t / 3) * kSide + j % kTile + t % 3;
          sum.value[k][j] = multiply_add(pair_of(filters[k / 2])[k % 2],
                                         __builtin_bit_cast(Half, value[at]), sum.value[k][j]);
        }
    }
  }
}

}  // namespace rdna1conv::tile
