#include "observers/mutation/mutants.h"

#include <algorithm>
#include <cstring>

#include "isa/decode.h"
#include "isa/wait_counts.h"

namespace emulator {
namespace {

constexpr std::uint32_t kNop = 0xbf800000;  // s_nop 0
constexpr std::int32_t kRowBytes = 64;

constexpr std::string_view kNames[] = {"s_waitcnt removed",       "s_waitcnt weakened",
                                       "s_waitcnt_vscnt removed", "s_waitcnt_depctr removed",
                                       "s_barrier removed",       "address shifted by an element",
                                       "address shifted by 64 B", "address shifted far"};
static_assert(std::size(kNames) == static_cast<std::size_t>(MutantKind::kCount));

constexpr struct {
  const char* name;
  const WaitField& field;
} kWaits[] = {{"vmcnt", kVmField}, {"lgkmcnt", kLgkmField}};

bool is_named(const Instruction& instruction, std::string_view name) {
  return instruction.opcode != nullptr && instruction.opcode->mnemonic == name;
}

// The immediate offset field of the first dword.
struct OffsetField {
  unsigned bits = 0;
  bool is_signed = false;
  std::int32_t unit = 1;  // bytes that 1 stands for

  std::uint32_t mask() const { return (1u << bits) - 1; }
  std::int32_t lowest() const { return is_signed ? -(1 << (bits - 1)) : 0; }
  std::int32_t highest() const { return is_signed ? (1 << (bits - 1)) - 1 : (1 << bits) - 1; }
  std::int32_t get(std::uint32_t word) const {
    const auto value = static_cast<std::int32_t>(word & mask());
    return value > highest() ? value - (1 << bits) : value;
  }
  std::uint32_t set(std::uint32_t word, std::int32_t value) const {
    return (word & ~mask()) | (static_cast<std::uint32_t>(value) & mask());
  }
};

OffsetField offset_field(const Instruction& instruction) {
  if (instruction.opcode == nullptr || instruction.opcode->accesses == nullptr) return {};
  const std::string_view name = instruction.opcode->mnemonic;
  switch (instruction.encoding) {
    case Encoding::kDs:
      // Two offsets count elements, the st64 forms 64 of them; the first one is changed.
      if ((instruction.opcode->flags & kTwoOffsets) != 0) {
        const int element = name.ends_with("b64") ? 8 : 4;
        return {8, false, name.find("st64") != name.npos ? 64 * element : element};
      }
      return {16, false};
    case Encoding::kGlobal:
      return {12, true};
    case Encoding::kMubuf:
      return {12, false};
    default:
      return {};
  }
}

// Bytes of one element of what the instruction loads or stores. Wide ones move several elements of
// 4 bytes.
std::int32_t element_bytes(const Instruction& instruction) {
  const std::string_view name = instruction.opcode->mnemonic;
  const auto has = [&](std::string_view part) { return name.find(part) != name.npos; };
  if (has("byte") || has("_b8") || has("_u8") || has("_i8")) return 1;
  if (has("short") || has("_b16") || has("_u16") || has("_i16")) return 2;
  return 4;
}

}  // namespace

std::string_view name_of(MutantKind kind) { return kNames[static_cast<std::size_t>(kind)]; }

KernelCode::KernelCode(std::shared_ptr<const Kernel> kernel) : kernel_(std::move(kernel)) {
  const Program& program = *kernel_->program;
  const auto all = program.instructions();
  first_ = static_cast<std::size_t>(program.at(kernel_->entry) - all.data());
  // A kernel ends with the first s_endpgm that no branch before it jumps over.
  std::size_t furthest = first_;
  for (last_ = first_; last_ < all.size(); ++last_) {
    const Instruction& instruction = all[last_];
    if (instruction.target != nullptr) {
      furthest = std::max(furthest, static_cast<std::size_t>(instruction.target - all.data()));
    }
    if (is_named(instruction, "s_endpgm") && last_ >= furthest) break;
  }
  last_ = std::min(last_ + 1, all.size());
}

std::vector<Mutant> KernelCode::mutants(const std::vector<std::uint8_t>& executed) const {
  std::vector<Mutant> found;
  const Program& program = *kernel_->program;
  for (std::size_t i = first_; i < last_; ++i) {
    if (executed[i] == 0) continue;
    const Instruction& instruction = program.instructions()[i];
    const std::uint32_t word = program.words(instruction)[0];
    const std::string text = disassemble(instruction);
    const auto add = [&](MutantKind kind, std::uint32_t changed, const std::string& what) {
      if (changed != word) found.push_back({kind, i, changed, what});
    };
    if (is_named(instruction, "s_waitcnt")) {
      add(MutantKind::kWaitRemoved, kNop, "without " + text);
      for (const auto& [name, field] : kWaits) {
        const std::uint32_t value = field.get(word);
        if (value == field.most()) continue;
        add(MutantKind::kWaitWeakened, field.set(word, value + 1),
            text + " with " + name + "(" + std::to_string(value + 1) + ")");
      }
    } else if (is_named(instruction, "s_waitcnt_vscnt")) {
      add(MutantKind::kStoreWaitRemoved, kNop, "without " + text);
    } else if (is_named(instruction, "s_waitcnt_depctr")) {
      add(MutantKind::kDependencyWaitRemoved, kNop, "without " + text);
    } else if (is_named(instruction, "s_barrier")) {
      add(MutantKind::kBarrierRemoved, kNop, "without " + text);
    }
    const OffsetField field = offset_field(instruction);
    if (field.bits == 0) continue;
    const std::int32_t offset = field.get(word);
    const auto shift = [&](MutantKind kind, std::int32_t bytes) {
      const std::int32_t by = bytes / field.unit;
      const std::int32_t shifted = offset + by;
      if (by == 0 || shifted < field.lowest() || shifted > field.highest()) return;
      add(kind, field.set(word, shifted), text + " shifted by " + std::to_string(bytes));
    };
    // The least that the field can express where that is more than an element.
    const std::int32_t element = std::max(element_bytes(instruction), field.unit);
    shift(MutantKind::kAddressShifted, element);
    shift(MutantKind::kAddressShifted, -element);
    if (element < kRowBytes) {
      shift(MutantKind::kAddressShiftedRow, kRowBytes);
      shift(MutantKind::kAddressShiftedRow, -kRowBytes);
    }
    add(MutantKind::kAddressFar, field.set(word, field.highest() & ~3),
        text + " with the largest offset");
    if (field.is_signed) {
      add(MutantKind::kAddressFar, field.set(word, field.lowest()),
          text + " with the smallest offset");
    }
  }
  return found;
}

std::shared_ptr<const Kernel> KernelCode::mutate(const Mutant& mutant) const {
  const Program& program = *kernel_->program;
  const auto all = program.instructions();
  std::vector<std::uint32_t> words;
  std::size_t at = 0;
  for (std::size_t i = first_; i < last_; ++i) {
    if (i == mutant.instruction) at = words.size();
    const auto these = program.words(all[i]);
    words.insert(words.end(), these.begin(), these.end());
  }
  words[at] = mutant.word;
  auto kernel = std::make_shared<Kernel>(*kernel_);
  kernel->program =
      std::make_shared<const Program>(std::as_bytes(std::span(words)), kernel_->entry);
  return kernel;
}

}  // namespace emulator
