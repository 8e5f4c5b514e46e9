#include "picture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <stdexcept>
#include <string>

// Debian's libstb: decoders and encoders of one file each, which this file compiles.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wall"
#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#include <stb/stb_image.h>
#define STB_IMAGE_WRITE_STATIC
#define STB_IMAGE_WRITE_IMPLEMENTATION
#include <stb/stb_image_write.h>
#define STB_IMAGE_RESIZE_STATIC
#define STB_IMAGE_RESIZE_IMPLEMENTATION
#include <stb/stb_easy_font.h>
#include <stb/stb_image_resize.h>
#pragma GCC diagnostic pop

namespace upscale {
namespace {

constexpr int kJpegQuality = 95;
constexpr std::uint8_t kPaper = 32, kInk = 235;

void fill(Picture& picture, int left, int top, int width, int height, std::uint8_t value) {
  for (int y = std::max(0, top); y < std::min(picture.height, top + height); ++y) {
    for (int x = std::max(0, left); x < std::min(picture.width, left + width); ++x) {
      std::fill_n(picture.at(x, y), kColours, value);
    }
  }
}

void paste(Picture& onto, const Picture& part, int left, int top) {
  for (int y = 0; y < part.height; ++y) {
    std::copy_n(part.at(0, y), static_cast<std::size_t>(part.width) * kColours,
                onto.at(left, top + y));
  }
}

// stb_easy_font gives text as rectangles of four corners each.
void write_text(Picture& onto, const char* text, int left, int top, int scale) {
  struct Corner {
    float x, y, z;
    std::uint8_t colour[4];
  };
  std::vector<Corner> corners(4 * 64 * std::max<std::size_t>(1, std::string(text).size()));
  const int rectangles = stb_easy_font_print(0, 0, const_cast<char*>(text), nullptr, corners.data(),
                                             static_cast<int>(corners.size() * sizeof(Corner)));
  for (int i = 0; i < rectangles; ++i) {
    const Corner &first = corners[4 * i], &third = corners[4 * i + 2];
    fill(onto, left + static_cast<int>(first.x) * scale, top + static_cast<int>(first.y) * scale,
         static_cast<int>(third.x - first.x) * scale, static_cast<int>(third.y - first.y) * scale,
         kInk);
  }
}

}  // namespace

Picture read_picture(const std::filesystem::path& file) {
  int width = 0, height = 0, channels = 0;
  std::uint8_t* const data = stbi_load(file.c_str(), &width, &height, &channels, kColours);
  if (data == nullptr) throw std::runtime_error(file.string() + ": " + stbi_failure_reason());
  Picture picture(width, height);
  std::copy_n(data, picture.pixels.size(), picture.pixels.data());
  stbi_image_free(data);
  return picture;
}

void write_picture(const std::filesystem::path& file, const Picture& picture) {
  std::string ending = file.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  const bool is_jpeg = ending == ".jpg" || ending == ".jpeg";
  const int written = is_jpeg
                          ? stbi_write_jpg(file.c_str(), picture.width, picture.height, kColours,
                                           picture.pixels.data(), kJpegQuality)
                          : stbi_write_png(file.c_str(), picture.width, picture.height, kColours,
                                           picture.pixels.data(), picture.width * kColours);
  if (written == 0) throw std::runtime_error(file.string() + " cannot be written");
}

Picture bicubic(const Picture& picture, int factor) {
  Picture result(picture.width * factor, picture.height * factor);
  const int resized = stbir_resize_uint8_generic(
      picture.pixels.data(), picture.width, picture.height, 0, result.pixels.data(), result.width,
      result.height, 0, kColours, STBIR_ALPHA_CHANNEL_NONE, 0, STBIR_EDGE_CLAMP,
      STBIR_FILTER_CATMULLROM, STBIR_COLORSPACE_LINEAR, nullptr);
  if (resized == 0) throw std::bad_alloc();
  return result;
}

Picture side_by_side(const Picture& left, const char* left_caption, const Picture& right,
                     const char* right_caption) {
  const int scale = std::max(1, left.width / 256);
  const int margin = 8 * scale, caption = 20 * scale;
  Picture sheet(left.width + right.width + 3 * margin, left.height + 2 * margin + caption);
  fill(sheet, 0, 0, sheet.width, sheet.height, kPaper);
  const int second = left.width + 2 * margin;
  write_text(sheet, left_caption, margin, margin, scale);
  write_text(sheet, right_caption, second, margin, scale);
  paste(sheet, left, margin, margin + caption);
  paste(sheet, right, second, margin + caption);
  return sheet;
}

double peak_signal_to_noise(const Picture& a, const Picture& b) {
  double squares = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) {
    const double difference = static_cast<double>(a.pixels[i]) - b.pixels[i];
    squares += difference * difference;
  }
  if (squares == 0) return std::numeric_limits<double>::infinity();
  return 10 * std::log10(255.0 * 255.0 * static_cast<double>(a.pixels.size()) / squares);
}

}  // namespace upscale
