// The memory pools of the two agents.
#pragma once

#include <hsa/hsa.h>
#include <hsa/hsa_ext_amd.h>

#include <cstdint>
#include <span>

#include "machine/memory_map.h"

namespace emulator::hsa {

struct Pool {
  std::uint64_t handle;
  hsa_agent_t owner;
  hsa_amd_segment_t segment;
  std::uint32_t global_flags;
  MemoryKind kind;
};

std::span<const Pool> pools();
const Pool& device_pool();  // the card's memory

// Throws HSA_STATUS_ERROR_INVALID_MEMORY_POOL when there is no such pool.
const Pool& pool_of(hsa_amd_memory_pool_t handle);

}  // namespace emulator::hsa
