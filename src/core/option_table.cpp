#include "core/option_table.h"

#include <algorithm>
#include <charconv>

#include "core/error.h"
#include "core/tensor_dims.h"

namespace rdna1conv {
namespace {

[[noreturn]] void fail(const std::string& text) { throw Error(Status::kBadParm, text); }

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

std::string words_text(std::span<const std::string> words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

double parse_real(std::string_view option, std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    fail("option " + std::string(option) + ": " + quoted(text) + " is not a number");
  return value;
}

// The shortest text that gives the number again; of a float's value the shortest that gives the
// float.
std::string real_text(double value) {
  std::array<char, 32> digits;
  char* const last = digits.data() + digits.size();
  const auto narrow = static_cast<float>(value);
  const auto [end, error] = static_cast<double>(narrow) == value
                                ? std::to_chars(digits.data(), last, narrow)
                                : std::to_chars(digits.data(), last, value);
  return error == std::errc{} ? std::string(digits.data(), end) : "0";
}

}  // namespace

std::vector<std::string_view> split_at_blanks(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t begin = line.find_first_not_of(" \t\r\n\f\v");
    if (begin == std::string_view::npos || line[begin] == '#') return words;
    const std::size_t end = std::min(line.find_first_of(" \t\r\n\f\v", begin), line.size());
    words.push_back(line.substr(begin, end - begin));
    line.remove_prefix(end);
  }
}

LineParts take_apart(std::string_view line, std::span<const std::string> words) {
  const std::vector<std::string_view> all = split_at_blanks(line);
  const auto place_of = [&](std::string_view word) {
    return static_cast<std::size_t>(std::find(words.begin(), words.end(), word) - words.begin());
  };
  // Everything before the driver's word is a log prefix or the program's path.
  auto next = std::find_if(all.begin(), all.end(),
                           [&](std::string_view word) { return place_of(word) < words.size(); });
  if (next == all.end()) fail("no driver word (" + words_text(words) + ") in " + quoted(line));
  if (next != all.begin()) {
    const std::string_view program = *(next - 1);
    if (!program.ends_with("MIOpenDriver") && !program.ends_with("conv-bench")) {
      fail(quoted(all.front()) + " stands where a driver word (" + words_text(words) +
           ") or the path of MIOpenDriver is expected");
    }
  }
  LineParts parts;
  parts.word = place_of(*next);
  for (++next; next != all.end() && !next->starts_with("*"); ++next) {
    const std::string_view option = *next;
    if (option.size() < 2 || option.front() != '-') {
      fail(quoted(option) + " is not an option; expected -x VALUE, --long VALUE or *COUNT NAME");
    }
    if (next + 1 == all.end() || (next + 1)->starts_with("*")) {
      parts.without_value = option;
      continue;
    }
    parts.options.emplace_back(option, *++next);
  }
  if (next == all.end()) return parts;
  parts.count = parse_integer("*COUNT", next->substr(1));
  if (parts.count < 1) fail("option *COUNT: " + quoted(*next) + " is not positive");
  for (++next; next != all.end(); ++next)
    parts.name.append(parts.name.empty() ? "" : " ").append(*next);
  return parts;
}

std::int64_t parse_integer(std::string_view option, std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    fail("option " + std::string(option) + ": " + quoted(text) + " is not an integer");
  }
  return value;
}

void store_value(OptionField field, const OptionRange& range, std::string_view option,
                 std::string_view value) {
  if (auto* const* const text = std::get_if<std::string*>(&field)) {
    **text = value;
  } else if (auto* const* const real = std::get_if<double*>(&field)) {
    **real = parse_real(option, value);
  } else {
    const std::int64_t number = parse_integer(option, value);
    if (number < range.least || number > range.most) {
      fail("option " + std::string(option) + ": " + std::to_string(number) + " is not between " +
           std::to_string(range.least) + " and " + std::to_string(range.most));
    }
    *std::get<std::int64_t*>(field) = number;
  }
}

bool is_option(std::string_view option, std::string_view long_name, std::string_view short_name) {
  const bool is_long = option.starts_with("--");
  const std::string_view name = option.substr(is_long ? 2 : 1);
  return !name.empty() && name == (is_long ? long_name : short_name);
}

void append_option(std::string& line, std::string_view long_name, std::string_view short_name,
                   OptionField field) {
  line.append(short_name.empty() ? " --" : " -");
  line.append(short_name.empty() ? long_name : short_name).append(" ");
  if (auto* const* const text = std::get_if<std::string*>(&field)) {
    line.append(**text);
  } else if (auto* const* const real = std::get_if<double*>(&field)) {
    line.append(real_text(**real));
  } else {
    line.append(std::to_string(*std::get<std::int64_t*>(field)));
  }
}

bool same_value(OptionField a, OptionField b) {
  return std::visit(
      [&](auto* value) { return *value == *std::get<std::decay_t<decltype(value)>>(b); }, a);
}

void fail_option(const char* what, std::string_view option) {
  fail(what + (" " + std::string(option)));
}

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

std::string strides_text(const FiveDims& strides, int spatial_dims) {
  std::string text;
  for (std::size_t i = 0; i < strides.size(); ++i) {
    if (i == 2 && spatial_dims == 2) continue;
    text.append(text.empty() ? "" : ",").append(std::to_string(strides[i]));
  }
  return text;
}

std::string layout_text(const FiveDims& lengths, const FiveDims& strides, int spatial_dims) {
  if (layout_of(lengths, strides) != Layout::kNhwc) return "";
  return spatial_dims == 3 ? "NDHWC" : "NHWC";
}

std::string strides_unless_usual(const FiveDims& lengths, std::string_view layout,
                                 const FiveDims& strides) {
  FiveDims usual = packed_strides(lengths, layout.empty() ? Layout::kNchw : Layout::kNhwc);
  canonicalize_strides(lengths, usual);
  return strides == usual ? "" : strides_text(strides, spatial_dims_of(lengths));
}

FiveDims strides_of_options(const FiveDims& lengths, int spatial_dims,
                            std::string_view layout_option, std::string_view layout,
                            std::string_view strides_option, std::string_view strides) {
  return strides.empty()
             ? packed_strides(lengths, parse_layout(layout_option, layout, spatial_dims))
             : parse_strides(strides_option, strides, spatial_dims);
}

void require_sizes(const FiveDims& lengths) {
  std::int64_t bytes = 8;
  for (const std::int64_t length : lengths) {
    if (length > kMaxOptionNumber || __builtin_mul_overflow(bytes, length, &bytes))
      fail("a tensor of the line is too large");
  }
}

}  // namespace rdna1conv
