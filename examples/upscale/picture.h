#pragma once

// Pictures: 8 bits a channel, red, green and blue, row by row.

#include <cstdint>
#include <filesystem>
#include <vector>

namespace upscale {

inline constexpr int kColours = 3;

struct Picture {
  int width = 0, height = 0;
  std::vector<std::uint8_t> pixels;  // [height][width][3]

  Picture() = default;
  Picture(int picture_width, int picture_height)
      : width(picture_width),
        height(picture_height),
        pixels(static_cast<std::size_t>(picture_width) * picture_height * kColours) {}

  std::uint8_t* at(int x, int y) {
    return pixels.data() + (static_cast<std::size_t>(y) * width + x) * kColours;
  }
  const std::uint8_t* at(int x, int y) const { return const_cast<Picture*>(this)->at(x, y); }
};

// PNG or JPEG; transparency is dropped. Throws std::runtime_error with the file and the reason.
Picture read_picture(const std::filesystem::path& file);

// PNG, or JPEG if the name ends in .jpg or .jpeg. Throws std::runtime_error.
void write_picture(const std::filesystem::path& file, const Picture& picture);

// Enlarged by Catmull-Rom's bicubic filter, edges repeated.
Picture bicubic(const Picture& picture, int factor);

// Both pictures (of one size) beside each other under their captions, on grey.
Picture side_by_side(const Picture& left, const char* left_caption, const Picture& right,
                     const char* right_caption);

// 10 log10(255^2 / mean squared difference): of pictures that a person cannot tell apart 40 and
// more, infinite if they are equal.
double peak_signal_to_noise(const Picture& a, const Picture& b);

}  // namespace upscale
