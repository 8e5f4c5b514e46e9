#include "miopen_objects.h"

#include <rdna1conv/error.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace rdna1conv::client {
namespace {

// The API's int arrays, without the depth of a 2-D problem.
std::vector<int> api_dims(int spatial_dims, const FiveDims& values) {
  std::vector<int> dims(values.begin(), values.end());
  if (spatial_dims == 2) dims.erase(dims.begin() + 2);
  return dims;
}

std::vector<int> api_dims(int spatial_dims, const Spatial& values) {
  std::vector<int> dims{static_cast<int>(values.d), static_cast<int>(values.h),
                        static_cast<int>(values.w)};
  if (spatial_dims == 2) dims.erase(dims.begin());
  return dims;
}

}  // namespace

void check_miopen(miopenStatus_t status, const char* call) {
  if (status == miopenStatusSuccess) return;
  throw std::runtime_error(std::string(call) + ": " + miopenGetErrorString(status) + ": " +
                           rdna1convLastErrorText());
}

TensorDescriptor::TensorDescriptor(DataType type, int spatial_dims, const FiveDims& lengths,
                                   const FiveDims& strides)
    : TensorDescriptor(static_cast<miopenDataType_t>(type), api_dims(spatial_dims, lengths),
                       api_dims(spatial_dims, strides)) {}

TensorDescriptor::TensorDescriptor(miopenDataType_t type, const std::vector<int>& lengths,
                                   const std::vector<int>& strides)
    : MiopenObject("miopenCreateTensorDescriptor") {
  check_miopen(
      miopenSetTensorDescriptor(*this, type, static_cast<int>(lengths.size()), lengths.data(),
                                strides.empty() ? nullptr : strides.data()),
      "miopenSetTensorDescriptor");
}

ConvolutionDescriptor::ConvolutionDescriptor(const ConvProblem& problem)
    : MiopenObject("miopenCreateConvolutionDescriptor") {
  const int dims = problem.spatial_dims;
  std::vector<int> pad = api_dims(dims, problem.pad), stride = api_dims(dims, problem.stride),
                   dilation = api_dims(dims, problem.dilation);
  check_miopen(
      miopenInitConvolutionNdDescriptor(*this, dims, pad.data(), stride.data(), dilation.data(),
                                        problem.transposed ? miopenTranspose : miopenConvolution),
      "miopenInitConvolutionNdDescriptor");
  // After Init, which resets both.
  check_miopen(miopenSetConvolutionGroupCount(*this, static_cast<int>(problem.groups)),
               "miopenSetConvolutionGroupCount");
  if (problem.output_pad != Spatial{0, 0, 0}) {
    std::vector<int> output_pad = api_dims(dims, problem.output_pad);
    check_miopen(miopenSetTransposeConvNdOutputPadding(*this, dims, output_pad.data()),
                 "miopenSetTransposeConvNdOutputPadding");
  }
}

}  // namespace rdna1conv::client
