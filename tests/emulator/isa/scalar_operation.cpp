#include "isa/scalar_operation.h"

#include <array>
#include <string>

#include "machine/fault.h"
#include "machine/workgroup.h"

namespace emulator {
namespace {

// Codes 240 to 248: 0.5 -0.5 1 -1 2 -2 4 -4 1/(2 pi).
constexpr std::array<std::uint32_t, 9> kFloats{0x3f000000, 0xbf000000, 0x3f800000,
                                               0xbf800000, 0x40000000, 0xc0000000,
                                               0x40800000, 0xc0800000, 0x3e22f983};
constexpr std::array<std::uint64_t, 9> kDoubles{
    0x3fe0000000000000, 0xbfe0000000000000, 0x3ff0000000000000,
    0xbff0000000000000, 0x4000000000000000, 0xc000000000000000,
    0x4010000000000000, 0xc010000000000000, 0x3fc45f306dc9c882};

constexpr std::uint64_t kApertureBytes = 1ull << 32;

}  // namespace

std::uint64_t read_scalar_constant(Wave& wave, const Instruction& instruction, unsigned code,
                                   bool wide) {
  if (code >= operand::kZero && code <= 192) return code - operand::kZero;
  if (code >= 193 && code <= 208) {
    return static_cast<std::uint64_t>(-static_cast<std::int64_t>(code - 192));
  }
  if (code >= operand::kHalf && code <= 248) {
    return wide ? kDoubles[code - operand::kHalf] : kFloats[code - operand::kHalf];
  }
  switch (code) {
    case operand::kSharedBase:
      return kSharedAperture;
    case operand::kSharedLimit:
      return kSharedAperture + kApertureBytes - 1;
    case operand::kPrivateBase:
      return kPrivateAperture;
    case operand::kPrivateLimit:
      return kPrivateAperture + kApertureBytes - 1;
    case operand::kPopsExitingWaveId:
      return 0;
    case operand::kVccz:
      return wave.is_wave64() ? wave.vcc64() == 0 : wave.s[operand::kVccLo] == 0;
    case operand::kExecz:
      return wave.is_wave64() ? wave.exec64() == 0 : wave.exec() == 0;
    case operand::kScc:
      return wave.scc;
    default:
      wave.current = &instruction;
      throw Fault(FaultKind::kIllegalInstruction,
                  "source operand code " + std::to_string(code) + " names no scalar value");
  }
}

}  // namespace emulator
