#pragma once

// Where things lie in the workspace and the reserve space of a recurrent network.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rnn/rnn_problem.h"

namespace rdna1conv {

// What training keeps of a physical layer, as offsets in the reserve space. Rows are of all steps.
struct RnnKept {
  std::size_t gates;     // (row, direction, gate, hidden): the input's products, then the gates
  std::size_t h_before;  // (row, direction, hidden)
  std::size_t kept;      // (row, direction, hidden), fp32 of LSTM; see params/rnn.h
  std::size_t h;         // (row, direction, hidden)
  std::size_t dropped;   // the same after dropout, with its mask, where there is any
  std::size_t mask;
};

struct RnnReserve {
  explicit RnnReserve(const RnnProblem& problem);
  std::vector<RnnKept> layers;
  std::size_t bytes = 0;
};

// Offsets in the workspace. Passes have it to themselves, but for the gradients of the gates.
struct RnnWorkspace {
  explicit RnnWorkspace(const RnnProblem& problem);

  // Of all steps and each layer, first in the workspace.
  std::vector<std::size_t> dgates, dgates_recurrent;
  // One of each for all layers.
  std::size_t outputs[2];  // (row, direction, hidden): of the layer below or above, in turns
  std::size_t gates;       // (row, direction, gate, hidden), of inference
  std::size_t product;     // (batch, gate, hidden) or (batch, hidden), of the step
  std::size_t h;           // (batch, hidden) of the type
  std::size_t dh, dc;      // (batch, hidden) in fp32
  std::size_t partial;     // sums of biases
  std::size_t partial_bytes;
  std::size_t bytes = 0;
};

}  // namespace rdna1conv
