#pragma once

// The objects behind the opaque pointers that only some entry points take; api/guard.h has the
// handle and the descriptors of tensors and convolutions.

#include "api/guard.h"
#include "core/activation_descriptor.h"
#include "core/dropout_descriptor.h"
#include "core/softmax_descriptor.h"
#include "find2/find_problem.h"
#include "find2/solution.h"
#include "fusion/fusion_plan.h"

namespace rdna1conv {

inline ActivationDescriptor& object(miopenActivationDescriptor_t descriptor,
                                    const char* name = "activDesc") {
  return *reinterpret_cast<ActivationDescriptor*>(&require(descriptor, name));
}
inline DropoutDescriptor& object(miopenDropoutDescriptor_t descriptor,
                                 const char* name = "dropoutDesc") {
  return *reinterpret_cast<DropoutDescriptor*>(&require(descriptor, name));
}
inline FindProblem& object(miopenProblem_t problem, const char* name = "problem") {
  return *reinterpret_cast<FindProblem*>(&require(problem, name));
}
inline FindOptions& object(miopenFindOptions_t options, const char* name = "options") {
  return *reinterpret_cast<FindOptions*>(&require(options, name));
}
inline SoftmaxDescriptor& object(miopenSoftmaxDescriptor_t descriptor,
                                 const char* name = "softmaxDesc") {
  return *reinterpret_cast<SoftmaxDescriptor*>(&require(descriptor, name));
}
inline Solution& object(miopenSolution_t solution, const char* name = "solution") {
  return *reinterpret_cast<Solution*>(&require(solution, name));
}
inline FusionPlan& object(miopenFusionPlanDescriptor_t plan, const char* name = "fusePlanDesc") {
  return *reinterpret_cast<FusionPlan*>(&require(plan, name));
}
inline FusionOp& object(miopenFusionOpDescriptor_t op, const char* name) {
  return *reinterpret_cast<FusionOp*>(&require(op, name));
}
inline OperatorArgs& object(miopenOperatorArgs_t args, const char* name = "args") {
  return *reinterpret_cast<OperatorArgs*>(&require(args, name));
}

}  // namespace rdna1conv
