#include <algorithm>
#include <cmath>
#include <cstddef>

#include "training.h"

namespace train {
namespace {

using Values = std::vector<double>;

// Places of a packed tensor.
struct Index {
  const Shape& shape;
  std::size_t operator()(int n, int c, int h, int w) const {
    return ((static_cast<std::size_t>(n) * shape.c + c) * shape.h + h) * shape.w + w;
  }
};

template <class Use>
void for_all(const Shape& shape, Use use) {
  for (int n = 0; n < shape.n; ++n)
    for (int c = 0; c < shape.c; ++c)
      for (int h = 0; h < shape.h; ++h)
        for (int w = 0; w < shape.w; ++w) use(n, c, h, w);
}

// A layer, what it has seen last, and its share of the trained values.
struct CpuLayer {
  Layer layer;
  Values x, y, mean, inverse, running_mean, running_variance;
  std::vector<std::size_t> largest;  // of each window

  explicit CpuLayer(const Layer& of)
      : layer(of),
        running_mean(static_cast<std::size_t>(of.x.c)),
        running_variance(static_cast<std::size_t>(of.x.c), 1.0) {}

  // use(place in x, place in y, place in the weights) for each product.
  template <class Use>
  void for_products(Use use) const {
    const Shape &in = layer.x, &out = layer.y;
    const int window = layer.spec.window, pad = window / 2;
    const Index at_x{in}, at_y{out};
    for_all(out, [&](int n, int k, int h, int w) {
      for (int c = 0; c < in.c; ++c) {
        for (int r = std::max(0, pad - h); r < window && h + r - pad < in.h; ++r) {
          for (int s = std::max(0, pad - w); s < window && w + s - pad < in.w; ++s) {
            use(at_x(n, c, h + r - pad, w + s - pad), at_y(n, k, h, w),
                static_cast<std::size_t>(((k * in.c + c) * window + r) * window + s));
          }
        }
      }
    });
  }

  // use(place in x, place in y) for each element of each window.
  template <class Use>
  void for_windows(Use use) const {
    const Index at_x{layer.x}, at_y{layer.y};
    const int window = layer.spec.window;
    for_all(layer.y, [&](int n, int c, int h, int w) {
      for (int r = 0; r < window; ++r)
        for (int s = 0; s < window; ++s)
          use(at_x(n, c, h * window + r, w * window + s), at_y(n, c, h, w));
    });
  }

  // use(place, channel)
  template <class Use>
  void for_channels(Use use) const {
    const Index at{layer.x};
    for_all(layer.x,
            [&](int n, int c, int h, int w) { use(at(n, c, h, w), static_cast<std::size_t>(c)); });
  }

  void take_statistics() {
    const double members =
        static_cast<double>(layer.x.count()) / static_cast<double>(running_mean.size());
    mean.assign(running_mean.size(), 0);
    Values variance(mean.size());
    for_channels([&](std::size_t i, std::size_t c) { mean[c] += x[i] / members; });
    for_channels([&](std::size_t i, std::size_t c) {
      variance[c] += (x[i] - mean[c]) * (x[i] - mean[c]) / members;
    });
    inverse.clear();
    for (std::size_t c = 0; c < mean.size(); ++c) {
      inverse.push_back(1 / std::sqrt(variance[c] + kEpsilon));
      running_mean[c] += 0.1 * (mean[c] - running_mean[c]);
      running_variance[c] += 0.1 * (variance[c] * members / (members - 1) - running_variance[c]);
    }
  }

  void forward(const Values& input, const double* parameters, bool trains) {
    x = input;
    y.assign(layer.y.count(), 0);
    const auto channels = static_cast<std::size_t>(layer.x.c);
    switch (layer.spec.kind) {
      case Kind::kConvolution:
        for_products([&](std::size_t in, std::size_t out, std::size_t weight) {
          y[out] += x[in] * parameters[weight];
        });
        break;
      case Kind::kBias:
        for_channels([&](std::size_t i, std::size_t c) { y[i] = x[i] + parameters[c]; });
        break;
      case Kind::kBatchNorm:
        if (trains) {
          take_statistics();
        } else {
          mean = running_mean;
          for (std::size_t c = 0; c < channels; ++c)
            inverse[c] = 1 / std::sqrt(running_variance[c] + kEpsilon);
        }
        for_channels([&](std::size_t i, std::size_t c) {
          y[i] = parameters[c] * (x[i] - mean[c]) * inverse[c] + parameters[channels + c];
        });
        break;
      case Kind::kRelu:
        std::transform(x.begin(), x.end(), y.begin(), [](double v) { return std::max(v, 0.0); });
        break;
      case Kind::kMaxPool:
        largest.assign(y.size(), x.size());
        for_windows([&](std::size_t in, std::size_t out) {
          if (largest[out] == x.size() || x[in] > x[largest[out]]) largest[out] = in;
          y[out] = x[largest[out]];
        });
        break;
      case Kind::kAveragePool:
        for_windows([&](std::size_t in, std::size_t out) {
          y[out] += x[in] / (layer.spec.window * layer.spec.window);
        });
        break;
      case Kind::kLogSoftmax:
        for (std::size_t first = 0; first < x.size(); first += channels) {
          const double most = *std::max_element(&x[first], &x[first] + channels);
          double sum = 0;
          for (std::size_t i = first; i < first + channels; ++i) sum += std::exp(x[i] - most);
          for (std::size_t i = first; i < first + channels; ++i) y[i] = x[i] - most - std::log(sum);
        }
        break;
    }
  }

