// Virtual memory management: reserved addresses, physical memory, mappings of the one to the other;
// and the other calls of later runtimes.
#include <unistd.h>

#include <functional>
#include <numeric>

#include "hsa_device.h"
#include "later_calls.h"

namespace emulator::tests {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kBytes = 16 * kPage;

class VirtualMemory : public testing::Test {
 protected:
  void* reserve(std::size_t bytes, std::uint64_t alignment = 0) {
    void* address = nullptr;
    EXPECT_EQ(calls.reserve(&address, bytes, 0, alignment, 0), HSA_STATUS_SUCCESS);
    return address;
  }
  std::uint64_t create(std::size_t bytes = kBytes) {
    std::uint64_t handle = 0;
    EXPECT_EQ(calls.create(runtime.device_pool.handle, bytes, 0, 0, &handle), HSA_STATUS_SUCCESS);
    return handle;
  }
  void map(void* address, std::uint64_t handle, std::size_t bytes = kBytes) {
    ASSERT_EQ(calls.map(address, bytes, 0, handle, 0), HSA_STATUS_SUCCESS);
    const MemoryAccess access{HSA_ACCESS_PERMISSION_RW, runtime.gpu};
    ASSERT_EQ(calls.set_access(address, bytes, &access, 1), HSA_STATUS_SUCCESS);
  }
  std::uint64_t free_bytes() {
    constexpr auto kMemoryAvailable = static_cast<hsa_agent_info_t>(0xa015);
    std::uint64_t bytes = 0;
    EXPECT_EQ(hsa_agent_get_info(runtime.gpu, kMemoryAvailable, &bytes), HSA_STATUS_SUCCESS);
    return bytes;
  }

