// Each argument of an operator wrong in each way: MIOpen's status, and a sentence that names it.
#include <gtest/gtest.h>
#include <hip/hip_runtime_api.h>

#include <functional>

#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include "api/expect_failure.h"
#include "api/hidden_functions.h"
#include "operators/cases.h"
#include "operators/operator_case.h"

namespace rdna1conv {
namespace {

float kOne = 1, kZero = 0, kTwo = 2;

using Descriptor = client::TensorDescriptor;

// Everything that calls here take: any call may change any of it.
struct Arguments {
  miopenHandle_t handle;
  int mode;
  float *alpha, *beta;
  miopenTensorDescriptor_t x_desc, y_desc, z_desc, parameters;
  std::byte *x, *y, *z, *parameter;
  miopenPoolingDescriptor_t pooling;
  miopenLRNDescriptor_t lrn;
  miopenActivationDescriptor_t activation;
  bool do_backward = false;
  std::byte* workspace = nullptr;
};

class OperatorBadInput : public testing::Test {
 protected:
  OperatorBadInput() {
    miopenCreatePoolingDescriptor(&pooling_);
    miopenSet2dPoolingDescriptor(pooling_, miopenPoolingMax, 2, 2, 0, 0, 2, 2);
    miopenCreateLRNDescriptor(&lrn_);
    miopenCreateActivationDescriptor(&activation_);
    miopenSetActivationDescriptor(activation_, miopenActivationRELU, 0, 0, 0);
  }
  ~OperatorBadInput() override {
    miopenDestroyPoolingDescriptor(pooling_);
    miopenDestroyLRNDescriptor(lrn_);
    miopenDestroyActivationDescriptor(activation_);
  }

  Arguments good() {
    return {handle_,      miopenBNSpatial,
            &kOne,        &kZero,
            x_desc_,      x_desc_,
            x_desc_,      parameters_,
            x_.address(), y_.address(),
            z_.address(), parameter_.address(),
            pooling_,     lrn_,
            activation_};
  }

  struct Row {
    const char* what;
    miopenStatus_t status;
    const char* text;
    std::function<void(Arguments&)> spoil;
  };
  void expect_refused(std::initializer_list<Row> rows,
                      const std::function<miopenStatus_t(const Arguments&)>& call) {
    for (const Row& row : rows) {
      Arguments a = good();
      row.spoil(a);
      expect_failure(row.what, row.status, row.text, [&] { return call(a); });
    }
    EXPECT_EQ(hipDeviceSynchronize(), hipSuccess);
    for (const GuardedTensor* tensor : {&x_, &y_, &z_, &parameter_})
      EXPECT_TRUE(tensor->is_unchanged());
  }

  static GuardedTensor tensor(std::int64_t count) {
    return {{DataType::kFloat, {1, 1, 1, 1, count}, {count, count, count, count, 1}},
            GuardedTensor::Use::kWrite,
            std::vector<float>(static_cast<std::size_t>(count), 1)};
  }