  // The gradient of x; that of the parameters is stored at `gradient`.
  Values backward(const Values& dy, const double* parameters, double* gradient) const {
    Values dx(layer.x.count());
    const auto channels = static_cast<std::size_t>(layer.x.c);
    std::fill(gradient, gradient + layer.parameter_count, 0.0);
    switch (layer.spec.kind) {
      case Kind::kConvolution:
        for_products([&](std::size_t in, std::size_t out, std::size_t weight) {
          dx[in] += dy[out] * parameters[weight];
          gradient[weight] += dy[out] * x[in];
        });
        break;
      case Kind::kBias:
        dx = dy;
        for_channels([&](std::size_t i, std::size_t c) { gradient[c] += dy[i]; });
        break;
      case Kind::kBatchNorm: {
        const double members = static_cast<double>(x.size()) / static_cast<double>(channels);
        const auto normal = [&](std::size_t i, std::size_t c) {
          return (x[i] - mean[c]) * inverse[c];
        };
        for_channels([&](std::size_t i, std::size_t c) {
          gradient[c] += dy[i] * normal(i, c);
          gradient[channels + c] += dy[i];
        });
        for_channels([&](std::size_t i, std::size_t c) {
          dx[i] = parameters[c] * inverse[c] *
                  (dy[i] - (gradient[channels + c] + normal(i, c) * gradient[c]) / members);
        });
        break;
      }
      case Kind::kRelu:
        for (std::size_t i = 0; i < dx.size(); ++i) dx[i] = x[i] > 0 ? dy[i] : 0;
        break;
      case Kind::kMaxPool:
        for (std::size_t i = 0; i < dy.size(); ++i) dx[largest[i]] += dy[i];
        break;
      case Kind::kAveragePool:
        for_windows([&](std::size_t in, std::size_t out) {
          dx[in] += dy[out] / (layer.spec.window * layer.spec.window);
        });
        break;
      case Kind::kLogSoftmax:
        for (std::size_t first = 0; first < dx.size(); first += channels) {
          double sum = 0;
          for (std::size_t i = first; i < first + channels; ++i) sum += dy[i];
          for (std::size_t i = first; i < first + channels; ++i)
            dx[i] = dy[i] - std::exp(y[i]) * sum;
        }
        break;
    }
    return dx;
  }
};

}  // namespace

int count_right(const Batch& batch, const std::vector<double>& log_probabilities) {
  int right = 0;
  for (std::size_t n = 0; n < batch.classes.size(); ++n) {
    const double* const of_picture = &log_probabilities[n * kClasses];
    right += std::max_element(of_picture, of_picture + kClasses) - of_picture == batch.classes[n];
  }
  return right;
}

Trained train_on_cpu(const Network& network, const Settings& settings,
                     const std::vector<Batch>& batches, const std::vector<Batch>& unseen) {
  std::vector<CpuLayer> layers(network.layers.begin(), network.layers.end());
  const std::vector<float> first = first_parameters(network);
  Values parameters(first.begin(), first.end()), velocity(first.size()), gradient(first.size());
  const auto forward = [&](const Batch& batch, bool trains) {
    Values values(batch.pictures.begin(), batch.pictures.end());
    for (CpuLayer& layer : layers) {
      layer.forward(values, &parameters[0] + layer.layer.parameters, trains);
      values = layer.y;
    }
    return values;
  };
  Trained trained;
  for (int step = 0; step < settings.steps; ++step) {
    const Batch& batch = batches[static_cast<std::size_t>(step) % batches.size()];
    const Values log_probabilities = forward(batch, true);
    const std::vector<float> targets = targets_of(batch);
    double loss = 0;
    Values d(targets.size());
    for (std::size_t i = 0; i < d.size(); ++i) {
      d[i] = -double{targets[i]} / kBatch;
      loss += d[i] * log_probabilities[i];
    }
    trained.losses.push_back(loss);
    for (std::size_t i = layers.size(); i-- > 0;) {
      const std::size_t at = layers[i].layer.parameters;
      d = layers[i].backward(d, &parameters[0] + at, &gradient[0] + at);
    }
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      velocity[i] = settings.momentum * velocity[i] + gradient[i];
      parameters[i] -= settings.rate * velocity[i];
    }
  }
  for (const Batch& batch : unseen) trained.right += count_right(batch, forward(batch, false));
  return trained;
}

}  // namespace train
