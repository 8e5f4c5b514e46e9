#pragma once

// A small convolutional network as a table, and where its values lie. Card and CPU follow it alike.

#include <cstddef>
#include <vector>

namespace train {

enum class Kind {
  kConvolution,  // windows of odd size, padded so that pictures keep their size; no bias
  kBias,
  kBatchNorm,
  kRelu,
  kMaxPool,      // windows side by side
  kAveragePool,  // windows side by side
  kLogSoftmax,   // over channels
};

struct LayerSpec {
  Kind kind;
  int window = 1;
  int outputs = 0;  // of convolutions
};

struct Shape {
  int n, c, h, w;
  std::size_t count() const { return static_cast<std::size_t>(n) * c * h * w; }
};

struct Layer {
  LayerSpec spec;
  Shape x, y;
  // Place and number of its values among all that are trained. Of a batch normalization the first
  // half are scales, the second biases.
  std::size_t parameters = 0, parameter_count = 0;
};

struct Network {
  std::vector<Layer> layers;
  std::size_t parameter_count = 0;
  // The first of all values, those of convolutions and biases; batch norm's lie behind them.
  std::size_t linear_count = 0;

  const Shape& input() const { return layers.front().x; }
  const Shape& output() const { return layers.back().y; }
};

inline constexpr int kPictureSize = 12, kClasses = 4, kBatch = 16;
inline constexpr double kEpsilon = 1e-5;  // of batch normalization

// Two convolutions of 3x3, each with batch normalization, ReLU and max pooling; the mean of what is
// left of the picture, and a linear layer.
Network small_network();

// Values to start with: convolutions by He's rule, scales 1, biases 0.
std::vector<float> first_parameters(const Network& network);

}  // namespace train
