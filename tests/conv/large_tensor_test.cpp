// Tensors whose offsets leave 32 bits, in elements or in bytes, by every solver that takes them.
// They are as large as a card's memory allows, but few of their elements are ever touched.
#include <gtest/gtest.h>
#include <hip/hip_runtime_api.h>

#include <limits>
#include <string>
#include <vector>

#include "conv_case.h"
#include "core/driver_line.h"
#include "device/device_query.h"
#include "device/hip_check.h"
#include "device/kernel_module.h"
#include "device/prepared_plan.h"
#include "element_type.h"
#include "guarded_tensor.h"
#include "plan_check.h"
#include "running_note.h"
#include "tolerance.h"

namespace rdna1conv {
namespace {

struct LargeCase {
  const char* name;
  const char* line;
  // A problem with the same result: the same convolution in packed tensors or, of a 1x1 filter with
  // a large stride, that of the pixels which the filter meets.
  const char* small_line;
};
constexpr LargeCase kCases[] = {
    {"FarImagesOfX",
     "conv -n 2 -c 4 -H 5 -W 5 -k 4 -y 3 -x 3 -p 1 -q 1 --in_strides 1200000000,25,5,1",
     "conv -n 2 -c 4 -H 5 -W 5 -k 4 -y 3 -x 3 -p 1 -q 1"},
    {"FarImagesOfY",
     "conv -n 2 -c 4 -H 5 -W 5 -k 4 -y 3 -x 3 -p 1 -q 1 --out_strides 1200000000,25,5,1",
     "conv -n 2 -c 4 -H 5 -W 5 -k 4 -y 3 -x 3 -p 1 -q 1"},
    {"FarFilters",
     "conv -n 2 -c 4 -H 5 -W 5 -k 4 -y 3 -x 3 -p 1 -q 1 --fil_strides 400000000,9,3,1",
     "conv -n 2 -c 4 -H 5 -W 5 -k 4 -y 3 -x 3 -p 1 -q 1"},
    {"FarChannelsOfX",
     "conv -n 2 -c 4 -H 5 -W 5 -k 4 -y 3 -x 3 -p 1 -q 1 --in_strides 100,400000000,5,1",
     "conv -n 2 -c 4 -H 5 -W 5 -k 4 -y 3 -x 3 -p 1 -q 1"},
    {"FarRows",
     "conv -n 2 -c 4 -H 5 -W 5 -k 4 -y 3 -x 3 -p 1 -q 1 --in_strides 100,5,300000000,1 "
     "--out_strides 100,5,150000000,1",
     "conv -n 2 -c 4 -H 5 -W 5 -k 4 -y 3 -x 3 -p 1 -q 1"},
    {"FarGroups",
     "conv -n 1 -c 6 -H 5 -W 5 -k 6 -y 3 -x 3 -p 1 -q 1 -g 6 --in_strides 400000000,250000000,5,1",
     "conv -n 1 -c 6 -H 5 -W 5 -k 6 -y 3 -x 3 -p 1 -q 1 -g 6"},
    {"FarImagesOfHalfs",
     "convfp16 -n 2 -c 4 -H 5 -W 5 -k 4 -y 3 -x 3 -p 1 -q 1 --in_strides 2300000000,25,5,1",
     "convfp16 -n 2 -c 4 -H 5 -W 5 -k 4 -y 3 -x 3 -p 1 -q 1"},
    {"FarPixelsOfHalfsChannelsLast",
     "convfp16 -n 1 -c 4 -H 5 -W 5 -k 4 -y 3 -x 3 -p 1 -q 1 --in_strides 2500000000,1,500000000,4 "
     "--out_layout NHWC --fil_layout NHWC",
     "convfp16 -n 1 -c 4 -H 5 -W 5 -k 4 -y 3 -x 3 -p 1 -q 1"},
    {"FarImagesOfBytes",
     "convint8 -n 2 -c 4 -H 5 -W 5 -k 4 -y 3 -x 3 -p 1 -q 1 --in_strides 4500000000,25,5,1 -F 1",
     "convint8 -n 2 -c 4 -H 5 -W 5 -k 4 -y 3 -x 3 -p 1 -q 1 -F 1"},
    // Packed: 1.15e9 floats, 2.3e9 halfs. Backward data would write them all.
    {"PackedImageOfFloats", "conv -n 1 -c 2 -H 24000 -W 24000 -k 3 -y 1 -x 1 -u 997 -v 997 -F 5",
     "conv -n 1 -c 2 -H 25 -W 25 -k 3 -y 1 -x 1"},
    {"PackedImageOfHalfs",
     "convfp16 -n 1 -c 2 -H 34000 -W 34000 -k 3 -y 1 -x 1 -u 1361 -v 1361 -F 5",
     "convfp16 -n 1 -c 2 -H 25 -W 25 -k 3 -y 1 -x 1"},
    {"PackedImageOfHalfsChannelsLast",
     "convfp16 -n 1 -c 2 -H 34000 -W 34000 -k 3 -y 1 -x 1 -u 1361 -v 1361 -F 5 "
     "--in_layout NHWC --fil_layout NHWC --out_layout NHWC",
     "convfp16 -n 1 -c 2 -H 25 -W 25 -k 3 -y 1 -x 1"},
};
std::ostream& operator<<(std::ostream& out, const LargeCase& row) { return out << row.line; }

// Device memory of a whole tensor, of which only the elements of a view are ever written or read by
// the host.
class SparseTensor {
 public:
  SparseTensor(const StridedTensor& whole, const StridedTensor& view)
      : view_(view), memory_(static_cast<std::size_t>(whole.span()) * bytes_of(whole.type)) {}

