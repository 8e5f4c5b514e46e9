// The count of changes, of those that alter a result and of those that were found.
#pragma once

#include <array>
#include <string>

#include "observers/mutation/mutants.h"
#include "observers/mutation/trial.h"

namespace emulator {

struct Score {
  unsigned changes = 0;
  unsigned alter_plain = 0;  // result or end differs with immediate memory
  unsigned alter_late = 0;   // only with memory as late as waits allow
  unsigned alter_any = 0;    // either
  unsigned by_check = 0;     // of alter_any
  unsigned by_unused_data = 0;
  unsigned unseen = 0;

  Score& operator+=(const Score& other);
};

// Rows of the printed table: those of MutantKind, then changes of the launch.
constexpr std::size_t kBufferShrunk = static_cast<std::size_t>(MutantKind::kCount);
constexpr std::size_t kPointerShifted = kBufferShrunk + 1;
constexpr std::size_t kScoreRows = kPointerShifted + 1;
std::string score_row_name(std::size_t row);

// An offset that stays inside its array and leaves nothing unused reads or writes another element
// of it, which no rule about memory can know to be wrong: the changed kernel is a correct program
// that computes something else. Such changes are counted; tests against a reference find them.
bool may_stay_unseen(std::size_t row);

struct Scores {
  std::array<Score, kScoreRows> rows;

  Scores& operator+=(const Scores& other);
  Score total() const;
  void print() const;
};

}  // namespace emulator
