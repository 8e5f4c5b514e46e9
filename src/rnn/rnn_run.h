#pragma once

// Recurrent networks on packed sequences: what the entry points queue. A batch is sorted by length,
// so that each step has the first so many of its sequences, and x and y are the steps' rows one
// after the other.
//
// Products are convolutions 1x1 of the solver table: those of the input of all steps and directions
// are one, those of the state one for each step and direction.

#include <cstddef>

#include "rnn/rnn_problem.h"
#include "rnn/rnn_queue.h"

namespace rdna1conv {

// States are (layer and direction, batch, hidden), and may be null: zeros, or not wanted.
struct RnnForward {
  const std::byte *x, *hx, *cx, *w;
  std::byte *y, *hy, *cy;
  std::byte* workspace;
  std::byte* reserve;  // null in inference
};
void rnn_forward(RnnQueue& queue, const RnnProblem& problem, const RnnForward& buffers);

struct RnnBackwardData {
  const std::byte *dy, *dhy, *dcy, *w;
  std::byte *dx, *dhx, *dcx;
  std::byte* workspace;  // keeps the gradients of the gates for rnn_backward_weights
  std::byte* reserve;
};
void rnn_backward_data(RnnQueue& queue, const RnnProblem& problem, const RnnBackwardData& buffers);

struct RnnBackwardWeights {
  const std::byte* x;
  std::byte* dw;  // overwritten
  std::byte* workspace;
  const std::byte* reserve;
};
void rnn_backward_weights(RnnQueue& queue, const RnnProblem& problem,
                          const RnnBackwardWeights& buffers);

}  // namespace rdna1conv
