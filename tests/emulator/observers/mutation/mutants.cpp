#include "observers/mutation/mutants.h"

#include <algorithm>
#include <cstring>

#include "isa/decode.h"
#include "isa/wait_counts.h"

namespace emulator {
namespace {

constexpr std::uint32_t kNop = 0xbf800000;  // s_nop 0

constexpr std::string_view kNames[] = {"s_waitcnt removed",       "s_waitcnt weakened",
                                       "s_waitcnt_vscnt removed", "s_waitcnt_depctr removed",
                                       "s_barrier removed",       "address shifted by an element",
                                       "address shifted far"};
static_assert(std::size(kNames) == static_cast<std::size_t>(MutantKind::kCount));

constexpr struct {
  const char* name;
  const WaitField& field;
} kWaits[] = {{"vmcnt", kVmField}, {"lgkmcnt", kLgkmField}};

bool is_named(const Instruction& instruction, std::string_view name) {
  return instruction.opcode != nullptr && instruction.opcode->mnemonic == name;
}

// The immediate offset field of the first dword: its bits, and whether it has a sign.
struct OffsetField {
  unsigned bits = 0;
  bool is_signed = false;
  std::uint32_t element = 4;
};

OffsetField offset_field(const Instruction& instruction) {
  if (instruction.opcode == nullptr || instruction.opcode->accesses == nullptr) return {};
  switch (instruction.encoding) {
    case Encoding::kDs:
      if ((instruction.opcode->flags & kTwoOffsets) != 0) return {8, false, 1};
      return {16, false, 4};
    case Encoding::kGlobal:
      return {12, true, 4};
    case Encoding::kMubuf:
      return {12, false, 4};
    default:
      return {};
  }
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
    const std::uint32_t mask = (1u << field.bits) - 1;
    const std::uint32_t far = field.is_signed ? mask >> 1 : mask & ~3u;
    const std::uint32_t shifted = ((word & mask) + field.element) & mask;
    add(MutantKind::kAddressShifted, (word & ~mask) | shifted, text + " one element on");
    add(MutantKind::kAddressFar, (word & ~mask) | far, text + " with the largest offset");
    if (field.is_signed) {
      add(MutantKind::kAddressFar, (word & ~mask) | (far + 1), text + " with the smallest offset");
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
