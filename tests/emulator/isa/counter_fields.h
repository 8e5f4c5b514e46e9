// The fields of s_waitcnt's and s_waitcnt_depctr's immediates: how many operations may still be
// outstanding. Sources: AMD, "RDNA 1.0 Instruction Set Architecture", section 4.4; LLVM's
// SIDefines.h (DepCtr) for the latter.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace emulator {

struct CounterField {
  std::string_view name;  // as in assembly
  std::uint8_t first_bit;
  std::uint8_t bits;
  // Where the upper bits of the value lie, if not next to the lower ones.
  std::uint8_t upper_first_bit = 0;
  std::uint8_t upper_bits = 0;

  // The largest value asks for nothing.
  constexpr std::uint32_t most() const { return (1u << (bits + upper_bits)) - 1; }
  constexpr std::uint32_t get(std::uint32_t immediate) const {
    return (immediate >> first_bit & lower_mask()) | (immediate >> upper_first_bit & upper_mask())
                                                         << bits;
  }
  constexpr std::uint32_t set(std::uint32_t immediate, std::uint32_t value) const {
    immediate &= ~(lower_mask() << first_bit | upper_mask() << upper_first_bit);
    return immediate | (value & lower_mask()) << first_bit |
           (value >> bits & upper_mask()) << upper_first_bit;
  }

 private:
  constexpr std::uint32_t lower_mask() const { return (1u << bits) - 1; }
  constexpr std::uint32_t upper_mask() const { return (1u << upper_bits) - 1; }
};

// Of s_waitcnt.
inline constexpr CounterField kVmCount{"vmcnt", 0, 4, 14, 2};
inline constexpr CounterField kExpCount{"expcnt", 4, 3};
inline constexpr CounterField kLgkmCount{"lgkmcnt", 8, 6};
inline constexpr std::array kWaitFields{kVmCount, kExpCount, kLgkmCount};

// Of s_waitcnt_depctr, in the order in which LLVM prints them.
inline constexpr CounterField kScalarResults{"depctr_sa_sdst", 0, 1};
inline constexpr CounterField kVectorMemorySources{"depctr_vm_vsrc", 2, 3};
inline constexpr std::array kDependencyFields{kScalarResults,
                                              CounterField{"depctr_va_vdst", 12, 4},
                                              CounterField{"depctr_va_sdst", 9, 3},
                                              CounterField{"depctr_va_ssrc", 8, 1},
                                              CounterField{"depctr_va_vcc", 1, 1},
                                              kVectorMemorySources};

}  // namespace emulator
