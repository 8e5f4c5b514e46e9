#include "operation_table.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace generator {
namespace {

// A row stands for one operation per type of `types`. In signature and text, T is that type, U and
// S are its unsigned and signed partners, and $W is its width less one.
struct Row {
  const char* types;
  const char* signature;  // result, then operands
  const char* text;
  unsigned cost = 1;
};

constexpr const char* kIntegers = "I8 U8 I16 U16 I32 U32 I64 U64";
constexpr const char* kSigned = "I8 I16 I32 I64";
constexpr const char* kUnsigned = "U8 U16 U32 U64";
constexpr const char* kFloats = "F16 F32 F64";
constexpr const char* kNumbers = "I8 U8 I16 U16 I32 U32 I64 U64 F16 F32 F64";
constexpr const char* kIntegerPairs = "S2 W2";
constexpr const char* kPairs = "S2 W2 H2";

const Row kRows[] = {
    // Integer arithmetic. The sources are compiled with wrapping overflow.
    {kIntegers, "T T T", "$0 + $1"},
    {kIntegers, "T T T", "$0 - $1"},
    {kIntegers, "T T T", "$0 * $1"},
    {kIntegers, "T T T T", "$0 * $1 + $2"},
    {kIntegers, "T T T T", "$0 + $1 + $2"},
    {kIntegers, "T T", "-$0"},
    {"I8 U8 I16 U16 I32 U32", "T T T", "divide<T>($0, $1)", 5},
    {"I8 U8 I16 U16 I32 U32", "T T T", "remainder<T>($0, $1)", 5},
    {"I64 U64", "T T T", "divide<T>($0, $1)", 25},
    {"I64 U64", "T T T", "remainder<T>($0, $1)", 25},
    {"U32", "T T", "$0 / 7"},
    {"I32", "T T", "$0 % 10"},
    {"U64", "T T", "$0 / 1000003", 3},
    {"I64", "T T", "$0 / 12", 3},
    {kIntegers, "T T T", "$0 < $1 ? $0 : $1"},
    {kIntegers, "T T T", "$0 > $1 ? $0 : $1"},
    {kIntegers, "T T T T", "$0 < $1 ? $1 : $0 > $2 ? $2 : $0"},
    {kIntegers, "T T T", "$0 > $1 ? $0 - $1 : $1 - $0"},
    {"U32", "T T T T", "($0 > $1 ? $0 - $1 : $1 - $0) + $2"},
    {kSigned, "T T", "$0 < 0 ? -$0 : $0"},
    {"U32 U16 I16 I32", "T T T", "__builtin_elementwise_add_sat($0, $1)"},
    {"U32 U16 I16 I32", "T T T", "__builtin_elementwise_sub_sat($0, $1)"},
    {"U64 I64", "T T T", "multiply_high($0, $1)", 3},
    {"U32", "T T T", "static_cast<U64>($0) * $1 >> 32"},
    {"I32", "T T T", "static_cast<I64>($0) * $1 >> 32"},
    {"U64", "T U32 U32 T", "static_cast<U64>($0) * $1 + $2"},
    {"I64", "T I32 I32 T", "static_cast<I64>($0) * $1 + $2"},
    {"U32", "T T T T", "($0 & 0xffffff) * ($1 & 0xffffff) + $2"},
    {"U32", "T T T", "static_cast<U64>($0 & 0xffffff) * ($1 & 0xffffff) >> 32"},
    {"I32", "T T T T", "sign_extend24($0) * sign_extend24($1) + $2"},
    // Bits.
    {kIntegers, "T T T", "$0 & $1"},
    {kIntegers, "T T T", "$0 | $1"},
    {kIntegers, "T T T", "$0 ^ $1"},
    {kIntegers, "T T", "~$0"},
    {kIntegers, "T T T", "$0 & ~$1"},
    {kIntegers, "T T T", "~($0 ^ $1)"},
    {kIntegers, "T T T", "$0 << ($1 & $W)"},
    {kIntegers, "T T T", "$0 >> ($1 & $W)"},
    {"I64 U64", "T T U32", "$0 << ($1 & 63)"},
    {"I64 U64", "T T U32", "$0 >> ($1 & 63)"},
    {"U32 I32", "T T T T", "($0 << 3) + $1 + $2"},
    {"U32", "T T T T", "($0 << ($1 & 31)) + $2"},
    {"U32", "T T T T", "($0 + $1) << ($2 & 31)"},
    {"U32", "T T T T", "($0 << ($1 & 31)) | $2"},
    {"U32", "T T T T", "($0 ^ $1) + $2"},
    {"U32", "T T T T", "($0 & $1) | $2"},
    {"U32", "T T T T", "$0 | $1 | $2"},
    {"U32", "T T T T", "$0 ^ $1 ^ $2"},
    {"U32 U64", "T T T T", "($0 & $1) | (~$0 & $2)"},
    {"U32", "T T T T", "bit_field($0, $1, $2)"},
    {"I32", "T T U32 U32", "signed_bit_field($0, $1, $2)"},
    {"U32", "T T", "$0 >> 5 & 0x3ff"},
    {"I32", "T T", "static_cast<I32>(static_cast<U32>($0) << 9) >> 21"},
    {"U32", "T T T", "((1u << ($0 & 31)) - 1) << ($1 & 31)"},
    {kUnsigned, "T T T", "$0 << ($1 & $W) | $0 >> (-$1 & $W)"},
    {"U32", "T T T T", "align_bits($0, $1, $2)"},
    {"U32", "T T T T", "align_bytes($0, $1, $2)"},
    {"U32", "T T T T", "permute_bytes($0, $1, $2)"},
    {"U32", "T T T T", "permute_bytes($0, $1, $2 & 0x07070707)"},
    {"U32", "T T", "__builtin_popcount($0)"},
    {"U64", "U32 T", "__builtin_popcountll($0)"},
    {"U32", "T T", "$0 == 0 ? 32 : __builtin_clz($0)"},
    {"U64", "U32 T", "$0 == 0 ? 64 : __builtin_clzll($0)"},
    {"U32", "T T", "$0 == 0 ? 32 : __builtin_ctz($0)"},
    {"U64", "U32 T", "$0 == 0 ? 64 : __builtin_ctzll($0)"},
    {"I32", "T T", "__builtin_clrsb($0)"},
    {"U8", "T T", "__builtin_bitreverse8($0)"},
    {"U16", "T T", "__builtin_bitreverse16($0)"},
    {"U32", "T T", "__builtin_bitreverse32($0)"},
    {"U64", "T T", "__builtin_bitreverse64($0)"},
    {"U16", "T T", "__builtin_bswap16($0)"},
    {"U32", "T T", "__builtin_bswap32($0)"},
    {"U64", "T T", "__builtin_bswap64($0)"},
    // Bytes of a register.
    {"U32", "T T T T", "sum_of_differences($0, $1, $2)"},
    {"U32", "T T T T", "masked_sum_of_differences($0, $1, $2)"},
    {"U32", "T T T T", "high_sum_of_differences($0, $1, $2)"},
    {"U32", "T T T T", "short_sum_of_differences($0, $1, $2)"},
    {"U32", "T T T T", "mean_of_bytes($0, $1, $2)"},
    {"U64", "T T U32 T", "four_sums_of_differences($0, $1, $2)"},
    {"U64", "T T U32 T", "four_masked_sums_of_differences($0, $1, $2)"},
    // Comparisons and selection, of all numbers.
    {kNumbers, "I32 T T", "$0 < $1"},
    {kNumbers, "I32 T T", "$0 <= $1"},
    {kNumbers, "I32 T T", "$0 > $1"},
    {kNumbers, "I32 T T", "$0 >= $1"},
    {kNumbers, "I32 T T", "$0 == $1"},
    {kNumbers, "I32 T T", "$0 != $1"},
    {kFloats, "I32 T T", "!($0 < $1)"},
    {kFloats, "I32 T T", "!($0 >= $1)"},
    {kFloats, "I32 T T", "__builtin_isunordered(static_cast<F64>($0), static_cast<F64>($1))"},
    {kFloats, "I32 T T", "$0 < $1 || $0 > $1"},
    {kNumbers, "T T T T", "$0 < $1 ? $1 : $2"},
    {kNumbers, "T I32 T T", "$0 != 0 ? $1 : $2"},
    // Floating point.
    {kFloats, "T T T", "$0 + $1"},
    {kFloats, "T T T", "$0 - $1"},
    {kFloats, "T T T", "$0 * $1"},
    {kFloats, "T T T", "quotient($0, $1)", 4},
    {kFloats, "T T T T", "fused_multiply_add($0, $1, $2)"},
    {kFloats, "T T T T", "fused_multiply_add(static_cast<T>(-$0), $1, $2)"},
    {kFloats, "T T T T", "fused_multiply_add($0, absolute($1), static_cast<T>(-$2))"},
    {kFloats, "T T", "square_root(absolute($0))", 4},
    {kFloats, "T T", "square_root($0)", 4},
    {kFloats, "T T", "-$0"},
    {kFloats, "T T", "absolute($0)"},
    {kFloats, "T T", "-absolute($0)"},
    {kFloats, "T T T", "with_sign_of($0, $1)"},
    {kFloats, "T T T", "minimum<T>($0, $1)"},
    {kFloats, "T T T", "maximum<T>($0, $1)"},
    {kFloats, "T T T T", "minimum<T>(minimum<T>($0, $1), $2)"},
    {kFloats, "T T T T", "maximum<T>(maximum<T>($0, $1), $2)"},
    {kFloats, "T T", "$0 * 2"},
    {kFloats, "T T", "$0 * static_cast<T>(0.5f)"},
    {kFloats, "T T T", "static_cast<T>($0 + $1) * 4"},
    {kFloats, "T T", "round_down($0)"},
    {kFloats, "T T", "round_up($0)"},
    {kFloats, "T T", "round_to_zero($0)"},
    {kFloats, "T T", "round_to_even($0)"},
    {"F32 F64", "T T I32", "scale_by_power($0, $1 % 320)"},
    {"F32 F64", "T T I32", "scale_by_power($0, $1)"},
    {"F32 F64", "T T", "fraction_part($0)"},
    {"F32 F64", "I32 T", "exponent_part($0)"},
    {"F32", "T T", "fraction($0)"},
    {"F32", "T T T T", "median($0, $1, $2)"},
    {"F32", "T T", "median($0, 0.0f, 1.0f)"},
    {"F32", "I32 T U32", "is_class($0, $1)"},
    {"F32", "T F16 F16 T", "fused_multiply_add(static_cast<F32>($0), static_cast<F32>($1), $2)"},
    {"F32", "F16 T F16 T", "fused_multiply_add($0, static_cast<F32>($1), $2)"},
    {"F16", "I16 T", "float_to_bits<F16>($0)"},
    {"F32", "I32 T", "float_to_bits<F32>($0)"},
    {"F64", "I64 T", "float_to_bits<F64>($0)"},
    {"F16", "T U16", "float_from_bits<F16>($0)"},
    {"F32", "T U32", "float_from_bits<F32>($0)"},
    {"F64", "T U64", "float_from_bits<F64>($0)"},
    // Conversions.
    {kNumbers, "F16 T", "static_cast<F16>($0)", 2},
    {kNumbers, "F32 T", "static_cast<F32>($0)"},
    {kNumbers, "F64 T", "static_cast<F64>($0)"},
    {kIntegers, "T F16", "to_integer<T>($0)", 2},
    {kIntegers, "T F32", "to_integer<T>($0)", 2},
    {kIntegers, "T F64", "to_integer<T>($0)", 2},
    {kIntegers, "T I8", "$0"},
    {kIntegers, "T U8", "$0"},
    {kIntegers, "T I16", "$0"},
    {kIntegers, "T U16", "$0"},
    {kIntegers, "T I32", "$0"},
    {kIntegers, "T U32", "$0"},
    {kIntegers, "T I64", "$0"},
    {kIntegers, "T U64", "$0"},
    {"U32", "F32 T", "static_cast<F32>($0 & 255)"},
    {"U32", "F32 T", "static_cast<F32>($0 >> 8 & 255)"},
    {"U32", "F32 T", "static_cast<F32>($0 >> 16 & 255)"},
    {"U32", "F32 T", "static_cast<F32>($0 >> 24)"},
    {"S2", "T I32 I32", "pack_saturated($0, $1)"},
    {"W2", "T U32 U32", "pack_saturated($0, $1)"},
    {"H2", "T F32 F32", "pack_truncated($0, $1)"},
    // Pairs.
    {kIntegerPairs, "T T T", "$0 + $1"},
    {kIntegerPairs, "T T T", "$0 - $1"},
    {kIntegerPairs, "T T T", "$0 * $1"},
    {kIntegerPairs, "T T T T", "$0 * $1 + $2"},
    {kIntegerPairs, "T T T", "__builtin_elementwise_min($0, $1)"},
    {kIntegerPairs, "T T T", "__builtin_elementwise_max($0, $1)"},
    {kIntegerPairs, "T T T", "pair_shift_left($0, $1)"},
    {kIntegerPairs, "T T T", "pair_shift_right($0, $1)"},
    {kIntegerPairs, "T U32", "__builtin_bit_cast(T, $0)"},
    {kIntegerPairs, "U32 T", "__builtin_bit_cast(U32, $0)"},
    {kIntegerPairs, "T T T", "__builtin_elementwise_add_sat($0, $1)"},
    {kIntegerPairs, "T T T", "__builtin_elementwise_sub_sat($0, $1)"},
    {"H2", "T T T", "pair_add($0, $1)"},
    {"H2", "T T T", "pair_subtract($0, $1)"},
    {"H2", "T T T", "pair_multiply($0, $1)"},
    {"H2", "T T T T", "pair_fma($0, $1, $2)"},
    {"H2", "T T T T", "pair_fma(pair_swap($0), pair_negate($1), $2)"},
    {"H2", "T T T", "pair_minimum($0, $1)"},
    {"H2", "T T T", "pair_maximum($0, $1)"},
    {"H2", "T T", "pair_negate($0)"},
    {kPairs, "T T", "pair_swap($0)"},
    {"H2", "T F16 F16", "make_pair_of<H2>($0, $1)"},
    {"S2", "T I16 I16", "make_pair_of<S2>($0, $1)"},
    {"W2", "T U16 U16", "make_pair_of<W2>($0, $1)"},
    {"H2", "F16 T", "$0.x"},
    {"H2", "F16 T", "$0.y"},
    {"S2", "I16 T", "$0.y"},
    {"W2", "U16 T", "$0.x"},
    {"H2", "T T T", "make_pair_of<H2>($0.x, $1.y)"},
    {"H2", "F16 T T F16", "static_cast<F16>(static_cast<F16>($0.y * $1.x) + $2)"},
};

// "I32" -> "U32", "U8" -> "I8".
std::string partner(const std::string& type, char kind) {
  std::string other = type;
  if (type[0] == 'I' || type[0] == 'U') other[0] = kind;
  return other;
}

void replace_all(std::string& text, std::string_view from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

Operation make_operation(const Row& row, const std::string& type) {
  std::vector<std::string> signature = words(row.signature);
  for (std::string& each : signature) {
    if (each == "T") each = type;
    if (each == "U") each = partner(type, 'U');
    if (each == "S") each = partner(type, 'I');
  }
  Operation operation;
  operation.result = signature.front();
  operation.operands.assign(signature.begin() + 1, signature.end());
  operation.text = row.text;
  replace_all(operation.text, "<T>", "<" + type + ">");
  replace_all(operation.text, "(T,", "(" + type + ",");
  if (type[0] == 'I' || type[0] == 'U') {
    replace_all(operation.text, "$W", std::to_string(std::stoi(type.substr(1)) - 1));
  }
  operation.cost = row.cost;
  return operation;
}

}  // namespace

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> list;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) list.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return list;
}

std::string with_operands(std::string_view text, const std::vector<std::string>& operands) {
  std::string result(text);
  for (std::size_t k = 0; k < operands.size(); ++k) {
    replace_all(result, "$" + std::to_string(k), operands[k]);
  }
  return result;
}

const std::vector<Operation>& scalar_operations() {
  static const std::vector<Operation> operations = [] {
    std::vector<Operation> list;
    for (const Row& row : kRows) {
      for (const std::string& type : words(row.types)) list.push_back(make_operation(row, type));
    }
    return list;
  }();
  return operations;
}

std::vector<Operation> operations_over(const std::vector<std::string>& types) {
  const auto has = [&](const std::string& type) {
    return std::find(types.begin(), types.end(), type) != types.end();
  };
  std::vector<Operation> list;
  for (const Operation& operation : scalar_operations()) {
    if (has(operation.result) &&
        std::all_of(operation.operands.begin(), operation.operands.end(), has)) {
      list.push_back(operation);
    }
  }
  return list;
}

}  // namespace generator
