// mixbench's read-only experiment in our own words (github.com/ekondis/mixbench,
// mixbench-hip/mix_kernels_hip_ro.cpp): the same loads, the same dependent multiply-adds, the same
// reduction, so that the compiler meets the same loop.
#include <hip/hip_fp16.h>
#include <hip/hip_runtime.h>

#include "bench/calibration/kernel_tables.h"

namespace rdna1conv::calibration {
namespace {

// mixbench leaves the contraction of a * b + c to the compiler.
template <class T>
__device__ T multiply_add(T a, T b, T c) {
  return a * b + c;
}
template <>
__device__ double multiply_add(double a, double b, double c) {
  return fma(a, b, c);
}
// clang 13, which compiled the measured program, made two instructions of it; later versions know
// v_mad_u64_u32.
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
__device__ bool equal(T a, T b) {
  return a == b;
}
template <>
__device__ bool equal(__half2 a, __half2 b) {
  return __hbeq2(a, b);
}

template <class T>
__device__ T constant(float value) {
  return static_cast<T>(value);
}
template <>
__device__ __half2 constant<__half2>(float value) {
  return __float2half2_rn(value);
}

template <class T, int kIterations>
__global__ void mix(T seed, T* data) {
  const int first = blockIdx.x * kMixThreads * kMixElements + threadIdx.x;
  T values[kMixElements];
#pragma unroll
  for (int j = 0; j < kMixElements; ++j) {
    values[j] = data[first + j * kMixThreads];
    for (int i = 0; i < kIterations; ++i) values[j] = multiply_add<T>(values[j], values[j], seed);
  }
  T sum = constant<T>(0);
#pragma unroll
  for (int j = 0; j < kMixElements; j += 2) sum = multiply_add<T>(values[j], values[j + 1], sum);
  if (equal<T>(sum, constant<T>(-1))) data[first] = sum;  // the data never makes it so
}

template <class T>
const void* address(void (*kernel)(T, T*)) {
  return reinterpret_cast<const void*>(kernel);
}

template <int... kIterations>
std::vector<MixKernel> instances() {
  return {{Arithmetic::kFp32, kIterations, address(mix<float, kIterations>)}...,
          {Arithmetic::kFp64, kIterations, address(mix<double, kIterations>)}...,
          {Arithmetic::kFp16Packed, kIterations, address(mix<__half2, kIterations>)}...,
          {Arithmetic::kInt32, kIterations, address(mix<int, kIterations>)}...};
}

}  // namespace

const std::vector<MixKernel>& mix_kernels() {
  static const auto kernels =
      instances<0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 22, 24, 28,
                32, 40, 48, 56, 64, 80, 96, 128, 256, 512>();
  return kernels;
}

}  // namespace rdna1conv::calibration
