#include "solvers/implicit_gemm.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "solvers/chunks.h"
#include "solvers/element_types.h"
#include "solvers/epilogue_launch.h"
#include "solvers/implicit_gemm_launches.h"
#include "solvers/launch_arithmetic.h"
#include "solvers/refusals.h"
#include "solvers/tile_conv.h"
#include "solvers/tile_weights.h"

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

// One of the two index spaces, as params/implicit_gemm.h has it.
struct Space {
  std::int64_t outer;  // images or channels
  Axes step;
  std::int64_t x_outer, other_outer;
  Axes other_axis;
};

// What the two spaces are along one axis.
struct Axis {
  std::int64_t length, filter;  // positions of the output, taps
  std::int64_t start, stride, dilation;
  std::int64_t a_tap, out_residue, norm_residue;

  std::int64_t tap_step() const { return stride / std::gcd(stride, dilation); }
  std::int64_t residues() const { return std::min(stride, length); }
  std::int64_t most_positions() const { return divide_up(length, stride); }
  std::int64_t most_taps() const { return divide_up(filter, tap_step()); }
};

// A convolution as one of the directions sees it: what is gathered from (called x here, though it
// is dy for backward data), what it is multiplied with, and where the result goes.
struct Operation {
  Space pixel, tap;
  std::array<Axis, 3> axis;
  Axes x_length, x_axis, norm_step;
  std::int64_t rows;  // channels of a group that are the rows of the GEMM
  std::int64_t a_row, out_row;
  std::int64_t a_group, x_group, out_group;
  PointerPatch a, x, out;
  bool fits_narrow;

  // Of the class that has most.
  std::int64_t pixels() const {
    return pixel.outer * axis[0].most_positions() * axis[1].most_positions() *
           axis[2].most_positions();
  }
  std::int64_t taps() const {
    return tap.outer * axis[0].most_taps() * axis[1].most_taps() * axis[2].most_taps();
  }
};

FastDivision division_by(std::int64_t divisor) {
  return make_fast_division(to_u32(std::max<std::int64_t>(1, divisor)));
}

ImplicitGemmAxis axis_params(const Axis& axis) {
  ImplicitGemmAxis result{};
  result.stride = division_by(axis.stride);
  result.tap_step = division_by(axis.tap_step());
  result.residues = division_by(axis.residues());
  result.positions[0] = division_by(axis.most_positions());
  result.positions[1] = division_by(axis.length / axis.stride);
  result.taps[0] = division_by(axis.most_taps());
  result.taps[1] = division_by(axis.filter / axis.tap_step());
  result.length = to_u32(axis.length);
  result.filter = to_u32(axis.filter);
  result.start = to_i32(axis.start);
  result.dilation = to_u32(axis.dilation);
  if (axis.stride > 1) {
    result.start_residue = to_u32(axis.start % axis.stride);
    result.dilation_residue = to_u32(axis.dilation % axis.stride);
  }
  result.norm_residue = to_u32(axis.norm_residue);
  result.a_tap = axis.a_tap;
  result.out_residue = axis.out_residue;
  return result;
}

// Products along an axis for all its positions, each with the taps that reach the input's grid.
double products_of(const Axis& axis) {
  double products = 0;
  // Each of the first tap_step taps is the first one of one residue.
  for (std::int64_t tap = 0; tap < std::min(axis.tap_step(), axis.filter); ++tap) {
    const std::int64_t rest = (tap * axis.dilation - axis.start) % axis.stride;
    const std::int64_t residue = rest < 0 ? rest + axis.stride : rest;
    if (residue >= axis.residues()) continue;
    products += static_cast<double>(divide_up(axis.length - residue, axis.stride)) *
                static_cast<double>(divide_up(axis.filter - tap, axis.tap_step()));
  }
  return products;
}

