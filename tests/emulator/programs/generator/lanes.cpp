// Cases that exchange values between the lanes of a wave. On the device a value is a register; on
// the host it is all the lanes' values at once.
#include "case_writers.h"
#include "expression_writer.h"

namespace generator {
namespace {

// Operand types: I, U, F are Lanes<I32>, Lanes<U32>, Lanes<F32>, L is Lanes<I64>, B is a condition.
// In the text, $l is a lane number, $r 1 to 15, $b 0 or 1, $m a 4-bit mask that leaves some rows or
// banks out, $w a width of 2 to 32, $p a permutation of 16 lanes as two literals, $o eight 3-bit
// lane numbers, $s a swizzle pattern.
struct LaneOperation {
  char result;
  const char* operands;
  const char* text;
  // What it reads from lanes that do not execute is not defined.
  bool needs_all_lanes = false;
};

constexpr LaneOperation kOperations[] = {
    {'I', "II", "$0 + $1"},
    {'I', "II", "$0 ^ $1"},
    {'I', "II", "$0 * $1"},
    {'I', "II", "$0 & $1"},
    {'U', "UU", "$0 + $1"},
    {'U', "UU", "$0 ^ $1"},
    {'U', "UU", "$0 | $1"},
    {'F', "FF", "$0 + $1"},
    {'F', "FF", "$0 * $1"},
    {'L', "LL", "$0 + $1"},
    {'L', "LL", "$0 ^ $1"},
    {'B', "II", "$0 < $1"},
    {'B', "UU", "$0 < $1"},
    {'B', "FF", "$0 < $1"},
    {'B', "LL", "$0 < $1"},
    {'I', "BII", "select($0, $1, $2)"},
    {'F', "BFF", "select($0, $1, $2)"},
    {'U', "I", "convert<U32>($0)"},
    {'I', "U", "convert<I32>($0)"},
    {'L', "I", "convert<I64>($0)"},
    {'I', "L", "convert<I32>($0)"},
    {'I', "II", "shuffle($0, $1, $w)"},
    {'U', "UI", "shuffle($0, $1, $w)"},
    {'F', "FI", "shuffle($0, $1, $w)"},
    {'L', "LI", "shuffle($0, $1, $w)"},
    {'I', "I", "shuffle_up($0, $r, $w)"},
    {'F', "F", "shuffle_up($0, $r, $w)"},
    {'L', "L", "shuffle_up($0, $r, $w)"},
    {'I', "I", "shuffle_down($0, $r, $w)"},
    {'F', "F", "shuffle_down($0, $r, $w)"},
    {'L', "L", "shuffle_down($0, $r, $w)"},
    {'I', "I", "shuffle_xor($0, $r, $w)"},
    {'F', "F", "shuffle_xor($0, $r, $w)"},
    {'L', "L", "shuffle_xor($0, $r, $w)"},
    {'U', "B", "ballot_word<0>($0)"},
    {'U', "B", "ballot_word<1>($0)"},
    {'I', "B", "any_lane($0)"},
    {'I', "B", "all_lanes($0)"},
    {'U', "U", "lower_lanes($0)"},
    {'U', "B", "lower_lanes(ballot_word<0>($0))"},
    {'I', "II", "gather($0, $1)"},
    {'I', "I", "scatter($0, $l)"},
    {'I', "I", "swizzle<$s>($0)"},
    {'I', "I", "read_lane($0, $l)", true},
    {'I', "I", "read_first_lane($0)"},
    {'I', "II", "dpp<kQuadPermute + $o % 256, 15, 15, $b>($0, $1)"},
    {'I', "II", "dpp<kRowShiftLeft + $r, 15, 15, $b>($0, $1)"},
    {'I', "II", "dpp<kRowShiftRight + $r, 15, 15, $b>($0, $1)"},
    {'I', "II", "dpp<kRowRotateRight + $r, 15, 15, $b>($0, $1)"},
    {'I', "II", "dpp<kRowMirror, 15, 15, $b>($0, $1)"},
    {'I', "II", "dpp<kRowHalfMirror, 15, 15, $b>($0, $1)"},
    {'I', "II", "dpp<kRowShare + $r, 15, 15, $b>($0, $1)"},
    {'I', "II", "dpp<kRowXor + $r, 15, 15, $b>($0, $1)"},
    {'I', "II", "dpp<kRowShiftRight + $r, $m, 15, $b>($0, $1)"},
    {'I', "II", "dpp<kRowShiftLeft + $r, 15, $m, $b>($0, $1)"},
    {'I', "II", "dpp<kRowXor + $r, $m, $m, $b>($0, $1)"},
    // Forms that the compiler folds into the arithmetic instruction.
    {'I', "I", "$0 + dpp<kRowShiftRight + $r, 15, 15, 1>($0 & zero, $0)"},
    {'I', "II", "$0 ^ dpp<kRowRotateRight + $r, 15, 15, 1>($1 & zero, $1)"},
    {'F', "F", "$0 + dpp<kRowXor + $r, 15, 15, 1>(0.0f, $0)"},
    {'F', "FF", "$0 * dpp<kQuadPermute + $o % 256, 15, 15, 1>(0.0f, $1)"},
    {'I', "I", "dpp8<$o>($0)", true},
    {'I', "I", "permute_row<$p>($0)"},
    {'I', "I", "permute_across_rows<$p>($0)"},
};

std::string type_of(char kind) {
  switch (kind) {
    case 'I':
      return "Lanes<I32>";
    case 'U':
      return "Lanes<U32>";
    case 'F':
      return "Lanes<F32>";
    case 'L':
      return "Lanes<I64>";
    default:
      return "Lanes<bool>";
  }
}

class LaneWriter {
 public:
  explicit LaneWriter(Random& random) : random_(random) {
    for (unsigned k = 0; k < 3; ++k) define('I', "lane_input<I32>(in, " + std::to_string(k) + ")");
    for (unsigned k = 0; k < 2; ++k) define('U', "lane_input<U32>(in, " + std::to_string(k) + ")");
    for (unsigned k = 0; k < 2; ++k) define('F', "lane_input<F32>(in, " + std::to_string(k) + ")");
    define('L', "lane_input<I64>(in, 3)");
    define('B', value('I') + " < " + value('I'));
    define('I', "lane_number()");
  }

