#include "observers/checks.h"

#include <cstdlib>
#include <stdexcept>

namespace emulator {
namespace {

struct CheckRow {
  Check check;
  std::string_view name;
};
constexpr CheckRow kTable[] = {
    {Check::kMemory, "memory"},
    {Check::kUninitialized, "uninitialized"},
    {Check::kLds, "lds"},
    {Check::kRace, "race"},
    {Check::kWaitcnt, "waitcnt"},
    {Check::kHazard, "hazard"},
    {Check::kAlignment, "alignment"},
    {Check::kBarrier, "barrier"},
    {Check::kKind, "kind"},
};
constexpr std::string_view kStrictHazards = "hazard:strict";

constexpr const char* kVariable = "RDNA1CONV_EMULATOR_CHECKS";

[[noreturn]] void throw_unknown(std::string_view name) {
  std::string text =
      std::string(kVariable) + ": there is no check '" + std::string(name) + "'; there are all";
  for (const CheckRow& row : kTable) text += ", " + std::string(row.name);
  throw std::invalid_argument(text + ", each with a minus before it to leave it out; and " +
                              std::string(kStrictHazards));
}

void apply(CheckSet& set, std::string_view name) {
  if (name == kStrictHazards) {
    set.set(Check::kHazard, true);
    set.set_strict_hazards(true);
    return;
  }
  const bool on = !name.starts_with('-');
  const std::string_view bare = on ? name : name.substr(1);
  bool found = false;
  for (const CheckRow& row : kTable) {
    if (bare != row.name && bare != "all") continue;
    set.set(row.check, on);
    found = true;
  }
  if (!found) throw_unknown(name);
}

}  // namespace

std::string_view name_of(Check check) {
  for (const CheckRow& row : kTable) {
    if (row.check == check) return row.name;
  }
  return "";
}

CheckSet parse_checks(std::string_view text) {
  CheckSet set;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    apply(set, text.substr(0, comma));
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return set;
}

bool watches_execution(CheckSet checks) {
  checks.set(Check::kMemory, false);
  return !checks.none();
}

const CheckSet& enabled_checks() {
  static const CheckSet set = [] {
    const char* text = std::getenv(kVariable);
    return text == nullptr ? CheckSet{} : parse_checks(text);
  }();
  return set;
}

}  // namespace emulator
