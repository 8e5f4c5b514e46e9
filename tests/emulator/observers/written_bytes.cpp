#include "observers/written_bytes.h"

#include <sys/mman.h>

#include <algorithm>
#include <new>

namespace emulator {
namespace {

std::size_t mapped(std::size_t bytes) { return std::max<std::size_t>(bytes, 1); }

}  // namespace

WrittenBytes::WrittenBytes(std::size_t bytes) : bytes_(bytes) {
  void* const data = mmap(nullptr, mapped(bytes), PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (data == MAP_FAILED) throw std::bad_alloc();
  shadow_ = static_cast<std::uint8_t*>(data);
}

WrittenBytes::~WrittenBytes() { munmap(shadow_, mapped(bytes_)); }

std::size_t WrittenBytes::first_unwritten(std::size_t offset, std::size_t bytes) const {
  const std::uint8_t* const first = shadow_ + offset;
  return offset + static_cast<std::size_t>(std::find(first, first + bytes, 0) - first);
}

void WrittenBytes::copy(std::size_t offset, const WrittenBytes& from, std::size_t from_offset,
                        std::size_t bytes) {
  std::memmove(shadow_ + offset, from.shadow_ + from_offset, bytes);
}

void WrittenBytes::forget() { std::memset(shadow_, 0, bytes_); }

}  // namespace emulator
