// Allocations from the pools and host memory that kernels were given access to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

namespace emulator {
class WrittenBytes;
}

namespace emulator::hsa {

std::uint64_t device_memory_available();

// A part of the card's memory that is taken while the object lives. Throws
// HSA_STATUS_ERROR_OUT_OF_RESOURCES when there is not as much.
class DeviceMemoryShare {
 public:
  explicit DeviceMemoryShare(std::size_t bytes);
  ~DeviceMemoryShare();
  DeviceMemoryShare(const DeviceMemoryShare&) = delete;
  DeviceMemoryShare& operator=(const DeviceMemoryShare&) = delete;

 private:
  std::size_t bytes_;  // in whole pages
};

// Host memory behind a range that some agent addresses as `address`.
struct HostRange {
  std::byte* data = nullptr;
  std::shared_ptr<void> owner;                      // keeps the memory mapped
  std::shared_ptr<WrittenBytes> written = nullptr;  // where it is tracked
  std::size_t offset = 0;                           // of `data` in what is tracked
};

// memmove() and what it means for the bytes that count as written. The offsets are from the
// ranges' starts.
void copy_range(const HostRange& to, std::size_t to_offset, const HostRange& from,
                std::size_t from_offset, std::size_t bytes);
// The host has written these bytes itself.
void note_written(const HostRange& range, std::size_t bytes);

// Device memory, pinned and pool memory. Throws HSA_STATUS_ERROR_INVALID_ALLOCATION, naming the
// argument `name`, when no allocation holds all of the range.
HostRange device_range(const void* address, std::size_t bytes, const char* name);

// The same, but an address in no allocation at all is ordinary host memory.
HostRange any_range(const void* address, std::size_t bytes, const char* name);

}  // namespace emulator::hsa
