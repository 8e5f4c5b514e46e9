#include "decode_llvm_cases.h"

namespace emulator {
namespace {

constexpr Field kSop2Fields[] = {{0, 8, Fill::kSource}, {8, 8, Fill::kSource}, {16, 7, Fill::kAny}};
constexpr Field kSop1Fields[] = {{0, 8, Fill::kSource}, {16, 7, Fill::kAny}};
constexpr Field kSopcFields[] = {{0, 8, Fill::kSource}, {8, 8, Fill::kSource}};
constexpr Field kSoppFields[] = {{0, 16, Fill::kMostlyNil}};
constexpr Field kSopkFields[] = {{0, 16, Fill::kAny}, {16, 7, Fill::kAny}};
constexpr Field kSmemFields[] = {{0, 6, Fill::kMostlyNil},   {6, 7, Fill::kMostlyNil},
                                 {14, 1, Fill::kMostlyNil},  {16, 1, Fill::kMostlyNil},
                                 {32, 21, Fill::kMostlyNil}, {57, 7, Fill::kNull}};
constexpr Field kVop2Fields[] = {{0, 9, Fill::kSource}, {9, 8, Fill::kAny}, {17, 8, Fill::kAny}};
constexpr Field kVop1Fields[] = {{0, 9, Fill::kSource}, {17, 8, Fill::kMostlyNil}};
constexpr Field kVopcFields[] = {{0, 9, Fill::kSource}, {9, 8, Fill::kAny}};

constexpr Field kVop2Sdwa[] = {
    {9, 8, Fill::kAny},        {17, 8, Fill::kAny},      {32, 8, Fill::kAny},
    {40, 3, Fill::kSelect},    {43, 2, Fill::kUnused},   {45, 1, Fill::kMostlyNil},
    {46, 2, Fill::kMostlyNil}, {48, 3, Fill::kSelect},   {51, 5, Fill::kMostlyNil},
    {56, 3, Fill::kSelect},    {59, 5, Fill::kMostlyNil}};
constexpr Field kVop1Sdwa[] = {
    {17, 8, Fill::kAny},    {32, 8, Fill::kAny},       {40, 3, Fill::kSelect},
    {43, 2, Fill::kUnused}, {45, 1, Fill::kMostlyNil}, {46, 2, Fill::kMostlyNil},
    {48, 3, Fill::kSelect}, {51, 5, Fill::kMostlyNil}, {56, 3, Fill::kMostlyNil}};
constexpr Field kVopcSdwa[] = {{9, 8, Fill::kAny},        {32, 8, Fill::kAny},
                               {40, 7, Fill::kMostlyNil}, {47, 1, Fill::kAny},
                               {48, 3, Fill::kSelect},    {51, 5, Fill::kMostlyNil},
                               {56, 3, Fill::kSelect},    {59, 5, Fill::kMostlyNil}};
constexpr Field kVop2Dpp16[] = {{9, 8, Fill::kAny},  {17, 8, Fill::kAny}, {32, 8, Fill::kAny},
                                {40, 9, Fill::kAny}, {50, 2, Fill::kAny}, {52, 4, Fill::kMostlyNil},
                                {56, 8, Fill::kAny}};
constexpr Field kVop1Dpp16[] = {{17, 8, Fill::kAny},       {32, 8, Fill::kAny},
                                {40, 9, Fill::kAny},       {50, 2, Fill::kAny},
                                {52, 4, Fill::kMostlyNil}, {56, 8, Fill::kAny}};
constexpr Field kVop2Dpp8[] = {
    {0, 1, Fill::kAny}, {9, 8, Fill::kAny}, {17, 8, Fill::kAny}, {32, 32, Fill::kAny}};
constexpr Field kVop1Dpp8[] = {{17, 8, Fill::kAny}, {32, 32, Fill::kAny}};

constexpr Field kVop3Fields[] = {{0, 8, Fill::kAny},
                                 {8, 3, Fill::kMostlyNil},
                                 {11, 4, Fill::kMostlyNil},
                                 {15, 1, Fill::kMostlyNil},
                                 {32, 9, Fill::kSource},
                                 {41, 9, Fill::kSource},
                                 {50, 9, Fill::kOptionalSource},
                                 {59, 2, Fill::kMostlyNil},
                                 {61, 3, Fill::kMostlyNil}};
constexpr Field kVop3pFields[] = {{0, 8, Fill::kAny},        {8, 3, Fill::kMostlyNil},
                                  {11, 3, Fill::kMostlyNil}, {14, 1, Fill::kAny},
                                  {15, 1, Fill::kMostlyNil}, {32, 9, Fill::kSource},
                                  {41, 9, Fill::kSource},    {50, 9, Fill::kOptionalSource},
                                  {59, 2, Fill::kAny},       {61, 3, Fill::kMostlyNil}};
constexpr Field kDsFields[] = {{0, 16, Fill::kMostlyNil}, {16, 1, Fill::kMostlyNil},
                               {17, 1, Fill::kMostlyNil}, {32, 8, Fill::kMostlyNil},
                               {40, 8, Fill::kMostlyNil}, {48, 8, Fill::kMostlyNil},
                               {56, 8, Fill::kMostlyNil}};
constexpr Field kFlatFields[] = {{0, 12, Fill::kMostlyNil}, {12, 1, Fill::kMostlyNil},
                                 {13, 1, Fill::kMostlyNil}, {16, 1, Fill::kMostlyNil},
                                 {17, 1, Fill::kMostlyNil}, {32, 8, Fill::kMostlyNil},
                                 {40, 8, Fill::kMostlyNil}, {48, 7, Fill::kNull},
                                 {55, 1, Fill::kMostlyNil}, {56, 8, Fill::kMostlyNil}};
constexpr Field kMubufFields[] = {
    {0, 12, Fill::kMostlyNil}, {12, 2, Fill::kAny},       {14, 1, Fill::kMostlyNil},
    {15, 1, Fill::kMostlyNil}, {16, 1, Fill::kMostlyNil}, {32, 8, Fill::kMostlyNil},
    {40, 8, Fill::kMostlyNil}, {48, 5, Fill::kMostlyNil}, {54, 1, Fill::kMostlyNil},
    {55, 1, Fill::kMostlyNil}, {56, 8, Fill::kSource}};

constexpr Sweep kSweeps[] = {
    {"Sop2", 0x80000000, 23, 6, 500, kSop2Fields},
    {"Sop2High", 0xa0000000, 23, 5, 300, kSop2Fields, false},
    {"Sopk", 0xb0000000, 23, 4, 500, kSopkFields},
    {"SopkHigh", 0xb8000000, 23, 4, 500, kSopkFields},
    {"Sop1", 0xbe800000, 8, 8, 300, kSop1Fields},
    {"Sopc", 0xbf000000, 16, 7, 300, kSopcFields},
    {"Sopp", 0xbf800000, 16, 7, 500, kSoppFields},
    {"Smem", 0xf4000000, 18, 8, 500, kSmemFields},
    {"Vop2", 0x00000000, 25, 6, 500, kVop2Fields},
    {"Vop1", 0x7e000000, 9, 8, 300, kVop1Fields},
    {"Vopc", 0x7c000000, 17, 8, 300, kVopcFields},
    {"Vop2Sdwa", 0x000000f9, 25, 6, 1000, kVop2Sdwa},
    {"Vop1Sdwa", 0x7e0000f9, 9, 8, 500, kVop1Sdwa},
    {"VopcSdwa", 0x7c0000f9, 17, 8, 500, kVopcSdwa},
    {"Vop2Dpp16", 0x000000fa, 25, 6, 1000, kVop2Dpp16},
    {"Vop1Dpp16", 0x7e0000fa, 9, 8, 500, kVop1Dpp16},
    {"VopcDpp16", 0x7c0000fa, 17, 8, 50, kVop2Dpp16, false},
    {"Vop2Dpp8", 0x000000e9, 25, 6, 300, kVop2Dpp8},
    {"Vop1Dpp8", 0x7e0000e9, 9, 8, 300, kVop1Dpp8},
    {"Vop1Dpp8FetchInactive", 0x7e0000ea, 9, 8, 300, kVop1Dpp8},
    {"Vop3", 0xd4000000, 16, 10, 500, kVop3Fields},
    {"Vop3p", 0xcc000000, 16, 10, 200, kVop3pFields},
    {"Ds", 0xd8000000, 18, 8, 500, kDsFields},
    {"Flat", 0xdc000000, 18, 7, 500, kFlatFields},
    {"Scratch", 0xdc004000, 18, 7, 500, kFlatFields},
    {"Global", 0xdc008000, 18, 7, 500, kFlatFields},
    {"FlatReserved", 0xdc00c000, 18, 7, 50, kFlatFields, false},
    {"Mubuf", 0xe0000000, 18, 8, 500, kMubufFields},
};

std::uint32_t draw(std::mt19937& random, std::uint32_t limit) {
  return static_cast<std::uint32_t>(random()) % limit;
}

// A source code of 9 bits (8 where `width` is 8): registers, constants, specials and a literal.
std::uint32_t draw_source(std::mt19937& random, unsigned width) {
  switch (draw(random, width == 9 ? 8 : 5)) {
    case 0:
      return draw(random, 106);
    case 1:
      return 106 + draw(random, 22);
    case 2:
      return 128 + draw(random, 81);
    case 3:
      return 209 + draw(random, 46);
    case 4:
      return draw(random, 4) == 0 ? 255 : 240 + draw(random, 9);
    case 5:
      return 0;
    default:
      return 256 + draw(random, 256);
  }
}

std::uint32_t draw_field(const Field& field, unsigned filling, std::mt19937& random) {
  const std::uint32_t any =
      static_cast<std::uint32_t>(random()) & static_cast<std::uint32_t>((1ull << field.width) - 1);
  // The first fillings are plain, so that every opcode has some that are instructions.
  const bool plain = filling < 8;
  const std::uint32_t plain_source = draw(random, 64) + (field.width == 9 ? 256 : 0);
  switch (field.fill) {
    case Fill::kAny:
      return any;
    case Fill::kMostlyNil:
      // Every fourth filling has all of these fields clear, the next one about half of them.
      if (plain || filling % 4 == 0) return 0;
      return draw(random, 4) < filling % 4 ? 0 : any;
    case Fill::kSource:
      return plain ? plain_source : draw_source(random, field.width);
    case Fill::kOptionalSource:
      if (filling % 2 == 0) return 0;
      return plain ? plain_source : draw_source(random, field.width);
    case Fill::kNull:
      return draw(random, 3) != 0 ? 125 : any;
    case Fill::kSelect:
      return draw(random, 7);
    case Fill::kUnused:
      return draw(random, 3);
  }
  return any;
}

// A literal dword: values that print by name, small ones and any.
std::uint32_t draw_literal(std::mt19937& random) {
  constexpr std::uint32_t kNamed[] = {0x3f800000, 0xbf000000, 0x3e22f983, 0x3c00, 0x3118,
                                      0xffffffff, 0xfffffff0, 0xffff,     64,     65};
  switch (draw(random, 3)) {
    case 0:
      return kNamed[draw(random, std::size(kNamed))];
    case 1:
      return draw(random, 1u << 17);
    default:
      return static_cast<std::uint32_t>(random());
  }
}

}  // namespace

const std::span<const Sweep> kSweepTable = kSweeps;

Words make_case(const Sweep& sweep, unsigned opcode, unsigned filling, std::mt19937& random) {
  std::uint64_t bits = sweep.prefix | std::uint64_t{opcode} << sweep.opcode_first;
  for (const Field& field : sweep.fields) {
    bits |= std::uint64_t{draw_field(field, filling, random)} << field.first;
  }
  Words words = {static_cast<std::uint32_t>(bits), static_cast<std::uint32_t>(bits >> 32),
                 draw_literal(random)};
  bool has_second_dword = false;
  for (const Field& field : sweep.fields) has_second_dword |= field.first >= 32;
  if (!has_second_dword) words[1] = draw_literal(random);
  // LLVM's printer aborts on the reserved selections of SDWA, which has its own sweeps.
  constexpr std::uint32_t kSdwaCode = 0xf9;
  const bool is_vector_32_bit = (words[0] & 0x80000000) == 0;
  if (is_vector_32_bit && (sweep.prefix & 0x1ff) != kSdwaCode && (words[0] & 0x1ff) == kSdwaCode) {
    ++words[0];
  }
  return words;
}

}  // namespace emulator
