#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include <algorithm>
#include <array>
#include <climits>

#include "api/guard.h"
#include "api/hidden_functions.h"

using namespace rdna1conv;

namespace {

miopenConvolutionMode_t mode_of(const ConvolutionDescriptor& descriptor) {
  return descriptor.transposed ? miopenTranspose : miopenConvolution;
}

// The descriptor's field for an attribute, with the values it may take.
struct AttributeRow {
  miopenConvolutionAttrib_t attribute;
  const char* name;
  int ConvolutionDescriptor::*field;
  int least, most;
};
constexpr AttributeRow kAttributes[] = {
    {MIOPEN_CONVOLUTION_ATTRIB_FP16_ALT_IMPL, "MIOPEN_CONVOLUTION_ATTRIB_FP16_ALT_IMPL",
     &ConvolutionDescriptor::fp16_alt_impl, -1, 1},
    {MIOPEN_CONVOLUTION_ATTRIB_DETERMINISTIC, "MIOPEN_CONVOLUTION_ATTRIB_DETERMINISTIC",
     &ConvolutionDescriptor::deterministic, 0, 1},
    {MIOPEN_CONVOLUTION_ATTRIB_FP8_ROUNDING_MODE, "MIOPEN_CONVOLUTION_ATTRIB_FP8_ROUNDING_MODE",
     &ConvolutionDescriptor::fp8_rounding_mode, 0, 1},
    {MIOPEN_CONVOLUTION_ATTRIB_MATH_TYPE, "MIOPEN_CONVOLUTION_ATTRIB_MATH_TYPE",
     &ConvolutionDescriptor::math_type, miopenMathDefault, miopenMathPedantic},
};

const AttributeRow& attribute_row(miopenConvolutionAttrib_t attribute) {
  for (const AttributeRow& row : kAttributes) {
    if (row.attribute == attribute) return row;
  }
  throw Error(Status::kBadParm,
              "attr " + std::to_string(attribute) + " is not a miopenConvolutionAttrib_t");
}

void check_spatial_dims(int dims) {
  if (dims >= 1 && dims <= 3) return;
  throw Error(Status::kBadParm,
              "spatialDim is " + std::to_string(dims) + ", must be between 1 and 3");
}

void require_2d(const ConvolutionDescriptor& descriptor, Status otherwise) {
  if (descriptor.spatial_dims == 2) return;
  throw Error(otherwise, "convDesc has " + std::to_string(descriptor.spatial_dims) +
                             " spatial dimensions, not 2");
}

// MIOpen's functions with and without Hidden in their names do the same.
void set_find_mode(miopenConvolutionDescriptor_t convolution, long long value) {
  ConvolutionDescriptor& descriptor = object(convolution);
  const auto mode = find_mode_of(value);
  if (!mode) {
    throw Error(Status::kBadParm,
                "findMode " + std::to_string(value) + " is not a miopenConvolutionFindMode_t");
  }
  descriptor.find_mode = *mode;
}

// Without a mode of its own the descriptor follows the environment.
FindMode effective_find_mode(miopenConvolutionDescriptor_t convolution) {
  const ConvolutionDescriptor& descriptor = object(convolution);
  if (descriptor.find_mode) return *descriptor.find_mode;
  const auto wanted = read_environment().find_mode;
  return wanted ? static_cast<FindMode>(*wanted) : kDefaultFindMode;
}

void check_same_spatial_dims(const ConvolutionDescriptor& descriptor, int dims) {
  if (dims == descriptor.spatial_dims) return;
  throw Error(Status::kBadParm, "spatialDim is " + std::to_string(dims) + ", convDesc has " +
                                    std::to_string(descriptor.spatial_dims) +
                                    " spatial dimensions");
}

}  // namespace

