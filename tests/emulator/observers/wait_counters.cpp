#include "observers/wait_counters.h"

#include <algorithm>

namespace emulator {

void WaitCounters::add(const Instruction& instruction, const InstructionFacts& facts,
                       std::uint32_t sequence, bool has_result) {
  // More than a counter holds cannot be in flight: the card waits for the oldest.
  constexpr std::size_t kMost = 256;
  if (operations_.size() >= kMost) operations_.erase(operations_.begin());
  operations_.push_back(
      {&instruction, &facts, sequence, facts.counters, has_result && facts.result_count != 0});
  if (operations_.back().has_result) pending_.add(facts.result_first, facts.result_count);
}

bool WaitCounters::mark_ended(const InstructionFacts& facts) {
  bool any = false;
  for (std::size_t c = 0; c < kCounters; ++c) {
    const unsigned limit = facts.waits[c];
    if (limit == kNoWait) continue;
    const auto counter = static_cast<Counter>(c);
    const std::uint8_t bit = bit_of(counter);
    // If an operation were still in flight, so were those behind it that end in order; more than
    // `limit` of them cannot be.
    unsigned behind = 0;
    for (auto each = operations_.rbegin(); each != operations_.rend(); ++each) {
      if ((each->counters & bit) == 0) continue;
      const bool scalar = each->facts->unit == Unit::kSmem;
      if (limit <= (scalar ? 0 : behind)) {
        each->counters &= static_cast<std::uint8_t>(~bit);
        any = true;
      }
      if (!scalar) ++behind;
    }
  }
  return any;
}

void WaitCounters::recompute_pending() {
  pending_.clear();
  for (const Operation& each : operations_) {
    if (each.has_result) pending_.add(each.facts->result_first, each.facts->result_count);
  }
}

unsigned WaitCounters::needed(const Operation& operation, Counter counter) const {
  if (operation.facts->unit == Unit::kSmem) return 0;
  return static_cast<unsigned>(
      std::count_if(operations_.begin(), operations_.end(), [&](const Operation& each) {
        return each.sequence > operation.sequence && (each.counters & bit_of(counter)) != 0 &&
               each.facts->unit != Unit::kSmem;
      }));
}

const WaitCounters::Operation* WaitCounters::find_conflict(const InstructionFacts& facts) const {
  const Operation* found = nullptr;
  for (const Operation& each : operations_) {
    if (!each.has_result) continue;
    RegisterSet result;
    result.add(each.facts->result_first, each.facts->result_count);
    // Results of one kind arrive in order: the later load of a register wins, as it should.
    const bool follows = facts.counters == each.facts->counters && facts.result_count != 0 &&
                         facts.unit == each.facts->unit && facts.unit != Unit::kSmem;
    if (result.overlaps(follows ? facts.read : facts.touched)) found = &each;
  }
  return found;
}

}  // namespace emulator
