#include <functional>

#include "device_fixture.h"
#include "expect_failure.h"

namespace {

// Every argument of every forward entry point, by value, so that a row can spoil one.
struct Arguments {
  miopenHandle_t handle;
  miopenTensorDescriptor_t x_desc, w_desc, y_desc;
  miopenConvolutionDescriptor_t conv_desc;
  const void* x;
  const void* w;
  void* y;
  void* workspace;
  std::size_t workspace_bytes;
  const float* alpha;
  const float* beta;
  miopenConvFwdAlgorithm_t algo = miopenConvolutionFwdAlgoDirect;
  int request = 4;
  int* returned;
  miopenConvAlgoPerf_t* perf;
  std::size_t max_solutions = 4;
  std::size_t* size;  // solutionCount or workSpaceSize
  miopenConvSolution_t* solutions;
  std::uint64_t solution_id = 1;
};

enum EntryPoint : unsigned {
  kWorkspaceSize = 1,
  kFind = 2,
  kForward = 4,
  kCount = 8,
  kSolutions = 16,
  kSolutionWorkspace = 32,
  kCompile = 64,
  kImmediate = 128,
  kAll = 255,
  kRunning = kFind | kForward | kImmediate,  // those that take data
  kById = kSolutionWorkspace | kCompile | kImmediate,
};

struct Entry {
  EntryPoint id;
  const char* name;
  miopenStatus_t (*call)(const Arguments&);
};
const Entry kEntries[] = {
    {kWorkspaceSize, "GetWorkSpaceSize",
     [](const Arguments& a) {
       return miopenConvolutionForwardGetWorkSpaceSize(a.handle, a.w_desc, a.x_desc, a.conv_desc,
                                                       a.y_desc, a.size);
     }},
    {kFind, "Find",
     [](const Arguments& a) {
       return miopenFindConvolutionForwardAlgorithm(
           a.handle, a.x_desc, a.x, a.w_desc, a.w, a.conv_desc, a.y_desc, a.y, a.request,
           a.returned, a.perf, a.workspace, a.workspace_bytes, false);
     }},
    {kForward, "Forward",
     [](const Arguments& a) {
       return miopenConvolutionForward(a.handle, a.alpha, a.x_desc, a.x, a.w_desc, a.w, a.conv_desc,
                                       a.algo, a.beta, a.y_desc, a.y, a.workspace,
                                       a.workspace_bytes);
     }},
    {kCount, "GetSolutionCount",
     [](const Arguments& a) {
       return miopenConvolutionForwardGetSolutionCount(a.handle, a.w_desc, a.x_desc, a.conv_desc,
                                                       a.y_desc, a.size);
     }},
    {kSolutions, "GetSolution",
     [](const Arguments& a) {
       return miopenConvolutionForwardGetSolution(a.handle, a.w_desc, a.x_desc, a.conv_desc,
                                                  a.y_desc, a.max_solutions, a.size, a.solutions);
     }},
    {kSolutionWorkspace, "GetSolutionWorkspaceSize",
     [](const Arguments& a) {
       return miopenConvolutionForwardGetSolutionWorkspaceSize(
           a.handle, a.w_desc, a.x_desc, a.conv_desc, a.y_desc, a.solution_id, a.size);
     }},
    {kCompile, "CompileSolution",
     [](const Arguments& a) {
       return miopenConvolutionForwardCompileSolution(a.handle, a.w_desc, a.x_desc, a.conv_desc,
                                                      a.y_desc, a.solution_id);
     }},
    {kImmediate, "Immediate",
     [](const Arguments& a) {
       return miopenConvolutionForwardImmediate(a.handle, a.w_desc, a.w, a.x_desc, a.x, a.conv_desc,
                                                a.y_desc, a.y, a.workspace, a.workspace_bytes,
                                                a.solution_id);
     }},
};

class BadInput : public testing::Test {
 protected:
  BadInput() : conv_(Shape{}) {
    EXPECT_EQ(miopenCreateTensorDescriptor(&other_), miopenStatusSuccess);
    EXPECT_EQ(miopenCreateTensorDescriptor(&other_w_), miopenStatusSuccess);
    EXPECT_EQ(miopenCreateTensorDescriptor(&other_y_), miopenStatusSuccess);
    EXPECT_EQ(miopenCreateConvolutionDescriptor(&other_conv_), miopenStatusSuccess);
  }
  ~BadInput() override {
    EXPECT_EQ(miopenDestroyConvolutionDescriptor(other_conv_), miopenStatusSuccess);
    for (const auto tensor : {other_, other_w_, other_y_}) {
      EXPECT_EQ(miopenDestroyTensorDescriptor(tensor), miopenStatusSuccess);
    }
  }

