#include "operators/activation_reference.h"

#include <algorithm>
#include <cmath>

namespace rdna1conv {
namespace {

// Below it MIOpen takes POWER's base for zero.
constexpr double kLeastBase = 1e-6;

}  // namespace

double activated(Activation activation, double x, double a, double b, double g) {
  switch (activation) {
    case Activation::kPassThrough:
      return x;
    case Activation::kLogistic:
      return 1 / (1 + std::exp(-x));
    case Activation::kTanh:
      return b * std::tanh(a * x);
    case Activation::kRelu:
      return std::max(x, 0.0);
    case Activation::kSoftRelu:
      return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x)));
    case Activation::kAbs:
      return std::fabs(x);
    case Activation::kPower:
      return a + b * x <= kLeastBase ? 0 : std::pow(a + b * x, g);
    case Activation::kClippedRelu:
      return std::min(a, std::max(x, 0.0));
    case Activation::kLeakyRelu:
      return x > 0 ? x : a * x;
    case Activation::kElu:
      return x > 0 ? x : a * std::expm1(x);
    case Activation::kClamp:
      return std::max(a, std::min(b, x));
  }
  return x;
}

double activation_gradient(Activation activation, double dy, double x, double y, double a, double b,
                           double g) {
  switch (activation) {
    case Activation::kPassThrough:
      return dy;
    case Activation::kLogistic:
      return dy * y * (1 - y);
    case Activation::kTanh:
      return b == 0 ? 0 : dy * a * (b - y * y / b);
    case Activation::kRelu:
      return x > 0 ? dy : 0;
    case Activation::kSoftRelu:
      return dy / (1 + std::exp(-x));
    case Activation::kAbs:
      return x > 0 ? dy : -dy;
    case Activation::kPower:
      return a + b * x <= kLeastBase ? 0 : dy * b * g * y / (a + b * x);
    case Activation::kClippedRelu:
      return x > 0 && x <= a ? dy : 0;
    case Activation::kLeakyRelu:
      return x > 0 ? dy : a * dy;
    case Activation::kElu:
      return x > 0 ? dy : dy * (y + a);
    case Activation::kClamp:
      return x > a && x <= b ? dy : 0;
  }
  return dy;
}

std::shared_ptr<ActivationObject> make_activation(Activation activation, double a, double b,
                                                  double g) {
  auto descriptor = std::make_shared<ActivationObject>();
  client::check_miopen(miopenSetActivationDescriptor(
                           *descriptor, static_cast<miopenActivationMode_t>(activation), a, b, g),
                       "miopenSetActivationDescriptor");
  return descriptor;
}

}  // namespace rdna1conv
