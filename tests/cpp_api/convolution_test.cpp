// PreparedConvolution against the definition, with every epilogue part, weights prepared or not.
#include <gtest/gtest.h>
#include <rdna1conv/rdna1conv.hpp>

#include <algorithm>
#include <cmath>
#include <string>

#include "plain_convolution.h"

namespace {

using namespace rdna1conv;

struct ConvolutionCase {
  const char* what;
  PlainConvolution plain;  // n, c, h, w, k, filter, pad, stride, groups
  bool bias, add;
  Activation activation;
  double (*function)(double);  // of that
};
const ConvolutionCase kCases[] = {
    {"plain 3x3", {1, 8, 12, 11, 8, 3, 1, 1, 1}, false, false, {}, [](double v) { return v; }},
    {"many channels",
     {1, 64, 14, 14, 64, 3, 1, 1, 1},
     false,
     false,
     {},
     [](double v) { return v; }},
    {"bias and relu",
     {2, 16, 9, 9, 24, 3, 1, 1, 1},
     true,
     false,
     Activation::relu(),
     [](double v) { return std::max(0.0, v); }},
    {"bias, add, clipped relu",
     {1, 32, 8, 8, 32, 1, 0, 1, 1},
     true,
     true,
     Activation::clipped_relu(2),
     [](double v) { return std::clamp(v, 0.0, 2.0); }},
    {"add alone, strided",
     {1, 6, 15, 15, 10, 5, 2, 2, 1},
     false,
     true,
     {},
     [](double v) { return v; }},
    {"sigmoid",
     {1, 4, 6, 6, 4, 3, 1, 1, 1},
     false,
     false,
     Activation::sigmoid(),
     [](double v) { return 1 / (1 + std::exp(-v)); }},
    {"leaky relu, groups",
     {1, 8, 7, 7, 16, 3, 1, 1, 4},
     true,
     false,
     Activation::leaky_relu(0.25f),
     [](double v) { return v > 0 ? v : 0.25 * v; }},
    {"tanh",
     {1, 4, 6, 6, 4, 1, 0, 1, 1},
     true,
     false,
     Activation::tanh(),
     [](double v) { return std::tanh(v); }},
};

TEST(PreparedConvolution, GivesWhatTheDefinitionGives) {
  Handle handle;
  for (const ConvolutionCase& c : kCases) {
    SCOPED_TRACE(c.what);
    const PlainConvolution& p = c.plain;
    const int filter = static_cast<int>(p.filter), pad = static_cast<int>(p.pad),
              stride = static_cast<int>(p.stride);
    Convolution convolution(p.c, p.k, {filter, filter});
    convolution.pad({pad, pad}).stride({stride, stride}).groups(static_cast<int>(p.groups));
    convolution.bias(c.bias).activation(c.activation);
    if (c.add) convolution.add(0.5f);
    const auto x_shape = TensorShape::packed({p.n, p.c, p.h, p.w});
    const auto y_shape = convolution.output_shape(x_shape);
    ASSERT_EQ(y_shape.lengths, (std::vector<std::int64_t>{p.n, p.k, p.out_h(), p.out_w()}));

    const auto x = random_values(x_shape.span(), 1);
    const auto w = random_values(convolution.weights_shape().span(), 2);
    const auto bias = random_values(static_cast<std::size_t>(p.k), 3);
    const auto z = random_values(y_shape.span(), 4);
    const DeviceArray<float> dx{Span<const float>(x)}, dbias{Span<const float>(bias)},
        dz{Span<const float>(z)};
    DeviceArray<float> dw{Span<const float>(w)};
    DeviceArray<float> dy(y_shape.span());

    const PreparedConvolution prepared(handle, convolution, x_shape, y_shape,
                                       {convolution.weights_shape(), dw.data()});
    EXPECT_FALSE(prepared.kernel().empty());
    handle.synchronize();
    if (!prepared.keeps_weights()) {
      // Then nothing may read them any more.
      dw.copy_from(std::vector<float>(w.size(), std::nanf("")));
    }
    const DeviceArray<std::byte> workspace(prepared.workspace_bytes());
    ConvolutionArguments arguments{dx.data(), dy.data()};
    if (c.bias) arguments.bias = dbias.data();
    if (c.add) arguments.add = dz.data();
    arguments.workspace = workspace.data();

    std::vector<double> expected = p.run(x, w);
    const std::size_t pixels = static_cast<std::size_t>(p.out_h() * p.out_w());
    double largest = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      if (c.add) expected[i] += 0.5 * static_cast<double>(z[i]);
      if (c.bias)
        expected[i] += static_cast<double>(bias[i / pixels % static_cast<std::size_t>(p.k)]);
      expected[i] = c.function(expected[i]);
      largest = std::max(largest, std::abs(expected[i]));
    }
    for (int run = 0; run < 2; ++run) {
      prepared.run(arguments);
      handle.synchronize();
      std::vector<float> y(y_shape.span());
      dy.copy_to(y);
      // Of sums of some hundred products in fp32, Winograd's included.
      const double tolerance = 2e-5 * largest;
      for (std::size_t i = 0; i < y.size(); ++i) {
        ASSERT_NEAR(y[i], expected[i], tolerance) << "element " << i << ", " << prepared.kernel();
      }
    }
  }
}

// Prepared weights are worth having only if a kernel uses them: 3x3 with many channels does.
TEST(PreparedConvolution, PreparesWeightsOfManyChannels) {
  Handle handle;
  const auto convolution = Convolution(256, 256, {3, 3}).same();
  const auto shape = TensorShape::packed({1, 256, 28, 28});
  const DeviceArray<float> weights{
      Span<const float>(random_values(convolution.weights_shape().span(), 1))};
  const PreparedConvolution prepared(handle, convolution, shape, shape,
                                     {convolution.weights_shape(), weights.data()});
  EXPECT_FALSE(prepared.keeps_weights()) << prepared.kernel();
}

TEST(Convolution, ShapesAreThoseOfTheDefinition) {
  EXPECT_EQ(Convolution(4, 6, {3, 3}).same().output_shape(TensorShape::packed({1, 4, 9, 8})).text(),
            "1x6x9x8");
  EXPECT_EQ(Convolution(4, 6, {2, 2})
                .stride({2, 2})
                .transposed()
                .output_shape(TensorShape::packed({2, 4, 9, 8}))
                .text(),
            "2x6x18x16");
  EXPECT_EQ(Convolution(4, 8, {3, 3, 3})
                .dilation({1, 2, 2})
                .output_shape(TensorShape::packed({1, 4, 5, 9, 8}))
                .text(),
            "1x8x3x5x4");
  EXPECT_EQ(Convolution(4, 8, {3, 3}).groups(2).weights_shape().text(), "8x2x3x3");
  EXPECT_EQ(Convolution(4, 8, {3, 3}).groups(2).transposed().weights_shape().text(), "4x4x3x3");
}

TEST(TensorShape, ChannelsLastHasItsStrides) {
  const auto shape = TensorShape::packed({2, 3, 4, 5}, ElementType::kHalf, Layout::kChannelsLast);
  EXPECT_EQ(shape.strides, (std::vector<std::int64_t>{60, 1, 15, 3}));
  EXPECT_EQ(shape.span_bytes(), 240u);
  const TensorView part = TensorView{shape, nullptr}.channels(1, 2);
  EXPECT_EQ(part.shape.lengths[1], 2);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(part.data), 2u);
}

}  // namespace