  Arguments good() {
    return {.handle = conv_.handle,
            .x_desc = conv_.x_desc,
            .w_desc = conv_.w_desc,
            .y_desc = conv_.y_desc,
            .conv_desc = conv_.conv_desc,
            .x = conv_.x_buffer.get(),
            .w = conv_.w_buffer.get(),
            .y = conv_.y_buffer.get(),
            .workspace = conv_.workspace_buffer.get(),
            .workspace_bytes = conv_.workspace_bytes(),
            .alpha = &conv_.alpha,
            .beta = &conv_.beta,
            .returned = &returned_,
            .perf = perf_,
            .size = &size_,
            .solutions = solutions_};
  }

  void expect_refused(const char* what, unsigned entries, miopenStatus_t status, const char* text,
                      const std::function<void(Arguments&)>& spoil) {
    for (const Entry& entry : kEntries) {
      if ((entries & entry.id) == 0) continue;
      Arguments arguments = good();
      spoil(arguments);
      expect_failure(std::string(entry.name) + " with " + what, status, text,
                     [&] { return entry.call(arguments); });
    }
    conv_.expect_untouched(what);
  }

  miopenTensorDescriptor_t tensor(miopenTensorDescriptor_t which, int n, int c, int h, int w,
                                  miopenDataType_t type = miopenFloat) {
    EXPECT_EQ(miopenSet4dTensorDescriptor(which, type, n, c, h, w), miopenStatusSuccess);
    return which;
  }