extern "C" {

miopenStatus_t miopenCreateConvolutionDescriptor(miopenConvolutionDescriptor_t* convDesc) {
  return guard({__func__, {{"convDesc", convDesc}}}, [&] {
    miopenConvolutionDescriptor_t& result = require(convDesc, "convDesc");
    result = reinterpret_cast<miopenConvolutionDescriptor_t>(new ConvolutionDescriptor);
  });
}

miopenStatus_t miopenDestroyConvolutionDescriptor(miopenConvolutionDescriptor_t convDesc) {
  return guard({__func__, {{"convDesc", convDesc}}}, [&] { delete &object(convDesc); });
}

miopenStatus_t miopenInitConvolutionDescriptor(miopenConvolutionDescriptor_t convDesc,
                                               miopenConvolutionMode_t c_mode, int pad_h, int pad_w,
                                               int stride_h, int stride_w, int dilation_h,
                                               int dilation_w) {
  return guard({__func__,
                {{"convDesc", convDesc},
                 {"c_mode", c_mode},
                 {"pad_h", pad_h},
                 {"pad_w", pad_w},
                 {"stride_h", stride_h},
                 {"stride_w", stride_w},
                 {"dilation_h", dilation_h},
                 {"dilation_w", dilation_w}}},
               [&] {
                 ConvolutionDescriptor& descriptor = object(convDesc);
                 require_at_least(0, {{"pad_h", pad_h}, {"pad_w", pad_w}});
                 require_at_least(1, {{"stride_h", stride_h},
                                      {"stride_w", stride_w},
                                      {"dilation_h", dilation_h},
                                      {"dilation_w", dilation_w}});
                 descriptor = make_convolution_descriptor(
                     std::array{pad_h, pad_w}, std::array{stride_h, stride_w},
                     std::array{dilation_h, dilation_w}, c_mode);
               });
}

miopenStatus_t miopenInitConvolutionNdDescriptor(miopenConvolutionDescriptor_t convDesc,
                                                 int spatialDim, const int* padA,
                                                 const int* strideA, const int* dilationA,
                                                 miopenConvolutionMode_t c_mode) {
  return guard({__func__,
                {{"convDesc", convDesc},
                 {"spatialDim", spatialDim},
                 {"padA", padA},
                 {"strideA", strideA},
                 {"dilationA", dilationA},
                 {"c_mode", c_mode}}},
               [&] {
                 ConvolutionDescriptor& descriptor = object(convDesc);
                 check_spatial_dims(spatialDim);
                 const auto count = static_cast<std::size_t>(spatialDim);
                 descriptor = make_convolution_descriptor(
                     {&require(padA, "padA"), count}, {&require(strideA, "strideA"), count},
                     {&require(dilationA, "dilationA"), count}, c_mode);
               });
}

miopenStatus_t miopenGetConvolutionSpatialDim(miopenConvolutionDescriptor_t convDesc,
                                              int* spatialDim) {
  return guard({__func__, {{"convDesc", convDesc}, {"spatialDim", spatialDim}}}, [&] {
    const ConvolutionDescriptor& descriptor = object(convDesc);
    require(spatialDim, "spatialDim") = descriptor.spatial_dims;
  });
}

miopenStatus_t miopenGetConvolutionDescriptor(miopenConvolutionDescriptor_t convDesc,
                                              miopenConvolutionMode_t* c_mode, int* pad_h,
                                              int* pad_w, int* stride_h, int* stride_w,
                                              int* dilation_h, int* dilation_w) {
  return guard({__func__, {{"convDesc", convDesc}}}, [&] {
    const ConvolutionDescriptor& descriptor = object(convDesc);
    require_2d(descriptor, Status::kUnknownError);
    struct Output {
      const char* name;
      int* target;
      std::int64_t value;
    };
    const std::array outputs{
        Output{"pad_h", pad_h, descriptor.pad.h},
        Output{"pad_w", pad_w, descriptor.pad.w},
        Output{"stride_h", stride_h, descriptor.stride.h},
        Output{"stride_w", stride_w, descriptor.stride.w},
        Output{"dilation_h", dilation_h, descriptor.dilation.h},
        Output{"dilation_w", dilation_w, descriptor.dilation.w},
    };
    require(c_mode, "c_mode");
    for (const Output& output : outputs) require(output.target, output.name);
    *c_mode = mode_of(descriptor);
    for (const Output& output : outputs) *output.target = static_cast<int>(output.value);
  });
}

miopenStatus_t miopenGetConvolutionNdDescriptor(miopenConvolutionDescriptor_t convDesc,
                                                int requestedSpatialDim, int* spatialDim, int* padA,
                                                int* strideA, int* dilationA,
                                                miopenConvolutionMode_t* c_mode) {
  return guard({__func__, {{"convDesc", convDesc}, {"requestedSpatialDim", requestedSpatialDim}}},
               [&] {
                 const ConvolutionDescriptor& descriptor = object(convDesc);
                 require_at_least(0, {{"requestedSpatialDim", requestedSpatialDim}});
                 if (requestedSpatialDim > descriptor.spatial_dims) {
                   throw Error(Status::kUnknownError,
                               "requestedSpatialDim is " + std::to_string(requestedSpatialDim) +
                                   ", convDesc has " + std::to_string(descriptor.spatial_dims) +
                                   " spatial dimensions");
                 }
                 const auto copy = [&](const Spatial& from, int* target) {
                   if (target == nullptr) return;
                   std::array<int, 3> values{};
                   const auto all = static_cast<std::size_t>(descriptor.spatial_dims);
                   copy_spatial(from, std::span(values.data(), all));
                   std::copy_n(values.begin(), requestedSpatialDim, target);
                 };
                 copy(descriptor.pad, padA);
                 copy(descriptor.stride, strideA);
                 copy(descriptor.dilation, dilationA);
                 if (spatialDim != nullptr) *spatialDim = descriptor.spatial_dims;
                 if (c_mode != nullptr) *c_mode = mode_of(descriptor);
               });
}

miopenStatus_t miopenSetConvolutionGroupCount(miopenConvolutionDescriptor_t convDesc,
                                              int groupCount) {
  return guard({__func__, {{"convDesc", convDesc}, {"groupCount", groupCount}}}, [&] {
    ConvolutionDescriptor& descriptor = object(convDesc);
    require_at_least(1, {{"groupCount", groupCount}});
    descriptor.groups = groupCount;
  });
}

miopenStatus_t miopenGetConvolutionGroupCount(miopenConvolutionDescriptor_t convDesc,
                                              int* groupCount) {
  return guard({__func__, {{"convDesc", convDesc}, {"groupCount", groupCount}}}, [&] {
    const ConvolutionDescriptor& descriptor = object(convDesc);
    require(groupCount, "groupCount") = descriptor.groups;
  });
}

miopenStatus_t miopenSetTransposeConvOutputPadding(miopenConvolutionDescriptor_t convDesc,
                                                   int adj_h, int adj_w) {
  return guard({__func__, {{"convDesc", convDesc}, {"adj_h", adj_h}, {"adj_w", adj_w}}}, [&] {
    ConvolutionDescriptor& descriptor = object(convDesc);
    require_2d(descriptor, Status::kBadParm);
    require_at_least(0, {{"adj_h", adj_h}, {"adj_w", adj_w}});
    descriptor.output_pad = {0, adj_h, adj_w};
  });
}

miopenStatus_t miopenSetTransposeConvNdOutputPadding(miopenConvolutionDescriptor_t convDesc,
                                                     int spatialDim, const int* adjA) {
  return guard(
      {__func__, {{"convDesc", convDesc}, {"spatialDim", spatialDim}, {"adjA", adjA}}}, [&] {
        ConvolutionDescriptor& descriptor = object(convDesc);
        check_same_spatial_dims(descriptor, spatialDim);
        require(adjA, "adjA");
        for (int i = 0; i < spatialDim; ++i) require_at_least(0, {{"adjA", adjA[i]}});
        descriptor.output_pad = spatial_from({adjA, static_cast<std::size_t>(spatialDim)}, 0);
      });
}

miopenStatus_t miopenGetConvolutionForwardOutputDim(miopenConvolutionDescriptor_t convDesc,
                                                    const miopenTensorDescriptor_t inputTensorDesc,
                                                    const miopenTensorDescriptor_t filterDesc,
                                                    int* n, int* c, int* h, int* w) {
  return guard(
      {__func__,
       {{"convDesc", convDesc}, {"inputTensorDesc", inputTensorDesc}, {"filterDesc", filterDesc}}},
      [&] {
        const ConvolutionDescriptor& descriptor = object(convDesc);
        check_same_spatial_dims(descriptor, 2);
        const ConvProblem problem =
            make_problem(descriptor, object(inputTensorDesc, "inputTensorDesc"),
                         object(filterDesc, "filterDesc"), "inputTensorDesc", "filterDesc");
        require(n, "n");
        require(c, "c");
        require(h, "h");
        require(w, "w");
        *n = static_cast<int>(problem.n);
        *c = static_cast<int>(problem.k);
        *h = static_cast<int>(problem.out.h);
        *w = static_cast<int>(problem.out.w);
      });
}

miopenStatus_t miopenGetConvolutionNdForwardOutputDim(
    miopenConvolutionDescriptor_t convDesc, const miopenTensorDescriptor_t inputTensorDesc,
    const miopenTensorDescriptor_t filterDesc, int* nDim, int* outputTensorDimA) {
  return guard({__func__,
                {{"convDesc", convDesc},
                 {"inputTensorDesc", inputTensorDesc},
                 {"filterDesc", filterDesc},
                 {"nDim", nDim},
                 {"outputTensorDimA", outputTensorDimA}}},
               [&] {
                 const ConvolutionDescriptor& descriptor = object(convDesc);
                 const ConvProblem problem = make_problem(
                     descriptor, object(inputTensorDesc, "inputTensorDesc"),
                     object(filterDesc, "filterDesc"), "inputTensorDesc", "filterDesc");
                 require(nDim, "nDim");
                 require(outputTensorDimA, "outputTensorDimA");
                 *nDim = descriptor.spatial_dims + 2;
                 outputTensorDimA[0] = static_cast<int>(problem.n);
                 outputTensorDimA[1] = static_cast<int>(problem.k);
                 copy_spatial(problem.out, {outputTensorDimA + 2,
                                            static_cast<std::size_t>(descriptor.spatial_dims)});
               });
}

miopenStatus_t miopenSetConvolutionAttribute(miopenConvolutionDescriptor_t convDesc,
                                             const miopenConvolutionAttrib_t attr, int value) {
  return guard({__func__, {{"convDesc", convDesc}, {"attr", attr}, {"value", value}}}, [&] {
    ConvolutionDescriptor& descriptor = object(convDesc);
    const AttributeRow& row = attribute_row(attr);
    if (value < row.least || value > row.most) {
      throw Error(Status::kBadParm, "value of " + std::string(row.name) + " is " +
                                        std::to_string(value) + ", must be between " +
                                        std::to_string(row.least) + " and " +
                                        std::to_string(row.most));
    }
    descriptor.*row.field = value;
  });
}

miopenStatus_t miopenGetConvolutionAttribute(miopenConvolutionDescriptor_t convDesc,
                                             const miopenConvolutionAttrib_t attr, int* value) {
  return guard({__func__, {{"convDesc", convDesc}, {"attr", attr}, {"value", value}}}, [&] {
    const ConvolutionDescriptor& descriptor = object(convDesc);
    const AttributeRow& row = attribute_row(attr);
    require(value, "value") = descriptor.*row.field;
  });
}

miopenStatus_t miopenSetConvolutionFindMode(miopenConvolutionDescriptor_t convDesc,
                                            miopenConvolutionFindMode_t findMode) {
  return guard({__func__, {{"convDesc", convDesc}, {"findMode", findMode}}},
               [&] { set_find_mode(convDesc, findMode); });
}

miopenStatus_t miopenGetConvolutionFindMode(const miopenConvolutionDescriptor_t convDesc,
                                            miopenConvolutionFindMode_t* findMode) {
  return guard({__func__, {{"convDesc", convDesc}, {"findMode", findMode}}}, [&] {
    const FindMode mode = effective_find_mode(convDesc);
    require(findMode, "findMode") = static_cast<miopenConvolutionFindMode_t>(mode);
  });
}

miopenStatus_t miopenHiddenSetConvolutionFindMode(miopenConvolutionDescriptor_t convDesc,
                                                  int findMode) {
  return guard({__func__, {{"convDesc", convDesc}, {"findMode", findMode}}},
               [&] { set_find_mode(convDesc, findMode); });
}

miopenStatus_t miopenHiddenGetConvolutionFindMode(miopenConvolutionDescriptor_t convDesc,
                                                  int* findMode) {
  return guard({__func__, {{"convDesc", convDesc}, {"findMode", findMode}}}, [&] {
    const FindMode mode = effective_find_mode(convDesc);
    require(findMode, "findMode") = static_cast<int>(mode);
  });
}

}  // extern "C"
