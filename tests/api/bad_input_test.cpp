// Every argument of every convolution entry point, wrong in each way it can be.
#include <functional>

#include "api_convolution.h"
#include "expect_failure.h"

namespace rdna1conv {
namespace {

class BadInput : public testing::TestWithParam<Direction> {
 protected:
  BadInput() : conv_(line_of(GetParam())), names_(names_of(GetParam())) {
    for (miopenTensorDescriptor_t* tensor : {&x_, &w_, &y_}) {
      EXPECT_EQ(miopenCreateTensorDescriptor(tensor), miopenStatusSuccess);
    }
    EXPECT_EQ(miopenCreateConvolutionDescriptor(&conv_desc_), miopenStatusSuccess);
  }
  ~BadInput() override {
    EXPECT_EQ(miopenDestroyConvolutionDescriptor(conv_desc_), miopenStatusSuccess);
    for (const auto tensor : {x_, w_, y_}) {
      EXPECT_EQ(miopenDestroyTensorDescriptor(tensor), miopenStatusSuccess);
    }
  }

  static std::string line_of(Direction direction) {
    return "conv -n 1 -c 4 -H 8 -W 8 -k 6 -y 3 -x 3 -p 1 -q 1 -F " +
           std::to_string(1 << static_cast<int>(direction));
  }

  void expect_refused(const std::string& what, unsigned entries, miopenStatus_t status,
                      const std::string& text, const std::function<void(CallArguments&)>& spoil) {
    for (const EntryPoint entry : kEntryPoints) {
      if ((entries & entry) == 0) continue;
      CallArguments arguments = conv_.arguments();
      // So that there is one to spoil.
      arguments.workspace_bytes = std::max<std::size_t>(arguments.workspace_bytes, 256);
      arguments.workspace = conv_.workspace(arguments.workspace_bytes);
      spoil(arguments);
      expect_failure(name_of(GetParam(), entry) + " with " + what, status, text,
                     [&] { return conv_.call(entry, arguments); });
    }
    EXPECT_TRUE(conv_.is_untouched()) << what;
  }

  static miopenTensorDescriptor_t set(miopenTensorDescriptor_t tensor, int n, int c, int h, int w,
                                      miopenDataType_t type = miopenFloat) {
    EXPECT_EQ(miopenSet4dTensorDescriptor(tensor, type, n, c, h, w), miopenStatusSuccess);
    return tensor;
  }

