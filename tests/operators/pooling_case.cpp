#include <algorithm>
#include <cstring>
#include <limits>

#include "core/operators/pooling.h"
#include "operators/cases.h"
#include "reference/element_type.h"

namespace rdna1conv {
namespace {

class PoolingObject
    : public client::MiopenObject<miopenPoolingDescriptor_t, miopenCreatePoolingDescriptor,
                                  miopenDestroyPoolingDescriptor> {
 public:
  explicit PoolingObject(const PoolingDescriptor& pooling)
      : MiopenObject("miopenCreatePoolingDescriptor") {
    int window[3], pad[3], stride[3];
    const auto first = static_cast<std::size_t>(3 - pooling.dims);
    for (std::size_t i = first; i < 3; ++i) {
      window[i - first] = static_cast<int>(pooling.window[i]);
      pad[i - first] = static_cast<int>(pooling.pad[i]);
      stride[i - first] = static_cast<int>(pooling.stride[i]);
    }
    using client::check_miopen;
    check_miopen(miopenSetNdPoolingDescriptor(*this, static_cast<miopenPoolingMode_t>(pooling.mode),
                                              pooling.dims, window, pad, stride),
                 "miopenSetNdPoolingDescriptor");
    check_miopen(
        miopenSetPoolingIndexType(*this, static_cast<miopenIndexType_t>(pooling.index_type)),
        "miopenSetPoolingIndexType");
    check_miopen(miopenSetPoolingWorkSpaceIndexMode(*this, pooling.index_in_image
                                                               ? miopenPoolingWorkspaceIndexImage
                                                               : miopenPoolingWorkspaceIndexMask),
                 "miopenSetPoolingWorkSpaceIndexMode");
  }
};

double lowest_of(DataType type) {
  return type == DataType::kHalf       ? -65504
         : type == DataType::kBFloat16 ? -0x1.fep127
                                       : -double{std::numeric_limits<float>::max()};
}

// One window: its pixels inside the image, in scan order.
template <class Visit>
void for_pixels(const PoolingProblem& p, const std::array<std::int64_t, 3>& output, Visit visit) {
  std::array<std::int64_t, 3> start;
  for (std::size_t i = 0; i < 3; ++i) start[i] = output[i] * p.pooling.stride[i] - p.pooling.pad[i];
  const auto& [wd, wh, ww] = p.pooling.window;
  for (std::int64_t d = 0; d < wd; ++d)
    for (std::int64_t h = 0; h < wh; ++h)
      for (std::int64_t w = 0; w < ww; ++w) {
        const std::array<std::int64_t, 3> at{start[0] + d, start[1] + h, start[2] + w};
        bool inside = true;
        for (std::size_t i = 0; i < 3; ++i)
          inside = inside && at[i] >= 0 && at[i] < p.x_lengths[i + 2];
        if (!inside) continue;
        visit((at[0] * p.x_lengths[3] + at[1]) * p.x_lengths[4] + at[2], (d * wh + h) * ww + w);
      }
}

struct Pooled {
  std::vector<double> y;
  std::vector<std::int64_t> index;   // as the workspace has it
  std::vector<std::int64_t> winner;  // pixel of the image that won, or -1
  std::vector<double> divisor;
};

Pooled pool(const PoolingProblem& p, const std::vector<float>& x) {
  const std::int64_t planes = p.x_lengths[0] * p.x_lengths[1];
  const std::int64_t pixels = p.x_lengths[2] * p.x_lengths[3] * p.x_lengths[4];
  const double volume = static_cast<double>(p.pooling.window[0] * p.pooling.window[1]) *
                        static_cast<double>(p.pooling.window[2]);
  Pooled result;
  for (std::int64_t plane = 0; plane < planes; ++plane)
    for (std::int64_t d = 0; d < p.y_lengths[2]; ++d)
      for (std::int64_t h = 0; h < p.y_lengths[3]; ++h)
        for (std::int64_t w = 0; w < p.y_lengths[4]; ++w) {
          double best = lowest_of(p.type), sum = 0, count = 0;
          std::int64_t index = 0, winner = -1;
          for_pixels(p, {d, h, w}, [&](std::int64_t pixel, std::int64_t place) {
            const double value = x[static_cast<std::size_t>(plane * pixels + pixel)];
            sum += value;
            count += 1;
            if (!(value > best)) return;
            best = value;
            winner = pixel;
            index = p.pooling.index_in_image ? pixel : place;
          });
          const double divisor =
              p.pooling.mode == PoolingMode::kAverageInclusive ? volume : std::max(count, 1.0);
          result.y.push_back(p.pooling.mode == PoolingMode::kMax ? best : sum / divisor);
          result.index.push_back(index);
          result.winner.push_back(winner);
          result.divisor.push_back(divisor);
        }
  return result;
}

std::vector<double> pool_backward(const PoolingProblem& p, const Pooled& pooled,
                                  const std::vector<float>& dy) {
  const std::int64_t pixels = p.x_lengths[2] * p.x_lengths[3] * p.x_lengths[4];
  const std::int64_t outputs = p.y_lengths[2] * p.y_lengths[3] * p.y_lengths[4];
  std::vector<double> dx(static_cast<std::size_t>(count_of(p.x_lengths)));
  for (std::size_t i = 0; i < dy.size(); ++i) {
    const auto output = static_cast<std::int64_t>(i) % outputs;
    const std::int64_t first = static_cast<std::int64_t>(i) / outputs * pixels;
    if (p.pooling.mode == PoolingMode::kMax) {
      if (pooled.winner[i] >= 0)
        dx[static_cast<std::size_t>(first + pooled.winner[i])] += double{dy[i]};
      continue;
    }
    const std::int64_t w = output % p.y_lengths[4], h = output / p.y_lengths[4] % p.y_lengths[3];
    for_pixels(p, {output / p.y_lengths[4] / p.y_lengths[3], h, w},
               [&](std::int64_t pixel, std::int64_t) {
                 dx[static_cast<std::size_t>(first + pixel)] += dy[i] / pooled.divisor[i];
               });
  }
  return dx;
}

// What is wrong with the workspace's positions, or nothing.
std::optional<std::string> index_fault(const DeviceBytes& workspace, IndexType type,
                                       const std::vector<std::int64_t>& expected) {
  const std::vector<std::byte> bytes = workspace.download();
  const std::size_t size = bytes_of(type);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    std::uint64_t index = 0;
    std::memcpy(&index, bytes.data() + i * size, size);
    if (index == static_cast<std::uint64_t>(expected[i])) continue;
    return "index " + std::to_string(i) + " is " + std::to_string(index) + ", not " +
           std::to_string(expected[i]);
  }
  return std::nullopt;
}

}  // namespace

