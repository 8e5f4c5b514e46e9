// Descriptors and parameters of recurrent networks as clients ask for them, and wrong arguments.
#include <gtest/gtest.h>
#include <hip/hip_runtime_api.h>

#include <algorithm>
#include <functional>
#include <numeric>

#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>
#include <rdna1conv/error.h>

#include "api/expect_failure.h"
#include "operators/cases.h"

namespace rdna1conv {
namespace {

using Descriptor = client::TensorDescriptor;

class RnnApi : public testing::Test {
 protected:
  RnnApi() { miopenCreateRNNDescriptor(&rnn_); }
  ~RnnApi() override { miopenDestroyRNNDescriptor(rnn_); }

  miopenStatus_t set(int hidden, int layers, miopenRNNMode_t mode, bool both = false,
                     bool skips = false, bool bias = true, miopenDataType_t type = miopenFloat) {
    return miopenSetRNNDescriptor(rnn_, hidden, layers, skips ? miopenRNNskip : miopenRNNlinear,
                                  both ? miopenRNNbidirection : miopenRNNunidirection, mode,
                                  bias ? miopenRNNwithBias : miopenRNNNoBias, miopenRNNdefault,
                                  type);
  }
  static GuardedTensor tensor(std::int64_t count, bool empty = false) {
    const std::vector<float> values(empty ? 0 : static_cast<std::size_t>(count), 0.5f);
    return {{DataType::kFloat, {1, 1, 1, 1, count}, {count, count, count, count, 1}},
            GuardedTensor::Use::kWrite,
            values};
  }

