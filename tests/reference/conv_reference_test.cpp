// The double-precision reference against numbers computed by hand, and its two forms against each
// other: no device. tests/conv/oracle_test.cpp sets it against oneDNN.
#include "conv_reference.h"

#include <gtest/gtest.h>

#include "conv_case.h"
#include "core/driver_line.h"

namespace rdna1conv {
namespace {

using Values = std::vector<double>;

TEST(Convolve, ComputesTheDefinition) {
  // x = [1 2 3], w = [10 1]: correlation, padded by one.
  ConvProblem p = parse_driver_line("conv -n 1 -c 1 -H 1 -W 3 -k 1 -y 1 -x 2 -q 1 -F 1").problem;
  const std::vector<float> x{1, 2, 3}, w{10, 1}, y{1, 0, 2, 0};
  EXPECT_EQ(convolve(p, x, w, {}), (Values{1, 12, 23, 30}));
  p.direction = Direction::kBackwardData;
  EXPECT_EQ(convolve(p, {}, w, y), (Values{1, 20, 2}));
  p.direction = Direction::kBackwardWeights;
  EXPECT_EQ(convolve(p, x, {}, y), (Values{0 * 1 + 2 * 2, 1 * 1 + 3 * 2}));
}

TEST(Convolve, LaysFiltersDownWhereTransposed) {
  const ConvProblem p =
      parse_driver_line("conv -n 1 -c 1 -H 1 -W 3 -k 1 -y 1 -x 2 -v 2 -m trans -F 1").problem;
  // Forward of the transposed problem writes what is x of the ordinary one.
  EXPECT_EQ(convolve(untransposed(p), {}, std::vector<float>{10, 1}, std::vector<float>{1, 2, 3}),
            (Values{10, 1, 20, 2, 30, 3}));
}

constexpr const char* kProblems[] = {
    "conv -n 2 -c 5 -H 9 -W 8 -k 7 -y 3 -x 3 -p 1 -q 1",
    "conv -n 1 -c 16 -H 14 -W 14 -k 32 -y 1 -x 1 -u 2 -v 2",
    "conv -n 1 -c 3 -H 23 -W 19 -k 8 -y 7 -x 5 -p 3 -q 2 -u 2 -v 3",
    "conv -n 1 -c 6 -H 12 -W 11 -k 9 -y 3 -x 3 -p 2 -q 3 -l 2 -j 3 -g 3",
    "conv -n 2 -c 8 -H 10 -W 10 -k 8 -y 5 -x 5 -p 2 -q 2 -g 8",
    "conv -n 1 -c 4 -H 1 -W 40 -k 6 -y 1 -x 7 -p 0 -q 9 -j 3",
    ("conv -n 1 -c 4 --in_d 5 -H 8 -W 7 -k 6 --fil_d 3 -y 3 -x 2 --pad_d 1 -p 1 -q 0 "
     "--conv_stride_d 2 -u 1 -v 2 --spatial_dim 3"),
    "conv -n 2 -c 6 -H 5 -W 4 -k 8 -y 4 -x 4 -p 1 -q 1 -u 2 -v 2 -m trans",
};

class ConvolveAt : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Problems, ConvolveAt, testing::ValuesIn(kProblems));

TEST_P(ConvolveAt, HasTheSumsOfTheWhole) {
  for (const char* direction : {" -F 1", " -F 2", " -F 4"}) {
    const std::string line = std::string(GetParam()) + direction;
    const ParsedLine parsed = parse_driver_line(line);
    ConvProblem problem = parsed.problem;
    problem.direction = parsed.directions.front();
    const ConvCase c = make_case(problem);
    for (std::size_t i = 0; i < c.sums.size(); ++i) {
      // The same sums in another order.
      EXPECT_NEAR(convolve_at(c.problem, c.x, c.w, c.y, static_cast<std::int64_t>(i)), c.sums[i],
                  1e-9)
          << line << ", element " << i;
    }
  }
}

}  // namespace
}  // namespace rdna1conv
