#include "operators/rnn_reference.h"

#include <cmath>
#include <numeric>

namespace rdna1conv {
namespace {

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

// What a step of a layer, direction and sequence computes.
struct Step {
  std::vector<double> input, h_before, c_before, gates, candidate_of_state, c, h;
};

// A whole pass forward, with what backward needs of it.
class Network {
 public:
  Network(const RnnLine& line, const RnnValues& values, const std::vector<double>& kept)
      : line_(line), n_(line), v_(values), kept_(kept) {}

  // Steps in time order.
  std::vector<Step>& steps(std::size_t layer, std::size_t direction, std::size_t sequence) {
    return steps_[(layer * n_.directions + direction) * n_.batch + sequence];
  }
  std::size_t state(std::size_t layer, std::size_t direction, std::size_t sequence) const {
    return ((layer * n_.directions + direction) * n_.batch + sequence) * n_.hidden;
  }
  std::size_t first(std::size_t sequence) const {
    return std::accumulate(n_.lengths.begin(),
                           n_.lengths.begin() + static_cast<std::ptrdiff_t>(sequence),
                           std::size_t{0});
  }
  // What dropout makes of an output of a layer.
  double factor(std::size_t layer, std::size_t step_of_all, std::size_t j) const {
    if (kept_.empty() || layer + 1 == n_.layers) return 1;
    return kept_[(layer * n_.steps() + step_of_all) * n_.outputs() + j];
  }

  void forward() {
    steps_.resize(n_.layers * n_.directions * n_.batch);
    for (std::size_t sequence = 0; sequence < n_.batch; ++sequence) {
      const std::size_t length = n_.lengths[sequence];
      std::vector<std::vector<double>> below(length);
      for (std::size_t t = 0; t < length; ++t) {
        const auto* const x = v_.x.data() + (first(sequence) + t) * n_.input;
        below[t].assign(x, x + n_.input);
      }
      for (std::size_t layer = 0; layer < n_.layers; ++layer) {
        std::vector<std::vector<double>> out(length, std::vector<double>(n_.outputs()));
        for (std::size_t direction = 0; direction < n_.directions; ++direction) {
          auto& all = steps(layer, direction, sequence);
          all.resize(length);
          const std::size_t at = state(layer, direction, sequence);
          std::vector<double> h(n_.hidden), c(n_.hidden);
          for (std::size_t j = 0; j < n_.hidden; ++j) {
            h[j] = v_.hx.empty() ? 0 : v_.hx[at + j];
            c[j] = v_.cx.empty() ? 0 : v_.cx[at + j];
          }
          for (std::size_t i = 0; i < length; ++i) {
            const std::size_t t = direction == 0 ? i : length - 1 - i;
            all[t].input = below[t];
            all[t].h_before = h;
            all[t].c_before = c;
            step_forward(layer, direction, all[t]);
            h = all[t].h;
            c = all[t].c;
            for (std::size_t j = 0; j < n_.hidden; ++j) out[t][direction * n_.hidden + j] = h[j];
          }
        }
        for (std::size_t t = 0; t < length; ++t)
          for (std::size_t j = 0; j < n_.outputs(); ++j)
            out[t][j] *= factor(layer, first(sequence) + t, j);
        below = std::move(out);
      }
      outputs_.insert(outputs_.end(), below.begin(), below.end());
    }
  }

  // Of one sequence's step in one layer and direction, the gradient of its state in dh and dc,
  // which become those of the state before; adds to the gradients of its input and of parameters.
  void step_backward(std::size_t layer, std::size_t direction, const Step& step,
                     std::vector<double>& dh, std::vector<double>& dc, std::vector<double>& dinput,
                     std::vector<double>& dw) const {
    std::vector<double> before(n_.hidden);
    for (std::size_t j = 0; j < n_.hidden; ++j) {
      const auto gate = [&](std::size_t g) { return step.gates[g * n_.hidden + j]; };
      std::vector<double> of_input(n_.gates), of_state;
      switch (line_.cell) {
        case RnnCell::kLstm: {
          const double tanh_c = std::tanh(step.c[j]);
          const double d = dc[j] + dh[j] * gate(2) * (1 - tanh_c * tanh_c);
          of_input = {
              d * gate(3) * gate(0) * (1 - gate(0)), d * step.c_before[j] * gate(1) * (1 - gate(1)),
              dh[j] * tanh_c * gate(2) * (1 - gate(2)), d * gate(0) * (1 - gate(3) * gate(3))};
          dc[j] = d * gate(1);
          of_state = of_input;
          break;
        }
        case RnnCell::kGru: {
          const double z = gate(0), r = gate(1), n = gate(2);
          const double dn = dh[j] * (1 - z) * (1 - n * n);
          of_input = {dh[j] * (step.h_before[j] - n) * z * (1 - z),
                      dn * step.candidate_of_state[j] * r * (1 - r), dn};
          of_state = {of_input[0], of_input[1], dn * r};
          before[j] += dh[j] * z;
          break;
        }
        case RnnCell::kTanh:
          of_input = of_state = {dh[j] * (1 - step.h[j] * step.h[j])};
          break;
        default:
          of_input = of_state = {step.h[j] > 0 ? dh[j] : 0};
      }
      for (std::size_t g = 0; g < n_.gates; ++g) {
        if (n_.columns(layer) == 0) dinput[j] += of_input[g];
        const std::size_t w = n_.matrix(layer, direction, g, false) + j * n_.columns(layer);
        for (std::size_t i = 0; i < n_.columns(layer); ++i) {
          dinput[i] += of_input[g] * v_.w[w + i];
          dw[w + i] += of_input[g] * step.input[i];
        }
        const std::size_t r = n_.matrix(layer, direction, g, true) + j * n_.hidden;
        for (std::size_t i = 0; i < n_.hidden; ++i) {
          before[i] += of_state[g] * v_.w[r + i];
          dw[r + i] += of_state[g] * step.h_before[i];
        }
        if (!n_.has_bias) continue;
        dw[n_.bias(layer, direction, g, false) + j] += of_input[g];
        dw[n_.bias(layer, direction, g, true) + j] += of_state[g];
      }
    }
    dh = before;
  }

