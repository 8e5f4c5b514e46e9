// Every line of tests/operators/shapes by MIOpen's API, against double precision.
#include <gtest/gtest.h>
#include <hip/hip_runtime_api.h>
#include <rdna1conv/error.h>

#include "operators/cases.h"
#include "operators/lines.h"
#include "operators/operator_case.h"

namespace rdna1conv {
namespace {

void expect_verified(miopenHandle_t handle, const std::string& line) {
  SCOPED_TRACE(line);
  const OperatorCase c = make_operator_case(line);
  EXPECT_EQ(make_operator_case(c.line).line, c.line) << "the line does not come back";
  const OperatorRun first(c), second(c);
  for (const OperatorRun* run : {&first, &second}) {
    ASSERT_EQ(run->prepare(handle), miopenStatusSuccess) << rdna1convLastErrorText();
    ASSERT_EQ(run->call(handle), miopenStatusSuccess) << rdna1convLastErrorText();
    ASSERT_EQ(hipDeviceSynchronize(), hipSuccess);
  }
  const auto fault = first.fault();
  ASSERT_FALSE(fault) << *fault;
  EXPECT_EQ(first.outputs(), second.outputs()) << "two runs differ";
}

TEST(OperatorLines, AreVerified) {
  const client::MiopenHandle handle;
  for (const std::string& line : operator_lines()) expect_verified(handle, line);
}

// Fewer, for the checks of the software device.
TEST(OperatorLines, SamplesAreVerified) {
  const client::MiopenHandle handle;
  for (const std::string& line : sample_lines()) expect_verified(handle, line);
}

}  // namespace
}  // namespace rdna1conv
