// The CTC loss as PyTorch asks for it, and wrong arguments.
#include <gtest/gtest.h>
#include <hip/hip_runtime.h>

#include <functional>

#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>
#include <rdna1conv/error.h>

#include "api/expect_failure.h"
#include "operators/cases.h"

namespace rdna1conv {
namespace {

using Descriptor = client::TensorDescriptor;
constexpr int kSteps = 6, kBatch = 2, kClasses = 5;

// Everything that the two calls take: any call may change any of it.
struct Arguments {
  miopenHandle_t handle;
  miopenTensorDescriptor_t probs_desc, gradients_desc;
  const int *labels, *label_lengths, *input_lengths;
  std::byte *probs, *losses, *gradients;
  miopenCTCLossDescriptor_t ctc;
  std::size_t missing = 0;  // bytes of the workspace
};

class Ctc : public testing::Test {
 protected:
  Ctc() { miopenCreateCTCLossDescriptor(&ctc_); }
  ~Ctc() override { miopenDestroyCTCLossDescriptor(ctc_); }

  static GuardedTensor tensor(std::int64_t count) {
    return {{DataType::kFloat, {1, 1, 1, 1, count}, {count, count, count, count, 1}},
            GuardedTensor::Use::kWrite,
            case_values(DataType::kFloat, count, 1, -1, 1)};
  }
  Arguments good() {
    return {handle_,
            desc_,
            desc_,
            labels_.data(),
            lengths_.data(),
            steps_.data(),
            probs_.address(),
            losses_.address(),
            gradients_.address(),
            ctc_};
  }
  static miopenStatus_t size(const Arguments& a, std::size_t* bytes) {
    return miopenGetCTCLossWorkspaceSize(a.handle, a.probs_desc, a.gradients_desc, a.labels,
                                         a.label_lengths, a.input_lengths,
                                         MIOPEN_CTC_LOSS_ALGO_DETERMINISTIC, a.ctc, bytes);
  }
  miopenStatus_t run(const Arguments& a) const {
    return miopenCTCLoss(a.handle, a.probs_desc, a.probs, a.labels, a.label_lengths,
                         a.input_lengths, a.losses, a.gradients_desc, a.gradients,
                         MIOPEN_CTC_LOSS_ALGO_DETERMINISTIC, a.ctc, workspace_.address(),
                         65536 - a.missing);
  }

