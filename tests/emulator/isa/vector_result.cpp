// The general path for the results of vector instructions.
#include <algorithm>
#include <bit>
#include <limits>

#include "isa/half.h"
#include "isa/vector_operation.h"

namespace emulator {
namespace {

using Words = std::array<std::uint32_t, kLanes>;

// SDWA's dst_sel and dst_unused.
constexpr unsigned kSelectDword = 6;
enum DestinationUnused : unsigned { kPad, kSignExtend, kPreserve };

// The result's low bits put where dst_sel says, and the rest of the register as dst_unused says.
std::uint32_t place_sdwa(const Instruction& instruction, std::uint32_t value, std::uint32_t old) {
  const unsigned select = instruction.sdwa.destination_select;
  if (select >= kSelectDword) return value;
  const unsigned bits = select < 4 ? 8 : 16;
  const unsigned shift = select < 4 ? 8 * select : 16 * (select - 4);
  const std::uint32_t field = ((1u << bits) - 1) << shift;
  const std::uint32_t placed = value << shift & field;
  switch (instruction.sdwa.destination_unused) {
    case kPreserve:
      return placed | (old & ~field);
    case kSignExtend: {  // into the bits above; those below are zero
      const bool negative = (placed >> (shift + bits - 1) & 1) != 0;
      return placed | (negative ? ~(field | (field - 1)) : 0);
    }
    default:
      return placed;
  }
}

void store_words(Wave& wave, const Instruction& instruction, unsigned half, unsigned word,
                 std::uint32_t exec, const std::uint32_t* in) {
  const unsigned vgpr = instruction.destination - operand::kVgpr + word;
  Vgpr& target = wave.v[half][vgpr & 0xff];
  std::uint32_t* out = target.lane.data();
  if ((instruction.flags & kSdwa) != 0) {
    for (unsigned i = 0; i < kLanes; ++i) {
      if ((exec & (1u << i)) != 0) out[i] = place_sdwa(instruction, in[i], out[i]);
    }
    return;
  }
  store_active(in, exec, target);
}

// 16-bit results leave the other half of the register as it is (RDNA ISA, "16-bit operations").
// With SDWA, dst_sel decides instead.
void store_halfwords(Wave& wave, const Instruction& instruction, unsigned half, std::uint32_t exec,
                     const std::uint16_t* in, bool high) {
  if ((instruction.flags & kSdwa) != 0) {
    Words words;
    for (unsigned i = 0; i < kLanes; ++i) words[i] = in[i];
    store_words(wave, instruction, half, 0, exec, words.data());
    return;
  }
  Vgpr& target = wave.v[half][instruction.destination - operand::kVgpr];
  const unsigned shift = high ? 16 : 0;
  const std::uint32_t kept = high ? 0xffffu : 0xffff0000u;
  alignas(64) Words merged;
  for (unsigned i = 0; i < kLanes; ++i) {
    merged[i] = (target.lane[i] & kept) | static_cast<std::uint32_t>(in[i]) << shift;
  }
  store_active(merged.data(), exec, target);
}

// Output modifiers on floating point results. The hardware ignores omod with denormal results
// enabled or in IEEE mode, and where it applies turns -0 into +0 (RDNA ISA, "Output modifiers";
// LLVM, SIFoldOperands: "omod is ignored by hardware if IEEE bit is enabled").
template <class Float>
void modify_result(const FloatMode& mode, unsigned output_denormals, const Instruction& instruction,
                   Float* value, unsigned count) {
  if (instruction.omod != 0 && !mode.ieee && (output_denormals & 2) == 0) {
    constexpr std::array<Float, 4> kFactors{1, 2, 4, Float{0.5}};
    const Float factor = kFactors[instruction.omod & 3];
    for (unsigned i = 0; i < count; ++i) {
      const Float scaled = value[i] * factor;
      value[i] = scaled == 0 ? Float{0} : scaled;
    }
  }
  if (instruction.clamp) {
    const bool nan_to_zero = mode.dx10_clamp;
    for (unsigned i = 0; i < count; ++i) {
      const Float x = value[i];
      const Float clamped = x > 0 ? (x < 1 ? x : Float{1}) : Float{0};
      value[i] = x != x && !nan_to_zero ? x : clamped;
    }
  }
}

bool has_output_modifier(const Instruction& instruction) {
  return instruction.clamp || instruction.omod != 0;
}

template <class Lane>
Lane saturate(std::int64_t value) {
  return static_cast<Lane>(std::clamp<std::int64_t>(value, std::numeric_limits<Lane>::min(),
                                                    std::numeric_limits<Lane>::max()));
}

// Halves from the floats a lambda gave, rounded once.
void finish_halves(const Wave& wave, const Instruction& instruction, const float* in,
                   std::uint16_t* out, unsigned count) {
  const HalfAndDoubleMode scope(wave);
  if (has_output_modifier(instruction)) {
    alignas(64) std::array<float, 2 * kLanes> modified;
    std::copy_n(in, count, modified.data());
    modify_result(wave.mode, wave.mode.denormal_f16_f64, instruction, modified.data(), count);
    floats_to_halves(modified.data(), out, count);
  } else {
    floats_to_halves(in, out, count);
  }
  if ((wave.mode.denormal_f16_f64 & 2) == 0) flush_denormal_halves(out, count);
}

// Halves that a lambda gave as bits.
void finish_half_bits(const Wave& wave, const Instruction& instruction, std::uint16_t* lanes,
                      unsigned count) {
  if (!has_output_modifier(instruction)) return;
  alignas(64) std::array<float, 2 * kLanes> values;
  halves_to_floats(lanes, values.data(), count);
  finish_halves(wave, instruction, values.data(), lanes, count);
}

template <class D, class Lane>
void finish_integers(const Instruction& instruction, const typename D::Result* in, Lane* out,
                     unsigned count) {
  if constexpr (sizeof(typename D::Result) > sizeof(Lane)) {
    if (instruction.clamp) {
      for (unsigned i = 0; i < count; ++i) out[i] = saturate<Lane>(in[i]);
      return;
    }
  }
  for (unsigned i = 0; i < count; ++i) out[i] = static_cast<Lane>(in[i]);
}

template <class D>
void write_words(Wave& wave, const Instruction& instruction, unsigned half, std::uint32_t exec,
                 const typename D::Result* in) {
  using Lane = typename D::Lane;
  LaneBuffer<D> buffer;
  if constexpr (D::kType == Type::kF32) {
    std::copy_n(in, kLanes, buffer.lane.data());
    auto* values = reinterpret_cast<float*>(buffer.lane.data());
    if (has_output_modifier(instruction)) {
      modify_result(wave.mode, wave.mode.denormal_f32, instruction, values, kLanes);
    }
  } else {
    finish_integers<D, Lane>(instruction, in, buffer.lane.data(), kLanes);
  }
  store_words(wave, instruction, half, 0, exec,
              reinterpret_cast<const std::uint32_t*>(buffer.lane.data()));
}

template <class D>
void write_quadwords(Wave& wave, const Instruction& instruction, unsigned half, std::uint32_t exec,
                     const typename D::Result* in) {
  LaneBuffer<D> modified;
  if constexpr (D::kType == Type::kF64) {
    if (has_output_modifier(instruction)) {
      std::copy_n(in, kLanes, modified.lane.data());
      modify_result(wave.mode, wave.mode.denormal_f16_f64, instruction,
                    reinterpret_cast<double*>(modified.lane.data()), kLanes);
      in = modified.lane.data();
    }
  }
  Words low;
  Words high;
  for (unsigned i = 0; i < kLanes; ++i) {
    const auto bits = std::bit_cast<std::uint64_t>(in[i]);
    low[i] = static_cast<std::uint32_t>(bits);
    high[i] = static_cast<std::uint32_t>(bits >> 32);
  }
  store_words(wave, instruction, half, 0, exec, low.data());
  store_words(wave, instruction, half, 1, exec, high.data());
}

template <class D>
void write_halfwords(Wave& wave, const Instruction& instruction, unsigned half, std::uint32_t exec,
                     const typename D::Result* in) {
  alignas(64) std::array<std::uint16_t, kLanes> halves;
  bool high = instruction.encoding != Encoding::kVop3p && (instruction.op_sel & 8) != 0;
  if constexpr (std::is_same_v<D, F16High>) high = true;
  if constexpr (std::is_same_v<typename D::Lane, float>) {
    finish_halves(wave, instruction, in, halves.data(), kLanes);
  } else {
    finish_integers<D, typename D::Lane>(
        instruction, in, reinterpret_cast<typename D::Lane*>(halves.data()), kLanes);
    if constexpr (D::kType == Type::kF16) {
      finish_half_bits(wave, instruction, halves.data(), kLanes);
    }
  }
  store_halfwords(wave, instruction, half, exec, halves.data(), high);
}

template <class D>
void write_packed(Wave& wave, const Instruction& instruction, unsigned half, std::uint32_t exec,
                  const typename D::Result* in) {
  alignas(64) std::array<std::uint16_t, 2 * kLanes> halves;
  if constexpr (std::is_same_v<typename D::Lane, float>) {
    finish_halves(wave, instruction, in, halves.data(), 2 * kLanes);
  } else {
    finish_integers<D, typename D::Lane>(
        instruction, in, reinterpret_cast<typename D::Lane*>(halves.data()), 2 * kLanes);
    if constexpr (D::kType == Type::kPackedF16) {
      finish_half_bits(wave, instruction, halves.data(), 2 * kLanes);
    }
  }
  store_words(wave, instruction, half, 0, exec,
              reinterpret_cast<const std::uint32_t*>(halves.data()));
}

}  // namespace

template <class D>
void write_result(Wave& wave, const Instruction& instruction, unsigned half, std::uint32_t exec,
                  const typename D::Result* in) {
  if constexpr (D::kElements == 2 * kLanes) {
    write_packed<D>(wave, instruction, half, exec, in);
  } else if constexpr (D::kType == Type::kF16 || D::kType == Type::kB16 || D::kType == Type::kU16 ||
                       D::kType == Type::kI16) {
    write_halfwords<D>(wave, instruction, half, exec, in);
  } else if constexpr (D::kType == Type::kB128) {
    for (unsigned word = 0; word < 4; ++word) {
      Words words;
      for (unsigned i = 0; i < kLanes; ++i) words[i] = in[i][word];
      store_words(wave, instruction, half, word, exec, words.data());
    }
  } else if constexpr (sizeof(typename D::Lane) == 8) {
    write_quadwords<D>(wave, instruction, half, exec, in);
  } else {
    write_words<D>(wave, instruction, half, exec, in);
  }
}

#define EMULATOR_RESULT(D)                                                          \
  template void write_result<D>(Wave&, const Instruction&, unsigned, std::uint32_t, \
                                const D::Result*);
EMULATOR_RESULT(B16)
EMULATOR_RESULT(U16)
EMULATOR_RESULT(I16)
EMULATOR_RESULT(F16)
EMULATOR_RESULT(F16Bits)
EMULATOR_RESULT(F16High)
EMULATOR_RESULT(B32)
EMULATOR_RESULT(U32)
EMULATOR_RESULT(I32)
EMULATOR_RESULT(F32)
EMULATOR_RESULT(F32Bits)
EMULATOR_RESULT(B64)
EMULATOR_RESULT(U64)
EMULATOR_RESULT(I64)
EMULATOR_RESULT(F64)
EMULATOR_RESULT(F64Bits)
EMULATOR_RESULT(B128)
EMULATOR_RESULT(PackedB16)
EMULATOR_RESULT(PackedU16)
EMULATOR_RESULT(PackedI16)
EMULATOR_RESULT(PackedF16)
EMULATOR_RESULT(PackedF16Bits)
EMULATOR_RESULT(Exact<U16>)
EMULATOR_RESULT(Exact<I16>)
EMULATOR_RESULT(Exact<U32>)
EMULATOR_RESULT(Exact<I32>)
EMULATOR_RESULT(Exact<PackedU16>)
EMULATOR_RESULT(Exact<PackedI16>)
#undef EMULATOR_RESULT

}  // namespace emulator
