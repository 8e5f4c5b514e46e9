#pragma once

// The text form of a run of a recurrent network.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/data_type.h"
#include "params/rnn.h"

namespace rdna1conv {

enum class RnnDirection : std::uint8_t {
  kInference = 0,
  kTraining = 1,
  kBackwardData = 2,
  kBackwardWeights = 4,
};

struct RnnLine {
  RnnDirection direction = RnnDirection::kInference;
  RnnCell cell = RnnCell::kTanh;
  DataType type = DataType::kFloat;
  std::int64_t input = 32, hidden = 32, layers = 1;
  bool bidirectional = false, skips_input = false, has_bias = false;
  double dropout = 0;  // between layers
  std::uint64_t seed = 0;
  // The classical API with (1) and without (0) padding, or the layout of sequence tensors
  // (miopenRNNBaseLayout_t) by 10 more.
  std::int64_t layout = 0;
  std::int64_t most_steps = 1;
  std::vector<std::int64_t> lengths{1};  // of each sequence
  bool has_states = true;                // hx and cx, hy and cy and their gradients; else null
};

// MIOpenDriver's line: rnn -k 25 -n 17 -W 17 -H 67 -l 1 -r 0 -b 1 -m lstm -p 0 -c 0 -F 1
// -k steps, -n sequences of each step (the last number for all others), -W and -H vectors, -l
// layers, -r 1 both directions, -p 1 without input matrix, -q 1 padding, -P dropout between layers,
// -c 1 inference; -F 1 forward, 2 and 4 gradients of data and weights. Ours are --io_layout 1 to 3
// for sequence tensors, --lengths of their sequences, and --states 0 for none.
std::string to_driver_line(const RnnLine& line);
// Throws Error (kBadParm) naming the option at fault.
RnnLine parse_rnn(std::string_view line);

}  // namespace rdna1conv