  const client::MiopenHandle handle_;
  miopenRNNDescriptor_t rnn_ = nullptr;
};

// PyTorch takes one view of all gates' matrices of a layer, so that they must lie behind each
// other, and hands tensors over with five dimensions.
TEST_F(RnnApi, PyTorchFindsParametersSideBySide) {
  for (const auto& [mode, gates] : {std::pair{miopenRNNTANH, 1}, {miopenLSTM, 4}, {miopenGRU, 3}}) {
    SCOPED_TRACE(mode);
    constexpr int kHidden = 5, kLayers = 2, kInput = 7;
    ASSERT_EQ(set(kHidden, kLayers, mode, true), miopenStatusSuccess);
    const Descriptor x(miopenFloat, {3, kInput, 1, 1, 1}), described(miopenFloat, {1, 1});
    std::size_t all = 0;
    ASSERT_EQ(miopenGetRNNParamsSize(handle_, rnn_, x, &all, miopenFloat), miopenStatusSuccess);
    std::vector<bool> covered(all / 4);
    const auto cover = [&](std::size_t offset, std::size_t bytes) {
      for (std::size_t i = offset; i < offset + bytes / 4; ++i) {
        ASSERT_LT(i, covered.size());
        EXPECT_FALSE(covered[i]) << i << " belongs to two";
        covered[i] = true;
      }
    };
    for (int layer = 0; layer < kLayers * 2; ++layer) {
      std::size_t next[2] = {};
      for (int id = 0; id < 2 * gates; ++id) {
        std::size_t bytes = 0, offset = 0, bias_bytes = 0, bias_offset = 0;
        ASSERT_EQ(miopenGetRNNLayerParamSize(handle_, rnn_, layer, x, id, &bytes),
                  miopenStatusSuccess);
        ASSERT_EQ(miopenGetRNNLayerParamOffset(rnn_, layer, x, id, described, &offset),
                  miopenStatusSuccess);
        ASSERT_EQ(miopenGetRNNLayerBiasSize(handle_, rnn_, layer, id, &bias_bytes),
                  miopenStatusSuccess);
        const Descriptor bias(miopenFloat, {1});
        ASSERT_EQ(miopenGetRNNLayerBiasOffset(rnn_, layer, x, id, bias, &bias_offset),
                  miopenStatusSuccess);
        const int columns = id >= gates ? kHidden : layer < 2 ? kInput : 2 * kHidden;
        EXPECT_EQ(bytes, static_cast<std::size_t>(kHidden * columns) * 4);
        EXPECT_EQ(bias_bytes, std::size_t{kHidden} * 4);
        if (id % gates != 0) {
          EXPECT_EQ(offset, next[0]);
          EXPECT_EQ(bias_offset, next[1]);
        }
        next[0] = offset + bytes / 4;
        next[1] = bias_offset + bias_bytes / 4;
        cover(offset, bytes);
        cover(bias_offset, bias_bytes);
      }
    }
    EXPECT_EQ(std::count(covered.begin(), covered.end(), false), 0);
    const Descriptor w(miopenFloat, {1});
    int lengths[2] = {}, strides[2] = {};
    miopenDataType_t type = miopenHalf;
    ASSERT_EQ(miopenGetRNNParamsDescriptor(handle_, rnn_, x, w, miopenFloat), miopenStatusSuccess);
    ASSERT_EQ(miopenGetTensorDescriptor(w, &type, lengths, strides), miopenStatusSuccess);
    EXPECT_EQ(lengths[0], kInput + ((kLayers - 1) * 3 + 1) * kHidden + 2 * kLayers);
    EXPECT_EQ(lengths[1], 2 * kHidden * gates);
  }
}

// Without biases their offset is not touched, as MIOpen has it; without input matrix there is none.
TEST_F(RnnApi, ParametersThatAreNot) {
  const Descriptor x(miopenFloat, {3, 5}), described(miopenFloat, {1});
  ASSERT_EQ(set(5, 1, miopenLSTM, false, true, false), miopenStatusSuccess);
  std::size_t offset = 77, bytes = 77;
  EXPECT_EQ(miopenGetRNNLayerBiasOffset(rnn_, 0, x, 0, described, &offset), miopenStatusSuccess);
  EXPECT_EQ(offset, 77u);
  EXPECT_EQ(miopenGetRNNLayerParamSize(handle_, rnn_, 0, x, 0, &bytes), miopenStatusSuccess);
  EXPECT_EQ(bytes, 0u);
  expect_failure("skip", miopenStatusBadParm, "no matrix of its input",
                 [&] { return miopenGetRNNLayerParamOffset(rnn_, 0, x, 0, described, &offset); });
  expect_failure("id", miopenStatusBadParm, "paramID is 8",
                 [&] { return miopenGetRNNLayerParamOffset(rnn_, 0, x, 8, described, &offset); });
  expect_failure("layer", miopenStatusBadParm, "layer is 1",
                 [&] { return miopenGetRNNLayerParamOffset(rnn_, 1, x, 4, described, &offset); });
}

TEST_F(RnnApi, CopiesParameters) {
  ASSERT_EQ(set(3, 1, miopenGRU), miopenStatusSuccess);
  const Descriptor x(miopenFloat, {2, 2}), described(miopenFloat, {1});
  constexpr std::int64_t kCount = 3 * 3 * (2 + 3) + 2 * 9;
  const GuardedTensor w = tensor(kCount), matrix = tensor(6), bias = tensor(3);
  const GuardedTensor from = tensor(6, true), from_bias = tensor(3, true);
  std::size_t offset = 0;
  ASSERT_EQ(miopenGetRNNLayerParamOffset(rnn_, 0, x, 1, described, &offset), miopenStatusSuccess);
  EXPECT_EQ(offset, 6u);
  const std::vector<float> values{1, 2, 3, 4, 5, 6};
  ASSERT_EQ(hipMemcpy(matrix.address(), values.data(), 24, hipMemcpyHostToDevice), hipSuccess);
  ASSERT_EQ(hipMemcpy(bias.address(), values.data(), 12, hipMemcpyHostToDevice), hipSuccess);
  ASSERT_EQ(miopenSetRNNLayerParam(handle_, rnn_, 0, x, described, w.address(), 1, described,
                                   matrix.address()),
            miopenStatusSuccess);
  ASSERT_EQ(miopenSetRNNLayerBias(handle_, rnn_, 0, x, described, w.address(), 4, described,
                                  bias.address()),
            miopenStatusSuccess);
  ASSERT_EQ(miopenGetRNNLayerParam(handle_, rnn_, 0, x, described, w.address(), 1, described,
                                   from.address()),
            miopenStatusSuccess);
  ASSERT_EQ(miopenGetRNNLayerBias(handle_, rnn_, 0, x, described, w.address(), 4, described,
                                  from_bias.address()),
            miopenStatusSuccess);
  ASSERT_EQ(hipDeviceSynchronize(), hipSuccess);
  EXPECT_EQ(from.stored_values(), wide(values));
  EXPECT_EQ(from_bias.stored_values(), (std::vector<double>{1, 2, 3}));
  const std::vector<double> all = w.stored_values();
  EXPECT_EQ(std::vector<double>(all.begin() + 6, all.begin() + 12), wide(values));
  EXPECT_EQ(std::accumulate(all.begin(), all.end(), 0.0), (kCount - 9) * 0.5 + 21 + 6);
}

TEST_F(RnnApi, DescriptorIsReplacedWhole) {
  ASSERT_EQ(set(5, 2, miopenGRU, true), miopenStatusSuccess);
  ASSERT_EQ(miopenSetRNNPaddingMode(rnn_, miopenRNNIOWithPadding), miopenStatusSuccess);
  miopenRNNPaddingMode_t padding = miopenRNNIONotPadded;
  EXPECT_EQ(miopenGetRNNPaddingMode(rnn_, &padding), miopenStatusSuccess);
  EXPECT_EQ(padding, miopenRNNIOWithPadding);
  ASSERT_EQ(set(6, 3, miopenLSTM), miopenStatusSuccess);
  EXPECT_EQ(miopenGetRNNPaddingMode(rnn_, &padding), miopenStatusSuccess);
  EXPECT_EQ(padding, miopenRNNIONotPadded);
  int hidden = 0, layers = 0;
  miopenRNNMode_t mode = miopenGRU;
  EXPECT_EQ(
      miopenGetRNNDescriptor(rnn_, &mode, nullptr, nullptr, nullptr, nullptr, &hidden, &layers),
      miopenStatusSuccess);
  EXPECT_EQ(mode, miopenLSTM);
  EXPECT_EQ(hidden, 6);
  EXPECT_EQ(layers, 3);
  miopenDropoutDescriptor_t dropout = nullptr, got = nullptr;
  ASSERT_EQ(miopenCreateDropoutDescriptor(&dropout), miopenStatusSuccess);
  ASSERT_EQ(miopenSetRNNDescriptor_V2(rnn_, 6, 3, dropout, miopenRNNlinear, miopenRNNunidirection,
                                      miopenGRU, miopenRNNwithBias, miopenRNNdefault, miopenHalf),
            miopenStatusSuccess);
  miopenDataType_t type = miopenFloat;
  EXPECT_EQ(miopenGetRNNDescriptor_V2(rnn_, nullptr, nullptr, &got, nullptr, nullptr, nullptr,
                                      nullptr, nullptr, &type),
            miopenStatusSuccess);
  EXPECT_EQ(got, dropout);
  EXPECT_EQ(type, miopenHalf);
  EXPECT_EQ(miopenDestroyDropoutDescriptor(dropout), miopenStatusSuccess);
}

TEST_F(RnnApi, RefusesWrongDescriptors) {
  expect_failure("hidden", miopenStatusBadParm, "hsize is -1",
                 [&] { return set(-1, 1, miopenGRU); });
  expect_failure("layers", miopenStatusBadParm, "nlayers is -2",
                 [&] { return set(1, -2, miopenGRU); });
  expect_failure("mode", miopenStatusBadParm, "rnnMode 9",
                 [&] { return set(1, 1, static_cast<miopenRNNMode_t>(9)); });
  expect_failure("type", miopenStatusBadParm, "dataType is int8",
                 [&] { return set(1, 1, miopenGRU, false, false, true, miopenInt8); });
  expect_failure("padding", miopenStatusBadParm, "paddingMode 4", [&] {
    return miopenSetRNNPaddingMode(rnn_, static_cast<miopenRNNPaddingMode_t>(4));
  });
  miopenSeqTensorDescriptor_t sequences = nullptr;
  ASSERT_EQ(miopenCreateSeqTensorDescriptor(&sequences), miopenStatusSuccess);
  const auto set_sequences = [&](miopenRNNBaseLayout_t layout, std::vector<int> lengths) {
    return miopenSetRNNDataSeqTensorDescriptor(sequences, miopenFloat, layout, 5,
                                               static_cast<int>(lengths.size()), 3, lengths.data(),
                                               nullptr);
  };
  expect_failure("layout", miopenStatusBadParm, "layout 0",
                 [&] { return set_sequences(miopenRNNDataUnknownLayout, {1}); });
  expect_failure("length", miopenStatusBadParm, "sequenceLenArray[1] is 6", [&] {
    return set_sequences(miopenRNNDataSeqMajorPadded, {5, 6});
  });
  expect_failure("no length", miopenStatusBadParm, "sequenceLenArray[0] is 0",
                 [&] { return set_sequences(miopenRNNDataSeqMajorPadded, {0}); });
  expect_failure("order", miopenStatusBadParm, "sequenceLenArray[1] is longer", [&] {
    return set_sequences(miopenRNNDataSeqMajorNotPadded, {2, 3});
  });
  ASSERT_EQ(set_sequences(miopenRNNDataBatchMajorPadded, {2, 3}), miopenStatusSuccess);
  int lengths[2] = {}, batch = 0;
  EXPECT_EQ(miopenGetRNNDataSeqTensorDescriptor(sequences, nullptr, nullptr, nullptr, &batch,
                                                nullptr, 1, lengths, nullptr),
            miopenStatusSuccess);
  EXPECT_EQ(batch, 2);
  EXPECT_EQ(lengths[0], 2);
  EXPECT_EQ(lengths[1], 0);
  EXPECT_EQ(miopenDestroySeqTensorDescriptor(sequences), miopenStatusSuccess);
}

TEST_F(RnnApi, RefusesWrongRuns) {
  ASSERT_EQ(set(4, 1, miopenLSTM), miopenStatusSuccess);
  const Descriptor two(miopenFloat, {2, 3}), three(miopenFloat, {3, 3}), half(miopenHalf, {2, 3});
  const Descriptor out(miopenFloat, {2, 4}), wide_out(miopenFloat, {2, 5}), flat(miopenFloat, {2});
  const Descriptor state(miopenFloat, {1, 2, 4}), other_state(miopenFloat, {1, 2, 4, 1});
  struct Call {
    std::vector<miopenTensorDescriptor_t> x, y;
    miopenTensorDescriptor_t c;
    bool has_x = true, has_w = true, has_y = true;
    std::size_t missing = 0;
    int steps = 2;
  };
  const Call good{{two, two}, {out, out}, state};
  std::size_t bytes = 0;
  ASSERT_EQ(miopenGetRNNWorkspaceSize(handle_, rnn_, 2, good.x.data(), &bytes),
            miopenStatusSuccess);
  const GuardedTensor x = tensor(12), w = tensor(4 * 4 * 7 + 32), y = tensor(16, true);
  const GuardedWorkspace workspace(bytes);
  const auto run = [&](const Call& call) {
    return miopenRNNForwardInference(
        handle_, rnn_, call.steps, call.x.data(), call.has_x ? x.address() : nullptr, state,
        nullptr, call.c, nullptr, state, call.has_w ? w.address() : nullptr, call.y.data(),
        call.has_y ? y.address() : nullptr, state, nullptr, state, nullptr, workspace.address(),
        bytes - call.missing);
  };
  struct Row {
    const char* what;
    miopenStatus_t status;
    const char* text;
    std::function<void(Call&)> spoil;
  };
  const Row rows[] = {
      {"x", miopenStatusBadParm, "x is null", [](Call& c) { c.has_x = false; }},
      {"w", miopenStatusBadParm, "w is null", [](Call& c) { c.has_w = false; }},
      {"y", miopenStatusBadParm, "y is null", [](Call& c) { c.has_y = false; }},
      {"steps", miopenStatusBadParm, "sequenceLen is 0", [](Call& c) { c.steps = 0; }},
      {"xDesc", miopenStatusBadParm, "xDesc[1] is null", [](Call& c) { c.x[1] = nullptr; }},
      {"growing", miopenStatusBadParm, "xDesc[1] has a batch of 3",
       [&](Call& c) { c.x[1] = three; }},
      {"type", miopenStatusBadParm, "xDesc[0] is fp16", [&](Call& c) { c.x[0] = half; }},
      {"rank", miopenStatusBadParm, "xDesc[0] has 1 dimensions", [&](Call& c) { c.x[0] = flat; }},
      {"outputs", miopenStatusBadParm, "yDesc has vectors of 5, the network gives 4",
       [&](Call& c) {
         c.y = {wide_out, wide_out};
       }},
      {"batches", miopenStatusBadParm, "yDesc has other batches",
       [&](Call& c) {
         c.x = {three, two};
       }},
      {"states", miopenStatusBadParm, "cxDesc has 4 dimensions",
       [&](Call& c) { c.c = other_state; }},
      {"workspace", miopenStatusUnknownError, "workSpaceNumBytes is",
       [](Call& c) { c.missing = 1; }},
  };
  for (const Row& row : rows) {
    Call call = good;
    row.spoil(call);
    expect_failure(row.what, row.status, row.text, [&] { return run(call); });
  }
  EXPECT_EQ(hipDeviceSynchronize(), hipSuccess);
  EXPECT_TRUE(y.is_unchanged());
  EXPECT_EQ(run(good), miopenStatusSuccess) << rdna1convLastErrorText();
  EXPECT_EQ(hipDeviceSynchronize(), hipSuccess);
  EXPECT_EQ(y.stored_values().size(), 16u);
}

}  // namespace
}  // namespace rdna1conv
