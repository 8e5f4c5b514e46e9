#include "card_layers.h"

#include <cstdint>
#include <functional>

namespace train {
namespace {

// The API takes numbers for alpha and beta by address, and not all functions as constants.
float one = 1, zero = 0;

// What every layer has.
struct Parts {
  miopenHandle_t handle;
  Layer layer;
  LayerMemory at;
  TensorObject x, y;
};

// One direction of a convolution by the immediate mode: the solution that the library likes best.
struct Solution {
  std::uint64_t id = 0;
  std::size_t workspace = 0;

  template <class Get, class... Arguments>
  static Solution best(const char* what, Get get, Arguments... arguments) {
    miopenConvSolution_t solution{};
    std::size_t found = 0;
    check(get(arguments..., 1, &found, &solution), what);
    return {solution.solution_id, solution.workspace_size};
  }
};

class ConvolutionLayer : public CardLayer {
 public:
  ConvolutionLayer(Parts parts, miopenDataType_t type)
      : p_(std::move(parts)),
        w_(describe(type,
                    {p_.layer.y.c, p_.layer.x.c, p_.layer.spec.window, p_.layer.spec.window})) {
    const int pad = p_.layer.spec.window / 2;
    check(miopenInitConvolutionDescriptor(convolution_, miopenConvolution, pad, pad, 1, 1, 1, 1),
          "miopenInitConvolutionDescriptor");
    forward_ = Solution::best("forward solutions", miopenConvolutionForwardGetSolution, p_.handle,
                              w_.operator miopenTensorDescriptor_t(), x(), descriptor(), y());
    data_ =
        Solution::best("backward data solutions", miopenConvolutionBackwardDataGetSolution,
                       p_.handle, y(), w_.operator miopenTensorDescriptor_t(), descriptor(), x());
    weights_ =
        Solution::best("backward weights solutions", miopenConvolutionBackwardWeightsGetSolution,
                       p_.handle, y(), x(), descriptor(), w_.operator miopenTensorDescriptor_t());
    for (const Solution& solution : {forward_, data_, weights_}) {
      if (solution.workspace > workspace_bytes_) workspace_bytes_ = solution.workspace;
    }
    workspace_ = std::make_unique<DeviceMemory>(workspace_bytes_);
  }

  void forward(bool) override {
    check(miopenConvolutionForwardImmediate(p_.handle, w_, p_.at.parameters, p_.x, p_.at.x,
                                            convolution_, p_.y, p_.at.y, workspace_->at(),
                                            workspace_bytes_, forward_.id),
          "miopenConvolutionForwardImmediate");
  }
  void backward() override {
    check(miopenConvolutionBackwardWeightsImmediate(
              p_.handle, p_.y, p_.at.dy, p_.x, p_.at.x, convolution_, w_, p_.at.gradient,
              workspace_->at(), workspace_bytes_, weights_.id),
          "miopenConvolutionBackwardWeightsImmediate");
    check(miopenConvolutionBackwardDataImmediate(p_.handle, p_.y, p_.at.dy, w_, p_.at.parameters,
                                                 convolution_, p_.x, p_.at.dx, workspace_->at(),
                                                 workspace_bytes_, data_.id),
          "miopenConvolutionBackwardDataImmediate");
  }

 private:
  miopenTensorDescriptor_t x() const { return p_.x; }
  miopenTensorDescriptor_t y() const { return p_.y; }
  miopenConvolutionDescriptor_t descriptor() const { return convolution_; }

  Parts p_;
  TensorObject w_;
  ConvolutionObject convolution_{miopenCreateConvolutionDescriptor};
  Solution forward_, data_, weights_;
  std::size_t workspace_bytes_ = 0;
  std::unique_ptr<DeviceMemory> workspace_;
};

// y = x + b; the gradient goes through as it is.
class BiasLayer : public CardLayer {
 public:
  BiasLayer(Parts parts, miopenDataType_t type)
      : p_(std::move(parts)), b_(describe(type, {1, p_.layer.x.c, 1, 1})) {}

  void forward(bool) override {
    check(miopenOpTensor(p_.handle, miopenTensorOpAdd, &one, p_.x, p_.at.x, &one, b_,
                         p_.at.parameters, &zero, p_.y, p_.at.y),
          "miopenOpTensor");
  }
  void backward() override {
    check(miopenConvolutionBackwardBias(p_.handle, &one, p_.y, p_.at.dy, &zero, b_, p_.at.gradient),
          "miopenConvolutionBackwardBias");
    check(miopenOpTensor(p_.handle, miopenTensorOpAdd, &one, p_.y, p_.at.dy, &zero, p_.y, p_.at.dy,
                         &zero, p_.x, p_.at.dx),
          "miopenOpTensor");
  }

 private:
  Parts p_;
  TensorObject b_;
};

class BatchNormLayer : public CardLayer {
 public:
  explicit BatchNormLayer(Parts parts) : p_(std::move(parts)), statistics_(4 * bytes()) {
    check(miopenDeriveBNTensorDescriptor(parameters_, p_.x, miopenBNSpatial),
          "miopenDeriveBNTensorDescriptor");
    check(miopenSetTensor(p_.handle, parameters_, running_variance(), &one), "miopenSetTensor");
  }

