#include <gtest/gtest.h>

#include <cstddef>

#include "solvers/solver.h"

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

}  // namespace
}  // namespace rdna1conv
