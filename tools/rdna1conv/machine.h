#pragma once

// What the kernel, its drivers and the environment say about the machine, read off files: nothing
// here calls HIP.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "findings.h"

namespace rdna1conv::tool {

// A GPU as the kernel driver has it, whatever HSA_OVERRIDE_GFX_VERSION makes programs believe.
struct KernelGpu {
  std::string architecture;  // "gfx1010"
  std::string node;          // its folder
};

// The AMD GPUs that the compute driver serves: those of /sys/class/kfd/kfd/topology. `root` is "/",
// or a folder that a test has filled.
std::vector<KernelGpu> kernel_gpus(const std::filesystem::path& root);

// Whether kernels of this library were made for it: gfx1010 to gfx1013.
bool is_rdna1(const std::string& architecture);

// "gfx1010" of the kernel's number 100100: major, minor and stepping, the last two in hexadecimal.
std::string architecture_of(unsigned long version);

// Card and driver; device files and their permissions; ROCm; environment variables that change what
// programs see. `software_card`: no card is wanted, so that a missing one is no problem.
std::vector<Finding> examine_machine(const std::filesystem::path& root, bool software_card);

// Of the environment alone. `get` gives null for an unset variable.
std::vector<Finding> examine_environment(const char* (*get)(const char* name), bool has_rdna1);

}  // namespace rdna1conv::tool
