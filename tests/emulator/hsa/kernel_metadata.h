// What a code object's metadata (LLVM's AMDGPU usage guide, "Code Object Metadata") says of its
// kernels and their descriptors may leave out.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "hsa/elf_file.h"

namespace emulator::hsa {

// Bytes of arguments by the name of the descriptor's symbol, "kernel.kd". Empty where there are no
// metadata or they cannot be read: nothing but the checks depends on them.
std::map<std::string, std::uint32_t> kernel_argument_bytes(const ElfFile& file);

}  // namespace emulator::hsa
