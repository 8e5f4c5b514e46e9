#pragma once

#include <tuple>

#include "dispatch/operator_plans.h"
#include "solvers/operators/activation.h"
#include "solvers/operators/adam.h"
#include "solvers/operators/axis.h"
#include "solvers/operators/batch_norm.h"
#include "solvers/operators/ctc.h"
#include "solvers/operators/dropout.h"
#include "solvers/operators/gates.h"
#include "solvers/operators/getitem.h"
#include "solvers/operators/layer_norm.h"
#include "solvers/operators/loss.h"
#include "solvers/operators/lrn.h"
#include "solvers/operators/pooling.h"
#include "solvers/operators/reduce.h"
#include "solvers/operators/rnn_step.h"
#include "solvers/operators/softmax.h"
#include "solvers/operators/tensor_functions.h"

namespace rdna1conv {

// A handle's plans for each operator that has no Find. An operator is a row.
struct OperatorPlanLists {
  std::tuple<OperatorPlans<ActivationProblem>,   //
             OperatorPlans<AdamProblem>,         //
             OperatorPlans<AxisProblem>,         //
             OperatorPlans<BatchNormProblem>,    //
             OperatorPlans<CtcProblem>,          //
             OperatorPlans<DropoutProblem>,      //
             OperatorPlans<GetitemProblem>,      //
             OperatorPlans<GluProblem>,          //
             OperatorPlans<LayerNormProblem>,    //
             OperatorPlans<LrnProblem>,          //
             OperatorPlans<MultiMarginProblem>,  //
             OperatorPlans<PoolingProblem>,      //
             OperatorPlans<PreluProblem>,        //
             OperatorPlans<ReduceProblem>,       //
             OperatorPlans<RnnStepProblem>,      //
             OperatorPlans<RopeProblem>,         //
             OperatorPlans<SoftMarginProblem>,   //
             OperatorPlans<SoftmaxProblem>,      //
             OperatorPlans<TensorProblem>>
      lists;
};

}  // namespace rdna1conv
