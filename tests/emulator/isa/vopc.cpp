// VOPC: comparisons into a lane mask, and v_cmpx into EXEC.
#include <cmath>

#include "isa/float_operations.h"
#include "isa/opcode_tables.h"
#include "isa/vector_operation.h"

namespace emulator {
namespace {

// v_cmp_class: bit k of `classes` asks for signalling NaN, quiet NaN, -inf, -normal, -denormal, -0,
// +0, +denormal, +normal, +inf.
template <class Bits>
constexpr bool is_class(Bits a, std::uint32_t classes) {
  using Format = FloatFormat<Bits>;
  const Bits magnitude = a & Format::kMagnitude;
  const bool negative = (a & Format::kSign) != 0;
  unsigned kind = 3;  // normal
  kind = magnitude == Format::kInfinity ? 2 : kind;
  kind = magnitude <= Format::kMantissa ? 4 : kind;
  kind = magnitude == 0 ? 5 : kind;
  unsigned bit = negative ? kind : 11 - kind;
  bit = is_nan(a) ? ((a & Format::kQuiet) == 0 ? 0 : 1) : bit;
  return (classes >> bit & 1) != 0;
}

// One row per comparison and its v_cmpx, 16 opcodes further on.
#define COMPARISON(Tag, number, name, type, cost, relation, flags)                             \
  row<Mask(Tag, Tag)>(                                                                         \
      number, "v_cmp_" name "_" type, cost,                                                    \
      []([[maybe_unused]] Tag::Lane a, [[maybe_unused]] Tag::Lane b) { return relation; },     \
      kNoDpp | (flags)),                                                                       \
      row<Mask(Tag, Tag)>(                                                                     \
          (number) + 0x10, "v_cmpx_" name "_" type, cost,                                      \
          []([[maybe_unused]] Tag::Lane a, [[maybe_unused]] Tag::Lane b) { return relation; }, \
          kNoDpp | kWritesExec | (flags))

#define ORDERED_COMPARISONS(Tag, first, type, cost, flags)                   \
  COMPARISON(Tag, (first) + 0, "f", type, cost, false, flags),               \
      COMPARISON(Tag, (first) + 1, "lt", type, cost, a < b, flags),          \
      COMPARISON(Tag, (first) + 2, "eq", type, cost, a == b, flags),         \
      COMPARISON(Tag, (first) + 3, "le", type, cost, a <= b, flags),         \
      COMPARISON(Tag, (first) + 4, "gt", type, cost, a > b, flags),          \
      COMPARISON(Tag, (first) + 5, "lg", type, cost, a < b || a > b, flags), \
      COMPARISON(Tag, (first) + 6, "ge", type, cost, a >= b, flags),         \
      COMPARISON(Tag, (first) + 7, "o", type, cost, a == a && b == b, flags)

#define UNORDERED_COMPARISONS(Tag, first, type, cost, flags)                     \
  COMPARISON(Tag, (first) + 0, "u", type, cost, a != a || b != b, flags),        \
      COMPARISON(Tag, (first) + 1, "nge", type, cost, !(a >= b), flags),         \
      COMPARISON(Tag, (first) + 2, "nlg", type, cost, !(a < b || a > b), flags), \
      COMPARISON(Tag, (first) + 3, "ngt", type, cost, !(a > b), flags),          \
      COMPARISON(Tag, (first) + 4, "nle", type, cost, !(a <= b), flags),         \
      COMPARISON(Tag, (first) + 5, "neq", type, cost, !(a == b), flags),         \
      COMPARISON(Tag, (first) + 6, "nlt", type, cost, !(a < b), flags),          \
      COMPARISON(Tag, (first) + 7, "tru", type, cost, true, flags)

#define INTEGER_COMPARISONS_1_TO_6(Tag, first, type, cost, flags)    \
  COMPARISON(Tag, (first) + 1, "lt", type, cost, a < b, flags),      \
      COMPARISON(Tag, (first) + 2, "eq", type, cost, a == b, flags), \
      COMPARISON(Tag, (first) + 3, "le", type, cost, a <= b, flags), \
      COMPARISON(Tag, (first) + 4, "gt", type, cost, a > b, flags),  \
      COMPARISON(Tag, (first) + 5, "ne", type, cost, a != b, flags), \
      COMPARISON(Tag, (first) + 6, "ge", type, cost, a >= b, flags)

#define INTEGER_COMPARISONS(Tag, first, type, cost, flags)       \
  COMPARISON(Tag, (first) + 0, "f", type, cost, false, flags),   \
      INTEGER_COMPARISONS_1_TO_6(Tag, first, type, cost, flags), \
      COMPARISON(Tag, (first) + 7, "t", type, cost, true, flags)

#define CLASS_TEST(Tag, number, type, cost, flags)                                               \
  row<Mask(Tag, B32)>(                                                                           \
      number, "v_cmp_class_" type, cost,                                                         \
      [](Tag::Lane a, std::uint32_t b) { return is_class(a, b); }, kNoDpp | kNoClamp | (flags)), \
      row<Mask(Tag, B32)>((number) + 0x10, "v_cmpx_class_" type, cost,                           \
                          [](Tag::Lane a, std::uint32_t b) { return is_class(a, b); },           \
                          kNoDpp | kNoClamp | kWritesExec | (flags))

constexpr Opcode kRows[] = {
    ORDERED_COMPARISONS(F32, 0x00, "f32", kFullRate, 0),
    UNORDERED_COMPARISONS(F32, 0x08, "f32", kFullRate, 0),
    ORDERED_COMPARISONS(F64, 0x20, "f64", kFp64Rate, kNoSdwa),
    UNORDERED_COMPARISONS(F64, 0x28, "f64", kFp64Rate, kNoSdwa),
    INTEGER_COMPARISONS(I32, 0x80, "i32", kFullRate, kNoClamp),
    CLASS_TEST(F32Bits, 0x88, "f32", kFullRate, 0),
    INTEGER_COMPARISONS_1_TO_6(I16, 0x88, "i16", kFullRate, kNoClamp),
    CLASS_TEST(F16Bits, 0x8f, "f16", kFullRate, 0),
    INTEGER_COMPARISONS(I64, 0xa0, "i64", k64BitRate, kNoSdwa | kNoClamp),
    CLASS_TEST(F64Bits, 0xa8, "f64", kFp64Rate, kNoSdwa),
    INTEGER_COMPARISONS_1_TO_6(U16, 0xa8, "u16", kFullRate, kNoClamp),
    INTEGER_COMPARISONS(U32, 0xc0, "u32", kFullRate, kNoClamp),
    ORDERED_COMPARISONS(F16, 0xc8, "f16", kFullRate, 0),
    INTEGER_COMPARISONS(U64, 0xe0, "u64", k64BitRate, kNoSdwa | kNoClamp),
    UNORDERED_COMPARISONS(F16, 0xe8, "f16", kFullRate, 0),
};

#undef COMPARISON
#undef ORDERED_COMPARISONS
#undef UNORDERED_COMPARISONS
#undef INTEGER_COMPARISONS_1_TO_6
#undef INTEGER_COMPARISONS
#undef CLASS_TEST

}  // namespace

std::span<const Opcode> vopc_opcodes() { return kRows; }

}  // namespace emulator
