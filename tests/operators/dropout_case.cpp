#include "core/operators/dropout.h"

#include <cmath>

#include "operators/cases.h"
#include "reference/element_type.h"

namespace rdna1conv {
namespace {

class DropoutObject
    : public client::MiopenObject<miopenDropoutDescriptor_t, miopenCreateDropoutDescriptor,
                                  miopenDestroyDropoutDescriptor> {
 public:
  DropoutObject() : MiopenObject("miopenCreateDropoutDescriptor") {}
};

// What the seed keeps, by the numbers of params/dropout.h, which have known answers of their own in
// tests/unit; of a mask that is read anything does.
std::vector<bool> mask_of(const DropoutProblem& p, const DropoutNumbers& numbers,
                          std::size_t count) {
  std::vector<bool> kept(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double number = dropout_numbers(i / 4, numbers.seed).at[i % 4];
    kept[i] =
        p.mask == DropoutMask::kRead
            ? i % 3 != 0
            : (number + 1) / (1 << 24) > static_cast<double>(static_cast<float>(numbers.rate));
  }
  return kept;
}

}  // namespace

OperatorCase make_dropout_case(std::string_view line, bool with_reference) {
  const ParsedDropout parsed = parse_dropout(line);
  const DropoutProblem p = parsed.problem;
  const DropoutNumbers numbers = parsed.numbers;
  const bool backward = parsed.backward;
  const StridedTensor x{p.type, p.lengths, p.x_strides}, y{p.type, p.lengths, p.y_strides};
  const auto count = static_cast<std::size_t>(x.count());
  const std::vector<bool> kept = mask_of(p, numbers, count);
  OperatorCase c;
  c.line = to_driver_line(p, numbers, backward);
  c.tensors.push_back({"x", x, input_values(with_reference, p.type, x.count(), 1), {}, {}});
  const double scale = numbers.rate < 1 ? 1 / (1 - numbers.rate) : 0;
  std::vector<double> expected(count), mask(count);
  for (std::size_t i = 0; i < count; ++i) {
    expected[i] = kept[i] ? double{c.tensors[0].before[i]} * scale : 0;
    mask[i] = kept[i] ? 1 : 0;
  }
  c.tensors.push_back({"y", y, {}, std::move(expected), tolerance_of(p.type)});
  const bool reads = p.mask == DropoutMask::kRead, has_mask = p.mask != DropoutMask::kNone;
  if (has_mask) {
    CaseTensor tensor{"mask",
                      {DataType::kInt8, p.lengths, packed_strides(p.lengths, Layout::kNchw)},
                      {},
                      {},
                      {0, 0}};
    if (reads)
      tensor.before.assign(mask.begin(), mask.end());
    else
      tensor.expected = std::move(mask);
    c.tensors.push_back(std::move(tensor));
  }
  c.bytes =
      static_cast<double>(count) * (2 * static_cast<double>(bytes_of(p.type)) + (has_mask ? 1 : 0));
  const auto descriptor = std::make_shared<DropoutObject>();
  const auto x_desc = describe(x), y_desc = describe(y);
  const auto states = std::make_shared<DeviceBytes>(std::size_t{16384} * 24);
  // Restored where the mask is read, which no states are needed for.
  c.prepare = [=](miopenHandle_t handle, std::span<std::byte* const>) {
    std::size_t bytes = 0;
    const miopenStatus_t sized = miopenDropoutGetStatesSize(handle, &bytes);
    if (sized != miopenStatusSuccess) return sized;
    const auto set = reads ? miopenRestoreDropoutDescriptor : miopenSetDropoutDescriptor;
    return set(*descriptor, handle, static_cast<float>(numbers.rate), states->address(), bytes,
               numbers.seed, reads && !backward, false, MIOPEN_RNG_PSEUDO_XORWOW);
  };
  c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
    const auto call = backward ? miopenDropoutBackward : miopenDropoutForward;
    return call(handle, *descriptor, *x_desc, *x_desc, at[0], *y_desc, at[1],
                has_mask ? at[2] : nullptr, has_mask ? count : 0);
  };
  return c;
}

}  // namespace rdna1conv
