#include "hsa/mapping.h"

#include <sys/mman.h>

#include <new>

#include "machine/device.h"

namespace emulator::hsa {

std::shared_ptr<Mapping> Mapping::create(std::size_t bytes, Access access) {
  constexpr std::size_t kHugePageBytes = std::size_t{2} << 20;
  if (bytes > SIZE_MAX / 2) throw std::bad_alloc();
  const std::size_t usable = (bytes + kPageBytes - 1) / kPageBytes * kPageBytes;
  const std::size_t mapped = usable + kPageBytes;
  void* const data =
      mmap(nullptr, mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (data == MAP_FAILED) throw std::bad_alloc();
  std::shared_ptr<Mapping> mapping(new Mapping(static_cast<std::byte*>(data), mapped));
  if (access == Access::kReadWrite && usable > 0) {
    if (mprotect(data, usable, PROT_READ | PROT_WRITE) != 0) throw std::bad_alloc();
    if (usable >= kHugePageBytes) madvise(data, usable, MADV_HUGEPAGE);
  }
  return mapping;
}

Mapping::~Mapping() { munmap(data_, mapped_bytes_); }

DeviceRange::DeviceRange(std::size_t bytes, MemoryKind kind)
    : mapping_(Mapping::create(bytes)), bytes_(bytes) {
  Device::instance().memory().add({.begin = mapping_->address(),
                                   .end = mapping_->address() + bytes,
                                   .host = mapping_->data(),
                                   .kind = kind,
                                   .owner = mapping_});
}

DeviceRange::~DeviceRange() { Device::instance().memory().remove(mapping_->address()); }

}  // namespace emulator::hsa
