#pragma once

// What a recurrent network computes beside its products: the gates of one layer, direction and
// step, forward and backward; states converted on the way in and out; sequences of unequal length
// gathered from padded tensors.
//
// A step has `rows` sequences. Its tensors are (row, hidden) or (row, gate, hidden), hidden
// innermost and contiguous; strides are from row to row, in elements. Gates lie in MIOpen's order:
// LSTM input, forget, output, candidate; GRU update, reset, candidate.

#include <cstdint>

namespace rdna1conv {

enum class RnnCell : std::uint32_t { kRelu = 0, kTanh = 1, kLstm = 2, kGru = 3 };

constexpr std::uint32_t gates_of(RnnCell cell) {
  return cell == RnnCell::kLstm ? 4 : cell == RnnCell::kGru ? 3 : 1;
}

inline constexpr std::uint32_t kRnnThreads = 256;

// state' = cell(input + recurrent + biases, state)
struct RnnForwardParams {
  const void* input;      // (row, gate, hidden), or with input_gate 0 (row, hidden) for all gates
  const void* recurrent;  // (row, gate, hidden), contiguous
  const void* bias;       // (gate, hidden) of the input, and bias_recurrent elements behind it of
                          // the state; null without
  void* h;                // (row, hidden), contiguous: in the state before, out the one after
  float* c;               // of LSTM, the same of its cell
  void* y;                // (row, hidden): h again
  // For backward passes, null in inference.
  void* gates;     // (row, gate, hidden): values of the gates; where the input is, or elsewhere
  void* h_before;  // (row, hidden)
  void* kept;      // (row, hidden): of LSTM the fp32 cell before, of GRU the recurrent part of the
                   // candidate
  std::uint64_t bias_recurrent;
  std::uint32_t hidden;
  std::uint32_t input_row, input_gate;
  std::uint32_t gates_row, row;  // of gates; of y, h_before and kept
};

// dgates and the part of the gradient of the state before that is no product.
struct RnnBackwardParams {
  const void* dy;       // (row, hidden), stride `row`
  const void* product;  // (row, hidden), contiguous: of the step that came after, its first
                        // `carried` rows
  float* dh;  // (row, hidden), contiguous: in what was left of the step after, out of this
  float* dc;  // of LSTM, the same of its cell
  const void* gates;
  const void* kept;
  const void* h;           // of RELU and TANH the state after, of GRU the one before; stride `row`
  void* dgates;            // (row, gate, hidden): of the input's part
  void* dgates_recurrent;  // of GRU, of the state's part; stride `gates_row` as well
  std::uint32_t hidden, carried;
  std::uint32_t gates_row, row;
};

// to = from + added, of which either may be null for zeros.
struct RnnStateParams {
  const void* from;
  const void* added;
  void* to;
  std::uint32_t count;
};

// dx = sum over gates of dgates, where the input has no matrix.
struct RnnSkipParams {
  const void* dgates;  // (row, gate, hidden), contiguous
  void* dx;            // (row, hidden), contiguous
  std::uint32_t rows, gates, hidden;
};

// Words that a launch brings to the device.
inline constexpr std::uint32_t kRnnTableWords = 224;
struct RnnTableParams {
  std::uint32_t* table;
  std::uint32_t count;
  std::uint32_t words[kRnnTableWords];
};

// Vectors of sequences between a padded tensor and a packed one, or of states between two orders of
// the batch. The table has, for each sequence in packed order, its place in the batch, then for
// each step the number of its sequences and the first of its packed rows.
enum class RnnMove : std::uint32_t {
  kPack,    // packed from padded
  kUnpack,  // padded from packed, with `marker` beyond the ends
  kSort,    // packed order of the batch from the client's
  kUnsort,  // and back
};
struct RnnMoveParams {
  const void* from;
  void* to;
  const std::uint32_t* table;
  RnnMove move;
  std::uint32_t steps, batch, vector;       // of kSort and kUnsort steps is layers * directions
  std::uint32_t padded_step, padded_batch;  // vectors from step to step and from sequence to
                                            // sequence
  float marker;
};

}  // namespace rdna1conv
