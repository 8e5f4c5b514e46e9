#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/rnn_descriptor.h"

namespace rdna1conv {

// A network on packed sequences.
struct RnnProblem {
  RnnDescriptor rnn;
  std::int64_t input = 1;          // elements of a vector of x
  std::vector<std::int64_t> rows;  // sequences of each step, never growing

  std::int64_t batch() const { return rows.front(); }
  std::int64_t all_rows() const {
    std::int64_t sum = 0;
    for (const std::int64_t of_step : rows) sum += of_step;
    return sum;
  }
};

// Bytes. Neither shrinks when steps or sequences are added.
struct RnnSpace {
  std::size_t workspace = 0;  // of each pass
  std::size_t reserve = 0;    // of training, from the forward pass to those of the gradients
};
RnnSpace rnn_space(const RnnProblem& problem);

}  // namespace rdna1conv
