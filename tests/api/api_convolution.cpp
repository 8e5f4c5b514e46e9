#include "api_convolution.h"

#include <hip/hip_runtime_api.h>

#include <algorithm>

#include "core/driver_line.h"
#include "core/error.h"
#include "tolerance.h"

namespace rdna1conv {
namespace {

// The API's arrays without the dimensions that it does not have.
std::vector<int> api_dims(int spatial_dims, const FiveDims& values) {
  std::vector<int> dims{static_cast<int>(values[0]), static_cast<int>(values[1])};
  for (std::size_t i = 5 - static_cast<std::size_t>(spatial_dims); i < 5; ++i) {
    dims.push_back(static_cast<int>(values[i]));
  }
  return dims;
}
std::vector<int> api_dims(int spatial_dims, const Spatial& values) {
  const int all[] = {static_cast<int>(values.d), static_cast<int>(values.h),
                     static_cast<int>(values.w)};
  return {std::end(all) - spatial_dims, std::end(all)};
}

miopenTensorDescriptor_t make_descriptor(int spatial_dims, const StridedTensor& tensor) {
  const std::vector<int> lengths = api_dims(spatial_dims, tensor.lengths);
  const std::vector<int> strides = api_dims(spatial_dims, tensor.strides);
  miopenTensorDescriptor_t descriptor = nullptr;
  EXPECT_EQ(miopenCreateTensorDescriptor(&descriptor), miopenStatusSuccess);
  EXPECT_EQ(
      miopenSetTensorDescriptor(descriptor, static_cast<miopenDataType_t>(tensor.type),
                                static_cast<int>(lengths.size()), lengths.data(), strides.data()),
      miopenStatusSuccess)
      << rdna1convLastErrorText();
  return descriptor;
}

miopenConvolutionMode_t mode_of(const ConvProblem& p) {
  // As PyTorch and MIGraphX do.
  if (p.transposed) return miopenTranspose;
  if (p.groups == 1) return miopenConvolution;
  return p.groups == p.c ? miopenDepthwise : miopenGroupConv;
}

std::optional<GuardedTensor> input(const StridedTensor& tensor, const std::vector<float>& values) {
  if (values.empty()) return std::nullopt;
  return std::optional<GuardedTensor>(std::in_place, tensor, GuardedTensor::Use::kRead, values);
}

}  // namespace

ScopedHandle::ScopedHandle(hipStream_t stream) {
  EXPECT_EQ(miopenCreateWithStream(&handle_, stream), miopenStatusSuccess)
      << rdna1convLastErrorText();
}
ScopedHandle::~ScopedHandle() { EXPECT_EQ(miopenDestroy(handle_), miopenStatusSuccess); }

ApiConvolution::ApiConvolution(const std::string& line, int dimensions)
    : line_(line),
      problem_(parse_driver_line(line).problem),
      case_(make_case(problem_)),
      scalars_(scalars_for(problem_, false)),
      x_(input(x_tensor(case_.problem), case_.x)),
      w_(input(w_tensor(case_.problem), case_.w)),
      y_(input(y_tensor(case_.problem), case_.y)) {
  const int dims = dimensions == 0 ? problem_.spatial_dims : dimensions;
  x_desc_ = make_descriptor(dims, x_tensor(problem_));
  w_desc_ = make_descriptor(dims, w_tensor(problem_));
  y_desc_ = make_descriptor(dims, y_tensor(problem_));
  EXPECT_EQ(miopenCreateConvolutionDescriptor(&conv_desc_), miopenStatusSuccess);
  const std::vector<int> pad = api_dims(dims, problem_.pad);
  const std::vector<int> stride = api_dims(dims, problem_.stride);
  const std::vector<int> dilation = api_dims(dims, problem_.dilation);
  EXPECT_EQ(miopenInitConvolutionNdDescriptor(conv_desc_, dims, pad.data(), stride.data(),
                                              dilation.data(), mode_of(problem_)),
            miopenStatusSuccess);
  EXPECT_EQ(miopenSetConvolutionGroupCount(conv_desc_, static_cast<int>(problem_.groups)),
            miopenStatusSuccess);
  if (problem_.transposed) {
    const std::vector<int> output_pad = api_dims(dims, problem_.output_pad);
    EXPECT_EQ(miopenSetTransposeConvNdOutputPadding(conv_desc_, dims, output_pad.data()),
              miopenStatusSuccess);
  }
  reset_output();
}

ApiConvolution::~ApiConvolution() {
  EXPECT_EQ(hipDeviceSynchronize(), hipSuccess);
  EXPECT_EQ(miopenDestroyConvolutionDescriptor(conv_desc_), miopenStatusSuccess);
  for (const auto tensor : {x_desc_, w_desc_, y_desc_}) {
    EXPECT_EQ(miopenDestroyTensorDescriptor(tensor), miopenStatusSuccess);
  }
}

CallArguments ApiConvolution::bare_arguments() {
  const auto address = [&](const std::optional<GuardedTensor>& tensor) {
    return (tensor ? *tensor : *output_).address();
  };
  CallArguments a;
  a.handle = handle();
  a.x_desc = x_desc_;
  a.w_desc = w_desc_;
  a.y_desc = y_desc_;
  a.conv_desc = conv_desc_;
  a.x = address(x_);
  a.w = address(w_);
  a.y = address(y_);
  if (problem_.transposed) std::swap(a.x, a.y);
  a.alpha = &scalars_.alpha;
  a.beta = &scalars_.beta;
  a.algo = miopenConvolutionAlgoDirect;
  a.request = 4;
  a.returned = &returned_;
  a.perf = perf_;
  a.max_solutions = 4;
  a.size = &size_;
  a.solutions = solutions_;
  a.solution_id = 1;  // the reference, which does every problem
  return a;
}

CallArguments ApiConvolution::arguments() {
  CallArguments a = bare_arguments();
  EXPECT_EQ(call(kGetWorkSpaceSize, a), miopenStatusSuccess) << rdna1convLastErrorText();
  a.workspace_bytes = size_;
  a.workspace = workspace(size_);
  return a;
}

void* ApiConvolution::workspace(std::size_t bytes) {
  if (bytes == 0) return nullptr;
  if (!workspace_ || workspace_bytes_ != bytes) {
    EXPECT_EQ(hipDeviceSynchronize(), hipSuccess);
    workspace_.emplace(bytes);
    workspace_bytes_ = bytes;
  }
  return workspace_->address();
}

void ApiConvolution::reset_output() {
  EXPECT_EQ(hipDeviceSynchronize(), hipSuccess);
  const bool is_read = scalars_.beta != 0;
  output_.emplace(case_.output(), GuardedTensor::Use::kWrite,
                  is_read ? std::span<const float>(case_.output_before) : std::span<const float>());
}

std::vector<double> ApiConvolution::output() const {
  EXPECT_EQ(hipDeviceSynchronize(), hipSuccess);
  return output_->stored_values();
}

testing::AssertionResult ApiConvolution::is_correct() const {
  const auto failure = [this](const std::string& what) {
    return testing::AssertionFailure() << line_ << ": " << what;
  };
  try {
    // Whichever algorithm ran: Winograd's tolerance is the widest.
    const auto fault = fault_of(output(), expected_output(case_, scalars_),
                                tolerance_of(case_.problem, Algorithm::kWinograd));
    if (fault) return failure(*fault);
  } catch (const Error& error) {
    return failure(error.what());
  }
  if (workspace_ && !workspace_->has_canaries()) return failure("wrote outside its workspace");
  for (const auto* tensor : {&x_, &w_, &y_}) {
    if (*tensor && !(*tensor)->is_unchanged()) return failure("changed an input");
  }
  return testing::AssertionSuccess();
}

testing::AssertionResult ApiConvolution::is_untouched() const {
  EXPECT_EQ(hipDeviceSynchronize(), hipSuccess);
  if (output_->is_unchanged()) return testing::AssertionSuccess();
  return testing::AssertionFailure() << line_ << ": wrote to its output";
}

std::vector<miopenConvAlgoPerf_t> ApiConvolution::find(const CallArguments& arguments,
                                                       int request) {
  std::vector<miopenConvAlgoPerf_t> results(static_cast<std::size_t>(request));
  CallArguments a = arguments;
  int returned = -1;
  a.request = request;
  a.returned = &returned;
  a.perf = results.data();
  EXPECT_EQ(call(kFind, a), miopenStatusSuccess) << line_ << ": " << rdna1convLastErrorText();
  EXPECT_GE(returned, 1) << line_;
  EXPECT_LE(returned, request) << line_;
  results.resize(static_cast<std::size_t>(std::clamp(returned, 0, request)));
  return results;
}

std::vector<miopenConvSolution_t> ApiConvolution::solutions(const CallArguments& arguments) {
  CallArguments a = arguments;
  std::size_t count = 0;
  a.size = &count;
  EXPECT_EQ(call(kGetSolutionCount, a), miopenStatusSuccess)
      << line_ << ": " << rdna1convLastErrorText();
  std::vector<miopenConvSolution_t> results(count);
  if (count == 0) return results;
  a.max_solutions = count;
  a.solutions = results.data();
  EXPECT_EQ(call(kGetSolution, a), miopenStatusSuccess)
      << line_ << ": " << rdna1convLastErrorText();
  EXPECT_EQ(count, results.size()) << line_;
  return results;
}

}  // namespace rdna1conv
