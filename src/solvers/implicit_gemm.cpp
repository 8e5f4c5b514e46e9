#include "solvers/implicit_gemm.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <numeric>

#include "solvers/epilogue_launch.h"
#include "solvers/implicit_gemm_launches.h"
#include "solvers/launch_arithmetic.h"

namespace rdna1conv::implicit_gemm {
namespace {

using Axes = std::array<std::int64_t, 3>;  // d, h, w

Axes axes_of(const Spatial& s) { return {s.d, s.h, s.w}; }

// Strides in bytes.
struct Strides {
  std::int64_t outer, inner;  // of the first two dimensions
  Axes axis;
};
Strides strides_of(const FiveDims& strides, DataType type) {
  const auto size = static_cast<std::int64_t>(bytes_of(type));
  return {strides[0] * size,
          strides[1] * size,
          {strides[2] * size, strides[3] * size, strides[4] * size}};
}

// Bytes from the first to the last element.
std::int64_t reach_of(const FiveDims& lengths, const Strides& strides) {
  std::int64_t reach = (lengths[0] - 1) * strides.outer + (lengths[1] - 1) * strides.inner;
  for (std::size_t i = 0; i < 3; ++i) reach += (lengths[i + 2] - 1) * strides.axis[i];
  return reach;
}

// The lengths and positions of an index space; its strides follow.
struct Space {
  std::int64_t outer;
  Axes length, start, step;
  std::int64_t x_outer, other_outer;
  Axes other_axis;
};

std::int64_t count_of(const Space& space) {
  return space.outer * space.length[0] * space.length[1] * space.length[2];
}

// The outer digit runs fastest if its neighbours are closer in x than those of the last axis.
IndexSpace index_space(const Space& space, const Axes& x_axis) {
  const auto& [outer, length, start, step, x_outer, other_outer, other_axis] = space;
  IndexSpace result{};
  result.outer_first =
      outer > 1 && length[0] * length[1] * length[2] > 1 && x_outer < std::abs(step[2] * x_axis[2]);
  const std::array<std::int64_t, 3> fastest = result.outer_first
                                                  ? std::array{outer, length[2], length[1]}
                                                  : std::array{length[2], length[1], length[0]};
  for (std::size_t i = 0; i < 3; ++i) {
    result.digits[i] = make_fast_division(to_u32(std::max<std::int64_t>(1, fastest[i])));
    result.start[i] = to_i32(start[i]);
    result.step[i] = to_i32(step[i]);
    result.other_axis[i] = other_axis[i];
  }
  result.x_outer = x_outer;
  result.other_outer = other_outer;
  return result;
}

// How far apart neighbouring indices are in x, and in the other tensor; far for a single index.
struct Neighbours {
  std::int64_t x, other;
};
Neighbours neighbours_of(const Space& space, const Axes& x_axis) {
  constexpr std::int64_t kFar = std::int64_t{1} << 40;
  const bool outer_first = index_space(space, x_axis).outer_first != 0;
  if (!outer_first) {
    for (const std::size_t i : {2u, 1u, 0u}) {
      if (space.length[i] > 1)
        return {std::abs(space.step[i] * x_axis[i]), std::abs(space.other_axis[i])};
    }
  }
  if (space.outer > 1) return {space.x_outer, space.other_outer};
  return {kFar, kFar};
}

// A convolution as one of the directions sees it: what is gathered from (called x here, though it
// is dy for backward data), what it is multiplied with, and where the result goes.
struct Operation {
  Space pixel, tap;
  Axes x_length, x_axis;
  std::int64_t rows;  // channels of a group that are the rows of the GEMM
  std::int64_t a_row, out_row;
  std::int64_t a_group, x_group, out_group;
  PointerPatch a, x, out;
  bool fits_narrow;
  std::array<std::int64_t, 4> norm;  // start, steps
};

DataType output_type_of(const ConvProblem& p) {
  switch (p.direction) {
    case Direction::kForward:
      return p.y_type;
    case Direction::kBackwardData:
      return p.x_type;
    case Direction::kBackwardWeights:
      break;
  }
  return p.w_type;
}

// int8 has no gradients; its backward data is a transposed forward convolution.
bool has_known_types(const ConvProblem& p) {
  for (const DataType type : {DataType::kFloat, DataType::kHalf, DataType::kBFloat16}) {
    if (p.is_all(type)) return true;
  }
  const DataType out = output_type_of(p);
  const DataType in = p.direction == Direction::kBackwardData ? p.y_type : p.x_type;
  return p.direction != Direction::kBackwardWeights && in == DataType::kInt8 &&
         p.w_type == DataType::kInt8 &&
         (out == DataType::kInt32 || out == DataType::kFloat || out == DataType::kInt8);
}

std::uint32_t out_type_of(DataType type) {
  switch (type) {
    case DataType::kInt8:
      return kImplicitGemmOutInt8;
    case DataType::kInt32:
      return kImplicitGemmOutInt32;
    default:
      return kImplicitGemmOutFloat;
  }
}

ImplicitGemm gemm_of(const Operation& op, const ConvProblem& p, double unique_bytes) {
  const bool is_weights = p.direction == Direction::kBackwardWeights;
  ImplicitGemm gemm;
  gemm.is_weights = is_weights;
  gemm.type = p.w_type;
  gemm.element_bytes = static_cast<double>(bytes_of(p.w_type));
  gemm.groups = to_u32(p.groups);
  gemm.a = op.a;
  gemm.x = op.x;
  gemm.out = op.out;
  gemm.fits_narrow = op.fits_narrow;
  gemm.unique_bytes = unique_bytes;

  ImplicitGemmParams& params = gemm.params;
  params.pixel = index_space(op.pixel, op.x_axis);
  params.tap = index_space(op.tap, op.x_axis);
  for (std::size_t i = 0; i < 3; ++i) {
    params.x_axis[i] = op.x_axis[i];
    params.in[i] = to_u32(op.x_length[i]);
    params.norm_step[i] = to_u32(op.norm[i + 1]);
  }
  params.norm_start = to_u32(op.norm[0]);
  params.a_row = op.a_row;
  params.out_row = op.out_row;
  params.a_group = op.a_group;
  params.x_group = op.x_group;
  params.out_group = op.out_group;
  params.m = make_fast_division(to_u32(op.rows));
  params.columns = make_fast_division(to_u32(count_of(is_weights ? op.tap : op.pixel)));
  params.out_type = out_type_of(output_type_of(p));
  params.r = to_u32(count_of(is_weights ? op.pixel : op.tap));
  params.epilogue = epilogue_params(p);

  const Neighbours columns = neighbours_of(is_weights ? op.tap : op.pixel, op.x_axis);
  const Neighbours summed = neighbours_of(is_weights ? op.pixel : op.tap, op.x_axis);
  if (summed.other <= op.a_row) params.flags |= kImplicitGemmAAlongR;
  if (summed.x < columns.x) params.flags |= kImplicitGemmBAlongR;
  if (op.out_row < columns.other) params.flags |= kImplicitGemmStoreAlongM;
  return gemm;
}

// The lengths of one group's tensors.
FiveDims of_group(FiveDims lengths, std::int64_t images, std::int64_t groups) {
  lengths[0] = images;
  lengths[1] /= groups;
  return lengths;
}
FiveDims w_of_group(FiveDims lengths, std::int64_t groups) {
  lengths[0] /= groups;
  return lengths;
}

constexpr std::int64_t kNarrowReach = std::int64_t{1} << 31;

double bytes_of_tensors(const ConvProblem& p) {
  const auto size = [](const FiveDims& lengths, DataType type) {
    double elements = 1;
    for (const std::int64_t length : lengths) elements *= static_cast<double>(length);
    return elements * static_cast<double>(bytes_of(type));
  };
  return size(p.x_lengths(), p.x_type) + size(p.w_lengths(), p.w_type) +
         size(p.y_lengths(), p.y_type);
}

// Images that one launch can take: its pixels are counted in 31 bits, and narrow offsets reach 2 GB
// from its first image on.
std::int64_t images_a_launch(const ConvProblem& p) {
  const std::int64_t pixels = std::max(p.in.volume(), p.out.volume());
  std::int64_t images = std::min<std::int64_t>(p.n, (kFastDivisionLimit - 1) / pixels);
  const auto within_reach = [&](std::int64_t count) {
    return reach_of(of_group(p.x_lengths(), count, p.groups), strides_of(p.x_strides, p.x_type)) <
               kNarrowReach &&
           reach_of(of_group(p.y_lengths(), count, p.groups), strides_of(p.y_strides, p.y_type)) <
               kNarrowReach;
  };
  if (!within_reach(1)) return images;  // wide offsets it is
  while (!within_reach(images)) images = divide_up(images, std::int64_t{2});
  return images;
}

bool fits_narrow(const ConvProblem& p, std::int64_t images) {
  return reach_of(of_group(p.x_lengths(), images, p.groups), strides_of(p.x_strides, p.x_type)) <
             kNarrowReach &&
         reach_of(of_group(p.y_lengths(), images, p.groups), strides_of(p.y_strides, p.y_type)) <
             kNarrowReach &&
         reach_of(w_of_group(p.w_lengths(), p.groups), strides_of(p.w_strides, p.w_type)) <
             kNarrowReach;
}

// Forward, or backward weights: x is gathered, w multiplied with or written.
Operation forward_operation(const ConvProblem& p, std::int64_t first_image, std::int64_t images) {
  const Strides x = strides_of(p.x_strides, p.x_type), w = strides_of(p.w_strides, p.w_type),
                y = strides_of(p.y_strides, p.y_type);
  const std::int64_t c = p.c / p.groups, k = p.k / p.groups;
  Operation op{};
  op.pixel = {images,  axes_of(p.out), {-p.pad.d, -p.pad.h, -p.pad.w}, axes_of(p.stride), x.outer,
              y.outer, y.axis};
  op.tap = {c, axes_of(p.filter), {0, 0, 0}, axes_of(p.dilation), x.inner, w.inner, w.axis};
  op.x_length = axes_of(p.in);
  op.x_axis = x.axis;
  op.rows = k;
  op.x_group = c * x.inner;
  op.x = {Buffer::kX, 0, static_cast<std::uint64_t>(first_image * x.outer)};
  const std::int64_t w_group = k * w.outer, y_group = k * y.inner;
  const PointerPatch of_y{Buffer::kY, 0, static_cast<std::uint64_t>(first_image * y.outer)};
  const PointerPatch of_w{Buffer::kW, 0, 0};
  if (p.direction == Direction::kForward) {
    op.a_row = w.outer;
    op.a_group = w_group;
    op.a = of_w;
    op.out_row = y.inner;
    op.out_group = y_group;
    op.out = of_y;
  } else {
    op.a_row = y.inner;
    op.a_group = y_group;
    op.a = of_y;
    op.out_row = w.outer;
    op.out_group = w_group;
    op.out = of_w;
  }
  op.fits_narrow = fits_narrow(p, images);
  op.norm = {0, p.out.h * p.out.w, p.out.w, 1};
  return op;
}

// Backward data along one axis, for the input positions i = residue + q * stride: i + pad = o *
// stride + r * dilation has solutions for every (stride / gcd)-th filter tap r, from first_tap on,
// and then o = start + q - t * step with t the number of such taps before r.
struct AxisClass {
  std::int64_t residue, positions;
  std::int64_t taps, first_tap, tap_step;
  std::int64_t start, step;
};

AxisClass class_of(std::int64_t residue, std::int64_t in, std::int64_t filter, std::int64_t pad,
                   std::int64_t stride, std::int64_t dilation) {
  const std::int64_t gcd = std::gcd(stride, dilation);
  AxisClass c{residue, divide_up(in - residue, stride), 0, 0, stride / gcd, 0, dilation / gcd};
  for (std::int64_t tap = 0; tap < std::min(c.tap_step, filter); ++tap) {
    const std::int64_t position = residue + pad - tap * dilation;
    if (position % stride != 0) continue;
    c.first_tap = tap;
    c.taps = divide_up(filter - tap, c.tap_step);
    c.start = position / stride;
    break;
  }
  return c;
}

std::vector<AxisClass> classes_of(std::int64_t in, std::int64_t filter, std::int64_t pad,
                                  std::int64_t stride, std::int64_t dilation) {
  std::vector<AxisClass> classes;
  for (std::int64_t residue = 0; residue < std::min(stride, in); ++residue)
    classes.push_back(class_of(residue, in, filter, pad, stride, dilation));
  return classes;
}

// Backward data of the input positions of one residue class: a convolution of dy with stride 1.
Operation backward_data_operation(const ConvProblem& p, const std::array<AxisClass, 3>& classes,
                                  std::int64_t first_image, std::int64_t images) {
  const Strides x = strides_of(p.x_strides, p.x_type), w = strides_of(p.w_strides, p.w_type),
                y = strides_of(p.y_strides, p.y_type);
  const Axes stride = axes_of(p.stride), in = axes_of(p.in);
  Operation op{};
  op.pixel = {images, {}, {}, {1, 1, 1}, y.outer, x.outer, {}};
  op.tap = {p.k / p.groups, {}, {}, {}, y.inner, w.outer, {}};
  std::int64_t x_offset = first_image * x.outer, w_offset = 0;
  const Axes norm_axis{in[1] * in[2], in[2], 1};
  for (std::size_t i = 0; i < 3; ++i) {
    const AxisClass& c = classes[i];
    op.pixel.length[i] = c.positions;
    op.pixel.start[i] = c.start;
    op.pixel.other_axis[i] = x.axis[i] * stride[i];
    op.tap.length[i] = c.taps;
    op.tap.step[i] = -c.step;
    op.tap.other_axis[i] = w.axis[i] * c.tap_step;
    x_offset += c.residue * x.axis[i];
    w_offset += c.first_tap * w.axis[i];
    op.norm[0] += c.residue * norm_axis[i];
    op.norm[i + 1] = stride[i] * norm_axis[i];
  }
  op.x_length = axes_of(p.out);
  op.x_axis = y.axis;
  op.rows = p.c / p.groups;
  op.a_row = w.inner;
  op.out_row = x.inner;
  op.a_group = p.k / p.groups * w.outer;
  op.x_group = p.k / p.groups * y.inner;
  op.out_group = p.c / p.groups * x.inner;
  op.a = {Buffer::kW, 0, static_cast<std::uint64_t>(w_offset)};
  op.x = {Buffer::kY, 0, static_cast<std::uint64_t>(first_image * y.outer)};
  op.out = {Buffer::kX, 0, static_cast<std::uint64_t>(x_offset)};
  op.fits_narrow = fits_narrow(p, images);
  return op;
}

std::vector<ImplicitGemm> gemms_of(const ConvProblem& p) {
  const double bytes = bytes_of_tensors(p);
  if (p.direction == Direction::kBackwardWeights)
    return {gemm_of(forward_operation(p, 0, p.n), p, bytes)};

  std::vector<ImplicitGemm> gemms;
  const std::int64_t chunk = images_a_launch(p);
  for (std::int64_t first = 0; first < p.n; first += chunk) {
    const std::int64_t images = std::min(chunk, p.n - first);
    const double share = static_cast<double>(images) / static_cast<double>(p.n);
    if (p.direction == Direction::kForward) {
      gemms.push_back(gemm_of(forward_operation(p, first, images), p, bytes * share));
      continue;
    }
    const auto d = classes_of(p.in.d, p.filter.d, p.pad.d, p.stride.d, p.dilation.d);
    const auto h = classes_of(p.in.h, p.filter.h, p.pad.h, p.stride.h, p.dilation.h);
    const auto w = classes_of(p.in.w, p.filter.w, p.pad.w, p.stride.w, p.dilation.w);
    const double class_share = share / static_cast<double>(d.size() * h.size() * w.size());
    for (const AxisClass& in_d : d) {
      for (const AxisClass& in_h : h) {
        for (const AxisClass& in_w : w) {
          gemms.push_back(gemm_of(backward_data_operation(p, {in_d, in_h, in_w}, first, images), p,
                                  bytes * class_share));
        }
      }
    }
  }
  return gemms;
}

std::optional<std::string> refusal(const ConvProblem& p, Direction direction) {
  if (p.direction != direction) {
    constexpr const char* kNames[] = {"forward", "backward data", "backward weights"};
    return std::string("direction is not ") + kNames[static_cast<std::size_t>(direction)];
  }
  if (!has_known_types(p)) {
    return "tensors are " + std::string(name_of(p.x_type)) + ", " + std::string(name_of(p.w_type)) +
           ", " + std::string(name_of(p.y_type));
  }
  if (direction == Direction::kBackwardWeights && p.epilogue != Epilogue{} &&
      p.epilogue != Epilogue{.scaled = true}) {
    return "has no epilogue for " + to_text(p.epilogue);
  }
  // Positions, with padding and dilation, and channels are 32-bit integers with room for a sum.
  constexpr std::int64_t kPositionLimit = std::int64_t{1} << 29;
  for (const auto& [in, filter, pad, stride, dilation, out] :
       {std::array{p.in.d, p.filter.d, p.pad.d, p.stride.d, p.dilation.d, p.out.d},
        std::array{p.in.h, p.filter.h, p.pad.h, p.stride.h, p.dilation.h, p.out.h},
        std::array{p.in.w, p.filter.w, p.pad.w, p.stride.w, p.dilation.w, p.out.w}}) {
    if (std::max({in, pad, stride, dilation, filter * dilation, out * stride}) >= kPositionLimit)
      return "positions along an axis reach 2^29";
  }
  constexpr std::int64_t kCountLimit = kFastDivisionLimit;
  if (p.in.volume() >= kCountLimit || p.out.volume() >= kCountLimit)
    return "an image has 2^31 pixels or more";
  const std::int64_t channels = direction == Direction::kBackwardData ? p.k : p.c;
  if (channels / p.groups * p.filter.volume() >= kCountLimit || std::max(p.c, p.k) >= kCountLimit) {
    return "channels or an output's products reach 2^31";
  }
  if (direction == Direction::kBackwardWeights && p.n * p.out.volume() >= kCountLimit)
    return "a weight's gradient sums 2^31 products or more";
  if (plans(p, rx_5700_xt()).empty()) return "a launch would have 2^32 work items or more";
  return std::nullopt;
}

}  // namespace

std::optional<std::string> refusal_forward(const ConvProblem& p, const DeviceFacts&) {
  return refusal(p, Direction::kForward);
}
std::optional<std::string> refusal_backward_data(const ConvProblem& p, const DeviceFacts&) {
  return refusal(p, Direction::kBackwardData);
}
std::optional<std::string> refusal_backward_weights(const ConvProblem& p, const DeviceFacts&) {
  return refusal(p, Direction::kBackwardWeights);
}

std::vector<Plan> plans(const ConvProblem& p, const DeviceFacts& device) {
  const std::vector<ImplicitGemm> gemms = gemms_of(p);
  std::vector<Plan> plans;
  for (const ImplicitGemmTile& tile : implicit_gemm_tiles()) {
    for (const bool may_split : {false, true}) {
      if (auto plan = implicit_gemm_plan(gemms, p, tile, may_split, device))
        plans.push_back(*std::move(plan));
    }
  }
  return plans;
}

}  // namespace rdna1conv::implicit_gemm
