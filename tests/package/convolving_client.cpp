// A client of MIOpen's API on public headers alone: y = a 2x2 filter of ones over a 3x3 image of
// 0..8, by immediate mode.
#include <hip/hip_runtime_api.h>
#include <miopen/miopen.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

#define CHECK(call)                                               \
  if (const auto status = (call); status != decltype(status){}) { \
    std::printf("%s: %d\n", #call, static_cast<int>(status));     \
    std::exit(1);                                                 \
  }

float* on_device(const std::vector<float>& values) {
  float* device = nullptr;
  const std::size_t bytes = values.size() * sizeof(float);
  CHECK(hipMalloc(reinterpret_cast<void**>(&device), bytes));
  CHECK(hipMemcpy(device, values.data(), bytes, hipMemcpyHostToDevice));
  return device;
}

// Of one square channel, 1x1 x size x size.
miopenTensorDescriptor_t square(int size) {
  miopenTensorDescriptor_t tensor = nullptr;
  CHECK(miopenCreateTensorDescriptor(&tensor));
  CHECK(miopenSet4dTensorDescriptor(tensor, miopenFloat, 1, 1, size, size));
  return tensor;
}

}  // namespace

int main() {
  std::size_t major = 0, minor = 0, patch = 0;
  CHECK(miopenGetVersion(&major, &minor, &patch));

  float* const x = on_device({0, 1, 2, 3, 4, 5, 6, 7, 8});
  float* const w = on_device(std::vector<float>(4, 1.0f));
  std::vector<float> result(4);
  float* const y = on_device(result);
  const miopenTensorDescriptor_t x_tensor = square(3), w_tensor = square(2), y_tensor = square(2);
  miopenHandle_t handle = nullptr;
  miopenConvolutionDescriptor_t convolution = nullptr;
  CHECK(miopenCreate(&handle));
  CHECK(miopenCreateConvolutionDescriptor(&convolution));
  CHECK(miopenInitConvolutionDescriptor(convolution, miopenConvolution, 0, 0, 1, 1, 1, 1));

  miopenConvSolution_t solution{};
  std::size_t found = 0;
  CHECK(miopenConvolutionForwardGetSolution(handle, w_tensor, x_tensor, convolution, y_tensor, 1,
                                            &found, &solution));
  void* workspace = nullptr;
  if (solution.workspace_size != 0) CHECK(hipMalloc(&workspace, solution.workspace_size));
  CHECK(miopenConvolutionForwardImmediate(handle, w_tensor, w, x_tensor, x, convolution, y_tensor,
                                          y, workspace, solution.workspace_size,
                                          solution.solution_id));
  CHECK(hipMemcpy(result.data(), y, 4 * sizeof(float), hipMemcpyDeviceToHost));
  std::printf("MIOpen %zu.%zu.%zu: y is %g %g %g %g\n", major, minor, patch, result[0], result[1],
              result[2], result[3]);
  return result == std::vector<float>{8, 12, 20, 24} ? 0 : 1;
}
