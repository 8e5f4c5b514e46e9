// Find 2.0 problems of a convolution fused with bias and activation.
#define MIOPEN_BETA_API 1
#include "expect_failure.h"
#include "fusion_objects.h"

namespace rdna1conv {
namespace {

using ActivationObject = ApiObject<miopenActivationDescriptor_t, miopenDestroyActivationDescriptor>;

Problem bias_problem(miopenTensorDescriptor_t bias) {
  miopenProblem_t problem = nullptr;
  EXPECT_OK(miopenCreateBiasProblem(&problem, miopenProblemDirectionForward));
  if (bias != nullptr) {
    EXPECT_OK(miopenSetProblemTensorDescriptor(problem, miopenTensorBias, bias));
  }
  return Problem(problem);
}

Problem activation_problem(const ConvProblem& p, const EpilogueScalars& scalars) {
  miopenActivationDescriptor_t descriptor = nullptr;
  miopenProblem_t problem = nullptr;
  EXPECT_OK(miopenCreateActivationDescriptor(&descriptor));
  const ActivationObject owned(descriptor);
  EXPECT_OK(miopenSetActivationDescriptor(
      descriptor, static_cast<miopenActivationMode_t>(p.epilogue.activation),
      static_cast<double>(scalars.activation_alpha), static_cast<double>(scalars.activation_beta),
      static_cast<double>(scalars.activation_gamma)));
  EXPECT_OK(miopenCreateActivationProblem(&problem, descriptor, miopenProblemDirectionForward));
  return Problem(problem);
}

const char* const kLines[] = {
    "conv -n 2 -c 16 -H 8 -W 7 -k 18 -p 1 -q 1 --epilogue bias+relu -F 1",
    "conv -n 1 -c 4 -H 8 -W 8 -k 6 -p 1 -q 1 --epilogue bias -F 1",
    "conv -n 1 -c 4 -H 8 -W 8 -k 6 -p 1 -q 1 --epilogue leakyrelu -F 1",
    "convfp16 -n 1 -c 8 -H 6 -W 6 -k 8 -p 1 -q 1 -I NHWC -f NHWC -O NHWC --epilogue bias+clamp -F "
    "1",
    "conv -n 1 -c 3 -! 4 -H 6 -W 5 -k 4 -@ 3 -y 3 -x 3 -$ 1 -p 1 -q 1 -_ 3 --epilogue bias+elu -F "
    "1",
};

TEST(Find2Fused, EverySolutionIsRight) {
  for (const char* const line : kLines) {
    SCOPED_TRACE(line);
    ApiConvolution conv(line);
    const EpilogueTensors epilogue(conv.conv_case());
    const Epilogue& fused = conv.problem().epilogue;
    const Problem problem = make_find_problem(conv.bare_arguments(), conv.direction());
    miopenTensorArgumentId_t output = miopenTensorConvolutionY;
    if (fused.adds_bias) {
      const Tensor bias = parameter_tensor(conv.problem(), conv.problem().y_type);
      // The problem keeps what it needs of both.
      ASSERT_OK(miopenFuseProblems(problem.get(), bias_problem(bias.get()).get()));
      output = miopenTensorBiasY;
    }
    if (fused.activation != Activation::kPassThrough) {
      ASSERT_OK(miopenFuseProblems(problem.get(),
                                   activation_problem(conv.problem(), conv.scalars()).get()));
      output = miopenTensorActivationY;
    }
    const auto solutions = find_solutions(conv.handle(), problem, nullptr);
    ASSERT_FALSE(solutions.empty());
    for (const Solution& solution : solutions) {
      const Solution loaded = load(save(solution));
      conv.reset_output();
      auto tensors = tensor_arguments(conv.bare_arguments());
      tensors[2].id = output;
      if (fused.adds_bias) {
        tensors.push_back({miopenTensorBias, nullptr, epilogue.bias->address()});
      }
      const std::size_t bytes = workspace_of(loaded);
      EXPECT_OK(miopenRunSolution(conv.handle(), loaded.get(), tensors.size(), tensors.data(),
                                  conv.workspace(bytes), bytes));
      EXPECT_TRUE(conv.is_correct()) << "solver " << solver_of(loaded);
    }
  }
}

TEST(Find2Fused, RefusesWhatDoesNotFit) {
  ApiConvolution conv(kLines[0]);
  const CallArguments a = conv.bare_arguments();
  const Tensor bias = parameter_tensor(conv.problem(), DataType::kFloat);
  miopenSolution_t found = nullptr;
  const auto search = [&](const Problem& problem) {
    return miopenFindSolutions(conv.handle(), problem.get(), nullptr, &found, nullptr, 1);
  };

  expect_failure("bias alone", miopenStatusUnsupportedOp, "does not begin with a convolution",
                 [&] { return search(bias_problem(bias.get())); });
  Problem wrong_order = make_find_problem(a, Direction::kForward);
  ASSERT_OK(miopenFuseProblems(wrong_order.get(),
                               activation_problem(conv.problem(), conv.scalars()).get()));
  ASSERT_OK(miopenFuseProblems(wrong_order.get(), bias_problem(bias.get()).get()));
  expect_failure("order", miopenStatusUnsupportedOp, "then bias, then activation",
                 [&] { return search(wrong_order); });
  const Problem with_itself = make_find_problem(a, Direction::kForward);
  ASSERT_OK(miopenFuseProblems(with_itself.get(), with_itself.get()));
  expect_failure("twice", miopenStatusUnsupportedOp, "each at most once",
                 [&] { return search(with_itself); });
  const Problem backward = make_find_problem(a, Direction::kBackwardData);
  ASSERT_OK(miopenFuseProblems(backward.get(), bias_problem(bias.get()).get()));
  expect_failure("backward", miopenStatusUnsupportedOp, "that is not forward",
                 [&] { return search(backward); });
  const Problem without_bias = make_find_problem(a, Direction::kForward);
  ASSERT_OK(miopenFuseProblems(without_bias.get(), bias_problem(nullptr).get()));
  expect_failure("no bias", miopenStatusBadParm, "no descriptor of miopenTensorBias",
                 [&] { return search(without_bias); });
  ASSERT_OK(miopenSetProblemTensorDescriptor(without_bias.get(), miopenTensorBias, a.x_desc));
  expect_failure("bias", miopenStatusBadParm, "miopenTensorBias is not a packed tensor",
                 [&] { return search(without_bias); });
  EXPECT_EQ(found, nullptr);

  const Problem fused = make_find_problem(a, Direction::kForward);
  ASSERT_OK(miopenFuseProblems(fused.get(), bias_problem(bias.get()).get()));
  const auto solutions = find_solutions(conv.handle(), fused, nullptr, 1);
  ASSERT_EQ(solutions.size(), 1u);
  const EpilogueTensors epilogue(conv.conv_case());
  auto tensors = tensor_arguments(a);
  const auto run = [&] {
    return miopenRunSolution(conv.handle(), solutions[0].get(), tensors.size(), tensors.data(),
                             conv.workspace(workspace_of(solutions[0])),
                             workspace_of(solutions[0]));
  };
  expect_failure("intermediate", miopenStatusBadParm,
                 "miopenTensorConvolutionY is no tensor of the problem that is in memory", run);
  tensors[2].id = miopenTensorBiasY;
  expect_failure("no bias", miopenStatusBadParm, "tensors has no miopenTensorBias", run);
  tensors.push_back({miopenTensorBias, nullptr, epilogue.bias->address()});
  tensors[3].descriptor = const_cast<miopenTensorDescriptor_t*>(&a.x_desc);
  expect_failure("bias", miopenStatusBadParm, "descriptor of miopenTensorBias is not", run);
  EXPECT_TRUE(conv.is_untouched());
}

TEST(Find2Fused, RefusesOtherDirections) {
  miopenProblem_t problem = nullptr;
  for (const auto direction :
       {miopenProblemDirectionBackward, miopenProblemDirectionBackwardWeights}) {
    expect_failure("direction", miopenStatusNotImplemented, "only forward is supported",
                   [&] { return miopenCreateBiasProblem(&problem, direction); });
  }
  expect_failure("direction", miopenStatusBadParm, "direction 3", [&] {
    return miopenCreateBiasProblem(&problem, static_cast<miopenProblemDirection_t>(3));
  });
  expect_failure("activation", miopenStatusBadParm, "operatorDesc is null", [&] {
    return miopenCreateActivationProblem(&problem, nullptr, miopenProblemDirectionForward);
  });
  expect_failure("fuse", miopenStatusBadParm, "problem1 is null",
                 [&] { return miopenFuseProblems(nullptr, nullptr); });
  EXPECT_EQ(problem, nullptr);
}

}  // namespace
}  // namespace rdna1conv
