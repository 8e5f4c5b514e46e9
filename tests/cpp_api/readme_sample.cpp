// README.md's first code sample, as it stands there: the test compares the two, and runs it.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

// README sample begins
#include <rdna1conv/rdna1conv.hpp>
#include <vector>

// y = relu(convolution(x) + bias) on the card, 64 channels of 56x56, filters of 3x3.
std::vector<float> convolve(const std::vector<float>& x, const std::vector<float>& weights,
                            const std::vector<float>& bias) {
  using namespace rdna1conv;
  Handle handle;
  Sequence net(handle);
  const DeviceArray<float> device_weights{Span<const float>(weights)};
  const DeviceArray<float> device_bias{Span<const float>(bias)};

  const auto in = net.input({1, 64, 56, 56});
  const auto out = net.convolve(Convolution(64, 64, {3, 3}).same().bias().relu(), in,
                                {device_weights.data(), device_bias.data()});
  net.output(out);
  net.plan();  // chooses the kernels and transforms the weights, once

  const DeviceArray<float> device_x{Span<const float>(x)};
  DeviceArray<float> device_y(net.shape_of(out).span());
  net.run(device_x.data(), device_y.data());  // as often as you like
  handle.synchronize();
  std::vector<float> y(device_y.size());
  device_y.copy_to(y);
  return y;
}
// README sample ends

namespace {

TEST(Readme, SampleRuns) {
  const std::vector<float> x(64 * 56 * 56, 1.0f), weights(64 * 64 * 9, 0.5f), bias(64, -1.0f);
  const std::vector<float> y = convolve(x, weights, bias);
  ASSERT_EQ(y.size(), x.size());
  // Winograd of larger tiles rounds.
  constexpr float kRounding = 1e-2f;
  EXPECT_NEAR(y[0], 64 * 4 * 0.5f - 1, kRounding);             // a corner sees 2x2 pixels
  EXPECT_NEAR(y[28 * 56 + 28], 64 * 9 * 0.5f - 1, kRounding);  // the middle 3x3
}

TEST(Readme, ShowsTheSample) {
  const auto text_of = [](const char* file) {
    std::stringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
  };
  const std::string begin = "// README sample begins\n", end = "// README sample ends";
  const std::string source = text_of(RDNA1CONV_README_SAMPLE), readme = text_of(RDNA1CONV_README);
  const std::size_t first = source.find(begin) + begin.size();
  const std::string sample = source.substr(first, source.find("\n" + end) + 1 - first);
  EXPECT_NE(readme.find("```cpp\n" + sample + "```"), std::string::npos)
      << "README.md does not have this:\n"
      << sample;
}

}  // namespace
