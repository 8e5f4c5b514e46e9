#include "core/operators/reduce.h"

#include <cmath>
#include <limits>

#include "operators/cases.h"
#include "reference/element_type.h"

namespace rdna1conv {
namespace {

class ReduceObject : public client::MiopenObject<miopenReduceTensorDescriptor_t,
                                                 miopenCreateReduceTensorDescriptor,
                                                 miopenDestroyReduceTensorDescriptor> {
 public:
  explicit ReduceObject(const ReduceProblem& p)
      : MiopenObject("miopenCreateReduceTensorDescriptor") {
    client::check_miopen(miopenSetReduceTensorDescriptor(
                             *this, static_cast<miopenReduceTensorOp_t>(p.operation), miopenFloat,
                             p.propagates_nan ? MIOPEN_PROPAGATE_NAN : MIOPEN_NOT_PROPAGATE_NAN,
                             p.has_indices ? MIOPEN_REDUCE_TENSOR_FLATTENED_INDICES
                                           : MIOPEN_REDUCE_TENSOR_NO_INDICES,
                             MIOPEN_32BIT_INDICES),
                         "miopenSetReduceTensorDescriptor");
  }
};

// A group's result, member by member in order.
struct Reduced {
  double value = 0;
  std::int64_t position = 0;
};

// As numpy says it: of elements that are alike the first, of NaNs that count the first.
class Reduction {
 public:
  explicit Reduction(const ReduceProblem& p) : p_(p) {
    if (p.operation == ReduceOperation::kMultiply) value_ = 1;
  }

  void add(double x) {
    const std::int64_t at = members_++;
    switch (p_.operation) {
      case ReduceOperation::kMultiply:
        value_ *= x;
        return;
      case ReduceOperation::kNorm1:
        value_ += std::fabs(x);
        return;
      case ReduceOperation::kNorm2:
        value_ += x * x;
        return;
      case ReduceOperation::kMin:
      case ReduceOperation::kMax:
      case ReduceOperation::kMaxMagnitude:
        break;
      default:
        value_ += x;
        return;
    }
    if (std::isnan(x) && !p_.propagates_nan) return;
    const double seen = p_.operation == ReduceOperation::kMaxMagnitude ? std::fabs(x) : x;
    const bool wins = p_.operation == ReduceOperation::kMin ? seen < value_ : seen > value_;
    if (position_ >= 0 && (std::isnan(value_) || !(wins || std::isnan(x)))) return;
    value_ = seen;
    position_ = at;
  }
  Reduced result() const {
    if (p_.operation == ReduceOperation::kAverage)
      return {value_ / static_cast<double>(members_), 0};
    if (p_.operation == ReduceOperation::kNorm2) return {std::sqrt(value_), 0};
    return {value_, std::max<std::int64_t>(position_, 0)};
  }

 private:
  const ReduceProblem& p_;
  double value_ = 0;
  std::int64_t members_ = 0, position_ = -1;
};

std::vector<Reduced> reduce(const ReduceProblem& p, const std::vector<float>& a) {
  std::vector<Reduction> groups(
      static_cast<std::size_t>(StridedTensor{p.c_type, p.c_lengths, p.c_strides}.count()),
      Reduction(p));
  FiveDims c_places = packed_strides(p.c_lengths, Layout::kNchw);
  for (std::size_t i = 0; i < c_places.size(); ++i)
    if (p.c_lengths[i] == 1) c_places[i] = 0;
  for_each_element({p.a_type, p.a_lengths, c_places}, [&](std::int64_t index, std::int64_t group) {
    groups[static_cast<std::size_t>(group)].add(double{a[static_cast<std::size_t>(index)]});
  });
  std::vector<Reduced> all;
  for (const Reduction& group : groups) all.push_back(group.result());
  return all;
}

}  // namespace

OperatorCase make_reduce_case(std::string_view line, bool with_reference) {
  const auto parsed = parse_reduce(line);
  const ReduceProblem p = parsed.problem;
  const ReduceScalars scalars = parsed.scalars;
  const StridedTensor a{p.a_type, p.a_lengths, p.a_strides},
      c_tensor{p.c_type, p.c_lengths, p.c_strides};
  const bool multiplies = p.operation == ReduceOperation::kMultiply;
  OperatorCase c;
  c.line = to_driver_line(p, scalars);
  std::vector<float> values = input_values(with_reference, p.a_type, a.count(), 1,
                                           multiplies ? 0.75 : -1, multiplies ? 1.25 : 1);
  const std::vector<Reduced> results =
      with_reference ? reduce(p, values)
                     : std::vector<Reduced>(static_cast<std::size_t>(c_tensor.count()));
  const double alpha = static_cast<double>(scalars.alpha), beta = static_cast<double>(scalars.beta);
  const std::vector<float> before =
      beta != 0 ? case_values(p.c_type, c_tensor.count(), 3, -1, 1) : std::vector<float>();
  std::vector<double> expected, positions;
  for (std::size_t i = 0; i < results.size(); ++i) {
    expected.push_back(alpha * results[i].value + (beta != 0 ? beta * double{before[i]} : 0));
    positions.push_back(static_cast<double>(results[i].position));
  }
  c.tensors.push_back({"a", a, std::move(values), {}, {}});
  c.tensors.push_back({"c", c_tensor, before, std::move(expected), tolerance_of(p.c_type)});
  const auto indices_count = static_cast<std::int64_t>(p.has_indices ? positions.size() : 0);
  if (p.has_indices) {
    const FiveDims flat{1, 1, 1, 1, indices_count};
    c.tensors.push_back({"indices",
                         {DataType::kInt32, flat, packed_strides(flat, Layout::kNchw)},
                         {},
                         std::move(positions),
                         {0, 0}});
  }
  c.once = beta != 0;
  c.bytes =
      static_cast<double>(a.count()) * static_cast<double>(bytes_of(p.a_type)) +
      static_cast<double>(c_tensor.count()) *
          static_cast<double>(bytes_of(p.c_type) * (beta != 0 ? 2 : 1) + (p.has_indices ? 4 : 0));
  const auto descriptor = std::make_shared<ReduceObject>(p);
  const auto a_desc = describe(a), c_desc = describe(c_tensor, spatial_dims_of(a.lengths));
  const ReduceScalars s = scalars;
  const client::MiopenHandle for_size;
  std::size_t bytes = 0;
  client::check_miopen(
      miopenGetReductionWorkspaceSize(for_size, *descriptor, *a_desc, *c_desc, &bytes),
      "miopenGetReductionWorkspaceSize");
  const auto workspace = std::make_shared<DeviceBytes>(bytes);
  c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
    return miopenReduceTensor(handle, *descriptor, p.has_indices ? at[2] : nullptr,
                              p.has_indices ? static_cast<std::size_t>(indices_count) * 4 : 0,
                              workspace->address(), bytes, &s.alpha, *a_desc, at[0], &s.beta,
                              *c_desc, at[1]);
  };
  return c;
}

}  // namespace rdna1conv
