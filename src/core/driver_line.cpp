#include "core/driver_line.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <string>
#include <vector>

#include "core/arithmetic_limits.h"
#include "core/element_types.h"
#include "core/error.h"

namespace rdna1conv {
namespace {

[[noreturn]] void fail(const std::string& text) { throw Error(Status::kBadParm, text); }

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

// ---- Words and options -------------------------------------------------------------------------

struct DriverWord {
  std::string word;
  DataType input, output;
};
// "conv" for fp32, "convfp16", ... for what convolutions read.
const std::vector<DriverWord>& driver_words() {
  static const std::vector<DriverWord> words = [] {
    std::vector<DriverWord> rows;
    for (const ElementTypes& row : kInputTypes)
      rows.push_back({driver_word("conv", row.in), row.in, usual_output(row.in)});
    return rows;
  }();
  return words;
}

std::string driver_words_text() {
  std::string text;
  for (const DriverWord& row : driver_words()) text += (text.empty() ? "" : ", ") + row.word;
  return text;
}

constexpr std::int64_t kMaxLength = std::numeric_limits<std::int32_t>::max();

// Values of the options before they become a problem; the defaults are the driver's.
struct Options {
  std::int64_t n = 100, c = 3, k = 32, groups = 1;
  Spatial in{32, 32, 32}, filter{3, 3, 3}, pad{0, 0, 0}, stride, dilation, output_pad{0, 0, 0};
  std::int64_t spatial_dims = 2, direction_mask = 0, vector_length = 1;
  std::string in_layout, fil_layout, out_layout, mode = "conv", solution;
  std::string pad_mode = "default", in_strides, fil_strides, out_strides, fil_type, out_type;
  std::string epilogue;
};

// A number of the problem: where it goes, and what it may be.
struct NumberOption {
  std::string_view long_name, short_name;
  std::int64_t* (*field)(Options&);
  std::int64_t least, most;
};
constexpr NumberOption kNumbers[] = {
    {"batchsize", "n", [](Options& o) { return &o.n; }, 1, kMaxLength},
    {"in_channels", "c", [](Options& o) { return &o.c; }, 1, kMaxLength},
    {"in_d", "!", [](Options& o) { return &o.in.d; }, 1, kMaxLength},
    {"in_h", "H", [](Options& o) { return &o.in.h; }, 1, kMaxLength},
    {"in_w", "W", [](Options& o) { return &o.in.w; }, 1, kMaxLength},
    {"out_channels", "k", [](Options& o) { return &o.k; }, 1, kMaxLength},
    {"fil_d", "@", [](Options& o) { return &o.filter.d; }, 1, kMaxLength},
    {"fil_h", "y", [](Options& o) { return &o.filter.h; }, 1, kMaxLength},
    {"fil_w", "x", [](Options& o) { return &o.filter.w; }, 1, kMaxLength},
    {"pad_d", "$", [](Options& o) { return &o.pad.d; }, 0, kMaxLength},
    {"pad_h", "p", [](Options& o) { return &o.pad.h; }, 0, kMaxLength},
    {"pad_w", "q", [](Options& o) { return &o.pad.w; }, 0, kMaxLength},
    {"conv_stride_d", "#", [](Options& o) { return &o.stride.d; }, 1, kMaxLength},
    {"conv_stride_h", "u", [](Options& o) { return &o.stride.h; }, 1, kMaxLength},
    {"conv_stride_w", "v", [](Options& o) { return &o.stride.w; }, 1, kMaxLength},
    {"dilation_d", "^", [](Options& o) { return &o.dilation.d; }, 1, kMaxLength},
    {"dilation_h", "l", [](Options& o) { return &o.dilation.h; }, 1, kMaxLength},
    {"dilation_w", "j", [](Options& o) { return &o.dilation.w; }, 1, kMaxLength},
    {"trans_output_pad_d", "%", [](Options& o) { return &o.output_pad.d; }, 0, kMaxLength},
    {"trans_output_pad_h", "Y", [](Options& o) { return &o.output_pad.h; }, 0, kMaxLength},
    {"trans_output_pad_w", "X", [](Options& o) { return &o.output_pad.w; }, 0, kMaxLength},
    {"group_count", "g", [](Options& o) { return &o.groups; }, 1, kMaxLength},
    {"spatial_dim", "_", [](Options& o) { return &o.spatial_dims; }, 2, 3},
    {"forw", "F", [](Options& o) { return &o.direction_mask; }, 0, 7},
    {"vector_length", "L", [](Options& o) { return &o.vector_length; }, 1, 1},
};

// A word of the problem.
struct TextOption {
  std::string_view long_name, short_name;
  std::string Options::*field;
};
constexpr TextOption kTexts[] = {
    {"in_layout", "I", &Options::in_layout},    {"fil_layout", "f", &Options::fil_layout},
    {"out_layout", "O", &Options::out_layout},  {"mode", "m", &Options::mode},
    {"pad_mode", "z", &Options::pad_mode},      {"solution", "S", &Options::solution},
    {"in_strides", "", &Options::in_strides},   {"fil_strides", "", &Options::fil_strides},
    {"out_strides", "", &Options::out_strides}, {"fil_type", "", &Options::fil_type},
    {"out_type", "", &Options::out_type},       {"epilogue", "", &Options::epilogue},
};

// Options of the driver that say how to run or check, not what: accepted with any value.
struct IgnoredOption {
  std::string_view long_name, short_name;
};
constexpr IgnoredOption kIgnored[] = {
    {"pad_val", "r"},       {"iter", "i"},
    {"verify", "V"},        {"verification_cache", "C"},
    {"time", "t"},          {"wall", "w"},
    {"search", "s"},        {"printconv", "P"},
    {"in_data", "d"},       {"weights", "e"},
    {"bias", "b"},          {"dump_output", "o"},
    {"in_bias", "a"},       {"dout_data", "D"},
    {"tensor_vect", "Z"},   {"gpualloc", "G"},
    {"in_cast_type", "U"},  {"out_cast_type", "T"},
    {"wei_cast_type", "R"},
};

// ---- Reading -----------------------------------------------------------------------------------

// Splits at blanks. A word that begins with '#' starts a comment, unless it is the value of an
// option ("-#" itself begins with '-').
std::vector<std::string_view> split(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t begin = line.find_first_not_of(" \t\r\n\f\v");
    if (begin == std::string_view::npos || line[begin] == '#') return words;
    const std::size_t end = std::min(line.find_first_of(" \t\r\n\f\v", begin), line.size());
    words.push_back(line.substr(begin, end - begin));
    line.remove_prefix(end);
  }
}

const DriverWord* find_word(std::string_view word) {
  for (const DriverWord& row : driver_words()) {
    if (row.word == word) return &row;
  }
  return nullptr;
}

std::int64_t parse_integer(std::string_view option, std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    fail("option " + std::string(option) + ": " + quoted(text) + " is not an integer");
  }
  return value;
}

