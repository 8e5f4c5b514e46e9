// A decoded instruction, the table row that gives it meaning, and the operand types both share.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace emulator {

class AccessList;
struct Wave;
struct Instruction;

// Executes one instruction for one wave and returns the next one to run. A null pointer leaves the
// wave's run loop; Wave::state then says why.
using Handler = const Instruction* (*)(Wave&, const Instruction&);

// Lists the memory that an instruction would touch (machine/observer.h).
using AccessLister = void (*)(Wave&, const Instruction&, AccessList&);

enum class Encoding : std::uint8_t {
  kSop2,
  kSopk,
  kSop1,
  kSopc,
  kSopp,
  kSmem,
  kVop2,
  kVop1,
  kVopc,
  kVop3,  // opcodes that exist in this encoding alone; the VOP1, VOP2 and VOPC rows serve theirs
  kVop3p,
  kDs,
  kFlat,
  kGlobal,
  kScratch,
  kMubuf,
  kInvalid,
};

// What an operand holds. It decides how many registers it spans, how an inline constant is widened
// and what neg, abs, clamp and omod mean.
enum class Type : std::uint8_t {
  kNone,
  kB16,
  kI16,
  kU16,
  kF16,
  kB32,
  kI32,
  kU32,
  kF32,
  kB64,
  kI64,
  kU64,
  kF64,
  kPackedB16,  // two 16-bit integers
  kPackedF16,  // two halves
  kMask,       // a lane mask: one SGPR in wave32, a pair in wave64
  kB96,
  kB128,
  kB256,
  kB512,
};

// Number of 32-bit registers an operand of this type spans (kMask: in wave32).
constexpr unsigned register_count(Type type) {
  switch (type) {
    case Type::kNone:
      return 0;
    case Type::kB64:
    case Type::kI64:
    case Type::kU64:
    case Type::kF64:
      return 2;
    case Type::kB96:
      return 3;
    case Type::kB128:
      return 4;
    case Type::kB256:
      return 8;
    case Type::kB512:
      return 16;
    default:
      return 1;
  }
}

// How a row's source operand comes about.
enum class Role : std::uint8_t {
  kEncoded,      // a source field of the encoding
  kDestination,  // the destination register read as well (v_fmac)
  kLiteral,      // the literal dword that always follows (v_fmaak, v_fmamk)
};

struct OperandRow {
  Type type = Type::kNone;
  Role role = Role::kEncoded;
};

// Facts of an opcode beyond its operands; a row or-s together what holds.
enum RowFlags : std::uint32_t {
  kReadsVcc = 1u << 0,           // implicit lane-mask source: VCC in VOP2, an SGPR operand in VOP3
  kWritesVcc = 1u << 1,          // implicit lane-mask destination, likewise
  kNoSdwa = 1u << 2,             // has no SDWA form
  kNoDpp = 1u << 3,              // has no DPP form
  kNoVop3 = 1u << 4,             // a VOP1 or VOP2 row without a VOP3 form
  kOnlyVop3 = 1u << 5,           // a VOP1, VOP2 or VOPC row whose 32-bit form does not exist
  kWritesExec = 1u << 6,         // v_cmpx
  kScalarDestination = 1u << 7,  // a vector instruction whose destination is an SGPR (v_readlane)
  kStore = 1u << 8,              // memory: data flows from registers to memory
  kAtomic = 1u << 9,             // memory: read-modify-write
  kReturnsData = 1u << 10,       // DS: an atomic that returns the old value
  kTwoOffsets = 1u << 11,        // DS: read2, write2, wrxchg2
  kNoClamp = 1u << 12,           // VOP3: neither clamp nor omod, although the result is a float
  kOpSel = 1u << 13,             // VOP3: op_sel picks the halves of 16-bit operands
  kSaturates = 1u << 14,         // VOP3: clamp saturates the integer result
  kNoImmediate = 1u << 15,       // SOPP: the immediate must be zero
  kVgprSource = 1u << 16,        // source 0 is a VGPR, never a scalar or a constant (v_swap)
  kKeepsRest = 1u << 17,         // memory: a load of a half that leaves the other one (d16)
  kTwoData = 1u << 18,           // memory: the data are a new value and the one compared with
};

