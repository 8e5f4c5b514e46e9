// registers_used() against what execution does: for every opcode, random instructions on random
// registers. No register outside of the written ones may change, no register outside of those read
// may change the outcome, and each that is declared must do so at least once for its opcode.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>

#include "decode_llvm_cases.h"
#include "isa/decode.h"
#include "isa/hardware_register.h"
#include "isa/registers_used.h"
#include "semantics_machine.h"

namespace emulator {
namespace {

constexpr unsigned kCodes = 512;  // operand codes, as RegisterRange counts

// What the registers are filled with, so that memory instructions find memory.
enum class Contents {
  kAny,
  kAddressesInVgprs,  // device addresses in even pairs of VGPRs
  kAddressesInSgprs,  // device addresses in even pairs of SGPRs, small offsets in VGPRs
  kBuffersInSgprs,    // buffer resources in aligned quads of SGPRs, small offsets in VGPRs
};

Contents contents_for(Encoding encoding, unsigned filling) {
  switch (encoding) {
    case Encoding::kDs:
      return Contents::kAddressesInSgprs;
    case Encoding::kSmem:
      return filling % 2 == 0 ? Contents::kAddressesInSgprs : Contents::kBuffersInSgprs;
    case Encoding::kFlat:
      return Contents::kAddressesInVgprs;
    case Encoding::kGlobal:
      return filling % 2 == 0 ? Contents::kAddressesInVgprs : Contents::kAddressesInSgprs;
    case Encoding::kMubuf:
      return Contents::kBuffersInSgprs;
    default:
      return Contents::kAny;
  }
}

class State {
 public:
  explicit State(Machine& machine) : machine_(machine) {}

  void fill(Contents contents, std::mt19937& random) {
    Wave& wave = machine_.wave();
    contents_ = contents;
    for (unsigned code = 0; code < kCodes; ++code) fill_register(code, random);
    std::memset(wave.s.data() + operand::kExecLo, 0xff, 8);
    if (!wave.is_wave64()) wave.s[operand::kExecLo + 1] = static_cast<std::uint32_t>(random());
  }

  void fill_memory(std::mt19937& random) {
    for (std::size_t i = 0; i < Machine::kMemoryBytes; i += 4) {
      store_as(machine_.memory() + i, static_cast<std::uint32_t>(random()));
    }
    std::memcpy(machine_.lds(), machine_.memory(), Machine::kLdsBytes);
  }

  void fill_register(unsigned code, std::mt19937& random) {
    Wave& wave = machine_.wave();
    if (code < 128) {
      if (code != operand::kNull) wave.s[code] = scalar_value(code, random);
    } else if (code == operand::kScc) {
      wave.scc = random() % 2 != 0;
    } else if (code >= operand::kVgpr) {
      for (unsigned half = 0; half < wave.halves; ++half) {
        for (std::uint32_t& lane : wave.v[half][code - operand::kVgpr].lane) {
          lane = vector_value(code, random);
        }
      }
    }
  }

 private:
  std::uint64_t some_address(std::mt19937& random) const {
    return machine_.address((Machine::kMemoryBytes / 4 + random() % (Machine::kMemoryBytes / 2)) /
                            64 * 64);
  }
  static std::uint32_t word_of(std::uint64_t value, unsigned k) {
    return static_cast<std::uint32_t>(value >> (32 * (k % 2)));
  }

  std::uint32_t scalar_value(unsigned code, std::mt19937& random) const {
    // M0 reaches registers and LDS by small numbers, like shifts and offsets.
    if (code == operand::kM0) return static_cast<std::uint32_t>(random() % 16);
    switch (contents_) {
      case Contents::kAddressesInSgprs:
        return code % 4 == 3 || code % 4 == 2 || code < 64
                   ? word_of(some_address(random), code)
                   : static_cast<std::uint32_t>(random() % 64 * 4);
      case Contents::kBuffersInSgprs: {
        if (code % 4 < 2)
          return word_of(some_address(random), code % 4) & (code % 4 ? 0xffff : ~0u);
        constexpr std::uint32_t kRawAccess = 3u << 28 | 22u << 12;
        return code % 4 == 2 ? 4096 : kRawAccess;
      }
      default:
        return static_cast<std::uint32_t>(random() >> random() % 32);
    }
  }

  std::uint32_t vector_value(unsigned code, std::mt19937& random) const {
    switch (contents_) {
      case Contents::kAddressesInVgprs:
        return word_of(some_address(random), code);
      case Contents::kAny:
        return static_cast<std::uint32_t>(random() >> random() % 32);
      default:
        return static_cast<std::uint32_t>(random() % 256 * 16);
    }
  }

  Machine& machine_;
  Contents contents_ = Contents::kAny;
};

// Registers, memory and LDS at one moment.
struct Snapshot {
  decltype(Wave::v) v;
  decltype(Wave::s) s;
  bool scc = false;
  std::vector<std::byte> memory;
  std::vector<std::byte> lds;

