#include <cstring>
#include <memory>
#include <vector>

#include "card_layers.h"
#include "element_bits.h"
#include "training.h"

namespace train {
namespace {

// The weights, what they move with and their gradient, in fp32, and what the convolutions read and
// write of them in their own type.
//
// The API has no function that converts tensors. Batch normalization has parameters in fp32 beside
// tensors of any type, so it does: y of zeros is its bias, and its bias' gradient is the sum of dy.
class Weights {
 public:
  Weights(miopenHandle_t handle, miopenDataType_t type, const Network& network)
      : handle_(handle),
        type_(type),
        count_(network.linear_count),
        bytes_(sizeof(float) * network.parameter_count),
        all_(describe(miopenFloat, row(network.parameter_count))),
        linear_(describe(miopenFloat, row(count_))),
        typed_(describe(type, row(count_))),
        two_(describe(type, {2, static_cast<int>(count_), 1, 1})),
        values_(bytes_),
        velocity_(bytes_),
        gradient_(bytes_),
        typed_values_(sizeof(float) * count_),
        typed_gradient_(2 * sizeof(float) * count_),
        zeros_(2 * sizeof(float) * count_),
        ones_(sizeof(float) * count_),
        unused_(2 * sizeof(float) * count_) {
    const std::vector<float> first = first_parameters(network);
    check(hipMemcpy(values_.at(), first.data(), bytes_, hipMemcpyHostToDevice), "hipMemcpy");
    float one = 1;
    check(miopenSetTensor(handle_, linear_, ones_.at(), &one), "miopenSetTensor");
    convert_values();
  }

  // Of a layer that has them: fp32 of batch normalization, which lies behind the others.
  std::byte* values_of(const Layer& layer) const { return place(layer, values_, typed_values_); }
  std::byte* gradient_of(const Layer& layer) const {
    return place(layer, gradient_, typed_gradient_);
  }

  // Once the gradients are there, those of a loss times `loss_scale`.
  void update(const Settings& settings, float loss_scale) {
    convert_gradient();
    float one = 1, zero = 0;
    float momentum = static_cast<float>(settings.momentum),
          rate = static_cast<float>(-settings.rate), share = 1 / loss_scale;
    check(miopenOpTensor(handle_, miopenTensorOpAdd, &share, all_, gradient_.at(), &momentum, all_,
                         velocity_.at(), &zero, all_, velocity_.at()),
          "miopenOpTensor");
    check(miopenOpTensor(handle_, miopenTensorOpAdd, &one, all_, values_.at(), &rate, all_,
                         velocity_.at(), &zero, all_, values_.at()),
          "miopenOpTensor");
    convert_values();
  }

 private:
  static Shape row(std::size_t count) { return {1, static_cast<int>(count), 1, 1}; }
  bool is_typed() const { return type_ != miopenFloat; }

  std::byte* place(const Layer& layer, const DeviceMemory& floats,
                   const DeviceMemory& typed) const {
    const bool of_norm = layer.parameters >= count_;
    return is_typed() && !of_norm ? typed.at(layer.parameters * bytes_of(type_))
                                  : floats.at(layer.parameters * sizeof(float));
  }

  void convert_values() {
    if (!is_typed()) return;
    float one = 1, zero = 0;
    check(miopenBatchNormalizationForwardInference(
              handle_, miopenBNPerActivation, &one, &zero, typed_, zeros_.at(), typed_,
              typed_values_.at(), linear_, ones_.at(), values_.at(), zeros_.at(), ones_.at(), 0),
          "miopenBatchNormalizationForwardInference");
  }

  // A second item of zeros, as there is no gradient of statistics over one.
  void convert_gradient() {
    if (!is_typed()) return;
    float one = 1, zero = 0;
    check(miopenBatchNormalizationBackward(handle_, miopenBNPerActivation, &one, &zero, &one, &zero,
                                           two_, zeros_.at(), two_, typed_gradient_.at(), two_,
                                           unused_.at(), linear_, ones_.at(), unused_scale_.at(),
                                           gradient_.at(), 0, zeros_.at(), ones_.at()),
          "miopenBatchNormalizationBackward");
  }

  miopenHandle_t handle_;
  miopenDataType_t type_;
  std::size_t count_, bytes_;
  TensorObject all_, linear_, typed_, two_;
  DeviceMemory values_, velocity_, gradient_, typed_values_, typed_gradient_, zeros_, ones_,
      unused_;
  DeviceMemory unused_scale_{sizeof(float) * count_};
};

class CardTraining {
 public:
  CardTraining(const Network& network, miopenDataType_t type, int steps)
      : network_(network),
        type_(type),
        loss_scale_(type == miopenHalf ? 128.0f : 1.0f),
        weights_(handle_, type, network),
        losses_(static_cast<std::size_t>(steps) * bytes_of(type)),
        output_(describe(type, network.output())),
        product_(bytes_of(type) * network.output().count()),
        image_(describe(type, {1, 1, kBatch, kClasses})),
        one_value_(describe(type, {1, 1, 1, 1})) {
    for (std::size_t i = 0; i <= network.layers.size(); ++i) {
      const Shape& shape = i == 0 ? network.input() : network.layers[i - 1].y;
      values_.emplace_back(shape.count() * bytes_of(type));
      gradients_.emplace_back(shape.count() * bytes_of(type));
    }
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
      const Layer& layer = network.layers[i];
      layers_.push_back(make_card_layer(
          handle_, layer, type,
          {values_[i].at(), values_[i + 1].at(), gradients_[i].at(), gradients_[i + 1].at(),
           weights_.values_of(layer), weights_.gradient_of(layer)}));
    }
    check(miopenSet2dPoolingDescriptor(mean_, miopenPoolingAverage, kBatch, kClasses, 0, 0, 1, 1),
          "miopenSet2dPoolingDescriptor");
  }

