// The least a client of MIOpen does: no device needed.
#include <miopen/miopen.h>
#include <miopen/version.h>

#include <cstdio>

int main() {
  std::size_t major = 0, minor = 0, patch = 0;
  if (miopenGetVersion(&major, &minor, &patch) != miopenStatusSuccess) return 1;
  std::printf("MIOpen API %zu.%zu.%zu\n", major, minor, patch);
  if (major != MIOPEN_VERSION_MAJOR || minor != MIOPEN_VERSION_MINOR) return 2;

  miopenTensorDescriptor_t tensor = nullptr;
  if (miopenCreateTensorDescriptor(&tensor) != miopenStatusSuccess) return 3;
  if (miopenSet4dTensorDescriptor(tensor, miopenFloat, 2, 3, 4, 5) != miopenStatusSuccess) return 4;
  std::size_t bytes = 0;
  if (miopenGetTensorNumBytes(tensor, &bytes) != miopenStatusSuccess || bytes != 480) return 5;
  return miopenDestroyTensorDescriptor(tensor) == miopenStatusSuccess ? 0 : 6;
}