// Statistics classes of executed instructions.
enum class InstructionClass : std::uint8_t {
  kValu,  // vector ALU, but for the multiply-adds
  kFma,   // multiply-adds of the vector ALU
  kSalu,
  kVmem,
  kLds,
  kSmem,
  kBranch,
  kOther,  // waits, barriers, message and no-operation
  kCount,  // of them, and a row that forgot to say
};

// How fast the vector ALU takes them (timing/constants.h has the clocks).
enum class Rate : std::uint8_t {
  kNone,  // not of the vector ALU
  kFull,
  k64Bit,
  kQuarter,
  kTranscendental,
  kFp64,
  kFp64Special,  // its reciprocals and roots
};

// What an instruction counts as and costs: each row says it.
struct Cost {
  InstructionClass statistics = InstructionClass::kCount;
  Rate rate = Rate::kNone;
};
inline constexpr Cost kFullRate{InstructionClass::kValu, Rate::kFull};
inline constexpr Cost kMultiplyAdd{InstructionClass::kFma, Rate::kFull};
inline constexpr Cost k64BitRate{InstructionClass::kValu, Rate::k64Bit};
inline constexpr Cost kQuarterRate{InstructionClass::kValu, Rate::kQuarter};
inline constexpr Cost kTranscendental{InstructionClass::kValu, Rate::kTranscendental};
inline constexpr Cost kFp64Rate{InstructionClass::kValu, Rate::kFp64};
inline constexpr Cost kFp64MultiplyAdd{InstructionClass::kFma, Rate::kFp64};
inline constexpr Cost kFp64Special{InstructionClass::kValu, Rate::kFp64Special};
inline constexpr Cost kNoWork{InstructionClass::kOther, Rate::kFull};
inline constexpr Cost kScalarCost{InstructionClass::kSalu};
inline constexpr Cost kBranchCost{InstructionClass::kBranch};
inline constexpr Cost kControlCost{InstructionClass::kOther};
inline constexpr Cost kScalarMemoryCost{InstructionClass::kSmem};
inline constexpr Cost kVectorMemoryCost{InstructionClass::kVmem};
inline constexpr Cost kLdsCost{InstructionClass::kLds};

// Registers that an instruction uses beside its operands; a row or-s them together. Scalar rows
// follow AMD's "RDNA 1.0 Instruction Set Architecture", sections 12.1 to 12.5; registers_used_test
// compares all rows with what execution changes.
enum Uses : std::uint32_t {
  kNothing = 0,
  kReadsScc = 1u << 0,
  kWritesScc = 1u << 1,
  kReadsExecToo = 1u << 2,
  kWritesExecToo = 1u << 3,
  kReadsVccToo = 1u << 4,
  kReadsM0 = 1u << 5,
  kReadsDestination = 1u << 6,
  kIgnoresExec = 1u << 7,   // a vector instruction that EXEC does not govern
  kWritesSource = 1u << 8,  // v_swap
  kReadsAnyVgpr = 1u << 9,  // M0 says which
  kWritesAnyVgpr = 1u << 10,
  kReadsAnySgpr = 1u << 11,
  kWritesAnySgpr = 1u << 12,
};

// What an instruction does to its wave beside computing and what orders it, for those who follow
// execution: waits, hazards, time.
enum class Control : std::uint8_t {
  kNone,
  kNoOperation,  // v_nop, ds_nop
  kJump,         // to an address in registers, or a call
  kBranchAlways,
  kWaitCounts,  // s_waitcnt
  kWaitVm,      // s_waitcnt_vmcnt
  kWaitVs,
  kWaitExp,
  kWaitLgkm,
  kWaitIdle,
  kWaitDepctr,
  kBarrier,
  kEnd,
  kPause,  // s_nop
  kSleep,
  kMessage,
  kMessageAndHalt,
  kInstructionPrefetch,
  kHardwareRegister,  // reads or writes one
  kPermlane,
  kInvalidateL0,
  kInvalidateL1,
};