  const client::MiopenHandle handle_;
  const Descriptor x_desc_{miopenFloat, {2, 4, 6, 6}}, parameters_{miopenFloat, {1, 4, 1, 1}};
  const Descriptor half_{miopenHalf, {2, 4, 6, 6}}, flat_{miopenFloat, {2, 4}};
  const Descriptor small_{miopenFloat, {2, 4, 3, 3}}, three_{miopenFloat, {2, 4, 6}};
  const Descriptor gaps_{miopenFloat, {2, 4, 6, 6}, {200, 40, 6, 1}};
  const Descriptor overlapping_{miopenFloat, {2, 4, 6, 6}, {144, 36, 5, 1}};
  const Descriptor lone_{miopenFloat, {1, 4, 1, 1}}, integer_{miopenInt32, {2, 4, 6, 6}};
  const GuardedTensor x_ = tensor(288), y_ = tensor(288), z_ = tensor(288), parameter_ = tensor(4);
  miopenPoolingDescriptor_t pooling_ = nullptr;
  miopenLRNDescriptor_t lrn_ = nullptr;
  miopenActivationDescriptor_t activation_ = nullptr;
};

TEST_F(OperatorBadInput, BatchNormTraining) {
  expect_refused(
      {{"handle", miopenStatusBadParm, "handle is null", [](auto& a) { a.handle = nullptr; }},
       {"xDesc", miopenStatusBadParm, "xDesc is null", [](auto& a) { a.x_desc = nullptr; }},
       {"x", miopenStatusBadParm, "x is null", [](auto& a) { a.x = nullptr; }},
       {"y", miopenStatusBadParm, "y is null", [](auto& a) { a.y = nullptr; }},
       {"scale", miopenStatusBadParm, "bnScale is null", [](auto& a) { a.parameter = nullptr; }},
       {"ranks", miopenStatusBadParm, "yDesc has 3 dimensions",
        [&](auto& a) { a.y_desc = three_; }},
       {"types", miopenStatusBadParm, "yDesc is fp16", [&](auto& a) { a.y_desc = half_; }},
       {"lengths", miopenStatusBadParm, "yDesc is [2, 4, 3, 3]",
        [&](auto& a) { a.y_desc = small_; }},
       {"gaps", miopenStatusBadParm, "xDesc is not packed", [&](auto& a) { a.x_desc = gaps_; }},
       {"overlapping y", miopenStatusBadParm, "yDesc has strides by which elements overlap",
        [&](auto& a) { a.y_desc = overlapping_; }},
       {"one element", miopenStatusBadParm, "one element for each mean",
        [&](auto& a) { a.x_desc = a.y_desc = lone_; }},
       {"mode", miopenStatusBadParm, "bn_mode 7", [](auto& a) { a.mode = 7; }},
       {"parameters", miopenStatusBadParm, "needs 4 values",
        [&](auto& a) { a.parameters = x_desc_; }},
       {"alpha", miopenStatusUnknownError, "alpha is 2", [](auto& a) { a.alpha = &kTwo; }},
       {"no alpha", miopenStatusBadParm, "alpha is null", [](auto& a) { a.alpha = nullptr; }},
       {"misaligned", miopenStatusBadParm, "x is not aligned", [](auto& a) { a.x += 2; }},
       {"int32", miopenStatusNotImplemented, "tensors are int32",
        [&](auto& a) { a.x_desc = a.y_desc = integer_; }}},
      [](const Arguments& a) {
        return miopenBatchNormalizationForwardTraining(
            a.handle, static_cast<miopenBatchNormMode_t>(a.mode), a.alpha, a.beta, a.x_desc, a.x,
            a.y_desc, a.y, a.parameters, a.parameter, a.parameter, 0.1, nullptr, nullptr, 1e-5,
            nullptr, nullptr);
      });
}

TEST_F(OperatorBadInput, BatchNormBackward) {
  expect_refused(
      {{"dy", miopenStatusBadParm, "dy is null", [](auto& a) { a.y = nullptr; }},
       {"dx", miopenStatusBadParm, "dx is null", [](auto& a) { a.z = nullptr; }},
       {"dxDesc", miopenStatusBadParm, "dxDesc is null", [](auto& a) { a.z_desc = nullptr; }},
       {"types", miopenStatusBadParm, "dxDesc is fp16", [&](auto& a) { a.z_desc = half_; }},
       {"overlapping dx", miopenStatusBadParm, "dxDesc has strides by which elements overlap",
        [&](auto& a) { a.z_desc = overlapping_; }},
       {"rank", miopenStatusBadParm, "must have 3 to 5",
        [&](auto& a) { a.x_desc = a.y_desc = a.z_desc = a.parameters = flat_; }},
       {"beta", miopenStatusBadParm, "betaDataDiff 2", [](auto& a) { a.beta = &kTwo; }}},
      [](const Arguments& a) {
        return miopenBatchNormalizationBackward(
            a.handle, static_cast<miopenBatchNormMode_t>(a.mode), a.alpha, a.beta, &kOne, &kZero,
            a.x_desc, a.x, a.y_desc, a.y, a.z_desc, a.z, a.parameters, a.parameter, a.parameter,
            a.parameter, 1e-5, nullptr, nullptr);
      });
}

TEST_F(OperatorBadInput, PoolingForward) {
  const auto large_window = [&](Arguments& a) {
    miopenSet2dPoolingDescriptor(pooling_, miopenPoolingMax, 16, 16, 8, 8, 1, 1);
    a.do_backward = true;
    a.workspace = z_.address();
  };
  expect_refused(
      {{"poolDesc", miopenStatusBadParm, "poolDesc is null", [](auto& a) { a.pooling = nullptr; }},
       {"x", miopenStatusBadParm, "x is null", [](auto& a) { a.x = nullptr; }},
       {"alpha", miopenStatusUnknownError, "alpha is 2", [](auto& a) { a.alpha = &kTwo; }},
       {"rank", miopenStatusUnknownError, "xDesc has 3 dimensions",
        [&](auto& a) { a.x_desc = three_; }},
       {"types", miopenStatusNotImplemented, "yDesc is fp16", [&](auto& a) { a.y_desc = half_; }},
       {"channels", miopenStatusBadParm, "batch and channels differ",
        [&](auto& a) { a.y_desc = lone_; }},
       {"overlapping y", miopenStatusBadParm, "yDesc has strides by which elements overlap",
        [&](auto& a) { a.y_desc = overlapping_; }},
       {"workspace", miopenStatusUnknownError, "workSpace is null",
        [](auto& a) { a.do_backward = true; }},
       {"int32", miopenStatusNotImplemented, "tensors are int32",
        [&](auto& a) { a.x_desc = a.y_desc = integer_; }},
       {"index type", miopenStatusUnknownError, "the index type has 8 bits", large_window}},
      [](const Arguments& a) {
        return miopenPoolingForward(a.handle, a.pooling, a.alpha, a.x_desc, a.x, a.beta, a.y_desc,
                                    a.y, a.do_backward, a.workspace, 0);
      });
}

TEST_F(OperatorBadInput, Lrn) {
  expect_refused(
      {{"lrnDesc", miopenStatusBadParm, "lrnDesc is null", [](auto& a) { a.lrn = nullptr; }},
       {"gaps", miopenStatusUnknownError, "xDesc is not packed",
        [&](auto& a) { a.x_desc = gaps_; }},
       {"types", miopenStatusBadParm, "yDesc is fp16", [&](auto& a) { a.y_desc = half_; }},
       {"rank", miopenStatusBadParm, "xDesc has 3 dimensions",
        [&](auto& a) { a.x_desc = a.y_desc = three_; }},
       {"workspace", miopenStatusBadParm, "workSpace is null",
        [](auto& a) { a.do_backward = true; }},
       {"k", miopenStatusUnknownError, "lrnK is 0",
        [&](auto&) { miopenSetLRNDescriptor(lrn_, miopenLRNCrossChannel, 5, 1, 1, 0); }}},
      [](const Arguments& a) {
        return miopenLRNForward(a.handle, a.lrn, a.alpha, a.x_desc, a.x, a.beta, a.y_desc, a.y,
                                a.do_backward, a.workspace);
      });
}

TEST_F(OperatorBadInput, Activation) {
  expect_refused(
      {{"activDesc", miopenStatusBadParm, "activDesc is null",
        [](auto& a) { a.activation = nullptr; }},
       {"beta", miopenStatusUnknownError, "beta 2", [](auto& a) { a.beta = &kTwo; }},
       {"elements", miopenStatusNotImplemented, "yDesc is [2, 4, 3, 3]",
        [&](auto& a) { a.y_desc = small_; }},
       {"types", miopenStatusNotImplemented, "yDesc is fp16", [&](auto& a) { a.y_desc = half_; }},
       {"overlapping y", miopenStatusBadParm, "yDesc has strides by which elements overlap",
        [&](auto& a) { a.y_desc = overlapping_; }},
       {"y", miopenStatusBadParm, "y is null", [](auto& a) { a.y = nullptr; }}},
      [](const Arguments& a) {
        return miopenActivationForward(a.handle, a.activation, a.alpha, a.x_desc, a.x, a.beta,
                                       a.y_desc, a.y);
      });
}

TEST_F(OperatorBadInput, TensorFunctions) {
  expect_refused(
      {{"C", miopenStatusBadParm, "C is null", [](auto& a) { a.z = nullptr; }},
       {"types", miopenStatusUnknownError, "bDesc is fp16", [&](auto& a) { a.y_desc = half_; }},
       {"lengths", miopenStatusUnknownError, "bDesc is [2, 4, 3, 3]",
        [&](auto& a) { a.y_desc = small_; }},
       {"operation", miopenStatusBadParm, "tensorOp 9", [](auto& a) { a.mode = 9; }},
       {"overlapping C", miopenStatusUnknownError, "cDesc has strides by which elements overlap",
        [&](auto& a) { a.z_desc = overlapping_; }},
       {"int32", miopenStatusNotImplemented, "tensors are int32",
        [&](auto& a) { a.x_desc = a.y_desc = a.z_desc = integer_; }}},
      [](const Arguments& a) {
        return miopenOpTensor(a.handle, static_cast<miopenTensorOp_t>(a.mode), a.alpha, a.x_desc,
                              a.x, a.alpha, a.y_desc, a.y, a.beta, a.z_desc, a.z);
      });
  expect_refused(
      {{"x", miopenStatusBadParm, "x is null", [](auto& a) { a.x = nullptr; }},
       {"types", miopenStatusUnknownError, "xDesc is fp16", [&](auto& a) { a.x_desc = half_; }},
       {"overlapping y", miopenStatusUnknownError, "yDesc has strides by which elements overlap",
        [&](auto& a) { a.y_desc = overlapping_; }},
       {"lengths", miopenStatusUnknownError, "xDesc is", [&](auto& a) { a.x_desc = small_; }}},
      [](const Arguments& a) {
        return miopenTransformTensor(a.handle, a.alpha, a.x_desc, a.x, a.beta, a.y_desc, a.y);
      });
}

TEST_F(OperatorBadInput, Softmax) {
  expect_refused(
      {{"handle", miopenStatusBadParm, "handle is null", [](auto& a) { a.handle = nullptr; }},
       {"xDesc", miopenStatusBadParm, "xDesc is null", [](auto& a) { a.x_desc = nullptr; }},
       {"x", miopenStatusBadParm, "x is null", [](auto& a) { a.x = nullptr; }},
       {"alpha", miopenStatusBadParm, "alpha is null", [](auto& a) { a.alpha = nullptr; }},
       {"types", miopenStatusBadParm, "yDesc is fp16", [&](auto& a) { a.y_desc = half_; }},
       {"lengths", miopenStatusBadParm, "yDesc is fp32 [2, 4, 3, 3]",
        [&](auto& a) { a.y_desc = small_; }},
       {"rank", miopenStatusBadParm, "xDesc has 3 dimensions",
        [&](auto& a) { a.x_desc = a.y_desc = three_; }},
       {"overlapping y", miopenStatusBadParm, "yDesc has strides by which elements overlap",
        [&](auto& a) { a.y_desc = overlapping_; }},
       {"mode", miopenStatusBadParm, "mode 7 is not", [](auto& a) { a.mode = 7; }},
       {"int32", miopenStatusNotImplemented, "tensors are int32",
        [&](auto& a) { a.x_desc = a.y_desc = integer_; }}},
      [](const Arguments& a) {
        return miopenSoftmaxForward_V2(a.handle, a.alpha, a.x_desc, a.x, a.beta, a.y_desc, a.y,
                                       MIOPEN_SOFTMAX_ACCURATE,
                                       static_cast<miopenSoftmaxMode_t>(a.mode));
      });
  expect_refused(
      {{"dy", miopenStatusBadParm, "dy is null", [](auto& a) { a.y = nullptr; }},
       {"dx", miopenStatusBadParm, "dx is null", [](auto& a) { a.z = nullptr; }},
       {"types", miopenStatusBadParm, "dyDesc is fp16", [&](auto& a) { a.y_desc = half_; }},
       {"overlapping dx", miopenStatusBadParm, "dxDesc has strides by which elements overlap",
        [&](auto& a) { a.z_desc = overlapping_; }}},
      [](const Arguments& a) {
        return miopenSoftmaxBackward_V2(a.handle, a.alpha, a.x_desc, a.x, a.y_desc, a.y, a.beta,
                                        a.z_desc, a.z, MIOPEN_SOFTMAX_ACCURATE,
                                        MIOPEN_SOFTMAX_MODE_CHANNEL);
      });
}

TEST_F(OperatorBadInput, LrnBackward) {
  const auto make = [&](const Arguments& a) {
    return miopenLRNBackward(a.handle, a.lrn, a.alpha, a.x_desc, a.x, a.y_desc, a.y, a.x_desc, a.x,
                             a.beta, a.z_desc, a.z, a.workspace);
  };
  expect_refused(
      {{"dy", miopenStatusBadParm, "dy is null",
        [&](auto& a) {
          a.workspace = z_.address();
          a.y = nullptr;
        }},
       {"workspace", miopenStatusBadParm, "workSpace is null", [](auto&) {}},
       {"types", miopenStatusBadParm, "dxDesc is fp16", [&](auto& a) { a.z_desc = half_; }},
       {"overlapping dx", miopenStatusBadParm, "dxDesc has strides by which elements overlap",
        [&](auto& a) { a.z_desc = overlapping_; }}},
      make);
}

TEST_F(OperatorBadInput, PoolingAndActivationBackward) {
  expect_refused(
      {{"dx", miopenStatusBadParm, "dx is null", [](auto& a) { a.z = nullptr; }},
       {"beta", miopenStatusUnknownError, "beta 2", [](auto& a) { a.beta = &kTwo; }},
       {"types", miopenStatusNotImplemented, "dxDesc is fp16", [&](auto& a) { a.z_desc = half_; }},
       {"overlapping dx", miopenStatusBadParm, "dxDesc has strides by which elements overlap",
        [&](auto& a) { a.z_desc = overlapping_; }}},
      [](const Arguments& a) {
        return miopenActivationBackward(a.handle, a.activation, a.alpha, a.x_desc, a.x, a.y_desc,
                                        a.y, a.x_desc, a.x, a.beta, a.z_desc, a.z);
      });
  expect_refused(
      {{"dy", miopenStatusBadParm, "dy is null", [](auto& a) { a.y = nullptr; }},
       {"workspace", miopenStatusUnknownError, "workSpace is null", [](auto&) {}},
       {"types", miopenStatusNotImplemented, "is fp16", [&](auto& a) { a.z_desc = half_; }},
       {"overlapping dx", miopenStatusBadParm, "dxDesc has strides by which elements overlap",
        [&](auto& a) { a.z_desc = overlapping_; }}},
      [&](const Arguments& a) {
        return miopenPoolingBackward(a.handle, a.pooling, a.alpha, small_, a.y, small_, a.y,
                                     a.x_desc, a.x, a.beta, a.z_desc, a.z, a.workspace);
      });
}

TEST_F(OperatorBadInput, ReduceTensor) {
  miopenReduceTensorDescriptor_t reduce = nullptr;
  ASSERT_EQ(miopenCreateReduceTensorDescriptor(&reduce), miopenStatusSuccess);
  const auto set = [&](miopenReduceTensorOp_t operation, miopenDataType_t type,
                       miopenIndicesType_t indices = MIOPEN_32BIT_INDICES) {
    return miopenSetReduceTensorDescriptor(reduce, operation, type, MIOPEN_NOT_PROPAGATE_NAN,
                                           MIOPEN_REDUCE_TENSOR_FLATTENED_INDICES, indices);
  };
  expect_failure("indices", miopenStatusUnknownError, "indices have 32 bits",
                 [&] { return set(MIOPEN_REDUCE_TENSOR_MAX, miopenFloat, MIOPEN_64BIT_INDICES); });
  expect_failure("operation", miopenStatusBadParm, "reduceTensorOp 9",
                 [&] { return set(static_cast<miopenReduceTensorOp_t>(9), miopenFloat); });
  ASSERT_EQ(set(MIOPEN_REDUCE_TENSOR_MAX, miopenFloat), miopenStatusSuccess);
  const auto good_c = [&](Arguments& a) { a.y_desc = parameters_; };
  expect_refused(
      {{"handle", miopenStatusBadParm, "handle is null", [](auto& a) { a.handle = nullptr; }},
       {"alpha", miopenStatusBadParm, "alpha is null",
        [&](auto& a) {
          good_c(a);
          a.alpha = nullptr;
        }},
       {"A", miopenStatusBadParm, "A is null",
        [&](auto& a) {
          good_c(a);
          a.x = nullptr;
        }},
       {"ranks", miopenStatusUnknownError, "cDesc is [2, 4, 6]",
        [&](auto& a) { a.y_desc = three_; }},
       {"lengths", miopenStatusUnknownError, "its lengths must be 1 or those of aDesc",
        [&](auto& a) { a.y_desc = small_; }},
       {"nothing to reduce", miopenStatusUnknownError, "no dimension of aDesc is reduced",
        [](auto&) {}},
       {"indices", miopenStatusUnknownError, "indicesSizeInBytes is 0, needs 16",
        [&](auto& a) {
          good_c(a);
          a.mode = 0;
        }},
       {"int32", miopenStatusNotImplemented, "tensors are int32",
        [&](auto& a) {
          good_c(a);
          a.x_desc = integer_;
        }}},
      [&](const Arguments& a) {
        return miopenReduceTensor(a.handle, reduce, a.z, a.mode == 0 ? 0 : 16, nullptr, 0, a.alpha,
                                  a.x_desc, a.x, a.beta, a.y_desc, a.y);
      });
  ASSERT_EQ(set(MIOPEN_REDUCE_TENSOR_ADD, miopenDouble), miopenStatusSuccess);
  expect_failure("double", miopenStatusNotImplemented, "reduceTensorCompType is fp64", [&] {
    return miopenReduceTensor(handle_, reduce, nullptr, 0, nullptr, 0, &kOne, x_desc_, x_.address(),
                              &kZero, parameters_, y_.address());
  });
  // A sum of much, which has to be cut.
  ASSERT_EQ(set(MIOPEN_REDUCE_TENSOR_ADD, miopenFloat), miopenStatusSuccess);
  const Descriptor large(miopenFloat, {64, 64, 64, 64}), one(miopenFloat, {1, 1, 1, 1});
  std::size_t bytes = 0;
  ASSERT_EQ(miopenGetReductionWorkspaceSize(handle_, reduce, large, one, &bytes),
            miopenStatusSuccess);
  EXPECT_GT(bytes, 0u);
  expect_failure("workspace", miopenStatusUnknownError, "workspaceSizeInBytes is", [&] {
    return miopenReduceTensor(handle_, reduce, nullptr, 0, x_.address(), bytes - 1, &kOne, large,
                              x_.address(), &kZero, one, y_.address());
  });
  EXPECT_EQ(miopenDestroyReduceTensorDescriptor(reduce), miopenStatusSuccess);
}

TEST_F(OperatorBadInput, Dropout) {
  miopenDropoutDescriptor_t dropout = nullptr;
  ASSERT_EQ(miopenCreateDropoutDescriptor(&dropout), miopenStatusSuccess);
  const auto set = [&](float rate, void* states, std::size_t bytes) {
    return miopenSetDropoutDescriptor(dropout, handle_, rate, states, bytes, 1, false, false,
                                      MIOPEN_RNG_PSEUDO_XORWOW);
  };
  expect_failure("rate", miopenStatusUnknownError, "dropout is 1.5",
                 [&] { return set(1.5f, nullptr, 0); });
  expect_failure("size", miopenStatusUnknownError, "stateSizeInBytes is 48",
                 [&] { return set(0.5f, x_.address(), 48); });
  ASSERT_EQ(set(0.5f, nullptr, 0), miopenStatusSuccess);
  expect_refused(
      {{"handle", miopenStatusBadParm, "handle is null", [](auto& a) { a.handle = nullptr; }},
       {"xDesc", miopenStatusBadParm, "xDesc is null", [](auto& a) { a.x_desc = nullptr; }},
       {"x", miopenStatusBadParm, "x is null", [](auto& a) { a.x = nullptr; }},
       {"y", miopenStatusBadParm, "y is null", [](auto& a) { a.y = nullptr; }},
       {"types", miopenStatusUnknownError, "yDesc is fp16", [&](auto& a) { a.y_desc = half_; }},
       {"lengths", miopenStatusUnknownError, "yDesc is fp32 [2, 4, 3, 3]",
        [&](auto& a) { a.y_desc = small_; }},
       {"ranks", miopenStatusUnknownError, "yDesc is fp32 [2, 4, 6]",
        [&](auto& a) { a.y_desc = three_; }},
       {"noise", miopenStatusUnknownError, "noise_shape is fp32 [2, 4, 3, 3]",
        [&](auto& a) { a.z_desc = small_; }},
       {"reserve", miopenStatusUnknownError, "reserveSpaceSizeInBytes is 287, needs 288",
        [](auto& a) { a.mode = 287; }},
       {"states", miopenStatusUnknownError, "dropoutDesc has no states", [](auto&) {}}},
      [&](const Arguments& a) {
        const bool is_short = a.mode == 287;
        return miopenDropoutForward(a.handle, dropout, a.z_desc, a.x_desc, a.x, a.y_desc, a.y,
                                    is_short ? a.z : nullptr, is_short ? 287 : 0);
      });
  ASSERT_EQ(miopenRestoreDropoutDescriptor(dropout, handle_, 0.5f, nullptr, 0, 1, true, false,
                                           MIOPEN_RNG_PSEUDO_XORWOW),
            miopenStatusSuccess);
  expect_failure("mask", miopenStatusUnknownError, "reserveSpace is null", [&] {
    return miopenDropoutForward(handle_, dropout, x_desc_, x_desc_, x_.address(), x_desc_,
                                y_.address(), nullptr, 0);
  });
  EXPECT_EQ(miopenDestroyDropoutDescriptor(dropout), miopenStatusSuccess);
}

TEST_F(OperatorBadInput, TensorCastType) {
  const Descriptor desc(miopenHalf, {2, 3});
  miopenDataType_t type = miopenFloat;
  EXPECT_EQ(miopenGetTensorCastType(desc, type), miopenStatusSuccess);
  EXPECT_EQ(type, miopenHalf);
  EXPECT_EQ(miopenSetTensorCastType(desc, miopenFloat8), miopenStatusSuccess);
  EXPECT_EQ(miopenGetTensorCastType(desc, type), miopenStatusSuccess);
  EXPECT_EQ(type, miopenFloat8);
  expect_failure("type", miopenStatusBadParm, "cast_type 77",
                 [&] { return miopenSetTensorCastType(desc, static_cast<miopenDataType_t>(77)); });
}

// Setting a pooling descriptor makes it new: index type and mode with it.
TEST_F(OperatorBadInput, PoolingDescriptorIsReplacedWhole) {
  ASSERT_EQ(miopenSetPoolingIndexType(pooling_, miopenIndexUint32), miopenStatusSuccess);
  ASSERT_EQ(miopenSetPoolingWorkSpaceIndexMode(pooling_, miopenPoolingWorkspaceIndexImage),
            miopenStatusSuccess);
  const int window[] = {3, 2, 1}, pad[] = {1, 0, 0}, stride[] = {2, 2, 1};
  ASSERT_EQ(miopenSetNdPoolingDescriptor(pooling_, miopenPoolingAverage, 2, window, pad, stride),
            miopenStatusSuccess);
  miopenIndexType_t type = miopenIndexUint64;
  miopenPoolingWorkspaceIndexMode_t index_mode = miopenPoolingWorkspaceIndexImage;
  EXPECT_EQ(miopenGetPoolingIndexType(pooling_, &type), miopenStatusSuccess);
  EXPECT_EQ(miopenGetPoolingWorkSpaceIndexMode(pooling_, &index_mode), miopenStatusSuccess);
  EXPECT_EQ(type, miopenIndexUint8);
  EXPECT_EQ(index_mode, miopenPoolingWorkspaceIndexMask);
  miopenPoolingMode_t mode = miopenPoolingMax;
  int h = 0, w = 0, pad_h = 0, pad_w = 0, stride_h = 0, stride_w = 0, n = 0, c = 0;
  EXPECT_EQ(
      miopenGet2dPoolingDescriptor(pooling_, &mode, &h, &w, &pad_h, &pad_w, &stride_h, &stride_w),
      miopenStatusSuccess);
  EXPECT_EQ(mode, miopenPoolingAverage);
  EXPECT_EQ((std::vector{h, w, pad_h, pad_w, stride_h, stride_w}), (std::vector{3, 2, 1, 0, 2, 2}));
  EXPECT_EQ(miopenGetPoolingForwardOutputDim(pooling_, x_desc_, &n, &c, &h, &w),
            miopenStatusSuccess);
  EXPECT_EQ((std::vector{n, c, h, w}), (std::vector{2, 4, 3, 3}));
  EXPECT_EQ(miopenSetNdPoolingDescriptor(pooling_, miopenPoolingMax, 3, window, pad, stride),
            miopenStatusSuccess);
  EXPECT_EQ(miopenGetPoolingWorkSpaceIndexMode(pooling_, &index_mode), miopenStatusSuccess);
  EXPECT_EQ(index_mode, miopenPoolingWorkspaceIndexImage);
  expect_failure("no window", miopenStatusBadParm, "the window is 0", [&] {
    return miopenSet2dPoolingDescriptor(pooling_, miopenPoolingMax, 0, 2, 0, 0, 1, 1);
  });
}

}  // namespace
}  // namespace rdna1conv
