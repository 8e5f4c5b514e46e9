#include "core/operators/ctc.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "operators/cases.h"
#include "reference/element_type.h"

namespace rdna1conv {
namespace {

class CtcObject
    : public client::MiopenObject<miopenCTCLossDescriptor_t, miopenCreateCTCLossDescriptor,
                                  miopenDestroyCTCLossDescriptor> {
 public:
  explicit CtcObject(const CtcProblem& p) : MiopenObject("miopenCreateCTCLossDescriptor") {
    client::check_miopen(miopenSetCTCLossDescriptor(*this, static_cast<miopenDataType_t>(p.type),
                                                    static_cast<int>(p.blank), p.applies_softmax),
                         "miopenSetCTCLossDescriptor");
  }
};

// Labels that are no blank; every third is like the one before where the steps allow it.
std::vector<int> labels_of(const ParsedCtc& parsed) {
  std::vector<int> labels;
  std::uint64_t state = 12345;
  for (std::size_t b = 0; b < parsed.labels.size(); ++b) {
    const std::int64_t spare = parsed.steps[b] - parsed.labels[b];
    std::int64_t repeats = 0;
    for (std::int64_t i = 0; i < parsed.labels[b]; ++i) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      auto label = static_cast<std::int64_t>(
          (state >> 33) % static_cast<std::uint64_t>(parsed.problem.classes - 1));
      if (label >= parsed.problem.blank) ++label;
      const bool repeats_last = i > 0 && (i % 3 == 0 || label == labels.back());
      if (repeats_last && repeats < spare) {
        label = labels.back();
        ++repeats;
      } else if (i > 0 && label == labels.back()) {
        do label = (label + 1) % parsed.problem.classes;
        while (label == parsed.problem.blank ||
               (parsed.problem.classes > 2 && label == labels.back()));
      }
      labels.push_back(static_cast<int>(label));
    }
  }
  return labels;
}

// The loss of a sequence and its gradient by the values of all its steps, by sums of probabilities
// that are scaled at each step instead of logarithms.
struct Loss {
  double value = 0;
  std::vector<double> gradient;  // (step, class)
};
Loss loss_of(const std::vector<double>& values, std::size_t steps, std::size_t classes,
             const std::vector<int>& labels, int blank, bool applies_softmax) {
  std::vector<double> probability(steps * classes);
  for (std::size_t t = 0; t < steps; ++t) {
    const auto* const row = values.data() + t * classes;
    if (!applies_softmax) {
      std::copy_n(row, classes, probability.begin() + static_cast<std::ptrdiff_t>(t * classes));
      continue;
    }
    const double largest = *std::max_element(row, row + classes);
    double sum = 0;
    for (std::size_t k = 0; k < classes; ++k) sum += std::exp(row[k] - largest);
    for (std::size_t k = 0; k < classes; ++k)
      probability[t * classes + k] = std::exp(row[k] - largest) / sum;
  }
  const std::size_t positions = 2 * labels.size() + 1;
  const auto class_at = [&](std::size_t s) {
    return static_cast<std::size_t>(s % 2 == 0 ? blank : labels[s / 2]);
  };
  const auto may_skip = [&](std::size_t from, std::size_t to) {
    return to % 2 == 1 && class_at(from) != class_at(to);
  };
  // (step, position), each step's sums scaled to one; the logarithms of the scales add up.
  std::vector<double> alpha(steps * positions), beta(steps * positions);
  double log_alpha = 0;
  for (std::size_t t = 0; t < steps; ++t) {
    double sum = 0;
    for (std::size_t s = 0; s < positions; ++s) {
      double paths = 0;
      if (t == 0) {
        paths = s < 2 ? 1 : 0;
      } else {
        const double* const before = alpha.data() + (t - 1) * positions;
        paths = before[s] + (s > 0 ? before[s - 1] : 0) +
                (s > 1 && may_skip(s - 2, s) ? before[s - 2] : 0);
      }
      alpha[t * positions + s] = paths * probability[t * classes + class_at(s)];
      sum += alpha[t * positions + s];
    }
    for (std::size_t s = 0; s < positions; ++s) alpha[t * positions + s] /= sum;
    log_alpha += std::log(sum);
  }
  for (std::size_t t = steps; t-- > 0;) {
    double sum = 0;
    for (std::size_t s = 0; s < positions; ++s) {
      double paths = 0;
      if (t + 1 == steps) {
        paths = s + 2 >= positions ? 1 : 0;
      } else {
        // What the step after gives, its own probability included.
        const double* const after = beta.data() + (t + 1) * positions;
        const auto given = [&](std::size_t to) {
          return after[to] * probability[(t + 1) * classes + class_at(to)];
        };
        paths = given(s) + (s + 1 < positions ? given(s + 1) : 0) +
                (s + 2 < positions && may_skip(s, s + 2) ? given(s + 2) : 0);
      }
      beta[t * positions + s] = paths;
      sum += paths;
    }
    for (std::size_t s = 0; s < positions; ++s) beta[t * positions + s] /= sum;
  }
  Loss loss;
  const double* const last = alpha.data() + (steps - 1) * positions;
  loss.value =
      -(log_alpha + std::log(last[positions - 1] + (positions > 1 ? last[positions - 2] : 0)));
  for (std::size_t t = 0; t < steps; ++t) {
    std::vector<double> share(classes);
    double sum = 0;
    for (std::size_t s = 0; s < positions; ++s) {
      const double through = alpha[t * positions + s] * beta[t * positions + s];
      share[class_at(s)] += through;
      sum += through;
    }
    for (std::size_t k = 0; k < classes; ++k) {
      const double p = probability[t * classes + k];
      loss.gradient.push_back(applies_softmax ? p - share[k] / sum
                              : share[k] == 0 ? 0
                                              : -share[k] / sum / p);
    }
  }
  return loss;
}

}  // namespace

