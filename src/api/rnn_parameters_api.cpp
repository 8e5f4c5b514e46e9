#include <miopen/miopen.h>

#include <array>
#include <string>

#include "api/device_arguments.h"
#include "api/rnn_arguments.h"
#include "dispatch/operators.h"
#include "rnn/rnn_queue.h"

using namespace rdna1conv;

namespace {

// A layer and an id of a parameter as clients number them.
void require_parameter(const RnnDescriptor& rnn, int layer, int id, const char* id_name) {
  if (layer < 0 || layer >= rnn.layers * rnn.directions()) {
    throw Error(Status::kBadParm, "layer is " + std::to_string(layer) + ", the network has " +
                                      std::to_string(rnn.layers * rnn.directions()) +
                                      ", each direction counted");
  }
  if (id < 0 || id >= 2 * rnn.gates()) {
    throw Error(Status::kBadParm, std::string(id_name) + " is " + std::to_string(id) +
                                      ", the network has " + std::to_string(2 * rnn.gates()) +
                                      " in a layer");
  }
}

RnnParameters::Matrix matrix_of(const RnnDescriptor& rnn, int layer, const TensorDescriptor& x,
                                int id) {
  require_parameter(rnn, layer, id, "paramID");
  return RnnParameters(rnn, vector_of(rnn, x, "xDesc")).matrix(layer, id);
}

// Where a bias lies among the parameters.
std::int64_t bias_at(const RnnDescriptor& rnn, int layer, miopenTensorDescriptor_t x, int id) {
  require_parameter(rnn, layer, id, "biasID");
  return RnnParameters(rnn, vector_of(rnn, object(x, "xDesc"), "xDesc")).bias(layer, id);
}

void require_matrix(const RnnParameters::Matrix& matrix) {
  if (matrix.columns != 0) return;
  throw Error(Status::kBadParm, "the first layer has no matrix of its input with miopenRNNskip");
}

std::size_t bytes_of_elements(const RnnDescriptor& rnn, std::int64_t elements) {
  return static_cast<std::size_t>(elements) * bytes_of(rnn.type);
}

void describe_matrix(TensorDescriptor& descriptor, const RnnDescriptor& rnn,
                     const RnnParameters::Matrix& matrix) {
  const std::array<std::int64_t, 2> lengths{matrix.rows, matrix.columns};
  descriptor = TensorDescriptor(rnn.type, lengths, std::nullopt);
}
void describe_bias(TensorDescriptor& descriptor, const RnnDescriptor& rnn) {
  const std::array<std::int64_t, 1> lengths{rnn.hidden};
  descriptor = TensorDescriptor(rnn.type, lengths, std::nullopt);
}

void require_network_type(const RnnDescriptor& rnn, miopenDataType_t type) {
  if (static_cast<DataType>(type) == rnn.type) return;
  throw Error(Status::kBadParm, "dtype is " + std::string(name_of(static_cast<DataType>(type))) +
                                    ", rnnDesc is " + std::string(name_of(rnn.type)));
}

// Copies `count` elements on the handle's stream.
void copy(Handle& handle, const char* function, const RnnDescriptor& rnn, std::int64_t count,
          const void* from, const char* from_name, void* to, const char* to_name,
          std::int64_t from_offset, std::int64_t to_offset) {
  const auto* const source =
      static_cast<const std::byte*>(device_argument(handle, from, from_name, rnn.type));
  auto* const target = static_cast<std::byte*>(device_argument(handle, to, to_name, rnn.type));
  RnnQueue queue(handle, function, rnn.type);
  queue.convert(RnnPass::kCopy, count, source + bytes_of_elements(rnn, from_offset), nullptr,
                target + bytes_of_elements(rnn, to_offset));
}

}  // namespace

