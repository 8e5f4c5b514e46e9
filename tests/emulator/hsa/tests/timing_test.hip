// Modelled times as HIP's events see them: the same in every run, with any number of host threads,
// and without influence on results.
#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string_view>

#include "hip_handles.h"
#include "hsa/device_report.h"

namespace emulator::tests {
namespace {

constexpr int kThreads = 256;
constexpr const char* kChildVariable = "TIMING_TEST_CHILD";

__global__ void multiply_add(float* values, int rounds) {
  const unsigned index = blockIdx.x * blockDim.x + threadIdx.x;
  float a = values[index];
  float b = a + 1;
  for (int i = 0; i < rounds; ++i) {
    a = a * 0.5f + b * 0.25f;
    b = b * 0.25f + a * 0.5f;
  }
  values[index] = a + b;
}

__global__ void reverse_through_lds(float* values) {
  __shared__ float tile[kThreads];
  tile[threadIdx.x] = values[blockIdx.x * blockDim.x + threadIdx.x];
  __syncthreads();
  values[blockIdx.x * blockDim.x + threadIdx.x] = tile[kThreads - 1 - threadIdx.x];
}

// Of four workgroups three leave a loop by what they sum up; workgroup 0 is none of them.
__global__ void go_other_ways(float* values) {
  const unsigned index = blockIdx.x * blockDim.x + threadIdx.x;
  const float value = values[index];
  float sum = static_cast<float>(threadIdx.x % 5);
  for (int i = 0; i < 20; ++i) sum = sum * 0.5f + value;
  if (blockIdx.x % 4 != 0) {
    while (sum < 1000) sum = sum * 1.5f + value;
  }
  values[index] = sum;
}

template <class Work>
float elapsed_us(const Stream& stream, Work work) {
  const Event begin;
  const Event end;
  check(hipEventRecord(begin, stream));
  work();
  check(hipEventRecord(end, stream));
  check(hipEventSynchronize(end));
  float milliseconds = -1;
  check(hipEventElapsedTime(&milliseconds, begin, end));
  return milliseconds * 1e3f;
}

// What the child process does: times and a checksum of results, one line each.
std::string run_workload() {
  std::ostringstream out;
  const Stream stream;
  const DeviceBuffer<float> device(std::vector<float>(100 * kThreads, 1.0f));
  for (const int workgroups : {1, 20, 37, 100}) {
    out << "multiply_add " << workgroups << " " << elapsed_us(stream, [&] {
      multiply_add<<<workgroups, kThreads, 0, stream>>>(device.data(), 50);
    }) << "\n";
  }
  out << "ten launches " << elapsed_us(stream, [&] {
    for (int i = 0; i < 10; ++i) {
      reverse_through_lds<<<60, kThreads, 0, stream>>>(device.data());
    }
  }) << "\n";
  const DeviceBuffer<float> others(std::vector<float>(50 * kThreads, 2.0f));
  out << "other ways "
      << elapsed_us(stream, [&] { go_other_ways<<<50, kThreads, 0, stream>>>(others.data()); })
      << "\n";
  double sum = 0;
  int place = 1;
  for (const float value : device.read()) sum += value * (place++ % 97);
  char text[64];
  std::snprintf(text, sizeof text, "checksum %.17g\n", sum);
  return out.str() + text;
}

std::string output_of_child(const std::string& environment) {
  const std::string command = environment + " " + kChildVariable + "=1 /proc/" +
                              std::to_string(getpid()) + "/exe 2>/dev/null";
  FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return "cannot start " + command;
  std::string output;
  char buffer[4096];
  for (std::size_t size = 0; (size = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
    output.append(buffer, size);
  }
  pclose(pipe);
  return output.substr(std::min(output.find("multiply_add"), output.size()));
}

std::string times_of(const std::string& output) {
  return output.substr(0, output.find("checksum"));
}

std::string checksum_of(const std::string& output) {
  return output.substr(std::min(output.find("checksum"), output.size()));
}

TEST(ModelledTimes, AreTheSameInEveryRunAndWithAnyThreads) {
  const std::string first = output_of_child("RDNA1CONV_EMULATOR_THREADS=1");
  EXPECT_NE(first.find("checksum"), std::string::npos) << first;
  EXPECT_EQ(output_of_child("RDNA1CONV_EMULATOR_THREADS=1"), first);
  EXPECT_EQ(output_of_child("RDNA1CONV_EMULATOR_THREADS=3"), first);
}

TEST(ModelledTimes, LeaveResultsAlone) {
  const std::string with = checksum_of(output_of_child("RDNA1CONV_EMULATOR_CLOCK=rx5700xt"));
  EXPECT_FALSE(with.empty());
  EXPECT_EQ(checksum_of(output_of_child("RDNA1CONV_EMULATOR_CLOCK=off")), with);
  EXPECT_EQ(checksum_of(output_of_child("RDNA1CONV_EMULATOR_CLOCK=core_mhz=100")), with);
}

// Of the workgroups that the clock looks at, only what addresses and branches depend on is carried
// out, and that on the paths of the first one until they turn out to go another way.
TEST(ModelledTimes, AreTheSameWhereTheyAloneMatter) {
  const std::string all = times_of(output_of_child("RDNA1CONV_EMULATOR_CLOCK=rx5700xt"));
  EXPECT_NE(all.find("other ways"), std::string::npos) << all;
  EXPECT_EQ(times_of(output_of_child("RDNA1CONV_EMULATOR_EXECUTE=modelled")), all);
}

TEST(ModelledTimes, FollowTheClockSetting) {
  const auto us_of_100 = [](const std::string& output) {
    const std::size_t at = output.find("multiply_add 100 ");
    return at == std::string::npos ? -1 : std::atof(output.c_str() + at + 17);
  };
  const double fast = us_of_100(output_of_child("RDNA1CONV_EMULATOR_CLOCK=core_mhz=2000"));
  const double slow = us_of_100(output_of_child("RDNA1CONV_EMULATOR_CLOCK=core_mhz=200"));
  EXPECT_GT(fast, 1);
  EXPECT_GT(slow, 3 * fast);
}

// 20 WGPs take 20 workgroups in the time of one, and begin anew with the 21st once each holds as
// many as fit.
TEST(ModelledTimes, RiseInStepsOfTheWorkgroupProcessors) {
  const Stream stream;
  const DeviceBuffer<float> device(std::vector<float>(161 * kThreads, 1.0f));
  const auto us = [&](int workgroups) {
    return elapsed_us(
        stream, [&] { multiply_add<<<workgroups, kThreads, 0, stream>>>(device.data(), 2000); });
  };
  us(1);  // the code is in the caches from here on
  const float one = us(1);
  EXPECT_NEAR(us(20), one, 0.1 * one);
  EXPECT_NEAR(us(160) / us(141), 1, 0.05);
  EXPECT_GT(us(161), 1.05 * us(160));
}

// Equal launches that find their lines in L2 are followed once: that changes neither their times
// nor those of what comes after them.
TEST(ModelledTimes, DoNotDependOnHowOftenEqualLaunchesRan) {
  const Stream stream;
  const DeviceBuffer<float> first(std::vector<float>(60 * kThreads, 1.0f));
  const DeviceBuffer<float> second(std::vector<float>(60 * kThreads, 1.0f));
  const auto us = [&](const DeviceBuffer<float>& buffer) {
    return elapsed_us(stream,
                      [&] { reverse_through_lds<<<60, kThreads, 0, stream>>>(buffer.data()); });
  };
  const float cold = us(first);
  const float warm = us(first);
  EXPECT_LT(warm, cold);
  us(second);
  const float second_warm = us(second);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(us(first), warm);
    EXPECT_EQ(us(second), second_warm);
  }
}

// Nobody asks for a time before all launches were submitted.
TEST(ModelledTimes, AreTheSameWhenTheyAreAskedForLate) {
  const Stream stream;
  const DeviceBuffer<float> device(std::vector<float>(100 * kThreads, 1.0f));
  const auto launch = [&](int i) {
    multiply_add<<<20 + 10 * (i % 3), kThreads, 0, stream>>>(device.data(), 100 + i);
  };
  for (int i = 0; i < 30; ++i) launch(i);  // all lines are in the caches from here on
  std::vector<float> at_once;
  for (int i = 0; i < 30; ++i) at_once.push_back(elapsed_us(stream, [&] { launch(i); }));
  std::vector<Event> begin(30), end(30);
  for (int i = 0; i < 30; ++i) {
    check(hipEventRecord(begin[i], stream));
    launch(i);
    check(hipEventRecord(end[i], stream));
  }
  check(hipStreamSynchronize(stream));
  for (int i = 29; i >= 0; --i) {
    float milliseconds = -1;
    check(hipEventElapsedTime(&milliseconds, begin[i], end[i]));
    EXPECT_NEAR(milliseconds * 1e3f, at_once[i], 0.01f) << i;
  }
}

// What conv-bench asks for its ranges (hsa/device_report.h).
TEST(ModelledTimes, HaveRanges) {
  const auto capture =
      reinterpret_cast<void (*)(bool)>(dlsym(RTLD_DEFAULT, "emulator_capture_range"));
  const auto take =
      reinterpret_cast<bool (*)(double*, double*)>(dlsym(RTLD_DEFAULT, "emulator_take_range"));
  ASSERT_NE(capture, nullptr);
  ASSERT_NE(take, nullptr);
  const Stream stream;
  const DeviceBuffer<float> device(std::vector<float>(100 * kThreads, 1.0f));
  const auto range_of = [&](int launches) {
    capture(true);
    const float us = elapsed_us(stream, [&] {
      for (int i = 0; i < launches; ++i) {
        multiply_add<<<100, kThreads, 0, stream>>>(device.data(), 500);
      }
    });
    double down = -1, up = -1;
    EXPECT_TRUE(take(&down, &up));
    capture(false);
    // The clock alone may be 2.6 % more or less.
    EXPECT_GT(down, 0.01 * us);
    EXPECT_LT(down, us);
    EXPECT_GT(up, 0.01 * us);
    return down;
  };
  range_of(1);
  const double one = range_of(1);
  EXPECT_NEAR(range_of(4), 4 * one, 0.1 * one);
}

// What conv-bench asks for its reports.
TEST(ModelledTimes, AreSpentOnCausesThatAddUp) {
  const auto take = find_in_device<decltype(emulator_take_time_spent)>("emulator_take_time_spent");
  ASSERT_NE(take, nullptr);
  const Stream stream;
  const DeviceBuffer<float> device(std::vector<float>(100 * kThreads, 1.0f));
  std::array<RdnaEmulatorTimeSpent, 32> rows{};
  double dram_bytes = -1;
  take(rows.data(), rows.size(), &dram_bytes);
  const float us =
      elapsed_us(stream, [&] { multiply_add<<<100, kThreads, 0, stream>>>(device.data(), 500); });
  const std::size_t count = take(rows.data(), rows.size(), &dram_bytes);
  ASSERT_LE(count, rows.size());
  double sum = 0, valu = 0;
  for (std::size_t i = 0; i < count; ++i) {
    sum += rows[i].us;
    if (rows[i].cause == std::string_view("vector ALU")) valu = rows[i].us;
  }
  // Events see the way of the barrier and signal packets between, too.
  constexpr double kBetweenLaunchesUs = 3;
  EXPECT_LE(sum, us);
  EXPECT_GE(sum, us - kBetweenLaunchesUs);
  EXPECT_GT(valu, 0.3 * us) << "1000 dependent multiply-adds and little else";
  EXPECT_GE(dram_bytes, 100.0 * kThreads * sizeof(float)) << "which the card had not seen";
  EXPECT_EQ(take(rows.data(), rows.size(), &dram_bytes), 0u) << "nothing was launched since";
}

TEST(ModelledTimes, OfCopiesFollowTheLink) {
  const Stream stream;
  constexpr std::size_t kBytes = 1u << 22;
  const PinnedBuffer<char> host(kBytes);
  const DeviceBuffer<char> device(std::vector<char>(kBytes, 1));
  const float us = elapsed_us(stream, [&] {
    check(hipMemcpyAsync(host.data(), device.data(), kBytes, hipMemcpyDeviceToHost, stream));
  });
  // 4 MB at 25 GB/s and what starting takes.
  EXPECT_GT(us, kBytes / 25e3);
  EXPECT_LT(us, kBytes / 25e3 + 40);
}

}  // namespace
}  // namespace emulator::tests

int main(int argc, char** argv) {
  if (std::getenv(emulator::tests::kChildVariable) != nullptr) {
    std::fputs(emulator::tests::run_workload().c_str(), stdout);
    return 0;
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
