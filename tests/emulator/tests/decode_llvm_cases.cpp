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

constexpr Field kVop3Fields[] = {
    {0, 8, Fill::kAny},        {8, 3, Fill::kMostlyNil},  {11, 4, Fill::kMostlyNil},
    {15, 1, Fill::kMostlyNil}, {32, 9, Fill::kSource},    {41, 9, Fill::kSource},
    {50, 9, Fill::kSource},    {59, 2, Fill::kMostlyNil}, {61, 3, Fill::kMostlyNil}};
constexpr Field kVop3pFields[] = {{0, 8, Fill::kAny},        {8, 3, Fill::kMostlyNil},
                                  {11, 3, Fill::kMostlyNil}, {14, 1, Fill::kAny},
                                  {15, 1, Fill::kMostlyNil}, {32, 9, Fill::kSource},
                                  {41, 9, Fill::kSource},    {50, 9, Fill::kSource},
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
  switch (field.fill) {
    case Fill::kAny:
      return any;
    case Fill::kMostlyNil:
      // Every fourth filling has all of these fields clear, the next one about half of them.
      if (filling % 4 == 0) return 0;
      return draw(random, 4) < filling % 4 ? 0 : any;
    case Fill::kSource:
      return draw_source(random, field.width);
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

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool is_vop3(const Words& words) { return words[0] >> 26 == 0x35; }
bool is_vop3p(const Words& words) { return words[0] >> 26 == 0x33; }
bool is_smem(const Words& words) { return words[0] >> 26 == 0x3d; }
bool is_ds(const Words& words) { return words[0] >> 26 == 0x36; }
bool is_flat(const Words& words) { return words[0] >> 26 == 0x37; }
bool is_mubuf(const Words& words) { return words[0] >> 26 == 0x38; }

constexpr Quirk kQuirks[] = {
    {[](const Words&, std::string_view llvm, std::string_view ours, bool) {
       return ours.empty() && has(llvm, "/*") && !has(llvm, "/*invalid immediate*/");
     },
     "LLVM prints a comment in place of a reserved DPP control; it is refused"},
    {[](const Words&, std::string_view llvm, std::string_view, bool) {
       return has(llvm, "/*invalid immediate*/");
     },
     "LLVM prints a comment where a constant stands for a register; the constant is printed"},
    {[](const Words&, std::string_view llvm, std::string_view ours, bool wave64) {
       return wave64 && llvm.empty() &&
              (has(ours, "vcc_hi") || has(ours, "exec_hi") || has(ours, "m0"));
     },
     "VCC_HI, EXEC_HI and M0 hold no mask of 64 lanes; decoding does not know the wave's size"},
    {[](const Words& words, std::string_view llvm, std::string_view ours, bool) {
       return is_vop3(words) && ours.empty() && has(llvm, "v_cmp") && (words[0] & 0x80) != 0;
     },
     "LLVM takes constants as the destination of a compare; only an SGPR is one"},
    {[](const Words&, std::string_view llvm, std::string_view ours, bool) {
       return ours.empty() &&
              (has(llvm, "v_readfirstlane_b32 src_") || has(llvm, "v_readlane_b32 src_"));
     },
     "LLVM takes constants as the destination of v_readlane; only an SGPR is one"},
    {[](const Words& words, std::string_view llvm, std::string_view ours, bool) {
       const bool has_mask = has(llvm, "v_cndmask_b32") || has(llvm, "_co_ci_u32");
       return is_vop3(words) && ours.empty() && has_mask && (words[1] >> 18 & 0x1ff) >= 128;
     },
     "LLVM takes constants and VGPRs as a lane mask; only SGPRs hold one"},
    {[](const Words& words, std::string_view llvm, std::string_view ours, bool) {
       return is_vop3p(words) && ours.empty() && has(llvm, "v_pk_") && !has(llvm, "_f16") &&
              has(llvm, "neg_");
     },
     "LLVM takes neg of the first source of packed integer operations; integers have no sign bit"},
    {[](const Words&, std::string_view llvm, std::string_view ours, bool) {
       return ours.empty() &&
              (has(llvm, "v_swap") || has(llvm, "v_movrels") || has(llvm, "v_readfirstlane_b32"));
     },
     "LLVM takes scalars as the source of v_swap, v_movrels and v_readfirstlane, or drops the bit "
     "that makes it a VGPR; they read VGPRs"},
    {[](const Words&, std::string_view llvm, std::string_view ours, bool) {
       return has(llvm, "v_cndmask_b32_dpp") || has(ours, "v_cndmask_b32_sdwa") ||
              has(llvm, "v_cndmask_b32_sdwa");
     },
     "LLVM 15 gives v_cndmask's SDWA form integer modifiers and its DPP form none; later versions "
     "and the VOP3 form have neg and abs"},
    {[](const Words&, std::string_view llvm, std::string_view ours, bool) {
       return ours.empty() && (has(llvm, " mul:") || has(llvm, " div:"));
     },
     "LLVM takes omod where the result is no float that it could scale"},
    {[](const Words&, std::string_view llvm, std::string_view ours, bool) {
       return ours.empty() &&
              (has(llvm, "v_ldexp") || has(llvm, "v_trig_preop") || has(llvm, "v_cvt_pk_u8_f32"));
     },
     "LLVM takes neg and abs of the integer beside a float source"},
    {[](const Words&, std::string_view llvm, std::string_view ours, bool) {
       return has(llvm, "v_fmamk_f16") && has(ours, "v_fmamk_f16");
     },
     "LLVM prints the literal source of v_fmamk_f16 as 32 bits, that of all others as 16"},
    {[](const Words& words, std::string_view llvm, std::string_view ours, bool) {
       return (is_smem(words) || has(llvm, "v_mqsad_u32_u8")) && ours.empty() &&
              (has(llvm, "vcc") || has(llvm, "exec") || has(llvm, "null"));
     },
     "LLVM prints VCC, EXEC or NULL where four registers are needed; they are two"},
    {[](const Words& words, std::string_view, std::string_view ours, bool) {
       return is_mubuf(words) && ours.empty() && words[1] >> 24 == 0xff;
     },
     "LLVM takes a literal as the scalar offset of MUBUF; the encoding allows none"},
    {[](const Words& words, std::string_view llvm, std::string_view ours, bool) {
       return is_flat(words) && ours.empty() && has(llvm, " lds");
     },
     "LLVM 15 takes the lds bit of GLOBAL and SCRATCH, which compilers leave to MUBUF"},
    {[](const Words& words, std::string_view llvm, std::string_view ours, bool) {
       return is_ds(words) && llvm.empty() &&
              (has(ours, "ds_gws_") || has(ours, "ds_ordered_count")) && !has(ours, " gds");
     },
     "LLVM takes global wave sync only with the gds bit; the software device faults on both"},
    {[](const Words& words, std::string_view llvm, std::string_view ours, bool) {
       return is_ds(words) && llvm.empty() &&
              (has(ours, "ds_nop") || (has(ours, "permute_b32") && has(ours, " gds")));
     },
     "LLVM wants the fields of ds_nop and the gds bit of ds_permute clear; they are ignored"},
    {[](const Words& words, std::string_view llvm, std::string_view ours, bool) {
       return is_mubuf(words) && llvm.empty() && has(ours, " lds");
     },
     "LLVM takes the lds bit with loads of a dword or less alone; the software device decodes it "
     "with all and faults"},
    {[](const Words& words, std::string_view llvm, std::string_view ours, bool) {
       return has(llvm, "v_ldexp_f16") && has(ours, "v_ldexp_f16") && words[1] != 0;
     },
     "LLVM names inline floats and literals of v_ldexp_f16's exponent as if it were a half"},
    {[](const Words&, std::string_view llvm, std::string_view ours, bool) {
       constexpr std::string_view kWithoutClamp[] = {
           "v_qsad", "v_mqsad", "v_mad_u64_u32", "v_mad_i64_i32", "v_min3_", "v_max3_", "v_med3_"};
       bool listed = false;
       for (const std::string_view name : kWithoutClamp) listed |= has(llvm, name);
       return ours.empty() && listed && has(llvm, " clamp");
     },
     "LLVM takes clamp of integer operations for which the manual defines no saturation"},
    {[](const Words&, std::string_view llvm, std::string_view ours, bool) {
       return ours.empty() && has(llvm, "v_interp_");
     },
     "parameter interpolation belongs to pixel shaders and is not implemented"},
};

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

const Quirk* find_quirk(const Words& words, std::string_view llvm, std::string_view ours,
                        bool wave64) {
  for (const Quirk& quirk : kQuirks) {
    if (quirk.applies(words, llvm, ours, wave64)) return &quirk;
  }
  return nullptr;
}

}  // namespace emulator
