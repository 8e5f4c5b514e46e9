// Training on the card against the same training on the CPU in double precision, step by step.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "training.h"

namespace train {
namespace {

struct Case {
  const char* name;
  miopenDataType_t type;
  // How far each loss may be from the CPU's. What a step rounds the next ones carry on.
  double tolerance;
  int wrong;  // more pictures than on the CPU
};
class Training : public testing::TestWithParam<Case> {};

TEST_P(Training, LossFallsAsOnTheCpu) {
  const Case& c = GetParam();
  const Settings settings;
  const Network network = small_network();
  const auto batches = make_batches(kBatchesSeen, 1), unseen = make_batches(kBatchesUnseen, 2);
  static const Trained cpu = train_on_cpu(network, settings, batches, unseen);
  const Trained card = train_on_card(network, c.type, settings, batches, unseen);
  ASSERT_EQ(card.losses.size(), cpu.losses.size());
  double furthest = 0;
  for (std::size_t i = 0; i < cpu.losses.size(); ++i) {
    const double distance = std::abs(card.losses[i] - cpu.losses[i]);
    EXPECT_LE(distance, c.tolerance) << "step " << i << ": train --type " << c.name;
    furthest = std::max(furthest, distance);
  }
  std::printf("%s: first loss %.4f, last %.4f (CPU %.4f), at most %.2g apart, %d right (CPU %d)\n",
              c.name, card.losses.front(), card.losses.back(), cpu.losses.back(), furthest,
              card.right, cpu.right);
  EXPECT_LT(card.losses.back(), card.losses.front() / 10);
  EXPECT_GE(card.right, cpu.right - c.wrong);
}

INSTANTIATE_TEST_SUITE_P(Types, Training,
                         testing::Values(Case{"fp32", miopenFloat, 1e-5, 0},
                                         Case{"fp16", miopenHalf, 1e-2, 1},
                                         Case{"bf16", miopenBFloat16, 2e-2, 1}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace train