// The outer digit runs fastest if its neighbours are closer in x than those of the last axis.
IndexSpace index_space(const Space& space, std::int64_t inner, const Axes& x_axis) {
  IndexSpace result{};
  result.outer_first =
      space.outer > 1 && inner > 1 && space.x_outer < std::abs(space.step[2] * x_axis[2]);
  result.outer = division_by(space.outer);
  for (std::size_t i = 0; i < 3; ++i) {
    result.step[i] = to_i32(space.step[i]);
    result.other_axis[i] = space.other_axis[i];
  }
  result.x_outer = space.x_outer;
  result.other_outer = space.other_outer;
  return result;
}

// How far apart neighbouring indices are in x, and in the other tensor; far for a single index.
struct Neighbours {
  std::int64_t x, other;
};
Neighbours neighbours_of(const Space& space, const Axes& length, const Axes& x_axis) {
  constexpr std::int64_t kFar = std::int64_t{1} << 40;
  const bool outer_first =
      index_space(space, length[0] * length[1] * length[2], x_axis).outer_first != 0;
  if (!outer_first) {
    for (const std::size_t i : {2u, 1u, 0u}) {
      if (length[i] > 1)
        return {std::abs(space.step[i] * x_axis[i]), std::abs(space.other_axis[i])};
    }
  }
  if (space.outer > 1) return {space.x_outer, space.other_outer};
  return {kFar, kFar};
}

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

