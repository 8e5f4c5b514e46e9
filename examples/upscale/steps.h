#pragma once

// A model as the steps that libraries run: additions and relus go into the convolution before them.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "model.h"

namespace upscale {

enum class StepKind { kConvolution, kConcatenation, kRepetition };

struct Step {
  StepKind kind;
  std::string name;                  // of the first layer in it
  const Layer* layer;                // of the model, which must stay
  std::vector<std::size_t> inputs;   // 0: the network's input; i + 1: step i
  std::optional<std::size_t> added;  // to the convolution's sum
  bool relu = false;                 // after that
  std::string group;                 // of layers that belong together: letters of the name
};

// Throws std::runtime_error naming a layer that cannot be put into a step.
std::vector<Step> steps_of(const Model& model);

}  // namespace upscale
