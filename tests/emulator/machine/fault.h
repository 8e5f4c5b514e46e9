// What stops a kernel: thrown inside the device, reported through the queue's error callback.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace emulator {

enum class FaultKind {
  kMemoryViolation,     // an access outside every live allocation, or a write to read-only memory
  kAperture,            // LDS or scratch access outside the workgroup's or lane's allocation
  kMisaligned,          // an access that the hardware forbids at this alignment
  kIllegalInstruction,  // not a gfx1010 instruction, or one the software device does not implement
  kNeverEnds,           // a workgroup used up its instruction budget
  kCheck,               // a check of observers/ found the kernel at fault
  kTrap,                // s_trap: abort() or a failed assertion in the kernel
};

// `what()` is one sentence about the cause; the machine completes it with kernel, workgroup, wave,
// address and instruction before it leaves the device.
class Fault : public std::runtime_error {
 public:
  Fault(FaultKind kind, const std::string& text) : std::runtime_error(text), kind_(kind) {}
  FaultKind kind() const { return kind_; }

 private:
  FaultKind kind_;
};

}  // namespace emulator
