// A translation unit like those of MIOpen's clients: compiled as C++14, with and without
// MIOPEN_BETA_API. Compiling is the test.
#include <miopen/config.h>
#include <miopen/export.h>
#include <miopen/miopen.h>
#include <miopen/version.h>

#include <memory>
#include <type_traits>

#if MIOPEN_VERSION_MAJOR * 10000 + MIOPEN_VERSION_MINOR * 100 + MIOPEN_VERSION_PATCH < 30400
#error "MIOpen 3.4 or newer is expected"
#endif
#if !MIOPEN_BACKEND_HIP
#error "the HIP backend is expected"
#endif

template <class Handle, miopenStatus_t (*Destroy)(Handle)>
struct Destroyer {
  void operator()(typename std::remove_pointer<Handle>::type* object) const { Destroy(object); }
};
template <class Handle, miopenStatus_t (*Destroy)(Handle)>
using Owner =
    std::unique_ptr<typename std::remove_pointer<Handle>::type, Destroyer<Handle, Destroy>>;

using Tensor = Owner<miopenTensorDescriptor_t, miopenDestroyTensorDescriptor>;
using Solution = Owner<miopenSolution_t, miopenDestroySolution>;
using Plan = Owner<miopenFusionPlanDescriptor_t, miopenDestroyFusionPlan>;

Tensor make_tensor();
Tensor make_tensor() {
  miopenTensorDescriptor_t tensor = nullptr;
  miopenCreateTensorDescriptor(&tensor);
  return Tensor(tensor);
}

miopenStatus_t run(miopenHandle_t handle, miopenSolution_t solution, void* x);
miopenStatus_t run(miopenHandle_t handle, miopenSolution_t solution, void* x) {
  const Tensor tensor = make_tensor();
  miopenTensorDescriptor_t descriptor = tensor.get();
  const miopenTensorArgument_t arguments[] = {{miopenTensorConvolutionX, &descriptor, x}};
  return miopenRunSolution(handle, solution, 1, arguments, nullptr, 0);
}
