#pragma once

// A recurrent network in double precision, sequence by sequence and step by step.

#include <vector>

#include "core/operators/rnn_line.h"

namespace rdna1conv {

struct RnnSizes {
  explicit RnnSizes(const RnnLine& line);

  std::size_t gates, directions, hidden, layers, input, batch;
  bool skips, has_bias;
  std::size_t outputs() const { return directions * hidden; }
  std::size_t columns(std::size_t layer) const;  // of the input's matrices
  std::size_t parameters() const;
  std::size_t states() const { return layers * directions * batch * hidden; }
  std::size_t steps() const;  // of all sequences together

  // Elements before a matrix or bias of a gate, of the input or the state.
  std::size_t matrix(std::size_t layer, std::size_t direction, std::size_t gate,
                     bool of_state) const;
  std::size_t bias(std::size_t layer, std::size_t direction, std::size_t gate, bool of_state) const;

  std::vector<std::size_t> lengths;
};

// Tensors of a batch: vectors of the first sequence's steps, then the second's, and so on. States
// are (layer, direction, sequence, hidden).
struct RnnValues {
  std::vector<double> x, hx, cx, w, y, hy, cy;
};
// y, hy and cy of the others. `kept` says of each element of a layer's output, layers and sequences
// one after the other, by what dropout multiplies it; empty where there is none.
void reference_forward(const RnnLine& line, RnnValues& values, const std::vector<double>& kept);

struct RnnGradients {
  std::vector<double> dy, dhy, dcy;  // given
  std::vector<double> dx, dhx, dcx, dw;
};
void reference_backward(const RnnLine& line, const RnnValues& values,
                        const std::vector<double>& kept, RnnGradients& gradients);

}  // namespace rdna1conv
