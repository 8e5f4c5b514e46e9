// Allocation and copies of every kind.
#include <cstring>

#include "hip_handles.h"

namespace emulator::tests {

// Not in an anonymous namespace: clang drops variables that only the host uses there.
__device__ int table[1024];
__constant__ float coefficients[16];

namespace {

__global__ void add_one(int* values, unsigned count) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) values[i] += 1;
}

// Waits for the address of an integer and adds one to it. The last thread of the group does.
__global__ void add_one_to_what_comes(int* volatile* mailbox) {
  if (threadIdx.x + 1 != blockDim.x) return;
  int* value = nullptr;
  while ((value = *mailbox) == nullptr) __builtin_amdgcn_s_sleep(1);
  *value += 1;
}

// Sizes around the thresholds where HIP changes the way it copies: through its kernel argument and
// staging buffers, or by pinning the host memory.
class CopySizes : public testing::TestWithParam<std::size_t> {};

TEST_P(CopySizes, HostToDeviceAndBack) {
  const auto source = numbers(GetParam());
  const DeviceBuffer<int> device(source);
  EXPECT_EQ(device.read(), source);
}

TEST_P(CopySizes, DeviceToDevice) {
  const auto source = numbers(GetParam());
  const DeviceBuffer<int> first(source);
  const DeviceBuffer<int> second(source.size());
  check(hipMemcpy(second.data(), first.data(), first.bytes(), hipMemcpyDeviceToDevice));
  EXPECT_EQ(second.read(), source);
}

TEST_P(CopySizes, AsynchronousFromPageableAndPinnedMemory) {
  const auto source = numbers(GetParam());
  const Stream stream;
  const PinnedBuffer<int> pinned(source.size());
  const DeviceBuffer<int> device(source.size());
  check(
      hipMemcpyAsync(device.data(), source.data(), device.bytes(), hipMemcpyHostToDevice, stream));
  check(
      hipMemcpyAsync(pinned.data(), device.data(), device.bytes(), hipMemcpyDeviceToHost, stream));
  stream.synchronize();
  EXPECT_EQ(std::memcmp(pinned.data(), source.data(), device.bytes()), 0);
}

TEST_P(CopySizes, Memset) {
  const std::size_t count = GetParam();
  const DeviceBuffer<int> device(numbers(count));
  check(hipMemset(device.data(), 0xa5, device.bytes()));
  EXPECT_EQ(device.read(), std::vector<int>(count, static_cast<int>(0xa5a5a5a5)));
  check(hipMemsetD32(device.data(), 77, count));
  EXPECT_EQ(device.read(), std::vector<int>(count, 77));
}

INSTANTIATE_TEST_SUITE_P(Words, CopySizes,
                         testing::Values(1, 3, 255, 1024, 16 * 1024, 64 * 1024 + 1, 262144,
                                         (1 << 20) + 5, 3 << 20));

struct Box {
  std::size_t width, height, depth;  // bytes, rows, slices
};

class CopyBoxes : public testing::TestWithParam<Box> {};

TEST_P(CopyBoxes, TwoDimensionsThroughPitchedMemory) {
  const Box box = GetParam();
  std::vector<char> source(box.width * box.height);
  for (std::size_t i = 0; i < source.size(); ++i) source[i] = static_cast<char>(i * 37 + i / 251);
  void* first = nullptr;
  void* second = nullptr;
  std::size_t pitch = 0;
  check(hipMallocPitch(&first, &pitch, box.width, box.height));
  check(hipMallocPitch(&second, &pitch, box.width, box.height));
  check(hipMemcpy2D(first, pitch, source.data(), box.width, box.width, box.height,
                    hipMemcpyHostToDevice));
  check(hipMemcpy2D(second, pitch, first, pitch, box.width, box.height, hipMemcpyDeviceToDevice));
  std::vector<char> result(source.size());
  check(hipMemcpy2D(result.data(), box.width, second, pitch, box.width, box.height,
                    hipMemcpyDeviceToHost));
  EXPECT_EQ(result, source);
  check(hipFree(first));
  check(hipFree(second));
}

