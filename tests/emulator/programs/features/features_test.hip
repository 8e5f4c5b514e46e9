// What HIP programs rely on beyond arithmetic: barriers of the grid, any shape of workgroup,
// buffers of more than 4 GB, calls through pointers, recursion, and workgroups that wait for each
// other.
#include <gtest/gtest.h>
#include <hip/hip_runtime.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "device_memory.h"

namespace programs {
namespace {

using uint64 = unsigned long long;

// A barrier of all workgroups: they are few enough to be on the card at the same time. (The card
// has no cooperative launches.)
__device__ void wait_for_all(unsigned* arrived, unsigned phase) {
  __syncthreads();
  if (threadIdx.x == 0) {
    __threadfence();
    atomicAdd(arrived, 1u);
    while (*const_cast<volatile unsigned*>(arrived) < phase * gridDim.x)
      __builtin_amdgcn_s_sleep(1);
    __threadfence();
  }
  __syncthreads();
}

// Each round, every work-item adds its neighbour's value; the barrier keeps the rounds apart.
__global__ void add_neighbours(uint64* values, uint64* next, unsigned* arrived, unsigned rounds) {
  const unsigned count = gridDim.x * blockDim.x;
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  for (unsigned round = 0; round < rounds; ++round) {
    next[i] = values[i] + values[(i + 97) % count];
    wait_for_all(arrived, 2 * round + 1);
    values[i] = next[i];
    wait_for_all(arrived, 2 * round + 2);
  }
}

TEST(Workgroups, GridBarrier) {
  constexpr unsigned kGroups = 24;
  constexpr unsigned kItems = 96;
  constexpr unsigned kRounds = 5;
  std::vector<uint64> expected(kGroups * kItems);
  std::iota(expected.begin(), expected.end(), uint64{1});
  const DeviceArray<uint64> values{expected};
  const DeviceArray<uint64> next{expected.size()};
  const DeviceArray<unsigned> arrived{std::vector<unsigned>(1)};
  add_neighbours<<<kGroups, kItems>>>(values.data(), next.data(), arrived.data(), kRounds);
  for (unsigned round = 0; round < kRounds; ++round) {
    const std::vector<uint64> before = expected;
    for (std::size_t i = 0; i < before.size(); ++i) {
      expected[i] = before[i] + before[(i + 97) % before.size()];
    }
  }
  EXPECT_EQ(values.to_host(), expected);
}

// Counts every work-item of the grid once, through LDS.
__global__ void count_by_place(unsigned* counts, dim3 grid) {
  extern __shared__ unsigned seen[];
  const unsigned size = blockDim.x * blockDim.y * blockDim.z;
  const unsigned local = (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
  seen[local] = local + 1;
  __syncthreads();
  const unsigned x = blockIdx.x * blockDim.x + threadIdx.x;
  const unsigned y = blockIdx.y * blockDim.y + threadIdx.y;
  const unsigned z = blockIdx.z * blockDim.z + threadIdx.z;
  const unsigned other = seen[size - 1 - local];
  atomicAdd(&counts[(z * grid.y + y) * grid.x + x], other);
}

TEST(Workgroups, OfAnyShape) {
  struct Shape {
    dim3 groups;
    dim3 items;
  };
  const Shape shapes[] = {{dim3(3), dim3(1)},
                          {dim3(2), dim3(33)},
                          {dim3(1), dim3(1024)},
                          {dim3(2, 3, 2), dim3(7, 5, 3)},
                          {dim3(1, 2, 1), dim3(1, 1, 64)},
                          {dim3(5, 1, 1), dim3(16, 16, 2)}};
  for (const Shape& shape : shapes) {
    const dim3 grid(shape.groups.x * shape.items.x, shape.groups.y * shape.items.y,
                    shape.groups.z * shape.items.z);
    const unsigned size = shape.items.x * shape.items.y * shape.items.z;
    std::vector<unsigned> expected(std::size_t{grid.x} * grid.y * grid.z);
    const DeviceArray<unsigned> counts{expected};
    count_by_place<<<shape.groups, shape.items, size * sizeof(unsigned)>>>(counts.data(), grid);
    for (unsigned z = 0; z < grid.z; ++z) {
      for (unsigned y = 0; y < grid.y; ++y) {
        for (unsigned x = 0; x < grid.x; ++x) {
          const unsigned local =
              (z % shape.items.z * shape.items.y + y % shape.items.y) * shape.items.x +
              x % shape.items.x;
          expected[(std::size_t{z} * grid.y + y) * grid.x + x] = size - local;
        }
      }
    }
    EXPECT_EQ(counts.to_host(), expected) << size << " work-items";
  }
}

__global__ void write_far_apart(uint64* memory, uint64 stride) {
  const uint64 i = blockIdx.x * blockDim.x + threadIdx.x;
  memory[i * stride] = i * i + 1;
}
__global__ void read_far_apart(const uint64* memory, uint64 stride, uint64* out) {
  const uint64 i = blockIdx.x * blockDim.x + threadIdx.x;
  out[i] = memory[i * stride];
}

TEST(Memory, BufferOfMoreThan4GB) {
  constexpr uint64 kCount = 128;
  constexpr uint64 kStride = (uint64{5} << 30) / 8 / kCount;
  const DeviceArray<uint64> memory(kCount * kStride);
  const DeviceArray<uint64> out(kCount);
  write_far_apart<<<2, 64>>>(memory.data(), kStride);
  read_far_apart<<<2, 64>>>(memory.data(), kStride, out.data());
  std::vector<uint64> expected(kCount);
  for (uint64 i = 0; i < kCount; ++i) expected[i] = i * i + 1;
  EXPECT_EQ(out.to_host(), expected);
}

// Scratch whose size is no multiple of a dword's.
template <class T, unsigned kCount>
__global__ void keep_in_scratch(unsigned* out) {
  volatile T array[kCount];
  for (unsigned i = 0; i < kCount; ++i) array[i] = static_cast<T>(threadIdx.x + 3 * i);
  unsigned sum = 0;
  for (unsigned i = 0; i < kCount; ++i) sum = sum * 5 + array[(threadIdx.x + i) % kCount];
  out[threadIdx.x] = sum;
}
template <class T, unsigned kCount>
void expect_kept_in_scratch() {
  SCOPED_TRACE(testing::Message() << kCount << " of " << sizeof(T) << " bytes");
  const DeviceArray<unsigned> out(64);
  keep_in_scratch<T, kCount><<<1, 64>>>(out.data());
  std::vector<unsigned> expected;
  for (unsigned item = 0; item < 64; ++item) {
    unsigned sum = 0;
    for (unsigned i = 0; i < kCount; ++i) {
      sum = sum * 5 + static_cast<T>(item + 3 * ((item + i) % kCount));
    }
    expected.push_back(sum);
  }
  EXPECT_EQ(out.to_host(), expected);
}

TEST(Memory, ScratchOfAnySize) {
  expect_kept_in_scratch<unsigned short, 1>();
  expect_kept_in_scratch<unsigned char, 5>();
  expect_kept_in_scratch<unsigned short, 3>();
  expect_kept_in_scratch<unsigned char, 7>();
}

using Step = unsigned (*)(unsigned);
__device__ __attribute__((noinline)) unsigned halve(unsigned value) { return value / 2; }
__device__ __attribute__((noinline)) unsigned triple(unsigned value) { return 3 * value + 1; }
__device__ __attribute__((noinline)) unsigned keep(unsigned value) { return value; }
__device__ Step steps[] = {halve, triple, keep};

// The lanes of a wave call different functions.
__global__ void count_steps(unsigned* values) {
  unsigned value = threadIdx.x + 1;
  unsigned count = 0;
  while (value != 1) {
    value = steps[value % 2](value);
    ++count;
  }
  values[threadIdx.x] = steps[2](count);
}

TEST(Calls, ThroughPointers) {
  const DeviceArray<unsigned> values(64);
  count_steps<<<1, 64>>>(values.data());
  std::vector<unsigned> expected;
  for (unsigned start = 1; start <= 64; ++start) {
    unsigned count = 0;
    for (unsigned value = start; value != 1; ++count) value = value % 2 ? 3 * value + 1 : value / 2;
    expected.push_back(count);
  }
  EXPECT_EQ(values.to_host(), expected);
}

__host__ __device__ __attribute__((noinline)) unsigned fibonacci(unsigned n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}
__global__ void fibonacci_kernel(unsigned* values) {
  values[threadIdx.x] = fibonacci(threadIdx.x % 12);
}

TEST(Calls, Recursion) {
  const DeviceArray<unsigned> values(48);
  fibonacci_kernel<<<1, 48>>>(values.data());
  std::vector<unsigned> expected;
  for (unsigned i = 0; i < 48; ++i) expected.push_back(fibonacci(i % 12));
  EXPECT_EQ(values.to_host(), expected);
}

// Workgroup k waits until workgroup k - 1 has handed on its sum.
__global__ void sum_in_turn(const unsigned* values, volatile unsigned* handed_on, unsigned* sums) {
  __shared__ unsigned before;
  if (threadIdx.x == 0) {
    while (blockIdx.x > 0 && handed_on[blockIdx.x - 1] == 0) {
    }
    __threadfence();
    before = blockIdx.x > 0 ? sums[blockIdx.x - 1] : 0;
  }
  __syncthreads();
  unsigned sum = values[blockIdx.x * blockDim.x + threadIdx.x];
  for (int distance = 16; distance > 0; distance /= 2) sum += __shfl_xor(sum, distance);
  if (threadIdx.x == 0) {
    sums[blockIdx.x] = before + sum;
    __threadfence();
    handed_on[blockIdx.x] = 1;
  }
}

TEST(Workgroups, WaitForEachOther) {
  constexpr unsigned kGroups = 200;
  std::vector<unsigned> values(kGroups * 32);
  std::iota(values.begin(), values.end(), 1u);
  const DeviceArray<unsigned> in{values};
  const DeviceArray<unsigned> handed_on{std::vector<unsigned>(kGroups)};
  const DeviceArray<unsigned> sums(kGroups);
  sum_in_turn<<<kGroups, 32>>>(in.data(), handed_on.data(), sums.data());
  std::vector<unsigned> expected(kGroups);
  for (unsigned group = 0; group < kGroups; ++group) {
    expected[group] = std::accumulate(values.begin(), values.begin() + (group + 1) * 32, 0u);
  }
  EXPECT_EQ(sums.to_host(), expected);
}

// Workgroup k spins until workgroup `before` of it has handed on the token: a card runs them at the
// same time, and the software device lets those that spin wait.
__global__ void hand_on(volatile unsigned* tokens, int before) {
  const int mine = static_cast<int>(blockIdx.x) + 1;
  if (threadIdx.x == 0) {
    while (tokens[mine + before] == 0) {
    }
    tokens[mine] = tokens[mine + before] + 1;
  }
  __syncthreads();
}
// The same by an atomic operation: a lock that one workgroup at a time holds.
__global__ void add_under_a_lock(unsigned* lock, volatile unsigned* sum) {
  if (threadIdx.x == 0) {
    while (atomicCAS(lock, 0u, 1u) != 0) {
    }
    __threadfence();
    *sum = *sum + 1;
    __threadfence();
    atomicExch(lock, 0u);
  }
}

TEST(Workgroups, SpinForEachOther) {
  constexpr unsigned kGroups = 1000;
  std::vector<unsigned> start(kGroups + 2);
  start.front() = 1;
  const DeviceArray<unsigned> tokens{start};
  hand_on<<<kGroups, 1000>>>(tokens.data(), -1);
  EXPECT_EQ(tokens.to_host()[kGroups], kGroups + 1);

  constexpr unsigned kResident = 40;  // against the order in which they begin
  std::vector<unsigned> last(kResident + 2);
  last.back() = 1;
  const DeviceArray<unsigned> backwards{last};
  hand_on<<<kResident, 1000>>>(backwards.data(), 1);
  EXPECT_EQ(backwards.to_host()[1], kResident + 1);

  const DeviceArray<unsigned> lock{std::vector<unsigned>(2)};
  add_under_a_lock<<<kGroups, 64>>>(lock.data(), lock.data() + 1);
  EXPECT_EQ(lock.to_host()[1], kGroups);
}

// Every work-item of the grid draws a ticket; none may be given twice.
__global__ void draw_tickets(unsigned* counter, unsigned* tickets, float* sum, double* total) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  tickets[i] = threadIdx.x % 3 == 0 ? atomicAdd(counter, 1u) : atomicInc(counter, ~0u);
  atomicAdd(sum, 1.0f);
  atomicAdd(total, 0.5);
}

TEST(Atomics, TicketsAreUnique) {
  constexpr unsigned kCount = 64 * 100;
  const DeviceArray<unsigned> counter{std::vector<unsigned>(1)};
  const DeviceArray<unsigned> tickets(kCount);
  const DeviceArray<float> sum{std::vector<float>(1)};
  const DeviceArray<double> total{std::vector<double>(1)};
  draw_tickets<<<64, 100>>>(counter.data(), tickets.data(), sum.data(), total.data());
  std::vector<unsigned> drawn = tickets.to_host();
  std::sort(drawn.begin(), drawn.end());
  std::vector<unsigned> expected(kCount);
  std::iota(expected.begin(), expected.end(), 0u);
  EXPECT_EQ(drawn, expected);
  EXPECT_EQ(counter.to_host()[0], kCount);
  EXPECT_EQ(sum.to_host()[0], static_cast<float>(kCount));
  EXPECT_EQ(total.to_host()[0], kCount * 0.5);
}

}  // namespace
}  // namespace programs
