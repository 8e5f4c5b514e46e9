#include "core/driver_line.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/arithmetic_limits.h"
#include "core/element_types.h"
#include "core/error.h"
#include "core/option_table.h"

namespace rdna1conv {
namespace {

[[noreturn]] void fail(const std::string& text) { throw Error(Status::kBadParm, text); }

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

// ---- Words and options -------------------------------------------------------------------------

// "conv" for fp32, "convfp16", ... for what convolutions read, in the order of kInputTypes.
const std::vector<std::string>& driver_words() {
  static const std::vector<std::string> words = [] {
    std::vector<std::string> rows;
    for (const ElementTypes& row : kInputTypes) rows.push_back(driver_word("conv", row.in));
    return rows;
  }();
  return words;
}

// Values of the options before they become a problem; the defaults are the driver's.
struct Options {
  std::int64_t n = 100, c = 3, k = 32, groups = 1;
  Spatial in{32, 32, 32}, filter{3, 3, 3}, pad{0, 0, 0}, stride, dilation, output_pad{0, 0, 0};
  std::int64_t spatial_dims = 2, direction_mask = 0, vector_length = 1;
  std::string in_layout, fil_layout, out_layout, mode = "conv", solution;
  std::string pad_mode = "default", in_strides, fil_strides, out_strides, fil_type, out_type;
  std::string epilogue;
};

// Where each option goes, and what numbers may be.
constexpr OptionRow<Options> kRows[] = {
    {"batchsize", "n", [](Options& o) -> OptionField { return &o.n; }},
    {"in_channels", "c", [](Options& o) -> OptionField { return &o.c; }},
    {"in_d", "!", [](Options& o) -> OptionField { return &o.in.d; }},
    {"in_h", "H", [](Options& o) -> OptionField { return &o.in.h; }},
    {"in_w", "W", [](Options& o) -> OptionField { return &o.in.w; }},
    {"out_channels", "k", [](Options& o) -> OptionField { return &o.k; }},
    {"fil_d", "@", [](Options& o) -> OptionField { return &o.filter.d; }},
    {"fil_h", "y", [](Options& o) -> OptionField { return &o.filter.h; }},
    {"fil_w", "x", [](Options& o) -> OptionField { return &o.filter.w; }},
    {"pad_d", "$", [](Options& o) -> OptionField { return &o.pad.d; }, {0, kMaxOptionNumber}},
    {"pad_h", "p", [](Options& o) -> OptionField { return &o.pad.h; }, {0, kMaxOptionNumber}},
    {"pad_w", "q", [](Options& o) -> OptionField { return &o.pad.w; }, {0, kMaxOptionNumber}},
    {"conv_stride_d", "#", [](Options& o) -> OptionField { return &o.stride.d; }},
    {"conv_stride_h", "u", [](Options& o) -> OptionField { return &o.stride.h; }},
    {"conv_stride_w", "v", [](Options& o) -> OptionField { return &o.stride.w; }},
    {"dilation_d", "^", [](Options& o) -> OptionField { return &o.dilation.d; }},
    {"dilation_h", "l", [](Options& o) -> OptionField { return &o.dilation.h; }},
    {"dilation_w", "j", [](Options& o) -> OptionField { return &o.dilation.w; }},
    {"trans_output_pad_d",
     "%",
     [](Options& o) -> OptionField { return &o.output_pad.d; },
     {0, kMaxOptionNumber}},
    {"trans_output_pad_h",
     "Y",
     [](Options& o) -> OptionField { return &o.output_pad.h; },
     {0, kMaxOptionNumber}},
    {"trans_output_pad_w",
     "X",
     [](Options& o) -> OptionField { return &o.output_pad.w; },
     {0, kMaxOptionNumber}},
    {"group_count", "g", [](Options& o) -> OptionField { return &o.groups; }},
    {"spatial_dim", "_", [](Options& o) -> OptionField { return &o.spatial_dims; }, {2, 3}},
    {"forw", "F", [](Options& o) -> OptionField { return &o.direction_mask; }, {0, 7}},
    {"vector_length", "L", [](Options& o) -> OptionField { return &o.vector_length; }, {1, 1}},
    {"in_layout", "I", [](Options& o) -> OptionField { return &o.in_layout; }},
    {"fil_layout", "f", [](Options& o) -> OptionField { return &o.fil_layout; }},
    {"out_layout", "O", [](Options& o) -> OptionField { return &o.out_layout; }},
    {"mode", "m", [](Options& o) -> OptionField { return &o.mode; }},
    {"pad_mode", "z", [](Options& o) -> OptionField { return &o.pad_mode; }},
    {"solution", "S", [](Options& o) -> OptionField { return &o.solution; }},
    {"in_strides", "", [](Options& o) -> OptionField { return &o.in_strides; }},
    {"fil_strides", "", [](Options& o) -> OptionField { return &o.fil_strides; }},
    {"out_strides", "", [](Options& o) -> OptionField { return &o.out_strides; }},
    {"fil_type", "", [](Options& o) -> OptionField { return &o.fil_type; }},
    {"out_type", "", [](Options& o) -> OptionField { return &o.out_type; }},
    {"epilogue", "", [](Options& o) -> OptionField { return &o.epilogue; }},
};

// Options of the driver that say how to run or check, not what: accepted with any value.
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

DataType parse_type(std::string_view option, std::string_view text, DataType otherwise) {
  if (text.empty()) return otherwise;
  if (const auto type = element_type_named(text)) return *type;
  fail("option " + std::string(option) + ": " + quoted(text) + " is not one of " +
       all_types_text());
}

ConvProblem to_problem(const ElementTypes& word, const Options& o) {
  ConvProblem p;
  p.spatial_dims = static_cast<int>(o.spatial_dims);
  if (o.mode != "conv" && o.mode != "trans") {
    fail("option -m: mode " + quoted(o.mode) + " is not one of conv, trans");
  }
  if (o.pad_mode != "default") {
    fail("option -z: padding mode " + quoted(o.pad_mode) + " is not supported, only default is");
  }
  p.transposed = o.mode == "trans";
  p.x_type = word.in;
  p.w_type = parse_type("--fil_type", o.fil_type, word.in);
  p.y_type = parse_type("--out_type", o.out_type, usual_output(word.in));
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
    require_sizes(lengths);
  }

