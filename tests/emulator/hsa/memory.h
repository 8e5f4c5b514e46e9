// Allocations from the pools and host memory that kernels were given access to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

namespace emulator::hsa {

std::uint64_t device_memory_available();

// Host memory behind a range that some agent addresses as `address`.
struct HostRange {
  std::byte* data = nullptr;
  std::shared_ptr<void> owner;  // keeps the memory mapped
};

// Device memory, pinned and pool memory. Throws HSA_STATUS_ERROR_INVALID_ALLOCATION, naming the
// argument `name`, when no allocation holds all of the range.
HostRange device_range(const void* address, std::size_t bytes, const char* name);

// The same, but an address in no allocation at all is ordinary host memory.
HostRange any_range(const void* address, std::size_t bytes, const char* name);

}  // namespace emulator::hsa
