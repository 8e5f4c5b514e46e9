#include "core/conv_problem.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "core/driver_line.h"

namespace rdna1conv {
namespace {

ConvProblem sample() {
  return parse_driver_line("conv -n 2 -c 8 -H 9 -W 10 -k 16 -y 3 -x 3 -p 1 -q 1 -F 1").problem;
}

struct LengthCase {
  std::int64_t in, filter, pad, stride, dilation, output_pad, forward, transposed;
};
constexpr LengthCase kLengths[] = {
    {56, 3, 1, 1, 1, 0, 56, 56}, {224, 7, 3, 2, 1, 0, 112, 447}, {7, 7, 0, 1, 1, 0, 1, 13},
    {5, 3, 0, 2, 2, 0, 1, 13},   {8, 2, 0, 3, 1, 0, 3, 23},      {5, 4, 1, 2, 1, 0, 2, 10},
    {5, 3, 1, 2, 1, 1, 3, 10},   {1, 3, 0, 1, 1, 0, 1, 3},       {1, 1, 5, 1, 1, 0, 11, 1},
    {10, 1, 0, 4, 1, 3, 3, 40},
};

TEST(ConvProblem, OutputLengths) {
  for (const LengthCase& row : kLengths) {
    EXPECT_EQ(output_length(row.in, row.filter, row.pad, row.stride, row.dilation), row.forward)
        << row.in << " filter " << row.filter;
    EXPECT_EQ(transposed_output_length(row.in, row.filter, row.pad, row.stride, row.dilation,
                                       row.output_pad),
              row.transposed)
        << row.in << " filter " << row.filter;
  }
}

TEST(ConvProblem, LayoutIgnoresDimensionsOfLengthOne) {
  EXPECT_EQ(layout_of({2, 3, 1, 4, 5}, {60, 20, 20, 5, 1}), Layout::kNchw);
  EXPECT_EQ(layout_of({2, 3, 1, 4, 5}, {60, 1, 7, 15, 3}), Layout::kNhwc);
  EXPECT_EQ(layout_of({2, 3, 1, 4, 5}, {61, 20, 20, 5, 1}), Layout::kOther);
  EXPECT_EQ(layout_of({1, 3, 1, 1, 1}, {77, 1, 77, 77, 77}), Layout::kNchw);
  // One channel: both orders are the same.
  EXPECT_EQ(layout_of({2, 1, 1, 4, 5}, {20, 1, 20, 5, 1}), Layout::kNchw);
}

TEST(ConvProblem, CanonicalStridesMakeEqualProblemsEqual) {
  ConvProblem a = parse_driver_line("conv -n 1 -c 8 -H 9 -W 1 -k 16 -F 1 -x 1").problem;
  ConvProblem b = a;
  b.x_strides[0] = 12345;
  b.x_strides[4] = 99;
  EXPECT_NE(a, b);
  canonicalize(b);
  EXPECT_EQ(a, b);
  EXPECT_EQ(hash_of(a), hash_of(b));
}

TEST(ConvProblem, DirectFlops) {
  // 2 * N * K * C/g * R * S * Ho * Wo
  EXPECT_EQ(sample().direct_flops(), 2.0 * 2 * 16 * 8 * 9 * 9 * 10);
  const auto grouped = parse_driver_line("conv -n 2 -c 8 -H 9 -W 10 -k 16 -g 8 -p 1 -q 1").problem;
  EXPECT_EQ(grouped.direct_flops(), 2.0 * 2 * 16 * 1 * 9 * 9 * 10);
  const auto transposed =
      parse_driver_line("conv -n 2 -c 8 -H 9 -W 10 -k 16 -u 2 -v 2 -m trans").problem;
  EXPECT_EQ(transposed.direct_flops(), 2.0 * 2 * 16 * 8 * 9 * 9 * 10);
}

// Every field takes part in equality and in the hash: a forgotten one would mix up cached plans.
TEST(ConvProblem, EveryFieldCounts) {
  const std::function<void(ConvProblem&)> changes[] = {
      [](ConvProblem& p) { p.direction = Direction::kBackwardData; },
      [](ConvProblem& p) { p.transposed = true; },
      [](ConvProblem& p) { p.x_type = DataType::kHalf; },
      [](ConvProblem& p) { p.w_type = DataType::kHalf; },
      [](ConvProblem& p) { p.y_type = DataType::kHalf; },
      [](ConvProblem& p) { p.spatial_dims = 3; },
      [](ConvProblem& p) { ++p.n; },
      [](ConvProblem& p) { ++p.c; },
      [](ConvProblem& p) { ++p.k; },
      [](ConvProblem& p) { ++p.groups; },
      [](ConvProblem& p) { ++p.in.d; },
      [](ConvProblem& p) { ++p.in.h; },
      [](ConvProblem& p) { ++p.in.w; },
      [](ConvProblem& p) { ++p.filter.d; },
      [](ConvProblem& p) { ++p.filter.h; },
      [](ConvProblem& p) { ++p.filter.w; },
      [](ConvProblem& p) { ++p.out.d; },
      [](ConvProblem& p) { ++p.out.h; },
      [](ConvProblem& p) { ++p.out.w; },
      [](ConvProblem& p) { ++p.pad.d; },
      [](ConvProblem& p) { ++p.pad.h; },
      [](ConvProblem& p) { ++p.pad.w; },
      [](ConvProblem& p) { ++p.stride.d; },
      [](ConvProblem& p) { ++p.stride.h; },
      [](ConvProblem& p) { ++p.stride.w; },
      [](ConvProblem& p) { ++p.dilation.d; },
      [](ConvProblem& p) { ++p.dilation.h; },
      [](ConvProblem& p) { ++p.dilation.w; },
      [](ConvProblem& p) { ++p.output_pad.d; },
      [](ConvProblem& p) { ++p.output_pad.h; },
      [](ConvProblem& p) { ++p.output_pad.w; },
      [](ConvProblem& p) { ++p.x_strides[0]; },
      [](ConvProblem& p) { ++p.x_strides[4]; },
      [](ConvProblem& p) { ++p.w_strides[1]; },
      [](ConvProblem& p) { ++p.w_strides[3]; },
      [](ConvProblem& p) { ++p.y_strides[2]; },
      [](ConvProblem& p) { ++p.y_strides[4]; },
      [](ConvProblem& p) { p.epilogue.scaled = true; },
      [](ConvProblem& p) { p.epilogue.adds_z = true; },
      [](ConvProblem& p) { p.epilogue.adds_bias = true; },
      [](ConvProblem& p) { p.epilogue.batch_norm = BatchNorm::kSpatial; },
      [](ConvProblem& p) { p.epilogue.activation = Activation::kRelu; },
  };
  std::set<std::size_t> hashes{hash_of(sample())};
  for (const auto& change : changes) {
    ConvProblem changed = sample();
    change(changed);
    EXPECT_NE(changed, sample()) << "change " << hashes.size();
    EXPECT_TRUE(hashes.insert(hash_of(changed)).second) << "change " << hashes.size();
  }
}

TEST(Untransposed, SwapsImagesAndDirections) {
  ConvProblem p = parse_driver_line(
                      "conv -n 2 -c 6 -H 5 -W 7 -k 4 -y 3 -x 4 -p 1 -q 0 -u 2 -v 3 -l 1 -j 1 -Y 1 "
                      "-m trans -g 2 -F 1")
                      .problem;
  const ConvProblem ordinary = untransposed(p);
  EXPECT_FALSE(ordinary.transposed);
  EXPECT_EQ(ordinary.direction, Direction::kBackwardData);
  EXPECT_EQ(ordinary.x_lengths(), p.y_lengths());
  EXPECT_EQ(ordinary.y_lengths(), p.x_lengths());
  EXPECT_EQ(ordinary.w_lengths(), p.w_lengths());
  EXPECT_EQ(ordinary.x_strides, p.y_strides);
  EXPECT_EQ(ordinary.w_strides, p.w_strides);
  EXPECT_EQ(implied_output(ordinary), ordinary.out);
  EXPECT_EQ(untransposed(ordinary), ordinary);
  p.direction = Direction::kBackwardData;
  EXPECT_EQ(untransposed(p).direction, Direction::kForward);
  p.direction = Direction::kBackwardWeights;
  EXPECT_EQ(untransposed(p).direction, Direction::kBackwardWeights);
}

}  // namespace
}  // namespace rdna1conv
