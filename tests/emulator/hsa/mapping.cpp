#include "hsa/mapping.h"

#include <sys/mman.h>

#include <algorithm>
#include <new>

#include "machine/device.h"
#include "observers/checks.h"
#include "observers/written_bytes.h"

namespace emulator::hsa {
namespace {

// What stays unused on either side of `bytes` bytes, so that an address that is off by less than
// the allocation itself does not end up in another one.
std::size_t gap_around(std::size_t bytes) {
  constexpr std::size_t kSmallest = std::size_t{1} << 20;
  constexpr std::size_t kLargest = std::size_t{1} << 30;
  if (!enabled_checks().has(Check::kMemory)) return 0;
  return std::clamp(bytes, kSmallest, kLargest) / kPageBytes * kPageBytes;
}

// What the Linux driver aligns an allocation of a huge page and more to. Device libraries rely on
// it: the heap behind malloc() in kernels finds a block's head by masking addresses.
constexpr std::size_t kHugePageBytes = std::size_t{2} << 20;

std::size_t alignment_of(std::size_t bytes) {
  return bytes >= kHugePageBytes ? kHugePageBytes : kPageBytes;
}

}  // namespace

std::shared_ptr<Mapping> Mapping::create(std::size_t bytes, Access access, std::size_t alignment) {
  if (bytes > SIZE_MAX / 2) throw std::bad_alloc();
  const std::size_t usable = (bytes + kPageBytes - 1) / kPageBytes * kPageBytes;
  const std::size_t gap = gap_around(usable);
  alignment = std::max(alignment, alignment_of(usable));
  if (alignment > SIZE_MAX / 4) throw std::bad_alloc();
  const std::size_t mapped = gap + usable + kPageBytes + gap + (alignment - kPageBytes);
  void* const begin =
      mmap(nullptr, mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (begin == MAP_FAILED) throw std::bad_alloc();
  const auto earliest = reinterpret_cast<std::uintptr_t>(begin) + gap;
  auto* const data =
      reinterpret_cast<std::byte*>((earliest + alignment - 1) / alignment * alignment);
  std::shared_ptr<Mapping> mapping(new Mapping(static_cast<std::byte*>(begin), mapped, data));
  if (access == Access::kReadWrite && usable > 0) {
    if (mprotect(data, usable, PROT_READ | PROT_WRITE) != 0) throw std::bad_alloc();
    if (usable >= kHugePageBytes) madvise(data, usable, MADV_HUGEPAGE);
  }
  return mapping;
}

Mapping::~Mapping() { munmap(mapped_, mapped_bytes_); }

void Mapping::drop_content() {
  madvise(data_, mapped_bytes_ - static_cast<std::size_t>(data_ - mapped_), MADV_DONTNEED);
}

std::shared_ptr<WrittenBytes> tracking_of(MemoryKind kind, std::size_t bytes) {
  if (kind != MemoryKind::kDeviceCoarse || !enabled_checks().has(Check::kUninitialized)) {
    return nullptr;
  }
  return std::make_shared<WrittenBytes>(bytes);
}

DeviceRange::DeviceRange(std::size_t bytes, MemoryKind kind)
    : mapping_(Mapping::create(bytes)), bytes_(bytes) {
  Device::instance().memory().add({.begin = mapping_->address(),
                                   .end = mapping_->address() + bytes,
                                   .host = mapping_->data(),
                                   .kind = kind,
                                   .owner = mapping_,
                                   .written = tracking_of(kind, bytes)});
}

DeviceRange::~DeviceRange() {
  const bool keep_address = enabled_checks().has(Check::kMemory);
  Device::instance().memory().remove(mapping_->address(), keep_address);
  // A kernel that still runs on the memory may go on reading it: whoever frees it then is at fault.
  if (keep_address) mapping_->drop_content();
}

}  // namespace emulator::hsa
