// Sequences: the arena, concatenations with and without copies, both layouts, batches, graphs.
#include <gtest/gtest.h>
#include <rdna1conv/rdna1conv.hpp>

#include <algorithm>

#include "plain_convolution.h"

namespace {

using namespace rdna1conv;

constexpr std::int64_t kChannels = 6, kSide = 9;

struct SequenceCase {
  const char* what;
  std::int64_t images;
  Layout layout;
};
constexpr SequenceCase kCases[] = {{"one image", 1, Layout::kChannelsFirst},
                                   {"a batch", 3, Layout::kChannelsFirst},
                                   {"channels last", 1, Layout::kChannelsLast},
                                   {"a batch, channels last", 2, Layout::kChannelsLast}};

// Values in the order N, C, H, W into memory of the layout, and back.
std::vector<float> laid_out(const std::vector<float>& values, std::int64_t images,
                            std::int64_t channels, Layout layout, bool back) {
  if (layout == Layout::kChannelsFirst) return values;
  std::vector<float> result(values.size());
  const std::int64_t pixels = kSide * kSide;
  for (std::int64_t n = 0; n < images; ++n)
    for (std::int64_t c = 0; c < channels; ++c)
      for (std::int64_t i = 0; i < pixels; ++i) {
        const auto first = static_cast<std::size_t>((n * channels + c) * pixels + i);
        const auto last = static_cast<std::size_t>((n * pixels + i) * channels + c);
        result[back ? first : last] = values[back ? last : first];
      }
  return result;
}

struct Weights {
  std::vector<float> host;
  DeviceArray<float> device;
  Weights(std::int64_t in, std::int64_t out, unsigned seed)
      : host(random_values(static_cast<std::size_t>(in * out), seed)),
        device(Span<const float>(host)) {}
};

std::vector<float> convolve_1x1(const std::vector<float>& x, const Weights& weights,
                                std::int64_t images, std::int64_t in, std::int64_t out) {
  const PlainConvolution plain{images, in, kSide, kSide, out, 1, 0, 1, 1};
  const auto y = plain.run(x, weights.host);
  return {y.begin(), y.end()};
}

std::vector<float> concatenate(
    const std::vector<std::pair<const std::vector<float>*, std::int64_t>>& parts,
    std::int64_t images) {
  std::vector<float> whole;
  for (std::int64_t n = 0; n < images; ++n) {
    for (const auto& [values, channels] : parts) {
      const auto size = channels * kSide * kSide;
      whole.insert(whole.end(), values->begin() + n * size, values->begin() + (n + 1) * size);
    }
  }
  return whole;
}

// x -> a = 1x1(x); b = 1x1(a) + a; cat(x, a, b); c = 1x1; cat(a, c, a) -> y. A part that is the
// input, one that is in two concatenations and twice in one, a sum whose tensors would lie in
// different wholes.
TEST(Sequence, ConcatenatesAndAdds) {
  for (const SequenceCase& c : kCases) {
    SCOPED_TRACE(c.what);
    Handle handle;
    const Weights wa(kChannels, kChannels, 1), wb(kChannels, kChannels, 2),
        wc(3 * kChannels, 2 * kChannels, 3);
    Sequence net(handle, c.layout);
    const auto conv = Convolution(kChannels, kChannels, {1, 1});
    const auto x = net.input({c.images, kChannels, kSide, kSide});
    const auto a = net.convolve(conv, x, {wa.device.data()});
    const auto b = net.convolve(Convolution(conv).add(), a, {wb.device.data()}, a);
    const auto all = net.concatenate({x, a, b});
    const auto narrow =
        net.convolve(Convolution(3 * kChannels, 2 * kChannels, {1, 1}), all, {wc.device.data()});
    const auto y = net.concatenate({a, narrow, a});
    net.output(y);
    net.plan();
    EXPECT_EQ(net.shape_of(y).lengths[1], 4 * kChannels);

    const auto count = static_cast<std::size_t>(c.images * kChannels * kSide * kSide);
    const auto hx = random_values(count, 9);
    const DeviceArray<float> dx{
        Span<const float>(laid_out(hx, c.images, kChannels, c.layout, false))};
    DeviceArray<float> dy(4 * count);

    const auto ha = convolve_1x1(hx, wa, c.images, kChannels, kChannels);
    auto hb = convolve_1x1(ha, wb, c.images, kChannels, kChannels);
    std::transform(hb.begin(), hb.end(), ha.begin(), hb.begin(), std::plus<>());
    const auto hall = concatenate({{&hx, kChannels}, {&ha, kChannels}, {&hb, kChannels}}, c.images);
    const auto hc = convolve_1x1(hall, wc, c.images, 3 * kChannels, 2 * kChannels);
    const auto expected =
        concatenate({{&ha, kChannels}, {&hc, 2 * kChannels}, {&ha, kChannels}}, c.images);
    for (int run = 0; run < 2; ++run) {
      net.run(dx.data(), dy.data());
      handle.synchronize();
      std::vector<float> got(4 * count);
      dy.copy_to(got);
      got = laid_out(got, c.images, 4 * kChannels, c.layout, true);
      for (std::size_t i = 0; i < got.size(); ++i) {
        ASSERT_NEAR(got[i], expected[i], 1e-3) << "element " << i << ", run " << run;
      }
    }
  }
}

// Of a chain only two tensors live at a time, whatever its length.
TEST(Sequence, ArenaOfAChainIsTwoTensors) {
  Handle handle;
  const Weights weights(kChannels, kChannels, 1);
  Sequence net(handle);
  auto value = net.input({1, kChannels, kSide, kSide});
  for (int i = 0; i < 10; ++i) {
    value = net.convolve(Convolution(kChannels, kChannels, {1, 1}), value, {weights.device.data()});
  }
  net.output(value);
  net.plan();
  const std::size_t tensor = (kChannels * kSide * kSide * sizeof(float) + 255) / 256 * 256;
  EXPECT_LE(net.arena_bytes(), 2 * tensor);
}

TEST(Sequence, RunsInAGraph) {
  hipStream_t stream = nullptr;
  ASSERT_EQ(hipStreamCreate(&stream), hipSuccess);
  {
    Handle handle(stream);
    EXPECT_EQ(handle.stream(), stream);
    const Weights weights(kChannels, kChannels, 1);
    Sequence net(handle);
    const auto x = net.input({1, kChannels, kSide, kSide});
    const auto conv = Convolution(kChannels, kChannels, {1, 1});
    net.output(net.convolve(conv, net.convolve(conv, x, {weights.device.data()}),
                            {weights.device.data()}));
    net.plan();
    const auto hx = random_values(kChannels * kSide * kSide, 5);
    DeviceArray<float> dx(hx.size()), dy(hx.size());
    hipGraph_t graph = nullptr;
    hipGraphExec_t executable = nullptr;
    ASSERT_EQ(hipStreamBeginCapture(stream, hipStreamCaptureModeThreadLocal), hipSuccess);
    net.run(dx.data(), dy.data());
    ASSERT_EQ(hipStreamEndCapture(stream, &graph), hipSuccess);
    ASSERT_EQ(hipGraphInstantiate(&executable, graph, nullptr, nullptr, 0), hipSuccess);
    dx.copy_from(hx);
    ASSERT_EQ(hipGraphLaunch(executable, stream), hipSuccess);
    handle.synchronize();
    std::vector<float> got(hx.size());
    dy.copy_to(got);
    const auto middle = convolve_1x1(hx, weights, 1, kChannels, kChannels);
    const auto expected = convolve_1x1(middle, weights, 1, kChannels, kChannels);
    for (std::size_t i = 0; i < got.size(); ++i) ASSERT_NEAR(got[i], expected[i], 1e-3) << i;
    EXPECT_EQ(hipGraphExecDestroy(executable), hipSuccess);
    EXPECT_EQ(hipGraphDestroy(graph), hipSuccess);
  }
  EXPECT_EQ(hipStreamDestroy(stream), hipSuccess);
}

}  // namespace