  void forward(bool trains) override {
    std::byte *const scale = p_.at.parameters, *const bias = scale + bytes();
    if (trains) {
      check(miopenBatchNormalizationForwardTraining(
                p_.handle, miopenBNSpatial, &one, &zero, p_.x, p_.at.x, p_.y, p_.at.y, parameters_,
                scale, bias, 0.1, running_mean(), running_variance(), kEpsilon, mean(), inverse()),
            "miopenBatchNormalizationForwardTraining");
    } else {
      check(miopenBatchNormalizationForwardInference(
                p_.handle, miopenBNSpatial, &one, &zero, p_.x, p_.at.x, p_.y, p_.at.y, parameters_,
                scale, bias, running_mean(), running_variance(), kEpsilon),
            "miopenBatchNormalizationForwardInference");
    }
  }
  void backward() override {
    check(miopenBatchNormalizationBackward(p_.handle, miopenBNSpatial, &one, &zero, &one, &zero,
                                           p_.x, p_.at.x, p_.y, p_.at.dy, p_.x, p_.at.dx,
                                           parameters_, p_.at.parameters, p_.at.gradient,
                                           p_.at.gradient + bytes(), kEpsilon, mean(), inverse()),
          "miopenBatchNormalizationBackward");
  }

 private:
  std::size_t bytes() const { return sizeof(float) * static_cast<std::size_t>(p_.layer.x.c); }
  std::byte* mean() const { return statistics_.at(); }
  std::byte* inverse() const { return statistics_.at(bytes()); }
  std::byte* running_mean() const { return statistics_.at(2 * bytes()); }
  std::byte* running_variance() const { return statistics_.at(3 * bytes()); }

  Parts p_;
  DeviceMemory statistics_;
  TensorObject parameters_{miopenCreateTensorDescriptor};
};

class ReluLayer : public CardLayer {
 public:
  explicit ReluLayer(Parts parts) : p_(std::move(parts)) {
    check(miopenSetActivationDescriptor(activation_, miopenActivationRELU, 0, 0, 0),
          "miopenSetActivationDescriptor");
  }
  void forward(bool) override {
    check(
        miopenActivationForward(p_.handle, activation_, &one, p_.x, p_.at.x, &zero, p_.y, p_.at.y),
        "miopenActivationForward");
  }
  void backward() override {
    check(miopenActivationBackward(p_.handle, activation_, &one, p_.y, p_.at.y, p_.y, p_.at.dy,
                                   p_.x, p_.at.x, &zero, p_.x, p_.at.dx),
          "miopenActivationBackward");
  }

 private:
  Parts p_;
  ActivationObject activation_{miopenCreateActivationDescriptor};
};

class PoolingLayer : public CardLayer {
 public:
  explicit PoolingLayer(Parts parts) : p_(std::move(parts)) {
    const int window = p_.layer.spec.window;
    const auto mode =
        p_.layer.spec.kind == Kind::kMaxPool ? miopenPoolingMax : miopenPoolingAverage;
    check(miopenSet2dPoolingDescriptor(pooling_, mode, window, window, 0, 0, window, window),
          "miopenSet2dPoolingDescriptor");
    check(miopenPoolingGetWorkSpaceSizeV2(pooling_, p_.y, &workspace_bytes_),
          "miopenPoolingGetWorkSpaceSizeV2");
    workspace_ = std::make_unique<DeviceMemory>(workspace_bytes_);
  }
  void forward(bool trains) override {
    check(miopenPoolingForward(p_.handle, pooling_, &one, p_.x, p_.at.x, &zero, p_.y, p_.at.y,
                               trains, workspace_->at(), workspace_bytes_),
          "miopenPoolingForward");
  }
  void backward() override {
    check(miopenPoolingBackward(p_.handle, pooling_, &one, p_.y, p_.at.y, p_.y, p_.at.dy, p_.x,
                                p_.at.x, &zero, p_.x, p_.at.dx, workspace_->at()),
          "miopenPoolingBackward");
  }

 private:
  Parts p_;
  PoolingObject pooling_{miopenCreatePoolingDescriptor};
  std::size_t workspace_bytes_ = 0;
  std::unique_ptr<DeviceMemory> workspace_;
};

class LogSoftmaxLayer : public CardLayer {
 public:
  explicit LogSoftmaxLayer(Parts parts) : p_(std::move(parts)) {}
  void forward(bool) override {
    check(miopenSoftmaxForward_V2(p_.handle, &one, p_.x, p_.at.x, &zero, p_.y, p_.at.y,
                                  MIOPEN_SOFTMAX_LOG, MIOPEN_SOFTMAX_MODE_CHANNEL),
          "miopenSoftmaxForward_V2");
  }
  void backward() override {
    check(miopenSoftmaxBackward_V2(p_.handle, &one, p_.y, p_.at.y, p_.y, p_.at.dy, &zero, p_.x,
                                   p_.at.dx, MIOPEN_SOFTMAX_LOG, MIOPEN_SOFTMAX_MODE_CHANNEL),
          "miopenSoftmaxBackward_V2");
  }

 private:
  Parts p_;
};

}  // namespace

std::unique_ptr<CardLayer> make_card_layer(miopenHandle_t handle, const Layer& layer,
                                           miopenDataType_t type, const LayerMemory& memory) {
  Parts parts{handle, layer, memory, describe(type, layer.x), describe(type, layer.y)};
  switch (layer.spec.kind) {
    case Kind::kConvolution:
      return std::make_unique<ConvolutionLayer>(std::move(parts), type);
    case Kind::kBias:
      return std::make_unique<BiasLayer>(std::move(parts), type);
    case Kind::kBatchNorm:
      return std::make_unique<BatchNormLayer>(std::move(parts));
    case Kind::kRelu:
      return std::make_unique<ReluLayer>(std::move(parts));
    case Kind::kMaxPool:
    case Kind::kAveragePool:
      return std::make_unique<PoolingLayer>(std::move(parts));
    case Kind::kLogSoftmax:
      return std::make_unique<LogSoftmaxLayer>(std::move(parts));
  }
  throw std::logic_error("a layer of no kind");
}

}  // namespace train
