// The memory operations of a wave that are in flight, as far as the wave's waits do not prove
// otherwise. The software device executes them at once; a card does not. Source: AMD, "RDNA 1.0
// Instruction Set Architecture", section 4.4: vector loads return in order and so do LDS
// operations, scalar loads in any order.
#pragma once

#include <cstdint>
#include <vector>

#include "observers/instruction_facts.h"

namespace emulator {

class WaitCounters {
 public:
  struct Operation {
    const Instruction* instruction = nullptr;
    const InstructionFacts* facts = nullptr;
    std::uint32_t sequence = 0;  // of the wave's memory operations
    std::uint8_t counters = 0;   // those that still hold it
    bool has_result = false;     // its registers are in flight
  };

  void clear() {
    operations_.clear();
    pending_.clear();
  }

  // A memory operation begins. No register of it is in flight when no lane is active.
  void add(const Instruction& instruction, const InstructionFacts& facts, std::uint32_t sequence,
           bool has_result);
  // The wave waited: what must have ended now is taken out. Calls done(operation) for each, the
  // oldest first.
  template <class Done>
  void wait(const InstructionFacts& facts, Done done);
  void wait(const InstructionFacts& facts) {
    wait(facts, [](const Operation&) {});
  }

  bool empty() const { return operations_.empty(); }
  const std::vector<Operation>& operations() const { return operations_; }

  // The operation whose registers `instruction` must not touch yet, or null.
  const Operation* conflict(const InstructionFacts& facts) const {
    if (operations_.empty() || !pending_.overlaps(facts.touched)) return nullptr;
    return find_conflict(facts);
  }
  // Whether any of these registers is in flight.
  bool touches_pending(const RegisterSet& registers) const {
    return !operations_.empty() && pending_.overlaps(registers);
  }
  // The largest value of `counter` that shows that the operation has ended.
  unsigned needed(const Operation& operation, Counter counter) const;

  // Sequence number below which all operations have ended that `matters` is true for; `next` when
  // none of them is in flight.
  template <class Matters>
  std::uint32_t oldest(std::uint32_t next, Matters matters) const {
    for (const Operation& each : operations_) {
      if (matters(each)) return each.sequence;
    }
    return next;
  }

 private:
  const Operation* find_conflict(const InstructionFacts& facts) const;
  bool mark_ended(const InstructionFacts& facts);
  void recompute_pending();

  std::vector<Operation> operations_;  // in the order they began
  RegisterSet pending_;                // registers of all results in flight
};

template <class Done>
void WaitCounters::wait(const InstructionFacts& facts, Done done) {
  if (operations_.empty() || !mark_ended(facts)) return;
  for (const Operation& each : operations_) {
    if (each.counters == 0) done(each);
  }
  std::erase_if(operations_, [](const Operation& each) { return each.counters == 0; });
  recompute_pending();
}

}  // namespace emulator
