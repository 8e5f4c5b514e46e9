#include "observers/undefined_values.h"

#include <algorithm>
#include <bit>

#include "isa/hardware_register.h"
#include "isa/registers_used.h"
#include "observers/saved_registers.h"

namespace emulator {
namespace {

// Values of undefined bits to execute with: extremes as integers, and as floats of either sign,
// large, small and NaN. Two results that agree on a bit for all of them do not depend on it.
constexpr std::uint32_t kTrials[] = {0x00000000, 0xffffffff, 0x7f7f7f7f, 0xfefefefe,
                                     0x3f9d3c71, 0x815a6b2c, 0x00000001};

bool is_store(const Instruction& instruction) { return (instruction.opcode->flags & kStore) != 0; }
bool is_atomic(const Instruction& instruction) {
  return (instruction.opcode->flags & kAtomic) != 0;
}

// Register of the data that begin at byte `byte` of what an access stores, and the byte's place in
// it.
struct DataByte {
  unsigned code;
  unsigned shift;
};
DataByte data_byte(const Instruction& instruction, const LaneAccess& access, unsigned byte) {
  const bool loads = !is_store(instruction) && !is_atomic(instruction);
  unsigned first = instruction.destination;
  unsigned at = access.first_byte + byte;
  const bool in_source =
      instruction.encoding == Encoding::kDs || instruction.encoding == Encoding::kFlat ||
      instruction.encoding == Encoding::kGlobal || instruction.encoding == Encoding::kScratch;
  if (!loads && in_source) {
    first = instruction.source[1];
    // Two-offset forms of DS take the second element from a register of its own.
    if ((instruction.opcode->flags & kTwoOffsets) != 0 && access.first_byte != 0) {
      first = instruction.source[2];
      at = byte;
    }
  }
  return {first + at / 4, at % 4 * 8};
}

// Registers of an address: ranges of VGPRs and scalars.
RegisterRanges address_registers(const Instruction& instruction) {
  RegisterRanges ranges;
  const Opcode& row = *instruction.opcode;
  switch (instruction.encoding) {
    case Encoding::kDs:
      ranges.add(instruction.source[0], register_count(row.sources[0].type));
      break;
    case Encoding::kMubuf: {
      const unsigned flags = instruction.memory.flags;
      ranges.add(instruction.source[0],
                 ((flags & kOffen) != 0 ? 1u : 0u) + ((flags & kIdxen) != 0 ? 1u : 0u));
      ranges.add(instruction.source[1], 4);
      ranges.add(instruction.source[2], 1);
      break;
    }
    case Encoding::kSmem:
      ranges.add(instruction.source[0], register_count(row.sources[0].type));
      ranges.add(instruction.source[1], register_count(row.sources[1].type));
      break;
    default: {
      const bool has_base = instruction.source[2] != operand::kNull;
      const bool is_scratch = instruction.encoding == Encoding::kScratch;
      ranges.add(instruction.source[0], has_base || is_scratch ? 1 : 2);
      if (has_base) ranges.add(instruction.source[2], is_scratch ? 1 : 2);
    }
  }
  return ranges;
}

}  // namespace

std::uint32_t UndefinedValues::bits(unsigned code, unsigned half, unsigned lane) const {
  if (code < SavedRegisters::kScalars) return scalars_[code];
  if (code == operand::kScc) return scc_ ? 1 : 0;
  const auto& lanes = vectors_[code - operand::kVgpr];
  return lanes == nullptr ? 0 : (*lanes)[half].lane[lane];
}

void UndefinedValues::set_bits(unsigned code, unsigned half, unsigned lane,
                               std::uint32_t undefined) {
  if (code < SavedRegisters::kScalars) {
    if (code != operand::kNull) scalars_[code] = undefined;
  } else if (code == operand::kScc) {
    scc_ = (undefined & 1) != 0;
  } else {
    auto& lanes = vectors_[code - operand::kVgpr];
    if (lanes == nullptr) {
      if (undefined == 0) return;
      lanes = std::make_unique<Lanes>();
      *lanes = {};
    }
    (*lanes)[half].lane[lane] = undefined;
  }
}

bool UndefinedValues::has_any(unsigned code) const {
  if (code < operand::kVgpr) return bits(code, 0, 0) != 0;
  const auto& lanes = vectors_[code - operand::kVgpr];
  if (lanes == nullptr) return false;
  return std::any_of(lanes->begin(), lanes->end(), [](const Vgpr& half) {
    return std::any_of(half.lane.begin(), half.lane.end(), [](auto each) { return each != 0; });
  });
}

void UndefinedValues::note(unsigned code) {
  if (has_any(code)) {
    registers_.add(code, 1);
    any_ = true;
  } else if (registers_.contains(code)) {
    registers_.remove(code, 1);
    any_ = registers_.any();
  }
}

// The register gets defined values in these lanes.
void UndefinedValues::overwrite(unsigned code, const std::array<std::uint32_t, 2>& lanes) {
  if (!registers_.contains(code)) return;
  if (code < operand::kVgpr) {
    set_bits(code, 0, 0, 0);
  } else {
    for (unsigned half = 0; half < 2; ++half) {
      for (std::uint32_t rest = lanes[half]; rest != 0; rest &= rest - 1) {
        set_bits(code, half, static_cast<unsigned>(std::countr_zero(rest)), 0);
      }
    }
  }
  note(code);
}

void UndefinedValues::load(const Instruction& instruction, const LaneAccess& access, unsigned lane,
                           std::uint64_t unwritten, const UndefinedOrigin& origin) {
  constexpr std::size_t kMostOrigins = 0xffff;
  if (!any_) origins_.clear();
  const bool is_known = !origins_.empty() && origins_.back().load == origin.load &&
                        origins_.back().region == origin.region;
  if (!is_known && origins_.size() < kMostOrigins) origins_.push_back(origin);
  const auto number = static_cast<std::uint16_t>(origins_.size() - 1);
  const auto bits_of = [&](unsigned first_byte) {
    std::uint32_t undefined = 0;
    for (unsigned byte = 0; byte < 4; ++byte) {
      if ((unwritten >> (first_byte + byte) & 1) != 0) undefined |= 0xffu << 8 * byte;
    }
    return undefined;
  };
  const unsigned first = instruction.destination + access.first_byte / 4;
  for (unsigned d = 0; d < (access.bytes + 3u) / 4; ++d) {
    // A piece of a dword, or a dword.
    const unsigned shift = access.first_byte % 4 * 8;
    const std::uint32_t raw = bits_of(4 * d) << shift;
    const std::uint32_t old = bits(first + d, access.half, lane);
    const std::uint32_t undefined =
        access.extend != nullptr ? access.extend(bits_of(4 * d), old) : old | raw;
    if (undefined == 0) continue;
    set_bits(first + d, access.half, lane, undefined);
    origin_of_[first + d] = number;
    note(first + d);
  }
}

bool UndefinedValues::is_stored_byte_undefined(const Instruction& instruction,
                                               const LaneAccess& access, unsigned lane,
                                               unsigned byte) const {
  const DataByte place = data_byte(instruction, access, byte);
  // Some operations have no data of their own (ds_append).
  const bool is_scalar = instruction.encoding == Encoding::kSmem;
  if (is_scalar != (place.code < operand::kVgpr) || !registers_.contains(place.code)) return false;
  return (bits(place.code, access.half, lane) >> place.shift & 0xff) != 0;
}

std::optional<UndefinedUse> UndefinedValues::follow(Wave& wave, const Instruction& instruction,
                                                    const InstructionFacts& facts,
                                                    std::span<const LaneAccess> accesses) {
  switch (facts.unit) {
    case Unit::kBranch:
    case Unit::kCall:
      return follow_branch(wave, instruction);
    case Unit::kOther:
      return std::nullopt;
    case Unit::kSmem:
    case Unit::kVmem:
    case Unit::kFlat:
      return follow_memory(wave, instruction, facts, accesses);
    case Unit::kLds:
      if (facts.has_accesses) return follow_memory(wave, instruction, facts, accesses);
      break;
    case Unit::kSalu:
    case Unit::kValu:
      break;
  }
  return follow_values(wave, instruction);
}

std::optional<UndefinedUse> UndefinedValues::follow_branch(const Wave& wave,
                                                           const Instruction& instruction) const {
  for (const RegisterRange& range : registers_used(instruction, wave.is_wave64()).reads) {
    // Branches on a mask ask whether a bit is set: one that is defined decides.
    const bool is_mask = range.first == operand::kVccLo || range.first == operand::kExecLo;
    bool decided = false;
    for (unsigned code = range.first; is_mask && code < unsigned{range.first} + range.count;
         ++code) {
      decided = decided || (wave.s[code] & ~scalars_[code]) != 0;
    }
    for (unsigned code = range.first; !decided && code < unsigned{range.first} + range.count;
         ++code) {
      if (registers_.contains(code)) return UndefinedUse{Kind::kBranch, origins_[origin_of_[code]]};
    }
  }
  return std::nullopt;
}

std::optional<UndefinedUse> UndefinedValues::find_in_address(
    const Wave& wave, const Instruction& instruction, std::span<const LaneAccess> accesses) const {
  RegisterRanges ranges = address_registers(instruction);
  if (registers_used(instruction, wave.is_wave64()).reads.contains(operand::kM0)) {
    ranges.add(operand::kM0, 1);
  }
  const LaneAccess* const access = accesses.empty() ? nullptr : accesses.data();
  for (const RegisterRange& range : ranges) {
    for (unsigned code = range.first; code < unsigned{range.first} + range.count; ++code) {
      if (!registers_.contains(code)) continue;
      const UndefinedOrigin& origin = origins_[origin_of_[code]];
      if (code < operand::kVgpr) return UndefinedUse{Kind::kAddress, origin, -1, access};
      for (unsigned half = 0; half < wave.halves; ++half) {
        for (std::uint32_t rest = wave.exec(half); rest != 0; rest &= rest - 1) {
          const auto lane = static_cast<unsigned>(std::countr_zero(rest));
          if (bits(code, half, lane) == 0) continue;
          return UndefinedUse{Kind::kAddress, origin, static_cast<int>(lane_number(half, lane)),
                              access};
        }
      }
    }
  }
  return std::nullopt;
}

std::optional<UndefinedUse> UndefinedValues::follow_memory(const Wave& wave,
                                                           const Instruction& instruction,
                                                           const InstructionFacts& facts,
                                                           std::span<const LaneAccess> accesses) {
  if (auto use = find_in_address(wave, instruction, accesses)) return use;
  for (const LaneAccess& access : accesses) {
    if (access.access == Access::kLoad) continue;
    // LDS and scratch keep the bytes for later loads; elsewhere others see them.
    const bool is_kept = access.space == AccessSpace::kLds ||
                         access.space == AccessSpace::kOutsideLds ||
                         access.space == AccessSpace::kScratch;
    if (is_kept && access.access == Access::kStore) continue;
    for (std::uint32_t rest = access.lanes; rest != 0; rest &= rest - 1) {
      const auto lane = static_cast<unsigned>(std::countr_zero(rest));
      for (unsigned byte = 0; byte < access.bytes; ++byte) {
        if (!is_stored_byte_undefined(instruction, access, lane, byte)) continue;
        const DataByte place = data_byte(instruction, access, byte);
        return UndefinedUse{Kind::kMemory, origins_[origin_of_[place.code]],
                            static_cast<int>(lane_number(access.half, lane)), &access};
      }
    }
  }
  // What is loaded replaces what the registers held; load() adds what nothing has written.
  const std::array<std::uint32_t, 2> active{wave.exec(0), wave.is_wave64() ? wave.exec(1) : 0};
  const Extend extend = accesses.empty() ? nullptr : accesses.front().extend;
  for (unsigned code = facts.result_first; code < facts.result_first + facts.result_count; ++code) {
    if (extend == nullptr) {
      overwrite(code, active);
    } else if (registers_.contains(code)) {
      for (unsigned half = 0; half < wave.halves; ++half) {
        for (std::uint32_t rest = active[half]; rest != 0; rest &= rest - 1) {
          const auto lane = static_cast<unsigned>(std::countr_zero(rest));
          set_bits(code, half, lane, extend(0, bits(code, half, lane)));
        }
      }
      note(code);
    }
  }
  return std::nullopt;
}

std::optional<UndefinedUse> UndefinedValues::follow_values(Wave& wave,
                                                           const Instruction& instruction) {
  const RegistersUsed used = registers_used(instruction, wave.is_wave64());
  const std::array<std::uint32_t, 2> active{wave.exec(0), wave.is_wave64() ? wave.exec(1) : 0};
  // Undefined registers that it reads.
  SavedRegisters inputs;
  std::optional<std::uint16_t> origin;
  for (const RegisterRange& range : used.reads) {
    for (unsigned code = range.first; code < unsigned{range.first} + range.count; ++code) {
      if (!registers_.contains(code)) continue;
      inputs.take(wave, {static_cast<std::uint16_t>(code), 1});
      if (!origin) origin = origin_of_[code];
    }
  }
  if (!origin) {
    for (const RegisterRange& range : used.writes) {
      for (unsigned code = range.first; code < unsigned{range.first} + range.count; ++code) {
        overwrite(code, active);
      }
    }
    return std::nullopt;
  }

  SavedRegisters outputs;  // as they are before
  for (const RegisterRange& range : used.writes) outputs.take(wave, range);
  const FloatMode mode = wave.mode;
  const std::uint64_t flat_scratch = wave.flat_scratch;
  const Instruction* const current = wave.current;
  const UndefinedOrigin from = origins_[*origin];
  const auto restore = [&] {
    outputs.put(wave);
    inputs.put(wave);
    if (wave.mode != mode) set_float_mode(wave, mode);
    wave.flat_scratch = flat_scratch;
    wave.current = current;
  };
  SavedRegisters first;
  SavedRegisters differing;  // bits in which results differ
  std::optional<Kind> use;
  for (const std::uint32_t& trial : kTrials) {
    outputs.put(wave);
    SavedRegisters tried = inputs;
    for (auto& each : tried.scalars()) {
      const std::uint32_t undefined = bits(each.code, 0, 0);
      each.value = (each.value & ~undefined) | (trial & undefined);
    }
    for (auto& each : tried.vectors()) {
      for (unsigned lane = 0; lane < kLanes; ++lane) {
        const std::uint32_t undefined = bits(operand::kVgpr + each.index, each.half, lane);
        each.value.lane[lane] = (each.value.lane[lane] & ~undefined) | (trial & undefined);
      }
    }
    tried.put(wave);
    try {
      instruction.execute(wave, instruction);
    } catch (const Fault&) {  // a register that does not exist, an LDS address
      use = Kind::kAddress;
      break;
    }
    if (wave.mode != mode || wave.flat_scratch != flat_scratch) {
      use = Kind::kHardwareRegister;
      break;
    }
    SavedRegisters result;
    for (const RegisterRange& range : used.writes) result.take(wave, range);
    if (&trial == kTrials) {
      first = result;
      differing = std::move(result);
      for (auto& each : differing.scalars()) each.value = 0;
      for (auto& each : differing.vectors()) each.value = {};
      continue;
    }
    for (std::size_t i = 0; i < result.scalars().size(); ++i) {
      differing.scalars()[i].value |= result.scalars()[i].value ^ first.scalars()[i].value;
    }
    for (std::size_t i = 0; i < result.vectors().size(); ++i) {
      for (unsigned lane = 0; lane < kLanes; ++lane) {
        differing.vectors()[i].value.lane[lane] |=
            result.vectors()[i].value.lane[lane] ^ first.vectors()[i].value.lane[lane];
      }
    }
  }
  restore();
  if (use) return UndefinedUse{*use, from};

  const auto set_origin = [&](unsigned code) {
    note(code);
    if (registers_.contains(code)) origin_of_[code] = *origin;
  };
  for (const auto& each : differing.scalars()) {
    const bool is_exec = each.code == operand::kExecLo || each.code == operand::kExecLo + 1;
    if (is_exec && each.value != 0) return UndefinedUse{Kind::kActiveLanes, from};
    set_bits(each.code, 0, 0, each.value);
    set_origin(each.code);
  }
  for (const auto& each : differing.vectors()) {
    const unsigned code = operand::kVgpr + each.index;
    const bool keeps = used.reads.contains(code);  // its old bits took part in the trials
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      if (!keeps && (active[each.half] >> lane & 1) == 0) continue;
      set_bits(code, each.half, lane, each.value.lane[lane]);
    }
    set_origin(code);
  }
  return std::nullopt;
}

}  // namespace emulator