constexpr bool is_wait(Control control) {
  return control >= Control::kWaitCounts && control <= Control::kWaitDepctr;
}

// One line of an opcode table.
struct Opcode {
  std::uint16_t number = 0;
  std::string_view mnemonic;  // as LLVM names it, without an encoding suffix
  Handler execute = nullptr;
  Type destination = Type::kNone;
  std::array<OperandRow, 4> sources{};
  std::uint32_t flags = 0;
  AccessLister accesses = nullptr;  // null: touches no memory
  Cost cost{};
  std::uint32_t uses = kNothing;  // Uses
  Control control = Control::kNone;
  // Executes the plain form of the instruction and those of its row that follow it
  // (isa/plain_form.h). Null: execute() does.
  Handler run = nullptr;
};

constexpr Opcode with_uses(Opcode opcode, std::uint32_t uses) {
  opcode.uses = uses;
  return opcode;
}
constexpr Opcode with_control(Opcode opcode, Control control) {
  opcode.control = control;
  return opcode;
}
constexpr Opcode with_control(Opcode opcode, Cost cost, Control control) {
  opcode.cost = cost;
  opcode.control = control;
  return opcode;
}

// Source operand codes, as the encodings have them.
namespace operand {
constexpr std::uint16_t kVccLo = 106;
constexpr std::uint16_t kM0 = 124;
constexpr std::uint16_t kNull = 125;
constexpr std::uint16_t kExecLo = 126;
constexpr std::uint16_t kZero = 128;  // 128..192 are 0..64, 193..208 are -1..-16
constexpr std::uint16_t kSharedBase = 235;
constexpr std::uint16_t kSharedLimit = 236;
constexpr std::uint16_t kPrivateBase = 237;
constexpr std::uint16_t kPrivateLimit = 238;
constexpr std::uint16_t kPopsExitingWaveId = 239;
constexpr std::uint16_t kHalf = 240;  // 240..248: 0.5 -0.5 1 -1 2 -2 4 -4 1/(2 pi)
constexpr std::uint16_t kVccz = 251;
constexpr std::uint16_t kExecz = 252;
constexpr std::uint16_t kScc = 253;
constexpr std::uint16_t kLdsDirect = 254;
constexpr std::uint16_t kLiteral = 255;
constexpr std::uint16_t kVgpr = 256;  // 256..511 are v0..v255
}  // namespace operand

// What makes an instruction leave the plain path.
enum InstructionFlags : std::uint8_t {
  kDpp16 = 1u << 0,
  kDpp8 = 1u << 1,
  kSdwa = 1u << 2,
  kVop3Form = 1u << 3,        // decoded from the 64-bit VOP3 encoding
  kModifiedResult = 1u << 4,  // clamp, omod, an SDWA destination or op_sel on the destination
  kHasLiteral = 1u << 5,
  kSpins = 1u << 6,  // a branch back that repeats looking at memory or a clock and nothing else
};

// Memory cache policy bits and address modes.
enum MemoryFlags : std::uint8_t {
  kGlc = 1u << 0,
  kSlc = 1u << 1,
  kDlc = 1u << 2,
  kOffen = 1u << 3,
  kIdxen = 1u << 4,
  kLds = 1u << 5,
  kGds = 1u << 6,
  kTfe = 1u << 7,
};

struct MemoryModifiers {
  std::uint8_t flags;  // MemoryFlags
};

struct Dpp16Modifiers {
  std::uint16_t control;
  std::uint8_t row_mask : 4;
  std::uint8_t bank_mask : 4;
  bool bound_control : 1;
  bool fetch_inactive : 1;
};

