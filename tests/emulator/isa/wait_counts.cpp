#include "isa/wait_counts.h"

#include <string_view>

namespace emulator {

std::optional<WaitCounts> wait_counts(const Instruction& instruction) {
  const std::string_view name = instruction.opcode->mnemonic;
  const std::uint32_t immediate = instruction.literal & 0xffff;
  const auto count = [](std::uint32_t value, const WaitField& field) {
    return value < field.most() ? static_cast<std::uint8_t>(value) : kNoWait;
  };
  if (name == "s_waitcnt") {
    return WaitCounts{.vm = count(kVmField.get(immediate), kVmField),
                      .lgkm = count(kLgkmField.get(immediate), kLgkmField),
                      .exp = count(kExpField.get(immediate), kExpField)};
  }
  if (name == "s_wait_idle") return WaitCounts{.vm = 0, .vs = 0, .lgkm = 0, .exp = 0};
  constexpr struct {
    std::string_view name;
    std::uint8_t WaitCounts::*counter;
    const WaitField& field;  // as wide as the counter
  } kSingle[] = {{"s_waitcnt_vscnt", &WaitCounts::vs, kVmField},
                 {"s_waitcnt_vmcnt", &WaitCounts::vm, kVmField},
                 {"s_waitcnt_expcnt", &WaitCounts::exp, kExpField},
                 {"s_waitcnt_lgkmcnt", &WaitCounts::lgkm, kLgkmField}};
  for (const auto& row : kSingle) {
    if (name != row.name) continue;
    WaitCounts counts;
    // With another register than NULL the count comes from it; compilers never use that.
    if (instruction.source[0] == operand::kNull) {
      counts.*row.counter = count(immediate & row.field.most(), row.field);
    }
    return counts;
  }
  return std::nullopt;
}

}  // namespace emulator
