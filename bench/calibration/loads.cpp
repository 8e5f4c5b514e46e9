// perftest's rates are ratios: neither the clock of the card nor the number of threads is published
// with them. Its fastest loads, of 16 bytes from structured or typed buffers, are taken as the 128
// bytes a clock that AMD states for the L0, in the measured table as in this one.
#include <algorithm>
#include <array>

#include "bench/calibration/experiments.h"
#include "bench/calibration/kernel_tables.h"
#include "bench/calibration/kernel_timer.h"

namespace rdna1conv::calibration {
namespace {

constexpr double kFullRate = 128;  // bytes a clock and CU
// Two sizes of launch, whose difference is free of start and end: 20 WGPs hold 200 of these
// workgroups at a time.
constexpr int kSmallBlocks = 200;
constexpr int kLargeBlocks = 400;

struct PathName {
  const char* name;
  LoadPath path;
};
constexpr std::array kPaths = {
    PathName{"raw", LoadPath::kRaw}, PathName{"structured", LoadPath::kStructured},
    PathName{"global", LoadPath::kGlobal}, PathName{"scalar", LoadPath::kScalar}};
struct OrderName {
  const char* name;
  LoadOrder order;
};
constexpr std::array kOrders = {OrderName{"linear", LoadOrder::kLinear},
                                OrderName{"random", LoadOrder::kRandom},
                                OrderName{"uniform", LoadOrder::kUniform}};

// Bytes a second of the whole device.
double rate(const LoadKernel& kernel, unsigned first_byte) {
  static const DeviceBuffer data(16384);
  static const DeviceBuffer result(sizeof(float) * kLargeBlocks * kLoadThreads);
  LoadArguments p{data.as<float>(), result.as<float>(), 0, first_byte, kNoWrite};
  void* arguments[] = {&p};
  const auto seconds = [&](int blocks) {
    return kernel_seconds(kernel.function, dim3(blocks), dim3(kLoadThreads), arguments, false);
  };
  seconds(kSmallBlocks);  // the code is in the instruction caches from now on
  const double bytes = 4.0 * kernel.width * kLoadsPerThread * kLoadThreads *
                       static_cast<double>(kLargeBlocks - kSmallBlocks);
  return bytes / (seconds(kLargeBlocks) - seconds(kSmallBlocks));
}

const LoadKernel* find(LoadPath path, LoadOrder order, int width) {
  const auto& kernels = load_kernels();
  const auto found = std::find_if(kernels.begin(), kernels.end(), [&](const LoadKernel& each) {
    return each.path == path && each.order == order && each.width == width;
  });
  return found == kernels.end() ? nullptr : &*found;
}

}  // namespace

std::optional<Outcome> run_loads(const Measurement& row) {
  const auto path = std::find_if(kPaths.begin(), kPaths.end(), [&](const PathName& each) {
    return row.text("path") == each.name;
  });
  const auto order = std::find_if(kOrders.begin(), kOrders.end(), [&](const OrderName& each) {
    return row.text("order") == each.name;
  });
  if (path == kPaths.end() || order == kOrders.end()) return std::nullopt;
  const LoadKernel* kernel = find(path->path, order->order, row.number("dwords"));
  if (kernel == nullptr) return std::nullopt;

  static const double full =
      rate(*find(LoadPath::kStructured, LoadOrder::kLinear, 4), 0);  // bytes a second
  const double measured = rate(*kernel, static_cast<unsigned>(row.number("offset")));
  return Outcome{measured / full * kFullRate, {}};
}

}  // namespace rdna1conv::calibration
