#pragma once

// The C++ API of rdna1conv, for C++17 and later: inference with convolutions on RDNA1 cards.
//
//   rdna1conv::Handle handle;
//   const auto x = rdna1conv::TensorShape::packed({1, 64, 56, 56});
//   const auto convolution = rdna1conv::Convolution(64, 64, {3, 3}).same().bias().relu();
//   const auto y = convolution.output_shape(x);
//   rdna1conv::PreparedConvolution prepared(handle, convolution, x, y,
//                                           {convolution.weights_shape(), weights});
//   rdna1conv::DeviceArray<std::byte> workspace(prepared.workspace_bytes());
//   prepared.run({x_memory, y_memory, bias, nullptr, workspace.data()});
//
// Everything is header-only on top of the library's C functions (rdna1conv/convolution.h and
// MIOpen's API), so no C++ type crosses into the library. Handles and what is made with them are
// for one thread at a time; several threads take several handles.

#include "rdna1conv/arena.hpp"         // memory that tensors share in time
#include "rdna1conv/convolution.hpp"   // Convolution, Activation, PreparedConvolution
#include "rdna1conv/device_array.hpp"  // Span, DeviceArray
#include "rdna1conv/handle.hpp"        // Handle
#include "rdna1conv/result.hpp"        // Error, Expected
#include "rdna1conv/sequence.hpp"      // Sequence: a network in one arena
#include "rdna1conv/tensor.hpp"        // TensorShape, TensorView
