// clpeak's compute experiment in our own words (github.com/krrishnarraj/clpeak,
// src/kernels/compute_*_kernels.cl): two registers that feed each other, as many waves as fit.
#include <hip/hip_fp16.h>
#include <hip/hip_runtime.h>

#include "bench/calibration/kernel_tables.h"

namespace rdna1conv::calibration {
namespace {

template <class T>
__device__ T multiply_add(T a, T b, T c) {
  return a * b + c;
}
template <>
__device__ float multiply_add(float a, float b, float c) {
  return fmaf(a, b, c);
}
template <>
__device__ double multiply_add(double a, double b, double c) {
  return fma(a, b, c);
}
// Two instructions, as the compiler of the measured program made: see mixbench_kernels.hip.
template <>
__device__ int multiply_add(int a, int b, int c) {
  int product = a * b;
  asm volatile("" : "+v"(product));
  return product + c;
}
template <>
__device__ __half2 multiply_add(__half2 a, __half2 b, __half2 c) {
  return __hfma2(a, b, c);
}

template <class T>
__device__ T from(float value) {
  return static_cast<T>(value);
}
template <>
__device__ __half2 from<__half2>(float value) {
  return __float2half2_rn(value);
}
template <class T>
__device__ float to_float(T value) {
  return static_cast<float>(value);
}
template <>
__device__ float to_float(__half2 value) {
  return __low2float(value) + __high2float(value);
}

template <class T>
__global__ __launch_bounds__(kPeakThreads) void peak(float seed, float* result) {
  T x = from<T>(seed);
  T y = from<T>(static_cast<float>(threadIdx.x));
#pragma unroll 16
  for (int i = 0; i < kPeakOperations; i += 2) {
    x = multiply_add<T>(y, x, y);
    y = multiply_add<T>(x, y, x);
  }
  result[blockIdx.x * kPeakThreads + threadIdx.x] = to_float<T>(y);
}

template <class T>
const void* address() {
  return reinterpret_cast<const void*>(&peak<T>);
}

}  // namespace

const std::vector<PeakKernel>& peak_kernels() {
  static const std::vector<PeakKernel> kernels = {{Arithmetic::kFp32, address<float>()},
                                                  {Arithmetic::kFp64, address<double>()},
                                                  {Arithmetic::kFp16Packed, address<__half2>()},
                                                  {Arithmetic::kInt32, address<int>()}};
  return kernels;
}

}  // namespace rdna1conv::calibration
