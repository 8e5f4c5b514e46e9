#include "core/operators/ctc.h"

#include <algorithm>

#include "core/error.h"
#include "core/operators/dimensions_text.h"
#include "core/operators/operator_line.h"
#include "core/option_table.h"

namespace rdna1conv {
namespace {

struct Options {
  std::string steps = "20", labels = "5";
  std::int64_t classes = 9, batch = 4, blank = 0, softmax = 1;
};

constexpr OptionRow<Options> kRows[] = {
    {"input_len", "k", [](Options& o) -> OptionField { return &o.steps; }, {}, true},
    {"label_len", "l", [](Options& o) -> OptionField { return &o.labels; }, {}, true},
    {"num_class", "c", [](Options& o) -> OptionField { return &o.classes; }, {}, true},
    {"batchsize", "n", [](Options& o) -> OptionField { return &o.batch; }, {}, true},
    {"blank_label_id", "b", [](Options& o) -> OptionField { return &o.blank; }, {0}, true},
    {"apply_softmax_layer",
     "m",
     [](Options& o) -> OptionField { return &o.softmax; },
     {0, 1},
     true},
};
constexpr IgnoredOption kIgnored[] = {{"forw", "F"},        {"iter", "i"},   {"verify", "V"},
                                      {"verify_path", "v"}, {"time", "t"},   {"wall", "w"},
                                      {"dump_output", "o"}, {"ctcalgo", "a"}};

std::string list_text(std::vector<std::int64_t> values) {
  while (values.size() > 1 && values.back() == values[values.size() - 2]) values.pop_back();
  std::string text;
  for (const std::int64_t value : values) text += (text.empty() ? "" : ",") + std::to_string(value);
  return text;
}

std::vector<std::int64_t> numbers(const char* option, const std::string& text, std::int64_t count,
                                  std::int64_t least) {
  std::vector<std::int64_t> values = parse_list(option, text);
  values.resize(static_cast<std::size_t>(count), values.back());
  for (const std::int64_t value : values) {
    if (value < least || value > kMaxOptionNumber)
      throw Error(Status::kBadParm, std::string("option ") + option + ": " + std::to_string(value) +
                                        " is not a length");
  }
  return values;
}

}  // namespace

std::string to_driver_line(const CtcProblem& p, const std::vector<std::int64_t>& steps,
                           const std::vector<std::int64_t>& labels) {
  Options o;
  o.steps = list_text(steps);
  o.labels = list_text(labels);
  o.classes = p.classes - 1;
  o.batch = p.batch;
  o.blank = p.blank;
  o.softmax = p.applies_softmax;
  return print_operator_line("ctc", p.type, kRows, o);
}

ParsedCtc parse_ctc(std::string_view line) {
  const auto [type, o] = read_operator_line("ctc", line, kRows, kIgnored);
  ParsedCtc parsed;
  CtcProblem& p = parsed.problem;
  p.type = type;
  p.batch = o.batch;
  p.classes = o.classes + 1;
  p.blank = std::min(o.blank, o.classes);
  p.applies_softmax = o.softmax == 1;
  parsed.steps = numbers("-k", o.steps, o.batch, 1);
  parsed.labels = numbers("-l", o.labels, o.batch, 0);
  p.steps = *std::max_element(parsed.steps.begin(), parsed.steps.end());
  p.most_labels = *std::max_element(parsed.labels.begin(), parsed.labels.end());
  require_sizes({p.steps, p.batch, 1, 1, p.classes});
  p.strides = p.gradient_strides = {p.batch * p.classes, p.classes, 1};
  return parsed;
}

}  // namespace rdna1conv
