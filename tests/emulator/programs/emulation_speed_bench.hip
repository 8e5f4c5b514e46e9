// How fast the software device executes, in wave-instructions a second of one host core. Kernels
// that a convolution library consists of, and a loop of nothing but multiply-adds.
#include <benchmark/benchmark.h>
#include <dlfcn.h>
#include <hip/hip_runtime.h>

#include <cmath>
#include <cstdlib>
#include <ctime>
#include <vector>

#include "device_memory.h"
#include "hsa/device_report.h"

namespace {

constexpr unsigned kTile = 128;  // outputs of a workgroup along either axis
constexpr unsigned kSlab = 8;    // k values in LDS at a time
constexpr unsigned kThreads = 256;

// C(m, n) = sum over k of A(k, m) * B(k, n), for lengths that are multiples of kTile and kSlab.
// 8 x 8 outputs a work-item, in two pieces of 4 along either axis, so that the 16-byte reads of
// neighbouring lanes touch neighbouring banks.
__global__ void __launch_bounds__(kThreads)
    gemm_kernel(const float* a, const float* b, float* c, unsigned m, unsigned n, unsigned k) {
  __shared__ float4 tile_a[kSlab][kTile / 4];
  __shared__ float4 tile_b[kSlab][kTile / 4];
  const unsigned thread = threadIdx.x;
  const unsigned column = thread % 16;
  const unsigned row = thread / 16;
  const unsigned first_m = blockIdx.y * kTile;
  const unsigned first_n = blockIdx.x * kTile;
  const unsigned load_k = thread / (kTile / 4);
  const unsigned load_4 = thread % (kTile / 4);
  const float4* from_a = reinterpret_cast<const float4*>(a + load_k * m + first_m) + load_4;
  const float4* from_b = reinterpret_cast<const float4*>(b + load_k * n + first_n) + load_4;
  float sum[8][8] = {};
  for (unsigned begin = 0; begin < k; begin += kSlab) {
    const float4 next_a = *from_a;
    const float4 next_b = *from_b;
    from_a += kSlab * m / 4;
    from_b += kSlab * n / 4;
    __syncthreads();
    tile_a[load_k][load_4] = next_a;
    tile_b[load_k][load_4] = next_b;
    __syncthreads();
#pragma unroll
    for (unsigned i = 0; i < kSlab; ++i) {
      const float4 a0 = tile_a[i][row];
      const float4 a1 = tile_a[i][row + 16];
      const float4 b0 = tile_b[i][column];
      const float4 b1 = tile_b[i][column + 16];
      const float left[8] = {a0.x, a0.y, a0.z, a0.w, a1.x, a1.y, a1.z, a1.w};
      const float right[8] = {b0.x, b0.y, b0.z, b0.w, b1.x, b1.y, b1.z, b1.w};
#pragma unroll
      for (unsigned y = 0; y < 8; ++y) {
#pragma unroll
        for (unsigned x = 0; x < 8; ++x) sum[y][x] = fmaf(left[y], right[x], sum[y][x]);
      }
    }
  }
#pragma unroll
  for (unsigned y = 0; y < 8; ++y) {
    const unsigned at_m = first_m + (y / 4) * 64 + row * 4 + y % 4;
    float4* out = reinterpret_cast<float4*>(c + at_m * n + first_n) + column;
    out[0] = {sum[y][0], sum[y][1], sum[y][2], sum[y][3]};
    out[16] = {sum[y][4], sum[y][5], sum[y][6], sum[y][7]};
  }
}

// One output a work-item, everything from global memory.
__global__ void __launch_bounds__(kThreads)
    naive_gemm_kernel(const float* a, const float* b, float* c, unsigned m, unsigned n,
                      unsigned k) {
  const unsigned at_n = blockIdx.x * 32 + threadIdx.x % 32;
  const unsigned at_m = blockIdx.y * 8 + threadIdx.x / 32;
  float sum = 0;
  for (unsigned i = 0; i < k; ++i) sum = fmaf(a[i * m + at_m], b[i * n + at_n], sum);
  c[at_m * n + at_n] = sum;
}

// Multiply-adds between registers.
__global__ void __launch_bounds__(kThreads) multiply_add_kernel(float* values, unsigned count) {
  float sum[16];
  for (unsigned i = 0; i < 16; ++i) sum[i] = values[i * kThreads + threadIdx.x];
  const float factor = values[threadIdx.x];
  const float other = values[kThreads + threadIdx.x];
  for (unsigned k = 0; k < count; ++k) {
#pragma unroll
    for (unsigned i = 0; i < 16; ++i) {
      // The two-address form, which the compiler does not choose here.
      asm("v_fmac_f32 %0, %1, %2" : "+v"(sum[i]) : "v"(factor), "v"(other));
    }
  }
  for (unsigned i = 0; i < 16; ++i) values[i * kThreads + threadIdx.x] = sum[i];
}

// Counters of the software device that the HIP runtime has loaded; zeros on a card.
RdnaEmulatorCounters read_counters() {
  static const auto read =
      emulator::find_in_device<decltype(emulator_read_counters)>("emulator_read_counters");
  RdnaEmulatorCounters counters{};
  if (read != nullptr) read(&counters);
  return counters;
}

double process_cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// Runs `launch` until the benchmark has enough and reports the instructions that were executed.
template <class Launch>
void measure(benchmark::State& state, Launch launch) {
  launch();  // loads the code object
  programs::check(hipDeviceSynchronize(), "warm-up");
  const RdnaEmulatorCounters before = read_counters();
  const double begin = process_cpu_seconds();
  for (auto _ : state) {
    launch();
    programs::check(hipDeviceSynchronize(), "kernel");
  }
  const double seconds = process_cpu_seconds() - begin;
  const RdnaEmulatorCounters after = read_counters();
  const double instructions =
      static_cast<double>(after.wave_instructions - before.wave_instructions);
  if (instructions == 0) {
    state.SkipWithError("no software device: nothing to count");
    return;
  }
  // Per second of the clock, and per second of CPU time: on a busy machine the first says little.
  state.counters["wave_instructions"] =
      benchmark::Counter(instructions, benchmark::Counter::kIsRate);
  state.counters["per_cpu_second"] = instructions / seconds;
  state.counters["fma_share"] = static_cast<double>(after.fma - before.fma) / instructions;
}

std::vector<float> small_integers(std::size_t count, unsigned start) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = static_cast<float>((i * 2654435761u + start) >> 7 & 7) - 3;
  }
  return values;
}

