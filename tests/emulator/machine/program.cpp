#include "machine/program.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <utility>

#include "isa/decode.h"
#include "machine/fault.h"

namespace emulator {
namespace {

constexpr std::uint32_t kNoInstruction = ~0u;

// Loops longer than this do work of their own.
constexpr std::size_t kMostInSpinLoop = 64;
// Turns of a loop before its wave yields. Loops that are done sooner pay nothing.
constexpr unsigned kMostSpins = 16;

// Whether the loop that ends with the branch `last` does nothing but look at what others change: it
// loads past the caches, or reads a clock, and neither stores nor meets others.
bool waits(const Instruction& first, const Instruction& last) {
  bool looks = false;
  for (const Instruction* each = &first; each <= &last; ++each) {
    const Opcode* row = each->opcode;
    if (row == nullptr || row->control == Control::kBarrier || row->control == Control::kSleep ||
        row->control == Control::kEnd || row->control == Control::kJump) {
      return false;
    }
    const bool is_vector = each->statistics == InstructionClass::kVmem;
    const bool is_scalar = each->statistics == InstructionClass::kSmem;
    if (!is_vector && !is_scalar) continue;
    const bool bypasses = (each->memory.flags & kGlc) != 0;
    if ((row->flags & kStore) != 0 || ((row->flags & kAtomic) != 0 && !bypasses)) return false;
    // Scalar instructions that are no loads read clocks or drop the scalar cache's lines.
    looks =
        looks ||
        (is_vector && row->accesses != nullptr ? bypasses : is_scalar && row->accesses == nullptr);
  }
  return looks;
}

bool has_relative_target(const Instruction& instruction) {
  return instruction.statistics == InstructionClass::kBranch &&
         (instruction.encoding == Encoding::kSopp || instruction.encoding == Encoding::kSopk);
}

}  // namespace

Program::Program(std::span<const std::byte> code, std::uint64_t address,
                 std::span<const std::uint64_t> entries, SourceLookup source)
    : address_(address),
      source_(std::move(source)),
      words_(code.size() / 4),
      index_of_word_(code.size() / 4, kNoInstruction) {
  std::memcpy(words_.data(), code.data(), words_.size() * 4);
  std::vector<std::size_t> starts;  // word offsets where an instruction must begin
  for (const std::uint64_t entry : entries) starts.push_back(entry / 4);
  starts.push_back(words_.size());
  std::sort(starts.begin(), starts.end());

  auto next_start = starts.begin();
  for (std::size_t word = 0; word < words_.size();) {
    while (*next_start <= word && std::next(next_start) != starts.end()) ++next_start;
    // Data between functions must not swallow the first words of the next one.
    const std::size_t room = *next_start > word ? *next_start - word : words_.size() - word;
    const Instruction instruction =
        decode({words_.data() + word, room}, static_cast<std::uint32_t>(word * 4));
    index_of_word_[word] = static_cast<std::uint32_t>(instructions_.size());
    instructions_.push_back(instruction);
    word += instruction.dwords;
  }
  // Running off the end and branches to nowhere land on an instruction that faults.
  instructions_.push_back(decode({}, static_cast<std::uint32_t>(words_.size() * 4)));
  form_rows();

  prefix_.resize(instructions_.size() + 1);
  for (std::size_t i = 0; i < instructions_.size(); ++i) {
    Instruction& instruction = instructions_[i];
    prefix_[i + 1] = prefix_[i];
    ++prefix_[i + 1][static_cast<std::size_t>(instruction.statistics)];
    if (!has_relative_target(instruction)) continue;
    const auto immediate = static_cast<std::int16_t>(instruction.literal);
    const std::int64_t word = instruction.address / 4 + 1 + std::int64_t{immediate};
    const bool inside = word >= 0 && word < static_cast<std::int64_t>(words_.size()) &&
                        index_of_word_[word] != kNoInstruction;
    instruction.target = inside ? &instructions_[index_of_word_[word]] : &instructions_.back();
    const bool is_short_loop =
        instruction.encoding == Encoding::kSopp && instruction.target <= &instruction &&
        static_cast<std::size_t>(&instruction - instruction.target) < kMostInSpinLoop;
    if (is_short_loop && waits(*instruction.target, instruction)) instruction.flags |= kSpins;
  }
}

// Equal instructions in plain form that follow each other become rows.
void Program::form_rows() {
  for (const Instruction& instruction : instructions_) {
    if (plain_handler(instruction) != nullptr) plain_.push_back(plain_operands(instruction));
  }
  auto index = static_cast<std::uint32_t>(plain_.size());
  const Instruction* next = nullptr;
  for (std::size_t i = instructions_.size(); i-- > 0; next = &instructions_[i]) {
    Instruction& instruction = instructions_[i];
    const Handler handler = plain_handler(instruction);
    if (handler == nullptr) continue;
    const bool goes_on = next != nullptr && next->run == handler;
    instruction.plain_index = --index;
    if (goes_on) plain_[index].row_count = plain_[index + 1].row_count + 1;
    instruction.run = handler;
  }
}

const Instruction* Program::at(std::uint64_t address) const {
  const std::uint64_t word = (address - address_) / 4;
  if (address < address_ || address % 4 != 0 || word >= words_.size() ||
      index_of_word_[word] == kNoInstruction) {
    char text[96];
    std::snprintf(text, sizeof text, "a jump to 0x%llx, where no instruction begins",
                  static_cast<unsigned long long>(address));
    throw Fault(FaultKind::kIllegalInstruction, text);
  }
  return &instructions_[index_of_word_[word]];
}

std::string Program::describe(const Instruction& instruction, bool wave64) const {
  char address[32];
  std::snprintf(address, sizeof address,
                "0x%llx: ", static_cast<unsigned long long>(address_of(instruction)));
  std::string text = address + disassemble(instruction, wave64);
  const std::string source = source_ ? source_(address_of(instruction)) : std::string();
  if (!source.empty()) text += " (" + source + ")";
  return text;
}

std::span<const std::uint32_t> Program::words(const Instruction& instruction) const {
  const std::size_t first = instruction.address / 4;
  const std::size_t count = std::min<std::size_t>(instruction.dwords, words_.size() - first);
  return {words_.data() + first, count};
}

void Program::count(const Instruction& first, const Instruction& last, ClassCounts& counts) const {
  const Prefix& before = prefix_[&first - instructions_.data()];
  const Prefix& after = prefix_[&last - instructions_.data() + 1];
  for (std::size_t i = 0; i < counts.of.size(); ++i) counts.of[i] += after[i] - before[i];
}

const Instruction* transfer_control(Wave& wave, const Instruction& last, const Instruction* next) {
  wave.program->count(*wave.block_begin, last, wave.counts);
  wave.executed += static_cast<std::uint64_t>(&last - wave.block_begin) + 1;
  wave.block_begin = next;
  if (wave.executed < wave.budget || next == nullptr) return next;
  wave.next = next;
  wave.state = WaveState::kYielded;
  wave.current = &last;  // for the text of a fault if it never ends
  return nullptr;
}

const Instruction* spin(Wave& wave, const Instruction& branch) {
  if (wave.spinning != &branch) {
    wave.spinning = &branch;
    wave.spins = 0;
  }
  if (++wave.spins >= kMostSpins) {
    wave.spins = 0;
    wave.budget = 0;
  }
  return transfer_control(wave, branch, branch.target);
}

}  // namespace emulator