  std::byte* address() const { return memory_.address(); }

  void write(std::span<const float> values) const {
    for_each_element(view_, [&](std::int64_t index, std::int64_t offset) {
      std::byte bytes[8];
      store_element(view_.type, double{values[static_cast<std::size_t>(index)]}, bytes);
      check_hip(hipMemcpy(at(offset), bytes, bytes_of(view_.type), hipMemcpyHostToDevice),
                "hipMemcpy");
    });
  }

  std::vector<double> read() const {
    std::vector<double> values(static_cast<std::size_t>(view_.count()));
    for_each_element(view_, [&](std::int64_t index, std::int64_t offset) {
      std::byte bytes[8];
      check_hip(hipMemcpy(bytes, at(offset), bytes_of(view_.type), hipMemcpyDeviceToHost),
                "hipMemcpy");
      values[static_cast<std::size_t>(index)] = load_element(view_.type, bytes);
    });
    return values;
  }

 private:
  std::byte* at(std::int64_t offset) const {
    return address() + offset * static_cast<std::int64_t>(bytes_of(view_.type));
  }

  StridedTensor view_;
  DeviceBytes memory_;
};

// The elements of the large problem's image x that the small problem has.
StridedTensor view_of_x(const ConvProblem& large, const ConvProblem& small) {
  StridedTensor view = x_tensor(small);
  view.strides = large.x_strides;
  view.strides[3] *= large.stride.h / small.stride.h;
  view.strides[4] *= large.stride.w / small.stride.w;
  return view;
}

class LargeTensor : public testing::TestWithParam<LargeCase> {};
INSTANTIATE_TEST_SUITE_P(Rows, LargeTensor, testing::ValuesIn(kCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(LargeTensor, IsAddressedRightByEverySolver) {
  const auto modules = KernelModules::of_device(current_device());
  const ParsedLine parsed = parse_driver_line(GetParam().line);
  for (const Direction direction : parsed.directions) {
    ConvProblem large = parsed.problem, small = parse_driver_line(GetParam().small_line).problem;
    large.direction = small.direction = direction;
    const ConvCase c = make_case(small);

    const SparseTensor x(x_tensor(large), view_of_x(large, small));
    const SparseTensor w(w_tensor(large), w_tensor(large));
    const SparseTensor y(y_tensor(large), y_tensor(large));
    if (!c.x.empty()) x.write(c.x);
    if (!c.w.empty()) w.write(c.w);
    if (!c.y.empty()) y.write(c.y);
    const SparseTensor& output = direction == Direction::kForward        ? y
                                 : direction == Direction::kBackwardData ? x
                                                                         : w;
    const bool has_nan = !is_integer(output_tensor(large).type);
    const std::vector<float> unwritten(
        c.sums.size(), has_nan ? std::numeric_limits<float>::quiet_NaN() : -12345678.0f);
    int solvers = 0;
    for (const SolverRow& solver : solver_table()) {
      if (solver.refusal(large, test_device_facts())) continue;
      const Plan plan = make_plan(solver, large, test_device_facts());
      const std::string name = to_driver_line(large) + " -S " + std::string(solver.name) + " (" +
                               std::string(plan.instance) + ")";
      note_running(name);
      output.write(unwritten);
      const GuardedWorkspace workspace(plan.workspace_bytes);
      const Buffers buffers{x.address(), w.address(), y.address(), workspace.address()};
      PreparedPlan(plan.launches, modules).launch(nullptr, buffers);
      ASSERT_EQ(hipDeviceSynchronize(), hipSuccess);
      const auto fault = fault_of(output.read(), c.sums, tolerance_of(large, solver.algorithm));
      EXPECT_FALSE(fault) << name << ": " << *fault;
      ++solvers;
    }
    EXPECT_GE(solvers, 1) << to_driver_line(large);
  }
}

}  // namespace
}  // namespace rdna1conv
