#pragma once

// Activations in double precision, and the descriptor of one.

#include <memory>

#include "client/miopen_objects.h"
#include "params/activation.h"

namespace rdna1conv {

// a, b and g are the descriptor's alpha, beta and gamma.
double activated(Activation activation, double x, double a, double b, double g);
// dx of dy, for an input x whose output was y.
double activation_gradient(Activation activation, double dy, double x, double y, double a, double b,
                           double g);

class ActivationObject
    : public client::MiopenObject<miopenActivationDescriptor_t, miopenCreateActivationDescriptor,
                                  miopenDestroyActivationDescriptor> {
 public:
  ActivationObject() : MiopenObject("miopenCreateActivationDescriptor") {}
};
std::shared_ptr<ActivationObject> make_activation(Activation activation, double a, double b,
                                                  double g);

}  // namespace rdna1conv
