#include "steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace upscale {
namespace {

Layer conv(const char* name, std::vector<std::size_t> inputs) {
  return {name, ConvLayer{4, 4, 3, {}, {}}, std::move(inputs), 4};
}
Layer relu(const char* name, std::size_t input) { return {name, ReluLayer{}, {input}, 4}; }
Layer add(const char* name, std::size_t a, std::size_t b) { return {name, AddLayer{}, {a, b}, 4}; }

TEST(Steps, ReluAndAdditionGoIntoTheConvolution) {
  Model model;
  model.layers = {conv("A_1", {0}),   relu("A_r", 1), conv("B2", {2}),
                  add("B_add", 3, 2), relu("B_r", 4), {"C", ConcatLayer{}, {5, 2}, 8}};
  const auto steps = steps_of(model);
  ASSERT_EQ(steps.size(), 3u);
  EXPECT_TRUE(steps[0].relu);
  EXPECT_FALSE(steps[0].added);
  EXPECT_EQ(steps[0].group, "A");
  EXPECT_TRUE(steps[1].relu);
  EXPECT_EQ(steps[1].added, 1u);
  EXPECT_EQ(steps[2].inputs, (std::vector<std::size_t>{2, 1}));
  EXPECT_EQ(steps[2].kind, StepKind::kConcatenation);
}

TEST(Steps, AdditionTakesEitherOrder) {
  Model model;
  model.layers = {conv("A", {0}), conv("B", {1}), add("S", 1, 2)};
  const auto steps = steps_of(model);
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(steps[1].added, 1u);
}

TEST(Steps, WhatCannotBeFusedIsRefusedByName) {
  // The convolution's plain result is used as well.
  Model shared;
  shared.layers = {conv("A", {0}), relu("Late", 1), add("S", 2, 1)};
  EXPECT_THAT([&] { steps_of(shared); },
              testing::ThrowsMessage<std::runtime_error>(testing::HasSubstr("layer Late")));
  Model of_input;
  of_input.layers = {relu("First", 0)};
  EXPECT_THAT([&] { steps_of(of_input); },
              testing::ThrowsMessage<std::runtime_error>(testing::HasSubstr("layer First")));
}

}  // namespace
}  // namespace upscale
