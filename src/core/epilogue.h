#pragma once

// What is fused behind a convolution, as part of the problem: the numbers and buffers come with the
// run call. With `acc` the convolution's sum, an output of channel k is, in this order,
//   v = alpha * acc + beta * (what the output held)   if scaled, else acc
//   v = v + z_scale * z                               if adds_z; z has the output's strides
//   v = v + bias[k]                                   if adds_bias
//   v = (v - mean) / sqrt(variance + epsilon) * scale + shift      if batch_norm
//   v = activation(v)
// in fp32, rounded once when it is stored.

#include <cstdint>
#include <string>
#include <string_view>

#include "params/activation.h"

namespace rdna1conv {

enum class BatchNorm : std::uint8_t {
  kNone = 0,
  kPerActivation = 1,  // parameters are (k, out pixel)
  kSpatial = 2,        // parameters are (k)
};

struct Epilogue {
  bool scaled = false;     // alpha, beta other than 1, 0 may come
  bool adds_z = false;     // a tensor of the output's type and strides
  bool adds_bias = false;  // one value a channel, of the output's type
  BatchNorm batch_norm = BatchNorm::kNone;
  Activation activation = Activation::kPassThrough;

  bool operator==(const Epilogue&) const = default;
};

// "scale+z+bias+norm+relu", in this order and as far as there is something; "" for none.
std::string to_text(const Epilogue& epilogue);

// The inverse, of words joined by + or by commas. Throws Error (kBadParm) naming the word that is
// none.
Epilogue parse_epilogue(std::string_view text);

}  // namespace rdna1conv