  void take(Machine& machine) {
    Wave& wave = machine.wave();
    v = wave.v;
    s = wave.s;
    scc = wave.scc;
    memory.assign(machine.memory(), machine.memory() + Machine::kMemoryBytes);
    lds = machine.workgroup().lds;
  }
  void restore(Machine& machine) const {
    Wave& wave = machine.wave();
    wave.v = v;
    wave.s = s;
    wave.scc = scc;
    std::memcpy(machine.memory(), memory.data(), memory.size());
    machine.workgroup().lds = lds;
    set_float_mode(wave, FloatMode{});
  }
  bool is_register_equal(const Snapshot& other, unsigned code, unsigned halves) const {
    if (code < 128) return s[code] == other.s[code];
    if (code == operand::kScc) return scc == other.scc;
    if (code < operand::kVgpr) return true;
    for (unsigned half = 0; half < halves; ++half) {
      if (v[half][code - operand::kVgpr].lane != other.v[half][code - operand::kVgpr].lane) {
        return false;
      }
    }
    return true;
  }
};

// How often SCC was declared without being an operand, and whether that ever showed.
struct ImplicitScc {
  unsigned reads = 0;
  unsigned writes = 0;
  bool read_shown = false;
  bool write_shown = false;
};

// Their results differ from run to run.
constexpr std::string_view kUnsteady[] = {"s_memtime", "s_memrealtime", "s_getreg", "s_setreg"};

template <std::size_t kSize>
bool names(const std::string_view (&prefixes)[kSize], std::string_view mnemonic) {
  return std::any_of(std::begin(prefixes), std::end(prefixes),
                     [&](std::string_view prefix) { return mnemonic.starts_with(prefix); });
}

class Comparison {
 public:
  explicit Comparison(unsigned halves) : machine_(halves), state_(machine_) {
    machine_.wave().program = &program_;  // s_getpc asks where it stands
    state_.fill_memory(random_);
  }

  // True if the instruction could be executed.
  bool run(const Instruction& instruction, unsigned filling) {
    state_.fill(contents_for(instruction.encoding, filling), random_);
    before_.take(machine_);
    if (!execute(instruction)) return false;
    after_.take(machine_);
    const bool wave64 = machine_.wave().is_wave64();
    const RegistersUsed used = registers_used(instruction, wave64);
    const std::string text = disassemble(instruction, wave64) + (wave64 ? " (wave64)" : "");
    check_writes(used, text);
    if (!names(kUnsteady, instruction.opcode->mnemonic)) {
      check_reads(instruction, used, text);
    }
    if (!names(kUnsteady, instruction.opcode->mnemonic)) look_at_scc(instruction, used);
    return true;
  }

  // Declared uses of SCC must have shown: it is a dependency of most scalar instructions.
  void check_scc() const {
    constexpr unsigned kEnough = 10;
    for (const auto& [opcode, scc] : scc_) {
      EXPECT_TRUE(scc.read_shown || scc.reads < kEnough) << opcode->mnemonic << " never read SCC";
      EXPECT_TRUE(scc.write_shown || scc.writes < kEnough)
          << opcode->mnemonic << " never changed SCC";
    }
  }
  std::size_t opcodes() const { return scc_.size(); }

 private:
  bool execute(const Instruction& instruction) {
    try {
      instruction.execute(machine_.wave(), instruction);
    } catch (const Fault&) {
      return false;
    }
    return true;
  }

  void check_writes(const RegistersUsed& used, const std::string& text) {
    for (unsigned code = 0; code < kCodes; ++code) {
      if (after_.is_register_equal(before_, code, machine_.wave().halves)) continue;
      EXPECT_TRUE(used.writes.contains(code)) << text << " changed register " << code;
    }
  }

  // Whether the instruction gives the same from registers that `change` has altered.
  template <class Change>
  bool is_same_after(const Instruction& instruction, const RegistersUsed& used, Change change,
                     bool& executed) {
    before_.restore(machine_);
    change();
    executed = execute(instruction);
    other_.take(machine_);
    if (!executed || other_.memory != after_.memory || other_.lds != after_.lds) return false;
    for (const RegisterRange& range : used.writes) {
      if (range.count > 16) continue;  // only one of them is written
      for (unsigned k = 0; k < range.count; ++k) {
        if (!other_.is_register_equal(after_, range.first + k, machine_.wave().halves))
          return false;
      }
    }
    return true;
  }

  void check_reads(const Instruction& instruction, const RegistersUsed& used,
                   const std::string& text) {
    bool executed = false;
    const bool same = is_same_after(
        instruction, used,
        [&] {
          for (unsigned code = 0; code < kCodes; ++code) {
            if (!used.reads.contains(code)) state_.fill_register(code, random_);
          }
        },
        executed);
    EXPECT_TRUE(executed) << text << " faults where a register that it does not read differs";
    EXPECT_TRUE(same) << text << " reads a register that is not declared";
  }

