#include <algorithm>
#include <cmath>

#include "core/operators/lrn.h"
#include "operators/cases.h"
#include "reference/element_type.h"

namespace rdna1conv {
namespace {

class LrnObject : public client::MiopenObject<miopenLRNDescriptor_t, miopenCreateLRNDescriptor,
                                              miopenDestroyLRNDescriptor> {
 public:
  LrnObject(const LrnProblem& p, const LrnScalars& s) : MiopenObject("miopenCreateLRNDescriptor") {
    client::check_miopen(
        miopenSetLRNDescriptor(*this,
                               p.cross_channel ? miopenLRNCrossChannel : miopenLRNWithinChannel,
                               static_cast<unsigned>(p.size), static_cast<double>(s.alpha),
                               static_cast<double>(s.beta), static_cast<double>(s.k)),
        "miopenSetLRNDescriptor");
  }
};

struct Reference {
  const LrnProblem& p;
  double alpha, beta, k;

  std::size_t at(std::int64_t n, std::int64_t c, std::int64_t h, std::int64_t w) const {
    return static_cast<std::size_t>(((n * p.lengths[1] + c) * p.lengths[3] + h) * p.lengths[4] + w);
  }
  double size() const {
    const auto side = static_cast<double>(p.size);
    return p.cross_channel ? side : side * side;
  }
  // visit(element, those in its window)
  template <class Visit>
  void for_windows(Visit visit) const {
    const std::int64_t before = (p.size - 1) / 2, behind = p.size - 1 - before;
    const auto& [n, c, d, h, w] = p.lengths;
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t j = 0; j < c; ++j)
        for (std::int64_t y = 0; y < h; ++y)
          for (std::int64_t x = 0; x < w; ++x) {
            std::vector<std::size_t> window;
            if (p.cross_channel) {
              for (std::int64_t o = std::max<std::int64_t>(j - before, 0);
                   o <= std::min(j + behind, c - 1); ++o)
                window.push_back(at(i, o, y, x));
            } else {
              for (std::int64_t a = std::max<std::int64_t>(y - before, 0);
                   a <= std::min(y + behind, h - 1); ++a)
                for (std::int64_t b = std::max<std::int64_t>(x - before, 0);
                     b <= std::min(x + behind, w - 1); ++b)
                  window.push_back(at(i, j, a, b));
            }
            visit(at(i, j, y, x), window);
          }
  }
};

}  // namespace

OperatorCase make_lrn_case(std::string_view line, bool with_reference) {
  const auto parsed = parse_lrn(line);
  const LrnProblem p = parsed.problem;
  const LrnScalars scalars = parsed.scalars;
  const StridedTensor x{p.type, p.lengths, p.x_strides}, y{p.type, p.lengths, p.y_strides};
  const Reference r{p, static_cast<double>(scalars.alpha), static_cast<double>(scalars.beta),
                    static_cast<double>(scalars.k)};
  OperatorCase c;
  c.line = to_driver_line(p, scalars);
  c.tensors.push_back({"x", x, input_values(with_reference, p.type, x.count(), 1, -2, 2), {}, {}});
  const std::vector<float>& in = c.tensors[0].before;
  std::vector<double> out(in.size()), sums(in.size());
  if (with_reference) {
    r.for_windows([&](std::size_t at, const std::vector<std::size_t>& window) {
      double squares = 0;
      for (const std::size_t other : window) squares += double{in[other]} * double{in[other]};
      sums[at] = r.k + r.alpha / r.size() * squares;
      out[at] = in[at] * std::pow(sums[at], -r.beta);
    });
  }
  const auto descriptor = std::make_shared<LrnObject>(p, scalars);
  const auto x_desc = describe(x, 2), y_desc = describe(y, 2);
  std::size_t bytes = 0;
  client::check_miopen(miopenLRNGetWorkSpaceSize(*y_desc, &bytes), "miopenLRNGetWorkSpaceSize");
  const auto workspace = std::make_shared<DeviceBytes>(bytes);
  const double size = static_cast<double>(x.count()) * static_cast<double>(bytes_of(p.type));
  const auto kept = static_cast<double>(bytes);
  static float one = 1, zero = 0;
  const auto forward = [=](miopenHandle_t handle, const void* from, void* to, bool saves) {
    return miopenLRNForward(handle, *descriptor, &one, *x_desc, from, &zero, *y_desc, to, saves,
                            saves ? workspace->address() : nullptr);
  };
  if (!p.backward) {
    c.bytes = 2 * size + (p.saves ? kept : 0);
    c.tensors.push_back({"y", y, {}, out, tolerance_of(p.type)});
    c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
      return forward(handle, at[0], at[1], p.saves);
    };
    return c;
  }
  c.bytes = 4 * size + kept;
  std::vector<float> rounded_out(out.size());
  for (std::size_t i = 0; i < out.size(); ++i)
    rounded_out[i] = static_cast<float>(rounded(p.type, out[i]));
  const std::vector<float> dy = input_values(with_reference, p.type, y.count(), 2);
  std::vector<double> dx(out.size());
  if (with_reference) {
    // Of each output to all elements of its window.
    r.for_windows([&](std::size_t at, const std::vector<std::size_t>& window) {
      dx[at] += dy[at] * std::pow(sums[at], -r.beta);
      for (const std::size_t other : window) {
        dx[other] -= 2 * r.alpha * r.beta / r.size() * double{in[other]} * dy[at] *
                     double{rounded_out[at]} / sums[at];
      }
    });
  }
  c.tensors.push_back({"y", y, rounded_out, {}, {}});
  c.tensors.push_back({"dy", y, dy, {}, {}});
  c.tensors.push_back({"dx", x, {}, dx, tolerance_of(p.type)});
  const auto scratch =
      std::make_shared<DeviceBytes>(static_cast<std::size_t>(y.span()) * bytes_of(p.type));
  c.prepare = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
    return forward(handle, at[0], scratch->address(), true);
  };
  c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
    return miopenLRNBackward(handle, *descriptor, &one, *y_desc, at[1], *y_desc, at[2], *x_desc,
                             at[0], &zero, *x_desc, at[3], workspace->address());
  };
  return c;
}

}  // namespace rdna1conv
