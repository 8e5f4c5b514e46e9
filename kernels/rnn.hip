// Recurrent networks beside their products; params/rnn.h.
#include <hip/hip_runtime.h>

#include <cstdint>

#include "element_types.h"
#include "global_memory.h"
#include "params/element_types.h"
#include "params/rnn.h"

namespace rdna1conv {
namespace {

__device__ inline float logistic(float x) { return 1 / (1 + expf(-x)); }

template <class T>
__device__ inline float value_at(const void* tensor, uint64_t at) {
  return static_cast<float>(static_cast<const T*>(tensor)[at]);
}
template <class T>
__device__ inline void store_at(void* tensor, uint64_t at, float value) {
  static_cast<T*>(tensor)[at] = static_cast<T>(value);
}

// A work item has one element of one row; blockIdx.y is the row.
template <RnnCell Cell, class T>
__device__ inline void forward(const RnnForwardParams& p) {
  constexpr uint32_t kGates = gates_of(Cell);
  const uint32_t j = blockIdx.x * kRnnThreads + threadIdx.x, row = blockIdx.y;
  if (j >= p.hidden) return;
  const uint64_t packed = uint64_t{row} * p.hidden + j;  // (row, hidden)
  const uint64_t strided = uint64_t{row} * p.row + j;

  // What comes of the input and of the state before, biases added.
  float input[kGates], recurrent[kGates];
#pragma unroll
  for (uint32_t gate = 0; gate < kGates; ++gate) {
    input[gate] = value_at<T>(p.input, uint64_t{row} * p.input_row + gate * p.input_gate + j);
    recurrent[gate] = value_at<T>(p.recurrent, (uint64_t{row} * kGates + gate) * p.hidden + j);
    if (p.bias != nullptr) {
      input[gate] += value_at<T>(p.bias, gate * p.hidden + j);
      recurrent[gate] += value_at<T>(p.bias, p.bias_recurrent + gate * p.hidden + j);
    }
  }

  const bool trains = p.gates != nullptr;
  const auto keep_gate = [&](uint32_t gate, float value) {
    if (trains) store_at<T>(p.gates, uint64_t{row} * p.gates_row + gate * p.hidden + j, value);
  };
  float h = 0;
  if (trains) static_cast<T*>(p.h_before)[strided] = static_cast<const T*>(p.h)[packed];
  if constexpr (Cell == RnnCell::kLstm) {
    const float in = logistic(input[0] + recurrent[0]), forget = logistic(input[1] + recurrent[1]),
                out = logistic(input[2] + recurrent[2]), candidate = tanhf(input[3] + recurrent[3]);
    const float before = p.c[packed];
    const float c = __builtin_fmaf(forget, before, in * candidate);
    h = out * tanhf(c);
    p.c[packed] = c;
    keep_gate(0, in);
    keep_gate(1, forget);
    keep_gate(2, out);
    keep_gate(3, candidate);
    if (trains) static_cast<float*>(p.kept)[strided] = before;
  } else if constexpr (Cell == RnnCell::kGru) {
    const float update = logistic(input[0] + recurrent[0]),
                reset = logistic(input[1] + recurrent[1]);
    const float candidate = tanhf(__builtin_fmaf(reset, recurrent[2], input[2]));
    const float before = value_at<T>(p.h, packed);
    h = __builtin_fmaf(update, before - candidate, candidate);
    keep_gate(0, update);
    keep_gate(1, reset);
    keep_gate(2, candidate);
    if (trains) store_at<T>(p.kept, strided, recurrent[2]);
  } else {
    const float sum = input[0] + recurrent[0];
    // A NaN stays one.
    h = Cell == RnnCell::kTanh ? tanhf(sum) : (sum < 0 ? 0 : sum);
  }
  store_at<T>(p.h, packed, h);
  store_at<T>(p.y, strided, h);
}

template <RnnCell Cell, class T>
__device__ inline void backward(const RnnBackwardParams& p) {
  const uint32_t j = blockIdx.x * kRnnThreads + threadIdx.x, row = blockIdx.y;
  if (j >= p.hidden) return;
  const uint64_t packed = uint64_t{row} * p.hidden + j;  // (row, hidden)
  const uint64_t strided = uint64_t{row} * p.row + j;
  const uint64_t first = uint64_t{row} * p.gates_row + j;
  const auto gate = [&](uint32_t g) { return value_at<T>(p.gates, first + g * p.hidden); };
  const auto store_gate = [&](void* tensor, uint32_t g, float value) {
    store_at<T>(tensor, first + g * p.hidden, value);
  };

  float dh = value_at<T>(p.dy, strided) + p.dh[packed];
  if (row < p.carried) dh += value_at<T>(p.product, packed);
  float rest = 0;  // of the gradient of the state before
  if constexpr (Cell == RnnCell::kLstm) {
    const float in = gate(0), forget = gate(1), out = gate(2), candidate = gate(3);
    const float before = static_cast<const float*>(p.kept)[strided];
    const float c = tanhf(__builtin_fmaf(forget, before, in * candidate));
    const float dc = p.dc[packed] + dh * out * (1 - c * c);
    store_gate(p.dgates, 0, dc * candidate * in * (1 - in));
    store_gate(p.dgates, 1, dc * before * forget * (1 - forget));
    store_gate(p.dgates, 2, dh * c * out * (1 - out));
    store_gate(p.dgates, 3, dc * in * (1 - candidate * candidate));
    p.dc[packed] = dc * forget;
  } else if constexpr (Cell == RnnCell::kGru) {
    const float update = gate(0), reset = gate(1), candidate = gate(2);
    const float before = value_at<T>(p.h, strided), kept = value_at<T>(p.kept, strided);
    const float d_candidate = dh * (1 - update) * (1 - candidate * candidate);
    const float d_update = dh * (before - candidate) * update * (1 - update);
    const float d_reset = d_candidate * kept * reset * (1 - reset);
    store_gate(p.dgates, 0, d_update);
    store_gate(p.dgates, 1, d_reset);
    store_gate(p.dgates, 2, d_candidate);
    store_gate(p.dgates_recurrent, 0, d_update);
    store_gate(p.dgates_recurrent, 1, d_reset);
    store_gate(p.dgates_recurrent, 2, d_candidate * reset);
    rest = dh * update;
  } else {
    const float h = value_at<T>(p.h, strided);
    store_gate(p.dgates, 0, Cell == RnnCell::kTanh ? dh * (1 - h * h) : (h > 0 ? dh : 0));
  }
  p.dh[packed] = rest;
}

template <class To, class From, class Added>
__device__ inline void convert(const RnnStateParams& p) {
  const uint32_t i = blockIdx.x * kRnnThreads + threadIdx.x;
  if (i >= p.count) return;
  float value = p.from == nullptr ? 0 : value_at<From>(p.from, i);
  if (p.added != nullptr) value += value_at<Added>(p.added, i);
  store_at<To>(p.to, i, value);
}

template <class T>
__device__ inline void skip(const RnnSkipParams& p) {
  const uint32_t j = blockIdx.x * kRnnThreads + threadIdx.x, row = blockIdx.y;
  if (j >= p.hidden) return;
  float sum = 0;
  for (uint32_t gate = 0; gate < p.gates; ++gate)
    sum += value_at<T>(p.dgates, (uint64_t{row} * p.gates + gate) * p.hidden + j);
  store_at<T>(p.dx, uint64_t{row} * p.hidden + j, sum);
}

// blockIdx.y is the sequence in packed order, blockIdx.z the step, or a layer and direction.
template <class T>
__device__ inline void move(const RnnMoveParams& p) {
  const uint32_t j = blockIdx.x * kRnnThreads + threadIdx.x;
  const uint32_t sequence = blockIdx.y, step = blockIdx.z;
  if (j >= p.vector) return;
  const T* const from = static_cast<const T*>(p.from);
  T* const to = static_cast<T*>(p.to);
  const uint32_t place = load_global(p.table + sequence);
  if (p.move == RnnMove::kSort || p.move == RnnMove::kUnsort) {
    const uint64_t sorted = (uint64_t{step} * p.batch + sequence) * p.vector + j,
                   given = (uint64_t{step} * p.batch + place) * p.vector + j;
    if (p.move == RnnMove::kSort)
      store_global(to + sorted, load_global(from + given));
    else
      store_global(to + given, load_global(from + sorted));
    return;
  }
  const uint32_t* const of_step = p.table + p.batch + step * 2;
  const uint64_t padded =
      (uint64_t{step} * p.padded_step + uint64_t{place} * p.padded_batch) * p.vector + j;
  const bool is_padding = sequence >= load_global(of_step);
  const uint64_t packed = uint64_t{load_global(of_step + 1) + sequence} * p.vector + j;
  if (p.move == RnnMove::kUnpack)
    store_global(to + padded, is_padding ? static_cast<T>(p.marker) : load_global(from + packed));
  else if (!is_padding)
    store_global(to + packed, load_global(from + padded));
}

}  // namespace

#define RDNA1CONV_RNN_KERNEL(FUNCTION, NAME, PARAMS, ...)                          \
  extern "C" __global__ void __launch_bounds__(kRnnThreads) NAME(const PARAMS p) { \
    FUNCTION<__VA_ARGS__>(p);                                                      \
  }
#define RDNA1CONV_RNN_CELL(SUFFIX, T, CELL, WORD)                                         \
  RDNA1CONV_RNN_KERNEL(forward, rnn_forward_##WORD##_##SUFFIX, RnnForwardParams, CELL, T) \
  RDNA1CONV_RNN_KERNEL(backward, rnn_backward_##WORD##_##SUFFIX, RnnBackwardParams, CELL, T)
#define RDNA1CONV_RNN_KERNELS(SUFFIX, X_TYPE, Y_TYPE, IN, OUT)                        \
  RDNA1CONV_RNN_CELL(SUFFIX, OUT, RnnCell::kRelu, relu)                               \
  RDNA1CONV_RNN_CELL(SUFFIX, OUT, RnnCell::kTanh, tanh)                               \
  RDNA1CONV_RNN_CELL(SUFFIX, OUT, RnnCell::kLstm, lstm)                               \
  RDNA1CONV_RNN_CELL(SUFFIX, OUT, RnnCell::kGru, gru)                                 \
  RDNA1CONV_RNN_KERNEL(convert, rnn_copy_##SUFFIX, RnnStateParams, OUT, OUT, OUT)     \
  RDNA1CONV_RNN_KERNEL(convert, rnn_widen_##SUFFIX, RnnStateParams, float, OUT, OUT)  \
  RDNA1CONV_RNN_KERNEL(convert, rnn_narrow_##SUFFIX, RnnStateParams, OUT, float, OUT) \
  RDNA1CONV_RNN_KERNEL(skip, rnn_skip_##SUFFIX, RnnSkipParams, OUT)                   \
  RDNA1CONV_RNN_KERNEL(move, rnn_move_##SUFFIX, RnnMoveParams, OUT)
RDNA1CONV_FLOAT_TYPES(RDNA1CONV_RNN_KERNELS)

extern "C" __global__ void __launch_bounds__(kRnnThreads) rnn_table(const RnnTableParams p) {
  if (threadIdx.x < p.count) p.table[threadIdx.x] = p.words[threadIdx.x];
}

}  // namespace rdna1conv
