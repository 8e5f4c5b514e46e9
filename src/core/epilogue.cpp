#include "core/epilogue.h"

#include <algorithm>

#include "core/error.h"

namespace rdna1conv {
namespace {

struct Word {
  std::string_view text;
  Epilogue meaning;
};

Epilogue with_activation(Activation activation) { return {.activation = activation}; }

const Word kWords[] = {
    {"scale", {.scaled = true}},
    {"z", {.adds_z = true}},
    {"bias", {.adds_bias = true}},
    {"norm", {.batch_norm = BatchNorm::kSpatial}},
    {"norm_per_activation", {.batch_norm = BatchNorm::kPerActivation}},
    {"logistic", with_activation(Activation::kLogistic)},
    {"tanh", with_activation(Activation::kTanh)},
    {"relu", with_activation(Activation::kRelu)},
    {"softrelu", with_activation(Activation::kSoftRelu)},
    {"abs", with_activation(Activation::kAbs)},
    {"power", with_activation(Activation::kPower)},
    {"clippedrelu", with_activation(Activation::kClippedRelu)},
    {"leakyrelu", with_activation(Activation::kLeakyRelu)},
    {"elu", with_activation(Activation::kElu)},
    {"clamp", with_activation(Activation::kClamp)},
};

Epilogue merged(const Epilogue& a, const Epilogue& b) {
  return {a.scaled || b.scaled, a.adds_z || b.adds_z, a.adds_bias || b.adds_bias,
          std::max(a.batch_norm, b.batch_norm), std::max(a.activation, b.activation)};
}

}  // namespace

std::string to_text(const Epilogue& epilogue) {
  std::string text;
  for (const Word& word : kWords) {
    // A word is part of the epilogue if leaving it out or in makes no difference.
    const Epilogue& part = word.meaning;
    const bool is_part =
        merged(epilogue, part) == epilogue &&
        (part.batch_norm == BatchNorm::kNone || part.batch_norm == epilogue.batch_norm) &&
        (part.activation == Activation::kPassThrough || part.activation == epilogue.activation);
    if (is_part) text.append(text.empty() ? "" : "+").append(word.text);
  }
  return text;
}

Epilogue parse_epilogue(std::string_view text) {
  Epilogue epilogue;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("+,"), text.size());
    const std::string_view name = text.substr(0, end);
    const auto word = std::find_if(std::begin(kWords), std::end(kWords),
                                   [name](const Word& row) { return row.text == name; });
    if (word == std::end(kWords)) {
      throw Error(Status::kBadParm,
                  "option --epilogue: '" + std::string(name) + "' is no fused operation");
    }
    epilogue = merged(epilogue, word->meaning);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return epilogue;
}

}  // namespace rdna1conv
