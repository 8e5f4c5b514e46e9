// Softmax as a problem of Find 2.0: found, run, saved, loaded and run again, against double
// precision; what does not fit is refused. Batch normalization is a problem without solutions.
#include <gtest/gtest.h>
#include <hip/hip_runtime_api.h>

#include <memory>

#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include "api/expect_failure.h"
#include "core/operators/softmax.h"
#include "operators/cases.h"

namespace rdna1conv {
namespace {

template <class Pointer, miopenStatus_t (*Destroy)(Pointer)>
struct Destroyer {
  void operator()(Pointer pointer) const { Destroy(pointer); }
};
using Problem = std::unique_ptr<miopenProblem, Destroyer<miopenProblem_t, miopenDestroyProblem>>;
using Solution =
    std::unique_ptr<miopenSolution, Destroyer<miopenSolution_t, miopenDestroySolution>>;

struct NamedTensor {
  miopenTensorArgumentId_t id;
  SharedDescriptor descriptor;
};

// A line's problem, with the tensors of its case in their order.
struct Described {
  explicit Described(const std::string& line) {
    const auto [p, scalars] = parse_softmax(line);
    const auto tensor = [&, &p = p](miopenTensorArgumentId_t id, const FiveDims& strides) {
      tensors.push_back({id, describe(StridedTensor{p.type, p.lengths, strides}, 2)});
    };
    if (p.backward) {
      tensor(miopenTensorSoftmaxY, p.y_strides);
      tensor(miopenTensorSoftmaxDY, p.dy_strides);
      tensor(miopenTensorSoftmaxDX, p.dx_strides);
    } else {
      tensor(miopenTensorSoftmaxX, p.x_strides);
      tensor(miopenTensorSoftmaxY, p.y_strides);
    }
    miopenSoftmaxDescriptor_t softmax = nullptr;
    EXPECT_EQ(miopenCreateSoftmaxDescriptor(&softmax), miopenStatusSuccess);
    EXPECT_EQ(miopenSetSoftmaxDescriptor(
                  softmax, scalars.alpha, scalars.beta,
                  p.is_log ? MIOPEN_SOFTMAX_LOG : MIOPEN_SOFTMAX_ACCURATE,
                  p.of_channels ? MIOPEN_SOFTMAX_MODE_CHANNEL : MIOPEN_SOFTMAX_MODE_INSTANCE),
              miopenStatusSuccess);
    miopenProblem_t made = nullptr;
    EXPECT_EQ(miopenCreateSoftmaxProblem(
                  &made, softmax,
                  p.backward ? miopenProblemDirectionBackward : miopenProblemDirectionForward),
              miopenStatusSuccess);
    problem.reset(made);
  }
  void set_tensors() const {
    for (const NamedTensor& tensor : tensors) {
      EXPECT_EQ(miopenSetProblemTensorDescriptor(problem.get(), tensor.id, *tensor.descriptor),
                miopenStatusSuccess);
    }
  }
  std::vector<miopenTensorArgument_t> arguments(std::span<std::byte* const> at) const {
    std::vector<miopenTensorArgument_t> all;
    for (std::size_t i = 0; i < tensors.size(); ++i) all.push_back({tensors[i].id, nullptr, at[i]});
    return all;
  }

