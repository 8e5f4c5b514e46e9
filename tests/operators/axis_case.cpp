#include "core/operators/axis.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include "operators/cases.h"

namespace rdna1conv {

OperatorCase make_axis_case(std::string_view line, bool with_reference) {
  const auto parsed = parse_axis(line);
  const AxisProblem p = parsed.problem;
  const bool is_kth = p.operation == AxisOperation::kKthValue;
  const bool is_product = p.operation == AxisOperation::kProduct;
  const bool is_sum = p.operation == AxisOperation::kSum;
  const auto axis = static_cast<std::size_t>(p.dimension);
  const StridedTensor x_tensor{p.type, p.lengths, p.x_strides};
  FiveDims reduced = p.lengths;
  reduced[axis] = 1;
  const StridedTensor y_tensor{p.type, reduced, packed_strides(reduced, Layout::kNchw)};
  const auto groups = static_cast<std::size_t>(y_tensor.count());
  OperatorCase c;
  c.line = to_driver_line(p, parsed.scalars);
  // Products of many numbers must stay near one. Of extremes and of what is ordered there are
  // equals.
  std::vector<float> x = is_product
                             ? input_values(with_reference, p.type, x_tensor.count(), 1, 0.75, 1.25)
                             : input_values(with_reference, p.type, x_tensor.count(), 1, -4, 4);
  if (with_reference && !is_product && !is_sum) {
    for (float& value : x) value = std::round(value * 4) / 4;
    x.front() = x.back();
  }
  // What is not a number does not count where it is left out, nor among extremes.
  const bool has_nan = with_reference && !is_kth && (p.skips_nan || p.has_indices());
  if (has_nan && x.size() > 3) x[x.size() / 3] = NAN;

  std::vector<std::vector<std::size_t>> members(groups);
  if (with_reference) {
    std::int64_t inner = 1;
    for (std::size_t i = axis + 1; i < p.lengths.size(); ++i) inner *= p.lengths[i];
    const std::int64_t row = inner * p.lengths[axis];
    for (std::int64_t i = 0; i < x_tensor.count(); ++i)
      members[static_cast<std::size_t>(i / row * inner + i % inner)].push_back(
          static_cast<std::size_t>(i));
  }
  std::vector<double> y(groups), indices(groups);
  for (std::size_t g = 0; g < groups && with_reference; ++g) {
    const std::vector<std::size_t>& of_group = members[g];
    const bool is_min = p.operation == AxisOperation::kMin || p.operation == AxisOperation::kArgMin;
    if (is_sum || is_product) {
      double total = is_product ? 1 : 0;
      for (const std::size_t i : of_group) {
        if (std::isnan(x[i])) continue;
        total = is_product ? total * double{x[i]} : total + double{x[i]};
      }
      y[g] = total;
    } else if (is_kth) {
      std::vector<std::size_t> order(of_group.size());
      std::iota(order.begin(), order.end(), std::size_t{0});
      std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return x[of_group[a]] < x[of_group[b]];
      });
      y[g] = x[of_group[order[parsed.scalars.k - 1]]];
      // The first of its equals.
      for (std::size_t j = of_group.size(); j-- > 0;)
        if (double{x[of_group[j]]} == y[g]) indices[g] = static_cast<double>(j);
    } else {
      std::size_t best = 0;
      for (std::size_t j = 1; j < of_group.size(); ++j) {
        const float a = x[of_group[best]], b = x[of_group[j]];
        if (std::isnan(b)) continue;
        if (std::isnan(a) || (is_min ? b < a : b > a)) best = j;
      }
      y[g] = x[of_group[best]];
      indices[g] = static_cast<double>(best);
    }
  }

  c.tensors.push_back({"x", x_tensor, x, {}, {}});
  c.tensors.push_back({"y", y_tensor, {}, {}, {}});
  if (p.has_values()) {
    c.tensors.back().expected = y;
    c.tensors.back().tolerance = is_sum || is_product ? tolerance_of(p.type) : Tolerance{0, 0};
  }
  const auto wide_count = static_cast<std::int64_t>(groups) * (is_kth ? 2 : 1);
  if (p.has_indices()) {
    // Of 64 bits the lower half and the upper one.
    std::vector<double> words;
    for (const double index : indices) {
      words.push_back(index);
      if (is_kth) words.push_back(0);
    }
    c.tensors.push_back({"indices",
                         {DataType::kInt32,
                          {1, 1, 1, 1, wide_count},
                          {wide_count, wide_count, wide_count, wide_count, 1}},
                         {},
                         words,
                         {0, 0}});
  }
  c.bytes = static_cast<double>(x_tensor.count() + y_tensor.count()) *
            static_cast<double>(bytes_of(p.type));
  const int spatial = spatial_dims_of(p.lengths);
  const auto x_desc = describe(x_tensor, spatial), y_desc = describe(y_tensor, spatial);
  const auto index_desc = describe(
      {is_kth ? DataType::kInt64 : DataType::kInt32, y_tensor.lengths, y_tensor.strides}, spatial);
  const auto dimension = static_cast<std::int32_t>(dimension_in_line(p.lengths, p.dimension));
  const std::size_t k = parsed.scalars.k;
  c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
    if (is_kth) {
      return miopenKthvalueForward(handle, *x_desc, at[0], *y_desc, at[1], *index_desc,
                                   reinterpret_cast<std::size_t*>(at[2]), k, dimension, true);
    }
    if (p.has_indices()) {
      const int operation =
          static_cast<int>(p.operation) - static_cast<int>(AxisOperation::kArgMin) + 1;
      return miopenReduceExtremeForward(handle, *x_desc, at[0], dimension,
                                        static_cast<miopenReduceExtremeOp_t>(operation), *y_desc,
                                        p.has_values() ? at[1] : nullptr, *index_desc, at[2]);
    }
    return miopenReduceCalculationForward(handle,
                                          p.skips_nan ? MIOPEN_REDUCE_CALCULATION_NOT_PROPAGATE_NAN
                                                      : MIOPEN_REDUCE_CALCULATION_PROPAGATE_NAN,
                                          nullptr, 0, *x_desc, at[0], dimension,
                                          static_cast<miopenReduceCalculationOp_t>(p.operation),
                                          *y_desc, at[1]);
  };
  return c;
}

}  // namespace rdna1conv
