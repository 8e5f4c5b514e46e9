// That a guarded run finds what a kernel must not do: the runs here are host code that does it.
#include <gtest/gtest.h>
#include <hip/hip_runtime_api.h>

#include <functional>
#include <string>
#include <vector>

#include "core/driver_line.h"
#include "core/error.h"
#include "element_type.h"
#include "guarded_run.h"

namespace rdna1conv {
namespace {

// y has gaps of two elements behind its rows.
ConvProblem problem() {
  return parse_driver_line("conv -n 1 -c 1 -H 4 -W 3 -k 2 -y 1 -x 1 --out_strides 40,20,5,1 -F 1")
      .problem;
}
constexpr std::size_t kWorkspaceBytes = 64;

// Stores the right result, as a kernel would.
void store_result(const Buffers& buffers) {
  const ConvCase conv_case = make_case(problem());
  for_each_element(conv_case.output(), [&](std::int64_t index, std::int64_t offset) {
    const auto value = static_cast<float>(conv_case.sums[static_cast<std::size_t>(index)]);
    EXPECT_EQ(hipMemcpy(static_cast<float*>(buffers.y) + offset, &value, 4, hipMemcpyHostToDevice),
              hipSuccess);
  });
}

// By copies: hipMemset of HIP 5.2 fills too much where it is given less than eight unaligned bytes.
void set_bytes(void* base, std::ptrdiff_t offset, std::size_t count) {
  const std::vector<char> zeros(count);
  EXPECT_EQ(
      hipMemcpy(static_cast<char*>(base) + offset, zeros.data(), count, hipMemcpyHostToDevice),
      hipSuccess);
}

struct Misdeed {
  const char* name;
  void (*run)(const Buffers& buffers);
  const char* words;  // of the message; nullptr: the run is fine
};
const Misdeed kMisdeeds[] = {
    {"None", [](const Buffers& b) { store_result(b); }, nullptr},
    {"UsesItsWorkspace",
     [](const Buffers& b) {
       store_result(b);
       set_bytes(b.workspace, 0, kWorkspaceBytes);
     },
     nullptr},
    {"StoresNothing", [](const Buffers&) {}, "left element 0 of the output unwritten"},
    {"LeavesOneElement",
     [](const Buffers& b) {
       std::uint32_t unwritten = 0;
       EXPECT_EQ(hipMemcpy(&unwritten, static_cast<float*>(b.y) + 27, 4, hipMemcpyDeviceToHost),
                 hipSuccess);
       store_result(b);
       EXPECT_EQ(hipMemcpy(static_cast<float*>(b.y) + 27, &unwritten, 4, hipMemcpyHostToDevice),
                 hipSuccess);
     },
     "left element 17 of the output unwritten"},
    {"WritesIntoAGap",
     [](const Buffers& b) {
       store_result(b);
       set_bytes(b.y, std::ptrdiff_t{4} * 4, 4);
     },
     "wrote outside the output, 16 bytes"},
    {"WritesBehindTheOutput",
     [](const Buffers& b) {
       store_result(b);
       set_bytes(b.y, std::ptrdiff_t{4} * (20 + 3 * 5 + 3), 1);
     },
     "wrote outside the output, 152 bytes"},
    {"WritesBeforeTheOutput",
     [](const Buffers& b) {
       store_result(b);
       set_bytes(b.y, -1, 1);
     },
     "wrote outside the output, -1 bytes"},
    {"WritesBeforeTheWorkspace",
     [](const Buffers& b) {
       store_result(b);
       set_bytes(b.workspace, -4, 4);
     },
     "wrote outside its workspace"},
    {"ChangesX",
     [](const Buffers& b) {
       store_result(b);
       set_bytes(b.x, 8, 4);
     },
     "changed x"},
    {"ChangesW",
     [](const Buffers& b) {
       store_result(b);
       set_bytes(b.w, 0, 4);
     },
     "changed w"},
};
std::ostream& operator<<(std::ostream& out, const Misdeed& row) { return out << row.name; }

class GuardedRunFinds : public testing::TestWithParam<Misdeed> {};
INSTANTIATE_TEST_SUITE_P(Rows, GuardedRunFinds, testing::ValuesIn(kMisdeeds),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(GuardedRunFinds, Misdeeds) {
  const GuardedRun guarded(problem());
  std::string text;
  try {
    static_cast<void>(guarded.run(kWorkspaceBytes, {}, GetParam().run));
  } catch (const Error& error) {
    text = error.what();
  }
  if (GetParam().words == nullptr) {
    EXPECT_EQ(text, "");
  } else {
    EXPECT_NE(text.find(GetParam().words), std::string::npos) << "says: " << text;
  }
}

// Inputs end where their memory ends, and what lies in their gaps is NaN.
TEST(GuardedTensor, HasNanInItsGaps) {
  const StridedTensor tensor{DataType::kHalf, {1, 1, 1, 2, 3}, {1, 1, 1, 5, 1}};
  const std::vector<float> values(6, 1.0f);
  const GuardedTensor guarded(tensor, GuardedTensor::Use::kRead, values, 1);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(guarded.address()) % 256, 2u);
  std::vector<std::byte> bytes(2 * static_cast<std::size_t>(tensor.span()));
  ASSERT_EQ(hipMemcpy(bytes.data(), guarded.address(), bytes.size(), hipMemcpyDeviceToHost),
            hipSuccess);
  for (const std::size_t gap : {3, 4}) {
    const double value = load_element(DataType::kHalf, bytes.data() + 2 * gap);
    EXPECT_NE(value, value) << gap;
  }
  EXPECT_EQ(load_element(DataType::kHalf, bytes.data() + std::ptrdiff_t{2} * 5), 1);
}

}  // namespace
}  // namespace rdna1conv
