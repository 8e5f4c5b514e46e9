#include <algorithm>
#include <array>

#include "bench/calibration/experiments.h"
#include "bench/calibration/kernel_tables.h"
#include "bench/calibration/kernel_timer.h"

namespace rdna1conv::calibration {
namespace {

struct PeakType {
  const char* name;
  Arithmetic arithmetic;
  int components;
};
constexpr std::array kTypes = {
    PeakType{"fp32", Arithmetic::kFp32, 1}, PeakType{"fp64", Arithmetic::kFp64, 1},
    PeakType{"fp16pk", Arithmetic::kFp16Packed, 2}, PeakType{"int32mad", Arithmetic::kInt32, 1}};

// Workgroups: enough for all waves of 40 CUs many times over, so that start and end do not show.
constexpr int kBlocks = 6400;

}  // namespace

std::optional<Outcome> run_peak(const Measurement& row) {
  const auto type = std::find_if(kTypes.begin(), kTypes.end(), [&](const PeakType& each) {
    return row.text("type") == each.name;
  });
  if (type == kTypes.end()) return std::nullopt;
  const auto& kernels = peak_kernels();
  const auto kernel = std::find_if(kernels.begin(), kernels.end(), [&](const PeakKernel& each) {
    return each.arithmetic == type->arithmetic;
  });
  if (kernel == kernels.end()) return std::nullopt;

  const DeviceBuffer result(sizeof(float) * kBlocks * kPeakThreads);
  float seed = 1.5f;
  float* pointer = result.as<float>();
  void* arguments[] = {&seed, &pointer};
  const double seconds =
      kernel_seconds(kernel->function, dim3(kBlocks), dim3(kPeakThreads), arguments, false);
  const double operations =
      2.0 * kPeakOperations * type->components * kPeakThreads * static_cast<double>(kBlocks);
  return Outcome{operations / seconds * 1e-9, {}};
}

}  // namespace rdna1conv::calibration