  Convolution conv_;
  miopenTensorDescriptor_t other_ = nullptr, other_w_ = nullptr, other_y_ = nullptr;
  miopenConvolutionDescriptor_t other_conv_ = nullptr;
  int returned_ = 0;
  miopenConvAlgoPerf_t perf_[4] = {};
  std::size_t size_ = 0;
  miopenConvSolution_t solutions_[4] = {};
};

// The table below says nothing if the unspoiled call fails.
TEST_F(BadInput, GoodInputIsAccepted) {
  for (const Entry& entry : kEntries) {
    EXPECT_EQ(entry.call(good()), miopenStatusSuccess) << entry.name << rdna1convLastErrorText();
  }
}

TEST_F(BadInput, EveryArgument) {
  struct Row {
    const char* what;
    unsigned entries;
    const char* text;
    std::function<void(Arguments&)> spoil;
  };
  const Row rows[] = {
      {"null handle", kAll, "handle is null", [](Arguments& a) { a.handle = nullptr; }},
      {"null xDesc", kAll, "xDesc is null", [](Arguments& a) { a.x_desc = nullptr; }},
      {"null wDesc", kAll, "wDesc is null", [](Arguments& a) { a.w_desc = nullptr; }},
      {"null yDesc", kAll, "yDesc is null", [](Arguments& a) { a.y_desc = nullptr; }},
      {"null convDesc", kAll, "convDesc is null", [](Arguments& a) { a.conv_desc = nullptr; }},
      {"null x", kRunning, "x is null", [](Arguments& a) { a.x = nullptr; }},
      {"null w", kRunning, "w is null", [](Arguments& a) { a.w = nullptr; }},
      {"null y", kRunning, "y is null", [](Arguments& a) { a.y = nullptr; }},
      {"odd x", kRunning, "x is not aligned",
       [](Arguments& a) { a.x = static_cast<const char*>(a.x) + 1; }},
      {"odd w", kRunning, "w is not aligned",
       [](Arguments& a) { a.w = static_cast<const char*>(a.w) + 2; }},
      {"odd y", kRunning, "y is not aligned",
       [](Arguments& a) { a.y = static_cast<char*>(a.y) + 3; }},
      {"odd workSpace", kRunning, "workSpace is not aligned",
       [](Arguments& a) { a.workspace = static_cast<char*>(a.workspace) + 8; }},
      {"null alpha", kForward, "alpha is null", [](Arguments& a) { a.alpha = nullptr; }},
      {"null beta", kForward, "beta is null", [](Arguments& a) { a.beta = nullptr; }},
      {"algo 4", kForward, "algo 4 is not",
       [](Arguments& a) { a.algo = static_cast<miopenConvFwdAlgorithm_t>(4); }},
      {"requestAlgoCount 0", kFind, "requestAlgoCount is 0", [](Arguments& a) { a.request = 0; }},
      {"requestAlgoCount -1", kFind, "requestAlgoCount is -1",
       [](Arguments& a) { a.request = -1; }},
      {"null returnedAlgoCount", kFind, "returnedAlgoCount is null",
       [](Arguments& a) { a.returned = nullptr; }},
      {"null perfResults", kFind, "perfResults is null", [](Arguments& a) { a.perf = nullptr; }},
      {"null workSpaceSize", kWorkspaceSize | kSolutionWorkspace, "workSpaceSize is null",
       [](Arguments& a) { a.size = nullptr; }},
      {"null solutionCount", kCount | kSolutions, "solutionCount is null",
       [](Arguments& a) { a.size = nullptr; }},
      {"maxSolutionCount 0", kSolutions, "maxSolutionCount is 0",
       [](Arguments& a) { a.max_solutions = 0; }},
      {"null solutions", kSolutions, "solutions is null",
       [](Arguments& a) { a.solutions = nullptr; }},
      {"solution_id 0", kById, "solution_id 0 is not the id of a solver",
       [](Arguments& a) { a.solution_id = 0; }},
      {"solution_id unknown", kById, "solution_id 123456789 is not",
       [](Arguments& a) { a.solution_id = 123456789; }},
      {"empty xDesc", kAll, "xDesc has 0 dimensions", [this](Arguments& a) { a.x_desc = other_; }},
      {"empty wDesc", kAll, "wDesc has 0 dimensions", [this](Arguments& a) { a.w_desc = other_; }},
      {"empty yDesc", kAll, "yDesc has 0 dimensions", [this](Arguments& a) { a.y_desc = other_; }},
  };
  for (const Row& row : rows) {
    expect_refused(row.what, row.entries, miopenStatusBadParm, row.text, row.spoil);
  }
}

TEST_F(BadInput, DescriptorsThatDoNotFit) {
  struct Row {
    const char* what;
    const char* text;
    std::function<void(Arguments&)> spoil;
  };
  const Row rows[] = {
      {"other channels in w", "wDesc [6, 3, 3, 3] has 3 channels",
       [this](Arguments& a) { a.w_desc = tensor(other_w_, 6, 3, 3, 3); }},
      {"other batch in y", "yDesc is [2, 6, 8, 8]",
       [this](Arguments& a) { a.y_desc = tensor(other_y_, 2, 6, 8, 8); }},
      {"other channels in y", "yDesc is [1, 5, 8, 8]",
       [this](Arguments& a) { a.y_desc = tensor(other_y_, 1, 5, 8, 8); }},
      {"other height in y", "yDesc is [1, 6, 7, 8]",
       [this](Arguments& a) { a.y_desc = tensor(other_y_, 1, 6, 7, 8); }},
      {"half w", "wDesc is fp16, xDesc is fp32",
       [this](Arguments& a) { a.w_desc = tensor(other_w_, 6, 4, 3, 3, miopenHalf); }},
      {"half y", "yDesc is fp16, xDesc is fp32",
       [this](Arguments& a) { a.y_desc = tensor(other_y_, 1, 6, 8, 8, miopenHalf); }},
      {"groups that do not divide", "convDesc has 3 groups",
       [this](Arguments& a) {
         miopenInitConvolutionDescriptor(other_conv_, miopenConvolution, 1, 1, 1, 1, 1, 1);
         miopenSetConvolutionGroupCount(other_conv_, 3);
         a.conv_desc = other_conv_;
       }},
      {"3-D convolution", "xDesc has 4 dimensions",
       [this](Arguments& a) {
         const int zeros[3] = {0, 0, 0};
         const int ones[3] = {1, 1, 1};
         miopenInitConvolutionNdDescriptor(other_conv_, 3, zeros, ones, ones, miopenConvolution);
         a.conv_desc = other_conv_;
       }},
      {"overlapping y", "yDesc has strides by which elements overlap",
       [this](Arguments& a) {
         miopenSet4dTensorDescriptorEx(other_y_, miopenFloat, 1, 6, 8, 8, 384, 64, 4, 1);
         a.y_desc = other_y_;
       }},
  };
  for (const Row& row : rows) {
    expect_refused(row.what, kAll, miopenStatusBadParm, row.text, row.spoil);
  }
}

TEST_F(BadInput, WhatNoSolverDoes) {
  struct Row {
    const char* what;
    const char* text;
    std::function<void(Arguments&)> spoil;
  };
  const Row rows[] = {
      {"int32", "DirectReference: tensors are int32",
       [this](Arguments& a) {
         a.x_desc = tensor(other_, 1, 4, 8, 8, miopenInt32);
         a.w_desc = tensor(other_w_, 6, 4, 3, 3, miopenInt32);
         a.y_desc = tensor(other_y_, 1, 6, 8, 8, miopenInt32);
       }},
  };
  for (const Row& row : rows) {
    expect_refused(row.what, kAll & ~unsigned{kFind}, miopenStatusNotImplemented, row.text,
                   row.spoil);
    expect_refused(row.what, kFind, miopenStatusUnknownError, row.text, row.spoil);
  }
}

TEST_F(BadInput, Scaling) {
  static const float kTwo = 2, kHalf = 0.5f;
  expect_refused("alpha 2", kForward, miopenStatusNotImplemented, "alpha is 2",
                 [](Arguments& a) { a.alpha = &kTwo; });
  expect_refused("beta 0.5", kForward, miopenStatusNotImplemented, "beta is 0.5",
                 [](Arguments& a) { a.beta = &kHalf; });
}

}  // namespace
