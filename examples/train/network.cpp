#include "network.h"

#include <cmath>
#include <random>

namespace train {
namespace {

Shape output_of(const LayerSpec& spec, const Shape& x) {
  switch (spec.kind) {
    case Kind::kConvolution:
      return {x.n, spec.outputs, x.h, x.w};
    case Kind::kMaxPool:
    case Kind::kAveragePool:
      return {x.n, x.c, x.h / spec.window, x.w / spec.window};
    default:
      return x;
  }
}

std::size_t parameter_count_of(const LayerSpec& spec, const Shape& x) {
  const auto channels = static_cast<std::size_t>(x.c);
  switch (spec.kind) {
    case Kind::kConvolution:
      return channels * static_cast<std::size_t>(spec.outputs * spec.window * spec.window);
    case Kind::kBias:
      return channels;
    case Kind::kBatchNorm:
      return 2 * channels;
    default:
      return 0;
  }
}

}  // namespace

Network small_network() {
  const LayerSpec specs[] = {
      {Kind::kConvolution, 3, 8},
      {Kind::kBatchNorm},
      {Kind::kRelu},
      {Kind::kMaxPool, 2},
      {Kind::kConvolution, 3, 16},
      {Kind::kBatchNorm},
      {Kind::kRelu},
      {Kind::kMaxPool, 2},
      {Kind::kAveragePool, 3},
      {Kind::kConvolution, 1, kClasses},
      {Kind::kBias},
      {Kind::kLogSoftmax},
  };
  Network network;
  Shape x{kBatch, 1, kPictureSize, kPictureSize};
  for (const LayerSpec& spec : specs) {
    const Shape y = output_of(spec, x);
    network.layers.push_back({spec, x, y, 0, parameter_count_of(spec, x)});
    x = y;
  }
  for (const bool is_norm : {false, true}) {
    for (Layer& layer : network.layers) {
      if ((layer.spec.kind == Kind::kBatchNorm) != is_norm) continue;
      layer.parameters = network.parameter_count;
      network.parameter_count += layer.parameter_count;
    }
    if (!is_norm) network.linear_count = network.parameter_count;
  }
  return network;
}

std::vector<float> first_parameters(const Network& network) {
  std::vector<float> all(network.parameter_count, 0.0f);
  std::mt19937 random(11);
  for (const Layer& layer : network.layers) {
    const std::size_t half = layer.parameter_count / 2;
    if (layer.spec.kind == Kind::kBatchNorm) {
      for (std::size_t i = 0; i < half; ++i) all[layer.parameters + i] = 1;
    } else if (layer.spec.kind == Kind::kConvolution) {
      const int inputs = layer.x.c * layer.spec.window * layer.spec.window;
      std::normal_distribution<float> values(0, std::sqrt(2.0f / static_cast<float>(inputs)));
      for (std::size_t i = 0; i < layer.parameter_count; ++i)
        all[layer.parameters + i] = values(random);
    }
  }
  return all;
}

}  // namespace train
