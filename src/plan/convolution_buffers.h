#pragma once

// What a run call of a convolution brings.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "params/epilogue.h"
#include "plan/launch.h"

namespace rdna1conv {

// The device buffers. What is read and written follows from the direction. Those from kBias on are
// the epilogue's.
enum class Buffer : std::uint8_t {
  kX,
  kW,
  kY,
  kWorkspace,
  kPreparedWeights,  // instead of w, and of the workspace's part for them
  kBias,
  kZ,
  kNormScale,
  kNormShift,
  kNormMean,
  kNormVariance
};
static_assert(BufferSlot(Buffer::kNormVariance).number < kMaxBuffers);

// Their addresses, and the numbers. The convolution's direction says which are only read.
struct Buffers {
  void* x = nullptr;
  void* w = nullptr;
  void* y = nullptr;
  void* workspace = nullptr;
  void* prepared_weights = nullptr;
  // Of the epilogue, as far as the problem has them.
  const void* bias = nullptr;
  const void* z = nullptr;
  const void* norm_scale = nullptr;
  const void* norm_shift = nullptr;
  const void* norm_mean = nullptr;
  const void* norm_variance = nullptr;
  EpilogueScalars scalars;

  // As launches take them; valid as long as this object.
  operator RunArguments() const {
    RunArguments arguments;
    const auto set = [&arguments](Buffer buffer, const void* address) {
      arguments.buffers[BufferSlot(buffer).number] = address;
    };
    set(Buffer::kX, x);
    set(Buffer::kW, w);
    set(Buffer::kY, y);
    set(Buffer::kWorkspace, workspace);
    set(Buffer::kPreparedWeights, prepared_weights);
    set(Buffer::kBias, bias);
    set(Buffer::kZ, z);
    set(Buffer::kNormScale, norm_scale);
    set(Buffer::kNormShift, norm_shift);
    set(Buffer::kNormMean, norm_mean);
    set(Buffer::kNormVariance, norm_variance);
    arguments.scalars = std::as_bytes(std::span(&scalars, 1));
    return arguments;
  }
};

}  // namespace rdna1conv
