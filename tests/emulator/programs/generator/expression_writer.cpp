#include "expression_writer.h"

#include <algorithm>

namespace generator {
namespace {

constexpr const char* kIntegerConstants[] = {
    "0",
    "1",
    "-1",
    "2",
    "3",
    "7",
    "-16",
    "-17",
    "31",
    "64",
    "65",
    "127",
    "128",
    "255",
    "0x7fff",
    "0x8000",
    "0xffff",
    "0x12345678",
    "0x7fffffff",
    "0x80000000u",
    "0xdeadbeefu",
    "0x00ff00ff",
    "0x123456789abcdefll",
    "0x8000000000000000ull",
};
// Without -0: LLVM may fold the maximum of two zeros to either.
constexpr const char* kFloatConstants[] = {
    "0.0",
    "-3.0",
    "0.5",
    "-0.5",
    "1.0",
    "-1.0",
    "2.0",
    "-2.0",
    "4.0",
    "-4.0",
    "0.15915494309189535",
    "3.0",
    "0.1",
    "1.5",
    "65504.0",
    "0x1p-24",
    "0x1p-14",
    "0x1p-126",
    "0x1p-149",
    "0x1.fffffep127",
    "1e300",
    "0x1p-1074",
};

// Names of values begin with a letter and hold no parentheses.
bool are_values(const std::vector<std::string>& operands) {
  return std::none_of(operands.begin(), operands.end(),
                      [](const std::string& text) { return text.find('(') != std::string::npos; });
}

}  // namespace

std::string input_of(const std::string& type, Random& random) {
  const std::string k = std::to_string(random.below(4));
  const std::string l = std::to_string(random.below(4));
  if (type == "F16") return "in.halves[" + k + "]";
  if (type == "F32") return "in.floats[" + k + "]";
  if (type == "F64") return "in.doubles[" + k + "]";
  if (type == "H2") return "make_pair_of<H2>(in.halves[" + k + "], in.halves[" + l + "])";
  if (type == "S2" || type == "W2") {
    return "__builtin_bit_cast(" + type + ", static_cast<U32>(in.integers[" + k + "]))";
  }
  return "static_cast<" + type + ">(in.integers[" + k + "])";
}

std::string constant_of(const std::string& type, Random& random) {
  const std::string number = type[0] == 'F' || type[0] == 'H' ? random.pick(kFloatConstants)
                                                              : random.pick(kIntegerConstants);
  // Both halves alike: LLVM 15 encodes other pairs wrongly as inline constants (LLVM change
  // "AMDGPU: Fix packed 16-bit inline constants", 2023).
  const auto pair_of = [&](const char* half) {
    return "make_pair_of<" + type + ">(static_cast<" + half + ">(" + number + "), static_cast<" +
           half + ">(" + number + "))";
  };
  if (type == "H2") return pair_of("F16");
  if (type == "S2") return pair_of("I16");
  if (type == "W2") return pair_of("U16");
  return "static_cast<" + type + ">(" + number + ")";
}

ExpressionWriter::ExpressionWriter(std::vector<Operation> operations, unsigned constants,
                                   Random& random)
    : operations_(std::move(operations)), constants_(constants), random_(random) {
  for (const Operation& each : operations_) {
    if (std::find(result_types_.begin(), result_types_.end(), each.result) == result_types_.end()) {
      result_types_.push_back(each.result);
    }
  }
}

std::string ExpressionWriter::define(const std::string& type, const std::string& expression,
                                     bool is_input) {
  const std::string name = (is_input ? "x" : "t") + std::to_string(values_.size());
  const bool packed = type.size() == 2 && type[1] == '2';
  text_ += "  const " + type + " " + name + " = ";
  text_ += is_input || packed ? expression : "static_cast<" + type + ">(" + expression + ")";
  text_ += ";\n";
  values_.push_back({type, name, false});
  return name;
}

std::string ExpressionWriter::operand(const std::string& type,
                                      const std::vector<std::string>& others,
                                      bool may_be_constant) {
  if (may_be_constant && random_.chance(constants_)) return constant_of(type, random_);
  std::vector<std::size_t> fresh;
  std::vector<std::size_t> fitting;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    // x < x and x - x say little.
    const bool repeats = std::find(others.begin(), others.end(), values_[i].name) != others.end();
    if (values_[i].type != type || (repeats && random_.chance(90))) continue;
    fitting.push_back(i);
    if (!values_[i].used) fresh.push_back(i);
  }
  const auto& from = !fresh.empty() && random_.chance(75) ? fresh : fitting;
  if (from.empty() || random_.chance(20)) {
    const std::string name = define(type, input_of(type, random_), true);
    values_.back().used = true;
    return name;
  }
  Value& value = values_[random_.pick(from)];
  value.used = true;
  return value.name;
}

void ExpressionWriter::add(const Operation& operation) {
  std::vector<std::string> operands;
  for (const std::string& type : operation.operands) {
    // One constant is enough; operations on constants alone are not executed.
    const bool may_be_constant = operation.operands.size() > 1 && are_values(operands);
    operands.push_back(operand(type, operands, may_be_constant));
  }
  define(operation.result, with_operands(operation.text, operands), false);
  cost_ += operation.cost;
}

unsigned ExpressionWriter::fresh_operands(const Operation& operation) const {
  unsigned count = 0;
  for (const std::string& type : operation.operands) {
    count += std::any_of(values_.begin(), values_.end(),
                         [&](const Value& value) { return value.type == type && !value.used; });
  }
  return count;
}

void ExpressionWriter::add_operation() {
  // By type first: otherwise the types with most operations would crowd out the others. Of a few
  // candidates the one that takes up most of what was computed before, so that expressions grow
  // deep rather than wide.
  constexpr unsigned kCandidates = 4;
  const Operation* best = nullptr;
  for (unsigned k = 0; k < kCandidates; ++k) {
    const std::string type = random_.pick(result_types_);
    std::vector<const Operation*> fitting;
    for (const Operation& each : operations_) {
      if (each.result == type) fitting.push_back(&each);
    }
    const Operation* candidate = random_.pick(fitting);
    if (best == nullptr || fresh_operands(*candidate) > fresh_operands(*best)) best = candidate;
  }
  add(*best);
}

std::string ExpressionWriter::finish() {
  std::string result;
  for (const Value& value : values_) {
    if (value.used) continue;
    const std::string word = "to_word<" + value.type + ">(" + value.name + ")";
    result = result.empty() ? word : "fold(" + result + ", " + word + ")";
  }
  return text_ + "  return " + (result.empty() ? "0" : result) + ";\n";
}

}  // namespace generator
