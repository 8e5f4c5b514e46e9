// Look-up of loaded kernels by the address that a dispatch packet names.
#pragma once

#include <cstdint>
#include <memory>

#include "machine/device.h"

namespace emulator::hsa {

// The kernel whose descriptor lies at `kernel_object`, or null. Its code is decoded at the first
// call for any kernel of its code object.
std::shared_ptr<const Kernel> find_kernel(std::uint64_t kernel_object);

}  // namespace emulator::hsa