// Whether a pixel and a tap may meet outside x, or a tap lies before its pixel.
bool is_padded(const Operation& op) {
  for (std::size_t i = 0; i < 3; ++i) {
    const Axis& axis = op.axis[i];
    const std::int64_t last_tap = (axis.filter - 1) * op.tap.step[i];
    const std::int64_t last = axis.start + (axis.length - 1) * op.pixel.step[i] + last_tap;
    if (axis.stride != 1 || axis.start < 0 || last_tap < 0 || last >= op.x_length[i]) return true;
  }
  return false;
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
  Axes positions{}, taps{};
  double products = static_cast<double>(op.tap.outer), all_positions = 1;
  for (std::size_t i = 0; i < 3; ++i) {
    const Axis& axis = op.axis[i];
    params.axis[i] = axis_params(axis);
    params.x_axis[i] = op.x_axis[i];
    params.in[i] = to_u32(op.x_length[i]);
    params.norm_step[i] = to_u32(op.norm_step[i]);
    positions[i] = axis.most_positions();
    taps[i] = axis.most_taps();
    products *= products_of(axis);
    all_positions *= static_cast<double>(axis.length);
    gemm.classes *= static_cast<std::uint64_t>(axis.residues());
  }
  gemm.average_r = is_weights ? static_cast<double>(op.pixels()) : products / all_positions;
  params.pixel = index_space(op.pixel, positions[0] * positions[1] * positions[2], op.x_axis);
  params.tap = index_space(op.tap, taps[0] * taps[1] * taps[2], op.x_axis);
  params.a_row = op.a_row;
  params.out_row = op.out_row;
  params.a_group = op.a_group;
  params.x_group = op.x_group;
  params.out_group = op.out_group;
  params.m = division_by(op.rows);
  params.columns = division_by(is_weights ? op.taps() : op.pixels());
  params.r = to_u32(is_weights ? op.pixels() : op.taps());
  params.out_type = out_type_of(output_type_of(p));
  params.epilogue = epilogue_params(p);

  const Neighbours pixel = neighbours_of(op.pixel, positions, op.x_axis);
  const Neighbours tap = neighbours_of(op.tap, taps, op.x_axis);
  const Neighbours& columns = is_weights ? tap : pixel;
  const Neighbours& summed = is_weights ? pixel : tap;
  if (summed.other <= op.a_row) params.flags |= kImplicitGemmAAlongR;
  if (summed.x < columns.x) params.flags |= kImplicitGemmBAlongR;
  if (op.out_row < columns.other) params.flags |= kImplicitGemmStoreAlongM;
  if (is_padded(op)) params.flags |= kImplicitGemmPadded;
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
// Of indices: those of a last, partly filled tile are below what FastDivision takes.
constexpr std::int64_t kCountLimit = kFastDivisionLimit - 4096;

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
Chunks chunks_of_images(const ConvProblem& p) {
  if (p.direction == Direction::kBackwardWeights) return {p.n, 1, 0};
  const std::int64_t pixels = std::max(p.in.volume(), p.out.volume());
  std::int64_t images = std::min<std::int64_t>(p.n, (kCountLimit - 1) / pixels);
  const auto within_reach = [&](std::int64_t count) {
    return reach_of(of_group(p.x_lengths(), count, p.groups), strides_of(p.x_strides, p.x_type)) <
               kNarrowReach &&
           reach_of(of_group(p.y_lengths(), count, p.groups), strides_of(p.y_strides, p.y_type)) <
               kNarrowReach;
  };
  if (within_reach(1)) {  // else wide offsets it is
    while (!within_reach(images)) images = divide_up(images, std::int64_t{2});
  }
  return {images, p.n / images, p.n % images};
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
  op.pixel = {images, axes_of(p.stride), x.outer, y.outer, y.axis};
  op.tap = {c, axes_of(p.dilation), x.inner, w.inner, w.axis};
  const Axes out = axes_of(p.out), filter = axes_of(p.filter), pad = axes_of(p.pad);
  for (std::size_t i = 0; i < 3; ++i) op.axis[i] = {out[i], filter[i], -pad[i], 1, 1, 0, 0, 0};
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
  op.norm_step = {p.out.h * p.out.w, p.out.w, 1};
  return op;
}

Operation backward_data_operation(const ConvProblem& p, std::int64_t first_image,
                                  std::int64_t images) {
  const Strides x = strides_of(p.x_strides, p.x_type), w = strides_of(p.w_strides, p.w_type),
                y = strides_of(p.y_strides, p.y_type);
  const std::int64_t c = p.c / p.groups, k = p.k / p.groups;
  const Axes in = axes_of(p.in), filter = axes_of(p.filter), pad = axes_of(p.pad),
             stride = axes_of(p.stride), dilation = axes_of(p.dilation);
  const Axes norm{in[1] * in[2], in[2], 1};
  Operation op{};
  op.pixel = {images, {1, 1, 1}, y.outer, x.outer, {}};
  op.tap = {k, {}, y.inner, w.outer, {}};
  for (std::size_t i = 0; i < 3; ++i) {
    op.axis[i] = {in[i], filter[i], pad[i], stride[i], dilation[i], w.axis[i], x.axis[i], norm[i]};
    op.pixel.other_axis[i] = x.axis[i] * stride[i];
    op.norm_step[i] = norm[i] * stride[i];
    op.tap.step[i] = -dilation[i] / std::gcd(stride[i], dilation[i]);
    op.tap.other_axis[i] = w.axis[i] * op.axis[i].tap_step();
  }
  op.x_length = axes_of(p.out);
  op.x_axis = y.axis;
  op.rows = c;
  op.a_row = w.inner;
  op.out_row = x.inner;
  op.a_group = k * w.outer;
  op.x_group = k * y.inner;
  op.out_group = c * x.inner;
  op.a = {Buffer::kW, 0, 0};
  op.x = {Buffer::kY, 0, static_cast<std::uint64_t>(first_image * y.outer)};
  op.out = {Buffer::kX, 0, static_cast<std::uint64_t>(first_image * x.outer)};
  op.fits_narrow = fits_narrow(p, images);
  return op;
}

ImplicitGemm gemm_of_images(const ConvProblem& p, std::int64_t first, std::int64_t images) {
  const double share = static_cast<double>(images) / static_cast<double>(p.n);
  const Operation operation = p.direction == Direction::kBackwardData
                                  ? backward_data_operation(p, first, images)
                                  : forward_operation(p, first, images);
  return gemm_of(operation, p, bytes_of_tensors(p) * share);
}

ImplicitGemmSequence sequence_of(const ConvProblem& p) {
  const Chunks chunks = chunks_of_images(p);
  ImplicitGemmSequence sequence;
  sequence.full = gemm_of_images(p, 0, chunks.size);
  sequence.count = chunks.full;
  if (chunks.rest > 0) sequence.rest = gemm_of_images(p, 0, chunks.rest);
  return sequence;
}

// Instances with rows from here on are the tile engine's.
const auto kFirstEngineRow = static_cast<std::uint32_t>(implicit_gemm_tiles().size());

std::optional<std::string> refusal(const ConvProblem& p) {
  if (auto reason = first_reason(p, unless_known_types, unless_fusable, unless_positions_fit))
    return reason;
  if (p.in.volume() >= kCountLimit || p.out.volume() >= kCountLimit)
    return "an image has 2^31 pixels or more";
  const std::int64_t channels = p.direction == Direction::kBackwardData ? p.k : p.c;
  if (channels / p.groups * p.filter.volume() >= kCountLimit || std::max(p.c, p.k) >= kCountLimit) {
    return "channels or an output's products reach 2^31";
  }
  if (p.direction == Direction::kBackwardWeights && p.n * p.out.volume() >= kCountLimit)
    return "a weight's gradient sums 2^31 products or more";
  if (auto reason = unless_few(chunks_of_images(p), 2)) return reason;
  if (!implicit_gemm_fits(sequence_of(p))) return "a launch would have 2^32 work items or more";
  return std::nullopt;
}

}  // namespace

