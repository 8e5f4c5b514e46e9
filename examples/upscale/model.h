#pragma once

// A network as TensorFlow.js stores it ("layers-model": model.json and binary weights), as far as
// super-resolution networks need it.

#include <cstddef>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

namespace upscale {

// Stride 1, padded so that the output is as large as the input.
struct ConvLayer {
  int in_channels, out_channels, filter;
  std::vector<float> weights;  // [out_channels][in_channels][filter][filter]
  std::vector<float> bias;     // [out_channels]
};
struct ReluLayer {};
struct ConcatLayer {};  // along the channels
struct AddLayer {};
// Each pixel becomes factor x factor equal ones.
struct RepeatLayer {
  int factor;
};

struct Layer {
  std::string name;
  std::variant<ConvLayer, ReluLayer, ConcatLayer, AddLayer, RepeatLayer> what;
  std::vector<std::size_t> inputs;  // 0: the network's input; i + 1: layer i, one before this
  int channels;                     // of its output
};

// A network from three colours to three colours of 0 to 255.
struct Model {
  std::vector<Layer> layers;  // the last one is the output
  int factor = 1;             // by which the output is larger
  int reach = 0;              // input pixels to each side that an output pixel depends on
};

// Throws std::runtime_error naming the file, and the layer that is not understood.
Model read_model(const std::filesystem::path& model_json);

}  // namespace upscale