OperatorCase make_ctc_case(std::string_view line, bool with_reference) {
  const ParsedCtc parsed = parse_ctc(line);
  const CtcProblem& p = parsed.problem;
  const auto steps = static_cast<std::size_t>(p.steps), batch = static_cast<std::size_t>(p.batch),
             classes = static_cast<std::size_t>(p.classes);
  const auto flat = [&](std::int64_t count) {
    const FiveDims lengths{1, 1, 1, 1, count};
    return StridedTensor{p.type, lengths, packed_strides(lengths, Layout::kNchw)};
  };
  OperatorCase c;
  c.line = to_driver_line(p, parsed.steps, parsed.labels);
  c.allocates_host_memory = true;
  const std::int64_t count = p.steps * p.batch * p.classes;
  // Probabilities where they are not made of values.
  const double low = p.applies_softmax ? -2 : 0.05, high = p.applies_softmax ? 2 : 1;
  c.tensors.push_back(
      {"probs", flat(count), input_values(with_reference, p.type, count, 1, low, high), {}, {}});
  const std::vector<int> labels = labels_of(parsed);
  std::vector<double> losses(batch), gradients(static_cast<std::size_t>(count));
  std::size_t first = 0;
  for (std::size_t b = 0; with_reference && b < batch; ++b) {
    const auto length = static_cast<std::size_t>(parsed.steps[b]);
    std::vector<double> values;
    for (std::size_t t = 0; t < length; ++t)
      for (std::size_t k = 0; k < classes; ++k)
        values.push_back(double{c.tensors[0].before[(t * batch + b) * classes + k]});
    const auto begin = labels.begin() + static_cast<std::ptrdiff_t>(first);
    first += static_cast<std::size_t>(parsed.labels[b]);
    const Loss loss = loss_of(values, length, classes,
                              {begin, labels.begin() + static_cast<std::ptrdiff_t>(first)},
                              static_cast<int>(p.blank), p.applies_softmax);
    losses[b] = loss.value;
    for (std::size_t t = 0; t < length; ++t)
      for (std::size_t k = 0; k < classes; ++k)
        gradients[(t * batch + b) * classes + k] = loss.gradient[t * classes + k];
  }
  // Sums go through logarithms as large as the loss.
  Tolerance tolerance = tolerance_of(p.type);
  tolerance.rms = std::max(tolerance.rms, 1e-5);
  tolerance.element = std::max(tolerance.element, 2e-4);
  c.tensors.push_back({"losses", flat(p.batch), {}, std::move(losses), tolerance});
  c.tensors.push_back({"gradients", flat(count), {}, std::move(gradients), tolerance});
  c.bytes = 3 * static_cast<double>(count) * static_cast<double>(bytes_of(p.type));

  const auto descriptor = std::make_shared<CtcObject>(p);
  const auto desc = std::make_shared<client::TensorDescriptor>(
      static_cast<miopenDataType_t>(p.type),
      std::vector<int>{static_cast<int>(steps), static_cast<int>(batch),
                       static_cast<int>(classes)});
  const std::vector<int> label_counts(parsed.labels.begin(), parsed.labels.end()),
      step_counts(parsed.steps.begin(), parsed.steps.end());
  const client::MiopenHandle for_size;
  std::size_t bytes = 0;
  client::check_miopen(
      miopenGetCTCLossWorkspaceSize(for_size, *desc, *desc, labels.data(), label_counts.data(),
                                    step_counts.data(), MIOPEN_CTC_LOSS_ALGO_DETERMINISTIC,
                                    *descriptor, &bytes),
      "miopenGetCTCLossWorkspaceSize");
  const auto workspace = std::make_shared<GuardedWorkspace>(bytes);
  c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
    return miopenCTCLoss(
        handle, *desc, at[0], labels.data(), label_counts.data(), step_counts.data(), at[1], *desc,
        at[2], MIOPEN_CTC_LOSS_ALGO_DETERMINISTIC, *descriptor, workspace->address(), bytes);
  };
  c.further_fault = [=]() -> std::optional<std::string> {
    if (workspace->has_canaries()) return std::nullopt;
    return "something was written before the workspace";
  };
  return c;
}

}  // namespace rdna1conv
