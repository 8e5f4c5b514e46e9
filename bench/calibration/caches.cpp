// gpu-benches' experiments on caches. Each is run at two lengths, whose difference is free of
// start, end and of what is read for the first time.
#include <hip/hip_runtime_api.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/calibration/cache_kernels.h"
#include "bench/calibration/experiments.h"
#include "bench/calibration/kernel_timer.h"

namespace rdna1conv::calibration {
namespace {

constexpr std::size_t kLine = 128;
constexpr std::size_t kDataBytes = 16 << 20;  // more than any row reads

const DeviceBuffer& data() {
  static const DeviceBuffer buffer(kDataBytes);
  return buffer;
}

const DeviceBuffer& result() {
  static const DeviceBuffer buffer(kLine);
  return buffer;
}

// Seconds that the longer of two launches takes more.
template <class Arguments>
double difference(const void* kernel, dim3 grid, int threads, Arguments shorter, Arguments longer) {
  void* first[] = {&shorter};
  void* second[] = {&longer};
  const double start = kernel_seconds(kernel, grid, dim3(threads), first, true);
  return kernel_seconds(kernel, grid, dim3(threads), second, true) - start;
}

// A chain through the first `lines` lines of the data in no order.
const ChainLink* make_chain(std::size_t lines) {
  std::vector<std::uint32_t> order(lines);
  std::iota(order.begin(), order.end(), 0u);
  std::shuffle(order.begin() + 1, order.end(), std::minstd_rand(1));
  std::vector<std::uint64_t> words(lines * kLine / sizeof(std::uint64_t));
  const auto base = reinterpret_cast<std::uint64_t>(data().as<char>());
  for (std::size_t i = 0; i < lines; ++i) {
    words[order[i] * kLine / sizeof(std::uint64_t)] = base + order[(i + 1) % lines] * kLine;
  }
  if (hipMemcpy(data().as<void>(), words.data(), lines * kLine, hipMemcpyHostToDevice) !=
      hipSuccess) {
    throw std::runtime_error("hipMemcpy failed");
  }
  return data().as<ChainLink>();
}

}  // namespace

std::optional<Outcome> run_cache_reads(const Measurement& row) {
  const auto groups = static_cast<unsigned>(row.number("WGs"));
  const double bytes = row.number("kB") * 1024.0;
  CacheArguments p{data().as<float4>(), result().as<float>(),
                   static_cast<unsigned>(bytes / (2 * sizeof(float4))), 0};
  const unsigned round = p.elements / kCacheThreads;
  CacheArguments longer = p;
  p.steps = (std::max(round, 64u) + 7) / 8 * 8;
  longer.steps = p.steps + std::max(round, 256u) / 8 * 8;
  const double seconds = difference(cache_kernel(), dim3(groups), kCacheThreads, p, longer);
  const double read = 2.0 * sizeof(float4) * kCacheThreads * groups * (longer.steps - p.steps);
  return Outcome{read / seconds * 1e-9, {}};
}

std::optional<Outcome> run_l2_reads(const Measurement& row) {
  constexpr int kGroups = 800;
  const PartArguments p{data().as<double>(), result().as<float>(),
                        static_cast<unsigned>(row.number("kB") * 1024 / kPartBytes)};
  PartArguments arguments = p;
  void* values[] = {&arguments};
  const auto seconds = [&](int groups) {
    return kernel_seconds(part_kernel(), dim3(groups), dim3(kPartThreads), values, true);
  };
  const double start = seconds(kGroups);
  return Outcome{static_cast<double>(kPartBytes) * kGroups / (seconds(2 * kGroups) - start) * 1e-9,
                 "800 and 1600 workgroups instead of 200,000"};
}

std::optional<Outcome> run_chain(const Measurement& row) {
  constexpr unsigned kSteps = 2048;
  const std::size_t lines = row.number("kB") * 1024 / kLine;
  ChainArguments shorter{make_chain(lines), result().as<const ChainLink*>(), 0};
  shorter.steps = static_cast<unsigned>((lines + kChainUnroll - 1) / kChainUnroll * kChainUnroll);
  ChainArguments longer = shorter;
  longer.steps += kSteps;
  return Outcome{difference(chain_kernel(), dim3(1), 1, shorter, longer) / kSteps * 1e9, {}};
}

std::optional<Outcome> run_strides(const Measurement& row) {
  constexpr unsigned kSteps = 64;
  const StrideArguments shorter{data().as<float>(), result().as<float>(),
                                static_cast<unsigned>(row.number("stride")), kSteps, 0};
  StrideArguments longer = shorter;
  longer.steps = 2 * kSteps;
  const double read = 1.0 * sizeof(float) * kStrideThreads * kStrideLoads * kSteps;
  return Outcome{
      read / difference(stride_kernel(), dim3(1), kStrideThreads, shorter, longer) * 1e-9, {}};
}

}  // namespace rdna1conv::calibration
