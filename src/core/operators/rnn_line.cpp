#include "core/operators/rnn_line.h"

#include <algorithm>

#include "core/error.h"
#include "core/operators/dimensions_text.h"
#include "core/operators/operator_line.h"
#include "core/option_table.h"

namespace rdna1conv {
namespace {

struct Options {
  std::int64_t steps = 10, input = 32, hidden = 32, layers = 1, bidirectional = 0, bias = 0;
  std::int64_t skips = 0, padded = 0, inference = 0, direction = 1, io_layout = 0, states = 1;
  std::int64_t seed_low = 0, seed_high = 0;
  double dropout = 0;
  std::string batch = "4", lengths, cell = "tanh";
};

constexpr OptionRow<Options> kRows[] = {
    {"seq_len", "k", [](Options& o) -> OptionField { return &o.steps; }, {}, true},
    {"batchsize", "n", [](Options& o) -> OptionField { return &o.batch; }, {}, true},
    {"in_vec", "W", [](Options& o) -> OptionField { return &o.input; }, {}, true},
    {"hid_h", "H", [](Options& o) -> OptionField { return &o.hidden; }, {}, true},
    {"num_layer", "l", [](Options& o) -> OptionField { return &o.layers; }, {1, 4096}, true},
    {"bidirection", "r", [](Options& o) -> OptionField { return &o.bidirectional; }, {0, 1}, true},
    {"bias", "b", [](Options& o) -> OptionField { return &o.bias; }, {0, 1}, true},
    {"mode", "m", [](Options& o) -> OptionField { return &o.cell; }, {}, true},
    {"inputmode", "p", [](Options& o) -> OptionField { return &o.skips; }, {0, 1}, true},
    {"use_padding", "q", [](Options& o) -> OptionField { return &o.padded; }, {0, 1}},
    {"dropout", "P", [](Options& o) -> OptionField { return &o.dropout; }},
    {"seed_low", "L", [](Options& o) -> OptionField { return &o.seed_low; }, {0}},
    {"seed_high", "M", [](Options& o) -> OptionField { return &o.seed_high; }, {0}},
    {"io_layout", "", [](Options& o) -> OptionField { return &o.io_layout; }, {0, 3}},
    {"lengths", "", [](Options& o) -> OptionField { return &o.lengths; }},
    {"states", "", [](Options& o) -> OptionField { return &o.states; }, {0, 1}},
    {"fwdtype", "c", [](Options& o) -> OptionField { return &o.inference; }, {0, 1}, true},
    {"forw", "F", [](Options& o) -> OptionField { return &o.direction; }, {1, 4}, true},
};
constexpr IgnoredOption kIgnored[] = {{"iter", "i"},     {"verify", "V"},     {"time", "t"},
                                      {"wall", "w"},     {"rnnalgo", "a"},    {"use_dropout", "U"},
                                      {"datatype", "f"}, {"dump_output", "o"}};

constexpr std::string_view kCells[] = {"relu", "tanh", "lstm", "gru"};

std::string list_text(const std::vector<std::int64_t>& values) {
  std::string text;
  for (const std::int64_t value : values) text += (text.empty() ? "" : ",") + std::to_string(value);
  return text;
}

// Sequences at each step, without what repeats at the end.
std::string batch_text(const RnnLine& line) {
  std::vector<std::int64_t> rows;
  for (std::int64_t step = 0; step < line.most_steps; ++step) {
    rows.push_back(std::count_if(line.lengths.begin(), line.lengths.end(),
                                 [&](std::int64_t length) { return length > step; }));
  }
  while (rows.size() > 1 && rows.back() == rows[rows.size() - 2]) rows.pop_back();
  return list_text(rows);
}

[[noreturn]] void fail(const std::string& text) { throw Error(Status::kBadParm, text); }

void read_batch(RnnLine& line, const Options& o) {
  std::vector<std::int64_t> rows = parse_list("-n", o.batch);
  if (rows.size() > static_cast<std::size_t>(o.steps)) fail("option -n: more numbers than steps");
  rows.resize(static_cast<std::size_t>(o.steps), rows.back());
  line.lengths.assign(static_cast<std::size_t>(std::max<std::int64_t>(rows.front(), 0)), 0);
  std::int64_t before = rows.front();
  for (const std::int64_t of_step : rows) {
    if (of_step < 1 || of_step > before) fail("option -n: not positive and falling: " + o.batch);
    before = of_step;
    for (std::size_t i = 0; i < static_cast<std::size_t>(of_step); ++i) ++line.lengths[i];
  }
}

}  // namespace

std::string to_driver_line(const RnnLine& line) {
  Options o;
  o.steps = line.most_steps;
  o.input = line.input;
  o.hidden = line.hidden;
  o.layers = line.layers;
  o.bidirectional = line.bidirectional;
  o.bias = line.has_bias;
  o.cell = kCells[static_cast<std::size_t>(line.cell)];
  o.skips = line.skips_input;
  o.dropout = line.dropout;
  o.seed_low = static_cast<std::int64_t>(line.seed & 0x7fffffff);
  o.seed_high = static_cast<std::int64_t>(line.seed >> 32 & 0x7fffffff);
  o.padded = line.layout == 1;
  o.states = line.has_states;
  if (line.layout >= 10) {
    o.io_layout = line.layout - 10;
    o.lengths = list_text(line.lengths);
    o.batch = std::to_string(line.lengths.size());
  } else {
    o.batch = batch_text(line);
  }
  o.inference = line.direction == RnnDirection::kInference;
  o.direction = std::max<std::int64_t>(1, static_cast<std::int64_t>(line.direction));
  return print_operator_line("rnn", line.type, kRows, o);
}

RnnLine parse_rnn(std::string_view text) {
  const auto [type, o] = read_operator_line("rnn", text, kRows, kIgnored);
  RnnLine line;
  line.type = type;
  const auto* const cell = std::find(std::begin(kCells), std::end(kCells), o.cell);
  if (cell == std::end(kCells)) fail("option -m: '" + o.cell + "' is not relu, tanh, lstm or gru");
  line.cell = static_cast<RnnCell>(cell - std::begin(kCells));
  if (o.direction == 3) fail("option -F: 3 is not 1, 2 or 4");
  line.direction = o.direction == 1 && o.inference == 1 ? RnnDirection::kInference
                                                        : static_cast<RnnDirection>(o.direction);
  line.input = o.input;
  line.hidden = o.hidden;
  line.layers = o.layers;
  line.bidirectional = o.bidirectional == 1;
  line.skips_input = o.skips == 1;
  if (line.skips_input && line.input != line.hidden)
    fail("option -p: without input matrix -W and -H must be equal");
  line.has_bias = o.bias == 1;
  line.dropout = o.dropout;
  if (!(o.dropout >= 0 && o.dropout <= 1)) fail("option -P: a rate is between 0 and 1");
  line.seed =
      static_cast<std::uint64_t>(o.seed_high) << 32 | static_cast<std::uint64_t>(o.seed_low);
  line.layout = o.io_layout == 0 ? o.padded : o.io_layout + 10;
  line.most_steps = o.steps;
  line.has_states = o.states == 1;
  read_batch(line, o);
  if (o.lengths.empty()) return line;
  if (o.io_layout == 0) fail("option --lengths: only sequence tensors have lengths, see -n");
  line.lengths = parse_list("--lengths", o.lengths);
  for (const std::int64_t length : line.lengths) {
    if (length < 1 || length > o.steps) fail("option --lengths: not all are 1 to -k");
  }
  return line;
}

}  // namespace rdna1conv
