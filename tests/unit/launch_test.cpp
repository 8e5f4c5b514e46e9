#include <gtest/gtest.h>

#include <cstddef>

#include "plan/convolution_buffers.h"

namespace rdna1conv {
namespace {

struct Params {
  const float* x;
  std::int32_t n;
  float* y;
};

TEST(Launch, KeepsParamsAndPointers) {
  const Params params{nullptr, 42, nullptr};
  const Launch launch =
      make_launch({"family", "kernel"}, {3, 2, 1}, {64, 1, 1}, params,
                  {{Buffer::kX, offsetof(Params, x)}, {Buffer::kY, offsetof(Params, y), 16}}, 1024);
  EXPECT_EQ(launch.grid, (Extent3{3, 2, 1}));
  EXPECT_EQ(launch.block, (Extent3{64, 1, 1}));
  EXPECT_EQ(launch.dynamic_lds, 1024u);
  EXPECT_EQ(launch.params_bytes, sizeof(Params));
  ASSERT_EQ(launch.pointer_count, 2u);
  EXPECT_EQ(launch.pointers[1].buffer, Buffer::kY);
  EXPECT_EQ(launch.pointers[1].params_offset, offsetof(Params, y));
  EXPECT_EQ(launch.pointers[1].buffer_offset, 16u);
  Params kept;
  std::memcpy(&kept, launch.params.data(), sizeof kept);
  EXPECT_EQ(kept.n, 42);
}

TEST(Buffers, EachAddressGoesToItsSlot) {
  char memory[10];
  Buffers buffers;
  buffers.x = memory;
  buffers.w = memory + 1;
  buffers.y = memory + 2;
  buffers.workspace = memory + 3;
  buffers.bias = memory + 4;
  buffers.z = memory + 5;
  buffers.norm_scale = memory + 6;
  buffers.norm_shift = memory + 7;
  buffers.norm_mean = memory + 8;
  buffers.norm_variance = memory + 9;
  buffers.scalars.beta = 3;
  const RunArguments arguments = buffers;
  const auto in_slot = [&](Buffer buffer) { return arguments.buffers[BufferSlot(buffer).number]; };
  EXPECT_EQ(in_slot(Buffer::kX), buffers.x);
  EXPECT_EQ(in_slot(Buffer::kW), buffers.w);
  EXPECT_EQ(in_slot(Buffer::kY), buffers.y);
  EXPECT_EQ(in_slot(Buffer::kWorkspace), buffers.workspace);
  EXPECT_EQ(in_slot(Buffer::kBias), buffers.bias);
  EXPECT_EQ(in_slot(Buffer::kZ), buffers.z);
  EXPECT_EQ(in_slot(Buffer::kNormScale), buffers.norm_scale);
  EXPECT_EQ(in_slot(Buffer::kNormShift), buffers.norm_shift);
  EXPECT_EQ(in_slot(Buffer::kNormMean), buffers.norm_mean);
  EXPECT_EQ(in_slot(Buffer::kNormVariance), buffers.norm_variance);
  EpilogueScalars scalars;
  ASSERT_EQ(arguments.scalars.size(), sizeof scalars);
  std::memcpy(&scalars, arguments.scalars.data(), sizeof scalars);
  EXPECT_EQ(scalars.beta, 3);
}

}  // namespace
}  // namespace rdna1conv
