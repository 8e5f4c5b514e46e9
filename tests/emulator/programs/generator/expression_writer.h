// Writes random expressions as statements over named values.
#pragma once

#include <string>
#include <vector>

#include "operation_table.h"
#include "random.h"

namespace generator {

// A value in scope.
struct Value {
  std::string type;
  std::string name;
  bool used = false;
};

// An expression that yields `type` from an input vector `in`: "static_cast<I8>(in.integers[2])".
std::string input_of(const std::string& type, Random& random);

// A constant of `type`: mostly edge values and those that the card encodes inline.
std::string constant_of(const std::string& type, Random& random);

// Builds straight-line code: every statement defines a value from earlier ones, inputs and
// constants.
class ExpressionWriter {
 public:
  // `constants`: how many operands in a hundred are constants.
  ExpressionWriter(std::vector<Operation> operations, unsigned constants, Random& random);

  // Adds one operation chosen at random, and the inputs it needs.
  void add_operation();
  // Adds `operation`.
  void add(const Operation& operation);
  // The statements so far, and a return of everything that no statement uses.
  std::string finish();
  unsigned cost() const { return cost_; }

 private:
  // An operand of `type`, rather none of `others`.
  std::string operand(const std::string& type, const std::vector<std::string>& others,
                      bool may_be_constant);
  unsigned fresh_operands(const Operation& operation) const;
  std::string define(const std::string& type, const std::string& expression, bool is_input);

  std::vector<Operation> operations_;
  std::vector<std::string> result_types_;
  unsigned constants_;
  Random& random_;
  std::vector<Value> values_;
  std::string text_;
  unsigned cost_ = 0;
};

}  // namespace generator
