// Cases of divergent control flow: nested branches and loops whose trip counts differ by lane,
// switches, early returns, calls, and arrays that are indexed by lane-dependent values.
#include "case_writers.h"
#include "expression_writer.h"

namespace generator {
namespace {

constexpr unsigned kArrayLength = 8;
constexpr unsigned kFunctions = 6;

constexpr const char* kTypes[] = {"I32", "U32", "F32", "I64"};

// What the functions of a file give; they take a value of each type in kTypes and the array.
constexpr const char* kFunctionTypes[kFunctions] = {"I32", "U32", "F32", "I64", "U32", "I32"};

class Body {
 public:
  Body(Random& random, unsigned callable)
      : random_(random),
        operations_(operations_over({"I32", "U32", "F32", "I64"})),
        callable_(callable) {}

  void statements(unsigned count) {
    for (unsigned k = 0; k < count; ++k) statement();
  }
  std::string take() { return std::move(text_); }
  // Everything a case computed, as one word.
  static std::string result() {
    return "fold(fold(fold(to_word<I32>(i0), to_word<U32>(u0)), fold(to_word<F32>(f0), "
           "to_word<I64>(l0))), fold(fold(to_word<I32>(i1), to_word<U32>(u1)), "
           "fold(to_word<F32>(f1), fold(to_word<I64>(l1), fold(array[0], fold(array[3], "
           "array[7]))))))";
  }

 private:
  void line(const std::string& text) { text_ += std::string(2 * depth_, ' ') + text + "\n"; }

  static std::string variable_of(const std::string& type, unsigned number) {
    const char* prefix = type == "I32" ? "i" : type == "U32" ? "u" : type == "F32" ? "f" : "l";
    return prefix + std::to_string(number);
  }
  std::string variable(const std::string& type) { return variable_of(type, random_.below(2)); }

  std::string index() { return variable("U32") + " % " + std::to_string(kArrayLength); }

  std::string operand(const std::string& type, unsigned nesting) {
    if (random_.chance(15)) return constant_of(type, random_);
    if (type == "I32" && random_.chance(20)) return "array[" + index() + "]";
    if (nesting > 0 && random_.chance(30)) return expression(type, nesting - 1);
    return variable(type);
  }

  std::string expression(const std::string& type, unsigned nesting) {
    std::vector<const Operation*> fitting;
    for (const Operation& each : operations_) {
      if (each.result == type && each.cost <= (in_loop_ > 0 ? 1u : 5u)) fitting.push_back(&each);
    }
    const Operation& operation = *random_.pick(fitting);
    std::vector<std::string> operands;
    for (const std::string& each : operation.operands) operands.push_back(operand(each, nesting));
    return "static_cast<" + type + ">(" + with_operands(operation.text, operands) + ")";
  }

  std::string condition() {
    switch (random_.below(5)) {
      case 0:
        return variable("I32") + " < " + variable("I32");
      case 1:
        return "(" + variable("U32") + " & " + std::to_string(1 + random_.below(7)) + ") == 1";
      case 2:
        return variable("F32") + " > " + variable("F32");
      case 3:
        return "(" + variable("I64") + " < 0 || " + variable("I32") + " > 5)";
      default:
        return "array[" + index() + "] > " + variable("I32");
    }
  }

  void block(unsigned count) {
    ++depth_;
    statements(count);
    --depth_;
  }

  void assignment() {
    if (random_.chance(30)) {
      line("array[" + index() + "] = " + expression("I32", 1) + ";");
      return;
    }
    const std::string type = random_.pick(kTypes);
    line(variable(type) + " = " + expression(type, 1) + ";");
  }

  void call() {
    const unsigned number = random_.below(callable_);
    const std::string result = kFunctionTypes[number];
    line(variable(result) + " = function_" + std::to_string(number) + "(" + variable("I32") + ", " +
         variable("U32") + ", " + variable("F32") + ", " + variable("I64") + ", array);");
  }

  void loop() {
    const std::string counter = "k" + std::to_string(counters_++);
    const std::string trips =
        random_.chance(70) ? "(" + variable("U32") + " & 7)" : std::to_string(1 + random_.below(5));
    line("for (U32 " + counter + " = 0, end_of_" + counter + " = " + trips + "; " + counter +
         " < end_of_" + counter + "; ++" + counter + ") {");
    ++in_loop_;
    ++depth_;
    line(variable("U32") + " += " + counter + ";");
    statements(1 + random_.below(3));
    if (random_.chance(40)) {
      line("if (" + condition() + ") " + (random_.chance(50) ? "break;" : "continue;"));
      statements(1);
    }
    --depth_;
    --in_loop_;
    line("}");
  }

