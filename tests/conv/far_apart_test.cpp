// Tensors whose images lie further apart than 32-bit offsets reach.
#include <gtest/gtest.h>
#include <hip/hip_runtime_api.h>

#include <cstring>
#include <memory>
#include <vector>

#include "core/driver_line.h"
#include "device/device_query.h"
#include "device/hip_check.h"
#include "device/prepared_plan.h"
#include "dispatch/solver_table.h"
#include "plan_check.h"

namespace rdna1conv {
namespace {

struct Free {
  void operator()(void* address) const { static_cast<void>(hipFree(address)); }
};

// Device memory for one of a problem's tensors of floats.
class FarTensor {
 public:
  FarTensor(const FiveDims& lengths, const FiveDims& strides) : lengths_(lengths) {
    std::int64_t span = 1;
    for (std::size_t i = 0; i < lengths.size(); ++i) span += (lengths[i] - 1) * strides[i];
    image_stride_ = strides[0];
    image_span_ = span - (lengths[0] - 1) * strides[0];
    void* address = nullptr;
    check_hip(hipMalloc(&address, static_cast<std::size_t>(span) * sizeof(float)), "hipMalloc");
    memory_.reset(address);
  }
  void* address() const { return memory_.get(); }

  // Every element, gaps within an image included, in order.
  std::vector<float> download() const {
    std::vector<float> values(static_cast<std::size_t>(lengths_[0] * image_span_));
    for_each_image([&](float* on_device, std::size_t first, std::size_t bytes) {
      check_hip(hipMemcpy(values.data() + first, on_device, bytes, hipMemcpyDeviceToHost),
                "hipMemcpy");
    });
    return values;
  }
  void upload_ramp() const {
    std::vector<float> values(static_cast<std::size_t>(lengths_[0] * image_span_));
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = static_cast<float>(i * 2654435761u % 251) / 251.0f - 0.5f;
    for_each_image([&](float* on_device, std::size_t first, std::size_t bytes) {
      check_hip(hipMemcpy(on_device, values.data() + first, bytes, hipMemcpyHostToDevice),
                "hipMemcpy");
    });
  }

 private:
  template <class Use>
  void for_each_image(Use use) const {
    for (std::int64_t n = 0; n < lengths_[0]; ++n) {
      use(static_cast<float*>(memory_.get()) + n * image_stride_,
          static_cast<std::size_t>(n * image_span_),
          static_cast<std::size_t>(image_span_) * sizeof(float));
    }
  }

  FiveDims lengths_;
  std::int64_t image_stride_, image_span_;
  std::unique_ptr<void, Free> memory_;
};

// What the plan with the lowest estimate gives.
std::vector<float> result_of(const SolverRow& solver, const ConvProblem& p) {
  const FarTensor x(p.x_lengths(), p.x_strides), w(p.w_lengths(), p.w_strides),
      y(p.y_lengths(), p.y_strides);
  const FarTensor& output = p.direction == Direction::kForward        ? y
                            : p.direction == Direction::kBackwardData ? x
                                                                      : w;
  for (const FarTensor* tensor : {&x, &w, &y}) {
    if (tensor != &output) tensor->upload_ramp();
  }
  const Plan plan = make_plan(solver, p, test_device_facts());
  void* workspace = nullptr;
  if (plan.workspace_bytes > 0) check_hip(hipMalloc(&workspace, plan.workspace_bytes), "hipMalloc");
  const std::unique_ptr<void, Free> owner(workspace);
  Buffers buffers;
  buffers.x = x.address();
  buffers.w = w.address();
  buffers.y = y.address();
  buffers.workspace = workspace;
  PreparedPlan(plan.launches, KernelModules::of_device(current_device())).launch(nullptr, buffers);
  check_hip(hipDeviceSynchronize(), "hipDeviceSynchronize");
  return output.download();
}

struct Row {
  const char* solver;
  const char* line;
  char far_tensor;  // whose images are 4.4 GB apart
};
std::ostream& operator<<(std::ostream& out, const Row& row) {
  return out << row.line << " -S " << row.solver << ", " << row.far_tensor << " far apart";
}

class FarApart : public testing::TestWithParam<Row> {};
#define RDNA1CONV_FAR_LINE "conv -n 2 -c 4 -H 9 -W 11 -k 4 -y 3 -x 3 -p 1 -q 1 -g 4 -F "
INSTANTIATE_TEST_SUITE_P(
    Rows, FarApart,
    testing::Values(Row{"DirectGroupedFwd", RDNA1CONV_FAR_LINE "1", 'x'},
                    Row{"DirectGroupedFwd", RDNA1CONV_FAR_LINE "1", 'y'},
                    Row{"DirectGroupedBwdData", RDNA1CONV_FAR_LINE "2", 'x'},
                    Row{"DirectGroupedBwdData", RDNA1CONV_FAR_LINE "2", 'y'},
                    Row{"DirectGroupedBwdWeights", RDNA1CONV_FAR_LINE "4", 'x'},
                    Row{"DirectGroupedBwdWeights", RDNA1CONV_FAR_LINE "4", 'y'},
                    Row{"DirectReference", RDNA1CONV_FAR_LINE "1", 'x'},
                    Row{"DirectReference", RDNA1CONV_FAR_LINE "2", 'x'},
                    Row{"DirectReference", RDNA1CONV_FAR_LINE "4", 'y'}));

// The same as with the images behind each other, up to the order of sums: images that lie far apart
// may be another kernel's matter, and backward weights sum over them.
TEST_P(FarApart, GivesWhatPackedImagesGive) {
  const Row& row = GetParam();
  const SolverRow* solver = find_solver(std::string_view(row.solver));
  ASSERT_NE(solver, nullptr);
  const ConvProblem packed = parse_driver_line(row.line).problem;
  ConvProblem far = packed;
  (row.far_tensor == 'x' ? far.x_strides : far.y_strides)[0] = 1'100'000'000;
  const auto reason = solver->refusal(far, test_device_facts());
  ASSERT_FALSE(reason) << *reason;
  const std::vector<float> expected = result_of(*solver, packed), result = result_of(*solver, far);
  ASSERT_EQ(result.size(), expected.size());
  // Sums of 9 products below 1, or of 2 images' 99.
  const float tolerance = packed.direction == Direction::kBackwardWeights ? 1e-5f : 1e-6f;
  for (std::size_t i = 0; i < result.size(); ++i) {
    EXPECT_NEAR(result[i], expected[i], tolerance) << "element " << i;
  }
}

}  // namespace
}  // namespace rdna1conv