  void statement() {
    if (depth_ < 2 && random_.chance(18)) {
      where();
    } else {
      const LaneOperation& operation = pick();
      define(operation.result, expression(operation));
    }
  }

  std::string finish() {
    const auto word = [this](char kind) { return "lane_word(" + last(kind) + ")"; };
    return text_ + "  return fold(fold(" + word('I') + ", " + word('U') + "), fold(" + word('F') +
           ", fold(" + word('L') + ", " + word('B') + ")));\n";
  }

 private:
  struct Known {
    char kind;
    std::string name;
  };

  void define(char kind, const std::string& text) {
    const std::string name = "v" + std::to_string(counter_++);
    text_ += std::string(2 * depth_ + 2, ' ') + "[[maybe_unused]] const " + type_of(kind) + " " +
             name + " = " + text + ";\n";
    known_.push_back({kind, name});
  }

  // An operation with the given result, or with any.
  const LaneOperation& pick(char result = 0) {
    std::vector<const LaneOperation*> fitting;
    for (const LaneOperation& each : kOperations) {
      if (result != 0 && each.result != result) continue;
      if (!each.needs_all_lanes || depth_ == 0) fitting.push_back(&each);
    }
    return *random_.pick(fitting);
  }

  std::string value(char kind) {
    std::vector<const Known*> fitting;
    for (const Known& each : known_) {
      if (each.kind == kind) fitting.push_back(&each);
    }
    // The latest are the likeliest, so that results flow into results.
    const std::size_t count = fitting.size();
    const std::size_t recent = std::min<std::size_t>(count, 3);
    return random_.chance(60) ? fitting[count - 1 - random_.below(recent)]->name
                              : fitting[random_.below(count)]->name;
  }

  std::string last(char kind) const {
    for (auto each = known_.rbegin(); each != known_.rend(); ++each) {
      if (each->kind == kind) return each->name;
    }
    return {};
  }

  std::string permutation() {
    // i * odd + c modulo 16: sixteen 4-bit lane numbers.
    const unsigned odd = 2 * random_.below(8) + 1;
    const unsigned start = random_.below(16);
    std::uint64_t selectors = 0;
    for (unsigned i = 0; i < 16; ++i) {
      selectors |= static_cast<std::uint64_t>((i * odd + start) % 16) << 4 * i;
    }
    return std::to_string(selectors & 0xffffffff) + "u, " + std::to_string(selectors >> 32) + "u";
  }

  std::string expression(const LaneOperation& operation) {
    std::vector<std::string> operands;
    for (const char* kind = operation.operands; *kind != 0; ++kind)
      operands.push_back(value(*kind));
    const std::string text = with_operands(operation.text, operands);
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '$') {
        result += text[i];
        continue;
      }
      switch (text[++i]) {
        case 'l':
          result += std::to_string(random_.below(32));
          break;
        case 'r':
          result += std::to_string(1 + random_.below(15));
          break;
        case 'b':
          result += std::to_string(random_.below(2));
          break;
        case 'm':
          result += std::to_string(random_.below(16));
          break;
        case 'w':
          result += std::to_string(2u << random_.below(5));
          break;
        case 'o':
          result += std::to_string(random_.below(1u << 24));
          break;
        case 's':
          result += std::to_string(random_.chance(25) ? 0x8000 | random_.below(256)
                                                      : random_.below(0x8000));
          break;
        case 'p':
          result += permutation();
          break;
        default:
          break;
      }
    }
    return result;
  }

  // Lanes where a condition holds run a block of their own; what they read from the others is part
  // of the test.
  void where() {
    static constexpr char kKinds[] = {'I', 'F'};
    const char kind = random_.pick(kKinds);
    const std::string condition = value('B');
    const std::string old = value(kind);
    const std::string name = "v" + std::to_string(counter_++);
    const std::string indent(2 * depth_ + 2, ' ');
    text_ += indent + "[[maybe_unused]] const " + type_of(kind) + " " + name + " = where(" +
             condition + ", " + old + ", [&] {\n";
    const std::size_t outside = known_.size();
    ++depth_;
    const unsigned count = 1 + random_.below(3);
    for (unsigned k = 0; k < count; ++k) statement();
    text_ += indent + "  return " + type_of(kind) + "(" + expression(pick(kind)) + ");\n";
    --depth_;
    known_.resize(outside);
    text_ += indent + "});\n";
    known_.push_back({kind, name});
  }

  Random& random_;
  std::vector<Known> known_;
  unsigned counter_ = 0;
  unsigned depth_ = 0;
  std::string text_;
};

}  // namespace

std::string write_lane_case(const std::string& name, std::size_t number, Random& random) {
  LaneWriter writer(random);
  // The first ones are short, so that a fault in one operation shows in a case of few.
  const unsigned count = number < 64 ? 2 + number / 16 : 5 + random.below(10);
  for (unsigned k = 0; k < count; ++k) writer.statement();
  return "struct " + name +
         " {\n  static Lanes<U64> run(const LaneInputs& in) {\n  [[maybe_unused]] const Lanes<I32> "
         "zero"
         " = convert<I32>(lane_input<U32>(in, 0)) & 0;\n" +
         writer.finish() + "  }\n};\n";
}

}  // namespace generator
