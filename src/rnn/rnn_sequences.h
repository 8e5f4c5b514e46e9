#pragma once

// Recurrent networks on sequences as clients hold them: packed already, or padded to the longest,
// in which case they are sorted by length and packed in the workspace.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rnn/rnn_run.h"

namespace rdna1conv {

enum class RnnLayout : std::uint8_t {
  kPacked,      // (step, sequences of the step, vector), lengths falling
  kStepsFirst,  // (step, batch, vector)
  kBatchFirst,  // (batch, step, vector)
};

struct RnnSequences {
  RnnLayout layout = RnnLayout::kPacked;
  std::int64_t most_steps = 0;
  std::vector<std::int64_t> lengths;  // at least 1, at most most_steps
  float marker = 0;                   // of the padding that is written

  std::int64_t batch() const { return static_cast<std::int64_t>(lengths.size()); }
};

// Of packed sequences with so many of them at each step.
RnnSequences packed_sequences(std::span<const std::int64_t> rows);

// Bytes for these sequences; and for any of as many and at most as long ones.
RnnSpace rnn_space(const RnnDescriptor& rnn, std::int64_t input, const RnnSequences& sequences);
RnnSpace most_rnn_space(const RnnDescriptor& rnn, std::int64_t input,
                        const RnnSequences& sequences);

// As in rnn_run.h, with x, y and their gradients in the sequences' layout.
void rnn_forward(Handle& handle, const char* function, const RnnDescriptor& rnn, std::int64_t input,
                 const RnnSequences& sequences, const RnnForward& buffers);
void rnn_backward_data(Handle& handle, const char* function, const RnnDescriptor& rnn,
                       std::int64_t input, const RnnSequences& sequences,
                       const RnnBackwardData& buffers);
void rnn_backward_weights(Handle& handle, const char* function, const RnnDescriptor& rnn,
                          std::int64_t input, const RnnSequences& sequences,
                          const RnnBackwardWeights& buffers);

}  // namespace rdna1conv
