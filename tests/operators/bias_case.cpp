#include "core/operators/bias.h"

#include "operators/cases.h"

namespace rdna1conv {

OperatorCase make_bias_case(std::string_view line, bool with_reference) {
  const auto parsed = parse_bias(line);
  const BiasProblem p = parsed.problem;
  const BiasScalars s = parsed.scalars;
  const double alpha = static_cast<double>(s.alpha), beta = static_cast<double>(s.beta);
  FiveDims bias_lengths{1, p.lengths[1], 1, 1, 1};
  const StridedTensor y{p.type, p.lengths, p.strides},
      bias{p.type, bias_lengths, packed_strides(bias_lengths, Layout::kNchw)};
  const auto channels = static_cast<std::size_t>(p.lengths[1]),
             pixels = static_cast<std::size_t>(p.lengths[2] * p.lengths[3] * p.lengths[4]);
  const auto channel_of = [=](std::size_t i) { return i / pixels % channels; };
  const StridedTensor& in = p.backward ? y : bias;
  const StridedTensor& out = p.backward ? bias : y;

  OperatorCase c;
  c.line = to_driver_line(p, s);
  c.once = s.beta != 0;
  const double size = static_cast<double>(bytes_of(p.type));
  c.bytes = size *
            (static_cast<double>(in.count()) + static_cast<double>(out.count()) * (c.once ? 2 : 1));
  std::vector<float> values = input_values(with_reference, p.type, in.count(), 1);
  const std::vector<float> before =
      c.once ? case_values(p.type, out.count(), 3, -1, 1) : std::vector<float>();
  std::vector<double> expected(static_cast<std::size_t>(out.count()));
  for (std::size_t i = 0; i < expected.size() && c.once; ++i)
    expected[i] = beta * double{before[i]};
  if (with_reference && p.backward) {
    for (std::size_t i = 0; i < values.size(); ++i)
      expected[channel_of(i)] += alpha * double{values[i]};
  } else if (with_reference) {
    for (std::size_t i = 0; i < expected.size(); ++i)
      expected[i] += alpha * double{values[channel_of(i)]};
  }
  c.tensors.push_back({p.backward ? "dy" : "b", in, std::move(values), {}, {}});
  c.tensors.push_back(
      {p.backward ? "db" : "y", out, before, std::move(expected), tolerance_of(p.type)});
  const int spatial = spatial_dims_of(p.lengths);
  const auto in_desc = describe(in, spatial), out_desc = describe(out, spatial);
  c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
    return (p.backward ? miopenConvolutionBackwardBias : miopenConvolutionForwardBias)(
        handle, &s.alpha, *in_desc, at[0], &s.beta, *out_desc, at[1]);
  };
  return c;
}

}  // namespace rdna1conv
