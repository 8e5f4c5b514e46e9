#pragma once

// The CTC loss of a batch (Graves, Fernandez, Gomez, Schmidhuber, "Connectionist Temporal
// Classification", 2006), in logarithms. A sequence's path goes through its labels with a blank
// before, between and behind them: position s of a path is a blank if s is even, else label s / 2.
// alpha is the sum of all paths that are at a position at a step from their beginning on, beta that
// of all from there to their end; both count the step itself.

#include <cstdint>

namespace rdna1conv {

inline constexpr std::uint32_t kCtcThreads = 256;
inline constexpr std::uint32_t kCtcWave = 32;
inline constexpr std::uint32_t kCtcTableWords = 224;

// Words that a launch brings to the device.
struct CtcWords {
  std::uint32_t count;
  std::uint32_t words[kCtcTableWords];
};
struct CtcTableParams {
  std::uint32_t* table;
  CtcWords words;
};

struct CtcParams {
  const void* probabilities;  // (step, batch, class)
  void* losses;               // (batch)
  void* gradients;            // (step, batch, class)
  float* normalizers;         // (step, batch): what is taken from a value for its logarithm
  float* alpha;               // (batch, step, position)
  float* beta;                // (batch, step, position)
  // (batch) numbers of steps, (batch) numbers of labels, (batch) where they begin, then the labels.
  const std::uint32_t* table;
  std::uint64_t step_stride, batch_stride, class_stride;        // of probabilities, elements
  std::uint64_t gradient_step, gradient_batch, gradient_class;  // of gradients
  std::uint32_t steps, batch, classes, positions;               // positions: of the most labels
  std::uint32_t blank;
  std::uint32_t applies_softmax;  // else probabilities are those themselves
};

}  // namespace rdna1conv
