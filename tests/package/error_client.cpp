// The least a client of the installed package does: no device needed.
#include <miopen/miopen.h>
#include <rdna1conv/error.h>

#include <cstdio>
#include <cstring>

int main() {
  std::size_t major = 0, minor = 0, patch = 0;
  if (miopenGetVersion(&major, &minor, &patch) != miopenStatusSuccess) return 1;
  std::printf("MIOpen API %zu.%zu.%zu\n", major, minor, patch);
  miopenTensorDescriptor_t tensor = nullptr;
  if (miopenCreateTensorDescriptor(&tensor) != miopenStatusSuccess) return 2;
  if (miopenSet4dTensorDescriptor(tensor, miopenFloat, 1, 0, 1, 1) != miopenStatusBadParm) return 3;
  if (std::strstr(rdna1convLastErrorText(), "c is 0") == nullptr) return 4;
  return miopenDestroyTensorDescriptor(tensor) == miopenStatusSuccess && major == 3 ? 0 : 5;
}
