#include "core/operators/activation.h"

#include "operators/activation_reference.h"
#include "operators/cases.h"
#include "reference/element_type.h"

namespace rdna1conv {

OperatorCase make_activation_case(std::string_view line, bool with_reference) {
  const auto parsed = parse_activation(line);
  const ActivationProblem p = parsed.problem;
  const ActivationScalars scalars = parsed.scalars;
  const double a = static_cast<double>(scalars.alpha), b = static_cast<double>(scalars.beta),
               g = static_cast<double>(scalars.gamma);
  const StridedTensor x{p.type, p.lengths, p.x_strides}, y{p.type, p.lengths, p.y_strides};
  OperatorCase c;
  c.line = to_driver_line(p, scalars);
  c.tensors.push_back({"x", x, input_values(with_reference, p.type, x.count(), 1, -3, 3), {}, {}});
  const std::vector<float>& in = c.tensors[0].before;
  std::vector<double> out(in.size());
  for (std::size_t i = 0; i < out.size() && with_reference; ++i)
    out[i] = activated(p.activation, in[i], a, b, g);
  const auto descriptor = make_activation(p.activation, a, b, g);
  const auto x_desc = describe(x), y_desc = describe(y);
  const double bytes = static_cast<double>(x.count()) * static_cast<double>(bytes_of(p.type));
  static float one = 1, zero = 0;
  if (!p.backward) {
    c.bytes = 2 * bytes;
    c.tensors.push_back({"y", y, {}, out, tolerance_of(p.type)});
    c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
      return miopenActivationForward(handle, *descriptor, &one, *x_desc, at[0], &zero, *y_desc,
                                     at[1]);
    };
    return c;
  }
  c.bytes = 4 * bytes;
  std::vector<float> rounded_out(out.size());
  for (std::size_t i = 0; i < out.size(); ++i)
    rounded_out[i] = static_cast<float>(rounded(p.type, out[i]));
  const std::vector<float> dy = input_values(with_reference, p.type, y.count(), 2);
  std::vector<double> dx(out.size());
  for (std::size_t i = 0; i < dx.size() && with_reference; ++i) {
    dx[i] =
        activation_gradient(p.activation, dy[i], c.tensors[0].before[i], rounded_out[i], a, b, g);
  }
  c.tensors.push_back({"y", y, rounded_out, {}, {}});
  c.tensors.push_back({"dy", y, dy, {}, {}});
  c.tensors.push_back({"dx", x, {}, dx, tolerance_of(p.type)});
  c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
    return miopenActivationBackward(handle, *descriptor, &one, *y_desc, at[1], *y_desc, at[2],
                                    *x_desc, at[0], &zero, *x_desc, at[3]);
  };
  return c;
}

}  // namespace rdna1conv