std::optional<std::string> refusal_forward(const ConvProblem& p, const DeviceFacts&) {
  if (auto reason = unless_forward(p)) return reason;
  return refusal(p);
}
std::optional<std::string> refusal_backward_data(const ConvProblem& p, const DeviceFacts&) {
  if (auto reason = unless_backward_data(p)) return reason;
  return refusal(p);
}
std::optional<std::string> refusal_backward_weights(const ConvProblem& p, const DeviceFacts&) {
  if (auto reason = unless_backward_weights(p)) return reason;
  return refusal(p);
}

std::vector<Instance> instances(const ConvProblem& p, const DeviceFacts& device) {
  std::vector<Instance> instances;
  if (!tile_weights::refusal(p, device)) {
    instances = tile_weights::instances(p, device);
    for (Instance& instance : instances) instance.row += kFirstEngineRow;
  }
  if (!tile_conv::refusal(p, device)) {
    instances = tile_conv::instances(p, device);
    for (Instance& instance : instances) instance.row += kFirstEngineRow;
    // With neighbouring pixels far apart, lanes side by side on channels may be faster; and of bf16
    // the engine has few tiles.
    const bool side_by_side =
        (p.direction == Direction::kForward ? p.x_strides : p.y_strides)[4] == 1;
    if (side_by_side && p.x_type != DataType::kBFloat16) return instances;
  }
  for (const Instance& instance : implicit_gemm_instances(sequence_of(p), device)) {
    instances.push_back(instance);
  }
  return instances;
}

Estimate estimate(const ConvProblem& p, const Instance& instance, const DeviceFacts& device) {
  if (instance.row < kFirstEngineRow)
    return implicit_gemm_estimate(sequence_of(p), instance, device);
  Instance of_engine = instance;
  of_engine.row -= kFirstEngineRow;
  return p.direction == Direction::kBackwardWeights ? tile_weights::estimate(p, of_engine, device)
                                                    : tile_conv::estimate(p, of_engine, device);
}

std::vector<Launch> launches(const ConvProblem& p, const Instance& instance) {
  if (instance.row >= kFirstEngineRow) {
    Instance of_engine = instance;
    of_engine.row -= kFirstEngineRow;
    return p.direction == Direction::kBackwardWeights ? tile_weights::launches(p, of_engine)
                                                      : tile_conv::launches(p, of_engine);
  }
  const Chunks chunks = chunks_of_images(p);
  std::vector<Launch> launches;
  for_each_chunk(chunks, [&](std::int64_t first, std::int64_t images) {
    append_implicit_gemm(launches, gemm_of_images(p, first, images), images != chunks.size, p,
                         instance);
  });
  return launches;
}

}  // namespace rdna1conv::implicit_gemm
