// The header and the library against the ABI of MIOpen 3.4.0, row by row: signatures, values and
// exported symbols as in Debian's libmiopen1 and libmiopen-dev 6.4.3, restricted to what this
// library declares.
#define MIOPEN_BETA_API 1
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <miopen/miopen.h>

#include <type_traits>

namespace {

// clang-format off
#define MIOPEN_FUNCTIONS(X) \
  X(miopenGetErrorString, const char *(miopenStatus_t)) \
  X(miopenGetVersion, miopenStatus_t(size_t *, size_t *, size_t *)) \
  X(miopenCreate, miopenStatus_t(miopenHandle_t *)) \
  X(miopenCreateWithStream, miopenStatus_t(miopenHandle_t *, miopenAcceleratorQueue_t)) \
  X(miopenDestroy, miopenStatus_t(miopenHandle_t)) \
  X(miopenSetStream, miopenStatus_t(miopenHandle_t, miopenAcceleratorQueue_t)) \
  X(miopenGetStream, miopenStatus_t(miopenHandle_t, miopenAcceleratorQueue_t *)) \
  X(miopenGetKernelTime, miopenStatus_t(miopenHandle_t, float *)) \
  X(miopenEnableProfiling, miopenStatus_t(miopenHandle_t, bool)) \
  X(miopenCreateTensorDescriptor, miopenStatus_t(miopenTensorDescriptor_t *)) \
  X(miopenSet4dTensorDescriptor, miopenStatus_t(miopenTensorDescriptor_t, miopenDataType_t, int, int, int, int)) \
  X(miopenSetNdTensorDescriptorWithLayout, miopenStatus_t(miopenTensorDescriptor_t, miopenDataType_t, miopenTensorLayout_t, const int *, int)) \
  X(miopenSet4dTensorDescriptorEx, miopenStatus_t(miopenTensorDescriptor_t, miopenDataType_t, int, int, int, int, int, int, int, int)) \
  X(miopenGet4dTensorDescriptor, miopenStatus_t(miopenTensorDescriptor_t, miopenDataType_t *, int *, int *, int *, int *, int *, int *, int *, int *)) \
  X(miopenSetTensorDescriptor, miopenStatus_t(miopenTensorDescriptor_t, miopenDataType_t, int, const int *, const int *)) \
  X(miopenSetTensorDescriptorV2, miopenStatus_t(miopenTensorDescriptor_t, miopenDataType_t, int, const size_t *, const size_t *)) \
  X(miopenGetTensorDescriptorSize, miopenStatus_t(miopenTensorDescriptor_t, int *)) \
  X(miopenGetTensorDescriptor, miopenStatus_t(miopenTensorDescriptor_t, miopenDataType_t *, int *, int *)) \
  X(miopenDestroyTensorDescriptor, miopenStatus_t(miopenTensorDescriptor_t)) \
  X(miopenGetTensorNumBytes, miopenStatus_t(miopenTensorDescriptor_t, size_t *)) \
  X(miopenCreateConvolutionDescriptor, miopenStatus_t(miopenConvolutionDescriptor_t *)) \
  X(miopenInitConvolutionDescriptor, miopenStatus_t(miopenConvolutionDescriptor_t, miopenConvolutionMode_t, int, int, int, int, int, int)) \
  X(miopenInitConvolutionNdDescriptor, miopenStatus_t(miopenConvolutionDescriptor_t, int, const int *, const int *, const int *, miopenConvolutionMode_t)) \
  X(miopenGetConvolutionSpatialDim, miopenStatus_t(miopenConvolutionDescriptor_t, int *)) \
  X(miopenGetConvolutionDescriptor, miopenStatus_t(miopenConvolutionDescriptor_t, miopenConvolutionMode_t *, int *, int *, int *, int *, int *, int *)) \
  X(miopenGetConvolutionNdDescriptor, miopenStatus_t(miopenConvolutionDescriptor_t, int, int *, int *, int *, int *, miopenConvolutionMode_t *)) \
  X(miopenGetConvolutionGroupCount, miopenStatus_t(miopenConvolutionDescriptor_t, int *)) \
  X(miopenSetConvolutionGroupCount, miopenStatus_t(miopenConvolutionDescriptor_t, int)) \
  X(miopenSetTransposeConvOutputPadding, miopenStatus_t(miopenConvolutionDescriptor_t, int, int)) \
  X(miopenSetTransposeConvNdOutputPadding, miopenStatus_t(miopenConvolutionDescriptor_t, int, const int *)) \
  X(miopenGetConvolutionForwardOutputDim, miopenStatus_t(miopenConvolutionDescriptor_t, const miopenTensorDescriptor_t, const miopenTensorDescriptor_t, int *, int *, int *, int *)) \
  X(miopenGetConvolutionNdForwardOutputDim, miopenStatus_t(miopenConvolutionDescriptor_t, const miopenTensorDescriptor_t, const miopenTensorDescriptor_t, int *, int *)) \
  X(miopenDestroyConvolutionDescriptor, miopenStatus_t(miopenConvolutionDescriptor_t)) \
  X(miopenSetConvolutionAttribute, miopenStatus_t(miopenConvolutionDescriptor_t, const miopenConvolutionAttrib_t, int)) \
  X(miopenGetConvolutionAttribute, miopenStatus_t(miopenConvolutionDescriptor_t, const miopenConvolutionAttrib_t, int *)) \
  X(miopenSetConvolutionFindMode, miopenStatus_t(miopenConvolutionDescriptor_t, miopenConvolutionFindMode_t)) \
  X(miopenGetConvolutionFindMode, miopenStatus_t(const miopenConvolutionDescriptor_t, miopenConvolutionFindMode_t *)) \
  X(miopenConvolutionForwardGetSolutionCount, miopenStatus_t(miopenHandle_t, const miopenTensorDescriptor_t, const miopenTensorDescriptor_t, const miopenConvolutionDescriptor_t, const miopenTensorDescriptor_t, size_t *)) \
  X(miopenConvolutionForwardGetSolution, miopenStatus_t(miopenHandle_t, const miopenTensorDescriptor_t, const miopenTensorDescriptor_t, const miopenConvolutionDescriptor_t, const miopenTensorDescriptor_t, const size_t, size_t *, miopenConvSolution_t *)) \
  X(miopenConvolutionForwardGetSolutionWorkspaceSize, miopenStatus_t(miopenHandle_t, const miopenTensorDescriptor_t, const miopenTensorDescriptor_t, const miopenConvolutionDescriptor_t, const miopenTensorDescriptor_t, const uint64_t, size_t *)) \
  X(miopenConvolutionForwardCompileSolution, miopenStatus_t(miopenHandle_t, const miopenTensorDescriptor_t, const miopenTensorDescriptor_t, const miopenConvolutionDescriptor_t, const miopenTensorDescriptor_t, const uint64_t)) \
  X(miopenConvolutionForwardImmediate, miopenStatus_t(miopenHandle_t, const miopenTensorDescriptor_t, const void *, const miopenTensorDescriptor_t, const void *, const miopenConvolutionDescriptor_t, const miopenTensorDescriptor_t, void *, void *, size_t, const uint64_t)) \
  X(miopenConvolutionForwardGetWorkSpaceSize, miopenStatus_t(miopenHandle_t, const miopenTensorDescriptor_t, const miopenTensorDescriptor_t, const miopenConvolutionDescriptor_t, const miopenTensorDescriptor_t, size_t *)) \
  X(miopenFindConvolutionForwardAlgorithm, miopenStatus_t(miopenHandle_t, const miopenTensorDescriptor_t, const void *, const miopenTensorDescriptor_t, const void *, const miopenConvolutionDescriptor_t, const miopenTensorDescriptor_t, void *, const int, int *, miopenConvAlgoPerf_t *, void *, size_t, bool)) \
  X(miopenConvolutionForward, miopenStatus_t(miopenHandle_t, const void *, const miopenTensorDescriptor_t, const void *, const miopenTensorDescriptor_t, const void *, const miopenConvolutionDescriptor_t, miopenConvFwdAlgorithm_t, const void *, const miopenTensorDescriptor_t, void *, void *, size_t))

#define MIOPEN_ENUMERATORS(X) \
  X(miopenStatus_t, miopenStatusSuccess, 0) \
  X(miopenStatus_t, miopenStatusNotInitialized, 1) \
  X(miopenStatus_t, miopenStatusInvalidValue, 2) \
  X(miopenStatus_t, miopenStatusBadParm, 3) \
  X(miopenStatus_t, miopenStatusAllocFailed, 4) \
  X(miopenStatus_t, miopenStatusInternalError, 5) \
  X(miopenStatus_t, miopenStatusNotImplemented, 6) \
  X(miopenStatus_t, miopenStatusUnknownError, 7) \
  X(miopenStatus_t, miopenStatusUnsupportedOp, 8) \
  X(miopenStatus_t, miopenStatusGpuOperationsSkipped, 9) \
  X(miopenStatus_t, miopenStatusVersionMismatch, 10) \
  X(miopenDataType_t, miopenHalf, 0) \
  X(miopenDataType_t, miopenFloat, 1) \
  X(miopenDataType_t, miopenInt32, 2) \
  X(miopenDataType_t, miopenInt8, 3) \
  X(miopenDataType_t, miopenBFloat16, 5) \
  X(miopenDataType_t, miopenDouble, 6) \
  X(miopenDataType_t, miopenFloat8, 7) \
  X(miopenDataType_t, miopenBFloat8, 8) \
  X(miopenDataType_t, miopenInt64, 9) \
  X(miopenTensorLayout_t, miopenTensorNCHW, 0) \
  X(miopenTensorLayout_t, miopenTensorNHWC, 1) \
  X(miopenTensorLayout_t, miopenTensorCHWN, 2) \
  X(miopenTensorLayout_t, miopenTensorNCHWc4, 3) \
  X(miopenTensorLayout_t, miopenTensorNCHWc8, 4) \
  X(miopenTensorLayout_t, miopenTensorCHWNc4, 5) \
  X(miopenTensorLayout_t, miopenTensorCHWNc8, 6) \
  X(miopenTensorLayout_t, miopenTensorNCDHW, 7) \
  X(miopenTensorLayout_t, miopenTensorNDHWC, 8) \
  X(miopenConvolutionMode_t, miopenConvolution, 0) \
  X(miopenConvolutionMode_t, miopenTranspose, 1) \
  X(miopenConvolutionMode_t, miopenGroupConv, 2) \
  X(miopenConvolutionMode_t, miopenDepthwise, 3) \
  X(miopenPaddingMode_t, miopenPaddingDefault, 0) \
  X(miopenPaddingMode_t, miopenPaddingSame, 1) \
  X(miopenPaddingMode_t, miopenPaddingValid, 2) \
  X(miopenConvolutionAttrib_t, MIOPEN_CONVOLUTION_ATTRIB_FP16_ALT_IMPL, 0) \
  X(miopenConvolutionAttrib_t, MIOPEN_CONVOLUTION_ATTRIB_DETERMINISTIC, 1) \
  X(miopenConvolutionAttrib_t, MIOPEN_CONVOLUTION_ATTRIB_FP8_ROUNDING_MODE, 2) \
  X(miopenConvolutionFindMode_t, miopenConvolutionFindModeNormal, 1) \
  X(miopenConvolutionFindMode_t, miopenConvolutionFindModeFast, 2) \
  X(miopenConvolutionFindMode_t, miopenConvolutionFindModeHybrid, 3) \
  X(miopenConvolutionFindMode_t, miopenConvolutionFindModeDynamicHybrid, 5) \
  X(miopenConvolutionFindMode_t, miopenConvolutionFindModeDefault, 5) \
  X(miopenConvFwdAlgorithm_t, miopenConvolutionFwdAlgoGEMM, 0) \
  X(miopenConvFwdAlgorithm_t, miopenConvolutionFwdAlgoDirect, 1) \
  X(miopenConvFwdAlgorithm_t, miopenConvolutionFwdAlgoFFT, 2) \
  X(miopenConvFwdAlgorithm_t, miopenConvolutionFwdAlgoWinograd, 3) \
  X(miopenConvFwdAlgorithm_t, miopenConvolutionFwdAlgoImplicitGEMM, 5) \
  X(miopenConvBwdWeightsAlgorithm_t, miopenConvolutionBwdWeightsAlgoGEMM, 0) \
  X(miopenConvBwdWeightsAlgorithm_t, miopenConvolutionBwdWeightsAlgoDirect, 1) \
  X(miopenConvBwdWeightsAlgorithm_t, miopenConvolutionBwdWeightsAlgoWinograd, 3) \
  X(miopenConvBwdWeightsAlgorithm_t, miopenConvolutionBwdWeightsAlgoImplicitGEMM, 5) \
  X(miopenConvBwdDataAlgorithm_t, miopenConvolutionBwdDataAlgoGEMM, 0) \
  X(miopenConvBwdDataAlgorithm_t, miopenConvolutionBwdDataAlgoDirect, 1) \
  X(miopenConvBwdDataAlgorithm_t, miopenConvolutionBwdDataAlgoFFT, 2) \
  X(miopenConvBwdDataAlgorithm_t, miopenConvolutionBwdDataAlgoWinograd, 3) \
  X(miopenConvBwdDataAlgorithm_t, miopenTransposeBwdDataAlgoGEMM, 4) \
  X(miopenConvBwdDataAlgorithm_t, miopenConvolutionBwdDataAlgoImplicitGEMM, 5) \
  X(miopenConvAlgorithm_t, miopenConvolutionAlgoGEMM, 0) \
  X(miopenConvAlgorithm_t, miopenConvolutionAlgoDirect, 1) \
  X(miopenConvAlgorithm_t, miopenConvolutionAlgoFFT, 2) \
  X(miopenConvAlgorithm_t, miopenConvolutionAlgoWinograd, 3) \
  X(miopenConvAlgorithm_t, miopenConvolutionAlgoImplicitGEMM, 5)
// clang-format on

#define CHECK_SIGNATURE(name, ...) \
  static_assert(std::is_same_v<decltype(name), __VA_ARGS__>, #name);
MIOPEN_FUNCTIONS(CHECK_SIGNATURE)

#define CHECK_VALUE(type, name, value)                                             \
  static_assert(std::is_same_v<decltype(name), type> && (name) == (value), #name); \
  static_assert(std::is_same_v<std::underlying_type_t<type>, unsigned> && sizeof(type) == 4, #type);
MIOPEN_ENUMERATORS(CHECK_VALUE)

// Programs built for AMD's library ask for its symbol version; the dynamic loader aborts them if
// the library has none.
TEST(Abi, EverySymbolHasMIOpensVersion) {
#define NAME_OF(name, ...) #name,
  const char* const names[] = {MIOPEN_FUNCTIONS(NAME_OF)};
  for (const char* name : names) {
    EXPECT_NE(dlvsym(RTLD_DEFAULT, name, "MIOPEN_HIP_1"), nullptr) << name;
  }
  EXPECT_EQ(dlvsym(RTLD_DEFAULT, "miopenNoSuchFunction", "MIOPEN_HIP_1"), nullptr);
}

}  // namespace
