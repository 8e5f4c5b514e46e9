#include "bench/random_problems.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <random>

#include "core/driver_line.h"
#include "core/element_types.h"

namespace rdna1conv::bench {
namespace {

// One in so many problems is held apart.
constexpr std::uint64_t kHeldApartPart = 4;

// FNV-1a: short, and the same for ever.
std::uint64_t hash_of_line(const std::string& line) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : line) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash ^ hash >> 32;
}

// Draws that do not depend on a standard library's distributions.
class Draw {
 public:
  Draw(std::uint64_t seed, std::uint64_t number) : engine_(seed * 0x9e3779b97f4a7c15u + number) {}
  std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }
  template <std::size_t Size>
  std::int64_t one_of(const std::int64_t (&values)[Size]) {
    return values[below(Size)];
  }

 private:
  std::mt19937_64 engine_;
};

// Filters and how often they come, in percent; 0 channels: drawn.
struct Shape {
  unsigned share;
  Spatial filter;
  std::int64_t stride = 1, dilation = 1;
  enum class Groups { kOne, kDepthwise, kSome } groups = Groups::kOne;
  std::int64_t channels = 0;
  int dims = 2;
};
using Groups = Shape::Groups;
constexpr Shape kShapes[] = {
    {33, {1, 1, 1}},
    {27, {1, 3, 3}},
    {7, {1, 3, 3}, 2},
    {4, {1, 1, 1}, 2},
    {4, {1, 3, 3}, 1, 1, Groups::kDepthwise},
    {2, {1, 3, 3}, 2, 1, Groups::kDepthwise},
    {2, {1, 5, 5}, 1, 1, Groups::kDepthwise},
    {1, {1, 7, 7}, 1, 1, Groups::kDepthwise},
    {3, {1, 3, 3}, 1, 1, Groups::kSome},
    {2, {1, 7, 7}, 2, 1, Groups::kOne, 3},
    {1, {1, 3, 3}, 2, 1, Groups::kOne, 3},
    {1, {1, 3, 3}, 1, 1, Groups::kOne, 3},
    {3, {1, 5, 5}},
    {2, {1, 1, 7}},
    {2, {1, 7, 1}},
    {2, {1, 3, 3}, 1, 2},
    {2, {1, 1, 3}, 1, 1, Groups::kOne, 0, 1},
    {2, {3, 3, 3}, 1, 1, Groups::kOne, 0, 3},
};

constexpr std::int64_t kChannels[] = {16,  24,  32,  48,  64,  64,   80,   96,  128,
                                      128, 160, 192, 256, 256, 320,  384,  480, 512,
                                      512, 576, 640, 768, 960, 1024, 1152, 2048};
constexpr std::int64_t kMaps[] = {7,  7,  8,  13, 14, 14, 16, 19,  20,  26,  28,  28,  32, 35,
                                  38, 40, 52, 56, 56, 64, 80, 104, 112, 128, 160, 224, 256};
constexpr std::int64_t kBatches[] = {1, 1, 1, 1, 1, 2, 4, 8, 16, 16, 32};
constexpr std::int64_t kGroups[] = {2, 4, 8, 16, 32};

const Shape& draw_shape(Draw& draw) {
  std::uint64_t at = draw.below(100);
  for (const Shape& shape : kShapes) {
    if (at < shape.share) return shape;
    at -= shape.share;
  }
  return kShapes[0];
}

void finish(ConvProblem& p, const RandomKind& kind) {
  p.out = implied_output(p);
  set_packed(p, kind.layout);
  canonicalize(p);
}

ConvProblem draw_problem(Draw& draw, const RandomKind& kind, double most_flops) {
  const Shape& shape = draw_shape(draw);
  ConvProblem p;
  p.direction = kind.direction;
  p.x_type = p.w_type = kind.type;
  p.y_type = usual_output(kind.type);
  p.spatial_dims = shape.dims == 3 ? 3 : 2;
  p.filter = shape.filter;
  p.n = draw.one_of(kBatches);
  p.c = draw.one_of(kChannels);
  // As often as not as many channels out as in.
  p.k = draw.below(2) == 0 ? p.c : draw.one_of(kChannels);
  if (shape.channels != 0) {
    p.c = shape.channels;
    p.k = std::min<std::int64_t>(p.k, 128);
  }
  if (shape.groups == Groups::kDepthwise) p.groups = p.k = p.c;
  if (shape.groups == Groups::kSome) {
    p.k = p.c;
    p.groups = draw.one_of(kGroups);
    while (p.c % p.groups != 0) p.groups /= 2;
  }
  const std::int64_t map = draw.one_of(kMaps);
  p.in = {shape.dims == 3 ? std::min<std::int64_t>(map, 16) : 1, map, map};
  if (shape.dims == 1) p.in = {1, 1, map * 16};
  p.stride = {shape.dims == 3 ? shape.stride : 1, shape.stride, shape.stride};
  if (p.in.h == 1) p.stride.h = 1;
  p.dilation = {1, shape.filter.h > 1 ? shape.dilation : 1,
                shape.filter.w > 1 ? shape.dilation : 1};
  const auto same = [](std::int64_t filter, std::int64_t dilation) {
    return (filter - 1) * dilation / 2;
  };
  p.pad = {same(p.filter.d, 1), same(p.filter.h, p.dilation.h), same(p.filter.w, p.dilation.w)};
  finish(p, kind);
  while (p.direct_flops() > most_flops && p.n > 1) {
    p.n /= 2;
    finish(p, kind);
  }
  while (p.direct_flops() > most_flops && p.in.w > 7) {
    p.in.w = (p.in.w + 1) / 2;
    if (p.in.h > 1) p.in.h = (p.in.h + 1) / 2;
    if (p.in.d > 1) p.in.d = (p.in.d + 1) / 2;
    finish(p, kind);
  }
  while (p.direct_flops() > most_flops && p.groups == 1 && std::min(p.c, p.k) >= 32) {
    p.c /= 2;
    p.k /= 2;
    finish(p, kind);
  }
  return p;
}

}  // namespace

ProblemSet set_of(const ConvProblem& problem) {
  return hash_of_line(to_driver_line(problem)) % kHeldApartPart == 0 ? ProblemSet::kHeldApart
                                                                     : ProblemSet::kTuning;
}

ConvProblem random_problem(std::uint64_t seed, std::uint64_t number, const RandomKind& kind,
                           ProblemSet set, double most_flops) {
  Draw draw(seed, number);
  while (true) {
    ConvProblem problem = draw_problem(draw, kind, most_flops);
    if (set_of(problem) == set) return problem;
  }
}

std::vector<ConvProblem> random_problems(std::uint64_t seed, std::int64_t count,
                                         const std::vector<RandomKind>& kinds, ProblemSet set,
                                         double most_flops) {
  std::vector<ConvProblem> problems;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto number = static_cast<std::uint64_t>(i);
    problems.push_back(random_problem(seed, number, kinds[number % kinds.size()], set, most_flops));
  }
  return problems;
}

}  // namespace rdna1conv::bench