// Stores the option's value, or says false if there is no such option.
bool store(Options& options, std::string_view option, std::string_view value) {
  const bool is_long = option.starts_with("--");
  const std::string_view name = option.substr(is_long ? 2 : 1);
  const auto matches = [&](const auto& row) {
    return !name.empty() && name == (is_long ? row.long_name : row.short_name);
  };
  for (const NumberOption& row : kNumbers) {
    if (!matches(row)) continue;
    const std::int64_t number = parse_integer(option, value);
    if (number < row.least || number > row.most) {
      fail("option " + std::string(option) + ": " + std::to_string(number) + " is not between " +
           std::to_string(row.least) + " and " + std::to_string(row.most));
    }
    *row.field(options) = number;
    return true;
  }
  for (const TextOption& row : kTexts) {
    if (!matches(row)) continue;
    options.*row.field = value;
    return true;
  }
  return std::any_of(std::begin(kIgnored), std::end(kIgnored), matches);
}

// The layouts this library knows by name; "" is the default.
Layout parse_layout(std::string_view option, std::string_view text, int spatial_dims) {
  if (text.empty() || text == (spatial_dims == 3 ? "NCDHW" : "NCHW")) return Layout::kNchw;
  if (text == (spatial_dims == 3 ? "NDHWC" : "NHWC")) return Layout::kNhwc;
  fail("option " + std::string(option) + ": layout " + quoted(text) + " is not one of " +
       (spatial_dims == 3 ? "NCDHW, NDHWC" : "NCHW, NHWC"));
}

FiveDims parse_strides(std::string_view option, std::string_view text, int spatial_dims) {
  std::vector<std::int64_t> values;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    values.push_back(parse_integer(option, text.substr(begin, end - begin)));
    begin = end + 1;
  }
  const std::size_t expected = static_cast<std::size_t>(spatial_dims) + 2;
  if (values.size() != expected) {
    fail("option " + std::string(option) + ": " + quoted(text) + " has " +
         std::to_string(values.size()) + " strides, needs " + std::to_string(expected));
  }
  for (const std::int64_t value : values) {
    if (value < 1) fail("option " + std::string(option) + ": strides must be positive");
  }
  if (spatial_dims == 2) values.insert(values.begin() + 2, 1);
  FiveDims strides{};
  std::copy(values.begin(), values.end(), strides.begin());
  return strides;
}

