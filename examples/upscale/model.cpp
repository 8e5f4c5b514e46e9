#include "model.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace upscale {
namespace {

using nlohmann::json;

struct Weights {
  std::vector<int> shape;
  std::vector<float> values;
};

std::vector<char> read_bytes(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::runtime_error(file.string() + " cannot be opened");
  return {std::istreambuf_iterator<char>(stream), {}};
}

// Every weight by its name. A group's files, one after the other, hold its weights in order.
std::map<std::string, Weights> read_weights(const json& manifest,
                                            const std::filesystem::path& folder) {
  std::map<std::string, Weights> result;
  for (const json& group : manifest) {
    std::vector<char> bytes;
    for (const std::string path : group.at("paths")) {
      const std::vector<char> part = read_bytes(folder / path);
      bytes.insert(bytes.end(), part.begin(), part.end());
    }
    std::size_t offset = 0;
    for (const json& weight : group.at("weights")) {
      const std::string name = weight.at("name");
      if (weight.at("dtype") != "float32" || weight.contains("quantization")) {
        throw std::runtime_error("weight " + name + " is not plain float32");
      }
      Weights weights{weight.at("shape"), {}};
      std::size_t count = 1;
      for (const int length : weights.shape) count *= static_cast<std::size_t>(std::max(0, length));
      if (count * sizeof(float) > bytes.size() - offset) {
        throw std::runtime_error("the files end within weight " + name);
      }
      weights.values.resize(count);
      std::copy_n(bytes.data() + offset, count * sizeof(float),
                  reinterpret_cast<char*>(weights.values.data()));
      offset += count * sizeof(float);
      result.emplace(name, std::move(weights));
    }
  }
  return result;
}

// Keras stores a filter as [height][width][in][out].
ConvLayer conv_layer(const std::string& name, const json& config,
                     const std::map<std::string, Weights>& weights) {
  const std::vector<int> size = config.at("kernel_size");
  const bool is_same = config.at("padding") == "same" || size == std::vector{1, 1};
  if (size.size() != 2 || size[0] != size[1] || size[0] % 2 == 0 || !is_same ||
      config.at("strides") != json{1, 1} || config.at("dilation_rate") != json{1, 1} ||
      config.at("activation") != "linear" || config.at("use_bias") != true) {
    throw std::runtime_error("not a plain square convolution with a bias");
  }
  const Weights& kernel = weights.at(name + "/kernel");
  const Weights& bias = weights.at(name + "/bias");
  const int filter = size[0], out = config.at("filters");
  if (kernel.shape.size() != 4 || kernel.shape[0] != filter || kernel.shape[1] != filter ||
      kernel.shape[3] != out || bias.shape != std::vector{out}) {
    throw std::runtime_error("its weights have another shape");
  }
  const int in = kernel.shape[2], taps = filter * filter;
  ConvLayer layer{in, out, filter, std::vector<float>(kernel.values.size()), bias.values};
  for (int tap = 0; tap < taps; ++tap) {
    for (int c = 0; c < in; ++c) {
      for (int k = 0; k < out; ++k) {
        layer.weights[(static_cast<std::size_t>(k) * in + c) * taps + tap] =
            kernel.values[(static_cast<std::size_t>(tap) * in + c) * out + k];
      }
    }
  }
  return layer;
}

struct Reader {
  const std::map<std::string, Weights>& weights;
  Model model;
  std::map<std::string, std::size_t> numbers;  // of inputs, as in Layer
  std::vector<int> channels{3};                // by these numbers

  void read(const json& layer);
  Layer translate(const std::string& type, const std::string& name, const json& config,
                  std::vector<std::size_t> inputs) const;
};

Layer Reader::translate(const std::string& type, const std::string& name, const json& config,
                        std::vector<std::size_t> inputs) const {
  const int first = channels[inputs.at(0)];
  if (type == "Conv2D") {
    ConvLayer conv = conv_layer(name, config, weights);
    if (conv.in_channels != first) throw std::runtime_error("its input has other channels");
    const int out = conv.out_channels;
    return {name, std::move(conv), std::move(inputs), out};
  }
  if (type == "Activation" && config.at("activation") == "relu") {
    return {name, ReluLayer{}, std::move(inputs), first};
  }
  if (type == "Concatenate") {
    int sum = 0;
    for (const std::size_t input : inputs) sum += channels[input];
    return {name, ConcatLayer{}, std::move(inputs), sum};
  }
  if (type == "Add" && inputs.size() == 2) return {name, AddLayer{}, std::move(inputs), first};
  if (type == "UpSampling2D" && config.at("interpolation") == "nearest") {
    const std::vector<int> size = config.at("size");
    if (size.size() == 2 && size[0] == size[1]) {
      return {name, RepeatLayer{size[0]}, std::move(inputs), first};
    }
  }
  throw std::runtime_error("layers of type " + type + " with these settings are not supported");
}

void Reader::read(const json& layer) {
  const std::string type = layer.at("class_name"), name = layer.at("name");
  if (type == "InputLayer") {
    numbers[name] = 0;
    return;
  }
  try {
    std::vector<std::size_t> inputs;
    for (const json& input : layer.at("inbound_nodes").at(0)) {
      inputs.push_back(numbers.at(input.at(0)));
    }
    model.layers.push_back(translate(type, name, layer.at("config"), std::move(inputs)));
  } catch (const std::exception& error) {
    throw std::runtime_error("layer " + name + ": " + error.what());
  }
  channels.push_back(model.layers.back().channels);
  numbers[name] = model.layers.size();
}

// How far the output sees, and how much larger it is.
void measure(Model& model) {
  struct Extent {
    double reach;  // in input pixels
    int factor;
  };
  std::vector<Extent> extents{{0, 1}};
  for (const Layer& layer : model.layers) {
    Extent extent{0, 1};
    for (const std::size_t input : layer.inputs) {
      extent.reach = std::max(extent.reach, extents[input].reach);
      extent.factor = std::max(extent.factor, extents[input].factor);
    }
    if (const auto* conv = std::get_if<ConvLayer>(&layer.what)) {
      extent.reach += static_cast<double>(conv->filter / 2) / extent.factor;
    } else if (const auto* repeat = std::get_if<RepeatLayer>(&layer.what)) {
      extent.factor *= repeat->factor;
    }
    extents.push_back(extent);
  }
  model.factor = extents.back().factor;
  model.reach = static_cast<int>(extents.back().reach + 0.999);
}

}  // namespace

Model read_model(const std::filesystem::path& model_json) {
  try {
    const json file = json::parse(read_bytes(model_json));
    const auto weights = read_weights(file.at("weightsManifest"), model_json.parent_path());
    Reader reader{weights, {}, {}, {3}};
    const json& config = file.at("modelTopology").at("model_config").at("config");
    for (const json& layer : config.at("layers")) reader.read(layer);
    if (reader.model.layers.empty() || reader.model.layers.back().channels != 3 ||
        config.at("output_layers").at(0).at(0) != reader.model.layers.back().name) {
      throw std::runtime_error("the last layer is not an output of three colours");
    }
    measure(reader.model);
    return std::move(reader.model);
  } catch (const std::exception& error) {
    throw std::runtime_error(model_json.string() + ": " + error.what());
  }
}

}  // namespace upscale
