#include <miopen/miopen.h>

#include <algorithm>
#include <string>

#include "api/device_arguments.h"
#include "api/guard.h"
#include "api/named_tensor.h"
#include "api/objects.h"
#include "core/tensor_dims.h"
#include "dispatch/operators.h"
#include "solvers/operators/dropout.h"

using namespace rdna1conv;

namespace {

using B = DropoutBuffer;
// MIOpen's status of what is wrong with tensors, rates and sizes here.
constexpr Status kWrong = Status::kUnknownError;

void require_lengths(const NamedTensor& tensor, const NamedTensor& like) {
  if (std::ranges::equal(tensor.descriptor.lengths(), like.descriptor.lengths())) return;
  throw Error(kWrong, text_of(tensor) + ", " + text_of(like));
}

DropoutDescriptor descriptor_of(float rate, void* states, std::size_t states_bytes,
                                std::uint64_t seed, bool reads_mask, bool evolves,
                                miopenRNGType_t generator) {
  if (!(rate >= 0 && rate <= 1)) {
    throw Error(kWrong, "dropout is " + std::to_string(rate) + ", must be between 0 and 1");
  }
  require_enumerator(generator, {MIOPEN_RNG_PSEUDO_XORWOW, MIOPEN_RNG_PSEUDO_XORWOW}, "rng_mode",
                     "miopenRNGType_t");
  // Clients give none where nothing will be dropped.
  if (states != nullptr) require_size(states_bytes, kDropoutStatesBytes, "stateSizeInBytes");
  return {rate, states, states_bytes, seed, reads_mask, evolves};
}

void run(Handle& handle, const char* function, const DropoutDescriptor& dropout,
         const NamedTensor& noise, const NamedTensor& x, const void* from, const char* from_name,
         const NamedTensor& y, void* to, const char* to_name, void* reserve,
         std::size_t reserve_bytes, bool backward) {
  require_pointer(from, from_name);
  require_pointer(to, to_name);
  require_lengths(y, x);
  require_lengths(noise, x);
  if (x.descriptor.type() != y.descriptor.type())
    throw Error(kWrong, text_of(y) + ", " + text_of(x));
  DropoutProblem p;
  p.type = x.descriptor.type();
  const TensorDims dims = dims_of(x.descriptor, x.name, 1, 5, kWrong);
  p.lengths = dims.lengths;
  p.x_strides = dims.strides;
  p.y_strides = dims_of(y.descriptor, y.name, 1, 5, kWrong).strides;
  require_apart(y, kWrong);
  const bool reads = dropout.reads_mask || (backward && reserve != nullptr);
  const auto elements = static_cast<std::size_t>(count_of(p.lengths));
  if (reads && reserve == nullptr)
    throw Error(kWrong, "reserveSpace is null, and the descriptor says that it has the mask");
  if (reserve != nullptr) require_size(reserve_bytes, elements, "reserveSpaceSizeInBytes");
  p.mask = reads                ? DropoutMask::kRead
           : reserve == nullptr ? DropoutMask::kNone
                                : DropoutMask::kWritten;
  OperatorRun operator_run(handle);
  operator_run.add(B::kX, from, from_name, p.type);
  operator_run.add(B::kY, to, to_name, p.type);
  if (reserve != nullptr) operator_run.add(B::kMask, reserve, "reserveSpace", DataType::kInt8);
  if (!reads) {
    if (dropout.states == nullptr) throw Error(kWrong, "dropoutDesc has no states");
    operator_run.add(B::kStates, dropout.states, "states", DataType::kInt64);
  }
  const DropoutScalars scalars = dropout_scalars(dropout.rate);
  run_operator(handle, function, p, operator_run.with(scalars), [&] {
    return to_driver_line(p, {static_cast<double>(dropout.rate), dropout.seed}, backward);
  });
}

}  // namespace

