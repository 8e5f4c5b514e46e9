#pragma once

// The line of an operator: MIOpenDriver's word for it on an element type, then its options.

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/element_types.h"
#include "core/option_table.h"

namespace rdna1conv {

// What MIOpenDriver calls an operator on each of the float types: "pool", "poolfp16", ...
inline std::vector<std::string> operator_words(std::string_view operator_name) {
  std::vector<std::string> words;
  for (const ElementTypes& row : float_types()) words.push_back(driver_word(operator_name, row.in));
  return words;
}

// Whether the line is one of that operator.
inline bool has_operator_word(std::string_view line, std::string_view operator_name) {
  const std::vector<std::string> words = operator_words(operator_name);
  const std::vector<std::string_view> parts = split_at_blanks(line);
  return std::find_first_of(parts.begin(), parts.end(), words.begin(), words.end()) != parts.end();
}

template <class Options>
struct OperatorLine {
  DataType type;
  Options options;
};

// `operator_name` is the word on fp32. Throws Error (kBadParm) naming what is wrong.
template <class Options, std::size_t Rows, std::size_t Ignored>
OperatorLine<Options> read_operator_line(std::string_view operator_name, std::string_view line,
                                         const OptionRow<Options> (&rows)[Rows],
                                         const IgnoredOption (&ignored)[Ignored]) {
  const std::vector<std::string> words = operator_words(operator_name);
  const LineParts parts = take_apart(line, words);
  return {float_types()[parts.word].in,
          read_options(parts, std::span<const OptionRow<Options>>(rows), ignored)};
}

template <class Options, std::size_t Rows>
std::string print_operator_line(std::string_view operator_name, DataType type,
                                const OptionRow<Options> (&rows)[Rows], const Options& options) {
  return print_options(driver_word(operator_name, type), std::span<const OptionRow<Options>>(rows),
                       options);
}

}  // namespace rdna1conv