  const std::vector<std::vector<double>>& outputs() const { return outputs_; }
  const RnnSizes& sizes() const { return n_; }

 private:
  void step_forward(std::size_t layer, std::size_t direction, Step& step) const {
    std::vector<double> of_input(n_.gates * n_.hidden), of_state(n_.gates * n_.hidden);
    for (std::size_t g = 0; g < n_.gates; ++g)
      for (std::size_t j = 0; j < n_.hidden; ++j) {
        double a = n_.columns(layer) == 0 ? step.input[j] : 0, b = 0;
        const std::size_t w = n_.matrix(layer, direction, g, false) + j * n_.columns(layer);
        for (std::size_t i = 0; i < n_.columns(layer); ++i) a += v_.w[w + i] * step.input[i];
        const std::size_t r = n_.matrix(layer, direction, g, true) + j * n_.hidden;
        for (std::size_t i = 0; i < n_.hidden; ++i) b += v_.w[r + i] * step.h_before[i];
        if (n_.has_bias) {
          a += v_.w[n_.bias(layer, direction, g, false) + j];
          b += v_.w[n_.bias(layer, direction, g, true) + j];
        }
        of_input[g * n_.hidden + j] = a;
        of_state[g * n_.hidden + j] = b;
      }
    step.gates.resize(n_.gates * n_.hidden);
    step.candidate_of_state.resize(n_.hidden);
    step.c = step.c_before;
    step.h.resize(n_.hidden);
    for (std::size_t j = 0; j < n_.hidden; ++j) {
      const auto sum = [&](std::size_t g) {
        return of_input[g * n_.hidden + j] + of_state[g * n_.hidden + j];
      };
      const auto gate = [&](std::size_t g) -> double& { return step.gates[g * n_.hidden + j]; };
      switch (line_.cell) {
        case RnnCell::kLstm:
          for (std::size_t g = 0; g < 3; ++g) gate(g) = logistic(sum(g));
          gate(3) = std::tanh(sum(3));
          step.c[j] = gate(1) * step.c_before[j] + gate(0) * gate(3);
          step.h[j] = gate(2) * std::tanh(step.c[j]);
          break;
        case RnnCell::kGru:
          gate(0) = logistic(sum(0));
          gate(1) = logistic(sum(1));
          step.candidate_of_state[j] = of_state[2 * n_.hidden + j];
          gate(2) = std::tanh(of_input[2 * n_.hidden + j] + gate(1) * step.candidate_of_state[j]);
          step.h[j] = (1 - gate(0)) * gate(2) + gate(0) * step.h_before[j];
          break;
        case RnnCell::kTanh:
          step.h[j] = std::tanh(sum(0));
          break;
        default:
          step.h[j] = std::max(sum(0), 0.0);
      }
    }
  }

