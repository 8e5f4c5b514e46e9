#include "solvers/operators/pooling.h"

#include "core/tensor_dims.h"
#include "plan/cost_model.h"
#include "solvers/element_types.h"
#include "solvers/launch_arithmetic.h"

namespace rdna1conv {
namespace {

using B = PoolingBuffer;

// In the order of kElementTypes. Of forward: any window, 2x2, 3x3, and the same with positions.
constexpr std::array kMax{RDNA1CONV_FLOAT_KERNELS("pooling_max_", "_any"),
                          RDNA1CONV_FLOAT_KERNELS("pooling_max_", "_2x2"),
                          RDNA1CONV_FLOAT_KERNELS("pooling_max_", "_3x3"),
                          RDNA1CONV_FLOAT_KERNELS("pooling_max_", "_any"),
                          RDNA1CONV_FLOAT_KERNELS("pooling_max_", "_2x2_saves"),
                          RDNA1CONV_FLOAT_KERNELS("pooling_max_", "_3x3_saves")};
constexpr std::array kAverage{RDNA1CONV_FLOAT_KERNELS("pooling_average_", "_any"),
                              RDNA1CONV_FLOAT_KERNELS("pooling_average_", "_2x2"),
                              RDNA1CONV_FLOAT_KERNELS("pooling_average_", "_3x3")};
// Of pixels, of blocks of them.
constexpr std::array kMaxBackward{RDNA1CONV_FLOAT_KERNELS("pooling_max_", "_backward"),
                                  RDNA1CONV_FLOAT_KERNELS("pooling_max_", "_blocks")};
constexpr std::array kAverageBackward{RDNA1CONV_FLOAT_KERNELS("pooling_average_", "_backward"),
                                      RDNA1CONV_FLOAT_KERNELS("pooling_average_", "_blocks")};
constexpr std::array<const char*, 3> kWindowNames{"any", "2x2", "3x3"};

// Whether offsets in elements, from the first to the last, are those of 4 GB.
bool is_small(DataType type, const FiveDims& lengths, const FiveDims& strides) {
  double last = 1;
  for (std::size_t i = 0; i < lengths.size(); ++i)
    last += static_cast<double>(lengths[i] - 1) * static_cast<double>(strides[i]);
  return last * static_cast<double>(bytes_of(type)) < 0x1p32;
}

bool is_small_and_flat(const PoolingProblem& p) {
  return p.pooling.window[0] == 1 && p.x_lengths[2] == 1 && p.y_lengths[2] == 1 &&
         is_small(p.type, p.x_lengths, p.x_strides) && is_small(p.type, p.y_lengths, p.y_strides);
}

std::size_t window_row(const PoolingProblem& p) {
  const auto& [d, h, w] = p.pooling.window;
  const bool is_known = h == w && (w == 2 || w == 3) && is_small_and_flat(p);
  return is_known ? static_cast<std::size_t>(w - 1) : 0;
}

// Whether pixels are written in blocks. Indices are of y's number of elements and 8 bytes at most.
bool in_blocks(const PoolingProblem& p) {
  const auto fits = [&](std::size_t axis) {
    return p.pooling.stride[axis] == kPoolingBlock && p.pooling.window[axis] <= 2 * kPoolingBlock;
  };
  return p.backward && fits(1) && fits(2) && is_small_and_flat(p) &&
         count_of(p.y_lengths) < (std::int64_t{1} << 29);
}

const char* kernel_of(const PoolingProblem& p) {
  const bool is_max = p.pooling.mode == PoolingMode::kMax;
  const std::size_t type = float_row(p.type).value();
  if (p.backward) return (is_max ? kMaxBackward : kAverageBackward)[in_blocks(p) ? 1 : 0][type];
  if (!is_max) return kAverage[window_row(p)][type];
  return kMax[window_row(p) + (p.saves ? kWindowNames.size() : 0)][type];
}

// Of what work items have.
FiveDims counted_lengths(const PoolingProblem& p) {
  FiveDims lengths = p.backward ? p.x_lengths : p.y_lengths;
  if (!in_blocks(p)) return lengths;
  for (std::size_t i = 1; i < 3; ++i) {
    const std::int64_t pad = p.pooling.pad[i];
    lengths[i + 2] = (lengths[i + 2] - 1 + pad) / kPoolingBlock - pad / kPoolingBlock + 1;
  }
  return lengths;
}
const FiveDims& written_strides(const PoolingProblem& p) {
  return p.backward ? p.x_strides : p.y_strides;
}

Launch launch_of(const PoolingProblem& p) {
  constexpr std::int64_t kMaxRows = 1 << 15;
  const FiveDims lengths = counted_lengths(p);
  PoolingParams params{};
  for (std::size_t i = 0; i < 3; ++i) {
    PoolingAxis& axis = params.axis[i];
    axis.in = to_i32(p.x_lengths[i + 2]);
    axis.out = to_i32(p.y_lengths[i + 2]);
    axis.window = to_i32(p.pooling.window[i]);
    axis.pad = to_i32(p.pooling.pad[i]);
    axis.stride = make_fast_division(to_u32(p.pooling.stride[i]));
    axis.x_stride = to_u32(p.x_strides[i + 2]);
    axis.y_stride = to_u32(p.y_strides[i + 2]);
  }
  params.channels_last = written_strides(p)[1] < written_strides(p)[4];
  // Batch and channels are one dimension where they lie behind each other.
  auto [n, c, d, h, w] = lengths;
  const bool joined = !params.channels_last && p.x_strides[0] == p.x_strides[1] * c &&
                      p.y_strides[0] == p.y_strides[1] * c &&
                      n * c * d * h * w < std::int64_t{kFastDivisionLimit};
  if (joined) {
    c *= n;
    n = 1;
  }
  const std::array<std::int64_t, 4> digits =
      params.channels_last ? std::array{c, w, h, d} : std::array{w, h, d, c};
  std::int64_t count = 1;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    params.digit[i] = make_fast_division(to_u32(digits[i]));
    count *= digits[i];
  }
  const bool with_batch = count * n < std::int64_t{kFastDivisionLimit};
  params.digits = n == 1 || !with_batch ? 4 : 5;
  params.count = to_u32(with_batch ? count * n : count);
  params.batch = with_batch ? 1 : to_u32(n);
  params.batch_step = std::min(params.batch, to_u32(kMaxRows));
  params.channels = to_u32(c);
  params.x_n = static_cast<std::uint64_t>(p.x_strides[0]);
  params.x_c = static_cast<std::uint64_t>(p.x_strides[1]);
  params.y_n = static_cast<std::uint64_t>(p.y_strides[0]);
  params.y_c = static_cast<std::uint64_t>(p.y_strides[1]);
  params.mode = p.pooling.mode;
  params.saves = p.saves;
  params.index_bytes = static_cast<std::uint32_t>(bytes_of(p.pooling.index_type));
  params.index_in_image = p.pooling.index_in_image;
  return make_launch({"pooling", kernel_of(p)},
                     {divide_up(params.count, kPoolingThreads), params.batch_step, 1},
                     {kPoolingThreads, 1, 1}, params,
                     {{B::kX, offsetof(PoolingParams, x)},
                      {B::kY, offsetof(PoolingParams, y)},
                      {B::kDx, offsetof(PoolingParams, dx)},
                      {B::kDy, offsetof(PoolingParams, dy)},
                      {B::kIndices, offsetof(PoolingParams, indices)}});
}

std::optional<std::string> refusal(const PoolingProblem& p, const DeviceFacts&) {
  if (auto reason = unless_float_types({p.type})) return reason;
  // Positions along an axis and offsets in an image are 32-bit numbers with room for sums.
  constexpr std::int64_t kLimit = std::int64_t{1} << 30;
  double x_image = 1, y_image = 1;
  for (std::size_t i = 0; i < 3; ++i) {
    const std::int64_t reach = p.y_lengths[i + 2] * p.pooling.stride[i] + p.pooling.window[i] +
                               p.pooling.pad[i] + p.x_lengths[i + 2];
    if (p.pooling.stride[i] >= kLimit || reach >= kLimit)
      return "windows reach 2^30 pixels along an axis";
    x_image +=
        static_cast<double>(p.x_lengths[i + 2] - 1) * static_cast<double>(p.x_strides[i + 2]);
    y_image +=
        static_cast<double>(p.y_lengths[i + 2] - 1) * static_cast<double>(p.y_strides[i + 2]);
  }
  if (x_image >= 0x1p32 || y_image >= 0x1p32) return "an image spans 2^32 elements";
  const FiveDims lengths = counted_lengths(p);
  const double work = static_cast<double>(lengths[1]) * static_cast<double>(lengths[2]) *
                      static_cast<double>(lengths[3]) * static_cast<double>(lengths[4]);
  if (work >= static_cast<double>(kFastDivisionLimit))
    return "an item of the batch has 2^31 elements";
  return std::nullopt;
}

std::vector<Launch> launches(const PoolingProblem& p, const Instance&) { return {launch_of(p)}; }

std::vector<Instance> instances(const PoolingProblem& p, const DeviceFacts& device) {
  const Launch launch = launch_of(p);
  const auto x = static_cast<double>(count_of(p.x_lengths)),
             y = static_cast<double>(count_of(p.y_lengths));
  double taps = 1;
  for (const std::int64_t length : p.pooling.window) taps *= static_cast<double>(length);
  LaunchWork work;
  work.workgroups = static_cast<double>(launch.grid.x) * launch.grid.y;
  work.waves_per_workgroup = kPoolingThreads / 32.0;
  work.fma_per_workgroup = 10 * taps * y / work.workgroups;
  work.independent_fmas = 2;
  work.dram_bytes = (x + y) * static_cast<double>(bytes_of(p.type));
  return {{.name = in_blocks(p) ? "blocks"
                   : p.backward ? "backward"
                                : kWindowNames[window_row(p)],
           .estimated_clocks = launch_clocks(work, device)}};
}

constexpr Solver<PoolingProblem> kSolvers[] = {{"Pooling", 1, true, refusal, instances, launches}};

}  // namespace

std::span<const Solver<PoolingProblem>> solvers_of(const PoolingProblem&) { return kSolvers; }

}  // namespace rdna1conv