DataType parse_type(std::string_view option, std::string_view text, DataType otherwise) {
  if (text.empty()) return otherwise;
  if (const auto type = element_type_named(text)) return *type;
  fail("option " + std::string(option) + ": " + quoted(text) + " is not one of " +
       all_types_text());
}

// Refuses lengths beyond 31 bits and tensors whose byte offsets would not fit into 64 bits, before
// any stride is computed.
void check_size(const FiveDims& lengths) {
  std::int64_t bytes = 8;
  for (const std::int64_t length : lengths) {
    if (length > kMaxLength || __builtin_mul_overflow(bytes, length, &bytes)) {
      fail("a tensor of the line is too large");
    }
  }
}

ConvProblem to_problem(const DriverWord& word, const Options& o) {
  ConvProblem p;
  p.spatial_dims = static_cast<int>(o.spatial_dims);
  if (o.mode != "conv" && o.mode != "trans") {
    fail("option -m: mode " + quoted(o.mode) + " is not one of conv, trans");
  }
  if (o.pad_mode != "default") {
    fail("option -z: padding mode " + quoted(o.pad_mode) + " is not supported, only default is");
  }
  p.transposed = o.mode == "trans";
  p.x_type = word.input;
  p.w_type = parse_type("--fil_type", o.fil_type, word.input);
  p.y_type = parse_type("--out_type", o.out_type, word.output);
  p.n = o.n;
  p.c = o.c;
  p.k = o.k;
  p.groups = o.groups;
  for (const auto& [value, letter] : {std::pair{p.c, "-c"}, std::pair{p.k, "-k"}}) {
    if (value % p.groups != 0) {
      fail(std::string("option -g: ") + std::to_string(p.groups) + " groups do not divide " +
           letter + " " + std::to_string(value));
    }
  }
  p.in = o.in;
  p.filter = o.filter;
  p.pad = o.pad;
  p.stride = o.stride;
  p.dilation = o.dilation;
  p.output_pad = o.output_pad;
  if (p.spatial_dims == 2) {
    // Depth options of a 2-D line mean nothing, and the driver's depth defaults are not 1.
    p.in.d = p.filter.d = p.stride.d = p.dilation.d = 1;
    p.pad.d = p.output_pad.d = 0;
  }
  if (!p.transposed && p.output_pad != Spatial{0, 0, 0}) {
    fail("option --trans_output_pad: only a transposed convolution (-m trans) has output padding");
  }
  p.out = implied_output(p);
  for (const FiveDims& lengths : {p.x_lengths(), p.w_lengths(), p.y_lengths()}) {
    check_size(lengths);
  }

  const auto strides_for = [&](std::string_view layout_option, std::string_view layout,
                               std::string_view strides_option, std::string_view strides,
                               const FiveDims& lengths) {
    return strides.empty()
               ? packed_strides(lengths, parse_layout(layout_option, layout, p.spatial_dims))
               : parse_strides(strides_option, strides, p.spatial_dims);
  };
  p.x_strides = strides_for("-I", o.in_layout, "--in_strides", o.in_strides, p.x_lengths());
  p.w_strides = strides_for("-f", o.fil_layout, "--fil_strides", o.fil_strides, p.w_lengths());
  p.y_strides = strides_for("-O", o.out_layout, "--out_strides", o.out_strides, p.y_lengths());
  canonicalize(p);
  if (const auto reason = unless_arithmetic_fits(p, {"x", "w", "y"})) fail(*reason);
  p.epilogue = parse_epilogue(o.epilogue);
  return p;
}

// ---- Writing -----------------------------------------------------------------------------------

void add(std::string& line, std::string_view option, std::int64_t value) {
  line.append(" ").append(option).append(" ").append(std::to_string(value));
}

void add(std::string& line, std::string_view option, std::string_view value) {
  line.append(" ").append(option).append(" ").append(value);
}

void add_layout(std::string& line, std::string_view tensor, const FiveDims& lengths,
                const FiveDims& strides, int spatial_dims) {
  const Layout layout = layout_of(lengths, strides);
  const std::string prefix = "--" + std::string(tensor);
  if (layout == Layout::kNhwc) add(line, prefix + "_layout", spatial_dims == 3 ? "NDHWC" : "NHWC");
  if (layout != Layout::kOther) return;
  std::string text;
  for (std::size_t i = 0; i < strides.size(); ++i) {
    if (i == 2 && spatial_dims == 2) continue;
    text.append(text.empty() ? "" : ",").append(std::to_string(strides[i]));
  }
  add(line, prefix + "_strides", text);
}

}  // namespace

