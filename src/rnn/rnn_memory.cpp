#include "rnn/rnn_memory.h"

#include <algorithm>

#include "solvers/launch_arithmetic.h"

namespace rdna1conv {
namespace {

// Lays one thing behind another.
class Lines {
 public:
  std::size_t add(std::int64_t elements, std::size_t element_bytes) {
    const std::size_t at = next_;
    next_ = align_up(next_ + static_cast<std::size_t>(elements) * element_bytes);
    return at;
  }
  std::size_t bytes() const { return next_; }

 private:
  std::size_t next_ = 0;
};

}  // namespace

RnnReserve::RnnReserve(const RnnProblem& p) {
  const std::size_t size = bytes_of(p.rnn.type);
  const std::int64_t rows = p.all_rows(), outputs = rows * p.rnn.outputs();
  const bool has_kept = p.rnn.cell == RnnCell::kLstm || p.rnn.cell == RnnCell::kGru;
  Lines lines;
  for (std::int64_t layer = 0; layer < p.rnn.layers; ++layer) {
    RnnKept kept{};
    kept.gates = lines.add(rows * p.rnn.gate_rows(), size);
    kept.h_before = lines.add(outputs, size);
    if (has_kept)
      kept.kept = lines.add(outputs, p.rnn.cell == RnnCell::kLstm ? sizeof(float) : size);
    kept.h = lines.add(outputs, size);
    if (p.rnn.dropout_rate() > 0 && layer + 1 < p.rnn.layers) {
      kept.dropped = lines.add(outputs, size);
      kept.mask = lines.add(outputs, 1);
    }
    layers.push_back(kept);
  }
  bytes = lines.bytes();
}

RnnWorkspace::RnnWorkspace(const RnnProblem& p) {
  const std::size_t size = bytes_of(p.rnn.type);
  const std::int64_t rows = p.all_rows(), states = p.batch() * p.rnn.hidden;
  Lines lines;
  for (std::int64_t layer = 0; layer < p.rnn.layers; ++layer) {
    dgates.push_back(lines.add(rows * p.rnn.gate_rows(), size));
    if (p.rnn.cell == RnnCell::kGru)
      dgates_recurrent.push_back(lines.add(rows * p.rnn.gate_rows(), size));
    else
      dgates_recurrent.push_back(dgates.back());
  }
  gates = dgates.front();  // passes forward have no gradients yet
  for (std::size_t& output : outputs) output = lines.add(rows * p.rnn.outputs(), size);
  product = lines.add(states * p.rnn.gates(), size);
  h = lines.add(states, size);
  dh = lines.add(states, sizeof(float));
  dc = lines.add(states, sizeof(float));
  // At most what a reduction of so many columns is ever cut into: 320 splits of few columns, and of
  // many some 420 workgroups of 1024.
  const std::int64_t most = std::min<std::int64_t>(320 * p.rnn.gate_rows(), 420 * 1024);
  partial_bytes = static_cast<std::size_t>(most) * sizeof(float);
  partial = lines.add(most, sizeof(float));
  bytes = lines.bytes();
}

RnnSpace rnn_space(const RnnProblem& problem) {
  return {RnnWorkspace(problem).bytes, RnnReserve(problem).bytes};
}

}  // namespace rdna1conv
