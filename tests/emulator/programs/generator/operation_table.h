// The operations that generated code is made of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace generator {

// One operation over concrete types. `text` has $0, $1 and $2 where the operands go.
struct Operation {
  std::string result;
  std::vector<std::string> operands;
  std::string text;
  unsigned cost = 1;  // roughly the instructions it becomes, in tens
};

// Operations over the scalar and packed types of scalar_operations.h and packed_operations.h.
const std::vector<Operation>& scalar_operations();

// Those among them whose types are all in `types`.
std::vector<Operation> operations_over(const std::vector<std::string>& types);

// "$0 + $1" with operands filled in.
std::string with_operands(std::string_view text, const std::vector<std::string>& operands);

// Words of a text that are separated by spaces.
std::vector<std::string> words(std::string_view text);

}  // namespace generator