std::string to_driver_line(const ConvProblem& p) {
  const DriverWord* word = &driver_words().front();
  for (const DriverWord& row : driver_words()) {
    if (row.input == p.x_type) word = &row;
  }
  const bool has_depth = p.spatial_dims == 3;
  std::string line(word->word);
  add(line, "-n", p.n);
  add(line, "-c", p.c);
  if (has_depth) add(line, "--in_d", p.in.d);
  add(line, "-H", p.in.h);
  add(line, "-W", p.in.w);
  add(line, "-k", p.k);
  if (has_depth) add(line, "--fil_d", p.filter.d);
  add(line, "-y", p.filter.h);
  add(line, "-x", p.filter.w);
  if (has_depth) add(line, "--pad_d", p.pad.d);
  add(line, "-p", p.pad.h);
  add(line, "-q", p.pad.w);
  if (has_depth) add(line, "--conv_stride_d", p.stride.d);
  add(line, "-u", p.stride.h);
  add(line, "-v", p.stride.w);
  if (has_depth) add(line, "--dilation_d", p.dilation.d);
  add(line, "-l", p.dilation.h);
  add(line, "-j", p.dilation.w);
  if (has_depth) add(line, "--spatial_dim", 3);
  if (p.output_pad.d != 0) add(line, "--trans_output_pad_d", p.output_pad.d);
  if (p.output_pad.h != 0) add(line, "-Y", p.output_pad.h);
  if (p.output_pad.w != 0) add(line, "-X", p.output_pad.w);
  add_layout(line, "in", p.x_lengths(), p.x_strides, p.spatial_dims);
  add_layout(line, "fil", p.w_lengths(), p.w_strides, p.spatial_dims);
  add_layout(line, "out", p.y_lengths(), p.y_strides, p.spatial_dims);
  if (p.w_type != word->input) add(line, "--fil_type", name_of(p.w_type));
  if (p.y_type != word->output) add(line, "--out_type", name_of(p.y_type));
  if (p.epilogue != Epilogue{}) add(line, "--epilogue", to_text(p.epilogue));
  add(line, "-m", p.transposed ? "trans" : "conv");
  add(line, "-g", p.groups);
  add(line, "-F", std::int64_t{1} << static_cast<int>(p.direction));
  return line;
}

bool is_driver_word(std::string_view word) { return find_word(word) != nullptr; }

bool is_blank_line(std::string_view line) { return split(line).empty(); }

ParsedLine parse_driver_line(std::string_view line) {
  const std::vector<std::string_view> words = split(line);
  // Everything before the driver's word is a log prefix or the program's path.
  auto next = std::find_if(words.begin(), words.end(), find_word);
  if (next == words.end()) {
    fail("no driver word (" + driver_words_text() + ") in " + quoted(line));
  }
  if (next != words.begin()) {
    const std::string_view program = *(next - 1);
    if (!program.ends_with("MIOpenDriver") && !program.ends_with("conv-bench")) {
      fail(quoted(words.front()) + " stands where a driver word (" + driver_words_text() +
           ") or the path of MIOpenDriver is expected");
    }
  }
  const DriverWord& word = *find_word(*next++);

  Options options;
  ParsedLine parsed;
  for (; next != words.end(); ++next) {
    if (next->starts_with("*")) break;
    const std::string_view option = *next;
    if (option.size() < 2 || option.front() != '-') {
      fail(quoted(option) + " is not an option; expected -x VALUE, --long VALUE or *COUNT NAME");
    }
    if (next + 1 == words.end() || (next + 1)->starts_with("*")) {
      Options scratch;
      const bool known = store(scratch, option, "1");
      fail((known ? "no value for option " : "unknown option ") + std::string(option));
    }
    if (!store(options, option, *++next)) fail("unknown option " + std::string(option));
  }
  if (next != words.end()) {
    parsed.count = parse_integer("*COUNT", next->substr(1));
    if (parsed.count < 1) fail("option *COUNT: " + quoted(*next) + " is not positive");
    for (++next; next != words.end(); ++next) {
      parsed.name.append(parsed.name.empty() ? "" : " ").append(*next);
    }
  }

  parsed.problem = to_problem(word, options);
  const std::int64_t mask = options.direction_mask == 0 ? 7 : options.direction_mask;
  for (const Direction direction :
       {Direction::kForward, Direction::kBackwardData, Direction::kBackwardWeights}) {
    if ((mask >> static_cast<int>(direction)) & 1) parsed.directions.push_back(direction);
  }
  parsed.problem.direction = parsed.directions.front();
  if (!options.solution.empty() && !options.solution.starts_with("-")) {
    parsed.solution = options.solution;
  }
  return parsed;
}

}  // namespace rdna1conv