  void look_at_scc(const Instruction& instruction, const RegistersUsed& used) {
    ImplicitScc& scc = scc_[instruction.opcode];
    const auto& source = instruction.source;
    if (std::find(source.begin(), source.end(), operand::kScc) != source.end()) return;
    scc.reads += used.reads.contains(operand::kScc);
    scc.writes += used.writes.contains(operand::kScc);
    scc.write_shown |= before_.scc != after_.scc;
    bool executed = false;
    const auto flip = [&] { machine_.wave().scc = !before_.scc; };
    if (!used.reads.contains(operand::kScc) || scc.read_shown) return;
    scc.read_shown = !is_same_after(instruction, used, flip, executed);
  }

  const Program program_{{}, 0x12345000};
  Machine machine_;
  State state_;
  std::mt19937 random_{20191007};  // fixed: failures repeat
  Snapshot before_;
  Snapshot after_;
  Snapshot other_;
  std::map<const Opcode*, ImplicitScc> scc_;
};

class RegistersUsedByAll : public testing::TestWithParam<bool> {};

TEST_P(RegistersUsedByAll, AgreesWithExecution) {
  const bool wave64 = GetParam();
  constexpr unsigned kRunsPerOpcode = 12;
  constexpr unsigned kTriesPerOpcode = 200;
  Comparison comparison(wave64 ? 2 : 1);
  std::mt19937 random(7);
  for (const Sweep& sweep : kSweepTable) {
    if (!sweep.has_instructions || sweep.name == "Sopp") continue;
    for (unsigned opcode = 0; opcode < 1u << sweep.opcode_bits; ++opcode) {
      unsigned runs = 0;
      for (unsigned filling = 0; filling < kTriesPerOpcode && runs < kRunsPerOpcode; ++filling) {
        const Words words = make_case(sweep, opcode, filling, random);
        const Instruction instruction = decode(words, 0);
        if (instruction.opcode == nullptr) {
          if (filling > 60 && runs == 0) break;
          continue;
        }
        // Jumps need a program around them; what they use is a table of its own below.
        if (instruction.statistics == InstructionClass::kBranch) break;
        runs += comparison.run(instruction, filling);
        if (HasFailure()) return;
      }
    }
  }
  comparison.check_scc();
  EXPECT_GT(comparison.opcodes(), 900u);
}

INSTANTIATE_TEST_SUITE_P(WaveSizes, RegistersUsedByAll, testing::Bool(), [](const auto& parameter) {
  return std::string(parameter.param ? "Wave64" : "Wave32");
});

struct JumpCase {
  const char* name;
  std::uint32_t word;
  std::vector<unsigned> reads;
  std::vector<unsigned> writes;
};

TEST(RegistersUsedByJumps, AreThoseOfTheTable) {
  const JumpCase cases[] = {
      {"s_branch 0", 0xbf820000, {}, {}},
      {"s_cbranch_scc0 0", 0xbf840000, {operand::kScc}, {}},
      {"s_cbranch_scc1 0", 0xbf850000, {operand::kScc}, {}},
      {"s_cbranch_vccz 0", 0xbf860000, {operand::kVccLo}, {}},
      {"s_cbranch_vccnz 0", 0xbf870000, {operand::kVccLo}, {}},
      {"s_cbranch_execz 0", 0xbf880000, {operand::kExecLo}, {}},
      {"s_barrier", 0xbf8a0000, {}, {}},
      {"s_waitcnt 0", 0xbf8c0000, {}, {}},
      {"s_setpc_b64 s[2:3]", 0xbe802002, {2, 3}, {}},
      {"s_swappc_b64 s[4:5], s[2:3]", 0xbe842102, {2, 3}, {4, 5}},
      {"s_call_b64 s[6:7], 0", 0xbb060000, {}, {6, 7}},
  };
  for (const JumpCase& each : cases) {
    const std::uint32_t words[] = {each.word, 0};
    const Instruction instruction = decode(words, 0);
    ASSERT_EQ(disassemble(instruction, false).substr(0, 5), std::string(each.name).substr(0, 5));
    const RegistersUsed used = registers_used(instruction, false);
    for (unsigned code = 0; code < kCodes; ++code) {
      const bool reads = std::ranges::find(each.reads, code) != each.reads.end();
      const bool writes = std::ranges::find(each.writes, code) != each.writes.end();
      EXPECT_EQ(used.reads.contains(code), reads) << each.name << ": register " << code;
      EXPECT_EQ(used.writes.contains(code), writes) << each.name << ": register " << code;
    }
  }
}

}  // namespace
}  // namespace emulator