  p.x_strides = strides_of_options(p.x_lengths(), p.spatial_dims, "-I", o.in_layout, "--in_strides",
                                   o.in_strides);
  p.w_strides = strides_of_options(p.w_lengths(), p.spatial_dims, "-f", o.fil_layout,
                                   "--fil_strides", o.fil_strides);
  p.y_strides = strides_of_options(p.y_lengths(), p.spatial_dims, "-O", o.out_layout,
                                   "--out_strides", o.out_strides);
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
  const std::string prefix = "--" + std::string(tensor);
  const std::string layout = layout_text(lengths, strides, spatial_dims);
  if (!layout.empty()) add(line, prefix + "_layout", layout);
  if (layout_of(lengths, strides) == Layout::kOther)
    add(line, prefix + "_strides", strides_text(strides, spatial_dims));
}

}  // namespace

std::string to_driver_line(const ConvProblem& p) {
  const ElementTypes& word = kInputTypes[input_row(p.x_type).value_or(0)];
  const bool has_depth = p.spatial_dims == 3;
  std::string line = driver_word("conv", word.in);
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
  if (p.w_type != word.in) add(line, "--fil_type", name_of(p.w_type));
  if (p.y_type != usual_output(word.in)) add(line, "--out_type", name_of(p.y_type));
  if (p.epilogue != Epilogue{}) add(line, "--epilogue", to_text(p.epilogue));
  add(line, "-m", p.transposed ? "trans" : "conv");
  add(line, "-g", p.groups);
  add(line, "-F", std::int64_t{1} << static_cast<int>(p.direction));
  return line;
}

bool is_driver_word(std::string_view word) {
  return std::find(driver_words().begin(), driver_words().end(), word) != driver_words().end();
}

bool is_blank_line(std::string_view line) { return split_at_blanks(line).empty(); }

ParsedLine parse_driver_line(std::string_view line) {
  const LineParts parts = take_apart(line, driver_words());
  const Options options = read_options(parts, std::span<const OptionRow<Options>>(kRows), kIgnored);
  ParsedLine parsed;
  parsed.count = parts.count;
  parsed.name = parts.name;
  parsed.problem = to_problem(kInputTypes[parts.word], options);
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