  // Where the first layer reads a batch.
  std::byte* pictures() const { return values_.front().at(); }

  void forward(bool trains) {
    for (const auto& layer : layers_) layer->forward(trains);
  }

  void step(int number, const std::byte* targets, const Settings& settings) {
    forward(true);
    store_loss(number, targets);
    // The gradient of the mean of -log p(class).
    float share = -loss_scale_ / kBatch, zero = 0;
    check(miopenOpTensor(handle_, miopenTensorOpAdd, &share, output_, targets, &zero, output_,
                         targets, &zero, output_, gradients_.back().at()),
          "miopenOpTensor");
    for (std::size_t i = layers_.size(); i-- > 0;) layers_[i]->backward();
    weights_.update(settings, loss_scale_);
  }

  // Waits for the stream.
  std::vector<double> losses() const {
    return read(losses_, static_cast<std::size_t>(steps_done_));
  }
  std::vector<double> log_probabilities() const {
    return read(values_.back(), network_.output().count());
  }

  void copy_pictures(const std::byte* from) {
    check(hipMemcpyAsync(pictures(), from, network_.input().count() * bytes_of(type_),
                         hipMemcpyDeviceToDevice, nullptr),
          "hipMemcpyAsync");
  }

 private:
  // The mean of -log p(class) is the mean of all -kClasses * target * log p.
  void store_loss(int number, const std::byte* targets) {
    float one = 1, zero = 0, factor = -kClasses;
    check(miopenOpTensor(handle_, miopenTensorOpMul, &factor, output_, values_.back().at(), &one,
                         output_, targets, &zero, output_, product_.at()),
          "miopenOpTensor");
    check(miopenPoolingForward(handle_, mean_, &one, image_, product_.at(), &zero, one_value_,
                               losses_.at(static_cast<std::size_t>(number) * bytes_of(type_)),
                               false, nullptr, 0),
          "miopenPoolingForward");
    steps_done_ = number + 1;
  }

  std::vector<double> read(const DeviceMemory& memory, std::size_t count) const {
    std::vector<std::byte> bytes(count * bytes_of(type_));
    check(hipMemcpy(bytes.data(), memory.at(), bytes.size(), hipMemcpyDeviceToHost), "hipMemcpy");
    return from_elements(type_, bytes);
  }

  const Network& network_;
  miopenDataType_t type_;
  float loss_scale_;  // keeps small gradients above the least fp16
  HandleObject handle_{miopenCreate};
  Weights weights_;
  DeviceMemory losses_;
  TensorObject output_;
  DeviceMemory product_;
  TensorObject image_, one_value_;
  PoolingObject mean_{miopenCreatePoolingDescriptor};
  std::vector<DeviceMemory> values_, gradients_;  // before and behind each layer
  std::vector<std::unique_ptr<CardLayer>> layers_;
  int steps_done_ = 0;
};

DeviceMemory on_card(miopenDataType_t type, const std::vector<float>& values) {
  const std::vector<std::byte> bytes = to_elements(type, values);
  DeviceMemory memory(bytes.size());
  check(hipMemcpy(memory.at(), bytes.data(), bytes.size(), hipMemcpyHostToDevice), "hipMemcpy");
  return memory;
}

}  // namespace

Trained train_on_card(const Network& network, miopenDataType_t type, const Settings& settings,
                      const std::vector<Batch>& batches, const std::vector<Batch>& unseen) {
  CardTraining training(network, type, settings.steps);
  std::vector<DeviceMemory> pictures, targets;
  for (const Batch& batch : batches) {
    pictures.push_back(on_card(type, batch.pictures));
    targets.push_back(on_card(type, targets_of(batch)));
  }
  for (int step = 0; step < settings.steps; ++step) {
    const std::size_t batch = static_cast<std::size_t>(step) % batches.size();
    training.copy_pictures(pictures[batch].at());
    training.step(step, targets[batch].at(), settings);
  }
  Trained trained{training.losses()};
  for (const Batch& batch : unseen) {
    const DeviceMemory memory = on_card(type, batch.pictures);
    training.copy_pictures(memory.at());
    training.forward(false);
    trained.right += count_right(batch, training.log_probabilities());
  }
  return trained;
}

}  // namespace train
