// The network on the device against the same network by oneDNN.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "network.h"
#include "tiles.h"

namespace upscale {
namespace {

ConvLayer random_conv(std::mt19937& random, int in, int out, int filter) {
  const int taps = filter * filter;
  std::normal_distribution<float> values(0, 1.0f / std::sqrt(static_cast<float>(in * taps)));
  ConvLayer layer{in, out, filter, std::vector<float>(static_cast<std::size_t>(in) * out * taps),
                  std::vector<float>(static_cast<std::size_t>(out))};
  for (float& weight : layer.weights) weight = values(random);
  for (float& bias : layer.bias) bias = 10 * values(random);
  return layer;
}

// Every kind of layer: concatenations of which a part is in two, or is the input; a sum; 2 times
// larger.
Model made_model() {
  std::mt19937 random(7);
  Model model;
  model.layers = {
      {"A_1", random_conv(random, 3, 16, 3), {0}, 16},
      {"A_2", random_conv(random, 16, 8, 5), {1}, 8},
      {"A_2_Relu", ReluLayer{}, {2}, 8},
      {"B_cat", ConcatLayer{}, {1, 3}, 24},
      {"B_1", random_conv(random, 24, 16, 1), {4}, 16},
      {"B_add", AddLayer{}, {5, 1}, 16},
      {"C_cat", ConcatLayer{}, {0, 6, 1}, 35},
      {"C_1", random_conv(random, 35, 12, 3), {7}, 12},
      {"D_up", RepeatLayer{2}, {8}, 12},
      {"E", random_conv(random, 12, 3, 3), {9}, 3},
  };
  model.factor = 2;
  model.reach = 6;
  return model;
}

Picture made_picture(int width, int height) {
  Picture picture(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < kColours; ++c) {
        picture.at(x, y)[c] = static_cast<std::uint8_t>((x * (3 + c) ^ y * (5 - c)) & 255);
      }
    }
  }
  return picture;
}

std::vector<float> planes_of(const Picture& picture) {
  const std::size_t area = picture.pixels.size() / kColours;
  std::vector<float> planes(picture.pixels.size());
  for (std::size_t i = 0; i < picture.pixels.size(); ++i) {
    planes[i % kColours * area + i / kColours] = picture.pixels[i];
  }
  return planes;
}

// Sums of values up to 255 with weights of unit gain: errors of fp32 stay far below a thousandth.
constexpr float kTolerance = 2e-3f;

TEST(Network, CardGivesWhatTheCpuGives) {
  const Model model = made_model();
  const Picture picture = made_picture(37, 29);
  const auto card = make_card_network(model, picture.height, picture.width);
  const auto cpu = make_cpu_network(model, picture.height, picture.width);
  std::vector<float> by_card, by_cpu;
  for (int run = 0; run < 2; ++run) {
    card->run(planes_of(picture), by_card);
    cpu->run(planes_of(picture), by_cpu);
    ASSERT_EQ(by_card.size(), by_cpu.size());
    for (std::size_t i = 0; i < by_cpu.size(); ++i) {
      ASSERT_NEAR(by_card[i], by_cpu[i], kTolerance) << "value " << i << ", run " << run;
    }
  }
}

TEST(Network, TilesGiveWhatTheWholeGives) {
  const Model model = made_model();
  const Picture picture = made_picture(75, 50);
  const auto nothing = [](std::size_t, std::size_t) {};
  const TileSize whole{picture.height, picture.width}, tile{29, 32};
  const Picture at_once = run_tiled(*make_card_network(model, whole.height, whole.width), model,
                                    whole, picture, nothing);
  const Picture in_tiles =
      run_tiled(*make_card_network(model, tile.height, tile.width), model, tile, picture, nothing);
  // Another kernel may round another way; a pixel off by more than that would be a seam.
  for (std::size_t i = 0; i < at_once.pixels.size(); ++i) {
    ASSERT_NEAR(at_once.pixels[i], in_tiles.pixels[i], 1) << "value " << i;
  }
}

TEST(Network, TimesAreKeptByGroup) {
  const Model model = made_model();
  const auto card = make_card_network(model, 16, 16);
  std::vector<std::string> groups;
  for (const GroupTime& group : card->times()) {
    groups.push_back(group.group + std::to_string(group.convolutions));
    EXPECT_FALSE(group.kernels.empty()) << group.group;
  }
  EXPECT_EQ(groups, (std::vector<std::string>{"A2", "B1", "C1", "D0", "E1"}));
}

}  // namespace
}  // namespace upscale
