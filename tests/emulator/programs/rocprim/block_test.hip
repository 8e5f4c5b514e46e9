// rocPRIM's algorithms of a workgroup and of a wave against the C++ standard library.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <rocprim/rocprim.hpp>
#include <vector>

#include "device_memory.h"
#include "rocprim/random_values.h"

namespace programs {
namespace {

constexpr unsigned kBlocks = 3;

// Each workgroup reduces and scans its own piece of the input.
template <class T, unsigned kSize, rocprim::block_reduce_algorithm kAlgorithm>
__global__ void __launch_bounds__(kSize) reduce_kernel(const T* in, T* out) {
  using Reduce = rocprim::block_reduce<T, kSize, kAlgorithm>;
  __shared__ typename Reduce::storage_type storage;
  T result;
  Reduce().reduce(in[blockIdx.x * kSize + threadIdx.x], result, storage, rocprim::plus<T>());
  if (threadIdx.x == 0) out[blockIdx.x] = result;
}

template <class T, unsigned kSize, rocprim::block_scan_algorithm kAlgorithm>
__global__ void __launch_bounds__(kSize) scan_kernel(const T* in, T* inclusive, T* exclusive) {
  using Scan = rocprim::block_scan<T, kSize, kAlgorithm>;
  __shared__ typename Scan::storage_type storage;
  const unsigned i = blockIdx.x * kSize + threadIdx.x;
  Scan().inclusive_scan(in[i], inclusive[i], storage, rocprim::plus<T>());
  __syncthreads();
  Scan().exclusive_scan(in[i], exclusive[i], T(5), storage, rocprim::plus<T>());
}

template <class T, unsigned kSize, unsigned kItems>
__global__ void __launch_bounds__(kSize) radix_sort_kernel(const T* in, T* out) {
  using Sort = rocprim::block_radix_sort<T, kSize, kItems>;
  __shared__ typename Sort::storage_type storage;
  const unsigned offset = blockIdx.x * kSize * kItems;
  T values[kItems];
  rocprim::block_load_direct_blocked(threadIdx.x, in + offset, values);
  Sort().sort(values, storage);
  rocprim::block_store_direct_blocked(threadIdx.x, out + offset, values);
}

template <class T, unsigned kSize>
__global__ void __launch_bounds__(kSize) bitonic_sort_kernel(const T* in, T* out) {
  using Sort = rocprim::block_sort<T, kSize>;
  __shared__ typename Sort::storage_type storage;
  T value = in[blockIdx.x * kSize + threadIdx.x];
  Sort().sort(value, storage, rocprim::less<T>());
  out[blockIdx.x * kSize + threadIdx.x] = value;
}

template <class T, unsigned kSize, unsigned kItems>
__global__ void __launch_bounds__(kSize) transpose_kernel(const T* in, T* out) {
  using Exchange = rocprim::block_exchange<T, kSize, kItems>;
  __shared__ typename Exchange::storage_type storage;
  const unsigned offset = blockIdx.x * kSize * kItems;
  T values[kItems];
  rocprim::block_load_direct_blocked(threadIdx.x, in + offset, values);
  Exchange().blocked_to_striped(values, values, storage);
  rocprim::block_store_direct_striped<kSize>(threadIdx.x, out + offset, values);
}

template <unsigned kSize, unsigned kItems, rocprim::block_histogram_algorithm kAlgorithm>
__global__ void __launch_bounds__(kSize)
    histogram_kernel(const unsigned char* in, unsigned* counts) {
  using Histogram = rocprim::block_histogram<unsigned char, kSize, kItems, 256, kAlgorithm>;
  __shared__ typename Histogram::storage_type storage;
  __shared__ unsigned bins[256];
  unsigned char values[kItems];
  rocprim::block_load_direct_blocked(threadIdx.x, in + blockIdx.x * kSize * kItems, values);
  Histogram().histogram(values, bins, storage);
  __syncthreads();
  for (unsigned i = threadIdx.x; i < 256; i += kSize) counts[blockIdx.x * 256 + i] = bins[i];
}

template <class T, unsigned kLogical>
__global__ void wave_kernel(const T* in, T* sums, T* scans, T* sorted) {
  using Reduce = rocprim::warp_reduce<T, kLogical, true>;
  using Scan = rocprim::warp_scan<T, kLogical>;
  using Sort = rocprim::warp_sort<T, kLogical>;
  __shared__ typename Reduce::storage_type reduce_storage[128 / kLogical];
  __shared__ typename Scan::storage_type scan_storage[128 / kLogical];
  __shared__ typename Sort::storage_type sort_storage[128 / kLogical];
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  const unsigned wave = threadIdx.x / kLogical;
  Reduce().reduce(in[i], sums[i], reduce_storage[wave], rocprim::plus<T>());
  Scan().inclusive_scan(in[i], scans[i], scan_storage[wave], rocprim::plus<T>());
  T value = in[i];
  Sort().sort(value, sort_storage[wave]);
  sorted[i] = value;
}

// Applies `f(begin, end, out)` to pieces of `values`.
template <class T, class F>
std::vector<T> by_piece(const std::vector<T>& values, std::size_t piece, F f) {
  std::vector<T> result(values.size());
  for (std::size_t i = 0; i < values.size(); i += piece)
    f(&values[i], &values[i] + piece, &result[i]);
  return result;
}

template <class T>
void sort_into(const T* begin, const T* end, T* out) {
  std::copy(begin, end, out);
  std::sort(out, out + (end - begin));
}

template <class T, unsigned kSize, rocprim::block_reduce_algorithm kAlgorithm>
void check_reduce() {
  const std::vector<T> values = random_values<T>(kBlocks * kSize);
  const DeviceArray<T> in(values);
  const DeviceArray<T> out(kBlocks);
  reduce_kernel<T, kSize, kAlgorithm><<<kBlocks, kSize>>>(in.data(), out.data());
  std::vector<T> expected;
  for (unsigned block = 0; block < kBlocks; ++block) {
    const T* begin = &values[block * kSize];
    expected.push_back(std::accumulate(begin, begin + kSize, T(0)));
  }
  EXPECT_EQ(out.to_host(), expected) << kSize << " work-items";
}

TEST(BlockReduce, AllAlgorithmsAndTypes) {
  using A = rocprim::block_reduce_algorithm;
  check_reduce<unsigned, 256, A::using_warp_reduce>();
  check_reduce<unsigned, 96, A::using_warp_reduce>();
  check_reduce<unsigned, 256, A::raking_reduce>();
  check_reduce<float, 128, A::using_warp_reduce>();
  check_reduce<float, 512, A::raking_reduce>();
  check_reduce<double, 256, A::using_warp_reduce>();
  check_reduce<unsigned long, 64, A::raking_reduce>();
}

template <class T, unsigned kSize, rocprim::block_scan_algorithm kAlgorithm>
void check_scan() {
  const std::vector<T> values = random_values<T>(kBlocks * kSize);
  const DeviceArray<T> in(values);
  const DeviceArray<T> inclusive(values.size());
  const DeviceArray<T> exclusive(values.size());
  scan_kernel<T, kSize, kAlgorithm>
      <<<kBlocks, kSize>>>(in.data(), inclusive.data(), exclusive.data());
  EXPECT_EQ(inclusive.to_host(), by_piece(values, kSize, [](const T* begin, const T* end, T* out) {
              std::inclusive_scan(begin, end, out);
            }));
  EXPECT_EQ(exclusive.to_host(), by_piece(values, kSize, [](const T* begin, const T* end, T* out) {
              std::exclusive_scan(begin, end, out, T(5));
            }));
}

TEST(BlockScan, AllAlgorithmsAndTypes) {
  using A = rocprim::block_scan_algorithm;
  check_scan<int, 256, A::using_warp_scan>();
  check_scan<int, 256, A::reduce_then_scan>();
  check_scan<float, 96, A::using_warp_scan>();
  check_scan<double, 128, A::reduce_then_scan>();
  check_scan<unsigned long, 512, A::using_warp_scan>();
}

template <class T, unsigned kSize, unsigned kItems>
void check_radix_sort() {
  const std::vector<T> values = random_values<T>(kBlocks * kSize * kItems);
  const DeviceArray<T> in(values);
  const DeviceArray<T> out(values.size());
  radix_sort_kernel<T, kSize, kItems><<<kBlocks, kSize>>>(in.data(), out.data());
  EXPECT_EQ(out.to_host(), by_piece(values, kSize * kItems, sort_into<T>));
}

TEST(BlockSort, Radix) {
  check_radix_sort<unsigned, 256, 4>();
  check_radix_sort<int, 128, 1>();
  check_radix_sort<float, 64, 3>();
  check_radix_sort<unsigned char, 256, 8>();
  check_radix_sort<long, 128, 2>();
}

template <class T, unsigned kSize>
void check_bitonic_sort() {
  const std::vector<T> values = random_values<T>(kBlocks * kSize);
  const DeviceArray<T> in(values);
  const DeviceArray<T> out(values.size());
  bitonic_sort_kernel<T, kSize><<<kBlocks, kSize>>>(in.data(), out.data());
  EXPECT_EQ(out.to_host(), by_piece(values, kSize, sort_into<T>));
}

TEST(BlockSort, Bitonic) {
  check_bitonic_sort<int, 256>();
  check_bitonic_sort<float, 64>();
  check_bitonic_sort<unsigned long, 128>();
}

TEST(BlockExchange, BlockedToStripedKeepsTheOrder) {
  const std::vector<int> values = random_values<int>(kBlocks * 128 * 5);
  const DeviceArray<int> in(values);
  const DeviceArray<int> out(values.size());
  transpose_kernel<int, 128, 5><<<kBlocks, 128>>>(in.data(), out.data());
  EXPECT_EQ(out.to_host(), values);
}

template <rocprim::block_histogram_algorithm kAlgorithm>
void check_histogram() {
  const std::vector<unsigned char> values = random_values<unsigned char>(kBlocks * 128 * 6, 200);
  const DeviceArray<unsigned char> in(values);
  const DeviceArray<unsigned> out(kBlocks * 256);
  histogram_kernel<128, 6, kAlgorithm><<<kBlocks, 128>>>(in.data(), out.data());
  std::vector<unsigned> expected(kBlocks * 256);
  for (std::size_t i = 0; i < values.size(); ++i) ++expected[i / (128 * 6) * 256 + values[i]];
  EXPECT_EQ(out.to_host(), expected);
}

TEST(BlockHistogram, BothAlgorithms) {
  check_histogram<rocprim::block_histogram_algorithm::using_atomic>();
  check_histogram<rocprim::block_histogram_algorithm::using_sort>();
}

template <class T, unsigned kLogical>
void check_wave() {
  const std::vector<T> values = random_values<T>(kBlocks * 128);
  const DeviceArray<T> in(values);
  const DeviceArray<T> sums(values.size());
  const DeviceArray<T> scans(values.size());
  const DeviceArray<T> sorted(values.size());
  wave_kernel<T, kLogical><<<kBlocks, 128>>>(in.data(), sums.data(), scans.data(), sorted.data());
  EXPECT_EQ(sums.to_host(), by_piece(values, kLogical,
                                     [](const T* begin, const T* end, T* out) {
                                       std::fill(out, out + (end - begin),
                                                 std::accumulate(begin, end, T(0)));
                                     }))
      << kLogical << " lanes";
  EXPECT_EQ(scans.to_host(), by_piece(values, kLogical,
                                      [](const T* begin, const T* end, T* out) {
                                        std::inclusive_scan(begin, end, out);
                                      }))
      << kLogical << " lanes";
  EXPECT_EQ(sorted.to_host(), by_piece(values, kLogical, sort_into<T>)) << kLogical << " lanes";
}

TEST(Wave, ReduceScanAndSort) {
  check_wave<int, 32>();
  check_wave<unsigned, 16>();
  check_wave<float, 32>();
  check_wave<float, 8>();
  check_wave<double, 32>();
  check_wave<unsigned long, 4>();
}

}  // namespace
}  // namespace programs
