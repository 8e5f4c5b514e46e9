#pragma once

#include <hsa/hsa_ven_amd_loader.h>

namespace emulator::hsa {

// The functions of HSA_EXTENSION_AMD_LOADER, version 1.00.
extern const hsa_ven_amd_loader_1_00_pfn_t kLoaderFunctions;

}  // namespace emulator::hsa
