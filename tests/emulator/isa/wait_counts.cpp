#include "isa/wait_counts.h"

namespace emulator {

std::optional<WaitCounts> wait_counts(const Instruction& instruction) {
  const std::uint32_t immediate = instruction.literal & 0xffff;
  const auto count = [](std::uint32_t value, const WaitField& field) {
    return value < field.most() ? static_cast<std::uint8_t>(value) : kNoWait;
  };
  // With another register than NULL the count comes from it; compilers never use that.
  const auto single = [&](std::uint8_t WaitCounts::*counter, const WaitField& field) {
    WaitCounts counts;
    if (instruction.source[0] == operand::kNull) {
      counts.*counter = count(immediate & field.most(), field);
    }
    return counts;
  };
  switch (instruction.opcode->control) {
    case Control::kWaitCounts:
      return WaitCounts{.vm = count(kVmField.get(immediate), kVmField),
                        .lgkm = count(kLgkmField.get(immediate), kLgkmField),
                        .exp = count(kExpField.get(immediate), kExpField)};
    case Control::kWaitIdle:
      return WaitCounts{.vm = 0, .vs = 0, .lgkm = 0, .exp = 0};
    case Control::kWaitVs:
      return single(&WaitCounts::vs, kVmField);  // as wide as the other
    case Control::kWaitVm:
      return single(&WaitCounts::vm, kVmField);
    case Control::kWaitExp:
      return single(&WaitCounts::exp, kExpField);
    case Control::kWaitLgkm:
      return single(&WaitCounts::lgkm, kLgkmField);
    default:
      return std::nullopt;
  }
}

}  // namespace emulator
