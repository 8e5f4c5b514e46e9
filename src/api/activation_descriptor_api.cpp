#include <miopen/miopen.h>

#include "api/guard.h"
#include "api/objects.h"

using namespace rdna1conv;

extern "C" {

miopenStatus_t miopenCreateActivationDescriptor(miopenActivationDescriptor_t* activDesc) {
  return guard({__func__, {{"activDesc", activDesc}}}, [&] {
    miopenActivationDescriptor_t& result = require(activDesc, "activDesc");
    result = reinterpret_cast<miopenActivationDescriptor_t>(new ActivationDescriptor);
  });
}

miopenStatus_t miopenDestroyActivationDescriptor(miopenActivationDescriptor_t activDesc) {
  return guard({__func__, {{"activDesc", activDesc}}}, [&] { delete &object(activDesc); });
}

miopenStatus_t miopenSetActivationDescriptor(const miopenActivationDescriptor_t activDesc,
                                             miopenActivationMode_t mode, double activAlpha,
                                             double activBeta, double activGamma) {
  return guard({__func__,
                {{"activDesc", activDesc},
                 {"mode", mode},
                 {"activAlpha", activAlpha},
                 {"activBeta", activBeta},
                 {"activGamma", activGamma}}},
               [&] {
                 ActivationDescriptor& descriptor = object(activDesc);
                 descriptor = {activation_of(mode), activAlpha, activBeta, activGamma};
               });
}

miopenStatus_t miopenGetActivationDescriptor(const miopenActivationDescriptor_t activDesc,
                                             miopenActivationMode_t* mode, double* activAlpha,
                                             double* activBeta, double* activGamma) {
  return guard({__func__,
                {{"activDesc", activDesc},
                 {"mode", mode},
                 {"activAlpha", activAlpha},
                 {"activBeta", activBeta},
                 {"activGamma", activGamma}}},
               [&] {
                 const ActivationDescriptor& descriptor = object(activDesc);
                 if (mode != nullptr) *mode = static_cast<miopenActivationMode_t>(descriptor.mode);
                 if (activAlpha != nullptr) *activAlpha = descriptor.alpha;
                 if (activBeta != nullptr) *activBeta = descriptor.beta;
                 if (activGamma != nullptr) *activGamma = descriptor.gamma;
               });
}

}  // extern "C"
