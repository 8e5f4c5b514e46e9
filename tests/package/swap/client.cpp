// A program built for another libMIOpen.so.1, which imports every function of the ABI at start, as
// MIGraphX's and MIOpenDriver's binaries do with theirs.
//   client FOLDER             all functions come from FOLDER; says what miopenGetVersion returned
//   client FOLDER convolve    the same, and runs a convolution on the device
#include <dlfcn.h>
#include <hip/hip_runtime_api.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "api/hidden_functions.h"

namespace {

struct Import {
  const char* name;
  const void* address;
};

const Import kImports[] = {
#define ABI_FUNCTION(group, name, ...) {#name, reinterpret_cast<const void*>(&name)},
#include "functions.inc"
};

bool come_from(const std::string& folder) {
  for (const Import& import : kImports) {
    Dl_info where{};
    if (dladdr(import.address, &where) == 0 ||
        std::string(where.dli_fname).rfind(folder + "/libMIOpen.so.1", 0) != 0) {
      std::printf("%s comes from %s\n", import.name, where.dli_fname);
      return false;
    }
  }
  return true;
}

#define CHECK(call)                                               \
  if (const auto status = (call); status != decltype(status){}) { \
    std::printf("%s: %d\n", #call, static_cast<int>(status));     \
    return false;                                                 \
  }

// y = a 2x2 filter of ones over a 3x3 image of 0..8.
bool convolve() {
  const std::vector<float> x{0, 1, 2, 3, 4, 5, 6, 7, 8}, w(4, 1.0f), expected{8, 12, 20, 24};
  std::vector<float> y(4);
  float *x_device, *w_device, *y_device;
  void* workspace = nullptr;
  CHECK(hipMalloc(reinterpret_cast<void**>(&x_device), 36));
  CHECK(hipMalloc(reinterpret_cast<void**>(&w_device), 16));
  CHECK(hipMalloc(reinterpret_cast<void**>(&y_device), 16));
  CHECK(hipMemcpy(x_device, x.data(), 36, hipMemcpyHostToDevice));
  CHECK(hipMemcpy(w_device, w.data(), 16, hipMemcpyHostToDevice));

  miopenHandle_t handle;
  miopenTensorDescriptor_t x_desc, w_desc, y_desc;
  miopenConvolutionDescriptor_t conv_desc;
  CHECK(miopenCreate(&handle));
  CHECK(miopenCreateTensorDescriptor(&x_desc));
  CHECK(miopenCreateTensorDescriptor(&w_desc));
  CHECK(miopenCreateTensorDescriptor(&y_desc));
  CHECK(miopenCreateConvolutionDescriptor(&conv_desc));
  CHECK(miopenSet4dTensorDescriptor(x_desc, miopenFloat, 1, 1, 3, 3));
  CHECK(miopenSet4dTensorDescriptor(w_desc, miopenFloat, 1, 1, 2, 2));
  CHECK(miopenSet4dTensorDescriptor(y_desc, miopenFloat, 1, 1, 2, 2));

  std::size_t bytes = 0;
  CHECK(
      miopenConvolutionForwardGetWorkSpaceSize(handle, w_desc, x_desc, conv_desc, y_desc, &bytes));
  if (bytes != 0) CHECK(hipMalloc(&workspace, bytes));
  int found = 0;
  miopenConvAlgoPerf_t best;
  CHECK(miopenFindConvolutionForwardAlgorithm(handle, x_desc, x_device, w_desc, w_device, conv_desc,
                                              y_desc, y_device, 1, &found, &best, workspace, bytes,
                                              false));
  const float one = 1, zero = 0;
  CHECK(miopenConvolutionForward(handle, &one, x_desc, x_device, w_desc, w_device, conv_desc,
                                 best.fwd_algo, &zero, y_desc, y_device, workspace, bytes));
  CHECK(hipMemcpy(y.data(), y_device, 16, hipMemcpyDeviceToHost));
  CHECK(miopenDestroyConvolutionDescriptor(conv_desc));
  for (const auto descriptor : {x_desc, w_desc, y_desc}) {
    CHECK(miopenDestroyTensorDescriptor(descriptor));
  }
  CHECK(miopenDestroy(handle));
  for (void* memory : {static_cast<void*>(x_device), static_cast<void*>(w_device),
                       static_cast<void*>(y_device), workspace}) {
    CHECK(hipFree(memory));
  }
  std::printf("y is %g %g %g %g\n", y[0], y[1], y[2], y[3]);
  return y == expected;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || !come_from(argv[1])) return 1;
  std::size_t major = 0, minor = 0, patch = 0;
  const miopenStatus_t status = miopenGetVersion(&major, &minor, &patch);
  std::printf("%zu functions come from %s; miopenGetVersion returned %d, %zu.%zu.%zu\n",
              std::size(kImports), argv[1], static_cast<int>(status), major, minor, patch);
  if (argc > 2 && std::strcmp(argv[2], "convolve") == 0 && !convolve()) return 2;
  return 0;
}
