#pragma once

// A function for each operator; operator_case.cpp has the table of them.

#include <memory>
#include <vector>

#include "client/miopen_objects.h"
#include "core/tensor_dims.h"
#include "operators/operator_case.h"

namespace rdna1conv {

OperatorCase make_activation_case(std::string_view line, bool with_reference);
OperatorCase make_adam_case(std::string_view line, bool with_reference);
OperatorCase make_axis_case(std::string_view line, bool with_reference);
OperatorCase make_batch_norm_case(std::string_view line, bool with_reference);
OperatorCase make_bias_case(std::string_view line, bool with_reference);
OperatorCase make_ctc_case(std::string_view line, bool with_reference);
OperatorCase make_dropout_case(std::string_view line, bool with_reference);
OperatorCase make_glu_case(std::string_view line, bool with_reference);
OperatorCase make_layer_norm_case(std::string_view line, bool with_reference);
OperatorCase make_lrn_case(std::string_view line, bool with_reference);
OperatorCase make_multi_margin_case(std::string_view line, bool with_reference);
OperatorCase make_pooling_case(std::string_view line, bool with_reference);
OperatorCase make_prelu_case(std::string_view line, bool with_reference);
OperatorCase make_reduce_case(std::string_view line, bool with_reference);
OperatorCase make_rnn_case(std::string_view line, bool with_reference);
OperatorCase make_rope_case(std::string_view line, bool with_reference);
OperatorCase make_soft_margin_case(std::string_view line, bool with_reference);
OperatorCase make_softmax_case(std::string_view line, bool with_reference);
OperatorCase make_tensor_function_case(std::string_view line, bool with_reference);

// Descriptors that live as long as the call that holds them.
using SharedDescriptor = std::shared_ptr<client::TensorDescriptor>;
inline SharedDescriptor describe(const StridedTensor& tensor) {
  return std::make_shared<client::TensorDescriptor>(tensor.type, spatial_dims_of(tensor.lengths),
                                                    tensor.lengths, tensor.strides);
}
inline SharedDescriptor describe(const StridedTensor& tensor, int spatial_dims) {
  return std::make_shared<client::TensorDescriptor>(tensor.type, spatial_dims, tensor.lengths,
                                                    tensor.strides);
}

// Values of an input: one value everywhere where nothing is compared, which costs no time.
inline std::vector<float> input_values(bool with_reference, DataType type, std::int64_t count,
                                       int salt, double low = -1, double high = 1) {
  if (!with_reference)
    return std::vector<float>(static_cast<std::size_t>(count), static_cast<float>(high / 2));
  return case_values(type, count, salt, low, high);
}

inline std::vector<double> wide(const std::vector<float>& values) {
  return {values.begin(), values.end()};
}

}  // namespace rdna1conv
