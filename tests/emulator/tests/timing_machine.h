// Traces written by hand for the clock model, and what it makes of them.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "isa/decode.h"
#include "timing/workgroup_processor.h"

namespace emulator::timing {

// Instructions as dwords (RDNA1 instruction set manual, chapter 13).
namespace code {
using Words = std::vector<std::uint32_t>;
inline Words vop2(unsigned op, unsigned d, unsigned a, unsigned b) {
  return {op << 25 | d << 17 | b << 9 | (256 + a)};
}
inline Words fmac(unsigned d, unsigned a = 10, unsigned b = 11) { return vop2(0x2b, d, a, b); }
inline Words rcp(unsigned d, unsigned a = 10) {
  return {0x7e000000 | d << 17 | 0x2a << 9 | (256 + a)};
}
inline Words vop3(unsigned op, unsigned d, unsigned a, unsigned b, unsigned c = 0) {
  return {0xd4000000 | op << 16 | d, (256 + a) | (256 + b) << 9 | (c == 0 ? 0 : (256 + c) << 18)};
}
inline Words mul_lo(unsigned d, unsigned a = 10) { return vop3(0x169, d, a, 11); }
inline Words fma_f64(unsigned d, unsigned a = 10) { return vop3(0x14c, d, a, 12, 14); }
inline Words shift_b64(unsigned d, unsigned b = 12) { return vop3(0x2ff, d, 10, b); }
inline Words s_add(unsigned d, unsigned a = 40) { return {0x80000000 | d << 16 | 41 << 8 | a}; }
inline Words ds_read(unsigned dwords, unsigned d) {
  constexpr unsigned kOpcodes[] = {0, 54, 118, 254, 255};
  return {0xd8000000 | kOpcodes[dwords] << 18, d << 24};
}
inline Words wait(unsigned vector, unsigned lgkm) {
  return {0xbf8c0000 | (vector & 15) | (vector >> 4) << 14 | 7 << 4 | lgkm << 8};
}
inline Words barrier() { return {0xbf8a0000}; }
inline Words end() { return {0xbf810000}; }
}  // namespace code

// The constants of the RX 5700 XT without what would blur a trace of a few instructions: cold
// instruction caches, launch delays and register banks.
inline Constants undisturbed() {
  Constants c = rx5700xt();
  c.instruction_cache_miss = 0;
  c.wave_launch_clocks = 0;
  c.workgroup_launch_latency = 0;
  c.bank_conflict_cost = 0;
  return c;
}

// A kernel written down instruction by instruction.
class TimingProgram {
 public:
  // The memory operation that the instruction carries out, if any.
  void add(const code::Words& words, const MemoryOperation* operation = nullptr,
           std::uint64_t line = 0) {
    Instruction instruction = decode(words, address_);
    EXPECT_NE(instruction.opcode, nullptr);
    address_ += instruction.dwords * 4u;
    instructions_.push_back(instruction);
    if (operation == nullptr) return;
    MemoryOperation recorded = *operation;
    recorded.first_line = static_cast<std::uint32_t>(lines_.size());
    for (unsigned i = 0; i < recorded.line_count; ++i) lines_.push_back(line + i);
    operations_.push_back(recorded);
  }

  std::size_t size() const { return instructions_.size(); }
  std::span<const Instruction> instructions() const { return instructions_; }

  // The wave that executes instructions first .. first + count - 1.
  WaveTrace wave(std::size_t first = 0, std::size_t count = ~std::size_t{0}) const {
    WaveTrace trace;
    count = std::min(count, size() - first);
    trace.blocks = {{static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(count)}};
    trace.operations = operations_;
    trace.lines = lines_;
    trace.instructions = trace.executed = count;
    return trace;
  }

 private:
  std::vector<Instruction> instructions_;
  std::vector<MemoryOperation> operations_;
  std::vector<std::uint64_t> lines_;
  std::uint32_t address_ = 0;
};

inline ProcessorResult run(const TimingProgram& program, std::vector<WaveTrace> waves,
                           const Constants& constants, WorkgroupNeeds needs = {},
                           unsigned workgroups = 1) {
  needs.waves = static_cast<unsigned>(waves.size());
  WorkgroupTrace trace;
  trace.waves = std::move(waves);
  const std::vector<WorkgroupJob> jobs(workgroups, WorkgroupJob{&trace, {}});
  MemorySystem memory(constants);
  memory.begin_launch();
  const ProgramTiming timing(program.instructions(), needs.wave64, constants);
  return run_processor(timing, needs, jobs, constants, memory);
}

}  // namespace emulator::timing