OperatorCase make_pooling_case(std::string_view line, bool with_reference) {
  const PoolingProblem p = parse_pooling(line);
  const StridedTensor x{p.type, p.x_lengths, p.x_strides}, y{p.type, p.y_lengths, p.y_strides};
  const bool is_max = p.pooling.mode == PoolingMode::kMax;
  OperatorCase c;
  c.line = to_driver_line(p);
  c.tensors.push_back({"x", x, input_values(with_reference, p.type, x.count(), 1), {}, {}});
  const Pooled pooled = with_reference ? pool(p, c.tensors[0].before) : Pooled{};
  const auto descriptor = std::make_shared<PoolingObject>(p.pooling);
  const auto x_desc = describe(x, p.pooling.dims), y_desc = describe(y, p.pooling.dims);
  std::size_t bytes = 0;
  client::check_miopen(miopenPoolingGetWorkSpaceSizeV2(*descriptor, *y_desc, &bytes),
                       "miopenPoolingGetWorkSpaceSizeV2");
  const auto workspace = std::make_shared<DeviceBytes>(bytes);
  const auto size = static_cast<double>(bytes_of(p.type));
  const auto index_bytes = is_max && (p.saves || p.backward) ? static_cast<double>(bytes) : 0;
  c.bytes = (static_cast<double>(x.count()) + static_cast<double>(y.count())) * size + index_bytes;
  static float one = 1, zero = 0;

  // A maximum is one of the inputs.
  const Tolerance of_forward = is_max ? Tolerance{0, 0} : tolerance_of(p.type);
  const auto forward = [=](miopenHandle_t handle, const void* from, void* to, bool saves) {
    return miopenPoolingForward(handle, *descriptor, &one, *x_desc, from, &zero, *y_desc, to, saves,
                                saves ? workspace->address() : nullptr, saves ? bytes : 0);
  };
  if (!p.backward) {
    c.tensors.push_back({"y", y, {}, pooled.y, of_forward});
    c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
      return forward(handle, at[0], at[1], p.saves);
    };
    if (p.saves) {
      c.further_fault = [=] { return index_fault(*workspace, p.pooling.index_type, pooled.index); };
    }
    return c;
  }
  c.tensors.push_back({"dy", y, input_values(with_reference, p.type, y.count(), 2), {}, {}});
  const std::vector<double> expected =
      with_reference ? pool_backward(p, pooled, c.tensors[1].before) : std::vector<double>();
  c.tensors.push_back({"dx", x, {}, expected, tolerance_of(p.type)});
  // As clients do: forward first, for the positions of its maxima.
  const auto scratch =
      std::make_shared<DeviceBytes>(static_cast<std::size_t>(y.span()) * bytes_of(p.type));
  if (is_max) {
    c.prepare = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
      return forward(handle, at[0], scratch->address(), true);
    };
  }
  c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
    return miopenPoolingBackward(handle, *descriptor, &one, *y_desc, scratch->address(), *y_desc,
                                 at[1], *x_desc, at[0], &zero, *x_desc, at[2],
                                 is_max ? workspace->address() : nullptr);
  };
  return c;
}

}  // namespace rdna1conv
