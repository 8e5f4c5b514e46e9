#pragma once

// Convolutions as values, and a convolution made ready to run.

#include <miopen/miopen.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rdna1conv/convolution.h"
#include "rdna1conv/device_array.hpp"
#include "rdna1conv/handle.hpp"
#include "rdna1conv/tensor.hpp"

namespace rdna1conv {
inline namespace v1 {

// The function that ends a fused convolution.
struct Activation {
  miopenActivationMode_t mode = miopenActivationPASTHRU;
  float alpha = 0, beta = 0, gamma = 0;

  static Activation none() { return {}; }
  static Activation relu() { return {miopenActivationRELU}; }
  static Activation leaky_relu(float slope) { return {miopenActivationLEAKYRELU, slope}; }
  static Activation clipped_relu(float most) { return {miopenActivationCLIPPEDRELU, most}; }
  static Activation clamp(float least, float most) { return {miopenActivationCLAMP, least, most}; }
  static Activation elu(float alpha) { return {miopenActivationELU, alpha}; }
  static Activation sigmoid() { return {miopenActivationLOGISTIC}; }
  static Activation tanh() { return {miopenActivationTANH, 1, 1}; }
  static Activation softplus() { return {miopenActivationSOFTRELU}; }
  static Activation abs() { return {miopenActivationABS}; }
};

// A forward convolution of any image size, as a value. The spatial lists have two entries (h, w) or
// three (d, h, w).
//
//   Convolution(64, 128, {3, 3}).pad({1, 1}).stride({2, 2}).bias().relu()
class Convolution {
 public:
  Convolution(std::int64_t in_channels, std::int64_t out_channels, std::vector<int> filter)
      : in_(in_channels),
        out_(out_channels),
        filter_(std::move(filter)),
        pad_(filter_.size(), 0),
        stride_(filter_.size(), 1),
        dilation_(filter_.size(), 1) {}

  Convolution& pad(std::vector<int> pad) { return set(pad_, std::move(pad)); }
  // Such padding that with stride 1 the output is as large as the input. Odd filters.
  Convolution& same() {
    for (std::size_t i = 0; i < filter_.size(); ++i) pad_[i] = dilation_[i] * (filter_[i] - 1) / 2;
    return *this;
  }
  Convolution& stride(std::vector<int> stride) { return set(stride_, std::move(stride)); }
  Convolution& dilation(std::vector<int> dilation) { return set(dilation_, std::move(dilation)); }
  Convolution& groups(int groups) {
    groups_ = groups;
    return *this;
  }
  // Transposed (the weights are [in, out / groups, filter...]).
  Convolution& transposed(bool is = true) {
    transposed_ = is;
    return *this;
  }

  // The epilogue, in the order in which it is computed: scale * z is added, then the bias of each
  // channel, then the activation.
  Convolution& add(float scale = 1) {
    add_scale_ = scale;
    return *this;
  }
  Convolution& bias(bool has = true) {
    has_bias_ = has;
    return *this;
  }
  Convolution& activation(Activation activation) {
    activation_ = activation;
    return *this;
  }
  Convolution& relu() { return activation(Activation::relu()); }

  std::int64_t in_channels() const { return in_; }
  std::int64_t out_channels() const { return out_; }
  bool has_bias() const { return has_bias_; }
  bool has_add() const { return add_scale_.has_value(); }

  // The shape of the weights, packed: [out, in / groups, filter...], of a transposed convolution
  // [in, out / groups, filter...].
  TensorShape weights_shape(ElementType type = ElementType::kFloat,
                            Layout layout = Layout::kChannelsFirst) const {
    std::vector<std::int64_t> lengths = transposed_
                                            ? std::vector<std::int64_t>{in_, out_ / groups_}
                                            : std::vector<std::int64_t>{out_, in_ / groups_};
    lengths.insert(lengths.end(), filter_.begin(), filter_.end());
    return TensorShape::packed(std::move(lengths), type, layout);
  }

  // The packed shape of what it makes of `x`. Fails with miopenStatusBadParm if x does not fit.
  Expected<TensorShape> try_output_shape(const TensorShape& x, Layout layout) const {
    if (x.lengths.size() != filter_.size() + 2) {
      return Error(miopenStatusBadParm, "x is " + x.text() + ", the filter has " +
                                            std::to_string(filter_.size()) + " dimensions");
    }
    if (x.lengths[1] != in_) {
      return Error(miopenStatusBadParm, "x is " + x.text() + ", the convolution takes " +
                                            std::to_string(in_) + " channels");
    }
    std::vector<std::int64_t> lengths{x.lengths[0], out_};
    for (std::size_t i = 0; i < filter_.size(); ++i) {
      const std::int64_t in = x.lengths[i + 2];
      const std::int64_t reach = std::int64_t{dilation_[i]} * (filter_[i] - 1) + 1;
      const std::int64_t length = transposed_
                                      ? (in - 1) * stride_[i] + reach - 2 * std::int64_t{pad_[i]}
                                      : (in + 2 * std::int64_t{pad_[i]} - reach) / stride_[i] + 1;
      if (length < 1 || (!transposed_ && in + 2 * std::int64_t{pad_[i]} < reach)) {
        return Error(miopenStatusBadParm, "x is " + x.text() + ", too small for the filter");
      }
      lengths.push_back(length);
    }
    return TensorShape::packed(std::move(lengths), x.type, layout);
  }
  TensorShape output_shape(const TensorShape& x, Layout layout = Layout::kChannelsFirst) const {
    return try_output_shape(x, layout).value();
  }

  Expected<detail::ConvolutionDescriptor> try_descriptor() const {
    miopenConvolutionDescriptor_t descriptor = nullptr;
    auto made = detail::checked(miopenCreateConvolutionDescriptor(&descriptor));
    if (!made) return made.error();
    detail::ConvolutionDescriptor owner(descriptor);
    made = detail::checked(miopenInitConvolutionNdDescriptor(
        descriptor, static_cast<int>(filter_.size()), pad_.data(), stride_.data(), dilation_.data(),
        transposed_ ? miopenTranspose : miopenConvolution));
    if (made) made = detail::checked(miopenSetConvolutionGroupCount(descriptor, groups_));
    if (!made) return made.error();
    return owner;
  }

  rdna1convEpilogue_t epilogue() const {
    return {has_bias_,         has_add(),        add_scale_.value_or(0), activation_.mode,
            activation_.alpha, activation_.beta, activation_.gamma};
  }

 private:
  Convolution& set(std::vector<int>& field, std::vector<int> value) {
    value.resize(filter_.size(), value.empty() ? 0 : value.back());
    field = std::move(value);
    return *this;
  }

  std::int64_t in_, out_;
  std::vector<int> filter_, pad_, stride_, dilation_;
  int groups_ = 1;
  bool transposed_ = false;
  bool has_bias_ = false;
  std::optional<float> add_scale_;
  Activation activation_;
};

// Device memory of one run. `bias` and `add` are null unless the convolution has them; `add` is of
// the output's shape and may be the output itself.
struct ConvolutionArguments {
  const void* x = nullptr;
  void* y = nullptr;
  const void* bias = nullptr;
  const void* add = nullptr;
  void* workspace = nullptr;  // 256-byte aligned, workspace_bytes()
};

// A convolution of one input shape with its kernel chosen and its weights in the form that the
// kernel wants (transformed, packed): runs skip that work. Move-only. The handle must outlive it.
class PreparedConvolution {
 public:
  // Chooses the kernel and queues the preparation of `weights`, device memory of
  // weights_shape(). Weights that the kernel takes as they are, are not copied: while
  // keeps_weights() they must stay. The memory of prepared weights is allocated here.
  // `prepares_weights` false: every run works on the plain weights, for weights that change.
  // Fails with miopenStatusNotImplemented, and each solver's reason, if no solver can do it.
  static Expected<PreparedConvolution> try_create(const Handle& handle,
                                                  const Convolution& convolution,
                                                  const TensorShape& x, const TensorShape& y,
                                                  const TensorView& weights,
                                                  bool prepares_weights = true) {
    auto x_descriptor = detail::make_descriptor(x);
    if (!x_descriptor) return x_descriptor.error();
    auto y_descriptor = detail::make_descriptor(y);
    if (!y_descriptor) return y_descriptor.error();
    auto w_descriptor = detail::make_descriptor(weights.shape);
    if (!w_descriptor) return w_descriptor.error();
    auto descriptor = convolution.try_descriptor();
    if (!descriptor) return descriptor.error();
    const rdna1convEpilogue_t epilogue = convolution.epilogue();
    rdna1convConvolution_t made = nullptr;
    auto status = detail::checked(rdna1convCreateConvolution(
        handle.get(), x_descriptor->get(), w_descriptor->get(), descriptor->get(),
        y_descriptor->get(), &epilogue, prepares_weights ? 1 : 0, &made));
    if (!status) return status.error();
    PreparedConvolution result(made);
    std::size_t prepared_bytes = 0;
    status = detail::checked(
        rdna1convGetConvolutionSizes(made, &result.workspace_bytes_, &prepared_bytes));
    if (!status) return status.error();
    result.weights_ = weights.data;
    if (prepared_bytes == 0) return result;
    auto prepared = DeviceArray<std::byte>::try_allocate(prepared_bytes);
    if (!prepared) return prepared.error();
    result.prepared_ = std::move(*prepared);
    status = detail::checked(rdna1convPrepareWeights(made, weights.data, result.prepared_.data()));
    if (!status) return status.error();
    result.weights_ = result.prepared_.data();
    return result;
  }
  PreparedConvolution(const Handle& handle, const Convolution& convolution, const TensorShape& x,
                      const TensorShape& y, const TensorView& weights, bool prepares_weights = true)
      : PreparedConvolution(
            try_create(handle, convolution, x, y, weights, prepares_weights).value()) {}

  std::size_t workspace_bytes() const noexcept { return workspace_bytes_; }

  // Whether runs read the weights that it was made from.
  bool keeps_weights() const noexcept { return prepared_.size() == 0; }
  std::size_t prepared_weights_bytes() const noexcept { return prepared_.size(); }

  // Solver and instance, for people.
  std::string kernel() const {
    const char *solver = "", *instance = "";
    detail::checked(rdna1convGetConvolutionKernel(get(), &solver, &instance)).value();
    return std::string(solver) + " " + instance;
  }

  // Queues the convolution on the handle's stream. Neither allocates nor waits.
  Expected<void> try_run(const ConvolutionArguments& a) const {
    return detail::checked(rdna1convRunConvolution(get(), a.x, weights_, a.bias, a.add, a.y,
                                                   a.workspace, workspace_bytes_));
  }
  void run(const ConvolutionArguments& arguments) const { try_run(arguments).value(); }

 private:
  explicit PreparedConvolution(rdna1convConvolution_t convolution) : convolution_(convolution) {}
  rdna1convConvolution_t get() const noexcept { return convolution_.get(); }

  std::unique_ptr<rdna1convConvolution_t,
                  detail::Destroys<rdna1convConvolution_t, rdna1convDestroyConvolution>>
      convolution_;
  DeviceArray<std::byte> prepared_;
  const void* weights_ = nullptr;
  std::size_t workspace_bytes_ = 0;
};

}  // namespace v1
}  // namespace rdna1conv