extern "C" {

miopenStatus_t miopenGetRNNParamsSize(miopenHandle_t handle, miopenRNNDescriptor_t rnnDesc,
                                      miopenTensorDescriptor_t xDesc, size_t* numBytes,
                                      miopenDataType_t dtype) {
  return guard({__func__,
                {{"handle", handle},
                 {"rnnDesc", rnnDesc},
                 {"xDesc", xDesc},
                 {"numBytes", numBytes},
                 {"dtype", dtype}}},
               [&] {
                 object(handle);
                 const RnnDescriptor& rnn = object(rnnDesc);
                 require_network_type(rnn, dtype);
                 const std::int64_t input = vector_of(rnn, object(xDesc, "xDesc"), "xDesc");
                 require(numBytes, "numBytes") =
                     bytes_of_elements(rnn, RnnParameters(rnn, input).count());
               });
}

miopenStatus_t miopenGetRNNParamsDescriptor(miopenHandle_t handle, miopenRNNDescriptor_t rnnDesc,
                                            miopenTensorDescriptor_t xDesc,
                                            miopenTensorDescriptor_t wDesc,
                                            miopenDataType_t dtype) {
  return guard({__func__,
                {{"handle", handle},
                 {"rnnDesc", rnnDesc},
                 {"xDesc", xDesc},
                 {"wDesc", wDesc},
                 {"dtype", dtype}}},
               [&] {
                 object(handle);
                 const RnnDescriptor& rnn = object(rnnDesc);
                 require_network_type(rnn, dtype);
                 const std::int64_t input = vector_of(rnn, object(xDesc, "xDesc"), "xDesc");
                 const std::array<std::int64_t, 2> lengths{
                     RnnParameters(rnn, input).count() / rnn.gate_rows(), rnn.gate_rows()};
                 object(wDesc, "wDesc") = TensorDescriptor(rnn.type, lengths, std::nullopt);
               });
}

miopenStatus_t miopenGetRNNLayerParamSize(miopenHandle_t handle, miopenRNNDescriptor_t rnnDesc,
                                          const int layer, miopenTensorDescriptor_t xDesc,
                                          const int paramID, size_t* numBytes) {
  return guard({__func__,
                {{"handle", handle},
                 {"rnnDesc", rnnDesc},
                 {"layer", layer},
                 {"xDesc", xDesc},
                 {"paramID", paramID},
                 {"numBytes", numBytes}}},
               [&] {
                 object(handle);
                 const RnnDescriptor& rnn = object(rnnDesc);
                 const auto matrix = matrix_of(rnn, layer, object(xDesc, "xDesc"), paramID);
                 require(numBytes, "numBytes") =
                     bytes_of_elements(rnn, matrix.rows * matrix.columns);
               });
}

miopenStatus_t miopenGetRNNLayerBiasSize(miopenHandle_t handle, miopenRNNDescriptor_t rnnDesc,
                                         const int layer, const int biasID, size_t* numBytes) {
  return guard({__func__,
                {{"handle", handle},
                 {"rnnDesc", rnnDesc},
                 {"layer", layer},
                 {"biasID", biasID},
                 {"numBytes", numBytes}}},
               [&] {
                 object(handle);
                 const RnnDescriptor& rnn = object(rnnDesc);
                 require_parameter(rnn, layer, biasID, "biasID");
                 require(numBytes, "numBytes") = bytes_of_elements(rnn, rnn.hidden);
               });
}

miopenStatus_t miopenGetRNNLayerParamOffset(miopenRNNDescriptor_t rnnDesc, const int layer,
                                            miopenTensorDescriptor_t xDesc, const int paramID,
                                            miopenTensorDescriptor_t paramDesc,
                                            size_t* layerParamOffset) {
  return guard({__func__,
                {{"rnnDesc", rnnDesc},
                 {"layer", layer},
                 {"xDesc", xDesc},
                 {"paramID", paramID},
                 {"paramDesc", paramDesc},
                 {"layerParamOffset", layerParamOffset}}},
               [&] {
                 const RnnDescriptor& rnn = object(rnnDesc);
                 const auto matrix = matrix_of(rnn, layer, object(xDesc, "xDesc"), paramID);
                 require_matrix(matrix);
                 describe_matrix(object(paramDesc, "paramDesc"), rnn, matrix);
                 if (layerParamOffset != nullptr)
                   *layerParamOffset = static_cast<std::size_t>(matrix.offset);
               });
}

miopenStatus_t miopenGetRNNLayerBiasOffset(miopenRNNDescriptor_t rnnDesc, const int layer,
                                           miopenTensorDescriptor_t xDesc, const int biasID,
                                           miopenTensorDescriptor_t biasDesc,
                                           size_t* layerBiasOffset) {
  return guard({__func__,
                {{"rnnDesc", rnnDesc},
                 {"layer", layer},
                 {"xDesc", xDesc},
                 {"biasID", biasID},
                 {"biasDesc", biasDesc},
                 {"layerBiasOffset", layerBiasOffset}}},
               [&] {
                 const RnnDescriptor& rnn = object(rnnDesc);
                 if (!rnn.has_bias) return;  // nothing changes, as in MIOpen
                 const std::int64_t at = bias_at(rnn, layer, xDesc, biasID);
                 describe_bias(object(biasDesc, "biasDesc"), rnn);
                 if (layerBiasOffset != nullptr) *layerBiasOffset = static_cast<std::size_t>(at);
               });
}

miopenStatus_t miopenGetRNNLayerParam(miopenHandle_t handle, miopenRNNDescriptor_t rnnDesc,
                                      const int layer, miopenTensorDescriptor_t xDesc,
                                      miopenTensorDescriptor_t wDesc, const void* w,
                                      const int paramID, miopenTensorDescriptor_t paramDesc,
                                      void* layerParam) {
  return guard({__func__,
                {{"handle", handle},
                 {"rnnDesc", rnnDesc},
                 {"layer", layer},
                 {"xDesc", xDesc},
                 {"wDesc", wDesc},
                 {"w", w},
                 {"paramID", paramID},
                 {"paramDesc", paramDesc},
                 {"layerParam", layerParam}}},
               [&] {
                 Handle& owner = object(handle);
                 const RnnDescriptor& rnn = object(rnnDesc);
                 const auto matrix = matrix_of(rnn, layer, object(xDesc, "xDesc"), paramID);
                 require_matrix(matrix);
                 describe_matrix(object(paramDesc, "paramDesc"), rnn, matrix);
                 if (layerParam == nullptr) return;  // the descriptor is what was asked for
                 copy(owner, __func__, rnn, matrix.rows * matrix.columns, w, "w", layerParam,
                      "layerParam", matrix.offset, 0);
               });
}

miopenStatus_t miopenGetRNNLayerBias(miopenHandle_t handle, miopenRNNDescriptor_t rnnDesc,
                                     const int layer, miopenTensorDescriptor_t xDesc,
                                     miopenTensorDescriptor_t wDesc, const void* w,
                                     const int biasID, miopenTensorDescriptor_t biasDesc,
                                     void* layerBias) {
  return guard({__func__,
                {{"handle", handle},
                 {"rnnDesc", rnnDesc},
                 {"layer", layer},
                 {"xDesc", xDesc},
                 {"wDesc", wDesc},
                 {"w", w},
                 {"biasID", biasID},
                 {"biasDesc", biasDesc},
                 {"layerBias", layerBias}}},
               [&] {
                 Handle& owner = object(handle);
                 const RnnDescriptor& rnn = object(rnnDesc);
                 if (!rnn.has_bias) return;
                 const std::int64_t at = bias_at(rnn, layer, xDesc, biasID);
                 describe_bias(object(biasDesc, "biasDesc"), rnn);
                 if (layerBias == nullptr) return;
                 copy(owner, __func__, rnn, rnn.hidden, w, "w", layerBias, "layerBias", at, 0);
               });
}

miopenStatus_t miopenSetRNNLayerParam(miopenHandle_t handle, miopenRNNDescriptor_t rnnDesc,
                                      const int layer, miopenTensorDescriptor_t xDesc,
                                      miopenTensorDescriptor_t wDesc, void* w, const int paramID,
                                      miopenTensorDescriptor_t paramDesc, const void* layerParam) {
  return guard({__func__,
                {{"handle", handle},
                 {"rnnDesc", rnnDesc},
                 {"layer", layer},
                 {"xDesc", xDesc},
                 {"wDesc", wDesc},
                 {"w", w},
                 {"paramID", paramID},
                 {"paramDesc", paramDesc},
                 {"layerParam", layerParam}}},
               [&] {
                 Handle& owner = object(handle);
                 const RnnDescriptor& rnn = object(rnnDesc);
                 const auto matrix = matrix_of(rnn, layer, object(xDesc, "xDesc"), paramID);
                 require_matrix(matrix);
                 object(paramDesc, "paramDesc");
                 copy(owner, __func__, rnn, matrix.rows * matrix.columns, layerParam, "layerParam",
                      w, "w", 0, matrix.offset);
               });
}

miopenStatus_t miopenSetRNNLayerBias(miopenHandle_t handle, miopenRNNDescriptor_t rnnDesc,
                                     const int layer, miopenTensorDescriptor_t xDesc,
                                     miopenTensorDescriptor_t wDesc, void* w, const int biasID,
                                     miopenTensorDescriptor_t biasDesc, const void* layerBias) {
  return guard({__func__,
                {{"handle", handle},
                 {"rnnDesc", rnnDesc},
                 {"layer", layer},
                 {"xDesc", xDesc},
                 {"wDesc", wDesc},
                 {"w", w},
                 {"biasID", biasID},
                 {"biasDesc", biasDesc},
                 {"layerBias", layerBias}}},
               [&] {
                 Handle& owner = object(handle);
                 const RnnDescriptor& rnn = object(rnnDesc);
                 if (!rnn.has_bias) return;
                 const std::int64_t at = bias_at(rnn, layer, xDesc, biasID);
                 object(biasDesc, "biasDesc");
                 copy(owner, __func__, rnn, rnn.hidden, layerBias, "layerBias", w, "w", 0, at);
               });
}

}  // extern "C"
