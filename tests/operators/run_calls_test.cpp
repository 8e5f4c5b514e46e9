// A warm call of an operator only launches.
#include <gtest/gtest.h>
#include <rdna1conv/error.h>

#include "operators/cases.h"
#include "operators/lines.h"
#include "operators/operator_case.h"
#include "run_calls/watch.h"

namespace rdna1conv {
namespace {

TEST(OperatorRunCall, OnlyLaunches) {
  const client::MiopenHandle handle;
  for (const std::string& line : sample_lines()) {
    SCOPED_TRACE(line);
    const OperatorCase c = make_operator_case(line, false);
    const OperatorRun run(c);
    ASSERT_EQ(run.prepare(handle), miopenStatusSuccess);
    const auto call = [&] { ASSERT_EQ(run.call(handle), miopenStatusSuccess); };
    call();
    Watch watch;
    call();
    Observed observed = watch.stop();
    if (c.allocates_host_memory) observed.allocations = 0;
    EXPECT_EQ(fault_of(observed), "");
  }
}

}  // namespace
}  // namespace rdna1conv
