// Virtual memory management: addresses are reserved, physical memory is made, and the one is mapped
// to the other. ROCm 6.4's hsa_ext_amd.h says what each of its hsa_amd_vmem_* calls does; these are
// their bodies, in types that the headers of every HIP have.
//
// All throw StatusError: invalid argument or allocation for what is not there or contradicts
// itself, out of resources. Thread-safe.
#pragma once

#include <hsa/hsa.h>

#include <cstddef>
#include <cstdint>

namespace emulator::hsa::virtual_memory {

// HSA_ACCESS_PERMISSION_NONE of later headers.
constexpr auto kNoAccess = static_cast<hsa_access_permission_t>(0);

// `alignment` is 0 for any or a power of two of at least a page.
void* reserve(std::size_t bytes, std::uint64_t alignment);
void free(void* address, std::size_t bytes);

// A handle of new physical memory of a pool's, which lives until its last release and unmap.
std::uint64_t create(std::uint64_t pool, std::size_t bytes);
void release(std::uint64_t handle);
// The handle that is mapped at `address`, with one more release to come.
std::uint64_t retain_at(const void* address);

// kNoAccess to everybody until set_access(), which takes kNoAccess and RW, for one mapping or
// several side by side. A whole mapping is unmapped at once.
void map(void* address, std::size_t bytes, std::uint64_t handle);
void unmap(void* address, std::size_t bytes);
void set_access(void* address, std::size_t bytes, hsa_agent_t agent,
                hsa_access_permission_t permission);
hsa_access_permission_t access_of(const void* address, hsa_agent_t agent);

// A file descriptor, which the caller closes, for another process; and its handle there.
int export_file(std::uint64_t handle);
std::uint64_t import_file(int file);

}  // namespace emulator::hsa::virtual_memory
