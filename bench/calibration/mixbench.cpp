#include <hip/hip_fp16.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "bench/calibration/experiments.h"
#include "bench/calibration/kernel_tables.h"
#include "bench/calibration/kernel_timer.h"

namespace rdna1conv::calibration {
namespace {

constexpr std::size_t kElements = std::size_t{1} << 25;  // mixbench's VECTOR_SIZE
constexpr int kBlocks = static_cast<int>(kElements) / (kMixThreads * kMixElements);

struct ElementType {
  const char* name;
  Arithmetic arithmetic;
  int components;
};
constexpr std::array kTypes = {ElementType{"fp32", Arithmetic::kFp32, 1},
                               ElementType{"fp64", Arithmetic::kFp64, 1},
                               ElementType{"fp16pk", Arithmetic::kFp16Packed, 2},
                               ElementType{"int32mad", Arithmetic::kInt32, 1}};

// One for all rows, as large as the widest type needs.
const DeviceBuffer& data() {
  static const DeviceBuffer buffer(kElements * sizeof(double));
  return buffer;
}

// What the row before left in the L2 is no concern of this one: the end of the data is in it, which
// is read last or not at all.
void leave_nothing_in_l2() {
  static const DeviceBuffer result(kThroughThreads * kThroughBlocks * sizeof(float));
  const char* from = data().as<char>() + kElements * sizeof(double) - kThroughBytes;
  float* to = result.as<float>();
  void* arguments[] = {&from, &to};
  kernel_seconds(through_kernel(), dim3(kThroughBlocks), dim3(kThroughThreads), arguments, false);
}

}  // namespace

std::optional<Outcome> run_mixbench(const Measurement& row) {
  const auto type = std::find_if(kTypes.begin(), kTypes.end(), [&](const ElementType& each) {
    return row.text("type") == each.name;
  });
  const int iterations = row.number("iters");
  const auto& kernels = mix_kernels();
  const auto kernel = std::find_if(kernels.begin(), kernels.end(), [&](const MixKernel& each) {
    return type != kTypes.end() && each.arithmetic == type->arithmetic &&
           each.iterations == iterations;
  });
  if (kernel == kernels.end()) return std::nullopt;

  // A seed of 1 in any of the types.
  union {
    float fp32;
    double fp64;
    std::uint16_t fp16[2];
    int int32;
  } seed;
  switch (type->arithmetic) {
    case Arithmetic::kFp32:
      seed.fp32 = 1;
      break;
    case Arithmetic::kFp64:
      seed.fp64 = 1;
      break;
    case Arithmetic::kFp16Packed:
      seed.fp16[0] = seed.fp16[1] = 0x3c00;
      break;
    case Arithmetic::kInt32:
      seed.int32 = 1;
      break;
  }
  leave_nothing_in_l2();
  void* pointer = data().as<void>();
  void* arguments[] = {&seed, &pointer};
  const double seconds =
      kernel_seconds(kernel->function, dim3(kBlocks), dim3(kMixThreads), arguments, false);
  // mixbench counts the reduction as one operation an element.
  const double operations = kElements * (2.0 * iterations + 1) * type->components;
  return Outcome{operations / seconds * 1e-9, {}};
}

}  // namespace rdna1conv::calibration
