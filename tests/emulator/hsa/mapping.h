// A range of the process's address space, unmapped when the last owner lets go of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "machine/memory_map.h"

namespace emulator::hsa {

constexpr std::size_t kPageBytes = 4096;

class Mapping {
 public:
  enum class Access { kReadWrite, kNone };

  // Zero-filled pages, committed when touched, at a multiple of 2 MiB where there are as many. A
  // page without access follows the range, so that neighbouring allocations never touch; with the
  // check "memory" on, a wide gap on either side. `alignment` asks for a multiple of more, a power
  // of two. Throws std::bad_alloc.
  static std::shared_ptr<Mapping> create(std::size_t bytes, Access access = Access::kReadWrite,
                                         std::size_t alignment = kPageBytes);
  ~Mapping();
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  std::byte* data() const { return data_; }
  std::uint64_t address() const { return reinterpret_cast<std::uint64_t>(data_); }
  // Gives the pages back and keeps the addresses.
  void drop_content();

 private:
  Mapping(std::byte* mapped, std::size_t mapped_bytes, std::byte* data)
      : mapped_(mapped), mapped_bytes_(mapped_bytes), data_(data) {}

  std::byte* mapped_;
  std::size_t mapped_bytes_;
  std::byte* data_;
};

// The record of what is written to memory of this kind, where a check wants one, or null.
std::shared_ptr<WrittenBytes> tracking_of(MemoryKind kind, std::size_t bytes);

// Memory that kernels may access at the host's own address, until the object is destroyed.
class DeviceRange {
 public:
  DeviceRange(std::size_t bytes, MemoryKind kind);
  ~DeviceRange();
  DeviceRange(const DeviceRange&) = delete;
  DeviceRange& operator=(const DeviceRange&) = delete;

  std::byte* data() const { return mapping_->data(); }
  std::uint64_t address() const { return mapping_->address(); }
  std::size_t bytes() const { return bytes_; }

 private:
  std::shared_ptr<Mapping> mapping_;
  std::size_t bytes_;
};

}  // namespace emulator::hsa
