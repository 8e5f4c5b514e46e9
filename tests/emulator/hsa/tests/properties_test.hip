// What HIP says about the device.
#include "hip_handles.h"

namespace emulator::tests {
namespace {

TEST(Properties, OneDevice) {
  int count = 0;
  check(hipGetDeviceCount(&count));
  EXPECT_EQ(count, 1);
}

TEST(Properties, NamesTheSoftwareCard) {
  hipDeviceProp_t properties{};
  check(hipGetDeviceProperties(&properties, 0));
  EXPECT_STREQ(properties.name, "AMD Radeon RX 5700 XT (software)");
  EXPECT_EQ(std::string(properties.gcnArchName).substr(0, 7), "gfx1010");
  EXPECT_EQ(properties.warpSize, 32);
  EXPECT_EQ(properties.totalGlobalMem, 8573157376u);
  EXPECT_EQ(properties.multiProcessorCount, 20);
  EXPECT_EQ(properties.maxThreadsPerBlock, 1024);
  EXPECT_EQ(properties.sharedMemPerBlock, 65536u);
  EXPECT_EQ(properties.clockRate, 2100000);
  EXPECT_EQ(properties.memoryClockRate, 875000);
  EXPECT_EQ(properties.memoryBusWidth, 256);
  EXPECT_EQ(properties.l2CacheSize, 4 * 1024 * 1024);
  EXPECT_EQ(properties.integrated, 0);
  EXPECT_EQ(properties.cooperativeLaunch, 0);
}

TEST(Properties, FreeMemoryFollowsAllocations) {
  constexpr std::size_t kBytes = 256 << 20;
  std::size_t before = 0;
  std::size_t during = 0;
  std::size_t total = 0;
  check(hipMemGetInfo(&before, &total));
  EXPECT_EQ(total, 8573157376u);
  {
    const DeviceBuffer<char> buffer(kBytes);
    check(hipMemGetInfo(&during, &total));
  }
  EXPECT_EQ(before - during, kBytes);
}

TEST(Properties, ArraysAreRefusedInWords) {
  hipArray* array = nullptr;
  const hipChannelFormatDesc format = hipCreateChannelDesc<float>();
  testing::internal::CaptureStderr();
  EXPECT_NE(hipMallocArray(&array, &format, 64, 64, 0), hipSuccess);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("no image instructions"),
            std::string::npos);
}

}  // namespace
}  // namespace emulator::tests
