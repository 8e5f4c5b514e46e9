#include "core/operators/adam.h"

#include "core/operators/operator_line.h"
#include "core/option_table.h"
#include "core/tensor_text.h"

namespace rdna1conv {
namespace {

struct Options {
  std::string dims = "64x32x128";
  double rate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weight_decay = 0;
  std::int64_t amsgrad = 0, maximize = 0, adamw = 0, correct_bias = 1, step = 1, forward = 1;
};
constexpr OptionRow<Options> kRows[] = {
    {"dims", "d", [](Options& o) -> OptionField { return &o.dims; }, {}, true},
    {"lr", "l", [](Options& o) -> OptionField { return &o.rate; }, {}, true},
    {"beta1", "1", [](Options& o) -> OptionField { return &o.beta1; }, {}, true},
    {"beta2", "2", [](Options& o) -> OptionField { return &o.beta2; }, {}, true},
    {"eps", "e", [](Options& o) -> OptionField { return &o.epsilon; }, {}, true},
    {"weight_decay", "W", [](Options& o) -> OptionField { return &o.weight_decay; }, {}, true},
    {"amsgrad", "a", [](Options& o) -> OptionField { return &o.amsgrad; }, {0, 1}},
    {"maximize", "m", [](Options& o) -> OptionField { return &o.maximize; }, {0, 1}},
    {"correct_bias", "c", [](Options& o) -> OptionField { return &o.correct_bias; }, {0, 1}},
    {"adamw", "", [](Options& o) -> OptionField { return &o.adamw; }, {0, 1}},
    {"step", "", [](Options& o) -> OptionField { return &o.step; }},
    {"forw", "F", [](Options& o) -> OptionField { return &o.forward; }, {0, 1}},
};
constexpr IgnoredOption kIgnored[] = {{"iter", "i"}, {"verify", "V"}, {"time", "t"},
                                      {"wall", "w"}, {"scale", "s"},  {"found_inf", "f"}};

constexpr const char *kAdam = "adam", *kTransformers = "transformersadamw";

}  // namespace

std::string to_driver_line(const AdamProblem& p, const AdamScalars& s) {
  Options o;
  o.dims = std::to_string(p.elements);
  o.rate = static_cast<double>(s.rate);
  o.beta1 = static_cast<double>(s.beta1);
  o.beta2 = static_cast<double>(s.beta2);
  o.epsilon = static_cast<double>(s.epsilon);
  o.weight_decay = static_cast<double>(s.weight_decay);
  o.amsgrad = p.uses_largest;
  o.maximize = p.maximizes;
  o.adamw = p.decays_values;
  o.correct_bias = p.is_transformers ? p.corrects_bias : Options().correct_bias;
  o.step = s.step;
  return print_operator_line(p.is_transformers ? kTransformers : kAdam, p.type, kRows, o);
}

ParsedAdam parse_adam(std::string_view line) {
  ParsedAdam parsed;
  AdamProblem& p = parsed.problem;
  p.is_transformers = has_operator_word(line, kTransformers);
  const auto [type, o] =
      read_operator_line(p.is_transformers ? kTransformers : kAdam, line, kRows, kIgnored);
  p.type = type;
  p.elements = count_of(parse_tensor("--dims", o.dims).lengths);
  p.uses_largest = o.amsgrad != 0;
  p.maximizes = o.maximize != 0;
  p.decays_values = o.adamw != 0;
  p.corrects_bias = p.is_transformers && o.correct_bias != 0;
  AdamScalars& s = parsed.scalars;
  s.rate = static_cast<float>(o.rate);
  s.beta1 = static_cast<float>(o.beta1);
  s.beta2 = static_cast<float>(o.beta2);
  s.epsilon = static_cast<float>(o.epsilon);
  s.weight_decay = static_cast<float>(o.weight_decay);
  s.step = static_cast<std::uint32_t>(o.step);
  return parsed;
}

}  // namespace rdna1conv