  const HsaRuntime runtime;
  const LaterCalls calls;
};

// What one address is given to is found at the other, by copies and by a kernel.
TEST_F(VirtualMemory, OneHandleAtTwoAddresses) {
  const LoadedModule module(runtime);
  const std::uint64_t handle = create();
  void* const first = reserve(kBytes);
  void* const second = reserve(2 * kBytes);
  map(first, handle);
  map(static_cast<char*>(second) + kBytes, handle);
  ASSERT_EQ(calls.release(handle), HSA_STATUS_SUCCESS);  // the mappings keep it

  std::vector<int> values(kBytes / sizeof(int));
  std::iota(values.begin(), values.end(), 7);
  ASSERT_EQ(hsa_memory_copy(first, values.data(), kBytes), HSA_STATUS_SUCCESS);
  std::vector<int> read(values.size());
  ASSERT_EQ(hsa_memory_copy(read.data(), static_cast<char*>(second) + kBytes, kBytes),
            HSA_STATUS_SUCCESS);
  EXPECT_EQ(read, values);

  const TestQueue queue(runtime);
  struct Arguments {
    void* values;
    int value;
  };
  auto* const arguments = runtime.allocate<Arguments>(runtime.host_pool, 8);
  *arguments = {first, 41};
  const Signal done(1);
  const_cast<TestQueue&>(queue).dispatch(module.kernel_object("fill"), arguments, done, 64);
  ASSERT_EQ(done.wait_below_one(), 0);
  ASSERT_EQ(hsa_memory_copy(read.data(), static_cast<char*>(second) + kBytes, 64 * sizeof(int)),
            HSA_STATUS_SUCCESS);
  EXPECT_EQ(std::vector<int>(read.begin(), read.begin() + 64), std::vector<int>(64, 41));

  EXPECT_EQ(calls.unmap(first, kBytes), HSA_STATUS_SUCCESS);
  EXPECT_EQ(calls.unmap(static_cast<char*>(second) + kBytes, kBytes), HSA_STATUS_SUCCESS);
  EXPECT_EQ(calls.free(first, kBytes), HSA_STATUS_SUCCESS);
  EXPECT_EQ(calls.free(second, 2 * kBytes), HSA_STATUS_SUCCESS);
  EXPECT_EQ(hsa_amd_memory_pool_free(arguments), HSA_STATUS_SUCCESS);
}

TEST_F(VirtualMemory, TakesDeviceMemoryUntilTheLastUse) {
  const std::uint64_t before = free_bytes();
  const std::uint64_t handle = create();
  EXPECT_EQ(before - free_bytes(), kBytes);
  void* const address = reserve(kBytes);
  map(address, handle);
  EXPECT_EQ(calls.release(handle), HSA_STATUS_SUCCESS);
  EXPECT_EQ(before - free_bytes(), kBytes);
  std::uint64_t again = 0;
  ASSERT_EQ(calls.retain(&again, static_cast<char*>(address) + 100), HSA_STATUS_SUCCESS);
  EXPECT_EQ(again, handle);
  EXPECT_EQ(calls.unmap(address, kBytes), HSA_STATUS_SUCCESS);
  EXPECT_EQ(before - free_bytes(), kBytes);
  EXPECT_EQ(calls.release(again), HSA_STATUS_SUCCESS);
  EXPECT_EQ(free_bytes(), before);
  EXPECT_EQ(calls.free(address, kBytes), HSA_STATUS_SUCCESS);
}

TEST_F(VirtualMemory, IsAlignedAsAsked) {
  for (const std::uint64_t alignment : {0ull, 4096ull, 1ull << 21, 1ull << 26}) {
    void* const address = reserve(kPage, alignment);
    EXPECT_EQ(reinterpret_cast<std::uint64_t>(address) % std::max<std::uint64_t>(alignment, kPage),
              0u);
    EXPECT_EQ(calls.free(address, kPage), HSA_STATUS_SUCCESS);
  }
}

TEST_F(VirtualMemory, IsNobodysBeforeAccessIsGiven) {
  const std::uint64_t handle = create();
  void* const address = reserve(kBytes);
  ASSERT_EQ(calls.map(address, kBytes, 0, handle, 0), HSA_STATUS_SUCCESS);
  hsa_access_permission_t permission = HSA_ACCESS_PERMISSION_RW;
  ASSERT_EQ(calls.get_access(address, &permission, runtime.gpu), HSA_STATUS_SUCCESS);
  EXPECT_EQ(permission, kNoAccess);
  const MemoryAccess access{HSA_ACCESS_PERMISSION_RW, runtime.gpu};
  ASSERT_EQ(calls.set_access(address, kBytes, &access, 1), HSA_STATUS_SUCCESS);
  ASSERT_EQ(calls.get_access(address, &permission, runtime.gpu), HSA_STATUS_SUCCESS);
  EXPECT_EQ(permission, HSA_ACCESS_PERMISSION_RW);
  const MemoryAccess none{kNoAccess, runtime.gpu};
  ASSERT_EQ(calls.set_access(address, kBytes, &none, 1), HSA_STATUS_SUCCESS);
  const MemoryAccess reading{HSA_ACCESS_PERMISSION_RO, runtime.gpu};
  EXPECT_EQ(calls.set_access(address, kBytes, &reading, 1), HSA_STATUS_ERROR_INVALID_ARGUMENT);
  EXPECT_EQ(calls.unmap(address, kBytes), HSA_STATUS_SUCCESS);
  EXPECT_EQ(calls.free(address, kBytes), HSA_STATUS_SUCCESS);
  EXPECT_EQ(calls.release(handle), HSA_STATUS_SUCCESS);
}

TEST_F(VirtualMemory, AccessIsGivenToSeveralMappingsAtOnce) {
  char* const address = static_cast<char*>(reserve(3 * kBytes));
  for (int i = 0; i < 2; ++i) {
    const std::uint64_t handle = create();
    ASSERT_EQ(calls.map(address + i * kBytes, kBytes, 0, handle, 0), HSA_STATUS_SUCCESS);
    EXPECT_EQ(calls.release(handle), HSA_STATUS_SUCCESS);
  }
  const MemoryAccess access{HSA_ACCESS_PERMISSION_RW, runtime.gpu};
  EXPECT_EQ(calls.set_access(address, 3 * kBytes, &access, 1), HSA_STATUS_ERROR_INVALID_ARGUMENT);
  ASSERT_EQ(calls.set_access(address, 2 * kBytes, &access, 1), HSA_STATUS_SUCCESS);
  for (int i = 0; i < 2; ++i) {
    const int value = 10 + i;
    int read = 0;
    EXPECT_EQ(hsa_memory_copy(address + i * kBytes, &value, sizeof value), HSA_STATUS_SUCCESS);
    EXPECT_EQ(hsa_memory_copy(&read, address + i * kBytes, sizeof read), HSA_STATUS_SUCCESS);
    EXPECT_EQ(read, value);
    EXPECT_EQ(calls.unmap(address + i * kBytes, kBytes), HSA_STATUS_SUCCESS);
  }
  EXPECT_EQ(calls.free(address, 3 * kBytes), HSA_STATUS_SUCCESS);
}

TEST_F(VirtualMemory, GoesThroughAFile) {
  const std::uint64_t handle = create();
  int file = -1;
  ASSERT_EQ(calls.export_file(&file, handle, 0), HSA_STATUS_SUCCESS);
  std::uint64_t imported = 0;
  ASSERT_EQ(calls.import_file(file, &imported), HSA_STATUS_SUCCESS);
  close(file);
  void* const first = reserve(kBytes);
  void* const second = reserve(kBytes);
  map(first, handle);
  map(second, imported);
  const int value = 1234;
  ASSERT_EQ(hsa_memory_copy(first, &value, sizeof value), HSA_STATUS_SUCCESS);
  int read = 0;
  ASSERT_EQ(hsa_memory_copy(&read, second, sizeof read), HSA_STATUS_SUCCESS);
  EXPECT_EQ(read, value);
  for (void* const address : {first, second}) {
    EXPECT_EQ(calls.unmap(address, kBytes), HSA_STATUS_SUCCESS);
    EXPECT_EQ(calls.free(address, kBytes), HSA_STATUS_SUCCESS);
  }
  EXPECT_EQ(calls.release(handle), HSA_STATUS_SUCCESS);
  EXPECT_EQ(calls.release(imported), HSA_STATUS_SUCCESS);
}

TEST_F(VirtualMemory, BadArgumentsGiveTheDocumentedStatus) {
  const std::uint64_t handle = create();
  char* const address = static_cast<char*>(reserve(2 * kBytes));
  map(address, handle);
  const MemoryAccess access{HSA_ACCESS_PERMISSION_RW, runtime.gpu};
  const MemoryAccess stranger{HSA_ACCESS_PERMISSION_RW, {99}};
  void* result = nullptr;
  std::uint64_t number = 0;
  hsa_access_permission_t permission{};
  const struct {
    const char* name;
    int status;
    hsa_status_t given;
  } rows[] = {
      {"reserve half a page", HSA_STATUS_ERROR_INVALID_ARGUMENT,
       calls.reserve(&result, kPage / 2, 0, 0, 0)},
      {"reserve at three", HSA_STATUS_ERROR_INVALID_ARGUMENT,
       calls.reserve(&result, kPage, 0, 3 * kPage, 0)},
      {"create in no pool", HSA_STATUS_ERROR_INVALID_MEMORY_POOL,
       calls.create(77, kPage, 0, 0, &number)},
      {"create too much", HSA_STATUS_ERROR_OUT_OF_RESOURCES,
       calls.create(runtime.device_pool.handle, std::size_t{9} << 30, 0, 0, &number)},
      {"release of nothing", HSA_STATUS_ERROR_INVALID_ALLOCATION, calls.release(999)},
      {"map of nothing", HSA_STATUS_ERROR_INVALID_ALLOCATION,
       calls.map(address + kBytes, kBytes, 0, 999, 0)},
      {"map over a mapping", HSA_STATUS_ERROR_INVALID_ARGUMENT,
       calls.map(address + kPage, kBytes, 0, handle, 0)},
      {"map past the reservation", HSA_STATUS_ERROR_INVALID_ARGUMENT,
       calls.map(address + kBytes + kPage, kBytes, 0, handle, 0)},
      {"map more than there is", HSA_STATUS_ERROR_INVALID_ARGUMENT,
       calls.map(address + kBytes, kBytes + kPage, 0, handle, 0)},
      {"unmap a part", HSA_STATUS_ERROR_INVALID_ARGUMENT, calls.unmap(address, kPage)},
      {"unmap of nothing", HSA_STATUS_ERROR_INVALID_ALLOCATION,
       calls.unmap(address + kBytes, kPage)},
      {"access to nothing", HSA_STATUS_ERROR_INVALID_ALLOCATION,
       calls.set_access(address + kBytes, kPage, &access, 1)},
      {"access of nobody", HSA_STATUS_ERROR_INVALID_AGENT,
       calls.set_access(address, kBytes, &stranger, 1)},
      {"access unknown", HSA_STATUS_ERROR_INVALID_ALLOCATION,
       calls.get_access(address + kBytes, &permission, runtime.gpu)},
      {"import of no memory", HSA_STATUS_ERROR_INVALID_ALLOCATION,
       calls.import_file(STDIN_FILENO, &number)},
      {"free while mapped", HSA_STATUS_ERROR_RESOURCE_FREE, calls.free(address, 2 * kBytes)},
      {"free of nothing", HSA_STATUS_ERROR_INVALID_ALLOCATION, calls.free(address + 1, kPage)},
  };
  for (const auto& row : rows) EXPECT_EQ(row.given, row.status) << row.name;
  EXPECT_EQ(calls.unmap(address, kBytes), HSA_STATUS_SUCCESS);
  EXPECT_EQ(calls.free(address, 2 * kBytes), HSA_STATUS_SUCCESS);
  EXPECT_EQ(calls.release(handle), HSA_STATUS_SUCCESS);
}

TEST(LaterCallsOnCopies, BothEnginesArePreferred) {
  const HsaRuntime runtime;
  const LaterCalls calls;
  std::uint32_t engines = 0;
  ASSERT_EQ(calls.preferred_copy_engine(runtime.gpu, runtime.host, &engines), HSA_STATUS_SUCCESS);
  EXPECT_EQ(engines, 3u);
  EXPECT_EQ(calls.preferred_copy_engine({99}, runtime.host, &engines),
            HSA_STATUS_ERROR_INVALID_AGENT);
}

// What is refused, and the sentence about it.
TEST(LaterCallsRefused, AreRefusedInWords) {
  const HsaRuntime runtime;
  const LaterCalls calls;
  int file = -1;
  std::uint64_t offset = 0;
  hsa_amd_ipc_memory_t ipc{};
  const struct {
    std::function<hsa_status_t()> call;
    int status;
    const char* told;
  } rows[] = {
      {[&] { return calls.set_async_scratch_limit(runtime.gpu, 1 << 20); },
       HSA_STATUS_ERROR_INVALID_ARGUMENT, "gfx1010 does not reclaim scratch"},
      {[&] { return hsa_amd_ipc_memory_create(const_cast<HsaRuntime*>(&runtime), 8, &ipc); },
       HSA_STATUS_ERROR, "memory belongs to one process"},
      {[&] { return calls.export_dmabuf(&runtime, 8, &file, &offset); }, HSA_STATUS_ERROR,
       "cannot be a dma-buf"},
  };
  for (const auto& row : rows) {
    testing::internal::CaptureStderr();
    const hsa_status_t status = row.call();
    const std::string told = testing::internal::GetCapturedStderr();
    EXPECT_EQ(status, row.status);
    EXPECT_NE(told.find(row.told), std::string::npos) << told;
  }
}

}  // namespace
}  // namespace emulator::tests
