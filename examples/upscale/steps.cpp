#include "steps.h"

#include <cctype>
#include <stdexcept>

namespace upscale {
namespace {

std::string letters_of(const std::string& name) {
  std::string letters;
  for (const char c : name) {
    if (std::isalpha(static_cast<unsigned char>(c)) == 0) break;
    letters += c;
  }
  return letters;
}

class Fusion {
 public:
  explicit Fusion(const Model& model) : model_(model), uses_(model.layers.size() + 1, 0) {
    for (const Layer& layer : model.layers) {
      for (const std::size_t input : layer.inputs) ++uses_[input];
    }
  }

  std::vector<Step> run() {
    for (const Layer& layer : model_.layers) {
      add(layer);
      step_of_.push_back(steps_.size());
    }
    return std::move(steps_);
  }

 private:
  void add(const Layer& layer) {
    if (std::holds_alternative<ReluLayer>(layer.what)) {
      fusible(layer, layer.inputs[0]).relu = true;
    } else if (std::holds_alternative<AddLayer>(layer.what)) {
      // Into whichever of the two is the step just made.
      const bool first = step_of_[layer.inputs[0]] == steps_.size();
      fusible(layer, layer.inputs[first ? 0 : 1]).added = step_of_[layer.inputs[first ? 1 : 0]];
    } else {
      const StepKind kind = std::holds_alternative<ConvLayer>(layer.what) ? StepKind::kConvolution
                            : std::holds_alternative<RepeatLayer>(layer.what)
                                ? StepKind::kRepetition
                                : StepKind::kConcatenation;
      Step step{kind, layer.name, &layer, {}, std::nullopt, false, letters_of(layer.name)};
      for (const std::size_t input : layer.inputs) step.inputs.push_back(step_of_[input]);
      steps_.push_back(std::move(step));
    }
  }

  // The last step, if it is a convolution whose result nobody else uses.
  Step& fusible(const Layer& layer, std::size_t input) {
    const bool is_last = !steps_.empty() && step_of_[input] == steps_.size() && uses_[input] == 1;
    if (!is_last || steps_.back().kind != StepKind::kConvolution || steps_.back().relu) {
      throw std::runtime_error("layer " + layer.name + " does not follow a convolution directly");
    }
    return steps_.back();
  }

  const Model& model_;
  std::vector<int> uses_;                // of the input and each layer
  std::vector<std::size_t> step_of_{0};  // by the numbers of Layer::inputs
  std::vector<Step> steps_;
};

}  // namespace

std::vector<Step> steps_of(const Model& model) { return Fusion(model).run(); }

}  // namespace upscale