  Problem problem;
  std::vector<NamedTensor> tensors;
};

Solution found(miopenHandle_t handle, const Described& described) {
  described.set_tensors();
  miopenSolution_t solution = nullptr;
  std::size_t count = 0;
  EXPECT_EQ(miopenFindSolutions(handle, described.problem.get(), nullptr, &solution, &count, 4),
            miopenStatusSuccess)
      << rdna1convLastErrorText();
  EXPECT_EQ(count, 1u);
  return Solution(solution);
}

Solution saved_and_loaded(const Solution& solution) {
  std::size_t size = 0, workspace = 1;
  EXPECT_EQ(miopenGetSolutionSize(solution.get(), &size), miopenStatusSuccess);
  EXPECT_EQ(miopenGetSolutionWorkspaceSize(solution.get(), &workspace), miopenStatusSuccess);
  EXPECT_EQ(workspace, 0u);
  std::vector<char> data(size);
  EXPECT_EQ(miopenSaveSolution(solution.get(), data.data()), miopenStatusSuccess);
  miopenSolution_t loaded = nullptr;
  EXPECT_EQ(miopenLoadSolution(&loaded, data.data(), data.size()), miopenStatusSuccess)
      << rdna1convLastErrorText();
  return Solution(loaded);
}

TEST(SoftmaxFind, SolutionsRunAndAreSaved) {
  const client::MiopenHandle handle;
  for (const std::string line :
       {"softmax -n 6 -c 100 -H 3 -W 4 -A 1 -B 0 -a 1 -m 1 -F 1",
        "softmaxfp16 -n 6 -c 10 -H 3 -W 4 -A 0.5 -B 0 -a 2 -m 0 -F 1",
        "softmax -n 2 -c 12 -H 3 -W 4 -A 1 -B 0 -a 2 -m 1 --layout NHWC -F 2",
        "softmax -n 2 -c 12 -H 3 -W 4 -A 1 -B 0 -a 1 -m 1 --in_strides 200,15,5,1 -F 1"}) {
    SCOPED_TRACE(line);
    OperatorCase c = make_operator_case(line);
    const Described described(line);
    const Solution first = found(handle, described);
    const Solution second = saved_and_loaded(first);
    for (const Solution* solution : {&first, &second}) {
      c.call = [&](miopenHandle_t with, std::span<std::byte* const> at) {
        const auto arguments = described.arguments(at);
        return miopenRunSolution(with, solution->get(), arguments.size(), arguments.data(), nullptr,
                                 0);
      };
      const OperatorRun run(c);
      ASSERT_EQ(run.call(handle), miopenStatusSuccess) << rdna1convLastErrorText();
      ASSERT_EQ(hipDeviceSynchronize(), hipSuccess);
      const auto fault = run.fault();
      EXPECT_FALSE(fault) << *fault;
    }
  }
}

TEST(SoftmaxFind, RefusesWhatDoesNotFit) {
  const client::MiopenHandle handle;
  const Described described("softmax -n 6 -c 100 -H 3 -W 4 -A 1 -B 0 -a 1 -m 1 -F 1");
  miopenSolution_t solution = nullptr;
  const auto search = [&](miopenProblem_t problem) {
    return miopenFindSolutions(handle, problem, nullptr, &solution, nullptr, 1);
  };
  expect_failure("no tensors", miopenStatusBadParm, "no descriptor of miopenTensorSoftmaxY",
                 [&] { return search(described.problem.get()); });
  const Solution known = found(handle, described);
  miopenTensorArgument_t none{miopenTensorSoftmaxX, nullptr, nullptr};
  expect_failure("null x", miopenStatusBadParm, "miopenTensorSoftmaxX is null",
                 [&] { return miopenRunSolution(handle, known.get(), 1, &none, nullptr, 0); });
  const client::TensorDescriptor other(miopenFloat, {6, 100, 3, 5});
  EXPECT_EQ(miopenSetProblemTensorDescriptor(described.problem.get(), miopenTensorSoftmaxX, other),
            miopenStatusSuccess);
  expect_failure("lengths", miopenStatusBadParm,
                 "miopenTensorSoftmaxX has not the type and lengths of miopenTensorSoftmaxY",
                 [&] { return search(described.problem.get()); });
  miopenProblem_t made = nullptr;
  ASSERT_EQ(
      miopenCreateBatchnormProblem(&made, miopenBNSpatial, true, miopenProblemDirectionForward),
      miopenStatusSuccess);
  const Problem norm(made);
  EXPECT_EQ(miopenSetProblemTensorDescriptor(norm.get(), miopenTensorBatchnormX, other),
            miopenStatusSuccess);
  expect_failure("batch normalization", miopenStatusNotImplemented, "has no solution",
                 [&] { return search(norm.get()); });
  expect_failure("mode", miopenStatusBadParm, "mode 9", [&] {
    return miopenCreateBatchnormProblem(&made, static_cast<miopenBatchNormMode_t>(9), true,
                                        miopenProblemDirectionForward);
  });
}

}  // namespace
}  // namespace rdna1conv
