// The calibration's products must be products: a kernel that skips work would be timed as well.
#include <gtest/gtest.h>
#include <hip/hip_runtime_api.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "bench/calibration/gemm_arguments.h"
#include "bench/calibration/kernel_tables.h"
#include "bench/calibration/kernel_timer.h"

namespace rdna1conv::calibration {

std::ostream& operator<<(std::ostream& out, const GemmKernel& kernel) {
  return out << "wave" << kernel.wave << ' ' << kernel.trans << " TT=" << kernel.thread_tile0 << 'x'
             << kernel.thread_tile1 << " WG=" << kernel.group0 << 'x' << kernel.group1
             << " depth=" << kernel.depth << " VW=" << kernel.vector_width
             << " load=" << kernel.load_width[0] << 'x' << kernel.load_width[1]
             << " pad=" << kernel.padding[0] << 'x' << kernel.padding[1]
             << " prefetch=" << kernel.prefetches_global << kernel.prefetches_local;
}

namespace {

float value(std::size_t i, unsigned salt) {
  return static_cast<float>((i * 2654435761u + salt) >> 7 & 15) - 7;
}

std::vector<float> values(std::size_t count, unsigned salt) {
  std::vector<float> result(count);
  for (std::size_t i = 0; i < count; ++i) result[i] = value(i, salt);
  return result;
}

void copy(void* to, const void* from, std::size_t bytes, hipMemcpyKind kind) {
  ASSERT_EQ(hipMemcpy(to, from, bytes, kind), hipSuccess);
}

class GemmKernels : public testing::TestWithParam<GemmKernel> {};

// How much less than 2 x 2 tiles, and steps of K more than whole tiles of it.
struct Ragged {
  int less_m, less_n, more_k;
};

// 2 x 2 tiles, 3 turns of the loop, half of the workgroups starting elsewhere along K, a batch
// of 2. Sums of small integers are exact.
void multiply_exactly(const GemmKernel& kernel, const Ragged& ragged) {
  const int m = 2 * kernel.thread_tile0 * kernel.group0 - ragged.less_m;
  const int n = 2 * kernel.thread_tile1 * kernel.group1 - ragged.less_n;
  const int tiles =
      std::max(3, 2 * 256 / (kernel.depth * 4));  // the second workgroup starts 256 bytes on
  const int k = tiles * kernel.depth + ragged.more_k;
  const int batch = 2;
  const bool a_by_k = kernel.trans[0] == 'T';
  const bool b_by_k = kernel.trans[1] == 'N';
  const std::size_t size_a = std::size_t(m) * k;
  const std::size_t size_b = std::size_t(n) * k;
  const std::size_t size_c = std::size_t(m) * n;
  const std::vector<float> a = values(size_a * batch, 1);
  const std::vector<float> b = values(size_b * batch, 2);
  const DeviceBuffer device_a(a.size() * sizeof(float));
  const DeviceBuffer device_b(b.size() * sizeof(float));
  const DeviceBuffer device_c(size_c * batch * sizeof(float));
  copy(device_a.as<void>(), a.data(), a.size() * sizeof(float), hipMemcpyHostToDevice);
  copy(device_b.as<void>(), b.data(), b.size() * sizeof(float), hipMemcpyHostToDevice);

  GemmArguments p{device_a.as<float>(),
                  device_b.as<float>(),
                  device_c.as<float>(),
                  a_by_k ? k : m,
                  b_by_k ? k : n,
                  m,
                  m,
                  n,
                  k,
                  2,
                  2,
                  static_cast<unsigned>(tiles),
                  1,
                  size_a,
                  size_b,
                  size_c};
  void* arguments[] = {&p};
  kernel_seconds(kernel.function, dim3(2, 2, batch), dim3(kernel.group0 * kernel.group1), arguments,
                 false);

  std::vector<float> c(size_c * batch);
  copy(c.data(), device_c.as<void>(), c.size() * sizeof(float), hipMemcpyDeviceToHost);
  std::size_t wrong = 0;
  for (int z = 0; z < batch; ++z) {
    for (int j = 0; j < n; ++j) {
      for (int i = 0; i < m; ++i) {
        float sum = 0;
        for (int l = 0; l < k; ++l) {
          sum += a[z * size_a + (a_by_k ? l + std::size_t(i) * k : i + std::size_t(l) * m)] *
                 b[z * size_b + (b_by_k ? l + std::size_t(j) * k : j + std::size_t(l) * n)];
        }
        wrong += c[z * size_c + i + std::size_t(j) * m] != sum;
      }
    }
  }
  EXPECT_EQ(wrong, 0u) << "elements of " << c.size() << " are wrong: " << kernel << ", m = " << m
                       << ", n = " << n << ", k = " << k;
}

TEST_P(GemmKernels, MultiplyExactly) {
  multiply_exactly(GetParam(), {0, 0, 0});
  // The depth of Navi 21's 4x4 kernels and of some others is no more than a load.
  if (GetParam().depth > 4) multiply_exactly(GetParam(), {4, 12, 4});
}

std::string test_name(const testing::TestParamInfo<GemmKernel>& info) {
  const GemmKernel& k = info.param;
  return "wave" + std::to_string(k.wave) + k.trans + "_" + std::to_string(k.thread_tile0) + "x" +
         std::to_string(k.thread_tile1) + "_" + std::to_string(k.group0) + "x" +
         std::to_string(k.group1) + "_" + std::to_string(k.depth) + "_" +
         std::to_string(k.vector_width) + "_load" + std::to_string(k.load_width[0]) + "x" +
         std::to_string(k.load_width[1]) + "_pad" + std::to_string(k.padding[0]) + "x" +
         std::to_string(k.padding[1]) + (k.prefetches_global ? "_global" : "") +
         (k.prefetches_local ? "_local" : "");
}

INSTANTIATE_TEST_SUITE_P(All, GemmKernels, testing::ValuesIn(gemm_kernels()), test_name);

}  // namespace
}  // namespace rdna1conv::calibration