// Products of small integers add up exactly: every output must be right.
bool is_product(const std::vector<float>& a, const std::vector<float>& b,
                const std::vector<float>& c, unsigned m, unsigned n, unsigned k) {
  for (unsigned row = 0; row < m; row += 7) {
    for (unsigned column = 0; column < n; ++column) {
      float sum = 0;
      for (unsigned i = 0; i < k; ++i) sum += a[i * m + row] * b[i * n + column];
      if (c[row * n + column] != sum) return false;
    }
  }
  return true;
}

template <class Launch>
void measure_gemm(benchmark::State& state, unsigned length, Launch launch) {
  const std::vector<float> a = small_integers(std::size_t{length} * length, 1);
  const std::vector<float> b = small_integers(std::size_t{length} * length, 12345);
  const programs::DeviceArray<float> device_a(a);
  const programs::DeviceArray<float> device_b(b);
  const programs::DeviceArray<float> device_c(std::size_t{length} * length);
  measure(state, [&] { launch(device_a.data(), device_b.data(), device_c.data()); });
  if (!is_product(a, b, device_c.to_host(), length, length, length)) {
    state.SkipWithError("the product is wrong");
  }
}

void register_blocked_gemm(benchmark::State& state) {
  constexpr unsigned kLength = 256;
  measure_gemm(state, kLength, [](const float* a, const float* b, float* c) {
    gemm_kernel<<<dim3(kLength / kTile, kLength / kTile), kThreads>>>(a, b, c, kLength, kLength,
                                                                      kLength);
  });
}

void naive_gemm(benchmark::State& state) {
  constexpr unsigned kLength = 128;
  measure_gemm(state, kLength, [](const float* a, const float* b, float* c) {
    naive_gemm_kernel<<<dim3(kLength / 32, kLength / 8), kThreads>>>(a, b, c, kLength, kLength,
                                                                     kLength);
  });
}

void multiply_add_loop(benchmark::State& state) {
  const programs::DeviceArray<float> values(std::vector<float>(16 * kThreads, 0.5f));
  measure(state, [&] { multiply_add_kernel<<<1, kThreads>>>(values.data(), 10000); });
}

BENCHMARK(register_blocked_gemm)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();
BENCHMARK(naive_gemm)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();
BENCHMARK(multiply_add_loop)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();

}  // namespace

int main(int argc, char** argv) {
  // One worker thread, unless the caller says otherwise: the figure is per core.
  setenv("RDNA1CONV_EMULATOR_THREADS", "1", 0);
  benchmark::AddCustomContext("device threads", std::getenv("RDNA1CONV_EMULATOR_THREADS"));
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return EXIT_FAILURE;
  benchmark::RunSpecifiedBenchmarks();
  return EXIT_SUCCESS;
}
