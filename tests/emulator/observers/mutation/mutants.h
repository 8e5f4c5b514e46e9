// One change to the machine code of a kernel.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "machine/device.h"

namespace emulator {

enum class MutantKind : std::uint8_t {
  kWaitRemoved,
  kWaitWeakened,
  kStoreWaitRemoved,       // s_waitcnt_vscnt
  kDependencyWaitRemoved,  // s_waitcnt_depctr
  kBarrierRemoved,
  // The immediate offset of a memory instruction, forwards and backwards as far as the field
  // allows:
  kAddressShifted,     // by one element
  kAddressShiftedRow,  // by 64 bytes, which keeps every alignment: other rows of tiles
  kAddressFar,         // to the ends of the field
  kCount,
};

std::string_view name_of(MutantKind kind);

struct Mutant {
  MutantKind kind;
  std::size_t instruction = 0;  // number in the kernel's program
  std::uint32_t word = 0;       // what takes the place of its first dword
  std::string text;             // what was done
};

// The code of one kernel, cut out of its program.
class KernelCode {
 public:
  explicit KernelCode(std::shared_ptr<const Kernel> kernel);
  const Kernel& kernel() const { return *kernel_; }
  // Numbers, in the kernel's program, of the first instruction and one past the last.
  std::size_t first() const { return first_; }
  std::size_t last() const { return last_; }
  // All changes at instructions that `executed`, which is indexed like the program, is true for.
  std::vector<Mutant> mutants(const std::vector<std::uint8_t>& executed) const;
  std::shared_ptr<const Kernel> mutate(const Mutant& mutant) const;

 private:
  std::shared_ptr<const Kernel> kernel_;
  std::size_t first_ = 0;
  std::size_t last_ = 0;
};

}  // namespace emulator