TEST_P(CopyBoxes, ThreeDimensions) {
  const Box box = GetParam();
  const hipExtent extent = make_hipExtent(box.width, box.height, box.depth);
  std::vector<char> source(box.width * box.height * box.depth);
  for (std::size_t i = 0; i < source.size(); ++i) source[i] = static_cast<char>(i * 41 + i / 253);
  hipPitchedPtr device{};
  check(hipMalloc3D(&device, extent));
  hipMemcpy3DParms in{};
  in.srcPtr = make_hipPitchedPtr(source.data(), box.width, box.width, box.height);
  in.dstPtr = device;
  in.extent = extent;
  in.kind = hipMemcpyHostToDevice;
  check(hipMemcpy3D(&in));
  std::vector<char> result(source.size());
  hipMemcpy3DParms out{};
  out.srcPtr = device;
  out.dstPtr = make_hipPitchedPtr(result.data(), box.width, box.width, box.height);
  out.extent = extent;
  out.kind = hipMemcpyDeviceToHost;
  check(hipMemcpy3D(&out));
  EXPECT_EQ(result, source);
  check(hipFree(device.ptr));
}

INSTANTIATE_TEST_SUITE_P(Boxes, CopyBoxes,
                         testing::Values(Box{1, 1, 1}, Box{4, 3, 2}, Box{100, 50, 3},
                                         Box{255, 7, 5}, Box{4096, 33, 2}, Box{8000, 200, 2}));

TEST(Symbols, CopyToAndFrom) {
  const auto source = numbers(1024);
  check(hipMemcpyToSymbol(HIP_SYMBOL(table), source.data(), sizeof table));
  std::vector<int> result(1024);
  check(hipMemcpyFromSymbol(result.data(), HIP_SYMBOL(table), sizeof table));
  EXPECT_EQ(result, source);
  // A part, at an offset.
  const int part[2] = {11, 22};
  check(hipMemcpyToSymbol(HIP_SYMBOL(table), part, sizeof part, 40));
  check(hipMemcpyFromSymbol(result.data(), HIP_SYMBOL(table), sizeof part, 40));
  EXPECT_EQ(result[0], 11);
  EXPECT_EQ(result[1], 22);
}

TEST(Symbols, ConstantMemory) {
  const std::vector<float> source{1.5f, -2.25f, 3.0f};
  check(hipMemcpyToSymbol(HIP_SYMBOL(coefficients), source.data(), 12));
  std::vector<float> result(3);
  check(hipMemcpyFromSymbol(result.data(), HIP_SYMBOL(coefficients), 12));
  EXPECT_EQ(result, source);
}

TEST(Symbols, AddressAndSize) {
  void* address = nullptr;
  std::size_t bytes = 0;
  check(hipGetSymbolAddress(&address, HIP_SYMBOL(table)));
  check(hipGetSymbolSize(&bytes, HIP_SYMBOL(table)));
  EXPECT_NE(address, nullptr);
  EXPECT_EQ(bytes, sizeof table);
}

hipMemoryType memory_type(const hipPointerAttribute_t& attributes) {
#if HIP_VERSION_MAJOR < 6
  return attributes.memoryType;
#else
  return attributes.type;
#endif
}

TEST(OutOfMemory, IsAnErrorAndNothingElseBreaks) {
  void* too_much = nullptr;
  EXPECT_EQ(hipMalloc(&too_much, std::size_t{9} << 30), hipErrorOutOfMemory);
  std::vector<void*> blocks;
  hipError_t status = hipSuccess;
  while (status == hipSuccess && blocks.size() < 9) {
    void* block = nullptr;
    status = hipMalloc(&block, std::size_t{1} << 30);
    if (status == hipSuccess) blocks.push_back(block);
  }
  EXPECT_EQ(status, hipErrorOutOfMemory);
  EXPECT_EQ(blocks.size(), 7u);
  for (void* block : blocks) check(hipFree(block));
  (void)hipGetLastError();
  void* again = nullptr;
  check(hipMalloc(&again, std::size_t{4} << 30));
  check(hipFree(again));
}