struct SdwaModifiers {
  std::uint8_t destination_select;
  std::uint8_t destination_unused;
  std::array<std::uint8_t, 2> source_select;  // bit 3: sign-extend
};

// A decoded instruction. Fields that no encoding uses together share storage.
//
// Where the encodings put their operands (s = SGPR or source code, v = VGPR as 256 + index):
//   SOP1, SOP2, SOPC   destination s; source 0, 1
//   SOPK               destination s (s_setreg: none); literal = simm16, sign-extended;
//                      s_setreg_imm32: literal = the 32-bit value, offset = the hardware register
//   SOPP               literal = simm16, sign-extended; branches: target
//   SMEM               destination s (data, also of stores); source 0 = base, 1 = soffset or NULL;
//                      offset = imm21
//   VOP1, VOP2, VOP3   destination v (s with kScalarDestination); source 0..2;
//                      scalar_destination = mask written (VCC in 32-bit forms); a Mask source is
//                      106 (VCC) in VOP2 and the encoded SGPR in VOP3
//   VOPC               scalar_destination = mask written: VCC, the encoded SGPR, or EXEC (v_cmpx)
//   VOP3P              like VOP3, `abs` holds neg_hi
//   DS                 destination v; source 0 = address, 1 = data0, 2 = data1 (all v); offset:
//                      16 bits, for two-offset forms offset0 | offset1 << 8
//   FLAT, GLOBAL, SCRATCH  destination v; source 0 = vaddr, 1 = vdata (v), 2 = saddr (s or NULL);
//                      SCRATCH without vaddr: source 0 = NULL; offset signed
//   MUBUF              destination v = vdata, of loads and stores; source 0 = vaddr (v), 1 = first
//                      SGPR of the resource, 2 = soffset; offset 12 bits
struct Instruction {
  Handler run = nullptr;  // in the plain loop: execute, or its like for several instructions
  Handler execute = nullptr;
  const Opcode* opcode = nullptr;
  const Instruction* target = nullptr;  // branches: where a taken one goes

  // Source codes as in the encoding (operand::*); destination: a VGPR as 256 + index, an SGPR as
  // is.
  std::uint16_t destination = 0;
  std::uint16_t scalar_destination = 0;  // carry or compare mask of VOP3 and VOP2 (VCC there)
  std::array<std::uint16_t, 4> source{};
  // Bit k: source k is a VGPR read as it stands (no neg, abs, op_sel, SDWA or DPP on it).
  std::uint8_t plain_vgpr = 0;
  std::uint8_t flags = 0;  // InstructionFlags

  // VOP3 and VOP3P modifiers, bit k for source k; op_sel bit 3 is the destination's.
  std::uint8_t neg = 0;
  std::uint8_t abs = 0;  // VOP3P: neg_hi
  std::uint8_t op_sel = 0;
  std::uint8_t op_sel_hi = 0;
  std::uint8_t omod = 0;  // 0 none, 1 *2, 2 *4, 3 /2
  bool clamp = false;

  std::uint32_t literal = 0;  // literal dword; SOPP and SOPK: the 16-bit immediate, sign-extended
  union {
    std::int32_t offset = 0;  // memory: immediate offset in bytes; DS two-offset forms: as encoded
    std::uint32_t plain_index;  // where `run` is not `execute`: see Program::plain()
  };
  union {
    MemoryModifiers memory;
    Dpp16Modifiers dpp;
    std::uint32_t dpp8_selectors;  // eight 3-bit lane numbers; bit 24: fetch inactive lanes
    SdwaModifiers sdwa;
    std::uint32_t extra = 0;
  };

  std::uint32_t address = 0;  // byte offset from the start of the program
  Encoding encoding = Encoding::kInvalid;
  std::uint8_t dwords = 1;
  InstructionClass statistics = InstructionClass::kOther;
};

}  // namespace emulator
