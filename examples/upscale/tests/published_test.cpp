// The published weights on the picture that comes with them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "network.h"
#include "picture.h"
#include "tiles.h"

namespace upscale {
namespace {

struct PublishedCase {
  int factor;
  const char* result;  // what TensorFlow.js made of the picture, in the package
};
constexpr PublishedCase kCases[] = {{2, "assets/samples/2x/result.png"},
                                    {3, "assets/samples/3x/result.png"},
                                    {4, "assets/samples/4x/result.png"}};

class Published : public testing::TestWithParam<PublishedCase> {};

TEST_P(Published, CardGivesWhatThePackageShows) {
  const std::filesystem::path package = RDNA1CONV_UPSCALE_PACKAGE;
  if (!std::filesystem::exists(package)) {
    GTEST_SKIP() << package << " is not there: ./run test fetches it";
  }
  const std::string folder = "x" + std::to_string(GetParam().factor);
  const Model model = read_model(package / "models" / folder / "model.json");
  const Picture picture = read_picture(package / "assets/fixture.png");
  const Picture expected = read_picture(package / GetParam().result);
  const TileSize whole{picture.height, picture.width};
  const auto network = make_card_network(model, whole.height, whole.width);
  const Picture result =
      run_tiled(*network, model, whole, picture, [](std::size_t, std::size_t) {});
  ASSERT_EQ(result.width, expected.width);
  ASSERT_EQ(result.height, expected.height);
  int largest = 0;
  for (std::size_t i = 0; i < result.pixels.size(); ++i) {
    largest = std::max(largest, std::abs(result.pixels[i] - expected.pixels[i]));
  }
  // Rounding of another implementation's sums.
  EXPECT_LE(largest, 1);
}

INSTANTIATE_TEST_SUITE_P(Factors, Published, testing::ValuesIn(kCases),
                         [](const auto& info) { return "x" + std::to_string(info.param.factor); });

}  // namespace
}  // namespace upscale
