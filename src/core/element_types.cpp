#include "core/element_types.h"

#include <algorithm>
#include <vector>

namespace rdna1conv {
namespace {

// "a", "a or b", "a, b or c"
std::string joined(const std::vector<DataType>& types, const char* last_separator) {
  std::string text;
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (i > 0) text += i + 1 == types.size() ? last_separator : ", ";
    text += name_of(types[i]);
  }
  return text;
}

// Every type that is read or written, once.
std::vector<DataType> all_types() {
  std::vector<DataType> types;
  const auto add = [&types](DataType type) {
    if (std::find(types.begin(), types.end(), type) == types.end()) types.push_back(type);
  };
  for (const ElementTypes& row : kInputTypes) add(row.in);
  for (const ElementTypes& row : kElementTypes) add(row.out);
  return types;
}

}  // namespace

std::optional<DataType> element_type_named(std::string_view name) {
  for (const DataType type : all_types()) {
    if (name == name_of(type)) return type;
  }
  return std::nullopt;
}

std::string float_types_text() {
  std::vector<DataType> types;
  for (const ElementTypes& row : float_types()) types.push_back(row.in);
  return joined(types, " or ");
}

std::string outputs_text(DataType in) {
  std::vector<DataType> types;
  for (const ElementTypes& row : kElementTypes) {
    if (row.in == in) types.push_back(row.out);
  }
  return joined(types, " or ");
}

std::string all_types_text() { return joined(all_types(), ", "); }

std::string convolution_types_text() {
  std::string text = "all " + float_types_text();
  for (const ElementTypes& row : kInputTypes) {
    if (!float_row(row.in))
      text.append(", or ").append(name_of(row.in)).append(" that give ") += outputs_text(row.in);
  }
  return text;
}

std::string tensors_are(std::initializer_list<DataType> types) {
  return "tensors are " + joined(types, ", ");
}

std::string driver_word(std::string_view operator_name, DataType type) {
  std::string word(operator_name);
  if (type != DataType::kFloat) word += name_of(type);
  return word;
}

}  // namespace rdna1conv
