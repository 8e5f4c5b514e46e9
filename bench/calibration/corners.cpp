#include "bench/calibration/corners.h"

#include <sstream>

#include "timing/constants.h"

namespace rdna1conv::calibration {
namespace {

// The constants that both corners are about, with the values of one of them.
std::string settings_of(const emulator::timing::Constants& corner) {
  const emulator::timing::Constants kind = emulator::timing::kind();
  const emulator::timing::Constants harsh = emulator::timing::harsh();
  std::ostringstream text;
  for (const emulator::timing::ConstantRow& row : emulator::timing::constant_table()) {
    if (kind.*row.member == harsh.*row.member) continue;
    text << (text.tellp() > 0 ? "," : "") << row.name << '=' << corner.*row.member;
  }
  return text.str();
}

}  // namespace

std::vector<Corner> corners() {
  return {{"kind", settings_of(emulator::timing::kind())},
          {"harsh", settings_of(emulator::timing::harsh())}};
}

}  // namespace rdna1conv::calibration
