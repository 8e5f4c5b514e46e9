// Compiles against the installed C++ headers alone, and refuses what does not fit.
#include <rdna1conv/rdna1conv.hpp>

int main() {
  const rdna1conv::Convolution convolution(3, 8, {3, 3});
  const auto shape = convolution.try_output_shape(rdna1conv::TensorShape::packed({1, 4, 9, 9}),
                                                  rdna1conv::Layout::kChannelsFirst);
  return shape.has_value() ? 1 : 0;
}