  ApiConvolution conv_;
  ArgumentNames names_;
  miopenTensorDescriptor_t x_ = nullptr, w_ = nullptr, y_ = nullptr;
  miopenConvolutionDescriptor_t conv_desc_ = nullptr;
};
INSTANTIATE_TEST_SUITE_P(Directions, BadInput,
                         testing::Values(Direction::kForward, Direction::kBackwardData,
                                         Direction::kBackwardWeights));

// The tables below say nothing if the unspoiled call fails.
TEST_P(BadInput, GoodInputIsAccepted) {
  for (const EntryPoint entry : kEntryPoints) {
    EXPECT_EQ(conv_.call(entry, conv_.arguments()), miopenStatusSuccess)
        << name_of(GetParam(), entry) << rdna1convLastErrorText();
  }
  EXPECT_TRUE(conv_.is_correct());
}

void* moved(void* pointer, int bytes) { return static_cast<std::byte*>(pointer) + bytes; }

TEST_P(BadInput, EveryArgument) {
  struct Row {
    std::string what;
    unsigned entries;
    std::string text;
    std::function<void(CallArguments&)> spoil;
  };
  const Row rows[] = {
      {"null handle", kAllEntryPoints, "handle is null",
       [](CallArguments& a) { a.handle = nullptr; }},
      {"null x descriptor", kAllEntryPoints, names_.x_desc + " is null",
       [](CallArguments& a) { a.x_desc = nullptr; }},
      {"null w descriptor", kAllEntryPoints, names_.w_desc + " is null",
       [](CallArguments& a) { a.w_desc = nullptr; }},
      {"null y descriptor", kAllEntryPoints, names_.y_desc + " is null",
       [](CallArguments& a) { a.y_desc = nullptr; }},
      {"null convDesc", kAllEntryPoints, "convDesc is null",
       [](CallArguments& a) { a.conv_desc = nullptr; }},
      {"null x", kTakingData, names_.x + " is null", [](CallArguments& a) { a.x = nullptr; }},
      {"null w", kTakingData, names_.w + " is null", [](CallArguments& a) { a.w = nullptr; }},
      {"null y", kTakingData, names_.y + " is null", [](CallArguments& a) { a.y = nullptr; }},
      {"odd x", kTakingData, names_.x + " is not aligned",
       [](CallArguments& a) { a.x = moved(a.x, 1); }},
      {"odd w", kTakingData, names_.w + " is not aligned",
       [](CallArguments& a) { a.w = moved(a.w, 2); }},
      {"odd y", kTakingData, names_.y + " is not aligned",
       [](CallArguments& a) { a.y = moved(a.y, 3); }},
      {"odd workSpace", kTakingData, "workSpace is not aligned",
       [](CallArguments& a) { a.workspace = moved(a.workspace, 8); }},
      {"null alpha", kRun, "alpha is null", [](CallArguments& a) { a.alpha = nullptr; }},
      {"null beta", kRun, "beta is null", [](CallArguments& a) { a.beta = nullptr; }},
      {"algo 6", kRun, "algo 6 is not a miopenConv", [](CallArguments& a) { a.algo = 6; }},
      {"algo 64", kRun, "algo 64 is not a miopenConv", [](CallArguments& a) { a.algo = 64; }},
      {"requestAlgoCount 0", kFind, "requestAlgoCount is 0",
       [](CallArguments& a) { a.request = 0; }},
      {"requestAlgoCount -1", kFind, "requestAlgoCount is -1",
       [](CallArguments& a) { a.request = -1; }},
      {"null returnedAlgoCount", kFind, "returnedAlgoCount is null",
       [](CallArguments& a) { a.returned = nullptr; }},
      {"null perfResults", kFind, "perfResults is null",
       [](CallArguments& a) { a.perf = nullptr; }},
      {"null workSpaceSize", kGetWorkSpaceSize | kGetSolutionWorkspaceSize, "workSpaceSize is null",
       [](CallArguments& a) { a.size = nullptr; }},
      {"null solutionCount", kGetSolutionCount | kGetSolution, "solutionCount is null",
       [](CallArguments& a) { a.size = nullptr; }},
      {"maxSolutionCount 0", kGetSolution, "maxSolutionCount is 0",
       [](CallArguments& a) { a.max_solutions = 0; }},
      {"null solutions", kGetSolution, "solutions is null",
       [](CallArguments& a) { a.solutions = nullptr; }},
      {"solution_id 0", kById, "solution_id 0 is not the id of a solver",
       [](CallArguments& a) { a.solution_id = 0; }},
      {"solution_id unknown", kById, "solution_id 123456789 is not",
       [](CallArguments& a) { a.solution_id = 123456789; }},
      {"empty x descriptor", kAllEntryPoints, names_.x_desc + " has 0 dimensions",
       [this](CallArguments& a) { a.x_desc = x_; }},
      {"empty w descriptor", kAllEntryPoints, names_.w_desc + " has 0 dimensions",
       [this](CallArguments& a) { a.w_desc = x_; }},
      {"empty y descriptor", kAllEntryPoints, names_.y_desc + " has 0 dimensions",
       [this](CallArguments& a) { a.y_desc = x_; }},
  };
  for (const Row& row : rows) {
    expect_refused(row.what, row.entries, miopenStatusBadParm, row.text, row.spoil);
  }
}

// miopenTransposeBwdDataAlgoGEMM (4) is of backward data alone, and backward weights have no FFT.
TEST_P(BadInput, AlgorithmsOfOtherDirections) {
  const bool has_4 = GetParam() == Direction::kBackwardData;
  const bool has_2 = GetParam() != Direction::kBackwardWeights;
  for (const auto& [algorithm, is_there] : {std::pair{4u, has_4}, std::pair{2u, has_2}}) {
    CallArguments a = conv_.arguments();
    a.algo = algorithm;
    if (is_there) {
      EXPECT_EQ(conv_.call(kRun, a), miopenStatusSuccess) << rdna1convLastErrorText();
    } else {
      expect_failure("algo", miopenStatusBadParm, "algo " + std::to_string(algorithm) + " is not",
                     [&] { return conv_.call(kRun, a); });
    }
  }
}

TEST_P(BadInput, DescriptorsThatDoNotFit) {
  struct Row {
    const char* what;
    std::string text;
    std::function<void(CallArguments&)> spoil;
  };
  const std::string &x = names_.x_desc, &w = names_.w_desc, &y = names_.y_desc;
  const auto set_conv = [this](miopenConvolutionMode_t mode, int groups) {
    miopenInitConvolutionDescriptor(conv_desc_, mode, 1, 1, 1, 1, 1, 1);
    miopenSetConvolutionGroupCount(conv_desc_, groups);
    return conv_desc_;
  };
  const Row rows[] = {
      {"other channels in w", w + " [6, 3, 3, 3] has 3 channels",
       [this](CallArguments& a) { a.w_desc = set(w_, 6, 3, 3, 3); }},
      {"other filters in w", y + " is [1, 6, 8, 8], the convolution of " + x + " and " + w,
       [this](CallArguments& a) { a.w_desc = set(w_, 7, 4, 3, 3); }},
      {"other batch in y", y + " is [2, 6, 8, 8]",
       [this](CallArguments& a) { a.y_desc = set(y_, 2, 6, 8, 8); }},
      {"other channels in y", y + " is [1, 5, 8, 8]",
       [this](CallArguments& a) { a.y_desc = set(y_, 1, 5, 8, 8); }},
      {"other height in y", y + " is [1, 6, 7, 8]",
       [this](CallArguments& a) { a.y_desc = set(y_, 1, 6, 7, 8); }},
      {"other width in x", y + " is [1, 6, 8, 8], the convolution of " + x,
       [this](CallArguments& a) { a.x_desc = set(x_, 1, 4, 8, 9); }},
      {"half w", w + " is fp16, " + x + " is fp32",
       [this](CallArguments& a) { a.w_desc = set(w_, 6, 4, 3, 3, miopenHalf); }},
      {"half y", y + " is fp16, " + x + " is fp32",
       [this](CallArguments& a) { a.y_desc = set(y_, 1, 6, 8, 8, miopenHalf); }},
      {"half x", w + " is fp32, " + x + " is fp16",
       [this](CallArguments& a) { a.x_desc = set(x_, 1, 4, 8, 8, miopenHalf); }},
      {"int8 with half",
       GetParam() == Direction::kBackwardWeights ? x + " is int8, of which there are no backward"
                                                 : y + " is fp16, " + x + " is int8",
       [this](CallArguments& a) {
         a.x_desc = set(x_, 1, 4, 8, 8, miopenInt8);
         a.w_desc = set(w_, 6, 4, 3, 3, miopenInt8);
         a.y_desc = set(y_, 1, 6, 8, 8, miopenHalf);
       }},
      {"groups that do not divide", "convDesc has 3 groups",
       [&](CallArguments& a) { a.conv_desc = set_conv(miopenGroupConv, 3); }},
      {"groups without a grouped w", w + " [6, 4, 3, 3] has 4 channels, " + x + " has 4 in 2",
       [&](CallArguments& a) { a.conv_desc = set_conv(miopenConvolution, 2); }},
      {"transposed", w + " [6, 4, 3, 3] is a filter for 6 channels",
       [&](CallArguments& a) { a.conv_desc = set_conv(miopenTranspose, 1); }},
      {"3-D convolution", x + " has 4 dimensions",
       [this](CallArguments& a) {
         const int zeros[3] = {0, 0, 0};
         const int ones[3] = {1, 1, 1};
         miopenInitConvolutionNdDescriptor(conv_desc_, 3, zeros, ones, ones, miopenConvolution);
         a.conv_desc = conv_desc_;
       }},
  };
  for (const Row& row : rows) {
    expect_refused(row.what, kAllEntryPoints, miopenStatusBadParm, row.text, row.spoil);
  }
}

// An element of the output that is written twice would depend on the order of writing; inputs may
// overlap.
TEST_P(BadInput, OverlappingOutputs) {
  struct Tensor {
    Direction written_by;
    std::string name;
    std::function<void(CallArguments&)> overlap;
  };
  const Tensor tensors[] = {
      {Direction::kForward, names_.y_desc,
       [this](CallArguments& a) {
         miopenSet4dTensorDescriptorEx(y_, miopenFloat, 1, 6, 8, 8, 384, 64, 4, 1);
         a.y_desc = y_;
       }},
      {Direction::kBackwardData, names_.x_desc,
       [this](CallArguments& a) {
         miopenSet4dTensorDescriptorEx(x_, miopenFloat, 1, 4, 8, 8, 256, 64, 7, 1);
         a.x_desc = x_;
       }},
      {Direction::kBackwardWeights, names_.w_desc,
       [this](CallArguments& a) {
         miopenSet4dTensorDescriptorEx(w_, miopenFloat, 6, 4, 3, 3, 36, 1, 3, 1);
         a.w_desc = w_;
       }},
  };
  for (const Tensor& tensor : tensors) {
    if (tensor.written_by == GetParam()) {
      expect_refused("overlap", kAllEntryPoints, miopenStatusBadParm,
                     tensor.name + " has strides by which elements overlap", tensor.overlap);
      continue;
    }
    CallArguments a = conv_.arguments();
    tensor.overlap(a);
    EXPECT_EQ(conv_.call(kGetWorkSpaceSize, a), miopenStatusSuccess) << rdna1convLastErrorText();
  }
}

TEST_P(BadInput, WhatNoSolverDoes) {
  const auto spoil = [this](CallArguments& a) {
    a.x_desc = set(x_, 1, 4, 8, 8, miopenInt32);
    a.w_desc = set(w_, 6, 4, 3, 3, miopenInt32);
    a.y_desc = set(y_, 1, 6, 8, 8, miopenInt32);
  };
  expect_refused("int32", kAllEntryPoints & ~unsigned{kFind}, miopenStatusNotImplemented,
                 "DirectReference: tensors are int32", spoil);
  expect_refused("int32", kFind, miopenStatusUnknownError, "DirectReference: tensors are int32",
                 spoil);
}

// MIOpen's 2-D convolutions know alpha 1 and beta 0 alone.
TEST_P(BadInput, Scaling) {
  static const float kTwo = 2, kHalf = 0.5f;
  expect_refused("alpha 2", kRun, miopenStatusNotImplemented, "alpha is 2",
                 [](CallArguments& a) { a.alpha = &kTwo; });
  expect_refused("beta 0.5", kRun, miopenStatusNotImplemented, "beta is 0.5",
                 [](CallArguments& a) { a.beta = &kHalf; });
}

TEST_P(BadInput, TooLittleWorkspace) {
  ApiConvolution conv("conv -n 1 -c 16 -H 12 -W 12 -k 16 -p 1 -q 1 -F " +
                      std::to_string(1 << static_cast<int>(GetParam())));
  for (const auto& solution : conv.solutions(conv.arguments())) {
    if (solution.workspace_size == 0) continue;
    const std::string id = "solution_id " + std::to_string(solution.solution_id);
    CallArguments a = conv.arguments();
    a.solution_id = solution.solution_id;
    a.workspace = conv.workspace(solution.workspace_size);
    a.workspace_bytes = solution.workspace_size - 1;
    expect_failure(id, miopenStatusBadParm, id + " needs",
                   [&] { return conv.call(kImmediate, a); });
    a.workspace = nullptr;
    a.workspace_bytes = solution.workspace_size;
    expect_failure(id, miopenStatusBadParm, id + " needs",
                   [&] { return conv.call(kImmediate, a); });
  }
  EXPECT_TRUE(conv.is_untouched());
}

// A failed call leaves other handles, and its own, as they were.
TEST_P(BadInput, LeavesHandlesUsable) {
  ApiConvolution other(line_of(GetParam()));
  expect_refused("null x", kTakingData, miopenStatusBadParm, names_.x + " is null",
                 [](CallArguments& a) { a.x = nullptr; });
  for (ApiConvolution* conv : {&other, &conv_}) {
    EXPECT_EQ(conv->call(kRun, conv->arguments()), miopenStatusSuccess);
    EXPECT_TRUE(conv->is_correct());
  }
}

}  // namespace
}  // namespace rdna1conv
