// Memory that can be mapped at several addresses and by several processes: a file without a name,
// which lives as long as somebody has it open or mapped.
#pragma once

#include <cstddef>
#include <memory>

namespace emulator::hsa {

class SharedMemory {
 public:
  // Zero-filled, committed when touched. Throws std::bad_alloc.
  static std::shared_ptr<SharedMemory> create(std::size_t bytes);
  // What another SharedMemory's duplicate() gave; `file` stays the caller's. Throws StatusError,
  // invalid allocation, if it is no such file.
  static std::shared_ptr<SharedMemory> open(int file);
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  std::size_t bytes() const { return bytes_; }
  int file() const { return file_; }
  // A file descriptor that the caller closes. Throws StatusError, out of resources.
  int duplicate() const;
  // Puts the first `bytes` bytes at an address that the caller has reserved, in place of what is
  // there. Throws StatusError, out of resources.
  void map_at(void* address, std::size_t bytes) const;

 private:
  SharedMemory(int file, std::size_t bytes) : file_(file), bytes_(bytes) {}

  int file_;
  std::size_t bytes_;
};

}  // namespace emulator::hsa
