// Streams, events, waits between streams, callbacks.
#include <atomic>
#include <thread>

#include "hip_handles.h"

namespace emulator::tests {
namespace {

__global__ void multiply_add(int* values, int factor, int term) {
  values[blockIdx.x * blockDim.x + threadIdx.x] =
      values[blockIdx.x * blockDim.x + threadIdx.x] * factor + term;
}

// Waits until the host or another kernel changes the flag.
__global__ void wait_for(volatile int* flag) {
  while (*flag == 0) __builtin_amdgcn_s_sleep(1);
}

__global__ void set(volatile int* flag) { *flag = 1; }

TEST(Streams, KeepOrder) {
  const Stream stream;
  const DeviceBuffer<int> device(std::vector<int>(64, 1));
  int expected = 1;
  for (int i = 1; i <= 200; ++i) {
    multiply_add<<<1, 64, 0, stream>>>(device.data(), 3, i);
    expected = static_cast<int>(static_cast<unsigned>(expected) * 3u + static_cast<unsigned>(i));
  }
  stream.synchronize();
  EXPECT_EQ(device.read(), std::vector<int>(64, expected));
}

TEST(Streams, OverlapDispatches) {
  // The first kernel ends only after the second, from another stream, has run.
  const Stream first;
  const Stream second;
  const DeviceBuffer<int> flag(std::vector<int>{0});
  wait_for<<<1, 1, 0, first>>>(flag.data());
  set<<<1, 1, 0, second>>>(flag.data());
  second.synchronize();
  first.synchronize();
}

TEST(Streams, QueryTellsWhetherWorkIsLeft) {
  const Stream stream;
  const PinnedBuffer<int> flag(1);
  flag[0] = 0;
  wait_for<<<1, 1, 0, stream>>>(flag.data());
  EXPECT_EQ(hipStreamQuery(stream), hipErrorNotReady);
  reinterpret_cast<std::atomic<int>*>(flag.data())->store(1);
  stream.synchronize();
  EXPECT_EQ(hipStreamQuery(stream), hipSuccess);
}

TEST(Events, OrderStreams) {
  const Stream producer;
  const Stream consumer;
  const DeviceBuffer<int> device(std::vector<int>(64, 0));
  for (int round = 1; round <= 50; ++round) {
    const Event produced;
    const Event consumed;
    multiply_add<<<1, 64, 0, producer>>>(device.data(), 0, round);
    check(hipEventRecord(produced, producer));
    check(hipStreamWaitEvent(consumer, produced, 0));
    multiply_add<<<1, 64, 0, consumer>>>(device.data(), 10, 7);
    check(hipEventRecord(consumed, consumer));
    check(hipStreamWaitEvent(producer, consumed, 0));
    producer.synchronize();
    ASSERT_EQ(device.read(), std::vector<int>(64, round * 10 + 7)) << "round " << round;
  }
}

TEST(Events, ElapsedTimeIsThatOfTheWorkBetween) {
  const Stream stream;
  const Event begin;
  const Event end;
  const DeviceBuffer<int> device(std::vector<int>(64, 1));
  check(hipEventRecord(begin, stream));
  for (int i = 0; i < 20; ++i) multiply_add<<<1, 64, 0, stream>>>(device.data(), 3, i);
  check(hipEventRecord(end, stream));
  check(hipEventSynchronize(end));
  EXPECT_EQ(hipEventQuery(end), hipSuccess);
  float milliseconds = -1;
  check(hipEventElapsedTime(&milliseconds, begin, end));
  EXPECT_GT(milliseconds, 0);
  EXPECT_LT(milliseconds, 60'000);
}

TEST(Events, MayBeRecordedAgain) {
  const Stream stream;
  const Event event;
  for (int i = 0; i < 100; ++i) {
    check(hipEventRecord(event, stream));
    check(hipEventSynchronize(event));
  }
}

struct CallbackRecord {
  std::vector<int> order;
  const int* pinned = nullptr;
  int seen = 0;
};

TEST(Callbacks, RunInStreamOrderAfterTheWorkBefore) {
  const Stream stream;
  const PinnedBuffer<int> pinned(64);
  for (int i = 0; i < 64; ++i) pinned[i] = 5;
  CallbackRecord record;
  record.pinned = pinned.data();
  multiply_add<<<1, 64, 0, stream>>>(pinned.data(), 2, 1);
  const auto callback = [](hipStream_t, hipError_t status, void* data) {
    auto& r = *static_cast<CallbackRecord*>(data);
    r.order.push_back(status == hipSuccess ? static_cast<int>(r.order.size()) : -1);
    r.seen = r.pinned[63];
  };
  for (int i = 0; i < 3; ++i) check(hipStreamAddCallback(stream, callback, &record, 0));
  multiply_add<<<1, 64, 0, stream>>>(pinned.data(), 0, 9);
  stream.synchronize();
  EXPECT_EQ(record.order, (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(record.seen, 11);
  EXPECT_EQ(pinned[0], 9);
}

TEST(StreamValues, WaitForAWordTheHostWrites) {
  const Stream stream;
  void* signal = nullptr;
  check(hipExtMallocWithFlags(&signal, sizeof(std::uint64_t), hipMallocSignalMemory));
  auto* const word = static_cast<std::atomic<std::uint64_t>*>(signal);
  word->store(0);
  const DeviceBuffer<int> device(std::vector<int>(64, 1));
  check(hipStreamWaitValue64(stream, signal, 42, hipStreamWaitValueEq, ~0ull));
  multiply_add<<<1, 64, 0, stream>>>(device.data(), 0, 3);
  EXPECT_EQ(hipStreamQuery(stream), hipErrorNotReady);
  word->store(42);
  stream.synchronize();
  EXPECT_EQ(device.read()[0], 3);
  check(hipFree(signal));
}

TEST(Threads, LaunchFromManyAtOnce) {
  constexpr int kThreads = 4;
  std::vector<std::vector<int>> results(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([t, &results] {
      const Stream stream;
      const DeviceBuffer<int> device(std::vector<int>(128, t));
      for (int i = 0; i < 50; ++i) multiply_add<<<2, 64, 0, stream>>>(device.data(), 1, t + 1);
      stream.synchronize();
      results[static_cast<std::size_t>(t)] = device.read();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int t = 0; t < kThreads; ++t) {
    EXPECT_EQ(results[static_cast<std::size_t>(t)], std::vector<int>(128, t + 50 * (t + 1)));
  }
}

}  // namespace
}  // namespace emulator::tests
