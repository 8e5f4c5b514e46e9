// A solution that one process saves and another runs, which has no handle when it loads it.
//   saved_solution_process save FILE
//   saved_solution_process run FILE
#include <hip/hip_runtime_api.h>
#include <miopen/miopen.h>
#include <rdna1conv/error.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

namespace {

constexpr int kC = 8, kK = 8, kSize = 10;

bool check(const char* call, int status) {
  if (status == 0) return true;
  std::fprintf(stderr, "%s: %d (%s)\n", call, status, rdna1convLastErrorText());
  return false;
}
#define CHECK(call) \
  if (!check(#call, static_cast<int>(call))) return 1

int save(const char* file) {
  miopenHandle_t handle;
  miopenTensorDescriptor_t image, filter;
  miopenConvolutionDescriptor_t convolution;
  miopenProblem_t problem;
  miopenSolution_t solution;
  CHECK(miopenCreate(&handle));
  CHECK(miopenCreateTensorDescriptor(&image));
  CHECK(miopenCreateTensorDescriptor(&filter));
  CHECK(miopenSet4dTensorDescriptor(image, miopenFloat, 1, kC, kSize, kSize));
  CHECK(miopenSet4dTensorDescriptor(filter, miopenFloat, kK, kC, 3, 3));
  CHECK(miopenCreateConvolutionDescriptor(&convolution));
  CHECK(miopenInitConvolutionDescriptor(convolution, miopenConvolution, 1, 1, 1, 1, 1, 1));
  CHECK(miopenCreateConvProblem(&problem, convolution, miopenProblemDirectionForward));
  CHECK(miopenSetProblemTensorDescriptor(problem, miopenTensorConvolutionX, image));
  CHECK(miopenSetProblemTensorDescriptor(problem, miopenTensorConvolutionW, filter));
  CHECK(miopenSetProblemTensorDescriptor(problem, miopenTensorConvolutionY, image));
  std::size_t count = 0, size = 0;
  CHECK(miopenFindSolutions(handle, problem, nullptr, &solution, &count, 1));
  CHECK(miopenGetSolutionSize(solution, &size));
  std::vector<char> data(size);
  CHECK(miopenSaveSolution(solution, data.data()));
  std::ofstream(file, std::ios::binary).write(data.data(), static_cast<std::streamsize>(size));
  CHECK(miopenDestroySolution(solution));
  CHECK(miopenDestroyProblem(problem));
  CHECK(miopenDestroyConvolutionDescriptor(convolution));
  CHECK(miopenDestroyTensorDescriptor(image));
  CHECK(miopenDestroyTensorDescriptor(filter));
  CHECK(miopenDestroy(handle));
  return 0;
}

// All ones, so an output counts the filter's elements inside the image.
int run(const char* file) {
  std::ifstream stream(file, std::ios::binary);
  const std::vector<char> data((std::istreambuf_iterator<char>(stream)), {});
  miopenSolution_t solution;
  std::size_t bytes = 0;
  CHECK(miopenLoadSolution(&solution, data.data(), data.size()));
  CHECK(miopenGetSolutionWorkspaceSize(solution, &bytes));

  const std::vector<float> ones(kC * kK * kSize * kSize, 1);
  float *x, *w, *y;
  void* workspace = nullptr;
  const std::size_t image_bytes = kC * kSize * kSize * sizeof(float);
  CHECK(hipMalloc(reinterpret_cast<void**>(&x), image_bytes));
  CHECK(hipMalloc(reinterpret_cast<void**>(&w), kC * kK * 9 * sizeof(float)));
  CHECK(hipMalloc(reinterpret_cast<void**>(&y), image_bytes));
  if (bytes != 0) CHECK(hipMalloc(&workspace, bytes));
  CHECK(hipMemcpy(x, ones.data(), image_bytes, hipMemcpyHostToDevice));
  CHECK(hipMemcpy(w, ones.data(), kC * kK * 9 * sizeof(float), hipMemcpyHostToDevice));

  miopenHandle_t handle;
  CHECK(miopenCreate(&handle));
  const miopenTensorArgument_t tensors[] = {{miopenTensorConvolutionX, nullptr, x},
                                            {miopenTensorConvolutionW, nullptr, w},
                                            {miopenTensorConvolutionY, nullptr, y}};
  CHECK(miopenRunSolution(handle, solution, 3, tensors, workspace, bytes));
  std::vector<float> result(kK * kSize * kSize);
  CHECK(hipMemcpy(result.data(), y, image_bytes, hipMemcpyDeviceToHost));
  CHECK(miopenDestroySolution(solution));
  CHECK(miopenDestroy(handle));
  for (void* memory :
       {static_cast<void*>(x), static_cast<void*>(w), static_cast<void*>(y), workspace}) {
    CHECK(hipFree(memory));
  }
  const auto inside = [](int at) { return at == 0 || at == kSize - 1 ? 2 : 3; };
  for (int i = 0; i < kK * kSize * kSize; ++i) {
    const int h = i / kSize % kSize, column = i % kSize;
    const float expected = static_cast<float>(kC * inside(h) * inside(column));
    const float got = result[static_cast<std::size_t>(i)];
    if (got > expected * 1.001f || got < expected * 0.999f) {
      std::fprintf(stderr, "y[%d] is %g, not %g\n", i, got, expected);
      return 1;
    }
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "save") == 0) return save(argv[2]);
  if (argc == 3 && std::strcmp(argv[1], "run") == 0) return run(argv[2]);
  return 2;
}
