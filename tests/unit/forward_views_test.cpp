// Views of backward data hold the products that its definition has, each once.
#include "solvers/forward_views.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <tuple>

#include "core/driver_line.h"

namespace rdna1conv {
namespace {

// Elements of dx, w and dy that meet.
using Product = std::tuple<std::int64_t, std::int64_t, std::int64_t>;

// One channel of either, one image, two dimensions.
ConvProblem random_gradient(std::mt19937& random) {
  const auto draw = [&](int low, int high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  };
  ConvProblem p;
  p.direction = Direction::kBackwardData;
  p.in = {1, draw(1, 13), draw(1, 13)};
  p.filter = {1, draw(1, 5), draw(1, 5)};
  p.stride = {1, draw(1, 4), draw(1, 4)};
  p.dilation = {1, draw(1, 4), draw(1, 4)};
  p.pad = {0, draw(0, 6), draw(0, 6)};
  p.out = implied_output(p);
  set_packed(p, Layout::kNchw);
  return p;
}

std::set<Product> products_of(const ConvProblem& p) {
  std::set<Product> products;
  for (std::int64_t h = 0; h < p.out.h; ++h)
    for (std::int64_t w = 0; w < p.out.w; ++w)
      for (std::int64_t r = 0; r < p.filter.h; ++r)
        for (std::int64_t s = 0; s < p.filter.w; ++s) {
          const std::int64_t ih = h * p.stride.h - p.pad.h + r * p.dilation.h;
          const std::int64_t iw = w * p.stride.w - p.pad.w + s * p.dilation.w;
          if (ih < 0 || ih >= p.in.h || iw < 0 || iw >= p.in.w) continue;
          products.insert({ih * p.in.w + iw, r * p.filter.w + s, h * p.out.w + w});
        }
  return products;
}

TEST(ForwardViews, HaveTheProductsOfTheGradient) {
  std::mt19937 random(1);
  for (int i = 0; i < 2000; ++i) {
    const ConvProblem p = random_gradient(random);
    SCOPED_TRACE(to_driver_line(p));
    const ForwardViews views = forward_views(p);
    ASSERT_FALSE(views.views.empty());
    EXPECT_EQ(views.x, Buffer::kY);
    EXPECT_EQ(views.y, Buffer::kX);
    std::set<Product> products;
    std::set<std::int64_t> written, zeroed;
    for (const ForwardView& view : views.views) {
      const ConvProblem& v = view.problem;
      for (std::int64_t h = 0; h < v.out.h; ++h)
        for (std::int64_t w = 0; w < v.out.w; ++w) {
          const std::int64_t to = view.y_offset + h * v.y_strides[3] + w * v.y_strides[4];
          EXPECT_TRUE((view.is_empty ? zeroed : written).insert(to).second) << "written twice";
          if (view.is_empty) {
            EXPECT_FALSE(written.contains(to)) << "zero over a sum";
            continue;
          }
          for (std::int64_t t = 0; t < v.filter.h * v.filter.w; ++t) {
            const std::int64_t ih = h - v.pad.h + t / v.filter.w * v.dilation.h;
            const std::int64_t iw = w - v.pad.w + t % v.filter.w * v.dilation.w;
            if (ih < 0 || ih >= v.in.h || iw < 0 || iw >= v.in.w) continue;
            const std::int64_t from = view.x_offset + ih * v.x_strides[3] + iw * v.x_strides[4];
            const auto tap = views.taps.at(static_cast<std::size_t>(view.first_tap + t));
            EXPECT_TRUE(products.insert({to, tap, from}).second) << "counted twice";
          }
        }
    }
    EXPECT_EQ(products, products_of(p));
    written.insert(zeroed.begin(), zeroed.end());
    EXPECT_EQ(static_cast<std::int64_t>(written.size()), p.in.volume());
  }
}

TEST(ForwardViews, OfForwardIsTheProblem) {
  ConvProblem p;
  p.in = p.out = {1, 8, 8};
  set_packed(p, Layout::kNhwc);
  const ForwardViews views = forward_views(p);
  ASSERT_EQ(views.views.size(), 1u);
  EXPECT_EQ(views.views.front().problem, p);
  EXPECT_TRUE(views.taps.empty());
}

// Work that a call's first plan must not do.
TEST(ForwardViews, AreFew) {
  ConvProblem p;
  p.direction = Direction::kBackwardData;
  p.in = {1, 64, 64};
  p.stride = {1, 5, 4};
  p.out = implied_output(p);
  set_packed(p, Layout::kNchw);
  EXPECT_TRUE(forward_views(p).views.empty());
  p.stride = {};
  p.filter = {1, 1 << 14, 1 << 14};
  EXPECT_TRUE(forward_views(p).views.empty());
}

}  // namespace
}  // namespace rdna1conv