extern "C" {

miopenStatus_t miopenCreateDropoutDescriptor(miopenDropoutDescriptor_t* dropoutDesc) {
  return guard({__func__, {{"dropoutDesc", dropoutDesc}}}, [&] {
    miopenDropoutDescriptor_t& result = require(dropoutDesc, "dropoutDesc");
    result = reinterpret_cast<miopenDropoutDescriptor_t>(new DropoutDescriptor);
  });
}

miopenStatus_t miopenDestroyDropoutDescriptor(miopenDropoutDescriptor_t dropoutDesc) {
  return guard({__func__, {{"dropoutDesc", dropoutDesc}}}, [&] { delete &object(dropoutDesc); });
}

miopenStatus_t miopenDropoutGetReserveSpaceSize(const miopenTensorDescriptor_t xDesc,
                                                size_t* reserveSpaceSizeInBytes) {
  return guard({__func__, {{"xDesc", xDesc}, {"reserveSpaceSizeInBytes", reserveSpaceSizeInBytes}}},
               [&] {
                 const TensorDescriptor& x = object(xDesc, "xDesc");
                 require(reserveSpaceSizeInBytes, "reserveSpaceSizeInBytes") =
                     static_cast<std::size_t>(x.elements());
               });
}

miopenStatus_t miopenDropoutGetStatesSize(miopenHandle_t handle, size_t* stateSizeInBytes) {
  return guard({__func__, {{"handle", handle}, {"stateSizeInBytes", stateSizeInBytes}}}, [&] {
    object(handle);
    require(stateSizeInBytes, "stateSizeInBytes") = kDropoutStatesBytes;
  });
}

miopenStatus_t miopenSetDropoutDescriptor(miopenDropoutDescriptor_t dropoutDesc,
                                          miopenHandle_t handle, float dropout, void* states,
                                          size_t stateSizeInBytes, unsigned long long seed,
                                          bool use_mask, bool state_evo, miopenRNGType_t rng_mode) {
  return guard({__func__,
                {{"dropoutDesc", dropoutDesc},
                 {"handle", handle},
                 {"dropout", static_cast<double>(dropout)},
                 {"states", states},
                 {"stateSizeInBytes", stateSizeInBytes},
                 {"seed", seed},
                 {"use_mask", use_mask},
                 {"state_evo", state_evo},
                 {"rng_mode", rng_mode}}},
               [&] {
                 DropoutDescriptor& descriptor = object(dropoutDesc);
                 Handle& owner = object(handle);
                 const DropoutDescriptor set = descriptor_of(dropout, states, stateSizeInBytes,
                                                             seed, use_mask, state_evo, rng_mode);
                 if (states != nullptr) {
                   DropoutProblem p;
                   p.function = DropoutFunction::kSeed;
                   OperatorRun seed_run(owner);
                   seed_run.add(B::kStates, states, "states", DataType::kInt64);
                   const DropoutStates value{seed};
                   queue_operator(owner, p, seed_run.with(value));
                 }
                 descriptor = set;
               });
}

miopenStatus_t miopenRestoreDropoutDescriptor(miopenDropoutDescriptor_t dropoutDesc,
                                              miopenHandle_t handle, float dropout, void* states,
                                              size_t stateSizeInBytes, unsigned long long seed,
                                              bool use_mask, bool state_evo,
                                              miopenRNGType_t rng_mode) {
  return guard({__func__,
                {{"dropoutDesc", dropoutDesc},
                 {"handle", handle},
                 {"dropout", static_cast<double>(dropout)},
                 {"states", states},
                 {"stateSizeInBytes", stateSizeInBytes},
                 {"seed", seed},
                 {"use_mask", use_mask},
                 {"state_evo", state_evo},
                 {"rng_mode", rng_mode}}},
               [&] {
                 DropoutDescriptor& descriptor = object(dropoutDesc);
                 object(handle);
                 descriptor = descriptor_of(dropout, states, stateSizeInBytes, seed, use_mask,
                                            state_evo, rng_mode);
               });
}

miopenStatus_t miopenGetDropoutDescriptor(miopenDropoutDescriptor_t dropoutDesc,
                                          miopenHandle_t handle, float* dropout, void** states,
                                          unsigned long long* seed, bool* use_mask, bool* state_evo,
                                          miopenRNGType_t* rng_mode) {
  return guard({__func__, {{"dropoutDesc", dropoutDesc}, {"handle", handle}}}, [&] {
    const DropoutDescriptor& descriptor = object(dropoutDesc);
    require(dropout, "dropout") = descriptor.rate;
    require(states, "states") = descriptor.states;
    require(seed, "seed") = descriptor.seed;
    require(use_mask, "use_mask") = descriptor.reads_mask;
    require(state_evo, "state_evo") = descriptor.evolves;
    require(rng_mode, "rng_mode") = MIOPEN_RNG_PSEUDO_XORWOW;
  });
}

miopenStatus_t miopenDropoutForward(miopenHandle_t handle,
                                    const miopenDropoutDescriptor_t dropoutDesc,
                                    const miopenTensorDescriptor_t noise_shape,
                                    const miopenTensorDescriptor_t xDesc, const void* x,
                                    const miopenTensorDescriptor_t yDesc, void* y,
                                    void* reserveSpace, size_t reserveSpaceSizeInBytes) {
  return guard({__func__,
                {{"handle", handle},
                 {"dropoutDesc", dropoutDesc},
                 {"noise_shape", noise_shape},
                 {"xDesc", xDesc},
                 {"x", x},
                 {"yDesc", yDesc},
                 {"y", y},
                 {"reserveSpace", reserveSpace},
                 {"reserveSpaceSizeInBytes", reserveSpaceSizeInBytes}}},
               [&] {
                 run(object(handle), "LogCmdDropout", object(dropoutDesc),
                     {object(noise_shape, "noise_shape"), "noise_shape"},
                     {object(xDesc, "xDesc"), "xDesc"}, x, "x", {object(yDesc, "yDesc"), "yDesc"},
                     y, "y", reserveSpace, reserveSpaceSizeInBytes, false);
               });
}

miopenStatus_t miopenDropoutBackward(miopenHandle_t handle,
                                     const miopenDropoutDescriptor_t dropoutDesc,
                                     const miopenTensorDescriptor_t noise_shape,
                                     const miopenTensorDescriptor_t dyDesc, const void* dy,
                                     const miopenTensorDescriptor_t dxDesc, void* dx,
                                     void* reserveSpace, size_t reserveSpaceSizeInBytes) {
  return guard({__func__,
                {{"handle", handle},
                 {"dropoutDesc", dropoutDesc},
                 {"noise_shape", noise_shape},
                 {"dyDesc", dyDesc},
                 {"dy", dy},
                 {"dxDesc", dxDesc},
                 {"dx", dx},
                 {"reserveSpace", reserveSpace},
                 {"reserveSpaceSizeInBytes", reserveSpaceSizeInBytes}}},
               [&] {
                 run(object(handle), "LogCmdDropout", object(dropoutDesc),
                     {object(noise_shape, "noise_shape"), "noise_shape"},
                     {object(dyDesc, "dyDesc"), "dyDesc"}, dy, "dy",
                     {object(dxDesc, "dxDesc"), "dxDesc"}, dx, "dx", reserveSpace,
                     reserveSpaceSizeInBytes, true);
               });
}

}  // extern "C"