  const client::MiopenHandle handle_;
  const Descriptor desc_{miopenFloat, {kSteps, kBatch, kClasses}};
  const std::vector<int> labels_{1, 2, 2, 4}, lengths_{3, 1}, steps_{6, 5};
  const GuardedTensor probs_ = tensor(kSteps * kBatch * kClasses), losses_ = tensor(kBatch),
                      gradients_ = tensor(kSteps * kBatch * kClasses);
  const GuardedWorkspace workspace_{65536};
  miopenCTCLossDescriptor_t ctc_ = nullptr;
};

// PyTorch hands labels and lengths over as it has them, on the device.
TEST_F(Ctc, TakesLabelsFromTheDevice) {
  ASSERT_EQ(run(good()), miopenStatusSuccess) << rdna1convLastErrorText();
  ASSERT_EQ(hipDeviceSynchronize(), hipSuccess);
  const std::vector<double> losses = losses_.stored_values(),
                            gradients = gradients_.stored_values();
  const DeviceBytes labels(16), lengths(8), steps(8);
  const auto upload = [](const DeviceBytes& to, const std::vector<int>& from) {
    ASSERT_EQ(hipMemcpy(to.address(), from.data(), from.size() * 4, hipMemcpyHostToDevice),
              hipSuccess);
  };
  upload(labels, labels_);
  upload(lengths, lengths_);
  upload(steps, steps_);
  Arguments a = good();
  a.labels = reinterpret_cast<const int*>(labels.address());
  a.label_lengths = reinterpret_cast<const int*>(lengths.address());
  a.input_lengths = reinterpret_cast<const int*>(steps.address());
  std::size_t of_host = 0, of_device = 1;
  ASSERT_EQ(size(good(), &of_host), miopenStatusSuccess);
  ASSERT_EQ(size(a, &of_device), miopenStatusSuccess);
  EXPECT_EQ(of_device, of_host);
  ASSERT_EQ(run(a), miopenStatusSuccess) << rdna1convLastErrorText();
  ASSERT_EQ(hipDeviceSynchronize(), hipSuccess);
  EXPECT_EQ(losses_.stored_values(), losses);
  EXPECT_EQ(gradients_.stored_values(), gradients);
}

TEST_F(Ctc, RefusesWrongArguments) {
  const Descriptor half(miopenHalf, {kSteps, kBatch, kClasses}),
      integer(miopenInt32, {kSteps, kBatch, kClasses}), flat(miopenFloat, {kSteps, kBatch});
  const std::vector<int> long_steps{7, 5}, short_steps{3, 5}, no_steps{0, 5}, negative{-1, 1};
  const std::vector<int> unknown{1, 2, 5, 4};
  struct Row {
    const char* what;
    miopenStatus_t of_size, of_run;
    const char* text;
    std::function<void(Arguments&)> spoil;
  };
  constexpr auto kBad = miopenStatusBadParm, kOdd = miopenStatusUnknownError;
  const Row rows[] = {
      {"handle", kBad, kBad, "handle is null", [](auto& a) { a.handle = nullptr; }},
      {"descriptor", kBad, kBad, "ctcLossDesc is null", [](auto& a) { a.ctc = nullptr; }},
      {"labels", kBad, kBad, "labels is null", [](auto& a) { a.labels = nullptr; }},
      {"type", kBad, kBad, "probsDesc is int32",
       [&](auto& a) { a.probs_desc = a.gradients_desc = integer; }},
      {"types", kBad, kOdd, "gradientsDesc is fp16", [&](auto& a) { a.gradients_desc = half; }},
      {"rank", kBad, kOdd, "probsDesc is fp32 [6, 2]",
       [&](auto& a) { a.probs_desc = a.gradients_desc = flat; }},
      {"steps", kBad, kOdd, "inputLengths[0] is 7",
       [&](auto& a) { a.input_lengths = long_steps.data(); }},
      {"no steps", kBad, kOdd, "inputLengths[0] is 0",
       [&](auto& a) { a.input_lengths = no_steps.data(); }},
      {"length", kBad, kOdd, "labelLengths[0] is -1",
       [&](auto& a) { a.label_lengths = negative.data(); }},
      {"class", kBad, kOdd, "labels[2] is 5", [&](auto& a) { a.labels = unknown.data(); }},
      {"repeats", kBad, kOdd, "its labels need 4 steps",
       [&](auto& a) { a.input_lengths = short_steps.data(); }},
  };
  for (const Row& row : rows) {
    Arguments a = good();
    row.spoil(a);
    std::size_t bytes = 0;
    expect_failure(row.what, row.of_size, row.text, [&] { return size(a, &bytes); });
    expect_failure(row.what, row.of_run, row.text, [&] { return run(a); });
  }
  std::size_t bytes = 0;
  ASSERT_EQ(size(good(), &bytes), miopenStatusSuccess);
  Arguments a = good();
  a.missing = 65536 - bytes + 1;
  expect_failure("workspace", kOdd, "workSpaceSize is", [&] { return run(a); });
  a = good();
  a.losses = nullptr;
  expect_failure("losses", kBad, "losses is null", [&] { return run(a); });
  expect_failure("set", kBad, "dataType is int8",
                 [&] { return miopenSetCTCLossDescriptor(ctc_, miopenInt8, 0, true); });
  EXPECT_EQ(hipDeviceSynchronize(), hipSuccess);
  EXPECT_TRUE(losses_.is_unchanged());
  EXPECT_TRUE(gradients_.is_unchanged());
}

TEST_F(Ctc, DescriptorHoldsWhatWasSet) {
  ASSERT_EQ(miopenSetCTCLossDescriptor(ctc_, miopenHalf, 3, false), miopenStatusSuccess);
  miopenDataType_t type = miopenFloat;
  int blank = 0;
  bool softmax = true;
  EXPECT_EQ(miopenGetCTCLossDescriptor(ctc_, &type, &blank, &softmax), miopenStatusSuccess);
  EXPECT_EQ(type, miopenHalf);
  EXPECT_EQ(blank, 3);
  EXPECT_FALSE(softmax);
  EXPECT_EQ(miopenGetCTCLossDescriptor(ctc_, &type, nullptr, nullptr), miopenStatusSuccess);
}

}  // namespace
}  // namespace rdna1conv
