#pragma once

// The device side of params/epilogue.h: one function that a kernel calls at its store. What is
// fused is uniform over the launch, so an unfused store pays one scalar branch.

#include <hip/hip_runtime.h>

#include <cstdint>

#include "global_memory.h"
#include "params/epilogue.h"

namespace rdna1conv {

// A NaN goes through RELU and its kin, as through those of activation.hip.
__device__ inline float activate(float v, Activation activation, const EpilogueScalars& s) {
  switch (activation) {
    case Activation::kLogistic:
      return 1.0f / (1.0f + expf(-v));
    case Activation::kTanh:
      return s.activation_beta * tanhf(s.activation_alpha * v);
    case Activation::kRelu:
      return v < 0 ? 0 : v;
    case Activation::kSoftRelu:
      // log(1 + e^v) without overflow for large v.
      return (v > 0 ? v : 0) + log1pf(expf(-fabsf(v)));
    case Activation::kAbs:
      return fabsf(v);
    case Activation::kPower:
      return powf(s.activation_alpha + s.activation_beta * v, s.activation_gamma);
    case Activation::kClippedRelu: {
      const float relu = v < 0 ? 0 : v;
      return relu > s.activation_alpha ? s.activation_alpha : relu;
    }
    case Activation::kLeakyRelu:
      return v > 0 ? v : s.activation_alpha * v;
    case Activation::kElu:
      return v > 0 ? v : s.activation_alpha * expm1f(v);
    case Activation::kClamp: {
      const float below = v > s.activation_beta ? s.activation_beta : v;
      return below < s.activation_alpha ? s.activation_alpha : below;
    }
    case Activation::kPassThrough:
      break;
  }
  return v;
}

__device__ inline bool is_plain(const EpilogueParams& p) {
  return (p.operations | static_cast<uint32_t>(p.activation)) == 0;
}

// The value to store for the sum `acc` of output channel `k` and output pixel `pixel`, whose
// element lies at `offset` of the output and of z. `output` is read only when beta is not 0.
template <class T>
__device__ inline float apply_epilogue(const EpilogueParams& p, float acc, uint32_t k,
                                       uint32_t pixel, uint64_t offset, const T* output) {
  float v = acc;
  const EpilogueScalars& s = p.scalars;
  if (p.operations & kEpilogueScaled) {
    v *= s.alpha;
    if (s.beta != 0) v += s.beta * static_cast<float>(load_global(output + offset));
  }
  if (p.operations & kEpilogueAddsZ)
    v += s.z_scale * static_cast<float>(load_global(static_cast<const T*>(p.z) + offset));
  if (p.operations & kEpilogueAddsBias)
    v += static_cast<float>(load_global(static_cast<const T*>(p.bias) + k));
  if (p.operations & kEpilogueNormalizes) {
    const uint64_t at = k * p.norm_k + uint64_t{pixel} * p.norm_pixel;
    v = (v - load_global(p.norm_mean + at)) /
            sqrtf(load_global(p.norm_variance + at) + s.norm_epsilon) *
            load_global(p.norm_scale + at) +
        load_global(p.norm_shift + at);
  }
  return activate(v, p.activation, s);
}

}  // namespace rdna1conv
