// Pools, locked memory, pointer information and copies.
#include <algorithm>
#include <numeric>

#include "hsa_device.h"

namespace emulator::tests {
namespace {

TEST(Pools, AreThoseOfTheCard) {
  const HsaRuntime runtime;
  std::size_t bytes = 0;
  ASSERT_EQ(
      hsa_amd_memory_pool_get_info(runtime.device_pool, HSA_AMD_MEMORY_POOL_INFO_SIZE, &bytes),
      HSA_STATUS_SUCCESS);
  EXPECT_EQ(bytes, 8573157376u);
  hsa_amd_memory_pool_access_t access{};
  ASSERT_EQ(hsa_amd_agent_memory_pool_get_info(runtime.host, runtime.device_pool,
                                               HSA_AMD_AGENT_MEMORY_POOL_INFO_ACCESS, &access),
            HSA_STATUS_SUCCESS);
  EXPECT_EQ(access, HSA_AMD_MEMORY_POOL_ACCESS_NEVER_ALLOWED);
}

// As the Linux driver aligns them; the heap behind malloc() in kernels masks addresses to 2 MiB.
TEST(Pools, LargeAllocationsAreAlignedToHugePages) {
  constexpr std::size_t kHugePage = std::size_t{2} << 20;
  const HsaRuntime runtime;
  for (const std::size_t bytes : {kHugePage, kHugePage + 1, 5 * kHugePage + 4096}) {
    for (int i = 0; i < 4; ++i) {
      char* const memory = runtime.allocate<char>(runtime.device_pool, bytes);
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % kHugePage, 0u) << bytes << " bytes";
      std::memset(memory, 1, bytes);
      EXPECT_EQ(hsa_amd_memory_pool_free(memory), HSA_STATUS_SUCCESS);
    }
  }
}

// HIP 6 runs kernels that print or allocate only where the link has them.
TEST(Pools, AreReachedByPciExpressAtomics) {
  const HsaRuntime runtime;
  hsa_amd_memory_pool_link_info_t link{};
  ASSERT_EQ(hsa_amd_agent_memory_pool_get_info(runtime.gpu, runtime.host_pool,
                                               HSA_AMD_AGENT_MEMORY_POOL_INFO_LINK_INFO, &link),
            HSA_STATUS_SUCCESS);
  EXPECT_EQ(link.link_type, HSA_AMD_LINK_INFO_TYPE_PCIE);
  EXPECT_TRUE(link.atomic_support_32bit);
  EXPECT_TRUE(link.atomic_support_64bit);
}

TEST(PointerInfo, TellsAllocationsLockedAndUnknownMemory) {
  const HsaRuntime runtime;
  int* const device = runtime.allocate(runtime.device_pool, 100);
  hsa_amd_pointer_info_t info{};
  info.size = sizeof info;
  ASSERT_EQ(hsa_amd_pointer_info(device + 10, &info, nullptr, nullptr, nullptr),
            HSA_STATUS_SUCCESS);
  EXPECT_EQ(info.type, HSA_EXT_POINTER_TYPE_HSA);
  EXPECT_EQ(info.agentBaseAddress, device);
  EXPECT_EQ(info.sizeInBytes, 400u);
  EXPECT_EQ(info.agentOwner.handle, runtime.gpu.handle);

  std::vector<int> host(5000);
  void* locked = nullptr;
  ASSERT_EQ(hsa_amd_memory_lock(host.data(), 20000, nullptr, 0, &locked), HSA_STATUS_SUCCESS);
  EXPECT_NE(locked, host.data());
  for (void* address : {locked, static_cast<void*>(host.data())}) {
    info.size = sizeof info;
    ASSERT_EQ(hsa_amd_pointer_info(address, &info, nullptr, nullptr, nullptr), HSA_STATUS_SUCCESS);
    EXPECT_EQ(info.type, HSA_EXT_POINTER_TYPE_LOCKED);
    EXPECT_EQ(info.hostBaseAddress, host.data());
    EXPECT_EQ(info.agentBaseAddress, locked);
  }
  ASSERT_EQ(hsa_amd_memory_unlock(host.data()), HSA_STATUS_SUCCESS);
  EXPECT_EQ(hsa_amd_memory_unlock(host.data()), HSA_STATUS_ERROR_INVALID_ALLOCATION);
  info.size = sizeof info;
  ASSERT_EQ(hsa_amd_pointer_info(host.data(), &info, nullptr, nullptr, nullptr),
            HSA_STATUS_SUCCESS);
  EXPECT_EQ(info.type, HSA_EXT_POINTER_TYPE_UNKNOWN);
  EXPECT_EQ(hsa_amd_memory_pool_free(device), HSA_STATUS_SUCCESS);
  EXPECT_EQ(hsa_amd_memory_pool_free(device), HSA_STATUS_ERROR_INVALID_ALLOCATION);
}

TEST(Copies, WaitForTheirDependencies) {
  const HsaRuntime runtime;
  int* const source = runtime.allocate(runtime.host_pool, 1000);
  int* const device = runtime.allocate(runtime.device_pool, 1000);
  int* const result = runtime.allocate(runtime.host_pool, 1000);
  std::iota(source, source + 1000, 0);
  const Signal copied_in(1);
  const Signal copied_out(1);
  const Signal start(1);
  const hsa_signal_t first[] = {start};
  const hsa_signal_t second[] = {copied_in};
  // The copy that waits longest comes first: it must not hold up the other.
  ASSERT_EQ(hsa_amd_memory_async_copy(result, runtime.host, device, runtime.gpu, 4000, 1, second,
                                      copied_out),
            HSA_STATUS_SUCCESS);
  ASSERT_EQ(hsa_amd_memory_async_copy(device, runtime.gpu, source, runtime.host, 4000, 1, first,
                                      copied_in),
            HSA_STATUS_SUCCESS);
  EXPECT_EQ(copied_in.value(), 1);
  hsa_signal_store_screlease(start, 0);
  EXPECT_EQ(copied_out.wait_below_one(), 0);
  EXPECT_TRUE(std::equal(source, source + 1000, result));
  hsa_amd_profiling_async_copy_time_t time{};
  ASSERT_EQ(hsa_amd_profiling_get_async_copy_time(copied_out, &time), HSA_STATUS_SUCCESS);
  EXPECT_LE(time.start, time.end);
  for (int* memory : {source, device, result}) hsa_amd_memory_pool_free(memory);
}

TEST(Copies, Boxes) {
  const HsaRuntime runtime;
  constexpr std::size_t kPitch = 24;
  constexpr std::size_t kSlice = kPitch * 6;
  auto* const from = runtime.allocate<unsigned char>(runtime.device_pool, kSlice * 4);
  auto* const to = runtime.allocate<unsigned char>(runtime.device_pool, kSlice * 4);
  for (std::size_t i = 0; i < kSlice * 4; ++i) from[i] = static_cast<unsigned char>(i * 7);
  const hsa_pitched_ptr_t source{from, kPitch, kSlice};
  const hsa_pitched_ptr_t target{to, kPitch, kSlice};
  const hsa_dim3_t source_offset{3, 1, 1};
  const hsa_dim3_t target_offset{5, 2, 0};
  const hsa_dim3_t range{11, 3, 2};
  const Signal done(1);
  ASSERT_EQ(hsa_amd_memory_async_copy_rect(&target, &target_offset, &source, &source_offset, &range,
                                           runtime.gpu, hsaDeviceToDevice, 0, nullptr, done),
            HSA_STATUS_SUCCESS);
  ASSERT_EQ(done.wait_below_one(), 0);
  for (std::size_t z = 0; z < 4; ++z) {
    for (std::size_t y = 0; y < 6; ++y) {
      for (std::size_t x = 0; x < kPitch; ++x) {
        const bool inside = x - 5 < 11 && y - 2 < 3 && z < 2;
        const std::size_t at = z * kSlice + y * kPitch + x;
        const unsigned expected = inside ? from[at + kSlice - kPitch - 2] : 0;
        ASSERT_EQ(to[at], expected) << x << ' ' << y << ' ' << z;
      }
    }
  }
  hsa_amd_memory_pool_free(from);
  hsa_amd_memory_pool_free(to);
}

TEST(Copies, PastAnAllocationAreRefused) {
  const HsaRuntime runtime;
  int* const device = runtime.allocate(runtime.device_pool, 100);
  int* const host = runtime.allocate(runtime.host_pool, 200);
  const Signal done(1);
  EXPECT_EQ(
      hsa_amd_memory_async_copy(device, runtime.gpu, host, runtime.host, 404, 0, nullptr, done),
      HSA_STATUS_ERROR_INVALID_ALLOCATION);
  int ordinary[4] = {};
  EXPECT_EQ(
      hsa_amd_memory_async_copy(device, runtime.gpu, ordinary, runtime.host, 16, 0, nullptr, done),
      HSA_STATUS_ERROR_INVALID_ALLOCATION);
  EXPECT_EQ(done.value(), 1);
  hsa_amd_memory_pool_free(device);
  hsa_amd_memory_pool_free(host);
}

TEST(Copies, ReachLockedMemoryAtItsDeviceAddress) {
  const HsaRuntime runtime;
  std::vector<int> host(3000);
  std::iota(host.begin(), host.end(), 1);
  int* const device = runtime.allocate(runtime.device_pool, 3000);
  void* locked = nullptr;
  ASSERT_EQ(hsa_amd_memory_lock(host.data(), 12000, nullptr, 0, &locked), HSA_STATUS_SUCCESS);
  const Signal done(1);
  ASSERT_EQ(
      hsa_amd_memory_async_copy(device, runtime.gpu, locked, runtime.host, 12000, 0, nullptr, done),
      HSA_STATUS_SUCCESS);
  ASSERT_EQ(done.wait_below_one(), 0);
  std::vector<int> result(3000);
  ASSERT_EQ(hsa_memory_copy(result.data(), device, 12000), HSA_STATUS_SUCCESS);
  EXPECT_EQ(result, host);
  hsa_amd_memory_unlock(host.data());
  hsa_amd_memory_pool_free(device);
}

}  // namespace
}  // namespace emulator::tests