  const RnnLine& line_;
  const RnnSizes n_;
  const RnnValues& v_;
  const std::vector<double>& kept_;
  std::vector<std::vector<Step>> steps_;
  std::vector<std::vector<double>> outputs_;
};

}  // namespace

RnnSizes::RnnSizes(const RnnLine& line)
    : gates(gates_of(line.cell)),
      directions(line.bidirectional ? 2 : 1),
      hidden(static_cast<std::size_t>(line.hidden)),
      layers(static_cast<std::size_t>(line.layers)),
      input(static_cast<std::size_t>(line.input)),
      batch(line.lengths.size()),
      skips(line.skips_input),
      has_bias(line.has_bias),
      lengths(line.lengths.begin(), line.lengths.end()) {}

std::size_t RnnSizes::columns(std::size_t layer) const {
  if (layer > 0) return outputs();
  return skips ? 0 : input;
}
std::size_t RnnSizes::steps() const {
  return std::accumulate(lengths.begin(), lengths.end(), std::size_t{0});
}
std::size_t RnnSizes::parameters() const {
  std::size_t count = 0;
  for (std::size_t layer = 0; layer < layers; ++layer)
    count += directions * gates * hidden * (columns(layer) + hidden + (has_bias ? 2 : 0));
  return count;
}
std::size_t RnnSizes::matrix(std::size_t layer, std::size_t direction, std::size_t gate,
                             bool of_state) const {
  std::size_t at = 0;
  for (std::size_t below = 0; below < layer; ++below)
    at += directions * gates * hidden * (columns(below) + hidden);
  if (of_state) at += directions * gates * hidden * columns(layer);
  return at + (direction * gates + gate) * hidden * (of_state ? hidden : columns(layer));
}
std::size_t RnnSizes::bias(std::size_t layer, std::size_t direction, std::size_t gate,
                           bool of_state) const {
  const std::size_t matrices = parameters() - layers * directions * gates * hidden * 2;
  return matrices +
         (((layer * 2 + (of_state ? 1 : 0)) * directions + direction) * gates + gate) * hidden;
}

void reference_forward(const RnnLine& line, RnnValues& values, const std::vector<double>& kept) {
  Network network(line, values, kept);
  network.forward();
  const RnnSizes& n = network.sizes();
  values.y.clear();
  for (const std::vector<double>& vector : network.outputs())
    values.y.insert(values.y.end(), vector.begin(), vector.end());
  values.hy.assign(n.states(), 0);
  values.cy.assign(n.states(), 0);
  for (std::size_t layer = 0; layer < n.layers; ++layer)
    for (std::size_t direction = 0; direction < n.directions; ++direction)
      for (std::size_t sequence = 0; sequence < n.batch; ++sequence) {
        const auto& steps = network.steps(layer, direction, sequence);
        const Step& last = direction == 0 ? steps.back() : steps.front();
        const std::size_t at = network.state(layer, direction, sequence);
        for (std::size_t j = 0; j < n.hidden; ++j) {
          values.hy[at + j] = last.h[j];
          values.cy[at + j] = last.c[j];
        }
      }
}

void reference_backward(const RnnLine& line, const RnnValues& values,
                        const std::vector<double>& kept, RnnGradients& g) {
  Network network(line, values, kept);
  network.forward();
  const RnnSizes& n = network.sizes();
  g.dw.assign(n.parameters(), 0);
  g.dhx.assign(n.states(), 0);
  g.dcx.assign(n.states(), 0);
  g.dx.clear();
  for (std::size_t sequence = 0; sequence < n.batch; ++sequence) {
    const std::size_t length = n.lengths[sequence], first = network.first(sequence);
    std::vector<std::vector<double>> dy(length, std::vector<double>(n.outputs()));
    for (std::size_t t = 0; t < length; ++t)
      for (std::size_t j = 0; j < n.outputs(); ++j) dy[t][j] = g.dy[(first + t) * n.outputs() + j];
    for (std::size_t layer = n.layers; layer-- > 0;) {
      const std::size_t width = layer == 0 ? n.input : n.outputs();
      std::vector<std::vector<double>> dinput(length, std::vector<double>(width));
      for (std::size_t direction = 0; direction < n.directions; ++direction) {
        const auto& steps = network.steps(layer, direction, sequence);
        const std::size_t at = network.state(layer, direction, sequence);
        std::vector<double> dh(n.hidden), dc(n.hidden);
        for (std::size_t j = 0; j < n.hidden; ++j) {
          dh[j] = g.dhy.empty() ? 0 : g.dhy[at + j];
          dc[j] = g.dcy.empty() ? 0 : g.dcy[at + j];
        }
        for (std::size_t i = 0; i < length; ++i) {
          const std::size_t t = direction == 0 ? length - 1 - i : i;
          for (std::size_t j = 0; j < n.hidden; ++j) {
            dh[j] += dy[t][direction * n.hidden + j] *
                     network.factor(layer, first + t, direction * n.hidden + j);
          }
          network.step_backward(layer, direction, steps[t], dh, dc, dinput[t], g.dw);
        }
        for (std::size_t j = 0; j < n.hidden; ++j) {
          g.dhx[at + j] = dh[j];
          g.dcx[at + j] = dc[j];
        }
      }
      dy = std::move(dinput);
    }
    for (const std::vector<double>& vector : dy)
      g.dx.insert(g.dx.end(), vector.begin(), vector.end());
  }
}

}  // namespace rdna1conv
