#include "isa/hardware_register.h"

#include <string>

#include "isa/float_mode.h"
#include "machine/fault.h"
#include "machine/workgroup.h"

namespace emulator {
namespace {

// Numbers and names: LLVM, AMDGPU "Hardware registers" (hwreg) for gfx10.
enum Id : unsigned {
  kMode = 1,
  kStatus = 2,
  kTrapStatus = 3,
  kGprAllocation = 5,
  kLdsAllocation = 6,
  kInstructionBufferStatus = 7,
  kMemoryBases = 15,
  kTrapBaseLow = 16,
  kTrapBaseHigh = 17,
  kTrapMemoryLow = 18,
  kTrapMemoryHigh = 19,
  kFlatScratchLow = 20,
  kFlatScratchHigh = 21,
  kXnackMask = 22,
  kHardwareId1 = 23,
  kHardwareId2 = 24,
  kPopsPacker = 25,
};

constexpr std::uint32_t kDx10ClampBit = 1u << 8;
constexpr std::uint32_t kIeeeBit = 1u << 9;
constexpr std::uint32_t kHalfOverflowBit = 1u << 23;
constexpr std::uint32_t kTrapEnabledBit = 1u << 6;
constexpr unsigned kLdsGranuleDwords = 128;

std::uint32_t mode_bits(const FloatMode& mode) {
  return static_cast<std::uint32_t>(mode.round_f32 | mode.round_f16_f64 << 2 |
                                    mode.denormal_f32 << 4 | mode.denormal_f16_f64 << 6) |
         (mode.dx10_clamp ? kDx10ClampBit : 0) | (mode.ieee ? kIeeeBit : 0);
}

FloatMode mode_of(std::uint32_t bits) {
  FloatMode mode;
  mode.round_f32 = bits & 3;
  mode.round_f16_f64 = bits >> 2 & 3;
  mode.denormal_f32 = bits >> 4 & 3;
  mode.denormal_f16_f64 = bits >> 6 & 3;
  mode.dx10_clamp = (bits & kDx10ClampBit) != 0;
  mode.ieee = (bits & kIeeeBit) != 0;
  return mode;
}

std::uint32_t status_bits(const Wave& wave) {
  const bool no_exec = wave.is_wave64() ? wave.exec64() == 0 : wave.exec() == 0;
  const bool no_vcc = wave.is_wave64() ? wave.vcc64() == 0 : wave.s[operand::kVccLo] == 0;
  return (wave.scc ? 1u : 0u) | kTrapEnabledBit | (no_exec ? 1u << 9 : 0) | (no_vcc ? 1u << 10 : 0);
}

// LDS_ALLOC: size of the workgroup's LDS in granules at bit 12.
std::uint32_t lds_allocation(const Workgroup* workgroup) {
  const std::size_t bytes = workgroup == nullptr ? 0 : workgroup->lds.size();
  const std::size_t granules = (bytes / 4 + kLdsGranuleDwords - 1) / kLdsGranuleDwords;
  return static_cast<std::uint32_t>(granules) << 12;
}

// Waves are placed round-robin on the four SIMDs of a WGP.
std::uint32_t hardware_id1(const Wave& wave) {
  return (wave.index / 4 & 0x1f) | (wave.index % 4) << 8;
}
std::uint32_t hardware_id2(const Workgroup* workgroup) {
  return workgroup == nullptr ? 0 : (workgroup->id[0] & 0x1f) << 16;
}

std::uint32_t read_whole(const Wave& wave, unsigned id) {
  switch (id) {
    case kMode:
      return mode_bits(wave.mode);
    case kStatus:
      return status_bits(wave);
    case kLdsAllocation:
      return lds_allocation(wave.workgroup);
    case kMemoryBases:
      return static_cast<std::uint32_t>(kPrivateAperture >> 48 | kSharedAperture >> 48 << 16);
    case kFlatScratchLow:
      return static_cast<std::uint32_t>(wave.flat_scratch);
    case kFlatScratchHigh:
      return static_cast<std::uint32_t>(wave.flat_scratch >> 32);
    case kHardwareId1:
      return hardware_id1(wave);
    case kHardwareId2:
      return hardware_id2(wave.workgroup);
    case kTrapStatus:
    case kGprAllocation:
    case kInstructionBufferStatus:
    case kTrapBaseLow:
    case kTrapBaseHigh:
    case kTrapMemoryLow:
    case kTrapMemoryHigh:
    case kXnackMask:
    case kPopsPacker:
      return 0;
    default:
      throw Fault(FaultKind::kIllegalInstruction,
                  "gfx1010 has no hardware register " + std::to_string(id));
  }
}

}  // namespace

std::uint32_t read_hardware_register(const Wave& wave, HardwareRegister field) {
  return read_whole(wave, field.id) >> field.offset & field.mask();
}

void write_hardware_register(Wave& wave, HardwareRegister field, std::uint32_t value) {
  const std::uint32_t mask = field.mask() << field.offset;
  const std::uint32_t whole = (read_whole(wave, field.id) & ~mask) | (value << field.offset & mask);
  switch (field.id) {
    case kMode:
      if ((whole & kHalfOverflowBit) != 0) {
        throw Fault(FaultKind::kIllegalInstruction,
                    "the software device does not implement MODE.FP16_OVFL, which clamps halves");
      }
      set_float_mode(wave, mode_of(whole));
      break;
    case kFlatScratchLow:
      wave.flat_scratch = (wave.flat_scratch & ~0xffffffffull) | whole;
      break;
    case kFlatScratchHigh:
      wave.flat_scratch = (wave.flat_scratch & 0xffffffffull) | std::uint64_t{whole} << 32;
      break;
    default:
      break;  // the others are read-only to a shader
  }
}

void set_float_mode(Wave& wave, const FloatMode& mode) {
  wave.mode = mode;
  wave.default_mode = is_default_float_mode(mode);
  apply_float_mode(wave);
}

}  // namespace emulator
