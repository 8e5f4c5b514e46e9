#pragma once

// A fusion plan of a convolution and what follows it, with its arguments.

#include "device_fixture.h"
#include "find2_objects.h"

using Plan = ApiObject<miopenFusionPlanDescriptor_t, miopenDestroyFusionPlan>;
using Args = ApiObject<miopenOperatorArgs_t, miopenDestroyOperatorArgs>;
using Tensor = ApiObject<miopenTensorDescriptor_t, miopenDestroyTensorDescriptor>;

inline Tensor make_tensor(int n, int c, int h, int w, miopenDataType_t type = miopenFloat) {
  miopenTensorDescriptor_t tensor = nullptr;
  EXPECT_OK(miopenCreateTensorDescriptor(&tensor));
  EXPECT_OK(miopenSet4dTensorDescriptor(tensor, type, n, c, h, w));
  return Tensor(tensor);
}

inline Plan make_plan(miopenTensorDescriptor_t input) {
  miopenFusionPlanDescriptor_t plan = nullptr;
  EXPECT_OK(miopenCreateFusionPlan(&plan, miopenVerticalFusion, input));
  return Plan(plan);
}

inline Args make_args() {
  miopenOperatorArgs_t args = nullptr;
  EXPECT_OK(miopenCreateOperatorArgs(&args));
  return Args(args);
}

inline miopenStatus_t execute(const Convolution& conv, const Plan& plan, const Args& args) {
  return miopenExecuteFusionPlan(conv.handle, plan.get(), conv.x_desc, conv.x_buffer.get(),
                                 conv.y_desc, conv.y_buffer.get(), args.get());
}