TEST(RegisteredMemory, KernelsAndCopiesReachIt) {
  auto host = numbers(100'000);
  const auto before = host;
  const auto count = static_cast<unsigned>(host.size());
  const std::size_t bytes = host.size() * sizeof(int);
  check(hipHostRegister(host.data(), bytes, hipHostRegisterDefault));
  void* device_view = nullptr;
  check(hipHostGetDevicePointer(&device_view, host.data(), 0));
  add_one<<<(count + 255) / 256, 256>>>(static_cast<int*>(device_view), count);
  check(hipDeviceSynchronize());
  for (std::size_t i = 0; i < host.size(); ++i) ASSERT_EQ(host[i], before[i] + 1) << i;

  const DeviceBuffer<int> device(host.size());
  check(hipMemcpy(device.data(), host.data(), bytes, hipMemcpyHostToDevice));
  EXPECT_EQ(device.read(), host);
  check(hipHostUnregister(host.data()));
  EXPECT_NE(hipHostUnregister(host.data()), hipSuccess);
  (void)hipGetLastError();
}

TEST(PinnedMemory, KernelsReachItAtTheHostAddress) {
  constexpr unsigned kCount = 5000;
  const PinnedBuffer<int> host(kCount);
  for (unsigned i = 0; i < kCount; ++i) host[i] = static_cast<int>(i);
  add_one<<<(kCount + 63) / 64, 64>>>(host.data(), kCount);
  check(hipDeviceSynchronize());
  for (unsigned i = 0; i < kCount; ++i) ASSERT_EQ(host[i], static_cast<int>(i) + 1) << i;
}

TEST(ManagedMemory, HostAndKernelsShareIt) {
  constexpr unsigned kCount = 3000;
  int* shared = nullptr;
  check(hipMallocManaged(reinterpret_cast<void**>(&shared), kCount * sizeof(int)));
  for (unsigned i = 0; i < kCount; ++i) shared[i] = static_cast<int>(3 * i);
  add_one<<<(kCount + 127) / 128, 128>>>(shared, kCount);
  check(hipDeviceSynchronize());
  for (unsigned i = 0; i < kCount; ++i) ASSERT_EQ(shared[i], static_cast<int>(3 * i) + 1) << i;
  check(hipFree(shared));
}

// As malloc() in kernels does: the kernel that runs has the host allocate more for its heap.
TEST(Allocations, AreSeenByAKernelThatRunsAlready) {
  const PinnedBuffer<int*> mailbox(1);
  const Stream stream;
  add_one_to_what_comes<<<1, 64, 0, stream>>>(mailbox.data());
  const PinnedBuffer<int> later(1);
  later[0] = 41;
  __atomic_store_n(&mailbox[0], later.data(), __ATOMIC_RELEASE);
  stream.synchronize();
  EXPECT_EQ(later[0], 42);
}

TEST(PointerAttributes, TellKinds) {
  const DeviceBuffer<int> device(16);
  const PinnedBuffer<int> pinned(16);
  hipPointerAttribute_t attributes{};
  check(hipPointerGetAttributes(&attributes, device.data() + 3));
  EXPECT_EQ(memory_type(attributes), hipMemoryTypeDevice);
  check(hipPointerGetAttributes(&attributes, pinned.data()));
  EXPECT_EQ(memory_type(attributes), hipMemoryTypeHost);
  const int ordinary = 0;
#if HIP_VERSION_MAJOR < 6
  EXPECT_EQ(hipPointerGetAttributes(&attributes, &ordinary), hipErrorInvalidValue);
  (void)hipGetLastError();
#else
  check(hipPointerGetAttributes(&attributes, &ordinary));
  EXPECT_EQ(memory_type(attributes), hipMemoryTypeUnregistered);
#endif
}

TEST(Allocations, ManySmallOnesComeAndGo) {
  for (int round = 0; round < 5; ++round) {
    std::vector<void*> blocks(500);
    for (std::size_t i = 0; i < blocks.size(); ++i) check(hipMalloc(&blocks[i], 1 + 37 * i));
    for (void* block : blocks) check(hipFree(block));
  }
}

}  // namespace
}  // namespace emulator::tests
