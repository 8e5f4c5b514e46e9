#pragma once

// A fusion plan of a convolution and what its epilogue says follows it, with arguments.

#include <optional>

#include "api_convolution.h"
#include "find2_objects.h"

namespace rdna1conv {

using Plan = ApiObject<miopenFusionPlanDescriptor_t, miopenDestroyFusionPlan>;
using Args = ApiObject<miopenOperatorArgs_t, miopenDestroyOperatorArgs>;
using Tensor = ApiObject<miopenTensorDescriptor_t, miopenDestroyTensorDescriptor>;

// A packed tensor of one value for each of these.
Tensor make_tensor(DataType type, const std::vector<int>& lengths);
// The descriptor of the epilogue's parameters, one for each channel, or for each pixel too.
Tensor parameter_tensor(const ConvProblem& problem, DataType type, bool per_pixel = false);

Plan make_plan(miopenTensorDescriptor_t input);
Args make_args();

// The epilogue's tensors of a case on the device, as far as it has them.
struct EpilogueTensors {
  explicit EpilogueTensors(const ConvCase& conv_case);
  std::optional<GuardedTensor> z, bias, norm_scale, norm_shift, norm_mean, norm_variance;
};

// A driver line with an epilogue of bias, normalization and activation as a plan, its operators and
// its arguments.
class FusedConvolution {
 public:
  explicit FusedConvolution(const std::string& line);

  ApiConvolution conv;
  EpilogueTensors tensors;
  CallArguments arguments;
  Plan plan;
  Args args;
  miopenFusionOpDescriptor_t conv_op = nullptr, bias_op = nullptr, norm_op = nullptr,
                             activation_op = nullptr;

  miopenStatus_t compile() { return miopenCompileFusionPlan(conv.handle(), plan.get()); }
  void set_args();
  miopenStatus_t execute();
  miopenStatus_t execute(void* workspace, std::size_t bytes);
};

}  // namespace rdna1conv
