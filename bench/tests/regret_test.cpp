#include "bench/regret.h"

#include <gtest/gtest.h>

#include <set>

#include "bench/random_problems.h"
#include "core/driver_line.h"

namespace rdna1conv::bench {
namespace {

TEST(Regret, IsWhatTheChoiceLosesAgainstTheBest) {
  Regrets regrets;
  EXPECT_EQ(regrets.summary(), "0 problems: mean 0.0 %, 95th percentile 0.0 %, worst 0.0 %");
  for (int i = 0; i < 19; ++i) regrets.add(1, 1);
  regrets.add(3, 2);
  EXPECT_NEAR(regrets.mean(), 0.025, 1e-12);
  EXPECT_EQ(regrets.percentile(0.95), 0);
  EXPECT_NEAR(regrets.worst(), 0.5, 1e-12);
  regrets.add(3, 2);
  EXPECT_NEAR(regrets.percentile(0.95), 0.5, 1e-12);
}

TEST(RandomProblems, AreTheSameForASeedAndOfTheSetAskedFor) {
  const std::vector<RandomKind> kinds{
      {DataType::kFloat, Direction::kForward, Layout::kNchw},
      {DataType::kHalf, Direction::kBackwardWeights, Layout::kNhwc}};
  std::set<std::string> lines;
  for (const ProblemSet set : {ProblemSet::kTuning, ProblemSet::kHeldApart}) {
    const auto problems = random_problems(3, 200, kinds, set, 1e9);
    EXPECT_EQ(problems, random_problems(3, 200, kinds, set, 1e9));
    for (std::size_t i = 0; i < problems.size(); ++i) {
      const ConvProblem& p = problems[i];
      const std::string line = to_driver_line(p);
      EXPECT_EQ(set_of(p), set) << line;
      EXPECT_EQ(p.direction, kinds[i % 2].direction) << line;
      EXPECT_EQ(p.x_type, kinds[i % 2].type) << line;
      EXPECT_EQ(parse_driver_line(line).problem, p) << line;
      EXPECT_TRUE(i % 2 == 0 ? p.is_packed_nchw() : p.is_packed_nhwc()) << line;
      EXPECT_LE(p.direct_flops(), 1e9) << line;
      lines.insert(line);
    }
  }
  EXPECT_GT(lines.size(), 350u);
}

// The tuner's tables were made without these: they may not change sides.
TEST(RandomProblems, StayInTheirSets) {
  const auto set = [](const char* line) { return set_of(parse_driver_line(line).problem); };
  EXPECT_EQ(set("conv -n 1 -c 64 -H 56 -W 56 -k 64 -y 3 -x 3 -p 1 -q 1 -F 1"), ProblemSet::kTuning);
  EXPECT_EQ(set("conv -n 1 -c 32 -H 56 -W 56 -k 64 -y 3 -x 3 -p 1 -q 1 -F 1"),
            ProblemSet::kHeldApart);
}

}  // namespace
}  // namespace rdna1conv::bench
