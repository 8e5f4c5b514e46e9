// rocPRIM's algorithms of the whole device against the C++ standard library.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <rocprim/rocprim.hpp>
#include <vector>

#include "device_memory.h"
#include "rocprim/random_values.h"

namespace programs {
namespace {

constexpr std::size_t kSizes[] = {1, 31, 256, 1025, 50'000, 300'001};

// Calls an algorithm twice, as rocPRIM wants it: for the size of its scratch memory, then to run.
template <class Algorithm>
void run(Algorithm algorithm) {
  std::size_t bytes = 0;
  check(algorithm(nullptr, bytes), "size query");
  const DeviceArray<char> scratch(bytes);
  check(algorithm(scratch.data(), bytes), "algorithm");
  check(hipDeviceSynchronize(), "hipDeviceSynchronize");
}

template <class T>
void check_reduce(std::size_t size) {
  const std::vector<T> values = random_values<T>(size);
  const DeviceArray<T> in(values);
  const DeviceArray<T> sum(1);
  const DeviceArray<T> most(1);
  run([&](void* scratch, std::size_t& bytes) {
    return rocprim::reduce(scratch, bytes, in.data(), sum.data(), T(3), size, rocprim::plus<T>());
  });
  run([&](void* scratch, std::size_t& bytes) {
    return rocprim::reduce(scratch, bytes, in.data(), most.data(), values[0], size,
                           rocprim::maximum<T>());
  });
  EXPECT_EQ(sum.to_host()[0], std::accumulate(values.begin(), values.end(), T(3))) << size;
  EXPECT_EQ(most.to_host()[0], *std::max_element(values.begin(), values.end())) << size;
}

TEST(DeviceReduce, SumAndMaximum) {
  for (const std::size_t size : kSizes) {
    check_reduce<unsigned>(size);
    check_reduce<float>(size);
    check_reduce<double>(size);
  }
}

template <class T>
void check_scan(std::size_t size) {
  const std::vector<T> values = random_values<T>(size);
  const DeviceArray<T> in(values);
  const DeviceArray<T> inclusive(size);
  const DeviceArray<T> exclusive(size);
  run([&](void* scratch, std::size_t& bytes) {
    return rocprim::inclusive_scan(scratch, bytes, in.data(), inclusive.data(), size,
                                   rocprim::plus<T>());
  });
  run([&](void* scratch, std::size_t& bytes) {
    return rocprim::exclusive_scan(scratch, bytes, in.data(), exclusive.data(), T(7), size,
                                   rocprim::plus<T>());
  });
  std::vector<T> expected(size);
  std::inclusive_scan(values.begin(), values.end(), expected.begin());
  EXPECT_TRUE(inclusive.to_host() == expected) << "inclusive, " << size;
  std::exclusive_scan(values.begin(), values.end(), expected.begin(), T(7));
  EXPECT_TRUE(exclusive.to_host() == expected) << "exclusive, " << size;
}

TEST(DeviceScan, InclusiveAndExclusive) {
  for (const std::size_t size : kSizes) {
    check_scan<int>(size);
    check_scan<double>(size);
  }
}

template <class T>
void check_sort(std::size_t size) {
  const std::vector<T> values = random_values<T>(size);
  std::vector<unsigned> numbers(size);
  std::iota(numbers.begin(), numbers.end(), 0u);
  const DeviceArray<T> in(values);
  const DeviceArray<T> out(size);
  const DeviceArray<T> keys(size);
  const DeviceArray<unsigned> values_in(numbers);
  const DeviceArray<unsigned> values_out(size);
  run([&](void* scratch, std::size_t& bytes) {
    return rocprim::radix_sort_keys(scratch, bytes, in.data(), out.data(), size);
  });
  run([&](void* scratch, std::size_t& bytes) {
    return rocprim::radix_sort_pairs_desc(scratch, bytes, in.data(), keys.data(), values_in.data(),
                                          values_out.data(), size);
  });
  std::vector<T> expected = values;
  std::sort(expected.begin(), expected.end());
  EXPECT_TRUE(out.to_host() == expected) << "keys, " << size;
  std::reverse(expected.begin(), expected.end());
  EXPECT_TRUE(keys.to_host() == expected) << "keys of pairs, " << size;
  std::stable_sort(numbers.begin(), numbers.end(),
                   [&](unsigned a, unsigned b) { return values[a] > values[b]; });
  EXPECT_TRUE(values_out.to_host() == numbers) << "values of pairs, " << size;
}

TEST(DeviceRadixSort, KeysAndPairs) {
  for (const std::size_t size : kSizes) {
    check_sort<unsigned>(size);
    check_sort<float>(std::min<std::size_t>(size, 50'000));
  }
}

TEST(DeviceHistogram, EvenBins) {
  constexpr unsigned kBins = 64;
  for (const std::size_t size : kSizes) {
    const std::vector<int> values = random_values<int>(size, 1024);
    const DeviceArray<int> in(values);
    const DeviceArray<unsigned> counts(kBins);
    run([&](void* scratch, std::size_t& bytes) {
      return rocprim::histogram_even(scratch, bytes, in.data(), static_cast<unsigned>(size),
                                     counts.data(), kBins + 1, 0, 1024);
    });
    std::vector<unsigned> expected(kBins);
    for (const int value : values) ++expected[static_cast<std::size_t>(value) / (1024 / kBins)];
    EXPECT_EQ(counts.to_host(), expected) << size;
  }
}

struct IsOdd {
  __host__ __device__ bool operator()(int value) const { return value % 2 != 0; }
};

TEST(DeviceSelect, OddValues) {
  for (const std::size_t size : kSizes) {
    const std::vector<int> values = random_values<int>(size, 1000);
    const DeviceArray<int> in(values);
    const DeviceArray<int> out(size);
    const DeviceArray<unsigned> count(1);
    run([&](void* scratch, std::size_t& bytes) {
      return rocprim::select(scratch, bytes, in.data(), out.data(), count.data(), size, IsOdd());
    });
    std::vector<int> expected;
    std::copy_if(values.begin(), values.end(), std::back_inserter(expected), IsOdd());
    ASSERT_EQ(count.to_host()[0], expected.size()) << size;
    std::vector<int> selected = out.to_host();
    selected.resize(expected.size());
    EXPECT_TRUE(selected == expected) << size;
  }
}

}  // namespace
}  // namespace programs
