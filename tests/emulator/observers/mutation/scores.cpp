#include "observers/mutation/scores.h"

#include <cstdio>

namespace emulator {

Score& Score::operator+=(const Score& other) {
  changes += other.changes;
  alter_plain += other.alter_plain;
  alter_late += other.alter_late;
  alter_any += other.alter_any;
  by_check += other.by_check;
  by_unused_data += other.by_unused_data;
  unseen += other.unseen;
  return *this;
}

std::string score_row_name(std::size_t row) {
  if (row == kBufferShrunk) return "buffer one element shorter";
  if (row == kPointerShifted) return "pointer argument shifted";
  return std::string(name_of(static_cast<MutantKind>(row)));
}

bool may_stay_unseen(std::size_t row) {
  return row == static_cast<std::size_t>(MutantKind::kAddressShifted) ||
         row == static_cast<std::size_t>(MutantKind::kAddressShiftedRow) ||
         row == static_cast<std::size_t>(MutantKind::kAddressFar);
}

Scores& Scores::operator+=(const Scores& other) {
  for (std::size_t row = 0; row < kScoreRows; ++row) rows[row] += other.rows[row];
  return *this;
}

Score Scores::total() const {
  Score sum;
  for (const Score& row : rows) sum += row;
  return sum;
}

void Scores::print() const {
  const auto print_row = [](const std::string& name, const Score& s) {
    std::printf("%-30s %8u %8u %8u %8u %8u %8u %8u\n", name.c_str(), s.changes, s.alter_plain,
                s.alter_late, s.alter_any, s.by_check, s.by_unused_data, s.unseen);
  };
  std::printf("%-30s %8s %26s %26s\n", "", "", "alter a result", "of these found");
  std::printf("%-30s %8s %8s %8s %8s %8s %8s %8s\n", "change", "changes", "plain", "late", "any",
              "by check", "by data", "unseen");
  for (std::size_t row = 0; row < kScoreRows; ++row) print_row(score_row_name(row), rows[row]);
  const Score all = total();
  print_row("total", all);
  const unsigned found = all.by_check + all.by_unused_data;
  std::printf("found: %u of %u changes that alter a result, %.2f %%\n", found, all.alter_any,
              100.0 * found / (all.alter_any == 0 ? 1 : all.alter_any));
  std::printf(
      "late: only where loads and stores take effect as late as waits allow.\n"
      "by check: a check, or the device itself.\n"
      "by data: output bytes stay unwritten, or input, workspace or LDS bytes unread.\n"
      "unseen: every access is to initialized memory inside its array, ordered and awaited, and\n"
      "nothing stays unused, so that only a comparison of results tells.\n");
}

}  // namespace emulator
