// Loses a descriptor: the leak check has to say so.
#include <miopen/miopen.h>

int main() {
  miopenTensorDescriptor_t descriptor = nullptr;
  const miopenStatus_t status = miopenCreateTensorDescriptor(&descriptor);
  descriptor = nullptr;
  return status == miopenStatusSuccess ? 0 : 2;
}