  void wait_loop() {
    const std::string counter = "k" + std::to_string(counters_++);
    line("U32 " + counter + " = 0;");
    line("do {");
    ++in_loop_;
    block(1 + random_.below(2));
    --in_loop_;
    line("} while (++" + counter + " < 6 && " + condition() + ");");
  }

  void choice() {
    line("switch (" + variable("U32") + " & 3) {");
    ++depth_;
    for (unsigned k = 0; k < 4; ++k) {
      line(k == 3 ? "default:" : "case " + std::to_string(k) + ":");
      block(1 + random_.below(2));
      ++depth_;
      if (k < 3) line(random_.chance(70) ? "break;" : "[[fallthrough]];");
      --depth_;
    }
    --depth_;
    line("}");
  }

  void branch() {
    line("if (" + condition() + ") {");
    block(1 + random_.below(3));
    if (random_.chance(60)) {
      line("} else {");
      block(1 + random_.below(3));
    }
    line("}");
  }

  void statement() {
    const unsigned kind = depth_ > 3 ? 0 : random_.below(100);
    if (kind < 45) {
      assignment();
    } else if (kind < 52 && callable_ > 0) {
      call();
    } else if (kind < 70) {
      branch();
    } else if (kind < 82 && in_loop_ < 2) {
      loop();
    } else if (kind < 88 && in_loop_ < 2) {
      // Its counter needs a scope of its own: a switch must not jump past it.
      line("{");
      ++depth_;
      wait_loop();
      --depth_;
      line("}");
    } else if (kind < 95) {
      choice();
    } else if (callable_ == kFunctions) {
      line("if (" + condition() + ") return " + result() + ";");
    } else {
      assignment();
    }
  }

  Random& random_;
  std::vector<Operation> operations_;
  unsigned callable_;  // functions 0 .. callable_ - 1 may be called
  unsigned depth_ = 1;
  unsigned in_loop_ = 0;
  unsigned counters_ = 0;
  std::string text_;
};

}  // namespace

std::string write_control_flow_functions(Random& random) {
  std::string text;
  for (unsigned number = 0; number < kFunctions; ++number) {
    Body body(random, number);
    body.statements(3);
    const std::string type = kFunctionTypes[number];
    const std::string variable = type == "I32"   ? "i0"
                                 : type == "U32" ? "u0"
                                 : type == "F32" ? "f0"
                                                 : "l0";
    text += "[[gnu::noinline]] " + type + " function_" + std::to_string(number) +
            "([[maybe_unused]] I32 i0, U32 u0, [[maybe_unused]] F32 f0, I64 l0,\n"
            "    [[maybe_unused]] I32* array) {\n"
            "  [[maybe_unused]] I32 i1 = 5;\n  [[maybe_unused]] U32 u1 = u0 >> 16;\n"
            "  [[maybe_unused]] F32 f1 = 1;\n  [[maybe_unused]] I64 l1 = l0 >> 7;\n" +
            body.take() + "  return " + variable + ";\n}\n\n";
  }
  return text;
}

std::string write_control_flow_case(const std::string& name, std::size_t, Random& random) {
  std::string text =
      "struct " + name + " {\n  static U64 run([[maybe_unused]] const Inputs& in) {\n";
  for (const char* type : kTypes) {
    const char* prefix = type[0] == 'U' ? "u" : type[0] == 'F' ? "f" : type[1] == '3' ? "i" : "l";
    for (const char* number : {"0", "1"}) {
      text +=
          std::string("  ") + type + " " + prefix + number + " = " + input_of(type, random) + ";\n";
    }
  }
  text += "  I32 array[" + std::to_string(kArrayLength) + "];\n  for (I32 k = 0; k < " +
          std::to_string(kArrayLength) + "; ++k) array[k] = i1 * k;\n";
  Body body(random, kFunctions);
  body.statements(4 + random.below(4));
  text += body.take();
  return text + "  return " + Body::result() + ";\n  }\n};\n";
}

}  // namespace generator
