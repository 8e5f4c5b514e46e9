#include "picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

namespace upscale {
namespace {

std::filesystem::path temporary(const std::string& name) {
  return std::filesystem::path(testing::TempDir()) / ("upscale_picture_" + name);
}

Picture gradient(int width, int height) {
  Picture picture(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      picture.at(x, y)[0] = static_cast<std::uint8_t>(255 * x / (width - 1));
      picture.at(x, y)[1] = static_cast<std::uint8_t>(255 * y / (height - 1));
      picture.at(x, y)[2] = 128;
    }
  }
  return picture;
}

TEST(Picture, PngKeepsEveryValue) {
  const Picture picture = gradient(33, 21);
  const auto file = temporary("exact.png");
  write_picture(file, picture);
  const Picture back = read_picture(file);
  EXPECT_EQ(back.width, 33);
  EXPECT_EQ(back.height, 21);
  EXPECT_EQ(back.pixels, picture.pixels);
  EXPECT_TRUE(std::isinf(peak_signal_to_noise(picture, back)));
}

TEST(Picture, JpegKeepsTheLook) {
  const Picture picture = gradient(64, 48);
  const auto file = temporary("look.JPG");
  write_picture(file, picture);
  std::ifstream stream(file, std::ios::binary);
  EXPECT_EQ(stream.get(), 0xff);  // a JPEG's first byte
  EXPECT_GT(peak_signal_to_noise(picture, read_picture(file)), 35);
}

TEST(Picture, DamagedFilesAreRefusedByName) {
  const auto file = temporary("damaged.png");
  std::ofstream(file) << "no picture";
  try {
    read_picture(file);
    FAIL() << "read";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("damaged.png"));
  }
  EXPECT_THROW(write_picture("/nowhere/at/all.png", gradient(4, 4)), std::runtime_error);
}

TEST(Picture, BicubicKeepsFlatColourAndSize) {
  Picture flat(5, 4);
  std::fill(flat.pixels.begin(), flat.pixels.end(), std::uint8_t{77});
  const Picture large = bicubic(flat, 3);
  EXPECT_EQ(large.width, 15);
  EXPECT_EQ(large.height, 12);
  EXPECT_THAT(large.pixels, testing::Each(77));
}

TEST(Picture, SideBySideShowsBothUnderTheirCaptions) {
  Picture left(40, 30), right(40, 30);
  std::fill(left.pixels.begin(), left.pixels.end(), std::uint8_t{100});
  std::fill(right.pixels.begin(), right.pixels.end(), std::uint8_t{200});
  const Picture sheet = side_by_side(left, "one", right, "two");
  EXPECT_EQ(std::count(sheet.pixels.begin(), sheet.pixels.end(), 100), 40 * 30 * kColours);
  EXPECT_EQ(std::count(sheet.pixels.begin(), sheet.pixels.end(), 200), 40 * 30 * kColours);
  // Ink of the captions, in both halves.
  for (const bool second : {false, true}) {
    int ink = 0;
    for (int y = 0; y < sheet.height; ++y) {
      for (int x = second ? sheet.width / 2 : 0; x < (second ? sheet.width : sheet.width / 2);
           ++x) {
        ink += *sheet.at(x, y) == 235 ? 1 : 0;
      }
    }
    EXPECT_GT(ink, 10);
  }
}

}  // namespace
}  // namespace upscale
