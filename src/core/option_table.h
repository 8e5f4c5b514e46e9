#pragma once

// Driver lines by tables: a row says what an option is called, where its value goes and what it may
// be. An operator's lines are read and printed by one table.

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/conv_problem.h"

namespace rdna1conv {

inline constexpr std::int64_t kMaxOptionNumber = std::numeric_limits<std::int32_t>::max();

using OptionField = std::variant<std::int64_t*, double*, std::string*>;

struct OptionRange {
  std::int64_t least = 1, most = kMaxOptionNumber;
};

// An option of the lines whose values are collected in an Options.
template <class Options>
struct OptionRow {
  std::string_view long_name, short_name;
  OptionField (*field)(Options&);
  OptionRange range{};          // of integers
  bool always_printed = false;  // else only when it is not the default
};

// Options of the driver that say how to run or check, not what: accepted with any value.
struct IgnoredOption {
  std::string_view long_name, short_name;
};

// A line taken apart: `[log prefix or program] word -x VALUE --long VALUE ... [*COUNT [NAME]]`.
struct LineParts {
  std::size_t word = 0;  // its place in the list of words
  std::vector<std::pair<std::string_view, std::string_view>> options;
  std::optional<std::string_view> without_value;  // an option that the line ends with
  std::int64_t count = 1;
  std::string name;
};

// Splits at blanks. A word that begins with '#' starts a comment, unless it is the value of an
// option ("-#" itself begins with '-').
std::vector<std::string_view> split_at_blanks(std::string_view line);

// `words` are the driver words that the line may have. Throws Error (kBadParm).
LineParts take_apart(std::string_view line, std::span<const std::string> words);

// Throws Error (kBadParm) naming the option.
std::int64_t parse_integer(std::string_view option, std::string_view text);
void store_value(OptionField field, const OptionRange& range, std::string_view option,
                 std::string_view value);

bool is_option(std::string_view option, std::string_view long_name, std::string_view short_name);
// " --long value", or " -s value" where there is such a name.
void append_option(std::string& line, std::string_view long_name, std::string_view short_name,
                   OptionField field);
bool same_value(OptionField a, OptionField b);

// Stores the option's value, or says false if there is no such option.
template <class Options>
bool store_option(std::span<const OptionRow<Options>> rows, std::span<const IgnoredOption> ignored,
                  Options& options, std::string_view option, std::string_view value) {
  for (const OptionRow<Options>& row : rows) {
    if (!is_option(option, row.long_name, row.short_name)) continue;
    store_value(row.field(options), row.range, option, value);
    return true;
  }
  for (const IgnoredOption& row : ignored) {
    if (is_option(option, row.long_name, row.short_name)) return true;
  }
  return false;
}

[[noreturn]] void fail_option(const char* what, std::string_view option);

// The options of a line. Throws Error (kBadParm) naming the one at fault.
template <class Options>
Options read_options(const LineParts& parts, std::span<const OptionRow<Options>> rows,
                     std::span<const IgnoredOption> ignored) {
  Options options;
  for (const auto& [option, value] : parts.options) {
    if (!store_option(rows, ignored, options, option, value)) fail_option("unknown option", option);
  }
  if (parts.without_value) {
    Options scratch;
    const bool known = store_option(rows, ignored, scratch, *parts.without_value, "1");
    fail_option(known ? "no value for option" : "unknown option", *parts.without_value);
  }
  return options;
}

// The word with the options that are always printed or are not at their defaults, in the table's
// order.
template <class Options>
std::string print_options(std::string word, std::span<const OptionRow<Options>> rows,
                          Options options) {
  Options defaults;
  for (const OptionRow<Options>& row : rows) {
    if (!row.always_printed && same_value(row.field(options), row.field(defaults))) continue;
    append_option(word, row.long_name, row.short_name, row.field(options));
  }
  return word;
}

// ---- Layouts and strides of a tensor, "" where an option is not given ------------------------

// The layouts this library knows by name; "" is NCHW.
Layout parse_layout(std::string_view option, std::string_view text, int spatial_dims);
// "500,60,8,1", in N, C, [D,] H, W order.
FiveDims parse_strides(std::string_view option, std::string_view text, int spatial_dims);
std::string strides_text(const FiveDims& strides, int spatial_dims);
// "NHWC" or "NDHWC" if the tensor is packed like that, else "".
std::string layout_text(const FiveDims& lengths, const FiveDims& strides, int spatial_dims);

// "" if these canonical strides are what the layout alone says.
std::string strides_unless_usual(const FiveDims& lengths, std::string_view layout,
                                 const FiveDims& strides);

// The strides that a layout or, if they are given, strides say.
FiveDims strides_of_options(const FiveDims& lengths, int spatial_dims,
                            std::string_view layout_option, std::string_view layout,
                            std::string_view strides_option, std::string_view strides);

// Refuses lengths beyond 31 bits and tensors whose byte offsets would not fit into 64 bits, before
// any stride is computed.
void require_sizes(const FiveDims& lengths);

}  // namespace rdna1conv
