#include "hsa/shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <new>

#include "hsa/status.h"

namespace emulator::hsa {

std::shared_ptr<SharedMemory> SharedMemory::create(std::size_t bytes) {
  const int file = memfd_create("software RX 5700 XT", MFD_CLOEXEC);
  if (file < 0) throw std::bad_alloc();
  std::shared_ptr<SharedMemory> memory(new SharedMemory(file, bytes));
  if (ftruncate(file, static_cast<off_t>(bytes)) != 0) throw std::bad_alloc();
  return memory;
}

std::shared_ptr<SharedMemory> SharedMemory::open(int file) {
  struct stat status {};
  // Only memfd_create()'s files know seals.
  if (fcntl(file, F_GET_SEALS) < 0 || fstat(file, &status) != 0 || status.st_size <= 0) {
    throw StatusError(HSA_STATUS_ERROR_INVALID_ALLOCATION, "the file holds no shared memory");
  }
  const int duplicate = fcntl(file, F_DUPFD_CLOEXEC, 0);
  if (duplicate < 0) {
    throw StatusError(HSA_STATUS_ERROR_OUT_OF_RESOURCES, "no file descriptor is left");
  }
  return std::shared_ptr<SharedMemory>(
      new SharedMemory(duplicate, static_cast<std::size_t>(status.st_size)));
}

SharedMemory::~SharedMemory() { close(file_); }

int SharedMemory::duplicate() const {
  const int file = fcntl(file_, F_DUPFD_CLOEXEC, 0);
  if (file < 0) throw StatusError(HSA_STATUS_ERROR_OUT_OF_RESOURCES, "no file descriptor is left");
  return file;
}

void SharedMemory::map_at(void* address, std::size_t bytes) const {
  if (mmap(address, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED | MAP_NORESERVE, file_,
           0) == MAP_FAILED) {
    throw StatusError(HSA_STATUS_ERROR_OUT_OF_RESOURCES, "the host cannot map the memory");
  }
}

}  // namespace emulator::hsa
