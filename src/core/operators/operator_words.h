#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/element_types.h"

namespace rdna1conv {

// What MIOpenDriver calls an operator on each of the float types: "pool", "poolfp16", ...
inline std::vector<std::string> operator_words(std::string_view operator_name) {
  std::vector<std::string> words;
  for (const ElementTypes& row : float_types()) words.push_back(driver_word(operator_name, row.in));
  return words;
}

}  // namespace rdna1conv
