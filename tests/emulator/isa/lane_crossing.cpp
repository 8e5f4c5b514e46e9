#include "isa/lane_crossing.h"

#include <algorithm>
#include <bit>

#include "isa/vector_operation.h"

namespace emulator {
namespace {

// Source 0 of lane `lane` of the wave.
std::uint32_t read_lane(const Wave& wave, const Instruction& instruction, unsigned lane) {
  LaneBuffer<B32> buffer;
  return source<B32>(wave, instruction, 0, lane / kLanes, buffer)[lane % kLanes];
}

// The value of a scalar source.
std::uint32_t read_uniform(const Wave& wave, const Instruction& instruction, unsigned k) {
  LaneBuffer<B32> buffer;
  return source<B32>(wave, instruction, k, 0, buffer)[0];
}

const Instruction* permute_rows(Wave& wave, const Instruction& instruction, unsigned other_row) {
  // op_sel[0] fetches from inactive lanes, op_sel[1] gives lanes without a source 0 instead of
  // leaving them (RDNA ISA, V_PERMLANE16_B32).
  const bool fetch_inactive = (instruction.op_sel & 1) != 0;
  const bool bound_control = (instruction.op_sel & 2) != 0;
  const std::uint64_t selectors = read_uniform(wave, instruction, 1) |
                                  static_cast<std::uint64_t>(read_uniform(wave, instruction, 2))
                                      << 32;
  for (unsigned half = 0; half < wave.halves; ++half) {
    const std::uint32_t exec = wave.exec(half);
    LaneBuffer<B32> buffer;
    LaneBuffer<B32> result;
    const std::uint32_t* in = source<B32>(wave, instruction, 0, half, buffer);
    std::uint32_t written = exec;
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      const unsigned in_row = static_cast<unsigned>(selectors >> 4 * (lane & 15) & 15);
      const unsigned from = ((lane & 16) ^ other_row) | in_row;
      const bool valid = fetch_inactive || (exec >> from & 1) != 0;
      result.lane[lane] = valid ? in[from] : 0;
      if (!valid && !bound_control) written &= ~(1u << lane);
    }
    write_result<B32>(wave, instruction, half, written, result.lane.data());
  }
  return &instruction + 1;
}

// A register code moved by `offset`. Past the last register a source is v0 (RDNA ISA, "VGPR
// indexing").
std::uint16_t offset_source(std::uint16_t code, std::uint32_t offset) {
  if (code < operand::kVgpr) return code;
  const std::uint64_t index = std::uint64_t{code} - operand::kVgpr + offset;
  return static_cast<std::uint16_t>(operand::kVgpr + (index <= 0xff ? index : 0));
}
bool is_register(std::uint16_t code, std::uint32_t offset) {
  return std::uint64_t{code} - operand::kVgpr + offset <= 0xff;
}

// v_mov with both registers offset; a destination past the last register is not written.
const Instruction* move_relative(Wave& wave, const Instruction& instruction,
                                 std::uint32_t source_offset, std::uint32_t destination_offset) {
  if (is_register(instruction.destination, destination_offset)) {
    Instruction moved = instruction;
    moved.source[0] = offset_source(instruction.source[0], source_offset);
    moved.destination = static_cast<std::uint16_t>(instruction.destination + destination_offset);
    for (unsigned half = 0; half < wave.halves; ++half) {
      LaneBuffer<B32> buffer;
      const std::uint32_t exec = active_lanes(wave, moved, half);
      write_result<B32>(wave, moved, half, exec, source<B32>(wave, moved, 0, half, buffer));
    }
  }
  return &instruction + 1;
}

const Instruction* swap_relative(Wave& wave, const Instruction& instruction,
                                 std::uint32_t source_offset, std::uint32_t destination_offset) {
  const unsigned a = offset_source(instruction.source[0], source_offset) - operand::kVgpr;
  const bool in_range = is_register(instruction.destination, destination_offset);
  const unsigned b = offset_source(instruction.destination, destination_offset) - operand::kVgpr;
  for (unsigned half = 0; half < wave.halves && in_range; ++half) {
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      if ((wave.exec(half) >> lane & 1) != 0) {
        std::swap(wave.v[half][a].lane[lane], wave.v[half][b].lane[lane]);
      }
    }
  }
  return &instruction + 1;
}

// The two offsets that M0 holds for the *_2 and swaprel forms.
std::uint32_t source_offset_2(const Wave& wave) { return wave.s[operand::kM0] & 0xff; }
std::uint32_t destination_offset_2(const Wave& wave) { return wave.s[operand::kM0] >> 16 & 0x3ff; }

}  // namespace

// Lane 0 is read where no lane is active.
const Instruction* execute_readfirstlane(Wave& wave, const Instruction& instruction) {
  const std::uint64_t exec = wave.is_wave64() ? wave.exec64() : wave.exec(0);
  const unsigned lane = exec != 0 ? static_cast<unsigned>(std::countr_zero(exec)) : 0;
  wave.write_scalar(instruction.destination, read_lane(wave, instruction, lane));
  return &instruction + 1;
}

// EXEC plays no part in v_readlane and v_writelane.
const Instruction* execute_readlane(Wave& wave, const Instruction& instruction) {
  const unsigned lane = read_uniform(wave, instruction, 1) & (wave.halves * kLanes - 1);
  wave.write_scalar(instruction.destination, read_lane(wave, instruction, lane));
  return &instruction + 1;
}

const Instruction* execute_writelane(Wave& wave, const Instruction& instruction) {
  const unsigned lane = read_uniform(wave, instruction, 1) & (wave.halves * kLanes - 1);
  const std::uint32_t value = read_uniform(wave, instruction, 0);
  wave.v[lane / kLanes][instruction.destination - operand::kVgpr].lane[lane % kLanes] = value;
  return &instruction + 1;
}

const Instruction* execute_permlane16(Wave& wave, const Instruction& instruction) {
  return permute_rows(wave, instruction, 0);
}
const Instruction* execute_permlanex16(Wave& wave, const Instruction& instruction) {
  return permute_rows(wave, instruction, 16);
}

const Instruction* execute_movreld(Wave& wave, const Instruction& instruction) {
  return move_relative(wave, instruction, 0, wave.s[operand::kM0]);
}
const Instruction* execute_movrels(Wave& wave, const Instruction& instruction) {
  return move_relative(wave, instruction, wave.s[operand::kM0], 0);
}
const Instruction* execute_movrelsd(Wave& wave, const Instruction& instruction) {
  return move_relative(wave, instruction, wave.s[operand::kM0], wave.s[operand::kM0]);
}
const Instruction* execute_movrelsd_2(Wave& wave, const Instruction& instruction) {
  return move_relative(wave, instruction, source_offset_2(wave), destination_offset_2(wave));
}
const Instruction* execute_swap(Wave& wave, const Instruction& instruction) {
  return swap_relative(wave, instruction, 0, 0);
}
const Instruction* execute_swaprel(Wave& wave, const Instruction& instruction) {
  return swap_relative(wave, instruction, source_offset_2(wave), destination_offset_2(wave));
}

}  // namespace emulator
